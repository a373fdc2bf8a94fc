//! Our mails against a real mail server: what arrives, what is refused, what never leaves.

use std::time::Duration;

use ams::domain::{Language, MailId, RequestNumber, Timestamp};
use ams::notify::{
    Answer, EmailAddress, Kind, OutboxMail, Rendered, Security, SendError, Sender, SmtpSettings,
    SmtpTransport, Status, Transport, attempt, smtp, work,
};
use secrecy::SecretString;

use crate::smtp_server::{Mode, SmtpServer};

const NOW: Timestamp = Timestamp(1_795_338_300_000);
const SUBJECT: &str = "[AMS] Sertifikat elektronik telah dicabut (PC-2026-000123)";

fn sender() -> Sender {
    let address = EmailAddress::parse("ams@uji.example").unwrap();
    Sender::new("Meja Pencabutan — UJI", address).unwrap()
}

fn mail(id: u8, to: &str) -> OutboxMail {
    let rendered = Rendered {
        kind: Kind::Revoked,
        language: Language::Id,
        request: RequestNumber::parse("PC-2026-000123").ok(),
        subject: SUBJECT.to_owned(),
        body: "Yth. Bapak/Ibu Búdi Contoh UJI,\n\n.\n.titik di awal = baris\nNomor CRL : 4711\n"
            .to_owned(),
    };
    let to = EmailAddress::parse(to).unwrap();
    OutboxMail::queue(MailId([id; 16]), to, rendered, &sender(), NOW, 0).unwrap()
}

fn settings(server: &SmtpServer, security: Security) -> SmtpSettings {
    SmtpSettings {
        host: "localhost".to_owned(),
        port: Some(server.port),
        security,
        login: Some(("ams".to_owned(), SecretString::from("sandi-uji"))),
        extra_roots: Some(server.root.clone().into_bytes()),
        timeout: smtp::TIMEOUT,
        sender: sender(),
    }
}

fn transport(server: &SmtpServer, security: Security) -> SmtpTransport {
    SmtpTransport::new(settings(server, security)).unwrap()
}

fn did_not_go(result: &Result<Answer, SendError>) -> bool {
    matches!(result, Err(SendError::NoService(_) | SendError::Later(_)))
}

#[test]
fn a_mail_arrives_whole_over_starttls_and_login() {
    let Some(mut server) = SmtpServer::start(Mode::StartTls, true) else {
        return;
    };
    let sent = mail(0xab, "budi@uji.example");
    let answer = transport(&server, Security::StartTls).send(&sent).unwrap();
    assert_eq!(answer.as_str(), "250 2.0.0 Ok: masuk antrean UJI");

    let arrived = server.next_mail();
    assert_eq!(arrived["tls"], true);
    assert_eq!(arrived["login"], true);
    assert_eq!(arrived["sender"], "ams@uji.example");
    assert_eq!(
        arrived["recipients"],
        serde_json::json!(["budi@uji.example"])
    );
    assert_eq!(arrived["to"], serde_json::json!(["budi@uji.example"]));
    assert_eq!(arrived["subject"], SUBJECT);
    assert_eq!(
        arrived["auto_submitted"],
        serde_json::json!(["auto-generated"])
    );
    assert_eq!(arrived["message_ids"], serde_json::json!([sent.message_id]));
    assert_eq!(arrived["content_type"], "text/plain");
    assert_eq!(arrived["charset"], "utf-8");
    assert_eq!(arrived["defects"], serde_json::json!([]));
    assert_eq!(arrived["bare_line_feeds"], 0);
    let body = arrived["body"].as_str().unwrap().replace("\r\n", "\n");
    assert_eq!(body.trim_end(), sent.body.trim_end());
    let from = arrived["sent_from"].as_str().unwrap();
    assert!(from.contains("Meja Pencabutan — UJI"), "{from}");
    assert!(server.stop().is_empty(), "exactly one mail arrived");
}

#[test]
fn a_mail_arrives_over_tls_from_the_first_octet() {
    let Some(mut server) = SmtpServer::start(Mode::Tls, false) else {
        return;
    };
    let settings = SmtpSettings {
        login: None,
        ..settings(&server, Security::ImplicitTls)
    };
    let transport = SmtpTransport::new(settings).unwrap();
    transport.send(&mail(1, "budi@uji.example")).unwrap();
    assert_eq!(server.next_mail()["tls"], true);
}

