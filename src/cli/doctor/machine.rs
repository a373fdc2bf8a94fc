//! What the doctor looks at around the desk: clock, the letter reader's confinement, the caller's language and terminal,
//! and what sshd gives the officers.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::desk::{Clock, SystemClock};
use crate::letter::child;
use crate::letter::confine::LandlockHold;
use crate::letter::format::Limits;
use crate::pki::signer::client;
use crate::pki::signer::confine::Landlock;
use crate::term::Capabilities;

use super::{DeskState, Said, Scene, Seen};

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether time is kept, and whether it runs behind what the log knows.
pub fn clock(scene: &Scene) -> Vec<Seen> {
    let now = SystemClock.now();
    let said = |id: &'static str| Said::plain(id).with("now", scene.time(now));
    if let DeskState::Here(desk) = &scene.desk
        && let Ok(Some(last)) = desk.last_logged_at()
        && last > now
    {
        return vec![Seen::action(
            said("cli-doctor-clock-behind").with("last", scene.time(last)),
        )];
    }
    vec![match SystemClock.synchronised() {
        Some(true) => Seen::ok(said("cli-doctor-clock")),
        Some(false) => Seen::action(said("cli-doctor-clock-free")),
        None => Seen::not_checked(said("cli-doctor-clock-unknown")),
    }]
}

/// Starts the letter reader and asks what holds it.
pub fn letter_reader(_: &Scene) -> Vec<Seen> {
    let held = std::env::current_exe()
        .map_err(|e| e.to_string())
        .and_then(|program| {
            child::confinement(&program, &Limits::default()).map_err(|e| e.to_string())
        });
    vec![match held {
        Err(why) => Seen::action(Said::plain("cli-doctor-reader-fails").with("why", why)),
        Ok(held) if !held.is_closed() => Seen::action(Said::plain("cli-doctor-reader-open")),
        Ok(held) => Seen::ok(Said::plain(match held.landlock {
            LandlockHold::Full => "cli-doctor-reader",
            LandlockHold::Partial => "cli-doctor-reader-partial",
            LandlockHold::Absent => "cli-doctor-reader-no-landlock",
        })),
    }]
}

/// Starts a signing process and asks what holds it.
pub fn signer(_: &Scene) -> Vec<Seen> {
    let held = client::confinement(&PathBuf::from(child::THIS_PROGRAM));
    vec![match held {
        Err(why) => Seen::action(Said::plain("cli-doctor-signer-fails").with("why", why)),
        Ok(held) if !held.is_whole() => Seen::action(Said::plain("cli-doctor-signer-open")),
        Ok(held) => Seen::ok(Said::plain(match held.landlock {
            Landlock::Full => "cli-doctor-signer",
            Landlock::Partial => "cli-doctor-signer-partial",
            Landlock::Absent => "cli-doctor-signer-no-landlock",
        })),
    }]
}

pub fn locale(_: &Scene) -> Vec<Seen> {
    let name = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(variable)
        .unwrap_or_else(|| "C".to_owned());
    let utf8 = Capabilities::from_env(&variable).utf8;
    vec![if utf8 {
        Seen::ok(Said::plain("cli-doctor-locale").with("name", name))
    } else {
        Seen::action(Said::plain("cli-doctor-locale-ascii").with("name", name))
    }]
}

pub fn terminal(_: &Scene) -> Vec<Seen> {
    if !std::io::stdin().is_terminal() && !std::io::stdout().is_terminal() {
        return vec![Seen::not_checked(Said::plain("cli-doctor-terminal-none"))];
    }
    let name = variable("TERM").unwrap_or_default();
    vec![if name.is_empty() || name == "dumb" || name == "unknown" {
        Seen::action(Said::plain("cli-doctor-terminal-dumb").with("name", name))
    } else {
        let colours = variable("COLORTERM").unwrap_or_else(|| "–".to_owned());
        let said = Said::plain("cli-doctor-terminal").with("name", name);
        Seen::ok(said.with("colours", colours))
    }]
}

