//! What the reader makes of PDFs and pictures that are odd in exactly one way.

use ams::letter::confine::Confinement;
use ams::letter::inspect::inspect as inspect_here;
use ams::letter::{LetterDefect, LetterFacts, LetterKind, LetterWarning, Limits};

use crate::sample_pdf::{page, pdf, pdf_with_trailer, stream, typeset};
use crate::support::letters::letter;

fn inspect(bytes: &[u8]) -> Result<LetterFacts, LetterDefect> {
    inspect_here(bytes.to_vec(), &Limits::default(), Confinement::default())
}

fn lines(bytes: &[u8]) -> Vec<String> {
    let facts = inspect(bytes).unwrap();
    facts.lines().map(|(_, line)| line.to_owned()).collect()
}

/// Empty pages, each an object of its own.
fn pages(count: usize) -> Vec<u8> {
    let kids: String = (0..count).map(|n| format!("{} 0 R ", 3 + n)).collect();
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {count} >>").into_bytes(),
    ];
    let page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>";
    objects.extend((0..count).map(|_| page.to_vec()));
    pdf(&objects)
}

#[test]
fn pages_are_counted_and_limited() {
    assert_eq!(inspect(&pages(20)).map(|f| f.pages), Ok(20));
    let too_many = LetterDefect::TooManyPages {
        pages: 21,
        limit: 20,
    };
    assert_eq!(inspect(&pages(21)), Err(too_many));
    assert_eq!(inspect(&pages(0)), Err(LetterDefect::NoPages));
}

#[test]
fn gaps_between_words_columns_and_paragraphs_are_kept() {
    let content = "BT /F 12 Tf 1 0 0 1 72 700 Tm [(Nama)-600(:)-400(Rahmi)-300(Way)40(uni)] TJ \
                   1 0 0 1 72 685 Tm (Pemohon) Tj 1 0 0 1 300 685 Tm (Atasan) Tj \
                   1 0 0 1 72 600 Tm (akhir) Tj ET";
    assert_eq!(
        lines(&typeset(content)),
        ["Nama : Rahmi Wayuni", "Pemohon   Atasan", "", "akhir"]
    );
}

#[test]
fn text_is_read_top_down_whatever_the_order_of_writing() {
    let content = "BT /F 12 Tf 1 0 0 1 72 100 Tm (tiga) Tj 1 0 0 1 172 700 Tm (dua) Tj \
                   1 0 0 1 72 700.4 Tm (satu) Tj ET";
    assert_eq!(lines(&typeset(content)), ["satu   dua", "", "tiga"]);
}

#[test]
fn turned_text_makes_lines_of_its_own() {
    let content =
        "BT /F 12 Tf 1 0 0 1 72 700 Tm (mendatar) Tj 0 1 -1 0 500 300 Tm (tegak lurus) Tj ET";
    let lines = lines(&typeset(content));
    assert!(
        lines.contains(&"mendatar".to_owned()) && lines.contains(&"tegak lurus".to_owned()),
        "{lines:?}"
    );
}

#[test]
fn bold_made_by_printing_twice_is_read_once() {
    let content = "BT /F 12 Tf 1 0 0 1 72 700 Tm (Rahmi) Tj 1 0 0 1 72.4 700 Tm (Rahmi) Tj ET";
    assert_eq!(lines(&typeset(content)), ["Rahmi"]);
}

#[test]
fn ligatures_open_and_unknown_glyphs_are_said_to_be_unreadable() {
    let font = |differences: &str| {
        let font = format!(
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding /Differences [{differences}] >> >>"
        );
        page(
            "/Font << /F 5 0 R >>",
            stream("", b"BT /F 12 Tf 72 700 Td (e\x01sien AB) Tj ET"),
            vec![font.into_bytes()],
        )
    };
    assert_eq!(lines(&font("1 /ffi")), ["effisien AB"]);
    let facts = inspect(&font("1 /fi 65 /glyph7001 /glyph7002")).unwrap();
    assert_eq!(facts.text[0].lines, ["efisien \u{fffd}\u{fffd}"]);
    assert_eq!(facts.warnings, [LetterWarning::UnreadableText]);
}

#[test]
fn text_that_the_page_does_not_show_is_read_and_said_to_be_hidden() {
    let facts = inspect(&typeset("BT /F 12 Tf 3 Tr 72 700 Td (lapisan OCR) Tj ET")).unwrap();
    assert_eq!(facts.text[0].lines, ["lapisan OCR"]);
    assert_eq!(facts.warnings, [LetterWarning::HiddenText]);
}

#[test]
fn control_characters_of_a_letter_do_not_come_through() {
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>".to_vec(),
        stream("", b"BT /F 12 Tf 72 700 Td (AB) Tj ET"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>".to_vec(),
        stream(
            "",
            b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def 1 begincodespacerange <00> <ff> endcodespacerange \
              2 beginbfchar <41> <001B005B00330031006D> <42> <202E0041> endbfchar endcmap end end",
        ),
        b"<< /Title <FEFF 001B 0052 202E> >>".to_vec(),
    ];
    let facts = inspect(&pdf_with_trailer(&objects, " /Info 7 0 R")).unwrap();
    assert_eq!(facts.title.as_deref(), Some("·R·"));
    assert_eq!(facts.text[0].lines, ["·[31m·A"]);
}

