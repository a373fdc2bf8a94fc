//! The applicant's form and the admin's dialogs by keyboard on a demo desk.

use crate::domain::{RequestId, Role, State};
use crate::tui::Effect;
use crate::tui::component::{FileProblem, FilePurpose};
use crate::tui::place::ScreenId;

use super::scene::Scene;

const SIZE: (u16, u16) = (80, 24);

fn newest(scene: &Scene) -> (RequestId, State) {
    let who = scene.app.identity().unwrap();
    let rows = scene.desk.my_requests(who);
    let row = rows.iter().max_by_key(|r| r.changed_at).unwrap();
    (row.id, row.state)
}

fn request(scene: &Scene, id: RequestId) -> crate::domain::Request {
    let who = scene.app.identity().unwrap();
    scene.desk.request(who, id).unwrap().request
}

/// Begins on the first certificate that has no open request.
fn begin(scene: &mut Scene) {
    let who = scene.app.identity().unwrap().clone();
    let certificates = scene.desk.my_certificates(&who).unwrap();
    let free = certificates
        .iter()
        .position(|c| c.status.name() == "active" && c.open_request.is_none())
        .expect("an active certificate without a request");
    scene.keys(&"j".repeat(free));
    scene.keys("a");
    assert!(scene.shows("1 Sertifikat"), "{}", scene.screen());
}

#[test]
fn an_urgent_request_is_filed_by_keyboard_and_its_letter_follows() {
    let mut scene = Scene::of("pemohon", ScreenId::MyCertificates, SIZE);
    begin(&mut scene);
    scene.keys("<C-n>");
    let (id, state) = newest(&scene);
    assert_eq!(state, State::Draf, "{}", scene.screen());
    // The third reason is the loss; then the question and the step after it.
    scene.keys("<Down><Down><Space>");
    assert_eq!(
        request(&scene, id).reasons[0].0,
        "kehilangan",
        "{}",
        scene.screen()
    );
    scene.keys("<Tab><Right><C-n>");
    assert!(scene.shows("Berkas surat"), "{}", scene.screen());
    // The letter follows.
    scene.keys("<Tab><Right><C-n>");
    assert!(scene.shows("Ctrl-X mengajukan"), "{}", scene.screen());
    scene.keys("<C-x>");
    let request = request(&scene, id);
    assert_eq!(request.state, State::Diajukan, "{}", scene.screen());
    assert!(request.urgent && request.letter_due.is_some());
    assert!(
        scene.shows(&request.number.unwrap().to_string()),
        "{}",
        scene.screen()
    );
}

#[test]
fn every_field_is_saved_as_it_is_finished() {
    let mut scene = Scene::of("pemohon", ScreenId::MyCertificates, SIZE);
    begin(&mut scene);
    scene.keys("<C-n><Space><C-n>");
    let (id, _) = newest(&scene);
    assert_eq!(request(&scene, id).reasons[0].0, "lupa-passphrase");
    scene.keys("<Tab>800/12/2026<Tab>");
    assert_eq!(request(&scene, id).letter_data.number, "800/12/2026");
    scene.keys("2026-11-31<Tab>");
    assert_eq!(request(&scene, id).letter_data.date, None);
    assert!(scene.shows("TTTT-BB-HH"), "{}", scene.screen());
    scene.keys("<BS><BS>20<Tab>Kepala Contoh");
    assert_eq!(
        request(&scene, id).letter_data.date.unwrap().to_string(),
        "2026-11-20"
    );
    assert_eq!(request(&scene, id).letter_data.superior_name, "");
    // A session that is lost now has the finished fields in the desk and the half-typed one in its blob.
    let left = scene.app.snapshot();
    scene.app.restore(&left, scene.now);
    assert!(scene.shows("Kepala Contoh"), "{}", scene.screen());
    scene.keys("<Tab>");
    assert_eq!(
        request(&scene, id).letter_data.superior_name,
        "Kepala Contoh"
    );
}

