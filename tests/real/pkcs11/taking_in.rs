//! A CA is taken in only with a key on a token that is found, fits its certificate, and is reached by a sound module.

use super::Bench;
use crate::signer::issue_by;

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
