//! CA keys on PKCS#11 tokens, with SoftHSM: what it signs is verified by the real openssl; wrong PINs, tokens that go
//! away and come back, keys of others, PINs that come by themselves.

use std::path::Path;
use std::process::Command;

use ams::pki::issuer::Issuer;
use ams::pki::pkcs11::{TokenFault, TokenKey, TokenUri};
use ams::pki::signer::guard::RawKey;
use ams::pki::signer::material::PinBy;
use cryptoki::context::Pkcs11;
use secrecy::SecretString;

use crate::signer::{Seen, issue_by};
use crate::support::demo::{Ran, run};
use crate::support::new_desk::NewDesk;
use crate::support::peer::Peer;
use crate::support::serving::Serving;

const PIN: &str = "836215";
const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_ams"))
}

/// A desk with tokens of its own.
struct Bench {
    desk: NewDesk,
    module: &'static str,
}

impl Bench {
    /// Makes a desk and a token; `None` where there is no SoftHSM or openssl.
    fn make() -> Option<Self> {
        Peer::SoftHsm.command()?;
        Peer::OpenSsl.command()?;
        let module = MODULES.into_iter().find(|path| Path::new(path).exists());
        let bench = Self {
            desk: NewDesk::make(binary()),
            module: module.expect("SoftHSM's module"),
        };
        std::fs::create_dir(bench.desk.path("tokens")).unwrap();
        let tokens = format!("directories.tokendir = {}\n", bench.desk.path("tokens"));
        bench.desk.write("softhsm2.conf", tokens);
        bench.desk.write("pin", format!("{PIN}\n"));
        bench.desk.write("keliru", "111111\n");
        bench.softhsm("--init-token --free --label UJI --so-pin 44445555 --pin 836215");
        Some(bench)
    }

    fn softhsm(&self, line: &str) {
        let mut command = Command::new("softhsm2-util");
        command
            .args(line.split_whitespace())
            .env("SOFTHSM2_CONF", self.desk.path("softhsm2.conf"))
            .current_dir(self.desk.path("."));
        let ran = run(&mut command, b"");
        assert_eq!(ran.status, Some(0), "softhsm2-util {line}: {ran:?}");
    }

    /// A CA whose key lies on the token, and its certificate.
    fn make_ca(&self, name: &str, newkey: &str, id: &str) {
        self.desk.openssl(&format!(
            "req -x509 -newkey {newkey} -nodes -keyout {name}.key -out {name}.crt -days 30 -subj /CN=CA_{name}_UJI"
        ));
        self.softhsm(&format!(
            "--import {name}.key --token UJI --label {name} --id {id} --pin {PIN}"
        ));
        std::fs::remove_file(self.desk.path(&format!("{name}.key"))).unwrap();
    }

    fn pkcs11_tool(&self, line: &str) -> Ran {
        let mut command = Command::new("pkcs11-tool");
        command
            .args(["--module", self.module, "--token-label", "UJI"])
            .args(line.split_whitespace())
            .env("SOFTHSM2_CONF", self.desk.path("softhsm2.conf"))
            .current_dir(self.desk.path("."));
        let ran = run(&mut command, b"");
        assert_eq!(ran.status, Some(0), "pkcs11-tool {line}: {ran:?}");
        ran
    }

    /// The same with CKA_ALWAYS_AUTHENTICATE: each signature asks for the PIN.
    fn make_asking_ca(&self, name: &str, newkey: &str, id: &str) {
        self.desk.openssl(&format!(
            "req -x509 -newkey {newkey} -nodes -keyout {name}.key -out {name}.crt -days 30 -subj /CN=CA_{name}_UJI"
        ));
        self.desk
            .openssl(&format!("pkey -in {name}.key -outform DER -out {name}.der"));
        self.pkcs11_tool(&format!(
            "--login --pin {PIN} --write-object {name}.der --type privkey --label {name} --id {id} --usage-sign --always-auth"
        ));
        let listed = self.pkcs11_tool(&format!(
            "--login --pin {PIN} --list-objects --type privkey"
        ));
        assert!(listed.text().contains("always authenticate"), "{listed:?}");
    }

    fn uri(&self, attributes: &str) -> String {
        format!("pkcs11:{attributes}?module-path={}", self.module)
    }

    fn serve_with(&self, credentials: Option<&str>) -> Serving {
        let mut command = Command::new(binary());
        command
            .args(["--data", &self.desk.path("desk"), "serve"])
            .env("SOFTHSM2_CONF", self.desk.path("softhsm2.conf"));
        if let Some(folder) = credentials {
            command.env("CREDENTIALS_DIRECTORY", folder);
        }
        Serving::start(&mut command)
    }

    fn serve(&self) -> Serving {
        self.serve_with(None)
    }

    fn admin(&self, line: &[&str]) -> Ran {
        self.desk.run("admin", &[line, &["--lang", "en"]].concat())
    }

    fn add(&self, cert: &str, uri: &str, pin: Option<&str>) -> Ran {
        let cert = self.desk.path(cert);
        let pin = pin.map(|file| self.desk.path(file));
        let mut line = vec!["ca", "add", "--cert", &cert, "--pkcs11", uri];
        line.extend(pin.iter().flat_map(|file| ["--pin-file", file.as_str()]));
        self.admin(&line)
    }

