//! What the mails say, and what they never say.

use super::*;
use crate::domain::{CrlNumber, ReasonCatalogue, Serial, Username, Zone};
use crate::notify::facts::{CrlUrl, DeskFacts};

const NOON: Timestamp = Timestamp(1_795_338_300_000);

fn request(cn: &str) -> RequestFacts {
    RequestFacts {
        number: RequestNumber {
            year: 2026,
            sequence: 123,
        },
        certificate: CertificateFacts {
            subject_cn: cn.to_owned(),
            serial: Serial::parse("00c3014fd2aa17b09e").unwrap(),
        },
        reasons: ReasonCatalogue::default().0[..2].to_vec(),
    }
}

fn crl() -> CrlFacts {
    CrlFacts {
        number: CrlNumber::from(4711),
        url: Some(CrlUrl::parse("http://crl.uji.example/ca-uji.crl").unwrap()),
    }
}

fn notices(cn: &str) -> Vec<Notice> {
    let request = || request(cn);
    let username = || Username::parse("budi").unwrap();
    let at = NOON;
    vec![
        Notice::Submitted {
            request: request(),
            at,
            letter_due: Some(at),
        },
        Notice::Returned {
            request: request(),
            items: Item::ALL.to_vec(),
        },
        Notice::Rejected { request: request() },
        Notice::Revoked {
            request: request(),
            at,
            crl: crl(),
        },
        Notice::Suspended {
            certificate: request().certificate,
            request: Some(request()),
            at,
            crl: crl(),
        },
        Notice::Reinstated {
            certificate: request().certificate,
            at,
            crl: crl(),
        },
        Notice::LetterOverdue {
            request: request(),
            due: at,
        },
        Notice::GrantPending {
            grant: Grant::ResetTotp,
            effective_at: at,
        },
        Notice::GrantCancelled {
            grant: Grant::ResetPassword,
            username: username(),
            at,
        },
        Notice::PasswordReset {
            username: username(),
            at,
        },
        Notice::Test { at },
    ]
}

fn mail(notice: Notice, name: &str, language: Language) -> Rendered {
    let facts = MailFacts {
        desk: DeskFacts {
            name: "Meja Pencabutan UJI".to_owned(),
            contact: "bantuan@uji.example, (021) 555-0100".to_owned(),
            zone: Zone::Wib,
        },
        recipient: Some(name.to_owned()),
        notice,
    };
    render(&facts, language).unwrap()
}

fn every_mail(text: &str) -> Vec<Rendered> {
    let languages = [Language::Id, Language::En];
    languages
        .into_iter()
        .flat_map(|l| notices(text).into_iter().map(move |n| mail(n, text, l)))
        .collect()
}

#[test]
fn the_revoked_mail_says_everything_the_applicant_needs() {
    let revoked = Notice::Revoked {
        request: request("Budi Contoh UJI"),
        at: NOON,
        crl: crl(),
    };
    let mail = mail(revoked, "Budi Contoh UJI", Language::Id);
    assert_eq!(
        mail.subject,
        "[AMS] Sertifikat elektronik telah dicabut (PC-2026-000123)"
    );
    assert_eq!(
        mail.body,
        "Yth. Bapak/Ibu Budi Contoh UJI,

Sertifikat elektronik Bapak/Ibu telah dicabut dan tidak berlaku lagi.
Pencabutan tidak dapat dibatalkan.

  Nomor permohonan : PC-2026-000123
  Subjek           : Budi Contoh UJI
  Nomor seri       : berakhir dengan aa17b09e
  Alasan           : Lupa passphrase; Perubahan data
  Dicabut          : 22 November 2026 16.05 WIB
  Nomor CRL        : 4711
  Dapat dilihat di : http://crl.uji.example/ca-uji.crl

Langkah berikutnya: Bapak/Ibu boleh mengajukan sertifikat baru. Mohon masuk
ke AMS dan nyatakan bahwa pemberitahuan ini telah diterima.

Bukan Anda yang mengajukan? Hubungi bantuan@uji.example, (021) 555-0100.

Hormat kami,
Meja Pencabutan UJI

--
Surel ini dikirim otomatis; mohon tidak membalasnya.
Kami tidak pernah menanyakan kata sandi atau passphrase.
"
    );
}

#[test]
fn every_kind_has_words_of_its_own_in_both_languages() {
    let mails = every_mail("Budi Contoh UJI");
    assert_eq!(mails.len(), 2 * Kind::ALL.len());
    let mut subjects: Vec<_> = mails.iter().map(|m| m.subject.clone()).collect();
    subjects.sort();
    subjects.dedup();
    assert_eq!(subjects.len(), mails.len());
    let told: Vec<_> = mails
        .iter()
        .filter(|m| m.subject.contains("dicabut"))
        .collect();
    assert_eq!(
        told.len(),
        1,
        "one mail alone says that a certificate was revoked"
    );
    for mail in &mails {
        assert!(mail.body.contains("bantuan@uji.example"), "{}", mail.body);
        assert!(!mail.body.contains("{%") && !mail.body.contains("{{"));
        assert!(!mail.body.contains("\n\n\n"), "{}", mail.body);
        assert_eq!(
            mail.request.is_some(),
            mail.subject.contains("PC-2026-000123")
        );
    }
}

#[test]
fn the_returned_mail_names_what_failed_and_no_more() {
    let notice = |items: &[Item]| Notice::Returned {
        request: request("Budi Contoh UJI"),
        items: items.to_vec(),
    };
    let body = mail(notice(&[Item::Nip, Item::Dn]), "Budi", Language::Id).body;
    assert!(
        body.contains("diperbaiki:\n  - NIP\n  - Subjek sertifikat\n\nLangkah"),
        "{body}"
    );
    assert!(!body.contains("Jabatan"));
}

#[test]
fn a_letter_that_came_with_the_request_is_not_asked_for() {
    let notice = Notice::Submitted {
        request: request("Budi Contoh UJI"),
        at: NOON,
        letter_due: None,
    };
    assert!(!mail(notice, "Budi", Language::Id).body.contains("susulkan"));
}

#[test]
fn the_only_link_is_that_of_the_crl_and_the_serial_is_never_whole() {
    for mail in every_mail("Budi Contoh UJI") {
        for (at, _) in mail.body.match_indices("http") {
            assert!(mail.body[at..].starts_with("http://crl.uji.example/ca-uji.crl"));
        }
        assert!(!mail.body.contains("c3014fd2aa17b09e"));
    }
}

#[test]
fn a_name_cannot_bring_control_characters_lines_or_template_code() {
    let evil = "Budi\r\nBcc: x@y.example\u{1b}[2J\u{202e}{{ contact }}{% raw %}\u{9b}";
    for mail in every_mail(evil) {
        assert!(!mail.subject.chars().any(is_unprintable));
        assert!(mail.body.chars().all(|c| c == '\n' || !is_unprintable(c)));
        assert!(!mail.body.lines().any(|l| l.starts_with("Bcc")));
        let said = mail.body.matches("bantuan@uji.example").count();
        assert_eq!(said, 1, "template code in a name was run: {}", mail.body);
    }
    let long = "x".repeat(5000);
    assert!(every_mail(&long).iter().all(|m| m.body.len() < 2500));
}
