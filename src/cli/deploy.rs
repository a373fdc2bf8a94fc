//! `ams deploy`: the files that put a desk behind the system's sshd, systemd and web server, printed from templates with this
//! installation's names filled in. Opens no desk and writes nothing but standard output; where the text belongs is said
//! on standard error.

use std::path::Path;

use super::args;
use super::failure::{Failure, Said};
use super::output::Output;

const SSHD: &str = include_str!("deploy/sshd.conf");
const SSH_CLIENT: &str = include_str!("deploy/ssh-client.conf");
const SERVICE: &str = include_str!("deploy/ams.service");
const SYSUSERS: &str = include_str!("deploy/sysusers.conf");
const TMPFILES: &str = include_str!("deploy/tmpfiles.conf");
const NGINX: &str = include_str!("deploy/nginx.conf");

/// Under which a state folder is systemd's to make.
const STATE: &str = "/var/lib/";

pub fn run(out: &Output, command: &args::Deploy) -> Result<(), Failure> {
    use args::{Deploy, Part};
    match command {
        Deploy::Sshd { group, program } => {
            let program = program_path(program.as_deref())?;
            let values = [("GROUP", name("--group", group)?), ("PROGRAM", &program)];
            print(out, SSHD, &values, "cli-deploy-sshd")
        }
        Deploy::SshClient {
            host,
            hostname,
            login,
        } => {
            let values = [
                ("HOST", name("--host", host)?),
                ("HOSTNAME", name("--hostname", hostname)?),
                ("LOGIN", name("--login", login)?),
            ];
            print(out, SSH_CLIENT, &values, "cli-deploy-ssh-client")
        }
        Deploy::Nginx {
            publish,
            server_name,
            path: before,
            listen,
        } => {
            let listen = listen
                .iter()
                .map(|address| Ok(format!("    listen {};\n", listen_address(address)?)))
                .collect::<Result<String, Failure>>()?;
            let values = [
                ("PUBLISH", path("--publish", publish)?),
                ("SERVER", name("--server-name", server_name)?),
                ("PATH", &url_path(before)?),
                ("LISTEN\n", &listen),
            ];
            print(out, NGINX, &values, "cli-deploy-nginx")
        }
        Deploy::Systemd {
            part,
            group,
            program,
            state,
            publish,
            passphrase,
            pin,
        } => {
            let group = name("--group", group)?;
            let state = path("--state", state)?;
            let under = state
                .strip_prefix(STATE)
                .filter(|rest| !rest.is_empty())
                .ok_or_else(|| Failure::bad_value("--state", "/var/lib/…"))?;
            let publish = publish
                .as_deref()
                .map(|publish| path("--publish", publish))
                .transpose()?;
            match part {
                Part::Unit => {
                    let program = program_path(program.as_deref())?;
                    let mut handed = Vec::new();
                    for (option, name, file) in [
                        ("--passphrase", PASSPHRASE_CREDENTIAL, passphrase),
                        ("--pin", PIN_CREDENTIAL, pin),
                    ] {
                        if let Some(file) = file {
                            handed.push((name, path(option, file)?));
                        }
                    }
                    let credentials = credentials(&handed);
                    let publish = publish
                        .map_or_else(String::new, |publish| format!("ReadWritePaths={publish}\n"));
                    let values = [
                        ("GROUP", group),
                        ("PROGRAM", &program),
                        ("DATA", state),
                        ("STATE", under),
                        ("CREDENTIALS\n", &credentials),
                        ("PUBLISH\n", &publish),
                    ];
                    print(out, SERVICE, &values, "cli-deploy-unit")
                }
                Part::Sysusers => {
                    let values = [("GROUP", group), ("DATA", state)];
                    print(out, SYSUSERS, &values, "cli-deploy-sysusers")
                }
                Part::Tmpfiles => {
                    let publish = publish.ok_or_else(|| {
                        Failure::bad_value("--publish", "/srv/crl (config: publish.folder)")
                    })?;
                    let values = [("GROUP", group), ("PUBLISH", publish)];
                    print(out, TMPFILES, &values, "cli-deploy-tmpfiles")
                }
            }
        }
    }
}

/// Under this name the desk looks for the passphrase of its CA keys in the credentials of its service.
pub const PASSPHRASE_CREDENTIAL: &str = "ams-ca-passphrase";

/// Under this name it looks for the PIN of its tokens: followed by a dot and the issuer's id for one token, as it is
/// for all.
pub const PIN_CREDENTIAL: &str = "ams-token-pin";

fn credentials(handed: &[(&str, &str)]) -> String {
    if handed.is_empty() {
        return String::new();
    }
    let lines = handed
        .iter()
        .map(|(name, file)| format!("LoadCredential={name}:{file}\n"));
    let head = "# Read by systemd as root and given to the desk alone, in memory.\n".to_owned();
    std::iter::once(head).chain(lines).collect()
}

/// Fills in the values, each for its name between two @; a name that ends in a line end takes its line along.
fn filled(template: &str, values: &[(&str, &str)]) -> String {
    values
        .iter()
        .fold(template.to_owned(), |text, (name, value)| {
            let slot = match name.strip_suffix('\n') {
                Some(name) => format!("@{name}@\n"),
                None => format!("@{name}@"),
            };
            text.replace(&slot, value)
        })
}

