//! Every screen as text: 80x24, 60x16 and 120x40, mono, ASCII, both languages.

use crate::domain::State;
use crate::tui::place::ScreenId;

use super::office::pictures;
use super::scene::{ASCII, MONO, PLAIN, SIZES, Scene};

fn picture(name: &str, scene: &Scene) {
    super::scene::picture(name, &scene.screen());
}

#[test]
fn the_login() {
    for size in SIZES {
        let tag = format!("login_{}x{}", size.0, size.1);
        picture(&tag, &Scene::login(size, PLAIN));
        let scene = Scene::login(size, MONO);
        picture(&format!("{tag}_mono"), &scene);
    }
}

/// Queue, request and review at every size, in colour and Indonesian as in mono and English.
#[test]
fn the_officers_screens_everywhere() {
    pictures("officer_queue", "op", ScreenId::Queue, "");
    let opened = "/status:diperiksa<Enter><Enter>";
    for (tab, name) in [
        "summary",
        "applicant",
        "letter",
        "certificate",
        "timeline",
        "notes",
    ]
    .into_iter()
    .enumerate()
    {
        let keys = format!("{opened}{}", "l".repeat(tab));
        pictures(
            &format!("officer_request_{name}"),
            "op",
            ScreenId::Queue,
            &keys,
        );
    }
    for (state, name) in [
        (State::Diperiksa, "data"),
        (State::DataSesuai, "certificate"),
        (State::DnCocok, "revoke"),
        (State::Diberitahukan, "notify"),
    ] {
        let keys = format!("/status:{}<Enter>p", state.name());
        pictures(
            &format!("officer_review_{name}"),
            "op",
            ScreenId::Queue,
            &keys,
        );
    }
}

#[test]
fn the_queue_at_every_size() {
    for size in SIZES {
        let mut scene = Scene::of("op", ScreenId::Queue, size);
        picture(&format!("queue_{}x{}", size.0, size.1), &scene);
        scene.keys("L");
        picture(&format!("queue_{}x{}_en", size.0, size.1), &scene);
    }
    let mut scene = Scene::of("op", ScreenId::Queue, (120, 40));
    scene.keys("|");
    picture("queue_120x40_split", &scene);
    picture(
        "queue_80x24_ascii",
        &Scene::with("op", ScreenId::Queue, (80, 24), ASCII),
    );
}

#[test]
fn every_tab_of_a_request() {
    let mut scene = Scene::of("op", ScreenId::Queue, (80, 24));
    scene.keys("/status:diperiksa<Enter><Enter>");
    for tab in [
        "summary",
        "applicant",
        "letter",
        "certificate",
        "timeline",
        "notes",
    ] {
        picture(&format!("request_{tab}_80x24"), &scene);
        scene.keys("l");
    }
}

#[test]
fn the_review_step_by_step() {
    for (state, name) in [
        (State::Diperiksa, "data"),
        (State::DataSesuai, "certificate"),
        (State::DnCocok, "revoke"),
        (State::Diberitahukan, "notify"),
    ] {
        for size in [(80, 24), (60, 16)] {
            let mut scene = Scene::of("op", ScreenId::Queue, size);
            scene.keys(&format!("/status:{}<Enter>p", state.name()));
            picture(&format!("review_{name}_{}x{}", size.0, size.1), &scene);
        }
    }
}

#[test]
fn dialogs_help_and_palette() {
    for size in [(80, 24), (60, 16)] {
        let at = |keys: &str| {
            let mut scene = Scene::of("op", ScreenId::Queue, size);
            scene.keys(keys);
            scene
        };
        let tag = format!("{}x{}", size.0, size.1);
        picture(
            &format!("dialog_revoke_{tag}"),
            &at("/status:dn_cocok !mendesak:ya<Enter>ac"),
        );
        picture(
            &format!("dialog_return_{tag}"),
            &at("/status:diajukan !mendesak:ya<Enter>ar<Right><Space>"),
        );
        picture(&format!("palette_{tag}"), &at(":ca"));
        picture(&format!("help_{tag}"), &at("?"));
    }
}
