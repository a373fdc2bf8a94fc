//! Screens over SSH: what a dropped link leaves to be taken up, and what a killed desk or relay leaves on the terminal.

use rustix::process::Signal;

use super::{AMS, assert_status};
use crate::flow::read_and_confirm;
use crate::support::form::{code_shown, walk_to_letter};
use crate::support::letters::LETTER;
use crate::support::ssh::Site;
use crate::support::terminal::{Size, Terminal};

#[test]
fn a_request_is_filed_over_a_link_that_is_cut_twice_in_the_middle_of_the_form() {
    let Some(site) = Site::open(AMS, &[]) else {
        return;
    };
    let [serial] = &site.demo.free_serials();
    let officer = &site.users.officers[0];

    let terminal = site.screen(officer);
    site.log_in(&terminal, "pemohon");
    walk_to_letter(&terminal, serial);
    // The disk at the other end is the desk's host's: no path on it gets anywhere, nor is a form left there.
    let letter = std::fs::read(LETTER).unwrap();
    let readable = site.folder().join("surat.pdf");
    std::fs::write(&readable, &letter).unwrap();
    terminal.keys(&format!("{}<Enter>", readable.display()));
    terminal.wait_for("Berkas tidak lewat sambungan");
    // What is refused is not left in the field.
    terminal.keys("<C-u>");
    terminal.wait_without("surat.pdf  ");
    let put = format!("ams letter put {}", code_shown(&terminal));
    assert_status(&site.ssh(officer, &put, &letter), 0);
    terminal.wait_for("v1 PDF");
    go_to_field(&terminal, "Nomor surat");
    terminal.keys("800/017/UJI/2026<Enter>2026-09-0");
    terminal.wait_for("2026-09-0");
    // The client dies, as when a telephone is switched off.
    terminal.signal(Signal::KILL);
    terminal.wait_exit();
    site.demo.wait_until_left("pemohon");

    let terminal = site.screen(officer);
    site.log_in(&terminal, "pemohon");
    terminal.wait_for("800/017/UJI/2026");
    terminal.wait_for("2026-09-0");
    go_to_field(&terminal, "Tanggal surat");
    terminal.keys("7<Enter>Atasan U");
    terminal.wait_for("Atasan U");
    // The server's end of the link dies.
    site.sshd.kill_sessions();
    assert_ne!(terminal.wait_exit().status, 0);
    site.demo.wait_until_left("pemohon");

    let terminal = site.screen(officer);
    site.log_in(&terminal, "pemohon");
    terminal.wait_for("2026-09-07");
    terminal.wait_for("Atasan U");
    go_to_field(&terminal, "Nama atasan");
    terminal.keys("ji<Enter>196903151994031005<Enter>");
    terminal.wait_for("Persetujuan atasan < belum ada >");
    terminal.keys("<Space>");
    terminal.wait_for("Persetujuan atasan < ada pada surat >");
    terminal.keys("<Enter>");
    terminal.wait_for("Lengkap.");
    read_and_confirm(&terminal);
    terminal.wait_for("diajukan.");
    terminal.keys("q");
    assert_eq!(terminal.wait_exit().status, 0);
    terminal.assert_restored();

    let filed = site
        .demo
        .json("op", &["request", "list", "--state", "diajukan"]);
    let own = |r: &&serde_json::Value| r["serial"] == **serial;
    let request = filed.as_array().unwrap().iter().find(own).expect("filed");
    let got = site.demo.done(
        "op",
        &["letter", "get", request["number"].as_str().unwrap()],
    );
    assert!(got.stdout == letter, "octet by octet");
}

#[test]
fn a_screen_left_is_not_taken_up_from_another_unix_user() {
    let Some(site) = Site::open(AMS, &[]) else {
        return;
    };
    let [first, second] = &site.users.officers;
    let terminal = site.screen(first);
    site.log_in(&terminal, "op");
    filter_returned(&terminal);
    terminal.signal(Signal::KILL);
    terminal.wait_exit();
    site.demo.wait_until_left("op");

    let other = site.screen(second);
    site.log_in(&other, "op");
    other.wait_for("q Keluar");
    assert!(!other.screen_text().contains("status:dikembalikan"));
}

