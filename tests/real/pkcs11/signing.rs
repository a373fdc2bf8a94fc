//! Keys of every kind on a token sign CRLs that openssl verifies; some ask for their PIN each time.

use super::Bench;
use crate::signer::issue_by;
use crate::support::peer::Peer;
use crate::support::process::Seen;

#[test]
fn rsa_p256_and_p384_keys_on_a_token_sign_lists_that_openssl_verifies() {
    let Some(bench) = Bench::make() else {
        return;
    };
    let serving = bench.serve();
    for (name, newkey, id) in [
        ("rsa", "rsa:3072", "a1"),
        ("p256", "ec -pkeyopt ec_paramgen_curve:P-256", "b2"),
        ("p384", "ec -pkeyopt ec_paramgen_curve:P-384", "c3"),
    ] {
        bench.make_ca(name, newkey, id);
        let by = if name == "rsa" {
            "object=rsa"
        } else {
            &format!("id=%{id}")
        };
        let added = bench.add(
            &format!("{name}.crt"),
            &bench.uri(&format!("token=UJI;{by}")),
            Some("pin"),
        );
        assert_eq!(added.status, Some(0), "{added:?}");
        assert!(added.text().contains("key: open."), "{added:?}");
        let first = issue_by(|| bench.issue(name));
        let second = issue_by(|| bench.issue(name));
        assert!(second > first, "{second} after {first}");
        bench.verify(name);
    }
    // Each has a process of its own, which can start no program.
    let children = Seen::of_desk(serving.pid());
    assert_eq!(children.len(), 3);
    for child in children {
        assert_eq!(child.field("Seccomp").as_deref(), Some("2"));
        assert_eq!(child.field("NoNewPrivs").as_deref(), Some("1"));
    }
}

#[test]
fn an_ed25519_key_on_a_token_signs_lists_that_openssl_verifies() {
    let Some(bench) = Bench::make() else {
        return;
    };
    let _serving = bench.serve();
    bench.make_ca("ed", "ed25519", "a1");
    let uri = bench.uri("token=UJI;object=ed");
    let added = bench.add("ed.crt", &uri, Some("pin"));
    assert_eq!(added.status, Some(0), "{added:?}");
    let first = issue_by(|| bench.issue("ed"));
    assert!(issue_by(|| bench.issue("ed")) > first);
    bench.verify("ed");
}

#[test]
fn a_key_that_asks_for_its_pin_before_each_signature_signs_list_after_list() {
    let Some(bench) = Bench::make() else {
        return;
    };
    if Peer::OpenSc.command().is_none() {
        return;
    }
    let serving = bench.serve();
    bench.make_asking_ca("tanya", "rsa:2048", "a1");
    let uri = bench.uri("token=UJI;object=tanya");
    let added = bench.add("tanya.crt", &uri, Some("pin"));
    assert_eq!(added.status, Some(0), "{added:?}");
    let first = issue_by(|| bench.issue("tanya"));
    assert!(issue_by(|| bench.issue("tanya")) > first);
    bench.verify("tanya");

    // A process that ended needs its PIN once, and asks for it each time again.
    for child in Seen::of_desk(serving.pid()) {
        child.kill();
    }
    assert_eq!(bench.key_state(), "locked");
    assert_eq!(bench.unlock("pin").status, Some(0));
    issue_by(|| bench.issue("tanya"));
    issue_by(|| bench.issue("tanya"));
    bench.verify("tanya");
}

#[test]
fn an_ecdsa_key_that_asks_each_time_is_refused_by_name_where_the_token_hashes_nothing_for_it() {
    let Some(bench) = Bench::make() else {
        return;
    };
    if Peer::OpenSc.command().is_none() {
        return;
    }
    let _serving = bench.serve();
    bench.make_asking_ca("tanya", "ec -pkeyopt ec_paramgen_curve:P-256", "a1");
    let uri = bench.uri("token=UJI;object=tanya");
    let added = bench.add("tanya.crt", &uri, Some("pin"));
    let offers = bench
        .pkcs11_tool("--list-mechanisms")
        .text()
        .contains("ECDSA-SHA256");
    if offers {
        assert_eq!(added.status, Some(0), "{added:?}");
        issue_by(|| bench.issue("tanya"));
        bench.verify("tanya");
    } else {
        assert_eq!(added.status, Some(1), "{added:?}");
        assert!(added.stderr.contains("CKM_ECDSA_SHA256"), "{added:?}");
    }
}
