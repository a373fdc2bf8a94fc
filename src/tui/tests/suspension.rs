//! Suspension on the certificate screen by keyboard: begun, ended, and under four eyes by two.

use crate::desk::{CertificateQuery, Change};
use crate::domain::{CertificateKey, CertificateStatus};
use crate::tui::place::ScreenId;

use super::scene::Scene;

fn set(scene: &Scene, key: &str, value: &str) {
    let admin = scene.desk.demo_login("admin", None).unwrap();
    scene.desk.set_setting(&admin, key, value).unwrap();
}

/// The browser narrowed to active certificates, the cursor on the one that is returned.
fn browser(user: &str) -> (Scene, CertificateKey) {
    let mut scene = Scene::of(user, ScreenId::Certificates, (80, 24));
    set(&scene, "policy.allow_hold", "on");
    scene.keys("fg");
    let who = scene.app.identity().unwrap();
    let query = CertificateQuery {
        status: Some(CertificateStatus::Active),
        ..CertificateQuery::default()
    };
    let page = scene.desk.certificates(who, &query, None, 1).unwrap();
    let key = page.rows[0].certificate.key.clone();
    (scene, key)
}

fn status(scene: &Scene, key: &CertificateKey) -> CertificateStatus {
    let who = scene.app.identity().unwrap();
    scene.desk.certificate(who, key).unwrap().status
}

#[test]
fn an_officer_suspends_a_certificate_and_ends_the_suspension() {
    let (mut scene, key) = browser("op");
    let password = scene.password("op");
    // What is active is not released.
    scene.keys("u");
    assert!(!scene.shows("Kata sandi"), "{}", scene.screen());
    scene.keys("t");
    assert!(scene.shows(&key.serial.to_string()), "{}", scene.screen());
    scene.keys(&format!(
        "{}<Enter>{password}<Enter>",
        key.serial.last_four()
    ));
    assert_eq!(status(&scene, &key), CertificateStatus::Active);
    scene.keys("<C-x>");
    assert_eq!(
        status(&scene, &key),
        CertificateStatus::Held,
        "{}",
        scene.screen()
    );
    scene
        .desk
        .drain(std::time::Duration::from_secs(60))
        .unwrap();
    scene.keys("f/");
    scene.keys(&format!("{}<Enter>u", key.serial));
    scene.keys(&format!("{}<Enter>{password}<C-x>", key.serial.last_four()));
    assert_eq!(
        status(&scene, &key),
        CertificateStatus::Active,
        "{}",
        scene.screen()
    );
}

#[test]
fn where_policy_switches_suspension_off_the_key_says_so() {
    let mut scene = Scene::of("op", ScreenId::Certificates, (80, 24));
    scene.keys("ft");
    assert!(
        scene.shows("Penangguhan tidak diizinkan"),
        "{}",
        scene.screen()
    );
}

#[test]
fn under_four_eyes_one_officer_approves_and_another_suspends() {
    let (mut scene, key) = browser("op");
    set(&scene, "policy.four_eyes", "always");
    let mut second = Scene::colleague(&scene, "op2", ScreenId::Certificates);
    let digits = key.serial.last_four();
    let (own, other) = (scene.password("op"), scene.password("op2"));
    scene.told(&Change::Settings);
    // Nobody is asked for his password before he is told that it is not enough.
    scene.keys("t");
    assert!(
        scene.shows("petugas kedua") || scene.shows("Petugas kedua"),
        "{}",
        scene.screen()
    );
    assert!(!scene.shows("Kata sandi"), "{}", scene.screen());
    assert_eq!(status(&scene, &key), CertificateStatus::Active);
    second.keys(&format!("/{}<Enter>o", key.serial));
    second.keys(&format!("{digits}<Enter>{other}<C-x>"));
    scene.told(&Change::Certificate(key.clone()));
    scene.keys(&format!("t{digits}<Enter>{own}<C-x>"));
    assert_eq!(
        status(&scene, &key),
        CertificateStatus::Held,
        "{}\n{}",
        scene.screen(),
        second.screen()
    );
}
