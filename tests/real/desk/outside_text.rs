//! Text from outside (names, subjects, letters, notes, a mail server's answers) is full of control characters and comes
//! out of a real desk without them: in views, log, mails, file names.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;

use ams::desk::{CertificateQuery, DeskError, Intent, QueueQuery};
use ams::domain::distinguished_name::is_unprintable;
use ams::domain::instant::{DAY, HOUR};
use ams::domain::request::FieldChange;
use ams::domain::workflow::Act;
use ams::domain::{Item, Role};
use ams::pki::demo_ca::certificate_pem;

use super::fixture::{Office, Someone, new_account};
use super::office::{STAFF, letter_data, reasons};
use crate::sample_pdf::{pdf_with_trailer, stream};

/// Clears the screen, turns the reading direction, ends a header line, ends a C string, sets the window's title.
const UNRULY: [&str; 5] = [
    "UJI\u{1b}[2J",
    "UJI\u{202e}malik",
    "UJI\r\nBcc: semua@uji.example",
    "UJI\0tersembunyi",
    "UJI\u{9d}0;judul\u{7}",
];

#[track_caller]
fn clean(text: &str) {
    assert!(!text.chars().any(is_unprintable), "{text:?}");
}

/// Every text that screens and commands get, of everything the desk has.
#[track_caller]
fn views_are_clean(office: &Office) {
    let (desk, admin) = (&office.desk, office.admin());
    let all = CertificateQuery::default();
    for view in desk.certificates(admin, &all, None, 1000).unwrap().rows {
        clean(&view.subject);
        clean(&view.issuer);
    }
    for mail in desk.mails(admin, None, 1000).unwrap().rows {
        clean(&mail.to);
        clean(&mail.subject);
        clean(mail.answer.as_deref().unwrap_or_default());
        let body = desk.mail(admin, mail.id).unwrap().body;
        body.lines().for_each(clean);
    }
    for alarm in desk.alarms().unwrap() {
        if let ams::desk::Alarm::MailServiceDown { answer } = alarm {
            clean(&answer);
        }
    }
    let ids = desk.queue(admin, &QueueQuery::default()).ids;
    for row in desk.queue_rows(&ids) {
        clean(&row.owner_name);
        clean(&row.agency);
        let detail = desk.request(admin, row.id).unwrap();
        for line in detail.letters.iter().flat_map(|l| &l.lines) {
            clean(&line.text);
        }
        for field in &detail.comparison {
            clean(&field.account);
            clean(field.letter.as_deref().unwrap_or_default());
            clean(field.certificate.as_deref().unwrap_or_default());
        }
        for entry in &detail.timeline {
            clean(&entry.actor);
        }
    }
    for entry in office.log_since(0) {
        clean(&entry.actor);
        clean(&entry.object);
    }
}

/// Log, mails and the names of all files.
#[track_caller]
fn files_are_clean(office: &Office) {
    let mut export = Vec::new();
    office.desk.export_log(office.admin(), &mut export).unwrap();
    for line in String::from_utf8(export).unwrap().lines() {
        clean(line);
        assert!(line.is_ascii() || !line.starts_with("{\"v\":"), "{line}");
    }
    let mut mails = 0;
    names_are_clean(office.desk.folder().path(), &mut |path| {
        if path.extension().is_some_and(|e| e == "eml") {
            mails += 1;
            let mail = String::from_utf8(std::fs::read(path).unwrap()).unwrap();
            let (head, _) = mail.split_once("\r\n\r\n").unwrap();
            for line in head.split("\r\n") {
                assert!(
                    line.bytes().all(|b| matches!(b, b' '..=b'~' | b'\t')),
                    "{line:?}"
                );
                assert!(!line.to_ascii_lowercase().starts_with("bcc"), "{line}");
            }
        }
    });
    assert!(mails > 0, "no mail was written");
}

fn names_are_clean(folder: &Path, each: &mut dyn FnMut(&Path)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        assert!(name.bytes().all(plain), "{name:?}");
        if entry.file_type().unwrap().is_dir() {
            names_are_clean(&entry.path(), each);
        } else {
            each(&entry.path());
        }
    }
}

#[test]
fn names_of_people_with_control_characters_are_refused() {
    let office = Office::open(&[]);
    let (state, ca) = (office.state(), office.admin());
    for unruly in UNRULY {
        let good = || new_account(&Someone::new("coba", "Coba UJI", &[Role::Pemohon]));
        let mut named = good();
        named.name = unruly.to_owned();
        let mut of_agency = good();
        of_agency.agency = unruly.to_owned();
        let mut reached_at = good();
        reached_at.email = format!("{unruly}@uji.example");
        for new in [named, of_agency, reached_at] {
            let refused = office.desk.create_account(ca, &new).unwrap_err();
            assert!(matches!(refused, DeskError::BadValue { .. }), "{refused}");
            clean(&refused.to_string());
        }
        let csv =
            format!("username,name,email,roles\ncoba,\"{unruly}\",coba@uji.example,pemohon\n");
        let lines = office.desk.import_accounts(ca, csv.as_bytes()).unwrap();
        assert_eq!(lines.len(), 1);
        clean(&lines[0].1.as_ref().unwrap_err().to_string());
    }
    assert_eq!(office.state(), state);
    office.checks_out();
}