#[test]
fn a_desk_that_dies_gives_the_terminal_back_over_ssh_and_says_so() {
    let Some(mut site) = Site::open(AMS, &[]) else {
        return;
    };
    let terminal = site.screen(&site.users.officers[0]);
    site.log_in(&terminal, "op");
    site.kill_desk();
    terminal.wait_for("Sambungan ke meja layanan terputus");
    assert_eq!(terminal.wait_exit().status, 3);
    terminal.assert_restored();
    // Until the desk is back, that is said too.
    let down = site.screen(&site.users.officers[0]);
    down.wait_for("tidak berjalan");
    assert_eq!(down.wait_exit().status, 3);
    site.serve();
    let again = site.screen(&site.users.officers[0]);
    site.log_in(&again, "op");
}

#[test]
fn what_a_killed_relay_left_on_the_terminal_is_mended_by_the_next_which_takes_the_session_up() {
    let Some(site) = Site::open(AMS, &[]) else {
        return;
    };
    let officer = &site.users.officers[0];
    // Two connections from one terminal, one after the other.
    let ssh = site.client("ssh");
    let mut twice = std::process::Command::new("bash");
    twice
        .args([
            "-c",
            r#""$0" "$@"; printf 'status %s\r\n' $?; read -r; exec "$0" "$@""#,
        ])
        .arg(ssh.get_program())
        .args(ssh.get_args())
        .arg("-tt")
        .arg(format!("{}@desk", officer.name));
    let terminal = Terminal::start(&twice, Size::new(80, 24), &[]);
    site.log_in(&terminal, "op");
    filter_returned(&terminal);
    site.sshd.kill_relays();
    terminal.wait_for("status ");
    assert!(terminal.screen().alternate_screen(), "nobody tidied up");
    site.demo.wait_until_left("op");
    terminal.keys("<Enter>");
    site.log_in(&terminal, "op");
    terminal.wait_for("status:dikembalikan");
    terminal.keys("<Esc>");
    terminal.keys("q");
    assert_eq!(terminal.wait_exit().status, 0);
    terminal.assert_restored();
}

/// Moves the cursor of a form to the field with this label.
fn go_to_field(terminal: &Terminal, label: &str) {
    let marked = |screen: &vt100::Screen| {
        let (_, columns) = screen.size();
        screen.rows(0, columns).find(|row| row.starts_with('>'))
    };
    loop {
        let at = marked(&terminal.screen()).unwrap_or_default();
        if at.starts_with(&format!(">{label}")) {
            return;
        }
        terminal.keys("<Tab>");
        terminal.wait_until("another field", |screen| {
            marked(screen).is_some_and(|row| row != at)
        });
    }
}

#[test]
fn an_applicant_who_logs_in_at_an_officers_unix_user_has_him_as_companion() {
    let Some(site) = Site::bound(AMS, &["pendamping"]) else {
        return;
    };
    let [companion, nobody] = &site.users.officers;
    for (unix, expected) in [(companion, Some("pendamping")), (nobody, None)] {
        let [serial] = &site.demo.free_serials();
        let terminal = site.screen(unix);
        site.log_in(&terminal, "pemohon");
        walk_to_letter(&terminal, serial);
        terminal.wait_for("letter put ");
        let drafts = site
            .demo
            .json("pemohon", &["request", "list", "--state", "draf"]);
        let mut drafts = drafts.as_array().expect("a list").iter();
        let draft = drafts.find(|r| r["serial"] == **serial).expect("the draft");
        let id = draft["id"].as_str().expect("an id");
        let shown = site.demo.json("pemohon", &["request", "show", id]);
        assert_eq!(shown["companion"].as_str(), expected, "{shown}");
        site.demo.done("pemohon", &["request", "withdraw", id]);
        terminal.signal(Signal::KILL);
        terminal.wait_exit();
    }
}

fn filter_returned(terminal: &Terminal) {
    terminal.keys("2");
    terminal.wait_for("PC-2026-");
    terminal.keys("/");
    terminal.keys("status:dikembalikan");
    terminal.wait_without("Diajukan");
}
