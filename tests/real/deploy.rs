//! The files that `ams deploy` prints, judged as printed by the programs that will read them: sshd, ssh and systemd.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::binary;
use crate::support::demo::{Ran, run, without_terminal};
use crate::support::peer::Peer;

/// What a deploy command prints, into a file.
fn printed(folder: &Path, name: &str, line: &[&str]) -> PathBuf {
    let ran = without_terminal(binary(), &[&["deploy"], line].concat());
    assert_eq!(ran.status, Some(0), "{line:?}: {ran:?}");
    assert!(ran.stderr.contains("Simpan sebagai"), "{ran:?}");
    let path = folder.join(name);
    std::fs::write(&path, &ran.stdout).unwrap();
    path
}

fn own(what: &str) -> String {
    let ran = run(Command::new("id").arg(what), b"");
    ran.text().trim().to_owned()
}

/// Whether a line of `sshd -T` or `ssh -G` stands there.
fn says(ran: &Ran, line: &str) -> bool {
    ran.text().lines().any(|l| l == line)
}

#[test]
fn sshd_takes_the_snippet_and_gives_the_group_the_desk_and_nothing_else() {
    let Some(sshd) = Peer::Sshd.command() else {
        return;
    };
    let sshd = sshd.get_program().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    if own("-u") == "0" {
        // sshd looks for it even when it only reads its configuration.
        std::fs::create_dir_all("/run/sshd").unwrap();
    }
    let key = at.join("host");
    let made = run(
        Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-f"])
            .arg(&key),
        b"",
    );
    assert_eq!(made.status, Some(0), "{made:?}");
    // Whoever runs the test is in that group; the other group has nobody.
    let group = own("-gn");
    let ours = printed(at, "ours.conf", &["sshd", "--group", &group]);
    let other = printed(at, "other.conf", &["sshd", "--group", "ams-tidak-ada"]);
    let config = |name: &str, snippet: &Path| {
        let path = at.join(name);
        let text = format!(
            "HostKey {}\nInclude {}\nX11Forwarding yes\nSubsystem sftp internal-sftp\n",
            key.display(),
            snippet.display()
        );
        std::fs::write(&path, text).unwrap();
        path
    };
    let ask = |config: &Path, more: &[&str]| {
        run(Command::new(&sshd).args(more).arg("-f").arg(config), b"")
    };
    let user = own("-un");
    let connection = format!("user={user},host=kios.uji.example,addr=192.0.2.7");
    let ours = config("sshd_ours", &ours);
    let test = ask(&ours, &["-t"]);
    assert_eq!(test.status, Some(0), "{test:?}");
    let matched = ask(&ours, &["-T", "-C", &connection]);
    assert_eq!(matched.status, Some(0), "{matched:?}");
    for line in [
        &format!("forcecommand {}", binary().display())[..],
        "disableforwarding yes",
        "allowtcpforwarding no",
        "allowstreamlocalforwarding no",
        "allowagentforwarding no",
        "x11forwarding no",
        "permittunnel no",
        "permitlisten none",
        "permitopen none",
        "permituserrc no",
        "permittty yes",
        "acceptenv LANG",
        "acceptenv LC_*",
        "acceptenv COLORTERM",
        "clientaliveinterval 30",
    ] {
        assert!(says(&matched, line), "{line} in {}", matched.text());
    }
    // Nobody else is touched, and what stands after the snippet is for everyone.
    let unmatched = ask(&config("sshd_other", &other), &["-T", "-C", &connection]);
    for line in [
        "forcecommand none",
        "disableforwarding no",
        "x11forwarding yes",
    ] {
        assert!(says(&unmatched, line), "{line} in {}", unmatched.text());
    }
}

#[test]
fn ssh_takes_the_client_file_and_a_command_gets_no_terminal() {
    if Peer::Ssh.command().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let line = [
        "ssh-client",
        "--host",
        "meja",
        "--hostname",
        "meja.uji.example",
        "--login",
        "rina",
    ];
    let file = printed(folder.path(), "config", &line);
    let ask = |host: &str| {
        run(
            Command::new("ssh").arg("-G").arg("-F").arg(&file).arg(host),
            b"",
        )
    };
    let meja = ask("meja");
    assert_eq!(meja.status, Some(0), "{meja:?}");
    for line in [
        "hostname meja.uji.example",
        "user rina",
        "compression yes",
        "requesttty auto",
        "serveraliveinterval 30",
        "serveralivecountmax 4",
        "forwardagent no",
        "forwardx11 no",
        "clearallforwardings yes",
        "sendenv LANG",
        "sendenv COLORTERM",
    ] {
        assert!(says(&meja, line), "{line} in {}", meja.text());
    }
    // An old client knows the option no more for other hosts than for this one.
    let elsewhere = ask("lain.uji.example");
    assert_eq!(elsewhere.status, Some(0), "{elsewhere:?}");
    assert!(says(&elsewhere, "compression no"));
}