#[test]
fn a_server_whose_certificate_cannot_be_trusted_gets_neither_mail_nor_password() {
    for (mode, security) in [
        (Mode::StartTls, Security::StartTls),
        (Mode::Tls, Security::ImplicitTls),
    ] {
        let Some(server) = SmtpServer::start(mode, false) else {
            return;
        };
        let unknown_root = SmtpSettings {
            extra_roots: None,
            ..settings(&server, security)
        };
        let other_name = SmtpSettings {
            host: "127.0.0.1".to_owned(),
            ..settings(&server, security)
        };
        for settings in [unknown_root, other_name] {
            let result = SmtpTransport::new(settings)
                .unwrap()
                .send(&mail(1, "budi@uji.example"));
            assert!(did_not_go(&result), "{result:?}");
        }
        assert!(server.stop().is_empty());
    }
}

#[test]
fn a_server_without_starttls_gets_neither_mail_nor_password_when_it_is_demanded() {
    let Some(server) = SmtpServer::start(Mode::Plain, false) else {
        return;
    };
    let result = transport(&server, Security::StartTls).send(&mail(1, "budi@uji.example"));
    assert!(did_not_go(&result), "{result:?}");
    assert!(server.stop().is_empty());
}

#[test]
fn a_wrong_password_keeps_the_mails_waiting_instead_of_failing_them() {
    let Some(server) = SmtpServer::start(Mode::StartTls, true) else {
        return;
    };
    let settings = SmtpSettings {
        login: Some(("ams".to_owned(), SecretString::from("salah"))),
        ..settings(&server, Security::StartTls)
    };
    let transport = SmtpTransport::new(settings).unwrap();
    let mails = [mail(1, "budi@uji.example"), mail(2, "tono@uji.example")];
    let mut stored = Vec::new();
    let progress = work(
        mails,
        &transport,
        || NOW,
        |m| {
            stored.push((m.id, m.status));
            Ok::<_, ()>(())
        },
    )
    .unwrap();
    assert_eq!((progress.postponed, progress.failed), (2, 0));
    assert!(progress.no_service.unwrap().as_str().contains("535"));
    assert_eq!(stored.last(), Some(&(MailId([2; 16]), Status::Waiting)));
    let logins = server.stop();
    assert_eq!(
        logins.len(),
        1,
        "the second mail did not try again: {logins:?}"
    );
}

#[test]
fn a_refused_recipient_fails_at_once_and_a_deferred_one_waits() {
    let Some(server) = SmtpServer::start(Mode::StartTls, true) else {
        return;
    };
    let transport = transport(&server, Security::StartTls);
    let mut refused = mail(1, "tolak@uji.example");
    attempt(&mut refused, &transport, NOW).unwrap_err();
    assert_eq!(refused.status, Status::Failed { at: NOW });
    let answer = refused.answer.unwrap();
    assert!(
        answer.as_str().contains("550") && answer.as_str().contains("·[31mtidak dikenal"),
        "{answer}"
    );

    let mut deferred = mail(2, "nanti@uji.example");
    attempt(&mut deferred, &transport, NOW).unwrap_err();
    assert_eq!(deferred.status, Status::Waiting);
    assert!(deferred.next_attempt > NOW);
    assert!(deferred.answer.unwrap().as_str().contains("451"));
    transport.send(&mail(3, "budi@uji.example")).unwrap();
}

#[test]
fn a_mail_whose_answer_was_lost_is_sent_again_under_the_same_message_id() {
    let Some(mut server) = SmtpServer::start(Mode::StartTls, true) else {
        return;
    };
    let transport = transport(&server, Security::StartTls);
    let mut row = mail(7, "putus@uji.example");
    attempt(&mut row, &transport, NOW).unwrap_err();
    assert_eq!(row.status, Status::Waiting);
    let again = row.next_attempt;
    attempt(&mut row, &transport, again).unwrap();
    assert_eq!(row.status, Status::Sent { at: again });
    let ids = [server.next_mail(), server.next_mail()].map(|m| m["message_ids"].clone());
    assert_eq!(ids[0], ids[1]);
}

#[test]
fn a_round_of_mails_goes_over_one_connection() {
    let Some(mut server) = SmtpServer::start(Mode::StartTls, true) else {
        return;
    };
    let transport = transport(&server, Security::StartTls);
    let mails = (0..5).map(|i| mail(i, "budi@uji.example"));
    let progress = work(mails, &transport, || NOW, |_| Ok::<_, ()>(())).unwrap();
    assert_eq!(progress.sent, 5);
    let peers: std::collections::BTreeSet<u64> = (0..5)
        .map(|_| server.next_mail()["peer"].as_u64().unwrap())
        .collect();
    assert_eq!(peers.len(), 1);
}

#[test]
fn a_server_that_says_nothing_is_left_when_the_time_is_over() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let settings = SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port: Some(silent.local_addr().unwrap().port()),
        security: Security::Plain,
        login: None,
        extra_roots: None,
        timeout: Duration::from_millis(200),
        sender: sender(),
    };
    let result = SmtpTransport::new(settings)
        .unwrap()
        .send(&mail(1, "budi@uji.example"));
    assert!(did_not_go(&result), "{result:?}");
}
