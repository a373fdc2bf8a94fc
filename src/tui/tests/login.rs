//! The login by keyboard: the first password that must be changed, the enrolment of an authenticator whose code is
//! scanned from the cells, the login with it.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};
use totp_rs::TOTP;

use crate::desk::{Identity, NewAccount, TotpEnrolment};
use crate::domain::{Language, Role, Scope, Username};
use crate::tui::Settings;
use crate::tui::screens::login::enrol::Enrolment;
use crate::tui::widgets::form::{Field, Form};

use super::scene::{ASCII, MONO, PLAIN, Scene, hour, picture, text_of};

fn admin(scene: &Scene) -> Identity {
    scene.desk.demo_login("admin", None).unwrap()
}

/// At the login of a desk that demands a second factor, name and password of `op` typed.
fn enrolling(size: (u16, u16), settings: Settings) -> Scene {
    let mut scene = Scene::login(size, settings);
    scene
        .desk
        .set_setting(&admin(&scene), "policy.require_totp", "on")
        .unwrap();
    let password = scene.password("op");
    scene.keys(&format!("op<Tab>{password}<Enter>"));
    scene
}

/// Whether the upper and the lower half of a cell shine, on a terminal that is dark by default.
fn halves(cell: &Cell) -> (bool, bool) {
    let light = |colour: Color, default: bool| match colour {
        Color::Black => false,
        Color::White => true,
        _ => default,
    };
    let (mut ink, mut paper) = (light(cell.fg, true), light(cell.bg, false));
    if cell.modifier.contains(Modifier::REVERSED) {
        std::mem::swap(&mut ink, &mut paper);
    }
    match cell.symbol() {
        "█" => (ink, ink),
        "▀" => (ink, paper),
        "▄" => (paper, ink),
        _ => (paper, paper),
    }
}

/// What a camera before the screen would read.
fn scan(buffer: &Buffer) -> Option<String> {
    const DOTS: usize = 4;
    let area = buffer.area;
    let (width, height) = (
        usize::from(area.width) * DOTS,
        usize::from(area.height) * 2 * DOTS,
    );
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        let (column, half) = (x / DOTS, y / DOTS);
        let cell = &buffer.content[half / 2 * usize::from(area.width) + column];
        let (upper, lower) = halves(cell);
        if half % 2 == 0 && upper || half % 2 == 1 && lower {
            u8::MAX
        } else {
            0
        }
    });
    let grids = image.detect_grids();
    grids.first()?.decode().ok().map(|(_, text)| text)
}

/// The key that is written beside the code, without its blanks.
fn written_key(scene: &Scene) -> String {
    let screen = scene.screen();
    let (_, after) = screen.split_once("Kunci:").expect("the key has a label");
    after
        .split_whitespace()
        .filter(|w| {
            w.len() == 4
                && w.chars()
                    .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
        })
        .take(8)
        .collect()
}

#[test]
fn the_code_on_the_screen_can_be_scanned_and_its_authenticator_logs_in() {
    let mut scene = enrolling((80, 24), PLAIN);
    let link = scan(&scene.buffer().0).unwrap_or_else(|| panic!("{}", scene.screen()));
    let totp = TOTP::from_url(&link).unwrap();
    assert_eq!(totp.account_name, "op");
    assert_eq!(totp.issuer.as_ref(), Some(&scene.desk.settings().desk_name));
    assert_eq!(written_key(&scene), totp.get_secret_base32());
    scene.keys("000000<Enter>");
    assert!(scene.app.identity().is_none(), "{}", scene.screen());
    let at = u64::try_from(hour().seconds()).unwrap();
    scene.keys(&format!("{}<Enter>", totp.generate(at)));
    assert!(scene.shows("Autentikator terdaftar"), "{}", scene.screen());
    // The code that enrolled is spent; the next one logs in.
    let next = totp.generate(at + 30);
    scene.keys(&format!("{next}<Enter>"));
    assert!(scene.shows("2 Antrean"), "{}", scene.screen());

    let mut again = Scene::beside(&scene);
    let password = again.password("op");
    again.keys(&format!("op<Tab>{password}<Enter>"));
    assert!(again.shows("kode enam angka"), "{}", again.screen());
    again.keys(&format!("{next}<Enter>"));
    assert!(
        again.app.identity().is_none(),
        "a spent code logged in: {}",
        again.screen()
    );
}

