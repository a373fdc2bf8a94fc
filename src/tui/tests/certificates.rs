//! The certificate browser's filter by keyboard, and on the demo desk against every certificate one by one.

use crate::desk::{CertificateQuery, CertificateView, DeskError, FilterError, QueueQuery};
use crate::domain::{Account, CertificateStatus, Language, State};
use crate::tui::action::{ActionId, action};
use crate::tui::i18n::Texts;
use crate::tui::place::{Place, ScreenId};

use super::scene::Scene;

fn browser() -> Scene {
    Scene::of("op", ScreenId::Certificates, (100, 30))
}

/// Everything that a filter finds, read in pages of this many.
fn found(scene: &Scene, filter: &str, limit: usize) -> Vec<CertificateView> {
    let who = scene.app.identity().unwrap();
    let query = CertificateQuery {
        text: filter.to_owned(),
        ..CertificateQuery::default()
    };
    let mut rows = Vec::new();
    let mut from = None;
    loop {
        let page = scene
            .desk
            .certificates(who, &query, from.as_deref(), limit)
            .unwrap();
        assert!(page.rows.len() <= limit);
        rows.extend(page.rows);
        match page.next {
            Some(next) => from = Some(next),
            None => return rows,
        }
    }
}

fn owner(scene: &Scene, view: &CertificateView) -> Account {
    let admin = scene.desk.demo_login("admin", None).unwrap();
    let id = view.certificate.owner.unwrap();
    scene.desk.account(&admin, id).unwrap().account
}

/// A certificate whose owner is called Gita, and the owner.
fn gita(scene: &Scene) -> (CertificateView, Account) {
    let views = found(scene, "", 1000);
    let gita = views.into_iter().find(|view| {
        let cn = view.certificate.subject.common_name().unwrap_or_default();
        view.status == CertificateStatus::Active && cn.starts_with("Gita ")
    });
    let gita = gita.unwrap();
    let account = owner(scene, &gita);
    (gita, account)
}

#[test]
fn what_a_list_shows_of_a_certificate_finds_it() {
    let mut scene = browser();
    let (view, account) = gita(&scene);
    let serial = &view.certificate.key.serial;
    let nip = account.nip.as_ref().unwrap();
    let surname = account.name.split(' ').next_back().unwrap().to_lowercase();
    let agency = account.agency.split(' ').next_back().unwrap();
    for typed in [
        serial.last_eight(),
        format!("seri:{}", serial.last_four()),
        format!("…{}", serial.last_four()),
        serial.to_string()[..8].to_owned(),
        serial.to_string(),
        nip.to_string(),
        format!("nip:{nip}"),
        account.username.to_string(),
        format!("pemohon:{}", account.username),
        surname,
        "gita".to_owned(),
        "CN=Gita".to_owned(),
        format!("CN={}, O={}", account.name, account.agency),
        "gita status:aktif".to_owned(),
        "gita status:active !zzz".to_owned(),
        format!("instansi:{agency} nama:gita"),
        format!("agency:{agency} name:gita"),
        "status:aktif gita penerbit:UJI".to_owned(),
    ] {
        scene.keys(&format!("/{typed}<Enter>"));
        let key = &view.certificate.key;
        let hits = found(&scene, &typed, 1000);
        assert!(hits.iter().any(|v| v.certificate.key == *key), "{typed}");
        // In a long list the row may lie below the fold; a serial's digits leave only few.
        if typed.contains(&serial.last_four()) || typed.contains(nip.as_str()) {
            assert!(
                scene.shows(&serial.last_eight()),
                "{typed}: {}",
                scene.screen()
            );
        }
        scene.keys("x");
    }
    assert_eq!(
        found(&scene, "gita !status:aktif", 9).len() + found(&scene, "gita status:aktif", 9).len(),
        found(&scene, "gita", 9).len()
    );
}

/// Whatever index a filter is read from, and however small its pages: each certificate that fits comes once.
#[test]
fn a_filter_finds_the_same_whichever_of_its_terms_is_looked_up() {
    let scene = browser();
    let all = found(&scene, "", 1000);
    for filter in [
        "gita",
        "contoh",
        "status:dicabut",
        "instansi:dinas",
        "nip:1987",
        "c",
        "a1",
        "owner:a",
    ] {
        let rows = found(&scene, filter, 1000);
        let keys = |rows: &[CertificateView]| {
            let mut keys: Vec<_> = rows.iter().map(|v| v.certificate.key.clone()).collect();
            keys.sort();
            keys
        };
        let mut once = keys(&rows);
        once.dedup();
        assert_eq!(once, keys(&rows), "{filter} has one twice");
        assert_eq!(keys(&found(&scene, filter, 1)), once, "{filter} row by row");
        // Beside a term that every certificate fits and that is looked up before it, or after it.
        let inverted = keys(&found(&scene, &format!("!{filter}"), 7));
        assert_eq!(once.len() + inverted.len(), all.len(), "{filter}");
        assert!(
            !once.is_empty() && !inverted.is_empty(),
            "{filter} tells nothing apart"
        );
    }
}

#[test]
fn a_filter_that_is_not_understood_says_so_with_the_fields_there_are() {
    let mut scene = browser();
    scene.keys("/warna:merah<Enter>");
    assert!(scene.shows("bidang tidak dikenal"), "{}", scene.screen());
    assert!(scene.shows("instansi:"), "{}", scene.screen());
    scene.keys("x/status:hilang<Enter>");
    assert!(scene.shows("status tidak dikenal"), "{}", scene.screen());
    let who = scene.app.identity().unwrap();
    let query = CertificateQuery {
        text: "umur:>1d".to_owned(),
        ..CertificateQuery::default()
    };
    let refused = scene.desk.certificates(who, &query, None, 9);
    assert!(matches!(
        refused,
        Err(DeskError::Filter(FilterError::UnknownField { .. }))
    ));
}

/// What `?` gives as an example on a screen, behind its colon.
fn example(screen: ScreenId, language: Language) -> String {
    let help = action(ActionId::Filter).help_in(Place::Screen(screen), Texts::new(language));
    help.split_once(": ").unwrap().1.to_owned()
}

#[test]
fn the_example_of_the_help_finds_something_on_its_own_screen() {
    let mut scene = browser();
    scene.keys("?");
    assert!(scene.shows("gita status:aktif"), "{}", scene.screen());
    for language in [Language::Id, Language::En] {
        let rows = found(&scene, &example(ScreenId::Certificates, language), 1000);
        assert!(!rows.is_empty(), "{language:?}");
        let query = QueueQuery {
            filter: example(ScreenId::Queue, language),
            ..QueueQuery::default()
        };
        let who = scene.app.identity().unwrap();
        let list = scene.desk.queue(who, &query);
        assert_eq!(list.problem, None);
        assert!(!list.ids.is_empty(), "{language:?}");
    }
}

#[test]
fn a_filter_knows_the_words_that_screens_show_of_states() {
    let (id, en) = (Texts::new(Language::Id), Texts::new(Language::En));
    for state in State::ALL {
        let shown = |texts: Texts| texts.get(&format!("state-{}", state.name()));
        assert_eq!(State::parse(&shown(id)), Some(state));
        assert_eq!(State::parse(&shown(en)), Some(state), "{}", state.english());
    }
    for status in CertificateStatus::ALL {
        let message = crate::tui::screens::detail::status_message(status);
        for texts in [id, en] {
            assert_eq!(CertificateStatus::parse(&texts.get(message)), Some(status));
        }
    }
}
