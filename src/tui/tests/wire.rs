//! What moving about costs in bytes, with the encoder that the session uses (TERMINAL.md's table).

use crate::domain::Timestamp;
use crate::term::{Capabilities, Event, Screen};
use crate::tui::keymap::parse_keys;
use crate::tui::place::ScreenId;

use super::scene::Scene;

struct Wire {
    scene: Scene,
    screen: Screen,
}

impl Wire {
    fn new(size: (u16, u16)) -> (Self, usize) {
        Self::on("op", ScreenId::Queue, size)
    }

    fn on(user: &str, screen: ScreenId, size: (u16, u16)) -> (Self, usize) {
        let scene = Scene::of(user, screen, size);
        let env = |name: &str| match name {
            "TERM" => Some("xterm-256color".to_owned()),
            "LANG" => Some("id_ID.UTF-8".to_owned()),
            _ => None,
        };
        let screen = Screen::new(size.0, size.1, Capabilities::from_env(&env));
        let mut wire = Self { scene, screen };
        let start = wire.frame();
        (wire, start)
    }

    fn frame(&mut self) -> usize {
        let (buffer, cursor) = self.scene.buffer();
        self.screen.frame(&buffer, cursor).len()
    }

    /// Bytes at once, and with what comes when the keys rest.
    fn key(&mut self, key: &str) -> (usize, usize) {
        let now = Timestamp(self.scene.now.millis() + 1000);
        self.scene.now = now;
        self.scene.app.update(
            Event::Key {
                key: parse_keys(key)[0],
                burst: false,
            },
            now,
        );
        let at_once = self.frame();
        self.scene.rest();
        (at_once, at_once + self.frame())
    }
}

fn median(mut values: Vec<usize>) -> usize {
    values.sort_unstable();
    values[values.len() / 2]
}

fn costs(size: (u16, u16)) -> [usize; 5] {
    let (mut wire, start) = Wire::new(size);
    let rows: Vec<(usize, usize)> = (0..8).map(|_| wire.key("j")).collect();
    for _ in 0..40 {
        wire.key("j");
    }
    let edges: Vec<usize> = (0..6).map(|_| wire.key("j").1).collect();
    wire.key("g");
    let pages: Vec<usize> = (0..3).map(|_| wire.key("<PgDn>").1).collect();
    [
        start,
        median(rows.iter().map(|r| r.0).collect()),
        median(rows.iter().map(|r| r.1).collect()),
        median(edges),
        median(pages),
    ]
}

#[test]
fn moving_about_costs_few_bytes_at_80x24() {
    let [start, row, whole, edge, page] = costs((80, 24));
    println!("80x24: start {start}, row {row} then {whole}, edge {edge}, page {page}");
    assert!(
        start <= 1500 && row <= 50 && whole <= 160 && edge <= 250 && page <= 700,
        "{start} {row} {whole} {edge} {page}"
    );
}

#[test]
fn moving_about_costs_few_bytes_at_120x40() {
    let [start, row, whole, edge, page] = costs((120, 40));
    println!("120x40: start {start}, row {row} then {whole}, edge {edge}, page {page}");
    assert!(
        start <= 2400 && row <= 60 && whole <= 220 && edge <= 360 && page <= 1100,
        "{start} {row} {whole} {edge} {page}"
    );
}

#[test]
fn dialogs_and_filters_cost_little() {
    let (mut wire, _) = Wire::new((80, 24));
    wire.key("/");
    let (echo, _) = wire.key("d");
    let (next, results) = wire.key("i");
    wire.key("<Esc>");
    let opened = wire.key("<Enter>").1;
    wire.key("<Esc>");
    let palette = wire.key(":").1;
    wire.key("<Esc>");
    wire.scene.keys("/status:dn_cocok !mendesak:ya<Enter>a");
    wire.frame();
    let dialog = wire.key("c").1;
    println!(
        "echo {echo} {next}, results {results}, detail {opened}, palette {palette}, dialog {dialog}"
    );
    assert!(echo <= 40 && next <= 40, "echo {echo} {next}");
    assert!(opened <= 900, "detail {opened}");
    assert!(results <= 600, "results {results}");
    assert!(dialog <= 500, "dialog {dialog}");
    assert!(palette <= 500, "palette {palette}, dialog {dialog}");
}

#[test]
fn opening_a_request_a_review_and_the_dashboard_costs_few_bytes_at_120x40() {
    let (mut wire, _) = Wire::new((120, 40));
    let detail = wire.key("<Enter>");
    wire.key("<Esc>");
    let review = wire.key("p");
    wire.key("<Esc>");
    let dashboard = wire.key("1");
    println!("detail {detail:?}, review {review:?}, dashboard {dashboard:?}");
    assert!(detail.1 <= 900, "detail {detail:?}");
    // Below what was asked for, the letter and the head of the queue follow when the keys rest.
    assert!(review.0 <= 1200 && review.1 <= 1400, "review {review:?}");
    assert!(
        dashboard.0 <= 1700 && dashboard.1 <= 2650,
        "dashboard {dashboard:?}"
    );
}

#[test]
fn the_other_lists_cost_little_too() {
    for (user, screen) in [
        ("op", ScreenId::Certificates),
        ("op", ScreenId::Mails),
        ("auditor", ScreenId::Log),
        ("admin", ScreenId::Accounts),
        ("pemohon", ScreenId::MyCertificates),
    ] {
        let (mut wire, start) = Wire::on(user, screen, (80, 24));
        let rows: Vec<(usize, usize)> = (0..7).map(|_| wire.key("j")).collect();
        let row = median(rows.iter().map(|r| r.0).collect());
        let whole = median(rows.iter().map(|r| r.1).collect());
        let name = screen.name();
        println!("{name}: start {start}, row {row} then {whole}");
        // A certificate's or mail's detail differs more from row to row than a request's summary.
        assert!(start <= 1900, "{name}: start {start}");
        assert!(row <= 50 && whole <= 400, "{name}: row {row} then {whole}");
        assert_eq!(wire.scene.app.next_deadline(), None);
        assert_eq!(wire.frame(), 0, "{name} draws while nothing happens");
    }
}

#[test]
fn the_list_of_adopted_entries_costs_little_too() {
    let (mut wire, _) = Wire::on("op", ScreenId::Crl, (80, 24));
    super::adopted::take_over(&wire.scene, 300);
    wire.scene.keys("24");
    wire.frame();
    let opened = wire.key("a").1;
    let rows: Vec<(usize, usize)> = (0..7).map(|_| wire.key("j")).collect();
    let row = median(rows.iter().map(|r| r.0).collect());
    let whole = median(rows.iter().map(|r| r.1).collect());
    let marks: Vec<usize> = (0..3).map(|_| wire.key("<Space>").0).collect();
    let mark = median(marks);
    let dialog = wire.key("o").1;
    println!("adopted: {opened}, row {row} then {whole}, mark {mark}, dialog {dialog}");
    assert!(opened <= 1500, "{opened}");
    assert!(
        row <= 50 && whole <= 160 && mark <= 70,
        "{row} {whole} {mark}"
    );
    assert!(dialog <= 600, "{dialog}");
}

#[test]
fn nothing_is_drawn_while_nothing_happens() {
    let (mut wire, _) = Wire::new((80, 24));
    assert_eq!(wire.scene.app.next_deadline(), None);
    assert_eq!(wire.frame(), 0);
}