#[test]
fn text_beyond_the_limit_is_cut_and_said_to_be() {
    let limits = Limits {
        text_chars: 5,
        ..Limits::default()
    };
    let letter = typeset("BT /F 12 Tf 72 700 Td (delapan huruf) Tj ET");
    let facts = inspect_here(letter, &limits, Confinement::default()).unwrap();
    assert_eq!(
        (facts.text[0].lines[0].as_str(), facts.text_cut),
        ("delap", true)
    );
}

#[test]
fn what_a_careless_viewer_would_run_is_named() {
    for (extra, warning) in [
        (
            "<< /S /JavaScript /JS (app.alert) >>",
            LetterWarning::JavaScript,
        ),
        (
            "<< /S /JavaS#63ript /J#53 (app.alert) >>",
            LetterWarning::JavaScript,
        ),
        (
            "<< /Type /Action /S /Launch /F (cmd.exe) >>",
            LetterWarning::LaunchAction,
        ),
        (
            "[ [ << /A << /S /Launch >> >> ] ]",
            LetterWarning::LaunchAction,
        ),
        (
            "<< /Type /Filespec /EF << /F 4 0 R >> >>",
            LetterWarning::EmbeddedFile,
        ),
        ("<< /Fields [] /XFA 4 0 R >>", LetterWarning::DynamicForm),
    ] {
        let letter = page("", stream("", b""), vec![extra.as_bytes().to_vec()]);
        assert_eq!(inspect(&letter).unwrap().warnings, [warning], "{extra}");
    }
}

#[test]
fn a_signature_is_seen_and_so_are_bytes_added_after_it() {
    let signed = |second: &str| {
        let dict = format!("<< /Type /Sig /ByteRange [0 100 200 {second}] /Contents <00> >>");
        page("", stream("", b""), vec![dict.into_bytes()])
    };
    // The length of the file does not depend on the digits, which are four in any case.
    let length = signed("0000").len();
    let whole = inspect(&signed(&format!("{:04}", length - 200))).unwrap();
    assert!(whole.signed_pdf && whole.warnings.is_empty(), "{whole:?}");
    let more = inspect(&signed("0300")).unwrap();
    assert!(more.signed_pdf);
    assert_eq!(more.warnings, [LetterWarning::ChangedAfterSigning]);
    assert!(!inspect(&typeset("")).unwrap().signed_pdf);
}

#[test]
fn a_linearized_letter_shorter_than_it_says_is_cut() {
    let letter = |length: usize| {
        let mut file =
            format!("%PDF-1.7\n9 0 obj\n<< /Linearized 1 /L {length:06} /H [0 0] >>\nendobj\n")
                .into_bytes();
        file.extend(&typeset("")[9..]);
        file
    };
    let length = letter(0).len();
    assert!(inspect(&letter(length)).is_ok());
    assert_eq!(inspect(&letter(length + 1)), Err(LetterDefect::CutPdf));
}

#[test]
fn pictures_too_large_to_open_are_refused_before_they_are_opened() {
    let limit = Limits::default().pixels;
    let inside = stream(
        "/Type /XObject /Subtype /Image /Width 30000 /Height 30000",
        b"x",
    );
    assert_eq!(
        inspect(&page("", stream("", b""), vec![inside])),
        Err(LetterDefect::ImageBomb {
            width: 30_000,
            height: 30_000,
            limit
        })
    );

    let mut png = letter("lupa-passphrase.png");
    png[16..20].copy_from_slice(&50_000u32.to_be_bytes());
    let mut crc = flate2::Crc::new();
    crc.update(&png[12..29]);
    png[29..33].copy_from_slice(&crc.sum().to_be_bytes());
    assert_eq!(
        inspect(&png),
        Err(LetterDefect::ImageBomb {
            width: 50_000,
            height: 1170,
            limit
        })
    );

    let mut jpeg = letter("kehilangan-foto.jpg");
    let frame = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
    let width = 65_535;
    assert_eq!(
        inspect(&jpeg),
        Err(LetterDefect::ImageBomb {
            width,
            height: width,
            limit
        })
    );
}

#[test]
fn a_picture_whole_at_its_ends_but_rotten_inside_is_damaged() {
    let mut png = letter("lupa-passphrase.png");
    let middle = png.len() / 2;
    png[middle..middle + 64].fill(0x5a);
    let kind = LetterKind::Png;
    assert_eq!(inspect(&png), Err(LetterDefect::Malformed { kind }));
}

#[test]
fn stray_bytes_behind_a_picture_are_mentioned() {
    let mut jpeg = letter("kehilangan-foto.jpg");
    jpeg.extend(b"\0\0maker's notes");
    assert_eq!(
        inspect(&jpeg).unwrap().warnings,
        [LetterWarning::TrailingData]
    );
}

#[test]
fn facts_survive_their_way_through_json() {
    let facts = inspect(&letter("lupa-passphrase.pdf")).unwrap();
    let json = serde_json::to_string(&facts).unwrap();
    assert_eq!(serde_json::from_str::<LetterFacts>(&json).unwrap(), facts);
    assert!(!json.contains("null"), "{json}");
}
