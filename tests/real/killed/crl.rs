//! A CRL of others is taken in and killed: with its CA, by itself, and as one that was found published.

use std::fs;

use ams::domain::CrlNumber;

use super::moments::{Met, kill_after, kill_at_moments, took};
use super::scene::{Desk, NUMBER, Scene, begin};
#[test]
fn a_takeover_killed_anywhere_is_ended_by_the_same_command_and_un_revokes_nothing() {
    let scene = Scene::set();
    let unkilled = scene.copy("desk", "unkilled");
    let [cert, key, crl] = unkilled.taken_over();
    let line = ["ca", "add", "--cert", &cert, "--key", &key, "--crl", &crl];
    let whole = took(|| drop(unkilled.done(&line)));
    let wanted = unkilled.contents();
    assert_eq!(unkilled.published().unwrap().1, scene.foreign());
    kill_at_moments(whole, |_, moment| {
        let desk = scene.copy("desk", "killed");
        let met = desk.killed_after(&line, moment);
        desk.checks_out(moment);
        // Nothing is published before everything was taken in.
        if let Some((number, listed)) = desk.published() {
            assert!(number > CrlNumber::from(NUMBER));
            assert_eq!(listed, scene.foreign(), "killed after {moment:?}");
        }
        desk.done(&line);
        desk.serve_until_nothing_waits();
        let (number, listed) = desk.published().unwrap();
        assert!(number > CrlNumber::from(NUMBER));
        assert_eq!(listed, scene.foreign(), "killed after {moment:?}");
        assert!(desk.contents() == wanted, "killed after {moment:?}");
        desk.checks_out(moment);
        met
    });
}

#[test]
fn a_crl_taken_in_and_killed_before_it_asked_for_ours_is_told_by_the_next_start_alone() {
    let scene = Scene::set();
    let base = scene.desk();
    let [cert, key, crl] = base.taken_over();
    base.done(&["ca", "add", "--cert", &cert, "--key", &key]);
    let line = ["cert", "import", &crl];
    let unkilled = scene.copy("desk", "unkilled");
    let whole = took(|| drop(unkilled.done(&line)));
    kill_at_moments(whole, |_, moment| {
        let desk = scene.copy("desk", "killed");
        let (first, _) = desk.published().unwrap();
        let met = desk.killed_after(&line, moment);
        desk.checks_out(moment);
        let taken = desk.contents().adopted.as_array().unwrap().len();
        desk.serve_until_nothing_waits();
        let (number, listed) = desk.published().unwrap();
        assert_eq!(listed.len(), taken, "killed after {moment:?}");
        assert!(number >= first);
        desk.done(&line);
        desk.serve_until_nothing_waits();
        let (last, listed) = desk.published().unwrap();
        assert!(last > CrlNumber::from(NUMBER) && last >= number);
        assert_eq!(listed, scene.foreign(), "killed after {moment:?}");
        desk.checks_out(moment);
        met
    });
}

#[test]
fn an_adoption_at_the_start_killed_again_and_again_takes_nothing_off_the_list_and_ends() {
    let scene = Scene::set();
    let base = scene.desk();
    let [cert, key, _] = base.taken_over();
    base.done(&["ca", "add", "--cert", &cert, "--key", &key]);
    base.done(&["cert", "import", &base.file("bundle.pem")]);
    let published = base.issuers()[0]["path"].as_str().unwrap().to_owned();
    fs::copy(base.file("foreign.crl"), &published).unwrap();
    let unkilled = scene.copy("desk", "unkilled");
    let whole = took(|| drop(unkilled.done(&["crl", "issue"])));
    let wanted = unkilled.contents();
    assert_eq!(unkilled.published().unwrap().1, scene.foreign());
    let number = CrlNumber::from(NUMBER);
    let ends = |desk: &Desk<'_>| {
        desk.done(&["crl", "issue"]);
        let (last, listed) = desk.published().unwrap();
        assert!(last > number);
        assert_eq!(listed, scene.foreign());
        assert!(desk.contents() == wanted);
        desk.checks_out(whole);
    };
    let mut desk = scene.copy("desk", "killed");
    kill_at_moments(whole, |_, moment| {
        kill_after(&mut begin(desk.ams().arg("serve")), moment);
        let published = desk.published().unwrap();
        assert!(published == (number, scene.foreign()), "{moment:?}");
        // Looked at in a copy: whoever opens the desk itself goes on with the adoption.
        let copy = scene.copy("killed", "looked at");
        let taken = copy.adopted_by_log();
        copy.checks_out(moment);
        if taken < scene.foreign().len() as u64 {
            return Met::Killed;
        }
        // It had ended; once more from the beginning, and sooner.
        ends(&desk);
        desk = scene.copy("desk", "killed");
        Met::Over(moment)
    });
    ends(&desk);
}
