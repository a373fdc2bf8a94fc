//! The applicant's form by keyboard, as far as several tests walk through it.

use super::terminal::Terminal;

/// From the list of one's certificates to the form's letter (SOP steps 2 to 4), for the reason of a forgotten
/// passphrase. Each step is saved as it is left.
pub fn walk_to_letter(terminal: &Terminal, serial: &str) {
    go_to_row(terminal, &serial[serial.len() - 8..]);
    terminal.wait_for(serial);
    terminal.keys("a");
    terminal.wait_for("1 Sertifikat  2 Alasan  3 Surat  4 Kirim");
    terminal.wait_for(serial);
    terminal.keys("<Enter>");
    terminal.wait_for("[ ] Lupa passphrase");
    terminal.keys("<Space>");
    terminal.wait_for("[x] Lupa passphrase");
    terminal.keys("<Enter>");
    terminal.wait_for("Berkas surat");
}

/// Moves the cursor of a list, which starts on its first row, to the row that shows this.
pub fn go_to_row(terminal: &Terminal, text: &str) {
    const FIRST: u16 = 2;
    terminal.wait_for(text);
    let row = terminal.row_of(text).expect("waited for it");
    assert!(
        row >= FIRST,
        "a row of the list\n{}",
        terminal.screen_text()
    );
    terminal.keys(&"j".repeat((row - FIRST).into()));
}

/// The code that a form shows, under which its letter comes in.
pub fn code_shown(terminal: &Terminal) -> String {
    terminal.wait_for("letter put ");
    code_in(&terminal.screen_text())
}

/// The code in the text of a screen.
pub fn code_in(screen: &str) -> String {
    let (_, rest) = screen.split_once("letter put ").expect("the line to type");
    rest.chars().take(4).collect()
}
