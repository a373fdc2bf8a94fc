//! Certificates over one compromised key by keyboard: offered when the first is filed, and to officers beside it.

use crate::desk::Intent;
use crate::domain::request::FieldChange;
use crate::domain::{ReasonId, RequestId, State};
use crate::tui::place::ScreenId;

use super::scene::Scene;

/// The applicant's certificates over one key, the first of them submitted as compromised through the form.
fn filed() -> (Scene, RequestId) {
    let mut scene = Scene::of("pemohon", ScreenId::MyCertificates, (80, 24));
    let who = scene.app.identity().unwrap().clone();
    let own = scene.desk.my_certificates(&who).unwrap();
    let at = own
        .iter()
        .position(|view| {
            let shared = scene.desk.sharing_key(&who, &view.certificate.key).unwrap();
            shared.unasked().next().is_some()
        })
        .expect("two certificates of the demo share a key");
    scene.keys(&"j".repeat(at));
    // The fourth reason is the compromise; the letter follows.
    scene.keys("a<C-n><Down><Down><Down><Space><C-n><Tab><Right><C-n>");
    assert!(scene.shows("Kunci yang sama"), "{}", scene.screen());
    scene.keys("<C-x>");
    let rows = scene.desk.my_requests(&who);
    let newest = rows.iter().max_by_key(|row| row.number).unwrap();
    assert_eq!(newest.state, State::Diajukan, "{}", scene.screen());
    (scene, newest.id)
}

#[test]
fn the_applicant_is_offered_the_others_as_soon_as_the_first_is_filed() {
    let (mut scene, first) = filed();
    let who = scene.app.identity().unwrap().clone();
    let before = scene.desk.my_requests(&who).len();
    assert!(scene.shows("Kunci sama: ^X"), "{}", scene.screen());
    scene.keys("<C-x>");
    let rows = scene.desk.my_requests(&who);
    assert_eq!(rows.len(), before + 1, "{}", scene.screen());
    let second = rows.iter().max_by_key(|row| row.number).unwrap();
    assert_ne!(second.id, first);
    assert_eq!(second.state, State::Diajukan);
    assert!(scene.shows("1 permohonan diajukan"), "{}", scene.screen());
}

#[test]
fn an_officer_sees_the_others_beside_the_request_and_files_for_them() {
    let (mut scene, first) = filed();
    scene.keys("<Esc>");
    let number = scene.desk.queue_rows(&[first])[0].number.unwrap();
    let mut officer = Scene::colleague(&scene, "op", ScreenId::Queue);
    officer.keys(&format!("n{number}<Enter><Enter>lll"));
    assert!(officer.shows("Kunci yang sama"), "{}", officer.screen());
    officer.keys("T");
    assert!(officer.shows("Kunci sama: ^X"), "{}", officer.screen());
    officer.keys("<C-x>");
    let who = officer.app.identity().unwrap();
    let detail = officer.desk.request(who, first).unwrap();
    assert_eq!(
        detail.shares_key.unasked().count(),
        0,
        "{}",
        officer.screen()
    );
    // There is nothing left to file.
    officer.keys("T");
    assert!(!officer.shows("Kunci sama: ^X"), "{}", officer.screen());
}

#[test]
fn where_the_key_is_sound_the_others_are_not_offered() {
    let scene = Scene::of("pemohon", ScreenId::MyCertificates, (80, 24));
    let who = scene.app.identity().unwrap().clone();
    let own = scene.desk.my_certificates(&who).unwrap();
    let shares = own.iter().find(|view| {
        let shared = scene.desk.sharing_key(&who, &view.certificate.key).unwrap();
        shared.unasked().next().is_some()
    });
    let key = shares.unwrap().certificate.key.clone();
    let kind = crate::domain::request::RequesterKind::Subscriber;
    let id = scene.desk.draft(&who, &key, kind, None).unwrap();
    let mutasi = FieldChange::Reasons(vec![ReasonId("mutasi".to_owned())]);
    scene
        .desk
        .act(&who, id, None, Intent::Edit(mutasi))
        .unwrap();
    let mut scene = Scene::colleague(&scene, "pemohon", ScreenId::MyRequests);
    scene.keys("gT");
    assert!(!scene.shows("Kunci sama: ^X"), "{}", scene.screen());
    assert!(scene.shows("tidak menyatakan"), "{}", scene.screen());
}
