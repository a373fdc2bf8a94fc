//! An import of certificates is killed: by itself, and with the desk process that runs it.

use std::collections::BTreeSet;

use super::moments::{end_within, kill_at_moments, took};
use super::scene::{CERTIFICATES, Contents, Scene, begin};
use crate::support::serving::Serving;
/// The certificates, each in one line.
fn rows(contents: &Contents) -> BTreeSet<String> {
    let list = contents.certificates.as_array().unwrap();
    let rows: BTreeSet<_> = list.iter().map(ToString::to_string).collect();
    assert_eq!(rows.len(), list.len(), "listed twice");
    rows
}

#[test]
fn an_import_killed_anywhere_has_lost_and_doubled_nothing_once_it_is_given_again() {
    let scene = Scene::set();
    let empty = scene.desk();
    let [cert, key, crl] = empty.taken_over();
    // The CRL first: certificates that come in later are recognised.
    empty.done(&["ca", "add", "--cert", &cert, "--key", &key, "--crl", &crl]);
    let bundle = empty.file("bundle.pem");
    let line = ["cert", "import", bundle.as_str()];
    let unkilled = scene.copy("desk", "unkilled");
    let whole = took(|| drop(unkilled.done(&line)));
    let wanted = unkilled.contents();
    assert_eq!(
        wanted.certificates.as_array().unwrap().len(),
        CERTIFICATES as usize
    );
    kill_at_moments(whole, |n, moment| {
        let desk = scene.copy("desk", "killed");
        // By itself, and through a desk that is killed in its place.
        let met = if n % 2 == 0 {
            desk.killed_after(&line, moment)
        } else {
            let serving = Serving::start(desk.ams().arg("serve"));
            let mut child = begin(&mut desk.command(&line));
            let met = end_within(&child, moment);
            serving.kill();
            child.wait().unwrap();
            met
        };
        desk.checks_out(moment);
        let half = desk.contents();
        let taken = rows(&half);
        assert!(taken.is_subset(&rows(&wanted)), "killed after {moment:?}");
        let again = desk.done(&line).json();
        let (added, known) = (
            again["added"].as_u64().unwrap(),
            again["known"].as_u64().unwrap(),
        );
        assert_eq!(
            (added + known, known),
            (u64::from(CERTIFICATES), taken.len() as u64)
        );
        assert!(desk.contents() == wanted, "killed after {moment:?}");
        desk.checks_out(moment);
        met
    });
}
