//! The app by keyboard on a demo desk: what officers do, and what must not happen.

use crate::desk::{Change, Intent};
use crate::domain::{Item, ReasonCode, RequestId, State};
use crate::term::{Event, Key};
use crate::tui::Effect;
use crate::tui::place::ScreenId;

use super::scene::{PLAIN, Scene};

fn queue() -> Scene {
    Scene::of("op", ScreenId::Queue, (80, 24))
}

fn first_in(scene: &Scene, state: State) -> RequestId {
    let who = scene.app.identity().unwrap();
    let query = crate::desk::QueueQuery::default();
    let list = scene.desk.queue(who, &query);
    let rows = scene.desk.queue_rows(&list.ids);
    let me = who.account_id();
    rows.iter()
        .find(|r| {
            r.state == state
                && r.owner != me
                && r.filer != me
                && r.companion != Some(me)
                && !r.urgent
        })
        .unwrap_or_else(|| panic!("the demo has no request in {}", state.name()))
        .id
}

fn number(scene: &Scene, id: RequestId) -> String {
    scene.desk.queue_rows(&[id])[0]
        .number
        .as_ref()
        .unwrap()
        .to_string()
}

fn state(scene: &Scene, id: RequestId) -> State {
    scene.desk.queue_rows(&[id])[0].state
}

/// Goes to a request by its number.
fn go_to(scene: &mut Scene, id: RequestId) {
    let number = number(scene, id);
    scene.keys(&format!("n{number}<Enter>"));
}

#[test]
fn an_officer_checks_matches_and_revokes_by_keyboard() {
    let mut scene = queue();
    let id = first_in(&scene, State::Diajukan);
    go_to(&mut scene, id);
    scene.keys("ap");
    assert_eq!(state(&scene, id), State::Diperiksa, "{}", scene.screen());
    assert!(
        scene.shows("Periksa") || scene.shows("5 Data"),
        "{}",
        scene.screen()
    );
    for _ in Item::CHECKLIST {
        scene.keys("<Space>");
    }
    scene.keys("v");
    assert_eq!(state(&scene, id), State::DataSesuai, "{}", scene.screen());
    scene.keys("m");
    assert_eq!(state(&scene, id), State::DnCocok, "{}", scene.screen());
    let serial = scene.desk.queue_rows(&[id])[0].serial.clone();
    scene.keys("c");
    assert!(scene.shows(&serial.to_string()[..20]), "{}", scene.screen());
    let password = scene.password("op");
    scene.keys(&format!("{}<Enter>{password}<C-x>", serial.last_four()));
    assert_eq!(state(&scene, id), State::Dicabut, "{}", scene.screen());
}

#[test]
fn what_was_ticked_waits_for_its_officer_and_enter_ticks_nothing() {
    let mut scene = queue();
    let id = first_in(&scene, State::Diajukan);
    go_to(&mut scene, id);
    scene.keys("ap<Enter><Enter>");
    assert!(!scene.shows("[x]"), "{}", scene.screen());
    scene.keys("<Home><Space><Space>");
    let ticked = |scene: &Scene| scene.screen().matches("[x]").count();
    assert_eq!(ticked(&scene), 2);
    // Looked something up, and logged in once more.
    scene.keys("<Esc>p");
    assert_eq!(ticked(&scene), 2, "{}", scene.screen());
    let mut again = Scene::colleague(&scene, "op", ScreenId::Queue);
    go_to(&mut again, id);
    again.keys("p");
    assert_eq!(ticked(&again), 2, "{}", again.screen());
    for _ in Item::CHECKLIST.iter().skip(2) {
        scene.keys("<Home>");
        let open = Item::CHECKLIST.len() - ticked(&scene);
        for _ in 0..Item::CHECKLIST.len() - open {
            scene.keys("<Down>");
        }
        scene.keys("<Space>");
    }
    scene.keys("v");
    assert_eq!(state(&scene, id), State::DataSesuai, "{}", scene.screen());
    let who = scene.desk.demo_login("op", None).unwrap();
    assert_eq!(scene.desk.ticks(&who, id), None);
}