fn print(
    out: &Output,
    template: &str,
    values: &[(&str, &str)],
    place: &'static str,
) -> Result<(), Failure> {
    out.raw(&filled(template, values))?;
    out.remark(place, &[]);
    Ok(())
}

/// A user, group or host name: in these files blanks, quotes and wildcards would mean something.
fn name<'a>(option: &str, value: &'a str) -> Result<&'a str, Failure> {
    let first = value.bytes().next();
    let fits = first.is_some_and(|o| o.is_ascii_alphanumeric() || o == b'_')
        && value
            .bytes()
            .all(|o| o.is_ascii_alphanumeric() || b"._-".contains(&o));
    if fits {
        Ok(value)
    } else {
        Err(Failure::bad_value(option, "A-Z a-z 0-9 . _ -"))
    }
}

/// An absolute path without anything that a shell, sshd or systemd would read otherwise.
fn path<'a>(option: &str, value: &'a str) -> Result<&'a str, Failure> {
    let fits = value.starts_with('/')
        && value
            .bytes()
            .all(|o| o.is_ascii_alphanumeric() || b"/._+-".contains(&o))
        && !Path::new(value)
            .components()
            .any(|part| part == std::path::Component::ParentDir);
    if fits {
        Ok(value)
    } else {
        Err(Failure::bad_value(option, "/A-Z a-z 0-9 / . _ + -"))
    }
}

/// The path of a URL before the file name, as a regular expression that means just itself.
fn url_path(value: &str) -> Result<String, Failure> {
    let value = path("--path", value)?;
    let slash = if value.ends_with('/') { "" } else { "/" };
    Ok(format!("{value}{slash}")
        .replace('.', "\\.")
        .replace('+', "\\+"))
}

/// What nginx listens on: a port, or an address and a port.
fn listen_address(value: &str) -> Result<&str, Failure> {
    let port = |text: &str| text.parse::<u16>().is_ok_and(|port| port > 0);
    if port(value) || value.parse::<std::net::SocketAddr>().is_ok() {
        Ok(value)
    } else {
        Err(Failure::bad_value("--listen", "80, 192.0.2.7:80, [::]:80"))
    }
}

/// The program to start: as named, else this very one.
fn program_path(named: Option<&str>) -> Result<String, Failure> {
    if let Some(named) = named {
        return path("--program", named).map(str::to_owned);
    }
    let own = std::env::current_exe().map_err(|e| Failure::file("/proc/self/exe", e))?;
    let own = own.display().to_string();
    path("--program", &own)
        .map(str::to_owned)
        .map_err(|_| Failure::Usage(Said::plain("cli-deploy-program").with("path", &own)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_of_a_template_is_filled() {
        let all = [
            ("GROUP", "g"),
            ("PROGRAM", "/p"),
            ("HOST", "h"),
            ("HOSTNAME", "n"),
            ("LOGIN", "l"),
            ("DATA", "/var/lib/d"),
            ("STATE", "d"),
            ("CREDENTIALS\n", ""),
            ("PUBLISH\n", ""),
            ("PUBLISH", "/c"),
            ("SERVER", "crl.uji.example"),
            ("PATH", "/"),
            ("LISTEN\n", "    listen 80;\n"),
        ];
        for template in [SSHD, SSH_CLIENT, SERVICE, SYSUSERS, TMPFILES, NGINX] {
            let text = filled(template, &all);
            let slots = text
                .split_whitespace()
                .filter(|word| word.contains('@') && !word.contains("@system-service"));
            assert_eq!(slots.count(), 0, "{text}");
        }
    }

    #[test]
    fn nothing_that_a_shell_or_a_unit_file_obeys_gets_into_them() {
        for good in ["/usr/bin/ams", "/opt/ams-1.0+uji/bin/ams"] {
            assert!(path("--program", good).is_ok(), "{good}");
        }
        for bad in [
            "ams", "/a b", "/a;b", "/a%i", "/a$x", "/a\nb", "/a/../b", "", "/a\"b",
        ] {
            assert!(path("--program", bad).is_err(), "{bad:?}");
        }
        for good in ["ams-petugas", "meja.uji.example"] {
            assert!(name("--group", good).is_ok(), "{good}");
        }
        for bad in ["", "-x", "a b", "*", "a\n", "a,b", "!a"] {
            assert!(name("--group", bad).is_err(), "{bad:?}");
        }
        for good in ["80", "8080", "127.0.0.1:80", "[::1]:80"] {
            assert!(listen_address(good).is_ok(), "{good}");
        }
        for bad in [
            "", "0", "65536", "80 ssl", "unix:/x", "*:80", "::1:80;", "host:80",
        ] {
            assert!(listen_address(bad).is_err(), "{bad:?}");
        }
        for (given, written) in [("/", "/"), ("/crl", "/crl/"), ("/v1.0/", r"/v1\.0/")] {
            assert_eq!(url_path(given).ok().as_deref(), Some(written));
        }
        for bad in ["crl/", "/a b/", "/(x)/", "/../", "/$uri/", "/\"/"] {
            assert!(url_path(bad).is_err(), "{bad:?}");
        }
    }
}
