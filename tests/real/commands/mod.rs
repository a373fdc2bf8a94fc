//! The command contract on the real binary: exit statuses, words, JSON shapes, streams, and what outsiders put into
//! names and files. The procedure itself by commands is in `flow`.

mod accounts;
mod ends;
mod json;
mod letters;
mod named;
mod new_desk;
mod outside_text;
mod secrets;
mod without_desk;

use ams::desk::{Clock, SystemClock};
use ams::domain::Serial;

use crate::program::binary;
use crate::support::authority::Authority;
use crate::support::demo::Ran;
use crate::support::new_desk::NewDesk;

fn without_terminal(arguments: &[&str]) -> Ran {
    crate::support::demo::without_terminal(binary(), arguments)
}

fn authority() -> Authority {
    Authority::new("CA Perintah UJI", SystemClock.now())
}

/// A desk's own CA with its key, taken in.
fn with_ca(desk: &NewDesk) -> Authority {
    let authority = authority();
    let ca = desk.write("ca.pem", authority.certificate());
    let key = desk.write("ca.key", authority.key());
    let added = desk.run("admin", &["ca", "add", "--cert", &ca, "--key", &key]);
    assert_eq!(added.status, Some(0), "{added:?}");
    authority
}

fn serial(text: &str) -> Serial {
    Serial::parse(text).unwrap()
}

fn is_clean(ran: &Ran) -> bool {
    let text = format!("{}{}", ran.text(), ran.stderr);
    !text.contains("panicked") && !text.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\u{7}'])
}
