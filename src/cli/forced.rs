//! Under sshd's ForceCommand: what the person typed after `ssh desk` comes in SSH_ORIGINAL_COMMAND. It is split into
//! words and parsed as a command line of ams, and nothing else: no shell, no other program, no path on the desk's host.

use clap::Parser;

use crate::desk::settings;

use super::args::{Cli, Command, Config, Global};
use super::failure::{Failure, Said};

const ORIGINAL: &str = "SSH_ORIGINAL_COMMAND";

/// Whether somebody comes through sshd with a command of his own.
pub fn is_forced() -> bool {
    std::env::var_os(ORIGINAL).is_some()
}

/// Whether the person sits at another machine, with a command of his own or for a screen.
pub fn is_over_ssh() -> bool {
    is_forced() || std::env::var_os("SSH_CONNECTION").is_some()
}

/// The command that came, if one did.
pub fn original() -> Option<String> {
    let command = std::env::var_os(ORIGINAL)?;
    Some(command.to_string_lossy().into_owned())
}

/// A command line that came over SSH.
#[derive(Debug)]
pub struct Forced {
    pub cli: Cli,
    /// Its words, without the program's name.
    pub arguments: Vec<String>,
}

/// Why there is none.
#[derive(Debug)]
pub enum ForcedError {
    /// clap's own words, among them those of --help.
    Usage(clap::Error),
    Refused(Failure),
}

/// Parses what came. `own` are the options with which sshd was told to start this program: they alone say which desk.
pub fn parse(original: &str, own: &Global) -> Result<Forced, ForcedError> {
    let refused = |said: Said| ForcedError::Refused(Failure::Usage(said));
    let mut words = shlex::split(original).ok_or_else(|| refused(Said::plain("cli-ssh-quotes")))?;
    if words.first().is_some_and(|word| word == "ams") {
        words.remove(0);
    }
    let line = std::iter::once("ams".to_owned()).chain(words.iter().cloned());
    let mut cli = Cli::try_parse_from(line).map_err(ForcedError::Usage)?;
    let names_a_desk = |option: &str| {
        let with_value = format!("{option}=");
        words
            .iter()
            .any(|word| word == option || word.starts_with(&with_value))
    };
    for option in ["--data", "--socket"] {
        if names_a_desk(option) {
            return Err(refused(
                Said::plain("cli-ssh-option").with("option", option),
            ));
        }
    }
    if let Some(path) = cli.named().first_path() {
        return Err(refused(Said::plain("cli-ssh-path").with("path", path)));
    }
    let command = match &cli.command {
        Some(Command::Init(_)) => Some("init".to_owned()),
        Some(Command::Demo(_)) => Some("demo".to_owned()),
        Some(Command::Serve(_)) => Some("serve".to_owned()),
        Some(Command::Restore { .. }) => Some("restore".to_owned()),
        // Where the desk itself reads and writes is said on its own host.
        Some(Command::Config(Config::Set { key, .. })) => settings::find(key)
            .ok()
            .filter(|setting| setting.is_path())
            .map(|setting| format!("config set {}", setting.key)),
        _ => None,
    };
    if let Some(command) = command {
        return Err(refused(
            Said::plain("cli-ssh-command").with("command", command),
        ));
    }
    cli.global.data.clone_from(&own.data);
    cli.global.socket.clone_from(&own.socket);
    Ok(Forced {
        cli,
        arguments: words,
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn came(original: &str) -> Result<Forced, ForcedError> {
        let own = Global {
            socket: Some(PathBuf::from("/run/ams/desk.sock")),
            ..Global::default()
        };
        parse(original, &own)
    }

    #[test]
    fn a_command_is_taken_with_or_without_the_programs_name_and_goes_to_the_desk_of_sshd() {
        for line in [
            "ams request list --json",
            "request list --json",
            "ams   'request' \"list\" --json",
        ] {
            let forced = came(line).unwrap();
            assert_eq!(forced.arguments, ["request", "list", "--json"]);
            let socket = forced.cli.global.socket.unwrap();
            assert_eq!(socket, PathBuf::from("/run/ams/desk.sock"));
        }
    }

    #[test]
    fn nothing_but_a_command_on_standard_streams_gets_through() {
        for line in [
            "/usr/lib/openssh/sftp-server",
            "internal-sftp",
            "bash -i",
            "sh -c 'ams request list'",
            "ams request list; id",
            "ams request list && id",
            "ams request list | cat",
            "ams request list > /tmp/x",
            "$(id)",
            "`id`",
            "ams request show 'PC-2026-000001",
            "ams --data /var/lib/ams request list",
            "ams request list --data=/var/lib/ams",
            "ams --socket /tmp/s request list",
            "ams --password-file /etc/shadow request list",
            "ams cert import /etc/passwd",
            "ams ca add --cert /etc/ssl/x --key -",
            "ams ca unlock --passphrase-fd 0",
            "ams letter inspect /var/lib/ams/ams.redb",
            "ams letter form -o /tmp/x.pdf",
            "ams backup /tmp/x",
            "ams restore /tmp/x",
            "ams restore -",
            "ams cert import --watch /srv/ca",
            "ams config set crl.folder /srv/www",
            "ams config set mail.ca_file -",
            "ams crl show /etc/passwd",
            "ams demo --reset",
            "ams init",
            "ams serve",
            "scp -t /tmp",
            "rsync --server . /",
        ] {
            assert!(came(line).is_err(), "{line}");
        }
    }
}
