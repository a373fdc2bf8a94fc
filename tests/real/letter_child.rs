//! The real program as letter child: samples are read, hostile letters end with a clear defect and in time.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::program::binary;
use crate::sample_pdf::{page, stream};
use crate::support::letters::letter;
use ams::letter::child;
use ams::letter::confine::LandlockHold;
use ams::letter::{LetterDefect, LetterFacts, LetterKind, Limits};

fn inspect(bytes: &[u8]) -> Result<LetterFacts, LetterDefect> {
    child::inspect(bytes, binary(), &Limits::default())
}

#[test]
fn the_typeset_sample_is_read_in_a_closed_child() {
    let facts = inspect(&letter("lupa-passphrase.pdf")).unwrap();
    assert_eq!((facts.kind, facts.pages), (LetterKind::Pdf, 1));
    assert_eq!(
        facts.sha256,
        "e292acd5328520ecd0031d1d6b514868ae9a32427140543df6a2eac51fef4f54"
    );
    let lines: Vec<&str> = facts.lines().map(|(_, line)| line).collect();
    assert!(
        lines.contains(&"Nama   : Rahmi Wahyuni, S.Kom."),
        "{lines:#?}"
    );
    assert!(lines.contains(&"NIP   : 198704122010012003"));
    assert!(lines.contains(&"dengan alasan: lupa passphrase."));
    assert!(facts.confinement.is_closed(), "{:?}", facts.confinement);
    if facts.confinement.landlock == LandlockHold::Absent {
        println!("SKIPPED: the kernel has no Landlock; the other locks held");
    }
}

#[test]
fn what_holds_a_child_can_be_asked_without_a_letter() {
    let held = child::confinement(binary(), &Limits::default()).unwrap();
    assert!(held.is_closed(), "{held:?}");
}

#[test]
fn scans_and_photos_have_facts_but_no_text() {
    for (name, kind) in [
        ("perubahan-data-scan.pdf", LetterKind::Pdf),
        ("kehilangan-foto.jpg", LetterKind::Jpeg),
        ("lupa-passphrase.png", LetterKind::Png),
    ] {
        let facts = inspect(&letter(name)).unwrap();
        assert_eq!(facts.kind, kind, "{name}");
        assert!(facts.is_scan() && facts.text.is_empty(), "{name}");
        assert_eq!(facts.warnings, [], "{name}");
    }
}

#[test]
fn locked_and_cut_letters_are_named_as_such() {
    assert_eq!(
        inspect(&letter("terkunci.pdf")),
        Err(LetterDefect::EncryptedPdf)
    );
    assert_eq!(inspect(&letter("terpotong.pdf")), Err(LetterDefect::CutPdf));
    for (name, kind) in [
        ("kehilangan-foto.jpg", LetterKind::Jpeg),
        ("lupa-passphrase.png", LetterKind::Png),
    ] {
        let bytes = letter(name);
        for keep in [bytes.len() / 2, bytes.len() - 3] {
            assert_eq!(
                inspect(&bytes[..keep]),
                Err(LetterDefect::CutImage { kind }),
                "{name} cut at {keep}"
            );
        }
    }
}

#[test]
fn a_letter_that_takes_forever_is_stopped() {
    // Ten forms, each drawing the next one forty times.
    let forms = (0..10).map(|n| {
        let next = 6 + n;
        stream(
            &format!("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A {next} 0 R >> >>"),
            &b"/A Do ".repeat(40),
        )
    });
    let letter = page(
        "/XObject << /A 5 0 R >>",
        stream("", b"/A Do"),
        forms.collect(),
    );
    let limits = Limits {
        seconds: 1,
        ..Limits::default()
    };
    let start = Instant::now();
    let end = child::inspect(&letter, binary(), &limits);
    assert_eq!(end, Err(LetterDefect::Timeout { seconds: 1 }));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_letter_that_swells_in_memory_is_stopped() {
    // Run-length coding makes 128 bytes of two: 12 MiB become 768 MiB.
    let swollen = stream("/Filter /RunLengthDecode", &[129, b' '].repeat(6 << 20));
    let limits = Limits {
        bytes: 16 << 20,
        ..Limits::default()
    };
    let end = child::inspect(&page("", swollen, vec![]), binary(), &limits);
    assert_eq!(end, Err(LetterDefect::Memory { mebibytes: 512 }));
}

#[test]
fn endless_nesting_does_not_reach_the_desk() {
    for piece in ["[", "<<", "<< /A [", "q ", "/Kids [", "("] {
        let deep = piece.repeat(200_000 / piece.len());
        for letter in [
            page("", stream("", deep.as_bytes()), vec![]),
            page("", stream("", b""), vec![deep.clone().into_bytes()]),
        ] {
            if let Err(defect) = inspect(&letter) {
                assert!(defect.is_of_the_letter(), "{piece}: {defect:?}");
            }
        }
    }
}

#[test]
fn a_child_that_lingers_or_babbles_is_ended() {
    let letter = letter("lupa-passphrase.pdf");
    let limits = Limits {
        seconds: 1,
        ..Limits::default()
    };
    let lingers = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real/letter_child_lingers.sh");
    assert_eq!(
        child::inspect(&letter, &lingers, &limits),
        Err(LetterDefect::Timeout { seconds: 1 })
    );
    assert_eq!(
        child::inspect(&letter, Path::new("/usr/bin/yes"), &Limits::default()),
        Err(LetterDefect::Hostile)
    );
    for program in ["/usr/bin/false", "/usr/bin/true", "/nowhere/ams"] {
        let end = child::inspect(&letter, Path::new(program), &limits).unwrap_err();
        assert_eq!(end.id(), "not-examined", "{program}");
    }
}

#[test]
fn damaged_letters_end_with_facts_or_a_defect_of_the_letter() {
    // xorshift64: the same damage in every run.
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let (mut read, mut refused) = (0, 0);
    for name in [
        "lupa-passphrase.pdf",
        "perubahan-data-scan.pdf",
        "lupa-passphrase.png",
        "kehilangan-foto.jpg",
    ] {
        let whole = letter(name);
        for round in 0..30 {
            let mut bytes = whole.clone();
            for _ in 0..=round {
                let at = random(bytes.len());
                match random(3) {
                    0 => bytes[at] = random(256) as u8,
                    1 => {
                        let end = (at + random(64)).min(bytes.len());
                        bytes.drain(at..end);
                    }
                    _ => {
                        let from = random(bytes.len());
                        let piece = bytes[from..(from + 32).min(bytes.len())].to_vec();
                        bytes.splice(at..at, piece);
                    }
                }
            }
            match inspect(&bytes) {
                Ok(_) => read += 1,
                Err(defect) => {
                    assert!(defect.is_of_the_letter(), "{name} {round}: {defect:?}");
                    refused += 1;
                }
            }
        }
    }
    assert!(read > 0 && refused > 0, "read {read}, refused {refused}");
}