#[test]
fn the_code_is_scannable_wherever_it_is_drawn_and_else_the_words_do_not_ask_to_scan() {
    for (size, settings, drawn) in [
        ((80, 24), PLAIN, true),
        ((80, 24), MONO, true),
        ((120, 40), PLAIN, true),
        ((120, 40), MONO, true),
        ((60, 16), PLAIN, false),
        ((80, 24), ASCII, false),
        ((120, 40), ASCII, false),
    ] {
        let scene = enrolling(size, settings);
        let link = scan(&scene.buffer().0);
        assert_eq!(link.is_some(), drawn, "{size:?}\n{}", scene.screen());
        assert_eq!(scene.shows("Pindai"), drawn, "{}", scene.screen());
        assert_eq!(written_key(&scene).len(), 32, "{}", scene.screen());
    }
}

/// The pictures have a key of their own, since a desk's is random.
#[test]
fn the_enrolment_as_it_looks() {
    let enrolment = Enrolment::new(&TotpEnrolment {
        uri: "otpauth://totp/Meja%20Pencabutan%20Sertifikat:op?secret=JBSWY3DPEHPK3PXPKRSXG5BAKJQW4ZDP".into(),
        secret: "JBSWY3DPEHPK3PXPKRSXG5BAKJQW4ZDP".into(),
    });
    for (name, size, settings) in [
        ("80x24", (80, 24), PLAIN),
        ("60x16", (60, 16), PLAIN),
        ("120x40", (120, 40), PLAIN),
        ("80x24_ascii", (80, 24), ASCII),
        ("80x24_mono", (80, 24), MONO),
    ] {
        for language in [Language::Id, Language::En] {
            let scene = Scene::login(size, settings);
            let look = scene.look(language);
            let area = Rect::new(0, 0, size.0, size.1 - 2);
            let mut form = Form::new(vec![Field::text("field-code", 8)]);
            form.settle(enrolment.columns(&look, area));
            let mut buffer = Buffer::empty(area);
            let cursor = enrolment.view(&look, &mut buffer, area, &form, None);
            let tag = if language == Language::En { "_en" } else { "" };
            picture(&format!("enrol_{name}{tag}"), &text_of(&buffer, cursor));
        }
    }
}

#[test]
fn a_first_password_must_be_changed_before_anything_else() {
    let mut scene = Scene::login((80, 24), PLAIN);
    let new = NewAccount {
        username: Username::parse("baru").unwrap(),
        name: "Pegawai Baru UJI".into(),
        nip: None,
        nik: None,
        agency: "Dinas Contoh".into(),
        unit: String::new(),
        position: String::new(),
        email: "baru@uji.example".into(),
        roles: [Role::Pemohon].into(),
        scope: Scope::All,
        language: Language::Id,
    };
    let (_, first) = scene.desk.create_account(&admin(&scene), &new).unwrap();
    let first = secrecy::ExposeSecret::expose_secret(&first).to_owned();
    scene.keys(&format!("baru<Tab>{first}<Enter>"));
    assert!(scene.shows("Kata sandi baru"), "{}", scene.screen());
    assert!(scene.app.identity().is_none());
    let good = "kuda nil makan rumput";
    for (typed, repeated, complaint) in [
        ("pendek", "pendek", "Terlalu pendek"),
        (good, "kuda nil makan rambut", "tidak sama"),
        (first.as_str(), first.as_str(), "harus berbeda"),
    ] {
        scene.keys(&format!("{typed}<Tab>{repeated}<Enter>"));
        assert!(scene.shows(complaint), "{complaint}: {}", scene.screen());
        assert!(scene.app.identity().is_none());
    }
    scene.keys(&format!("{good}<Enter>{good}<Enter>"));
    assert!(scene.shows("Sertifikat saya"), "{}", scene.screen());
    assert!(!scene.shows(good));

    let mut again = Scene::beside(&scene);
    again.keys(&format!("baru<Tab>{first}<Enter>"));
    assert!(again.shows("salah."), "{}", again.screen());
    again.keys(&format!("{good}<Enter>"));
    assert!(again.shows("Sertifikat saya"), "{}", again.screen());
}
