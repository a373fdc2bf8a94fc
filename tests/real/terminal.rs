//! The terminal of the tests, tried on programs of others before ours is judged by it.

use std::process::Command;

use rustix::process::Signal;

use crate::support::terminal::{Size, Terminal};

const SIZE: Size = Size::new(80, 24);

fn shell(script: &str) -> Terminal {
    let mut command = Command::new("bash");
    command.args(["--norc", "-c", script]);
    Terminal::start(&command, SIZE, &[])
}

#[test]
fn it_answers_the_questions_that_programs_ask_of_an_xterm() {
    let terminal = shell(
        r#"stty -echo
        read -rs -d c -p $'\e[c' attributes; read -rs -d n -p $'\e[5n' status
        read -rs -d R -p $'\e[3;7H\e[6n' place; read -rs -d y -p $'\e[?2026$p' mode
        printf '\e[H%q %q %q %q' "$attributes" "$status" "$place" "$mode""#,
    );
    assert_eq!(terminal.wait_exit().status, 0);
    assert_eq!(
        terminal.screen_text().trim_end(),
        r"$'\E[?64;1;2;6;9;15;22' $'\E[0' $'\E[3;7' $'\E[?2026;0$'"
    );
}

#[test]
fn it_shows_colours_wide_characters_and_repeated_ones() {
    let terminal =
        shell(r"printf '\e[1;7;38;5;208mX\e[m漢-\e[4b|'; printf '\e]52;c;QU1T\a\e(0qx\e[mx\e(Bx'");
    terminal.wait_exit();
    let screen = terminal.screen();
    assert_eq!(terminal.screen_text(), "X漢-----|─││x");
    let first = screen.cell(0, 0).expect("on the screen");
    assert!(first.bold() && first.inverse());
    assert_eq!(first.fgcolor(), vt100::Color::Idx(208));
    assert!(screen.cell(0, 1).expect("on the screen").is_wide());
    assert_eq!(terminal.clipboard().as_deref(), Some(b"QU1T".as_slice()));
}

#[test]
fn keys_reach_the_program_one_by_one_and_a_paste_in_brackets_where_asked_for() {
    let terminal = shell(
        r#"stty raw -echo; printf 'ready'; head -c 5 | od -An -c; printf '\e[?2004h'; printf 'paste'; head -c 15 | od -An -c"#,
    );
    terminal.wait_for("ready");
    terminal.keys("j<C-s><Up>");
    terminal.wait_for(r"j 023 033   [   A");
    terminal.wait_for("paste");
    terminal.paste("surat");
    terminal.wait_for(r"033   [   2   0   0   ~   s   u   r   a   t 033");
}

#[test]
fn it_tells_the_program_of_a_new_size_and_how_it_ended() {
    let terminal = shell("trap 'stty size' WINCH; echo ready; while :; do read -t 1; done");
    terminal.wait_for("ready");
    terminal.resize(Size::new(120, 40));
    terminal.wait_for("40 120");
    assert_eq!(terminal.screen().size(), (40, 120));
    terminal.signal(Signal::KILL);
    assert_eq!(terminal.wait_exit().signal.as_deref(), Some("Killed"));
}

#[test]
fn a_pager_that_quits_leaves_the_terminal_as_it_was() {
    let mut command = Command::new("less");
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    let terminal = Terminal::start(&command, SIZE, &[("LESS", "")]);
    terminal.wait_for("[package]");
    assert!(terminal.screen().alternate_screen());
    terminal.keys("G");
    terminal.wait_without("[package]");
    terminal.keys("q");
    terminal.assert_restored();
}

#[test]
#[should_panic(expected = "the alternate screen is left")]
fn a_program_that_leaves_the_terminal_in_disorder_is_found_out() {
    shell(r"printf '\e[?1049h'").assert_restored();
}

#[test]
#[should_panic(expected = "terminal modes before and after")]
fn a_program_that_leaves_raw_mode_on_is_found_out() {
    shell("stty raw").assert_restored();
}

#[test]
#[should_panic(expected = "│hello")]
fn a_wait_in_vain_shows_the_screen() {
    shell("echo hello").wait_for("goodbye");
}
