//! What outsiders put into names and files, on its way to a terminal.

use super::{authority, is_clean, serial};
use crate::program::binary;
use crate::support::new_desk::NewDesk;

#[test]
fn escape_characters_in_names_and_files_reach_no_terminal() {
    let desk = NewDesk::make(binary());
    let authority = authority();
    let ca = desk.write("ca.pem", authority.certificate());
    let label = "CA \u{1b}]0;judul\u{7}\u{202e}UJI";
    let added = desk.run("admin", &["ca", "add", "--cert", &ca, "--label", label]);
    assert_eq!(added.status, Some(0), "{added:?}");
    assert!(is_clean(&added), "{added:?}");
    let evil = authority.issue(&serial("2001"), "Rina\u{1b}[2J", "rina@uji.example");
    let name = "a\u{1b}[2Jb\u{9b}31m.pem";
    let file = desk.write(name, evil);
    for json in [&["--json"][..], &[]] {
        let lines: [&[&str]; 5] = [
            &["cert", "import", &file],
            &["ca", "list"],
            &["letter", "inspect", &file],
            &["crl", "show", &file],
            &["account", "show", "\u{1b}[31mroot"],
        ];
        for line in lines {
            let ran = desk.run("admin", &[json, line].concat());
            assert!(is_clean(&ran), "{line:?}: {ran:?}");
            assert!(
                line[0] == "ca" || ran.status == Some(1),
                "{line:?}: {ran:?}"
            );
        }
    }
    let account = [
        "account",
        "add",
        "rina",
        "--name",
        "Rina\u{1b}[2J",
        "--email",
        "rina@uji.example",
        "--role",
        "pemohon",
    ];
    let refused = desk.run("admin", &account);
    assert_eq!(refused.status, Some(1), "{refused:?}");
    assert!(is_clean(&refused));
}
