//! Decisions over marked requests by keyboard.

use crate::desk::Intent;
use crate::desk::QueueQuery;
use crate::domain::{RequestId, State};
use crate::tui::place::ScreenId;

use super::scene::Scene;

fn set(scene: &Scene, key: &str, value: &str) {
    let admin = scene.desk.demo_login("admin", None).unwrap();
    scene.desk.set_setting(&admin, key, value).unwrap();
}

/// Requests that this officer has matched and may decide.
fn matched(scene: &Scene, count: usize) -> Vec<RequestId> {
    let who = scene.app.identity().unwrap();
    let list = scene.desk.queue(who, &QueueQuery::default());
    let me = who.account_id();
    let mut ids = Vec::new();
    for row in scene.desk.queue_rows(&list.ids) {
        let mine = row.owner == me || row.filer == me || row.companion == Some(me);
        if ids.len() == count || mine || row.state != State::DataSesuai {
            continue;
        }
        if scene.desk.act(who, row.id, None, Intent::Claim).is_ok()
            && scene.desk.act(who, row.id, None, Intent::Match).is_ok()
        {
            ids.push(row.id);
        }
    }
    assert_eq!(ids.len(), count, "the demo has too few requests to match");
    ids
}

fn state(scene: &Scene, id: RequestId) -> State {
    scene.desk.queue_rows(&[id])[0].state
}

fn number(scene: &Scene, id: RequestId) -> String {
    scene.desk.queue_rows(&[id])[0].number.unwrap().to_string()
}

fn mark(scene: &mut Scene, ids: &[RequestId]) {
    for id in ids {
        let number = number(scene, *id);
        scene.keys(&format!("n{number}<Enter><Space>"));
    }
}

/// An officer in front of the queue with two matched requests and one in an earlier state, all marked.
fn marked() -> (Scene, Vec<RequestId>, RequestId) {
    let mut scene = Scene::of("op", ScreenId::Queue, (80, 24));
    let ids = matched(&scene, 2);
    let who = scene.app.identity().unwrap().clone();
    let list = scene.desk.queue(&who, &QueueQuery::default());
    let rows = scene.desk.queue_rows(&list.ids);
    let early = rows.iter().find(|row| {
        row.state == State::Diajukan
            && row.owner != who.account_id()
            && row.filer != who.account_id()
            && row.companion != Some(who.account_id())
    });
    let early = early.expect("a request that waits").id;
    scene
        .app
        .changed(&crate::desk::Change::Request(early), scene.now);
    scene.rest();
    mark(&mut scene, &ids);
    mark(&mut scene, &[early]);
    (scene, ids, early)
}

#[test]
fn marked_requests_are_revoked_after_a_table_the_count_and_the_password() {
    let (mut scene, ids, early) = marked();
    let password = scene.password("op");
    scene.keys("c");
    assert!(scene.shows("Cabut: 2 dapat"), "{}", scene.screen());
    assert!(scene.shows("1 ditolak"), "{}", scene.screen());
    assert!(scene.shows(&number(&scene, early)), "{}", scene.screen());
    // Another count, Enter and a held key confirm nothing.
    scene.keys(&format!("3<Enter>{password}<Enter><C-x>"));
    for id in &ids {
        assert_eq!(state(&scene, *id), State::DnCocok, "{}", scene.screen());
    }
    scene.keys(&format!("<Esc>c2<Enter>{password}<Enter>"));
    assert_eq!(state(&scene, ids[0]), State::DnCocok);
    scene.keys("<C-x>");
    for id in &ids {
        assert_eq!(state(&scene, *id), State::Dicabut, "{}", scene.screen());
    }
    assert_eq!(state(&scene, early), State::Diajukan);
    assert!(scene.shows("Cabut: 2 terlaksana"), "{}", scene.screen());
    scene.keys("<Esc>");
    assert!(!scene.shows("ditandai"), "{}", scene.screen());
}

#[test]
fn a_wrong_password_revokes_none_of_the_marked() {
    let (mut scene, ids, _) = marked();
    scene.keys("c2<Enter>salah sama sekali<C-x>");
    for id in &ids {
        assert_eq!(state(&scene, *id), State::DnCocok, "{}", scene.screen());
    }
    assert!(scene.shows("Kata sandi salah"), "{}", scene.screen());
}

#[test]
fn under_four_eyes_a_second_officer_approves_the_marked() {
    let mut scene = Scene::of("op", ScreenId::Queue, (80, 24));
    set(&scene, "policy.four_eyes", "always");
    let ids = matched(&scene, 2);
    let mut second = Scene::colleague(&scene, "op2", ScreenId::Queue);
    mark(&mut second, &ids);
    let (own, other) = (scene.password("op"), scene.password("op2"));
    second.keys(&format!("o2<Enter>{other}<C-x>"));
    assert!(second.shows("2 terlaksana"), "{}", second.screen());
    scene
        .app
        .changed(&crate::desk::Change::Request(ids[0]), scene.now);
    scene.rest();
    mark(&mut scene, &ids);
    scene.keys(&format!("c2<Enter>{own}<C-x>"));
    for id in &ids {
        assert_eq!(state(&scene, *id), State::Dicabut, "{}", scene.screen());
    }
}
