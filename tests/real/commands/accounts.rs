//! `ams account` where something waits: asked for, stopped by an admin and by whom it concerns, and said as JSON.

use crate::program::demo;
use crate::support::demo::check_shape;

#[test]
fn a_grant_is_stopped_by_an_admin_by_name_and_by_the_person_without_one() {
    let demo = demo();
    let waits = || {
        let account = demo.json("admin", &["account", "show", "pemohon"]);
        account.get("pending").is_some()
    };
    let ask = || {
        let grant = ["account", "grant", "pemohon", "--role", "pemohon,op"];
        let asked = demo.json("admin", &grant);
        assert!(asked["effective_at"].is_string(), "{asked:#}");
        assert!(waits());
    };
    ask();
    let stopped = demo.json("admin", &["account", "cancel", "pemohon"]);
    check_shape(&stopped);
    assert_eq!(stopped, serde_json::json!({ "username": "pemohon" }));
    assert!(!waits());
    ask();
    let said = demo.done("pemohon", &["account", "cancel"]).text();
    assert!(
        said.contains("pemohon") && said.contains("dibatalkan"),
        "{said}"
    );
    assert!(!waits());
    ask();
    let refused = demo.run("op", &["account", "cancel", "pemohon"]);
    assert_ne!(refused.status, Some(0), "{refused:?}");
    assert!(waits());
    let nothing = demo.run("op", &["account", "cancel"]);
    assert_ne!(nothing.status, Some(0), "{nothing:?}");
    let log = demo.json("auditor", &["log", "list", "--limit", "40"]);
    assert_eq!(log.to_string().matches("PERAN_DIBATALKAN").count(), 2);
    demo.done("auditor", &["check"]);
}