#[test]
fn the_footer_of_the_queue_names_no_act_that_is_for_other_roles() {
    let footer = |user: &str| {
        let scene = Scene::of(user, ScreenId::Queue, (120, 40));
        let screen = scene.screen();
        screen.lines().nth(39).unwrap().to_owned()
    };
    assert!(footer("op").contains("a Ambil"), "{}", footer("op"));
    assert!(
        !footer("auditor").contains("Ambil"),
        "{}",
        footer("auditor")
    );
}

#[test]
fn under_four_eyes_a_second_officer_approves_and_the_first_revokes() {
    let mut scene = queue();
    let admin = scene.desk.demo_login("admin", None).unwrap();
    scene
        .desk
        .set_setting(&admin, "policy.four_eyes", "normal")
        .unwrap();
    let id = first_in(&scene, State::DataSesuai);
    go_to(&mut scene, id);
    scene.keys("apm");
    assert_eq!(state(&scene, id), State::DnCocok, "{}", scene.screen());
    let serial = scene.desk.queue_rows(&[id])[0].serial.clone();
    let last_four = serial.last_four();
    // Alone the first officer gets nowhere, neither by revoking nor by approving himself.
    scene.keys("c");
    assert!(scene.shows("Cabut: "), "{}", scene.screen());
    scene.keys("o");
    assert!(scene.shows("Setujui: "), "{}", scene.screen());

    let mut second = Scene::colleague(&scene, "op2", ScreenId::Queue);
    go_to(&mut second, id);
    second.keys("<Enter>o");
    assert!(
        second.shows(&serial.to_string()[..20]),
        "{}",
        second.screen()
    );
    second.keys("salah<C-x>");
    assert!(!approved(&scene, id), "{}", second.screen());
    let password = second.password("op2");
    second.keys(&format!("{password}<C-x>"));
    assert!(approved(&scene, id), "{}", second.screen());
    assert_eq!(state(&scene, id), State::DnCocok, "{}", second.screen());

    let change = crate::desk::Change::Request(id);
    scene.app.changed(&change, scene.now);
    scene.rest();
    let password = scene.password("op");
    scene.keys(&format!("c{last_four}<Enter>{password}<C-x>"));
    assert_eq!(state(&scene, id), State::Dicabut, "{}", scene.screen());
}

fn approved(scene: &Scene, id: RequestId) -> bool {
    let who = scene.app.identity().unwrap();
    scene.desk.request(who, id).unwrap().request.is_approved()
}

#[test]
fn muscle_memory_does_not_revoke() {
    let mut scene = queue();
    let id = first_in(&scene, State::DnCocok);
    go_to(&mut scene, id);
    scene.keys("a");
    let serial = scene.desk.queue_rows(&[id])[0].serial.clone();
    let password = scene.password("op");
    scene.keys(&format!("c{}<Enter>{password}", serial.last_four()));
    // Enter, held down or not, only walks through the fields.
    scene.keys("<Enter><Enter><Enter><Enter>");
    assert_eq!(state(&scene, id), State::DnCocok);
    // Keys that came in one burst, and a paste, do not confirm.
    scene.event(Event::Key {
        key: Key::ctrl('x'),
        burst: true,
    });
    assert_eq!(state(&scene, id), State::DnCocok, "{}", scene.screen());
    scene.event(Event::Paste("\u{18}\n".into()));
    assert_eq!(state(&scene, id), State::DnCocok);
    scene.keys("<Esc>");
    assert_eq!(state(&scene, id), State::DnCocok);
    assert!(!scene.shows("4 digit akhir"), "{}", scene.screen());
}