#[test]
fn the_letter_is_asked_of_the_persons_own_machine() {
    let mut scene = Scene::of("pemohon", ScreenId::MyCertificates, SIZE);
    begin(&mut scene);
    scene.keys("<C-n><Space><C-n>");
    let (id, _) = newest(&scene);
    scene.keys("~/surat.pdf<Enter>");
    let asked = scene.effects.iter().any(|e| {
        matches!(e, Effect::ReadFile { path, limit, purpose }
            if path == "~/surat.pdf" && *limit == 1024 * 1024 && *purpose == FilePurpose::Letter(id))
    });
    assert!(asked, "{:?}", scene.effects);
    let purpose = FilePurpose::Letter(id);
    scene
        .app
        .file_read(purpose, &Err(FileProblem::NotFound), scene.now);
    assert!(scene.shows("Berkas tidak ditemukan"), "{}", scene.screen());
    assert!(scene.shows("~/surat.pdf"), "the name stays to be mended");
    // What is no letter is found out beside the screen, and said at the field.
    scene
        .app
        .file_read(purpose, &Ok(b"no letter".to_vec()), scene.now);
    scene.wait();
    assert!(
        scene.shows("bukan PDF, JPEG atau PNG"),
        "{}",
        scene.screen()
    );
    assert!(!scene.shows("sedang diperiksa"), "{}", scene.screen());
    assert!(scene.shows("~/surat.pdf"), "the name stays to be mended");
    // The form to be signed goes the other way.
    scene.keys("<C-t>");
    let written = scene.effects.iter().any(|e| {
        matches!(e, Effect::WriteFile { name, content, .. }
            if name.ends_with(".pdf") && content.starts_with(b"%PDF-"))
    });
    assert!(written);
}

#[test]
fn what_is_missing_keeps_a_request_from_being_submitted_and_is_said() {
    let mut scene = Scene::of("pemohon", ScreenId::MyCertificates, SIZE);
    begin(&mut scene);
    scene.keys("<C-n><Space><C-n><C-n>");
    let (id, _) = newest(&scene);
    assert!(scene.shows("belum diisi"), "{}", scene.screen());
    scene.keys("<C-x>");
    assert_eq!(request(&scene, id).state, State::Draf);
    scene.keys("<Esc><Esc><Esc><Esc>");
    assert!(scene.shows("Draf"), "{}", scene.screen());
}

#[test]
fn a_new_account_shows_its_password_once_and_power_waits() {
    let mut scene = Scene::of("admin", ScreenId::Accounts, SIZE);
    scene.keys("bbaru.uji<Tab>Petugas Baru UJI<Tab><Tab><Tab><Tab><Tab><Tab>");
    scene.keys("baru@dinas.uji.example<Tab><Space><Right><Right><Space><C-x>");
    assert!(scene.shows("Kata sandi sekali pakai"), "{}", scene.screen());
    let admin = scene.app.identity().unwrap().clone();
    let made = scene
        .desk
        .account_by_name(&admin, "baru.uji")
        .unwrap()
        .account;
    assert!(!made.has(Role::Op) && made.pending.len() == 1);
    // Neither a resumed session nor the list shows it again.
    let left = scene.app.snapshot();
    scene.keys("<Esc>");
    assert!(!scene.shows("sekali pakai"), "{}", scene.screen());
    scene.app.restore(&left, scene.now);
    assert!(!scene.shows("sekali pakai"), "{}", scene.screen());
}

#[test]
fn a_nik_is_masked_until_asked_for_and_the_asking_is_logged() {
    let mut scene = Scene::of("op", ScreenId::Accounts, SIZE);
    scene.keys("/pemohon<Enter>");
    let op = scene.app.identity().unwrap().clone();
    let auditor = scene.desk.demo_login("auditor", None).unwrap();
    let reads = |scene: &Scene| {
        let log = scene.desk.log(&auditor, None, 100).unwrap();
        log.rows.iter().filter(|r| r.action == "NIK_DIBACA").count()
    };
    assert_eq!(reads(&scene), 0);
    scene.keys("N");
    let id = scene
        .desk
        .account_by_name(&op, "pemohon")
        .unwrap()
        .account
        .id;
    assert_eq!(reads(&scene), 1);
    let nik = scene.desk.reveal_nik(&op, id).unwrap().unwrap();
    assert!(scene.shows(nik.reveal()), "{}", scene.screen());
    assert!(!String::from_utf8_lossy(&scene.app.snapshot()).contains(nik.reveal()));
    scene.keys("<Esc>");
    assert!(!scene.shows(nik.reveal()), "{}", scene.screen());
}

