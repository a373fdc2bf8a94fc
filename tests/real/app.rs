//! The full-screen program in a real terminal: what it leaves behind however it ends, and what it draws where.

use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};

use crate::program::demo;
use crate::support::demo::Demo;
use crate::support::terminal::{Size, Terminal};

const SIZE: Size = Size::new(80, 24);

/// The queue, opened as the demo's officer.
fn queue(demo: &Demo, size: Size, env: &[(&str, &str)]) -> Terminal {
    let mut command = demo.ams();
    command.args(["demo", "--as", "op", "--screen", "queue"]);
    let terminal = Terminal::start(&command, size, env);
    terminal.wait_for("PC-2026-");
    terminal
}

#[test]
fn the_terminal_is_restored_after_quitting_sigterm_and_sighup() {
    let demo = demo();
    let terminal = queue(&demo, SIZE, &[]);
    assert!(terminal.screen().alternate_screen());
    terminal.keys("q");
    terminal.assert_restored();
    for signal in [Signal::TERM, Signal::HUP] {
        let terminal = queue(&demo, SIZE, &[]);
        terminal.signal(signal);
        terminal.assert_restored();
    }
}

#[test]
fn what_a_killed_program_left_is_mended_by_the_next() {
    let demo = demo();
    let pid_file = demo.beside("pid");
    let script = r#"(echo $BASHPID > "$PID_FILE"; exec "$0" "$@" --screen queue); "$0" "$@" --screen accounts"#;
    let mut command = Command::new("bash");
    command
        .env("PID_FILE", &pid_file)
        .args(["-c", script])
        .arg(demo.ams().get_program());
    command
        .args(demo.ams().get_args())
        .args(["demo", "--as", "op"]);
    let terminal = Terminal::start(&command, SIZE, &[]);
    terminal.wait_for("PC-2026-");
    let pid = std::fs::read_to_string(&pid_file).unwrap();
    kill_process(
        Pid::from_raw(pid.trim().parse().unwrap()).unwrap(),
        Signal::KILL,
    )
    .unwrap();
    terminal.wait_for("auditor");
    terminal.keys("q");
    terminal.wait_exit();
    let screen = terminal.screen();
    assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste());
}

#[test]
fn a_second_process_on_the_same_folder_attaches_to_the_first() {
    let demo = demo();
    let first = queue(&demo, SIZE, &[]);
    // A command, and a screen of its own.
    let listed = demo.json("op", &["request", "list"]);
    assert!(listed.as_array().unwrap().len() > 50);
    let second = queue(&demo, SIZE, &[]);
    let sessions = demo.json("admin", &["session", "list"]);
    assert_eq!(sessions.as_array().unwrap().len(), 2, "{sessions}");
    // The second leaves; the first goes on.
    second.keys("q");
    second.assert_restored();
    // The first is the desk: who leaves it puts nobody out.
    let third = queue(&demo, SIZE, &[]);
    first.keys("q");
    first.wait_for("layar lain masih memakai meja");
    third.keys("/");
    third.keys("status:dikembalikan");
    third.wait_without("Diajukan");
    third.keys("<Esc>q");
    assert_eq!(third.wait_exit().status, 0);
    assert_eq!(first.wait_exit().status, 0);
    first.assert_restored();
    demo.done("op", &["request", "list"]);
}

#[test]
fn a_desk_whose_screen_was_left_is_stopped_by_ctrl_c_and_tells_the_others() {
    let demo = demo();
    let first = queue(&demo, SIZE, &[]);
    let second = queue(&demo, SIZE, &[]);
    first.keys("q");
    first.wait_for("layar lain masih memakai meja");
    first.signal(Signal::INT);
    second.wait_for("meja layanan dihentikan");
    assert_eq!(second.wait_exit().status, 3);
    second.assert_restored();
    assert_eq!(first.wait_exit().status, 0);
}

#[test]
fn without_colour_nothing_is_coloured_and_without_utf8_everything_is_ascii() {
    let demo = demo();
    let terminal = queue(&demo, SIZE, &[("NO_COLOR", "1"), ("LC_ALL", "C")]);
    terminal.keys("?");
    terminal.wait_for("Bantuan");
    let output = terminal.output();
    assert!(output.is_ascii());
    let screen = terminal.screen();
    let (rows, columns) = screen.size();
    for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
        let cell = screen.cell(row, column).expect("on the screen");
        let colours = (cell.fgcolor(), cell.bgcolor());
        assert_eq!(
            colours,
            (vt100::Color::Default, vt100::Color::Default),
            "{row} {column}"
        );
    }
}

#[test]
fn a_new_size_is_drawn_whole() {
    let demo = demo();
    let terminal = queue(&demo, SIZE, &[]);
    for size in [Size::new(120, 40), Size::new(60, 16), SIZE] {
        terminal.resize(size);
        terminal.wait_until("the footer on the last row", |screen| {
            let last = screen.rows(0, size.columns).last().unwrap_or_default();
            last.contains("? Bantuan") && screen.contents().contains("PC-2026-")
        });
    }
}

#[test]
fn idle_costs_no_byte() {
    let demo = demo();
    let terminal = queue(&demo, SIZE, &[]);
    terminal.settle(std::time::Duration::from_secs(1));
    let drawn = terminal.bytes_received();
    // Ten seconds are what the wire's budget measures; three show a clock or a spinner just as well.
    terminal.settle(std::time::Duration::from_secs(3));
    assert_eq!(terminal.bytes_received(), drawn);
}
