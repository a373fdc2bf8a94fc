//! Certificates by the digits that screens and mails show of them, and the words that narrow a list.

use super::{serial, with_ca};
use crate::program::{binary, demo};
use crate::support::new_desk::NewDesk;

#[test]
fn the_digits_that_screens_and_mails_show_name_a_certificate() {
    let demo = demo();
    let listed = demo.json("op", &["cert", "list", "--filter", "status:aktif"]);
    let listed = listed.as_array().unwrap();
    let serials: Vec<&str> = listed.iter().filter_map(|c| c["serial"].as_str()).collect();
    let whole = serials[0];
    let tail = &whole[whole.len() - 8..];
    for named in [tail, &whole[..8], &format!("…{tail}"), whole] {
        let shown = demo.json("op", &["cert", "show", named]);
        assert_eq!(shown["serial"], whole, "{named}");
        let found = demo.json("op", &["cert", "list", "--filter", named]);
        assert_eq!(found[0]["serial"], whole, "{named}");
    }
    // Nobody else's certificate is found by a part of its serial, and three digits are no name.
    let listed = demo.json("pemohon", &["cert", "list"]);
    let own: Vec<&str> = listed
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|c| c["serial"].as_str())
        .collect();
    let other = serials.iter().find(|s| !own.contains(s)).unwrap();
    for named in [&other[other.len() - 8..], &tail[5..]] {
        let ran = demo.run("pemohon", &["cert", "show", named]);
        assert_eq!(ran.status, Some(1), "{named}: {ran:?}");
    }
    let form = demo.beside("form.pdf");
    let last_four = &own[0][own[0].len() - 4..];
    demo.done(
        "pemohon",
        &[
            "letter",
            "form",
            "--serial",
            last_four,
            "-o",
            form.to_str().unwrap(),
        ],
    );
    // In English the words and fields are English.
    let states = demo.json(
        "op",
        &[
            "--lang",
            "en",
            "request",
            "list",
            "--filter",
            "status:submitted",
        ],
    );
    assert!(!states.as_array().unwrap().is_empty());
    let ran = demo.run(
        "op",
        &["--lang", "en", "cert", "list", "--filter", "colour:red"],
    );
    assert_eq!(ran.status, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("agency: status:"), "{ran:?}");
}

#[test]
fn a_part_that_several_serials_have_is_refused_with_them_named() {
    let desk = NewDesk::make(binary());
    let authority = with_ca(&desk);
    let serials = [
        "1dd485d7000a0001",
        "2bb485d71dd485d7",
        "5f3a1234",
        "12345f3a",
    ];
    let issue = |digits| {
        authority.issue(
            &serial(digits),
            "Rina Contoh UJI",
            "rina@contoh.uji.example",
        )
    };
    let bundle = desk.write("bundle.pem", serials.map(issue).concat());
    let import = desk.run("admin", &["cert", "import", &bundle]);
    assert_eq!(import.status, Some(0), "{import:?}");
    let lines: [&[&str]; 3] = [
        &["cert", "show", "1dd485d7"],
        &["cert", "hold", "1dd485d7", "--confirm", "85d7"],
        &["cert", "release", "1dd485d7", "--confirm", "85d7"],
    ];
    for line in lines {
        let ran = desk.run("admin", line);
        assert_eq!(ran.status, Some(1), "{line:?}: {ran:?}");
        let named = serials[..2].iter().all(|s| ran.stderr.contains(s));
        assert!(named && !ran.stderr.contains("5f3a"), "{ran:?}");
    }
    let shown = |digits: &str| {
        let ran = desk.run("admin", &["--json", "cert", "show", digits]);
        assert_eq!(ran.status, Some(0), "{digits}: {ran:?}");
        ran.json()["serial"].as_str().unwrap().to_owned()
    };
    // Dots say on which side digits are left out, and a whole serial is no part of another.
    assert_eq!(shown("1dd485d7…"), serials[0]);
    assert_eq!(shown("*1dd485d7"), serials[1]);
    assert_eq!(shown("5f3a1234"), serials[2]);
    assert_eq!(shown("…5f3a"), serials[3]);
    for (digits, status) in [("5f3a", 1), ("d7…", 1), ("…5d7", 1), ("5f3g", 2)] {
        let ran = desk.run("admin", &["cert", "show", digits]);
        assert_eq!(ran.status, Some(status), "{digits}: {ran:?}");
    }
}