#[test]
fn the_confirming_key_does_nothing_right_after_the_dialog_opened() {
    let mut scene = queue();
    let id = first_in(&scene, State::Diajukan);
    go_to(&mut scene, id);
    scene.keys("at");
    scene.keys("alasan");
    let opened = scene.now;
    // The same instant: a dialog without fields would be confirmed by a repeat otherwise.
    scene.keys("<Esc>t");
    scene.app.update(
        Event::Key {
            key: Key::ctrl('x'),
            burst: false,
        },
        scene.now.plus(100),
    );
    assert!(scene.now > opened);
    assert_eq!(state(&scene, id), State::Diperiksa);
}

#[test]
fn text_pasted_without_brackets_moves_about_and_changes_nothing() {
    let mut scene = queue();
    let id = first_in(&scene, State::Diajukan);
    go_to(&mut scene, id);
    let states = |scene: &Scene| -> Vec<State> {
        let who = scene.app.identity().unwrap();
        let all = scene.desk.queue(who, &crate::desk::QueueQuery::default());
        let rows = scene.desk.queue_rows(&all.ids);
        rows.iter().map(|row| row.state).collect()
    };
    let before = states(&scene);
    // Every letter and sign there is, as one burst, in the queue and in the review.
    let paste = |scene: &mut Scene| {
        for c in (' '..='~').filter(|c| !"/:n?".contains(*c)) {
            let key = Key::char(c);
            scene.event(Event::Key { key, burst: true });
        }
    };
    paste(&mut scene);
    scene.keys("<Esc><Esc>2");
    go_to(&mut scene, id);
    assert_eq!(states(&scene), before, "{}", scene.screen());
    assert!(!scene.effects.contains(&Effect::Quit));
    // The rows it marked are all that is left of it.
    scene.keys("Ua");
    assert_eq!(state(&scene, id), State::Diperiksa, "{}", scene.screen());
}

#[test]
fn a_letter_typed_into_a_field_is_text() {
    let mut scene = queue();
    let id = first_in(&scene, State::Diajukan);
    go_to(&mut scene, id);
    scene.keys("art");
    let before = state(&scene, id);
    scene.keys("<Tab>");
    scene.keys("quit cart");
    assert!(scene.shows("quit cart"), "{}", scene.screen());
    assert_eq!(state(&scene, id), before);
    assert!(!scene.effects.contains(&Effect::Quit));
}

#[test]
fn a_greyed_action_says_why() {
    let mut scene = queue();
    let id = first_in(&scene, State::Diajukan);
    go_to(&mut scene, id);
    scene.keys("c");
    assert!(scene.shows("Cabut: "), "{}", scene.screen());
    assert_eq!(state(&scene, id), State::Diajukan);
}

#[test]
fn an_auditor_reads_everything_and_changes_nothing() {
    let mut scene = Scene::of("auditor", ScreenId::Queue, (80, 24));
    let id = first_in(&scene, State::Diajukan);
    go_to(&mut scene, id);
    scene.keys("a");
    assert_eq!(state(&scene, id), State::Diajukan);
    assert!(scene.shows("Ambil: "), "{}", scene.screen());
}

#[test]
fn a_filter_narrows_the_list_while_it_is_typed_and_escape_takes_it_back() {
    let mut scene = queue();
    let all = scene.screen();
    scene.keys("/status:dicabut");
    assert!(scene.shows("/status:dicabut"), "{}", scene.screen());
    assert!(!scene.shows("Diajukan  "), "{}", scene.screen());
    scene.keys("<Esc>");
    assert_eq!(scene.screen(), all);
}

#[test]
fn a_colleagues_claim_shows_without_moving_the_cursor() {
    let mut scene = queue();
    let id = first_in(&scene, State::Diajukan);
    go_to(&mut scene, id);
    let changes = scene.desk.subscribe();
    let colleague = scene.desk.demo_login("op2", None).unwrap();
    scene.desk.act(&colleague, id, None, Intent::Claim).unwrap();
    for change in changes.try_iter() {
        scene.app.changed(&change, scene.now);
    }
    scene.rest();
    assert!(scene.shows("Diambil oleh"), "{}", scene.screen());
    assert!(
        scene.screen().contains(&format!(
            "{:?}",
            [" 2 Antrean ", &number(&scene, id), " Ringkasan "]
        )),
        "{}",
        scene.screen()
    );
}

