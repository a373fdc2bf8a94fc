//! Letters by commands: in, out, put again, and the form that the applicant prints.

use crate::program::demo;
use crate::support::letters::letter;

#[test]
fn a_letter_comes_out_as_it_went_in_and_a_form_is_a_pdf() {
    let demo = demo();
    let [serial] = &demo.free_serials();
    let sample = letter("lupa-passphrase.pdf");
    let line = [
        "request",
        "new",
        "--owner",
        "pemohon",
        "--serial",
        serial,
        "--reason",
        "lupa-passphrase",
        "--letter",
        "-",
        "--draft",
    ];
    let draft = demo.run_with("pemohon", &[&["--json"], &line[..]].concat(), &sample);
    assert_eq!(draft.status, Some(0), "{draft:?}");
    let id = draft.json()["id"].as_str().unwrap().to_owned();
    // What is missing is named, and nothing is lost.
    let early = demo.run("pemohon", &["request", "submit", &id]);
    assert_eq!(early.status, Some(1), "{early:?}");
    // The same command with the rest goes on with the same draft.
    let filed = demo.filed(serial);
    assert_eq!(
        (&filed["state"], &filed["id"]),
        (&"diajukan".into(), &id.as_str().into())
    );
    let number = filed["number"].as_str().unwrap();
    let back = demo.done("op", &["letter", "get", number]);
    assert_eq!(back.stdout, sample);
    let form = demo.beside("form.pdf");
    let form_name = form.to_str().unwrap();
    demo.done(
        "pemohon",
        &["letter", "form", "--serial", serial, "-o", form_name],
    );
    assert!(std::fs::read(&form).unwrap().starts_with(b"%PDF-"));
    demo.done("op", &["request", "claim", number]);
    demo.done(
        "op",
        &[
            "request",
            "return",
            number,
            "--item",
            "letter,nip",
            "--note",
            "kurang jelas",
        ],
    );
    let put = demo.run_with("pemohon", &["letter", "put", number], &sample);
    assert_eq!(put.status, Some(0), "{put:?}");
    let locked = letter("terkunci.pdf");
    let refused = demo.run_with("pemohon", &["letter", "put", number], &locked);
    assert_eq!(refused.status, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("terkunci dengan kata sandi"));
    let again = demo.json("pemohon", &["request", "submit", number]);
    assert_eq!(again["number"], number);
    assert_eq!(again["letters"].as_array().unwrap().len(), 3);
}