#[test]
fn subjects_of_certificates_are_refused_or_shown_without_control_characters() {
    let office = Office::open(&[]);
    for unruly in UNRULY {
        let (_, der) = office.issue(unruly, 100 * DAY, |s| s.organization = unruly.to_owned());
        let report = office.import(certificate_pem(&der).as_bytes());
        assert_eq!(report.added + report.refusals(), 1, "{report:?}");
        if unruly.chars().any(char::is_control) {
            assert_eq!(report.added, 0, "{unruly:?} was taken in");
        }
        for refused in &report.examples {
            clean(&refused.defect.to_string());
        }
    }
    views_are_clean(&office);
    office.checks_out();
}

#[test]
fn notes_letters_and_answers_of_mail_servers_reach_nobody_raw() {
    let office = Office::open(&STAFF);
    office.drain();
    let id = office.draft("rahmi", &office.certificate("rahmi"));
    office.act("rahmi", id, Act::Edit, reasons(&["lupa-passphrase"]));
    for change in letter_data() {
        office.edit("rahmi", id, change);
    }
    for unruly in UNRULY {
        for change in [
            FieldChange::LetterNumber(unruly.to_owned()),
            FieldChange::SuperiorName(unruly.to_owned()),
            FieldChange::SuperiorNip(unruly.to_owned()),
        ] {
            let edit = Intent::Edit(change);
            refused(&office, "rahmi", id, edit);
        }
    }
    let bytes = unruly_letter();
    office.act(
        "rahmi",
        id,
        Act::AttachLetter,
        Intent::AttachLetter { bytes },
    );
    office.act("rahmi", id, Act::Submit, Intent::Submit);
    let detail = office.desk.request(office.admin(), id).unwrap();
    assert_eq!(detail.letters[0].lines[0].text, "·[31m·A");
    office.act("satu", id, Act::Claim, Intent::Claim);
    for unruly in UNRULY {
        let note = unruly.to_owned();
        let items = [Item::Letter].into();
        refused(&office, "satu", id, Intent::Return { items, note });
        let note = unruly.to_owned();
        refused(&office, "satu", id, Intent::Reject { note });
    }
    let port = rude_mail_server();
    office.set("mail.host", "127.0.0.1");
    office.set("mail.port", &port.to_string());
    office.set("mail.mode", "plain");
    office.drain();
    let mails = office.desk.request(office.admin(), id).unwrap().mails;
    let answer = mails[0].answer.as_deref().unwrap_or_default();
    assert!(
        answer.contains("550"),
        "the server's answer is kept: {mails:?}"
    );
    views_are_clean(&office);
    office.set("mail.mode", "folder");
    office
        .desk
        .retry_mail(office.who("satu"), mails[0].id)
        .unwrap();
    office.clock.advance(HOUR);
    office.drain();
    views_are_clean(&office);
    files_are_clean(&office);
    office.checks_out();
}

#[track_caller]
fn refused(office: &Office, who: &str, id: ams::domain::RequestId, intent: Intent) {
    match office.desk.act(office.who(who), id, None, intent) {
        Err(DeskError::Refused(refusal)) => {
            assert_eq!(refusal.rule(), "bad_text");
            clean(&refusal.to_string());
        }
        other => panic!("taken: {other:?}"),
    }
}

/// A page whose glyphs say that they are an escape sequence and a change of direction, and a title that does.
fn unruly_letter() -> Vec<u8> {
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
    pdf_with_trailer(&objects, " /Info 7 0 R")
}

/// A mail server that takes nobody's mail and says so with a cleared screen and a new window title.
fn rude_mail_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut out) = stream else { return };
            let Ok(input) = out.try_clone() else { return };
            let _ = out.write_all(b"220 uji\r\n");
            for line in BufReader::new(input).lines().map_while(Result::ok) {
                let answer: &str = match line.split(' ').next() {
                    Some("RCPT") => "550 5.1.1 \u{1b}[2J\u{1b}]0;judul\u{7} \u{202e}siapa?\r\n",
                    Some("QUIT") => "221 ya\r\n",
                    _ => "250 ya\r\n",
                };
                if out.write_all(answer.as_bytes()).is_err() {
                    break;
                }
            }
        }
    });
    port
}