    fn unlock(&self, pin: &str) -> Ran {
        self.admin(&["ca", "unlock", "--pin-file", &self.desk.path(pin)])
    }

    fn issue(&self, issuer: &str) -> Ran {
        self.admin(&["--json", "crl", "issue", "--issuer", issuer])
    }

    fn key_state(&self) -> String {
        let list = self.admin(&["--json", "ca", "list"]).json();
        list[0]["key"].as_str().unwrap_or_default().to_owned()
    }

    /// The published CRL of a CA, verified by openssl.
    fn verify(&self, name: &str) {
        let list = self.admin(&["--json", "ca", "list"]).json();
        let all = list.as_array().unwrap();
        let ca = all
            .iter()
            .find(|ca| ca["label"] == format!("CA_{name}_UJI"));
        let path = ca.unwrap()["path"]
            .as_str()
            .expect("it is published")
            .to_owned();
        let seen = self
            .desk
            .openssl(&format!("crl -in {path} -CAfile {name}.crt -noout"));
        assert!(seen.stderr.contains("verify OK"), "{name}: {seen:?}");
    }
}

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

#[test]
fn the_module_may_be_a_setting_and_nothing_is_taken_in_without_one() {
    let Some(bench) = Bench::make() else {
        return;
    };
    let _serving = bench.serve();
    bench.make_ca("satu", "ec -pkeyopt ec_paramgen_curve:P-256", "a1");
    let uri = "pkcs11:token=UJI;object=satu";
    let none = bench.add("satu.crt", uri, Some("pin"));
    assert_eq!(none.status, Some(1), "{none:?}");
    assert!(none.stderr.contains("pkcs11.module"), "{none:?}");
    let set = bench.admin(&["config", "set", "pkcs11.module", bench.module]);
    assert_eq!(set.status, Some(0), "{set:?}");
    assert_eq!(bench.add("satu.crt", uri, Some("pin")).status, Some(0));
    issue_by(|| bench.issue("satu"));
    bench.verify("satu");
}

#[test]
fn what_does_not_fit_is_refused_and_said() {
    let Some(bench) = Bench::make() else {
        return;
    };
    let _serving = bench.serve();
    let p256 = "ec -pkeyopt ec_paramgen_curve:P-256";
    bench.make_ca("satu", p256, "a1");
    bench.make_ca("dua", p256, "b2");
    let module = |path: &str| format!("pkcs11:token=UJI;object=satu?module-path={path}");
    let elsewhere = bench.desk.write("modul.so", "bukan pustaka");
    let world = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    std::fs::set_permissions(&elsewhere, world).unwrap();
    let cases = [
        (
            bench.uri("token=UJI;object=dua"),
            "pin",
            "not the one in the certificate",
        ),
        (
            bench.uri("token=UJI;object=tiga"),
            "pin",
            "no private key tiga",
        ),
        (
            bench.uri("token=LAIN;object=satu"),
            "pin",
            "token LAIN is not there",
        ),
        (bench.uri("token=UJI"), "pin", "2 private keys"),
        (bench.uri("token=UJI;object=satu"), "keliru", "PIN is wrong"),
        (
            bench.uri("token=UJI;object=satu;type=cert"),
            "pin",
            "private key is needed",
        ),
        (module("/tidak/ada.so"), "pin", "/tidak/ada.so"),
        (module(&elsewhere), "pin", "others may write"),
        (module("/etc/hostname"), "pin", "/etc/hostname"),
    ];
    for (uri, pin, says) in cases {
        let refused = bench.add("satu.crt", &uri, Some(pin));
        assert!(matches!(refused.status, Some(1 | 3)), "{uri}: {refused:?}");
        assert!(refused.stderr.contains(says), "{uri}: {refused:?}");
    }
    let list = bench.admin(&["--json", "ca", "list"]).json();
    assert_eq!(list.as_array().map(Vec::len), Some(0), "{list:#}");
}

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
    let gone = loop {
        let ran = bench.issue("satu");
        if !ran.stderr.contains("this-update-not-future") {
            break ran;
        }
    };
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
    let ran = run(&mut inside, b"");
    assert_eq!(ran.status, Some(0), "{}{}", ran.text(), ran.stderr);
}

/// In a process of its own, whose module another handle resets under the key.
fn lose_sessions(certificate: &Path) {
    let issuer = Issuer::from_certificate(std::fs::read(certificate).unwrap()).unwrap();
    let module = MODULES.into_iter().find(|path| Path::new(path).exists());
    let module = module.unwrap();
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
    let changed = Command::new("pkcs11-tool")
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
        .output();
    let Ok(changed) = changed else {
        println!("SKIPPED: apt install opensc");
        return;
    };
    assert!(changed.status.success(), "{changed:?}");
    reset();
    let fault = |result: Result<(), ams::pki::signer::SignerError>| match result {
        Err(ams::pki::signer::SignerError::Token(fault)) => fault,
        other => panic!("{other:?}"),
    };
    assert_eq!(fault(key.sign(b"tiga").map(drop)), TokenFault::WrongPin);
    // It is not sent again: what is asked for now is a PIN.
    assert_eq!(fault(key.sign(b"tiga").map(drop)), TokenFault::PinNeeded);
    assert_eq!(fault(key.probe()), TokenFault::PinNeeded);
}
