//! The row and the message made from it.

use super::*;

pub(in crate::notify) const NOW: Timestamp = Timestamp(1_795_338_300_000);

pub(in crate::notify) fn sender() -> Sender {
    let address = EmailAddress::parse("ams@uji.example").unwrap();
    Sender::new("Meja Pencabutan — UJI", address).unwrap()
}

/// A mail queued at [`NOW`], without delay.
pub(in crate::notify) fn mail(id: u8) -> OutboxMail {
    let rendered = Rendered {
        kind: Kind::Revoked,
        language: Language::Id,
        request: Some(RequestNumber {
            year: 2026,
            sequence: 123,
        }),
        subject: "[AMS] Sertifikat elektronik telah dicabut (PC-2026-000123)".to_owned(),
        body: "Yth. Bapak/Ibu Búdi,\n\n.titik\nNomor CRL : 7\n".to_owned(),
    };
    let to = EmailAddress::parse("budi@uji.example").unwrap();
    OutboxMail::queue(MailId([id; 16]), to, rendered, &sender(), NOW, 0).unwrap()
}

fn headers(text: &str) -> Vec<&str> {
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    head.split("\r\n").collect()
}

#[test]
fn the_message_has_one_recipient_one_fixed_id_and_one_auto_submitted() {
    let message = mail(0xab).message(&sender()).unwrap();
    let text = String::from_utf8(message.formatted()).unwrap();
    let headers = headers(&text);
    let named = |name: &str| {
        let found = headers.iter().filter(|h| h.starts_with(name));
        found.copied().collect::<Vec<_>>()
    };
    assert_eq!(named("Auto-Submitted:"), ["Auto-Submitted: auto-generated"]);
    let id = format!("Message-ID: <{}@uji.example>", "ab".repeat(16));
    assert_eq!(named("Message-ID:"), [id.as_str()]);
    assert_eq!(named("To:"), ["To: budi@uji.example"]);
    assert!(named("Cc:").is_empty() && named("Bcc:").is_empty());
    assert_eq!(named("Date:"), ["Date: Sun, 22 Nov 2026 09:05:00 +0000"]);
    assert_eq!(
        named("Content-Type:"),
        ["Content-Type: text/plain; charset=utf-8"]
    );
    assert_eq!(named("From:").len(), 1);
    assert!(text.is_ascii());
    assert_eq!(message.envelope().to().len(), 1);
}

#[test]
fn two_buildings_of_one_row_are_the_same_octets() {
    let built = || mail(1).message(&sender()).unwrap().formatted();
    assert_eq!(built(), built());
}

#[test]
fn a_line_break_in_a_stored_header_is_refused_when_the_mail_is_built() {
    let mut subject = mail(1);
    subject.subject.push_str("\r\nBcc: lain@uji.example");
    assert_eq!(
        subject.message(&sender()).unwrap_err(),
        MessageError::ControlCharacter("subject")
    );
    let mut id = mail(1);
    id.message_id = "<a@b>\nX: y".to_owned();
    assert!(id.message(&sender()).is_err());
    let mut body = mail(1);
    body.body.push('\u{1b}');
    assert!(body.message(&sender()).is_err());
}

#[test]
fn a_mail_is_taken_back_only_before_it_went() {
    let mut waiting = mail(1);
    waiting.cancel(NOW).unwrap();
    assert_eq!(waiting.status, Status::Cancelled { at: NOW });
    assert_eq!(waiting.resend(NOW), Err(NotPossible::Cancelled));
    for (status, refusal) in [
        (Status::Sending, NotPossible::BeingSent),
        (Status::Sent { at: NOW }, NotPossible::AlreadySent),
    ] {
        let mut gone = OutboxMail { status, ..mail(1) };
        assert_eq!(gone.cancel(NOW), Err(refusal));
        assert_eq!(gone.resend(NOW), Err(refusal));
    }
}

#[test]
fn a_failed_mail_is_resent_under_its_old_id() {
    let mut failed = OutboxMail {
        status: Status::Failed { at: NOW },
        attempts: 9,
        ..mail(1)
    };
    let later = NOW.plus(1000);
    failed.resend(later).unwrap();
    assert_eq!(failed.status, Status::Waiting);
    assert_eq!((failed.attempts, failed.next_attempt), (0, later));
    assert_eq!(failed.message_id, mail(1).message_id);
}

#[test]
fn a_stored_mail_reads_back_and_another_version_is_named() {
    let row = OutboxMail {
        status: Status::Failed { at: NOW },
        answer: Some(Answer::new("550 tidak dikenal")),
        ..mail(1)
    };
    let mut stored = row.to_bytes().unwrap();
    assert_eq!(OutboxMail::from_bytes(&stored), Ok(row));
    assert!(OutboxMail::from_bytes(&stored[..40]).is_err());
    stored[0] = 9;
    assert_eq!(
        OutboxMail::from_bytes(&stored),
        Err(StoredMailError::Version(9))
    );
    assert!(OutboxMail::from_bytes(&[]).is_err());
}
