//! What an officer's unix user tries on the desk's own host, through the socket, with the desk's rights; and what is for
//! demos, tried on other folders. Nothing of the desk's changes, and nothing is read with any rights but the caller's.

use std::path::Path;
use std::process::Command;

use super::{AMS, assert_status, own_password, state};
use crate::support::demo::run;
use crate::support::new_desk::NewDesk;
use crate::support::serving::Serving;
use crate::support::ssh::Site;
use crate::support::terminal::{Size, Terminal};

#[test]
fn files_that_only_the_desk_may_touch_are_not_reached_through_it() {
    let Some(site) = Site::open(AMS, &[]) else {
        return;
    };
    let officer = &site.users.officers[0];
    // Even with an admin's password: the files are opened by his own process.
    let password = own_password(&site, officer, "admin");
    let data = site.demo.data();
    let before = state(&[&data.join("keys"), &data.join("letters"), &data.join("crl")]);
    let key = data.join("desk.key").display().to_string();
    let database = data.join("ams.redb").display().to_string();
    let fresh = data.join("trace").display().to_string();
    let keys = data.join("keys").display().to_string();
    let link = site.folder().join("link");
    std::os::unix::fs::symlink(site.folder().join("run/trace"), &link).unwrap();
    let link = link.display().to_string();
    for line in [
        &["letter", "inspect", &key][..],
        &["letter", "inspect", &database],
        &["cert", "import", &key],
        &["cert", "import", &keys],
        &["cert", "import", "--dry-run", &database],
        &["ca", "add", "--cert", &key, "--key", &key],
        &["account", "import", &key],
        &["account", "passwd", "--new-password-file", &key],
        &["crl", "show", &database],
        &["crl", "check", &key],
        &["crl", "diff", &key, &database],
        &[
            "log",
            "verify",
            "--public-key",
            "uji+00000000+AA",
            &database,
        ],
        &["backup", &fresh],
        &["backup", &database],
        &["backup", &link],
        &["letter", "form", "--owner", "pemohon", "-o", &fresh],
        &["letter", "form", "--owner", "pemohon", "-o", &key],
        &["letter", "form", "--owner", "pemohon", "-o", &link],
    ] {
        let mut command = site.local(officer);
        command
            .args(["--user", "admin", "--password-file"])
            .arg(&password);
        let ran = run(command.args(line), b"");
        assert_eq!(ran.status, Some(3), "{line:?}: {ran:?}");
        assert!(ran.stdout.is_empty(), "{line:?}: {ran:?}");
    }
    let mut as_password = site.local(officer);
    as_password.args([
        "--user",
        "admin",
        "--password-file",
        &key,
        "request",
        "list",
    ]);
    assert_status(&run(&mut as_password, b""), 3);
    // A shell opens what it redirects with his own rights too.
    let mut shell = Command::new("sh");
    officer.runs(&mut shell);
    shell.args([
        "-c",
        r#""$0" --socket "$1" letter put PC-2026-000001 < "$2""#,
    ]);
    shell.arg(site.binary()).arg(site.socket()).arg(&key);
    let ran = run(&mut shell, b"");
    assert_ne!(ran.status, Some(0), "{ran:?}");
    let after = state(&[&data.join("keys"), &data.join("letters"), &data.join("crl")]);
    assert_eq!(after, before);
    assert!(!Path::new(&fresh).exists() && !site.folder().join("run/trace").exists());
    site.demo.done("auditor", &["check"]);
}

#[test]
fn what_is_for_demos_touches_no_real_folder_and_nobody_elses() {
    let Some(site) = Site::open(AMS, &[]) else {
        return;
    };
    let officer = &site.users.officers[0];
    // Somebody else's demo.
    let data = site.demo.data();
    let lines = [
        &["demo", "--reset", "--no-open"][..],
        &["demo", "--no-open"],
        &[
            "demo",
            "--reset",
            "--as",
            "admin",
            "--now",
            "2026-01-01T00:00:00Z",
        ],
        &["demo", "--as", "admin"],
    ];
    for line in lines {
        let mut command = Command::new(site.binary());
        officer.runs(&mut command);
        let ran = run(command.arg("--data").arg(&data).args(line), b"");
        assert_eq!(ran.status, Some(3), "{line:?}: {ran:?}");
    }
    // Over the socket he is nobody's account without a password.
    let mut through = Command::new("setpriv");
    through
        .arg(format!("--reuid={}", officer.uid))
        .arg(format!("--regid={}", officer.gid))
        .arg("--clear-groups")
        .arg(site.binary())
        .arg("--socket")
        .arg(site.socket())
        .args(["demo", "--as", "admin"]);
    let home = officer.home.display().to_string();
    let terminal = Terminal::start(&through, Size::new(80, 24), &[("HOME", &home)]);
    terminal.wait_for("--as");
    assert_eq!(terminal.wait_exit().status, 3);
    site.demo.done("auditor", &["check"]);

    // One's own real desk, at rest and serving.
    let real = NewDesk::make(Path::new(AMS));
    let folder = real.path("desk");
    let before = state(&[Path::new(&folder)]);
    for line in lines {
        let ran = run(Command::new(AMS).args(["--data", &folder]).args(line), b"");
        assert_eq!(ran.status, Some(1), "{line:?}: {ran:?}");
    }
    assert_eq!(state(&[Path::new(&folder)]), before);
    let serving = Serving::start(Command::new(AMS).args(["--data", &folder, "serve"]));
    let mut as_admin = Command::new(AMS);
    as_admin.args(["--data", &folder, "demo", "--as", "admin"]);
    let terminal = Terminal::start(&as_admin, Size::new(80, 24), &[]);
    terminal.wait_for("--as");
    assert_eq!(terminal.wait_exit().status, 3);
    assert!(serving.stop().success());
}
