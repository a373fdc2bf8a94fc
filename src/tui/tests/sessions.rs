//! Sesi: who is at the desk, followed live, and a session ended by an admin.

use crate::desk::{Attendance, Change, Presence};
use crate::domain::instant::MINUTE;
use crate::tui::place::ScreenId;

use super::scene::{MONO, SIZES, Scene, picture};

/// Somebody else's terminal on the desk of a scene.
fn comes(scene: &Scene, user: &str, uid: u32, screen: ScreenId, locked: bool) -> Attendance {
    let attendance = scene.desk.attend(Some(uid));
    attendance.note(Presence {
        account: Some(scene.desk.demo_login(user, None).unwrap().account_id()),
        screen: Some(screen.name()),
        locked,
        last_input: scene.now.plus(-7 * MINUTE),
    });
    attendance
}

/// What a session thread does with what the desk announced.
fn hear(scene: &mut Scene, changes: &std::sync::mpsc::Receiver<Change>) -> Vec<Change> {
    let heard: Vec<Change> = changes.try_iter().collect();
    for change in &heard {
        scene.app.changed(change, scene.now);
    }
    scene.rest();
    heard
}

#[test]
fn the_sessions_at_every_size() {
    for size in SIZES {
        for (tag, settings, keys) in [
            ("", super::scene::PLAIN, "j"),
            ("_en_mono", MONO, "Lj"),
            ("_end", super::scene::PLAIN, "ja"),
        ] {
            let mut scene = Scene::with("admin", ScreenId::Dashboard, size, settings);
            let _here = [
                comes(&scene, "admin", 1000, ScreenId::Sessions, false),
                comes(&scene, "op", 1001, ScreenId::Queue, true),
                scene.desk.attend(Some(1002)),
            ];
            let left = scene.desk.demo_login("op2", None).unwrap();
            scene.desk.save_session(&left, b"where it was").unwrap();
            scene.keys("0");
            scene.keys(keys);
            picture(
                &format!("sessions_{}x{}{tag}", size.0, size.1),
                &scene.screen(),
            );
        }
    }
}

#[test]
fn who_comes_locks_and_leaves_shows_without_moving_the_cursor() {
    let mut scene = Scene::of("auditor", ScreenId::Dashboard, (80, 24));
    let first = comes(&scene, "op", 1001, ScreenId::Queue, false);
    let changes = scene.desk.subscribe();
    scene.keys("0");
    assert!(
        scene.shows("terbuka") && !scene.shows("op2"),
        "{}",
        scene.screen()
    );
    let second = comes(&scene, "op2", 1002, ScreenId::Queue, false);
    hear(&mut scene, &changes);
    assert!(scene.shows("op2"), "{}", scene.screen());
    scene.keys("j");
    first.note(Presence {
        account: None,
        screen: None,
        locked: true,
        last_input: scene.now,
    });
    hear(&mut scene, &changes);
    let screen = scene.screen();
    // The covered screen keeps its person, and the cursor its row.
    assert!(
        screen.contains("terkunci") && screen.contains("\"op2\"]"),
        "{screen}"
    );
    drop(first);
    hear(&mut scene, &changes);
    assert!(!scene.shows("terkunci"), "{}", scene.screen());
    drop(second);
    hear(&mut scene, &changes);
    assert!(scene.shows("Tidak ada orang"), "{}", scene.screen());
}

#[test]
fn a_key_of_somebody_else_is_announced_to_nobody() {
    let scene = Scene::of("auditor", ScreenId::Sessions, (80, 24));
    let at = comes(&scene, "op", 1001, ScreenId::Queue, false);
    let account = scene.desk.demo_login("op", None).unwrap().account_id();
    let changes = scene.desk.subscribe();
    for _ in 0..3 {
        at.note(Presence {
            account: Some(account),
            screen: Some("queue"),
            locked: false,
            last_input: scene.now,
        });
    }
    assert_eq!(changes.try_iter().count(), 0);
    drop(at);
    assert_eq!(changes.try_iter().collect::<Vec<_>>(), [Change::Sessions]);
}

#[test]
fn the_hours_of_the_last_keys_follow_at_the_minute() {
    let mut scene = Scene::of("auditor", ScreenId::Dashboard, (80, 24));
    let at = comes(&scene, "op", 1001, ScreenId::Queue, false);
    scene.keys("0");
    assert!(scene.shows("09.23"), "{}", scene.screen());
    at.note(Presence {
        account: Some(scene.desk.demo_login("op", None).unwrap().account_id()),
        screen: Some("queue"),
        locked: false,
        last_input: scene.now.plus(-5 * MINUTE),
    });
    let mark = scene.app.next_deadline().unwrap();
    assert!(mark.since(scene.now) <= MINUTE);
    scene.now = mark;
    scene.app.tick(mark);
    assert!(scene.shows("09.25"), "{}", scene.screen());
    assert_eq!(scene.app.next_deadline(), Some(mark.plus(MINUTE)));
}

#[test]
fn only_an_admin_ends_a_session_and_only_after_a_confirmation() {
    let mut scene = Scene::of("auditor", ScreenId::Dashboard, (80, 24));
    let at = comes(&scene, "op", 1001, ScreenId::Queue, false);
    scene.keys("0a<C-x>");
    assert!(scene.shows("memerlukan peran"), "{}", scene.screen());
    let mut admin = Scene::colleague(&scene, "admin", ScreenId::Sessions);
    let changes = admin.desk.subscribe();
    admin.keys("a");
    assert!(admin.shows("seketika"), "{}", admin.screen());
    admin.keys("<Enter><Esc>");
    assert!(hear(&mut admin, &changes).is_empty());
    admin.keys("a<C-x>");
    let heard = hear(&mut admin, &changes);
    assert!(
        heard.contains(&Change::SessionEnded(at.number())),
        "{heard:?}"
    );
    assert!(admin.shows("Sesi diakhiri"), "{}", admin.screen());
    let auditor = scene.app.identity().unwrap();
    let log = scene.desk.log(auditor, None, 20).unwrap();
    assert!(log.rows.iter().any(|row| row.action == "SESI_DIAKHIRI"));
}

#[test]
fn who_may_not_see_sessions_has_no_such_screen() {
    let mut scene = Scene::of("op", ScreenId::Queue, (80, 24));
    scene.keys("0");
    assert_eq!(scene.app.screen(), Some(ScreenId::Queue));
    assert!(scene.shows("memerlukan peran"), "{}", scene.screen());
}
