//! Screens of several people on one desk: left, locked, ended, and told of what others do.

use std::time::Duration;

use rustix::process::Signal;

use super::{office, screen};
use crate::support::terminal::PATIENCE;

#[test]
fn screen_and_filter_survive_a_killed_relay() {
    let office = office();
    let demo = &office.demo;
    let terminal = screen(demo, "op");
    terminal.keys("2");
    terminal.wait_for("PC-2026-");
    terminal.keys("/");
    terminal.keys("status:dikembalikan");
    terminal.wait_without("Diajukan");
    terminal.signal(Signal::KILL);
    terminal.wait_exit();
    // The desk notices by itself; then the session is one that was left.
    demo.wait_until_left("op");
    let again = screen(demo, "op");
    again.wait_for("status:dikembalikan");
    assert!(!again.screen_text().contains("Diajukan"));
}

#[test]
fn what_one_officer_does_shows_on_anothers_screen_and_leaves_the_cursor_alone() {
    let office = office();
    let demo = &office.demo;
    let terminal = screen(demo, "op");
    terminal.keys("2");
    terminal.wait_for("PC-2026-");
    let mut first = None;
    terminal.wait_until("a cursor", |screen| {
        first = cursor(screen).map(|(row, _)| row);
        first.is_some()
    });
    terminal.keys("<Down><Down>");
    let mut before = None;
    terminal.wait_until("the cursor two rows down", |screen| {
        before = cursor(screen);
        before.as_ref().map(|(row, _)| *row) == first.map(|row| row + 2)
    });
    let queue = demo.json("op", &["request", "list", "--state", "diajukan"]);
    let number = queue[0]["number"].as_str().unwrap();
    let taken = |screen: &vt100::Screen| {
        let (_, columns) = screen.size();
        let mut rows = screen.rows(0, columns);
        rows.any(|row| row.contains(number) && row.contains("op2"))
    };
    assert!(!taken(&terminal.screen()));
    demo.done("op2", &["request", "claim", number]);
    // Together: a frame that is half drawn is not judged.
    terminal.wait_until("op2 at the request, the cursor where it was", |screen| {
        taken(screen) && cursor(screen) == before
    });
}

/// Where a list's cursor is, and the number that is drawn in reverse there.
fn cursor(screen: &vt100::Screen) -> Option<(u16, String)> {
    (1..screen.size().0)
        .filter(|row| screen.cell(*row, 1).is_some_and(|cell| cell.inverse()))
        .map(|row| (row, screen.contents_between(row, 1, row, 15)))
        .find(|(_, number)| number.starts_with("PC-2026-"))
}

#[test]
fn an_admin_ends_a_session_and_its_screen_says_so() {
    let office = office();
    let demo = &office.demo;
    let terminal = screen(demo, "op");
    let sessions = demo.json("admin", &["session", "list"]);
    assert_eq!(sessions[0]["user"], "op", "{sessions}");
    let id = sessions[0]["id"].as_str().unwrap();
    let refused = demo.run("op2", &["session", "end", id]);
    assert_eq!(refused.status, Some(1), "{refused:?}");
    demo.done("admin", &["session", "end", id]);
    terminal.wait_for("diakhiri oleh admin");
    terminal.assert_restored();
    let sessions = demo.json("admin", &["session", "list"]);
    assert_eq!(sessions.as_array().unwrap().len(), 0, "{sessions}");
}

#[test]
fn a_screen_left_alone_is_locked_and_taken_up_by_its_own_person() {
    let office = office();
    let demo = &office.demo;
    demo.done("admin", &["config", "set", "session.idle_minutes", "1"]);
    let terminal = screen(demo, "op");
    terminal.keys("2");
    terminal.wait_for("PC-2026-");
    // A minute without a key.
    terminal.wait_patiently_for("Layar terkunci", Duration::from_secs(60) + PATIENCE);
    assert!(!terminal.screen_text().contains("PC-2026-"));
    let sessions = demo.json("admin", &["session", "list"]);
    assert_eq!(sessions[0]["state"], "locked", "{sessions}");
    terminal.keys(&format!("{}<Enter>", demo.password("op")));
    terminal.wait_for("PC-2026-");
}
