//! Who gives the PIN, when it is asked for again, and that a wrong one is never sent twice.

use super::Bench;
use crate::signer::issue_by;
use crate::support::process::Seen;

#[test]
fn a_token_waits_for_its_pin_and_a_killed_process_for_it_again() {
    let Some(bench) = Bench::make() else {
        return;
    };
    let serving = bench.serve();
    bench.make_ca("satu", "ec -pkeyopt ec_paramgen_curve:P-256", "a1");
    let uri = bench.uri("token=UJI;object=satu");
    let added = bench.add("satu.crt", &uri, None);
    assert_eq!(added.status, Some(0), "{added:?}");
    assert_eq!(bench.key_state(), "locked");
    let wrong = bench.unlock("keliru");
    assert_eq!(wrong.status, Some(1), "{wrong:?}");
    assert!(
        wrong.stderr.contains("not tried again by itself"),
        "{wrong:?}"
    );
    assert_eq!(bench.key_state(), "locked");
    assert_eq!(bench.unlock("pin").status, Some(0));
    let first = issue_by(|| bench.issue("satu"));
    bench.verify("satu");

    for child in Seen::of_desk(serving.pid()) {
        child.kill();
    }
    assert_eq!(bench.key_state(), "locked");
    let refused = bench.issue("satu");
    assert!(refused.stderr.contains("locked"), "{refused:?}");
    assert_eq!(bench.unlock("pin").status, Some(0));
    assert!(issue_by(|| bench.issue("satu")) > first);
}

#[test]
fn a_pin_that_came_by_itself_and_was_wrong_is_tried_once_and_never_again_without_a_person() {
    let Some(bench) = Bench::make() else {
        return;
    };
    let serving = bench.serve();
    bench.make_ca("satu", "ec -pkeyopt ec_paramgen_curve:P-256", "a1");
    let uri = bench.uri("token=UJI;object=satu");
    assert_eq!(bench.add("satu.crt", &uri, None).status, Some(0));
    serving.stop();
    let credentials = bench.desk.path("credentials");
    std::fs::create_dir(&credentials).unwrap();
    let give = |pin: &str| {
        std::fs::copy(bench.desk.path(pin), format!("{credentials}/ams-token-pin")).unwrap();
    };

    give("pin");
    let serving = bench.serve_with(Some(&credentials));
    assert_eq!(bench.key_state(), "open");
    issue_by(|| bench.issue("satu"));
    serving.stop();

    give("keliru");
    let serving = bench.serve_with(Some(&credentials));
    assert_eq!(bench.key_state(), "locked");
    serving.stop();
    // Even a right one is not sent now: the desk cannot know that it is right, and the token counts.
    give("pin");
    let serving = bench.serve_with(Some(&credentials));
    assert_eq!(bench.key_state(), "locked");
    assert_eq!(bench.unlock("pin").status, Some(0));
    serving.stop();
    let _serving = bench.serve_with(Some(&credentials));
    assert_eq!(bench.key_state(), "open");
}

#[test]
fn a_pin_in_a_file_that_others_may_read_is_not_used() {
    let Some(bench) = Bench::make() else {
        return;
    };
    let serving = bench.serve();
    bench.make_ca("satu", "ec -pkeyopt ec_paramgen_curve:P-256", "a1");
    let pin = bench.desk.path("pin");
    let mode = |mode| {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
        std::fs::set_permissions(&pin, mode).unwrap();
    };
    let uri = format!(
        "{}&pin-source=file:{pin}",
        bench.uri("token=UJI;object=satu")
    );
    mode(0o644);
    assert_eq!(bench.add("satu.crt", &uri, None).status, Some(0));
    let refused = bench.issue("satu");
    assert!(
        refused.stderr.contains("readable by nobody else"),
        "{refused:?}"
    );
    mode(0o600);
    let first = issue_by(|| bench.issue("satu"));
    // Such a key needs nobody when its process was killed.
    for child in Seen::of_desk(serving.pid()) {
        child.kill();
    }
    assert!(issue_by(|| bench.issue("satu")) > first);
}