#[test]
fn issuing_a_crl_asks_first_and_says_its_number() {
    let mut scene = Scene::of("op", ScreenId::Crl, SIZE);
    let number = |scene: &Scene| scene.desk.issuers().unwrap()[0].last_number;
    let before = number(&scene);
    scene.keys("t<Enter><Esc>");
    assert_eq!(number(&scene), before);
    scene.keys("t<C-x>").wait();
    assert!(number(&scene) > before, "{}", scene.screen());
    let issued = number(&scene).unwrap().to_string();
    assert!(
        scene.shows(&format!("CRL nomor {issued} diterbitkan")),
        "{}",
        scene.screen()
    );
}

#[test]
fn while_a_crl_is_made_the_screen_goes_on_and_the_same_dialog_makes_no_second_one() {
    let mut scene = Scene::of("op", ScreenId::Crl, SIZE);
    let desk = scene.desk.clone();
    let number = || desk.issuers().unwrap()[0].last_number.unwrap();
    let before = number();
    let held = desk.hold_publications();
    scene.keys("t<C-x>");
    assert!(scene.shows("Sedang dikerjakan"), "{}", scene.screen());
    scene.keys("<C-x>?");
    assert!(scene.shows("Bantuan"), "{}", scene.screen());
    scene.keys("<Esc>");
    drop(held);
    scene.wait();
    let issued = format!("CRL nomor {} diterbitkan", number());
    assert_eq!(number(), before.plus(1).unwrap());
    assert!(scene.shows(&issued), "{}", scene.screen());
    assert!(!scene.shows("Sedang dikerjakan"), "{}", scene.screen());
}

#[test]
fn a_dialog_may_be_left_while_its_work_goes_on() {
    let mut scene = Scene::of("op", ScreenId::Crl, SIZE);
    let desk = scene.desk.clone();
    let number = || desk.issuers().unwrap()[0].last_number;
    let before = number();
    let held = desk.hold_publications();
    scene.keys("t<C-x><Esc>");
    assert!(!scene.shows("Sedang dikerjakan"), "{}", scene.screen());
    drop(held);
    scene.wait();
    assert!(number() > before);
}

#[test]
fn a_crl_that_cannot_be_made_is_said_in_the_dialog_that_asked_for_it() {
    let mut scene = Scene::of("op", ScreenId::Crl, SIZE);
    let desk = scene.desk.clone();
    // A file in the place of the publishing folder.
    let folder = desk.folder().crl();
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::write(&folder, "").unwrap();
    scene.keys("t<C-x>").wait();
    assert!(scene.shows("^X melaksanakan"), "{}", scene.screen());
    assert!(!scene.shows("Sedang dikerjakan"), "{}", scene.screen());
    assert!(!scene.shows("diterbitkan"), "{}", scene.screen());
}

#[test]
fn a_field_officer_files_for_the_applicant_he_finds_by_name() {
    let mut scene = Scene::of("pendamping", ScreenId::MyCertificates, SIZE);
    scene.keys("ppemohon<Enter>");
    assert!(scene.shows("Sertifikat Rahmi"), "{}", scene.screen());
    scene.keys("a");
    assert!(scene.shows("Diajukan atas nama"), "{}", scene.screen());
}

#[test]
fn an_action_that_is_not_possible_says_why() {
    let mut scene = Scene::of("auditor", ScreenId::Crl, SIZE);
    scene.keys("t");
    assert!(scene.shows("memerlukan peran"), "{}", scene.screen());
    let mut scene = Scene::of("op", ScreenId::Mails, SIZE);
    let sent = scene
        .desk
        .mails(scene.app.identity().unwrap(), None, 50)
        .unwrap();
    let at = sent.rows.iter().position(|m| m.status == "sent").unwrap();
    scene.keys(&"j".repeat(at));
    scene.keys("r");
    assert!(scene.shows("sudah terkirim"), "{}", scene.screen());
}

#[test]
fn submitting_before_the_last_step_says_what_is_missing() {
    let mut scene = Scene::of("pemohon", ScreenId::MyCertificates, SIZE);
    begin(&mut scene);
    scene.keys("<C-x>");
    assert!(scene.shows("Laksanakan: "), "{}", scene.screen());
}