const SSHD: &str = "/usr/sbin/sshd";
/// The group of `ams deploy sshd`.
const OFFICERS: &str = "ams-petugas";

/// What sshd would give an officer; only root can ask it.
pub fn sshd(_: &Scene) -> Vec<Seen> {
    if !Path::new(SSHD).exists() {
        return vec![Seen::not_checked(Said::plain("cli-doctor-sshd-absent"))];
    }
    let groups = std::fs::read_to_string("/etc/group").unwrap_or_default();
    let Some(officer) = first_member(&groups, OFFICERS) else {
        let said = Said::plain("cli-doctor-sshd-no-officers").with("group", OFFICERS);
        return vec![Seen::not_checked(said)];
    };
    let asked = Command::new(SSHD)
        .args(["-T", "-C"])
        .arg(format!("user={officer},host=localhost,addr=127.0.0.1"))
        .stdin(Stdio::null())
        .output();
    vec![match asked {
        Err(error) => Seen::not_checked(Said::plain("cli-doctor-sshd-silent").with("why", error)),
        Ok(answer) if !answer.status.success() => {
            let why = String::from_utf8_lossy(&answer.stderr);
            let why = why.lines().next().unwrap_or_default();
            Seen::not_checked(Said::plain("cli-doctor-sshd-silent").with("why", why))
        }
        Ok(answer) => judge_sshd(&String::from_utf8_lossy(&answer.stdout), officer),
    }]
}

/// The first name that /etc/group lists as a member.
fn first_member<'a>(groups: &'a str, group: &str) -> Option<&'a str> {
    let line = groups
        .lines()
        .find(|line| line.split(':').next() == Some(group))?;
    line.rsplit(':')
        .next()?
        .split(',')
        .find(|name| !name.is_empty())
}

/// Judges the answer of `sshd -T`: lower-case keywords, one a line.
fn judge_sshd(answer: &str, officer: &str) -> Seen {
    let value = |keyword: &str| {
        answer
            .lines()
            .find_map(|line| line.strip_prefix(keyword)?.strip_prefix(' '))
            .unwrap_or_default()
    };
    let forced = value("forcecommand");
    let program = forced.split_whitespace().next().unwrap_or_default();
    let is_ams = Path::new(program).file_name().is_some_and(|n| n == "ams");
    let said = |id: &'static str| Said::plain(id).with("user", officer);
    if !is_ams {
        Seen::action(said("cli-doctor-sshd-no-command").with("command", forced))
    } else if value("disableforwarding") != "yes" {
        Seen::action(said("cli-doctor-sshd-forwards"))
    } else if value("permituserrc") != "no" {
        Seen::action(said("cli-doctor-sshd-user-rc"))
    } else {
        Seen::ok(said("cli-doctor-sshd").with("command", forced))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::*;

    #[test]
    fn sshd_is_right_when_it_gives_officers_ams_and_nothing_else() {
        let right = "port 22\nforcecommand /usr/bin/ams\ndisableforwarding yes\npermituserrc no\n";
        assert_eq!(judge_sshd(right, "rina").status, Status::Ok);
        for (from, to) in [
            ("/usr/bin/ams", "none"),
            ("/usr/bin/ams", "/usr/bin/amsterdam"),
            ("disableforwarding yes", "disableforwarding no"),
            ("permituserrc no", "permituserrc yes"),
        ] {
            let seen = judge_sshd(&right.replace(from, to), "rina");
            assert_eq!(seen.status, Status::Action, "{to}");
        }
    }

    #[test]
    fn an_officer_is_found_among_the_groups() {
        let groups = "root:x:0:\nams-petugas-lama:x:8:x\nams-petugas:x:9:rina,budi\nkosong:x:10:\n";
        assert_eq!(first_member(groups, "ams-petugas"), Some("rina"));
        assert_eq!(first_member(groups, "kosong"), None);
        assert_eq!(first_member(groups, "lain"), None);
    }
}
