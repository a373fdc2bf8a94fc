//! Every other screen as text: dashboard, certificates, CRL, outbox, log, accounts, report, and the applicant's, at
//! 80x24, 60x16 and 120x40, in mono and in both languages.

use crate::tui::place::ScreenId;

use super::scene::{MONO, SIZES, Scene, picture};

/// The screen without what differs from run to run: the temporary folder, and ids made of random octets.
pub(super) fn text(scene: &Scene) -> String {
    let mut screen = scene.screen();
    let folder = scene.desk.folder().path().display().to_string();
    let random = folder.split('/').find(|part| part.starts_with(".tmp"));
    let issuer = scene.desk.issuers().unwrap()[0].id.to_string();
    let mut unknown: Vec<String> = random.iter().map(|r| (*r).to_owned()).collect();
    unknown.extend([issuer.clone(), issuer[..8].to_owned()]);
    // The code under which a letter comes in, also where the line breaks before it.
    for rest in screen.split("put").skip(1) {
        let code: String = rest.trim_start().chars().take(4).collect();
        unknown.extend(crate::desk::letter_code_of(&code).filter(|c| *c == code));
    }
    for word in unknown.iter().filter(|w| !w.is_empty()) {
        screen = blank_out(&screen, word);
    }
    // The beginning of the issuer's id, where the screen ends in the middle of it.
    for digits in (1..8).rev() {
        let cut = format!("-{}\n", &issuer[..digits]);
        screen = screen.replace(&cut, &format!("-{}\n", "0".repeat(digits)));
    }
    screen
}

/// Turns every occurrence of a word into zeros, also where it is broken at the edge of the screen.
fn blank_out(text: &str, word: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = chars.clone();
    for start in 0..chars.len() {
        let mut at = start;
        let mut places = Vec::new();
        for wanted in word.chars() {
            while !places.is_empty() && chars.get(at).is_some_and(|c| c.is_whitespace()) {
                at += 1;
            }
            if chars.get(at) != Some(&wanted) {
                break;
            }
            places.push(at);
            at += 1;
        }
        if places.len() == word.chars().count() {
            places.iter().for_each(|p| out[*p] = '0');
        }
    }
    out.into_iter().collect()
}

/// The screen after some keys, at every size in colour and Indonesian, then in English, then in mono.
pub(super) fn pictures(name: &str, user: &str, screen: ScreenId, keys: &str) {
    pictures_of(name, user, screen, |scene| {
        scene.keys(keys);
    });
}

fn pictures_of(name: &str, user: &str, screen: ScreenId, act: impl Fn(&mut Scene)) {
    for size in SIZES {
        let tag = format!("{name}_{}x{}", size.0, size.1);
        let mut scene = Scene::of(user, screen, size);
        act(&mut scene);
        picture(&tag, &text(&scene));
        let mut scene = Scene::with(user, screen, size, MONO);
        scene.keys("L");
        act(&mut scene);
        picture(&format!("{tag}_en_mono"), &text(&scene));
    }
}

#[test]
fn the_dashboard() {
    pictures("dashboard", "op", ScreenId::Dashboard, "");
}

#[test]
fn the_report() {
    pictures("report", "auditor", ScreenId::Dashboard, "r");
}

#[test]
fn the_certificates() {
    pictures("certificates", "op", ScreenId::Certificates, "j");
    pictures("certificates_revoked", "op", ScreenId::Certificates, "fff");
}

#[test]
fn a_decision_over_all_marked_requests() {
    pictures("batch_revoke", "op", ScreenId::Queue, "*c");
}

#[test]
fn the_crl() {
    pictures("crl", "op", ScreenId::Crl, "");
    pictures("crl_history", "op", ScreenId::Crl, "l");
    pictures("crl_next", "op", ScreenId::Crl, "ll");
    pictures("crl_settings", "op", ScreenId::Crl, "lll");
    pictures("crl_settings_edit", "admin", ScreenId::Crl, "e");
    pictures("crl_settings_refused", "admin", ScreenId::Crl, "e47<C-x>");
    pictures("crl_check", "op", ScreenId::Crl, "v");
    pictures("crl_issue", "admin", ScreenId::Crl, "t");
}

#[test]
fn a_crl_under_way() {
    for size in SIZES {
        let mut scene = Scene::of("op", ScreenId::Crl, size);
        let desk = scene.desk.clone();
        let _held = desk.hold_publications();
        scene.keys("t<C-x>");
        picture(
            &format!("crl_under_way_{}x{}", size.0, size.1),
            &text(&scene),
        );
    }
}

#[test]
fn the_outbox() {
    pictures("mails", "op", ScreenId::Mails, "j");
    pictures("mail", "op", ScreenId::Mails, "<Enter>");
}

#[test]
fn the_log() {
    pictures("log", "auditor", ScreenId::Log, "jjjjjj");
    pictures_of("log_verified", "auditor", ScreenId::Log, |scene| {
        scene.keys("v").wait();
    });
    pictures("log_entry", "auditor", ScreenId::Log, "n12<Enter>");
}

#[test]
fn the_accounts() {
    pictures("accounts", "admin", ScreenId::Accounts, "/op<Enter>");
    pictures("account_create", "admin", ScreenId::Accounts, "b");
    pictures("account_roles", "admin", ScreenId::Accounts, "/op<Enter>e");
}

#[test]
fn the_settings() {
    pictures("settings", "op", ScreenId::Queue, ",<Down>");
}

#[test]
fn the_applicants_screens() {
    pictures("my_certificates", "pemohon", ScreenId::MyCertificates, "");
    pictures("my_requests", "pemohon", ScreenId::MyRequests, "");
}

#[test]
fn the_form_step_by_step() {
    let at = ScreenId::MyCertificates;
    pictures("apply_certificate", "pemohon", at, "jjja");
    pictures("apply_reasons", "pemohon", at, "jjja<C-n>");
    // Loss asks whether others might use it, and offers an invalidity date.
    pictures(
        "apply_loss",
        "pemohon",
        at,
        "jjja<C-n><Down><Down><Space><Tab>",
    );
    pictures("apply_letter", "pemohon", at, "jjja<C-n><Space><C-n>");
    pictures("apply_review", "pemohon", at, "jjja<C-n><Space><C-n><C-n>");
}
