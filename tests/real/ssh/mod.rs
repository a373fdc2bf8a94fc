//! The desk behind a real sshd: officers of other unix users, thin links, dropped ones, and what must not get through.

mod attempts;
mod commands;
mod letters;
mod local;
mod screens;
mod thin;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::demo::{Ran, run, secret_file};
use crate::support::ssh::Site;
use crate::support::unix_users::UnixUser;

const AMS: &str = env!("CARGO_BIN_EXE_ams");

fn assert_status(ran: &Ran, status: i32) {
    assert_eq!(ran.status, Some(status), "{}{}", ran.text(), ran.stderr);
}

/// A file with an account's password that only this unix user reads.
fn own_password(site: &Site, unix: &UnixUser, account: &str) -> PathBuf {
    let file = site.folder().join(format!("{account}-of-{}", unix.name));
    let line = format!("{}\n", site.demo.password(account));
    secret_file(&file, &line, Some(unix));
    file
}

/// What lies where an attempt might leave something: names, sizes, times.
fn state(folders: &[&Path]) -> String {
    let mut find = Command::new("find");
    find.args(folders).args(["-printf", "%p %s %m %u\n"]);
    run(&mut find, b"").text()
}