#[test]
fn a_session_is_resumed_with_filter_cursor_and_half_typed_note_but_no_secret() {
    let mut scene = queue();
    let id = first_in(&scene, State::Diajukan);
    go_to(&mut scene, id);
    scene.keys("ar<Space><Tab>surat belum ditanda");
    let before = scene.screen();
    let blob = scene.app.snapshot();
    let identity = scene.app.identity().unwrap().clone();
    let mut app = crate::tui::App::new(
        scene.desk.clone(),
        PLAIN,
        crate::domain::Language::Id,
        scene.size,
        scene.now,
    );
    app.enter(identity, None, scene.now);
    app.restore(&blob, scene.now);
    scene.app = app;
    scene.rest();
    assert!(
        scene.shows("surat belum ditanda"),
        "{before}\n{}",
        scene.screen()
    );
    scene.keys("<Esc>");
    assert!(scene.shows(&number(&scene, id)));
}

#[test]
fn a_danger_dialog_is_never_resumed() {
    let mut scene = queue();
    let id = first_in(&scene, State::DnCocok);
    go_to(&mut scene, id);
    scene.keys("ac12");
    assert!(scene.shows("4 digit akhir"), "{}", scene.screen());
    let blob = scene.app.snapshot();
    scene.app.restore(&blob, scene.now);
    let identity = scene.app.identity().unwrap().clone();
    scene.app.enter(identity, None, scene.now);
    scene.app.restore(&blob, scene.now);
    assert!(!scene.shows("4 digit akhir"), "{}", scene.screen());
}

#[test]
fn the_login_shows_no_password_and_lets_the_right_one_in() {
    let mut scene = Scene::login((80, 24), PLAIN);
    scene.keys("op<Tab>salah sekali kata sandi");
    assert!(!scene.shows("salah sekali"), "{}", scene.screen());
    scene.keys("<Enter>");
    assert!(scene.shows("salah."), "{}", scene.screen());
    let password = scene.password("op");
    scene.keys(&format!("{password}<Enter>"));
    assert!(
        scene.shows("Antrean") && scene.effects.contains(&Effect::LoggedIn),
        "{}",
        scene.screen()
    );
}

#[test]
fn help_and_palette_list_the_table_and_run_from_it() {
    let mut scene = queue();
    scene.keys("?ambil");
    assert!(scene.shows("Mengambil permohonan"), "{}", scene.screen());
    scene.keys("<Esc>:bantuan<Enter>");
    assert!(scene.shows("Bantuan: Antrean"), "{}", scene.screen());
}

#[test]
fn no_size_panics_and_a_tiny_window_says_so() {
    let mut scene = queue();
    for (cols, rows) in [
        (1, 1),
        (2, 3),
        (39, 9),
        (40, 10),
        (60, 16),
        (200, 60),
        (80, 4),
    ] {
        scene.size = (cols, rows);
        scene.event(Event::Resize { cols, rows });
        let _ = scene.screen();
        scene.keys("p");
        let _ = scene.screen();
        scene.keys("<Esc>?");
        let _ = scene.screen();
        scene.keys("<Esc>");
    }
    scene.size = (39, 9);
    scene.event(Event::Resize { cols: 39, rows: 9 });
    assert!(scene.shows("terlalu kecil"), "{}", scene.screen());
}

