//! Tokens and sessions that are lost on the way.

use std::path::Path;
use std::process::{Command, Stdio};

use ams::pki::issuer::Issuer;
use ams::pki::pkcs11::{TokenFault, TokenKey, TokenUri};
use ams::pki::signer::SignerError;
use ams::pki::signer::guard::RawKey;
use ams::pki::signer::material::PinBy;
use cryptoki::context::Pkcs11;
use secrecy::SecretString;

use super::{Bench, PIN, module};
use crate::signer::{in_its_second, issue_by};
use crate::support::peer::Peer;
use crate::support::process::Seen;

#[test]
fn a_token_that_went_away_is_told_of_and_signs_again_when_it_is_back() {
    let Some(bench) = Bench::make() else {
        return;
    };
    let serving = bench.serve();
    bench.make_ca("satu", "rsa:2048", "a1");
    let uri = bench.uri("token=UJI;object=satu");
    assert_eq!(bench.add("satu.crt", &uri, Some("pin")).status, Some(0));
    let first = issue_by(|| bench.issue("satu"));
    let child = Seen::of_desk(serving.pid());

    let (tokens, away) = (bench.desk.path("tokens"), bench.desk.path("away"));
    std::fs::rename(&tokens, &away).unwrap();
    std::fs::create_dir(&tokens).unwrap();
    let gone = in_its_second(|| bench.issue("satu"));
    assert_eq!(gone.status, Some(3), "{gone:?}");
    assert!(gone.stderr.contains("token UJI is not there"), "{gone:?}");
    assert_eq!(bench.key_state(), "open", "nobody need give a PIN");

    std::fs::remove_dir(&tokens).unwrap();
    std::fs::rename(&away, &tokens).unwrap();
    let second = issue_by(|| bench.issue("satu"));
    assert!(second > first, "{second} after {first}");
    bench.verify("satu");
    assert_eq!(
        Seen::of_desk(serving.pid()),
        child,
        "the same process all along"
    );
}

/// Set where this test program was started anew with a token of its own.
const INSIDE: &str = "AMS_TEST_TOKEN";

#[test]
fn a_session_that_was_lost_is_opened_again_and_a_pin_that_changed_meanwhile_is_sent_once() {
    if let Some(certificate) = std::env::var_os(INSIDE) {
        return lose_sessions(Path::new(&certificate));
    }
    let Some(bench) = Bench::make() else {
        return;
    };
    bench.make_ca("satu", "ec -pkeyopt ec_paramgen_curve:P-384", "a1");
    bench
        .desk
        .openssl("x509 -in satu.crt -outform DER -out satu.der");
    let name = module_path!().split_once("::").unwrap().1;
    let test =
        "a_session_that_was_lost_is_opened_again_and_a_pin_that_changed_meanwhile_is_sent_once";
    let mut inside = Command::new(std::env::current_exe().unwrap());
    inside
        .args(["--exact", &format!("{name}::{test}"), "--nocapture"])
        .env(INSIDE, bench.desk.path("satu.der"))
        .env("SOFTHSM2_CONF", bench.desk.path("softhsm2.conf"));
    // What it says of a missing program is said here too.
    let ran = inside.stderr(Stdio::inherit()).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{said}");
    assert!(said.contains("1 passed"), "it has another name: {said}");
}

/// In a process of its own, whose module another handle resets under the key.
fn lose_sessions(certificate: &Path) {
    let issuer = Issuer::from_certificate(std::fs::read(certificate).unwrap()).unwrap();
    let module = module();
    let uri = TokenUri::parse("pkcs11:token=UJI;object=satu").unwrap();
    let pin = SecretString::from(PIN);
    let mut key = TokenKey::load(uri, module, Some(pin), &issuer).unwrap();
    key.connect(PinBy::Hand { last_try: false }).unwrap();
    key.sign(b"satu").unwrap();
    let reset = || Pkcs11::new(module).unwrap().finalize().unwrap();
    reset();
    key.sign(b"dua").unwrap();
    key.probe().unwrap();

    // Somebody changes the PIN, and the session is lost again.
    let Some(mut pkcs11_tool) = Peer::OpenSc.command() else {
        return;
    };
    let changed = pkcs11_tool
        .args([
            "--module",
            module,
            "--token-label",
            "UJI",
            "--login",
            "--pin",
            PIN,
        ])
        .args(["--change-pin", "--new-pin", "999999"])
        .output()
        .unwrap();
    assert!(changed.status.success(), "{changed:?}");
    reset();
    let fault = |result: Result<(), SignerError>| match result {
        Err(SignerError::Token(fault)) => fault,
        other => panic!("{other:?}"),
    };
    assert_eq!(fault(key.sign(b"tiga").map(drop)), TokenFault::WrongPin);
    // It is not sent again: what is asked for now is a PIN.
    assert_eq!(fault(key.sign(b"tiga").map(drop)), TokenFault::PinNeeded);
    assert_eq!(fault(key.probe()), TokenFault::PinNeeded);
}
