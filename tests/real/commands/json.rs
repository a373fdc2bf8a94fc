//! What `--json` answers: the contract's names, never null.

use serde_json::Value;

use crate::program::demo;
use crate::support::demo::check_shape;

fn has(value: &Value, names: &[&str]) {
    for name in names {
        assert!(value.get(name).is_some(), "{name} in {value:#}");
    }
}

#[test]
fn json_has_the_names_of_the_contract_and_never_null() {
    let demo = demo();
    let list = |user: &str, line: &[&str]| {
        let value = demo.json(user, line);
        check_shape(&value);
        let rows = value
            .as_array()
            .unwrap_or_else(|| panic!("{line:?} is no array"));
        assert!(!rows.is_empty(), "{line:?} is empty");
        rows.clone()
    };
    for certificate in list("op", &["cert", "list"]) {
        has(
            &certificate,
            &["serial", "subject", "issuer", "status", "not_after"],
        );
    }
    let requests = list("auditor", &["request", "list"]);
    let names = ["state", "owner", "serial", "reasons", "urgent", "letters"];
    for request in &requests {
        has(request, &names);
        has(request, &["number", "submitted_at", "reason_code"]);
    }
    let told = requests
        .iter()
        .find(|r| r["state"] == "diberitahukan")
        .expect("one that was told");
    assert!(told["crl_number"].is_u64(), "{told:#}");
    let number = told["number"].as_str().unwrap();
    let whole = demo.json("op", &["request", "show", number]);
    check_shape(&whole);
    has(&whole, &names);
    assert!(whole["letters"][0]["sha256"].is_string());
    for crl in list("op", &["crl", "list"]) {
        has(
            &crl,
            &[
                "issuer",
                "kind",
                "entries",
                "this_update",
                "next_update",
                "path",
            ],
        );
        assert!(crl["crl_number"].is_u64());
    }
    for mail in list("op", &["mail", "list"]) {
        has(&mail, &["id", "to", "kind", "status", "attempts"]);
    }
    for (user, line) in [
        ("admin", vec!["account", "list"]),
        ("admin", vec!["config", "list"]),
        ("admin", vec!["ca", "list"]),
        ("auditor", vec!["log", "list", "--limit", "5"]),
        (
            "op",
            vec![
                "report",
                "sop",
                "--month",
                &whole["decided_at"].as_str().unwrap()[..7],
            ],
        ),
        ("op", vec!["letter", "show", number]),
    ] {
        list(user, &line);
    }
    for (user, line) in [
        ("admin", vec!["account", "show", "op"]),
        ("admin", vec!["config", "get", "desk.zone"]),
        ("auditor", vec!["log", "verify"]),
        ("auditor", vec!["log", "show", "1"]),
        ("auditor", vec!["check"]),
        ("op", vec!["crl", "show"]),
        (
            "op",
            vec!["cert", "show", whole["serial"].as_str().unwrap()],
        ),
        ("op", vec!["log", "prove", number]),
    ] {
        let value = demo.json(user, &line);
        assert!(value.is_object(), "{line:?}");
        check_shape(&value);
    }
    let account = demo.json("admin", &["account", "show", "op"]);
    assert_eq!(account["username"], "op", "not the one who asks");
}

#[test]
fn an_empty_list_is_an_empty_array() {
    let demo = demo();
    let held = demo.json("op", &["cert", "list", "--status", "held"]);
    assert_eq!(held, Value::Array(Vec::new()));
}
