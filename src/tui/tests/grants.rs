//! What waits for a second admin, stopped from the screen: by an admin, by an officer on his own account, by an applicant
//! who sees no accounts, and by nobody else.

use crate::domain::account::GrantChange;
use crate::domain::{Role, Scope};
use crate::tui::place::ScreenId;

use super::scene::{MONO, PLAIN, SIZES, Scene, picture};

/// An admin asks that somebody become an admin too.
fn ask(scene: &Scene, whom: &str) {
    let admin = scene.desk.demo_login("admin", None).unwrap();
    let account = scene.desk.account_by_name(&admin, whom).unwrap().account;
    let mut roles = account.roles.clone();
    roles.insert(Role::Admin);
    let scope = Scope::All;
    let change = GrantChange::Roles { roles, scope }.into();
    scene
        .desk
        .change_account(&admin, account.id, &change)
        .unwrap();
}

fn waits(scene: &Scene, whom: &str) -> bool {
    let admin = scene.desk.demo_login("admin", None).unwrap();
    let view = scene.desk.account_by_name(&admin, whom).unwrap();
    !view.account.pending.is_empty()
}

#[test]
fn the_dialog_names_what_will_not_take_effect() {
    for size in SIZES {
        for (tag, settings, keys) in [("", PLAIN, ""), ("_en_mono", MONO, "L")] {
            let mut scene = Scene::with("admin", ScreenId::Dashboard, size, settings);
            ask(&scene, "op2");
            scene.keys("7/op2<Enter>").keys(keys).keys("w");
            let name = format!("account_cancel_{}x{}{tag}", size.0, size.1);
            picture(&name, &scene.screen());
        }
    }
}

#[test]
fn an_admin_stops_what_waits_and_where_nothing_does_is_told_so() {
    let mut scene = Scene::of("admin", ScreenId::Accounts, (80, 24));
    scene.keys("/op2<Enter>w");
    assert!(
        scene.shows("tidak ada perubahan yang"),
        "{}",
        scene.screen()
    );
    ask(&scene, "op2");
    scene.keys("12").keys("7w");
    assert!(scene.shows("Dibatalkan: peran"), "{}", scene.screen());
    assert!(waits(&scene, "op2"));
    scene.keys("<C-x>");
    assert!(!waits(&scene, "op2"));
    assert!(scene.shows("Perubahan dibatalkan"), "{}", scene.screen());
}

#[test]
fn an_officer_stops_what_waits_for_himself_and_for_nobody_else() {
    let mut scene = Scene::of("op", ScreenId::Dashboard, (80, 24));
    for whom in ["op", "op2"] {
        ask(&scene, whom);
    }
    scene.keys("7/op2<Enter>w");
    assert!(scene.shows("memerlukan peran"), "{}", scene.screen());
    scene.keys("<C-x>");
    assert!(waits(&scene, "op2"));
    scene.keys("x/op<Enter>gw<C-x>");
    assert!(!waits(&scene, "op"), "{}", scene.screen());
    assert!(waits(&scene, "op2"));
}

#[test]
fn an_applicant_is_told_at_the_login_and_stops_it_among_his_certificates() {
    let scene = Scene::login((80, 24), PLAIN);
    ask(&scene, "pemohon");
    let mut scene = Scene::colleague(&scene, "pemohon", ScreenId::MyCertificates);
    assert!(scene.shows("Menunggu untuk akun ini"), "{}", scene.screen());
    scene.keys("w");
    assert!(scene.shows("Dibatalkan: peran"), "{}", scene.screen());
    scene.keys("<C-x>");
    assert!(!waits(&scene, "pemohon"), "{}", scene.screen());
    scene.keys("w");
    assert!(
        scene.shows("Tidak ada perubahan yang"),
        "{}",
        scene.screen()
    );
}