#[test]
fn a_certificate_on_hold_is_released_by_keyboard() {
    let mut scene = queue();
    let admin = scene.desk.demo_login("admin", None).unwrap();
    scene
        .desk
        .set_setting(&admin, "policy.allow_hold", "on")
        .unwrap();
    let who = scene.app.identity().unwrap().clone();
    let id = first_in(&scene, State::DnCocok);
    let key = scene.desk.request(&who, id).unwrap().request.certificate;
    let password = scene.password("op");
    let status = |scene: &Scene| scene.desk.certificate(&who, &key).unwrap().status.name();
    let act = |intent| scene.desk.act(&who, id, None, intent).map(drop).unwrap();
    act(Intent::Claim);
    act(Intent::ChangeReason {
        code: ReasonCode::CertificateHold,
        note: "menunggu kejelasan".into(),
        invalidity_date: None,
    });
    // Nothing to release while it is active.
    scene.keys(&format!("3/{}<Enter>u", key.serial));
    assert!(scene.shows("Lepas tangguhan: "), "{}", scene.screen());
    decide(&scene, id, &password);
    assert_eq!(status(&scene), "held");
    // Only what stands on a CRL can leave it.
    scene.desk.issue_crl(&who, None).unwrap();
    scene
        .app
        .changed(&Change::Certificate(key.clone()), scene.now);
    scene.rest();
    scene.keys(&format!("u0000<Enter>{password}<C-x>"));
    assert_eq!(status(&scene), "held", "{}", scene.screen());
    scene.keys(&format!(
        "<Esc>u{}<Enter>{password}<C-x>",
        key.serial.last_four()
    ));
    assert_eq!(status(&scene), "active", "{}", scene.screen());
}

/// Step 7 without the screen.
fn decide(scene: &Scene, id: RequestId, password: &str) {
    let who = scene.app.identity().unwrap();
    let request = scene.desk.request(who, id).unwrap().request;
    let intent = Intent::Revoke {
        last_four: request.certificate.serial.last_four(),
        password: password.to_owned().into(),
        effective: None,
    };
    scene.desk.act(who, id, None, intent).unwrap();
}

#[test]
fn a_revocation_may_be_put_off_to_a_day() {
    let mut scene = queue();
    let id = first_in(&scene, State::DnCocok);
    go_to(&mut scene, id);
    let serial = scene.desk.queue_rows(&[id])[0].serial.clone();
    let password = scene.password("op");
    let last_four = serial.last_four();
    scene.keys(&format!("ac{last_four}<Enter>{password}<Enter>besok<C-x>"));
    assert_eq!(state(&scene, id), State::DnCocok);
    assert!(scene.shows("TTTT-BB-HH"), "{}", scene.screen());
    scene.keys("<BS><BS><BS><BS><BS>2026-12-01<C-x>");
    assert_eq!(state(&scene, id), State::Terjadwal, "{}", scene.screen());
}

#[test]
fn theme_and_language_are_chosen_in_the_settings_and_kept_with_the_session() {
    let mut scene = queue();
    let coloured = |scene: &Scene| {
        let (buffer, _) = scene.buffer();
        let reset = ratatui::style::Color::Reset;
        buffer
            .content
            .iter()
            .any(|c| c.fg != reset || c.bg != reset)
    };
    assert!(coloured(&scene));
    scene.keys(",");
    assert!(
        scene.shows("Kontras") || scene.shows("Bawaan"),
        "{}",
        scene.screen()
    );
    // Left alone, nothing changes.
    scene.keys("<Right><Esc>");
    assert!(scene.shows("Antrean"), "{}", scene.screen());
    scene.keys(",<Right><Down><Left><C-x>");
    assert!(scene.shows("Queue"), "{}", scene.screen());
    assert!(!coloured(&scene), "{}", scene.screen());
    let blob = scene.app.snapshot();
    let who = scene.app.identity().unwrap().clone();
    let mut again = Scene::beside(&scene);
    again.app.enter(who, None, scene.now);
    again.app.restore(&blob, scene.now);
    again.rest();
    assert!(!coloured(&again));
}
