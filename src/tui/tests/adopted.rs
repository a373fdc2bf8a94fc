//! Revocations that were taken over, on the CRL screen: counted, listed, marked and confirmed by keyboard.

use std::sync::mpsc::Receiver;
use std::time::Duration;

use crate::desk::{Change, ImportReport};
use crate::tui::place::ScreenId;

use super::office::text;
use super::scene::{MONO, PLAIN, SIZES, Scene, picture};

/// Takes over the index of another program with so many revocations; the last one is a suspension.
pub(super) fn take_over(scene: &Scene, count: u64) {
    let admin = scene.desk.demo_login("admin", None).unwrap();
    let issuer = scene.desk.issuers().unwrap()[0].id;
    let lines: String = (1..=count)
        .map(|n| {
            let reason = if n == count {
                "certificateHold"
            } else {
                "keyCompromise"
            };
            format!(
                "R\t281120101112Z\t2611{:02}101112Z,{reason}\t5A{n:038X}\tunknown\t/CN=UJI\n",
                n % 20 + 1
            )
        })
        .collect();
    let mut report = ImportReport::default();
    let mut input = lines.as_bytes();
    scene
        .desk
        .import_index(
            &admin,
            "index.txt",
            &mut input,
            Some(issuer),
            false,
            &mut report,
        )
        .unwrap();
    assert_eq!(report.revoked, count, "{report:?}");
    scene.desk.drain(Duration::from_secs(60)).unwrap();
}

/// On the CRL screen after such a takeover.
fn on_crls(user: &str, count: u64) -> Scene {
    let mut scene = Scene::of(user, ScreenId::Dashboard, (80, 24));
    take_over(&scene, count);
    scene.keys("4");
    scene
}

/// What a session thread does with what the desk announced.
fn hear(scene: &mut Scene, changes: &Receiver<Change>) {
    for change in changes.try_iter().collect::<Vec<Change>>() {
        scene.app.changed(&change, scene.now);
    }
    scene.rest();
}

fn waiting(scene: &Scene) -> u64 {
    let who = scene.app.identity().unwrap();
    let issuer = scene.desk.issuers().unwrap()[0].id;
    scene
        .desk
        .adopted(who, issuer, None, 1)
        .unwrap()
        .total
        .unwrap()
}

#[test]
fn the_adopted_entries_at_every_size() {
    for size in SIZES {
        for (tag, settings, keys) in [
            ("", PLAIN, "aj"),
            ("_en_mono", MONO, "LaG"),
            ("_marked", PLAIN, "a<Space><Space>j<Space>o"),
            ("_all", PLAIN, "aT"),
            ("_opened", PLAIN, "aG<Enter>"),
        ] {
            let mut scene = Scene::with("op", ScreenId::Dashboard, size, settings);
            take_over(&scene, 30);
            scene.keys("4");
            let name = format!("adopted_{}x{}{tag}", size.0, size.1);
            if tag.is_empty() {
                picture(&format!("crl_{name}"), &text(&scene));
            }
            scene.keys(keys);
            picture(&name, &scene.screen());
        }
    }
}

#[test]
fn an_officer_confirms_one_then_the_marked_then_all() {
    let mut scene = on_crls("op", 30);
    let changes = scene.desk.subscribe();
    assert!(scene.shows("30 pencabutan menunggu"), "{}", scene.screen());
    scene.keys("ao");
    // Neither Enter nor Esc confirms.
    scene.keys("<Enter><Esc>");
    assert_eq!(waiting(&scene), 30);
    scene.keys("o<C-x>");
    assert_eq!(waiting(&scene), 29, "{}", scene.screen());
    scene.keys("<Space><Space>j<Space>");
    assert!(scene.shows("3 ditandai"), "{}", scene.screen());
    scene.keys("o<C-x>");
    assert_eq!(waiting(&scene), 26, "{}", scene.screen());
    assert!(
        scene.shows("3 pencabutan dikonfirmasi"),
        "{}",
        scene.screen()
    );
    // What was marked is gone, and with it the marks.
    assert!(!scene.shows("ditandai"), "{}", scene.screen());
    scene.keys("T<C-x>");
    assert_eq!(waiting(&scene), 0, "{}", scene.screen());
    assert!(scene.shows("Tidak ada pencabutan"), "{}", scene.screen());
    hear(&mut scene, &changes);
    scene.keys("<Esc>");
    assert!(!scene.shows("menunggu konfirmasi"), "{}", scene.screen());
    let who = scene.app.identity().unwrap();
    let log = scene.desk.log(who, None, 40).unwrap().rows;
    let confirmed = |row: &&crate::desk::LogRow| row.action == "ADOPSI_DIKONFIRMASI";
    // Each that was named has its entry; all the rest together one.
    assert_eq!(log.iter().filter(confirmed).count(), 5);
}

#[test]
fn marks_cover_what_was_read_and_esc_takes_them_back_before_it_leaves() {
    let mut scene = on_crls("op", 30);
    scene.keys("a*");
    assert!(scene.shows("30 ditandai"), "{}", scene.screen());
    scene.keys("<Esc>");
    assert!(scene.shows("30 baris"), "{}", scene.screen());
    scene.keys("<Esc>");
    assert!(scene.shows("1 Diputuskan"), "{}", scene.screen());
}

#[test]
fn what_a_colleague_confirmed_meanwhile_is_not_confirmed_again() {
    let mut scene = on_crls("op", 3);
    scene.keys("ao");
    let mut other = Scene::colleague(&scene, "op2", ScreenId::Crl);
    let changes = scene.desk.subscribe();
    other.keys("ao<C-x>");
    scene.keys("<C-x>");
    assert_eq!(waiting(&scene), 2, "{}", scene.screen());
    hear(&mut scene, &changes);
    assert!(
        scene.shows("sudah dikonfirmasi orang lain"),
        "{}",
        scene.screen()
    );
    let first = "…0000000000000001";
    assert!(!scene.shows(first), "{}", scene.screen());
}

#[test]
fn an_auditor_reads_them_and_confirms_none() {
    let mut scene = on_crls("auditor", 3);
    scene.keys("a");
    assert!(scene.shows("3 baris"), "{}", scene.screen());
    scene.keys("o<C-x>");
    assert!(scene.shows("memerlukan peran"), "{}", scene.screen());
    scene.keys("T<C-x>");
    assert_eq!(waiting(&scene), 3);
}

#[test]
fn a_resumed_session_is_back_at_the_list() {
    let mut scene = on_crls("op", 3);
    scene.keys("aj");
    let blob = scene.app.snapshot();
    let mut again = Scene::colleague(&scene, "op", ScreenId::Queue);
    again.app.restore(&blob, again.now);
    assert!(again.shows("3 baris"), "{}", again.screen());
    again.keys("<Esc>");
    assert!(again.shows("1 Diputuskan"), "{}", again.screen());
}