#[test]
fn systemd_takes_the_unit_the_users_and_the_folders() {
    if Peer::Systemd.command().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let line = [
        "systemd",
        "--publish",
        "/srv/crl",
        "--passphrase",
        "/etc/ams/ca-passphrase",
    ];
    let unit = printed(at, "ams.service", &line);
    let text = std::fs::read_to_string(&unit).unwrap();
    for line in [
        &format!(
            "ExecStart={} --data /var/lib/ams --socket /run/ams/desk.sock serve",
            binary().display()
        )[..],
        "Type=notify",
        "RuntimeDirectory=ams",
        "RuntimeDirectoryMode=0750",
        "StateDirectory=ams",
        "UMask=0077",
        "KillSignal=SIGTERM",
        "Restart=on-failure",
        "LoadCredential=ams-ca-passphrase:/etc/ams/ca-passphrase",
        "ReadWritePaths=/srv/crl",
    ] {
        assert!(text.lines().any(|l| l == line), "{line} in {text}");
    }
    for more in [&[][..], &line[1..]] {
        let unit = printed(at, "ams.service", &[&["systemd"], more].concat());
        let verified = run(
            Command::new("systemd-analyze")
                .args(["verify", "--man=no"])
                .arg(&unit),
            b"",
        );
        assert_eq!(verified.status, Some(0), "{verified:?}");
        // A directive that is unknown or ignored is only warned of.
        let about_ours = verified.stderr.lines().find(|l| l.contains("ams.service"));
        assert_eq!(about_ours, None, "{verified:?}");
    }
    // How exposed it is, from 0 to 10, by systemd's own scale.
    let exposed = run(
        Command::new("systemd-analyze")
            .args(["security", "--offline=true", "--no-pager", "--threshold=20"])
            .arg(&unit),
        b"",
    );
    assert_eq!(exposed.status, Some(0), "{exposed:?}");
    let users = printed(at, "users.conf", &["systemd", "--part", "sysusers"]);
    let root = at.join("root");
    std::fs::create_dir_all(root.join("etc")).unwrap();
    let made = run(
        Command::new("systemd-sysusers")
            .arg(format!("--root={}", root.display()))
            .arg(&users),
        b"",
    );
    assert_eq!(made.status, Some(0), "{made:?}");
    let group = std::fs::read_to_string(root.join("etc/group")).unwrap();
    let gid = group
        .lines()
        .find_map(|l| l.strip_prefix("ams-petugas:x:"))
        .and_then(|l| l.split(':').next())
        .unwrap_or_else(|| panic!("no group in {group}"));
    let passwd = std::fs::read_to_string(root.join("etc/passwd")).unwrap();
    let own = passwd.lines().find(|l| l.starts_with("ams:")).unwrap();
    let fields: Vec<&str> = own.split(':').collect();
    assert_eq!((fields[3], fields[5]), (gid, "/var/lib/ams"), "{own}");
    let folders = printed(
        at,
        "folders.conf",
        &["systemd", "--part", "tmpfiles", "--publish", "/srv/crl"],
    );
    let text = std::fs::read_to_string(folders).unwrap();
    assert!(
        text.contains("\nd /srv/crl 0755 ams ams-petugas -\n"),
        "{text}"
    );
}

#[test]
fn a_name_that_would_say_something_else_in_the_file_is_refused() {
    for line in [
        ["sshd", "--group", "a b"],
        ["sshd", "--group", "*"],
        ["sshd", "--program", "ams"],
        ["sshd", "--program", "/bin/sh -c x"],
        ["ssh-client", "--hostname", "h\n    ProxyCommand x"],
        ["systemd", "--publish", "/srv/%h"],
        ["systemd", "--state", "/home/ams"],
        ["systemd", "--part", "tmpfiles"], // and no folder to publish to
    ] {
        let ran = without_terminal(binary(), &[&["deploy"], &line[..]].concat());
        assert_eq!(ran.status, Some(2), "{line:?}: {ran:?}");
        assert!(ran.stdout.is_empty(), "{line:?}: {ran:?}");
    }
}
