//! How an issuer's CRLs are made, changed by an admin on the CRL screen.

use crate::tui::place::ScreenId;

use super::scene::Scene;

fn value(scene: &Scene, key: &str) -> String {
    let who = scene.app.identity().unwrap();
    let issuer = scene.desk.issuers().unwrap()[0].id;
    let view = scene.desk.issuer_settings(who, issuer).unwrap();
    let (_, value) = view.values.into_iter().find(|(s, _)| s.key == key).unwrap();
    value
}

/// Entries of the log that say so.
fn logged(scene: &Scene) -> usize {
    let auditor = scene.desk.demo_login("auditor", None).unwrap();
    let log = scene.desk.log(&auditor, None, 20).unwrap();
    let set = |row: &&crate::desk::LogRow| row.action == "PENERBIT_DIATUR";
    log.rows.iter().filter(set).count()
}

#[test]
fn an_admin_changes_two_periods_that_neither_would_bear_alone() {
    let mut scene = Scene::of("admin", ScreenId::Crl, (80, 24));
    // 72 hours apart with the desk's 48 hours of validity would leave no CRL at all.
    scene.keys("e72<C-x>");
    assert!(scene.shows("tanpa kelonggaran"), "{}", scene.screen());
    assert!(
        scene.shows("satu pembaruan yang gagal"),
        "{}",
        scene.screen()
    );
    assert_eq!(
        (value(&scene, "interval_hours").as_str(), logged(&scene)),
        ("", 0)
    );
    scene.keys("<Tab>144<C-x>");
    assert_eq!(value(&scene, "interval_hours"), "72", "{}", scene.screen());
    assert_eq!(value(&scene, "validity_hours"), "144");
    // One act, one entry.
    assert_eq!(logged(&scene), 1);
    scene.keys("lll");
    assert!(
        scene.shows("72") && scene.shows("144"),
        "{}",
        scene.screen()
    );
}

#[test]
fn what_is_refused_is_said_at_its_field() {
    let mut scene = Scene::of("admin", ScreenId::Crl, (80, 24));
    let tabs = |n: usize| "<Tab>".repeat(n);
    for (field, typed, word) in [
        (0, "besok", "bentuknya salah"),
        (1, "999", "terlalu lama"),
        (4, "30", "bentuknya salah"),
        (6, "http://crl.uji.example/lain.crl", "tidak disebut"),
    ] {
        scene.keys(&format!("e{}", tabs(field)));
        scene.keys(&format!("{typed}<C-x>"));
        let screen = scene.screen();
        let line = screen.lines().find(|line| line.starts_with('>')).unwrap();
        assert!(line.contains(word), "{typed}: {screen}");
        // A word typed on takes the complaint back.
        scene.keys("x");
        assert!(
            !scene
                .screen()
                .lines()
                .any(|l| l.starts_with('>') && l.contains(word))
        );
        scene.keys("<Esc>");
    }
    assert_eq!(logged(&scene), 0);
}

#[test]
fn a_delta_url_alone_begins_delta_crls_and_none_ends_them() {
    let mut scene = Scene::of("admin", ScreenId::Crl, (80, 24));
    scene.keys("e<Tab><Tab><Tab>http://crl.uji.example/delta.crl<C-x>");
    assert_eq!(
        value(&scene, "delta_interval_minutes"),
        "60",
        "{}",
        scene.screen()
    );
    scene.keys("e<Tab><Tab><Tab><C-u><C-x>");
    assert_eq!(value(&scene, "delta_url"), "", "{}", scene.screen());
    assert_eq!(logged(&scene), 2);
}

#[test]
fn what_another_admin_changed_meanwhile_is_not_overwritten() {
    let mut scene = Scene::of("admin", ScreenId::Crl, (80, 24));
    scene.keys("e20");
    let who = scene.app.identity().unwrap().clone();
    let issuer = scene.desk.issuers().unwrap()[0].id;
    let set = |key, value| scene.desk.set_issuer_setting(&who, issuer, key, value);
    // Another field is no business of this form.
    set("url", "http://crl.uji.example/baru.crl").unwrap();
    set("interval_hours", "12").unwrap();
    scene.keys("<C-x>");
    assert_eq!(value(&scene, "interval_hours"), "12", "{}", scene.screen());
    assert!(scene.shows("sudah diubah orang lain"), "{}", scene.screen());
    // The form is gone; opened anew it begins with what holds now.
    scene.keys("e<C-u>20<C-x>");
    assert_eq!(value(&scene, "interval_hours"), "20", "{}", scene.screen());
    assert_eq!(value(&scene, "url"), "http://crl.uji.example/baru.crl");
}

#[test]
fn an_officer_reads_the_settings_and_cannot_change_them() {
    let mut scene = Scene::of("op", ScreenId::Crl, (80, 24));
    scene.keys("llle");
    assert!(scene.shows("memerlukan peran"), "{}", scene.screen());
    assert!(!scene.shows("^X"), "{}", scene.screen());
}
