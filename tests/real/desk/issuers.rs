//! Several issuers in one desk: two of the same name, one that expired before it came, one that expires meanwhile; a key
//! that keeps everybody waiting, and lists that were signed and never came to stand.

use ams::desk::{Alarm, DeskError, IssuerView, KeyState, NewIssuer};
use ams::domain::instant::{DAY, HOUR};
use ams::domain::{CertificateKey, IssuerId, Language, Serial, Zone};
use ams::pki::crl_issuer::CrlIssuer;
use ams::pki::crl_read::CrlReader;
use ams::pki::demo_ca::{ClearKey, DemoCa, DemoCertificate, DemoSubject, certificate_pem};
use ams::tui::errors;
use ams::tui::format::Format;
use ams::tui::i18n::Texts;

use super::fixture::{Office, SECOND};
use super::office::STAFF;
use crate::support::process::Seen;

const TEN_YEARS: i64 = 3652 * DAY;

fn ca(office: &Office, name: &str, age: i64) -> (DemoCa, ClearKey) {
    let subject = DemoSubject {
        country: "ID".to_owned(),
        organization: "Meja Pencabutan UJI".to_owned(),
        common_name: name.to_owned(),
        ..DemoSubject::default()
    };
    let serial = Serial::parse("0a0b").unwrap();
    DemoCa::create(&subject, &serial, office.desk.now().plus(-age)).unwrap()
}

fn add(office: &Office, ca: &DemoCa, key: Option<&[u8]>) -> Result<IssuerView, DeskError> {
    office.desk.add_issuer(
        office.admin(),
        &NewIssuer {
            certificate: ca.certificate_der(),
            key,
            token: None,
            passphrase: None,
            label: None,
        },
    )
}

fn view(office: &Office, id: IssuerId) -> IssuerView {
    let issuers = office.desk.issuers().unwrap();
    issuers.into_iter().find(|view| view.id == id).unwrap()
}

/// A refusal in both languages.
fn said(error: &DeskError) -> [String; 2] {
    [Language::Id, Language::En].map(|language| {
        let format = Format {
            texts: Texts::new(language),
            zone: Zone::Wib,
        };
        errors::say(format, &|id| id.to_string(), error).0
    })
}

fn ca_expired_alarms(office: &Office) -> usize {
    let alarms = office.desk.alarms().unwrap();
    let expired = |alarm: &&Alarm| matches!(alarm, Alarm::CaExpired { .. });
    alarms.iter().filter(expired).count()
}

#[test]
fn two_cas_of_the_same_name_each_sign_their_own_list_and_the_key_identifier_tells_whose_a_certificate_is()
 {
    let office = Office::open(&[]);
    // The same subject as the office's own CA, octet for octet, and another key.
    let (twin, key) = ca(&office, "AMS UJI CA Meja", 40 * DAY);
    let added = add(&office, &twin, Some(&key)).unwrap();
    assert_ne!(added.id, office.issuer);
    assert_eq!(added.name, view(&office, office.issuer).name);

    let now = office.desk.now();
    let serial = Serial::parse("7777").unwrap();
    let of_twin = twin
        .issue(&DemoCertificate {
            subject: DemoSubject {
                common_name: "Kepala Meja UJI".to_owned(),
                uid: office
                    .desk
                    .account(office.admin(), office.id("kepala"))
                    .unwrap()
                    .account
                    .nip
                    .unwrap()
                    .to_string(),
                ..DemoSubject::default()
            },
            serial: serial.clone(),
            not_before: now.plus(-DAY),
            not_after: now.plus(90 * DAY),
            crl_uri: None,
        })
        .unwrap();
    let report = office.import(certificate_pem(&of_twin).as_bytes());
    assert_eq!((report.added, report.refusals()), (1, 0), "{report:?}");
    let key_of = |issuer| CertificateKey {
        issuer,
        serial: serial.clone(),
    };
    let found = |issuer| office.desk.certificate(office.admin(), &key_of(issuer));
    assert!(found(added.id).is_ok());
    assert!(found(office.issuer).is_err());

    office.drain();
    let paths = [office.issuer, added.id].map(|id| view(&office, id).published_path.unwrap());
    assert_ne!(paths[0], paths[1]);
    let issuers =
        [&office.ca, &twin].map(|ca| CrlIssuer::from_certificate(ca.certificate_der()).unwrap());
    for (path, own) in paths.iter().zip([0, 1]) {
        let file = std::fs::read(path).unwrap();
        let tail = CrlReader::open(&file).unwrap().finish().unwrap();
        assert_eq!(tail.verify(&file, &issuers[own]).unwrap(), Ok(()));
        assert!(tail.verify(&file, &issuers[1 - own]).unwrap().is_err());
    }
    office.checks_out();
}

#[test]
fn an_expired_ca_is_taken_in_for_its_history_signs_nothing_and_says_so() {
    let office = Office::open(&[]);
    let (old, key) = ca(&office, "OSD UJI Kelas 2", TEN_YEARS + 100 * DAY);
    let added = add(&office, &old, None).unwrap();
    assert_eq!(added.key, KeyState::Expired);
    assert!(added.history_only);
    assert_eq!(ca_expired_alarms(&office), 0, "it came expired: no news");

    let refused = office.desk.issue_crl(office.admin(), Some(added.id));
    let error = refused.unwrap_err();
    let [id, en] = said(&error);
    assert!(id.contains("OSD UJI Kelas 2 kedaluwarsa"), "{id}");
    assert!(en.contains("OSD UJI Kelas 2 expired"), "{en}");

    // The other one is not kept from anything, and nothing waits for the old one.
    office.drain();
    office.clock.advance(2 * SECOND);
    let rows = office.desk.issue_crl(office.admin(), None).unwrap();
    assert!(!rows.is_empty() && rows.iter().all(|row| row.issuer == office.issuer));
    office.drain();
    assert_eq!(office.desk.due_tasks().unwrap(), 0);

    // With its key it is the same, but that is worth an alarm: somebody expects lists of it.
    let added = add(&office, &old, Some(&key)).unwrap();
    assert_eq!((added.key, added.history_only), (KeyState::Expired, false));
    assert_eq!(ca_expired_alarms(&office), 1);
    assert!(
        office
            .desk
            .issue_crl(office.admin(), Some(added.id))
            .is_err()
    );
    office.checks_out();
}

#[test]
fn a_ca_that_expires_while_the_desk_runs_stops_signing_and_still_shows_its_history() {
    let office = Office::open(&[]);
    let (ending, key) = ca(&office, "AMS UJI CA Berakhir", TEN_YEARS - 2 * DAY);
    let added = add(&office, &ending, Some(&key)).unwrap();
    assert_eq!(added.key, KeyState::Open);
    office.drain();
    let before = view(&office, added.id);
    // Nothing is promised beyond the CA's own end.
    assert!(before.next_update.unwrap() <= added.not_after);

    office.days_pass(4);
    office.drain();
    let after = view(&office, added.id);
    assert_eq!(after.key, KeyState::Expired);
    assert_eq!(after.last_number, before.last_number);
    assert_eq!(ca_expired_alarms(&office), 1);
    let refused = office.desk.issue_crl(office.admin(), Some(added.id));
    assert!(matches!(
        refused,
        Err(DeskError::CaExpired { not_after, .. }) if not_after == added.not_after
    ));

    let page = office.desk.crls(office.admin(), None, 100).unwrap();
    let of_it = |row: &&ams::desk::CrlRow| row.issuer == added.id;
    let history: Vec<_> = page.rows.iter().filter(of_it).collect();
    assert!(!history.is_empty());
    assert!(std::fs::metadata(&history[0].path).is_ok());
    // The other CA went on.
    let other = view(&office, office.issuer);
    assert!(other.next_update.unwrap() > office.desk.now());
    assert_eq!(office.desk.due_tasks().unwrap(), 0);
    office.checks_out();
}

#[test]
fn the_end_of_a_signing_process_is_an_alarm_until_it_signs_again() {
    let office = Office::open(&[]);
    office.drain();
    let numbers = format!("{}.numbers", office.issuer);
    let all = Seen::of_desk(std::process::id());
    // Other tests' desks run in this very process: the one meant has this issuer's numbers open.
    let of_office = |child: &Seen| {
        child
            .descriptors()
            .iter()
            .any(|(_, to)| to.ends_with(&numbers))
    };
    let child = all.into_iter().find(of_office).expect("it has signed");
    let ended = |office: &Office| {
        let alarms = office.desk.alarms().unwrap();
        let ended = |alarm: &Alarm| matches!(alarm, Alarm::SignerEnded { locked: false, .. });
        alarms.iter().any(ended)
    };
    assert!(!ended(&office));
    let before = office.desk.last_signed(office.issuer).unwrap();
    let changes = office.desk.subscribe();
    child.kill();
    changes.recv().expect("everybody is told");
    assert!(ended(&office));
    assert_eq!(
        view(&office, office.issuer).key,
        KeyState::Open,
        "a sealed key needs nobody"
    );

    office.clock.advance(2 * SECOND);
    office
        .desk
        .issue_crl(office.admin(), Some(office.issuer))
        .unwrap();
    assert!(!ended(&office));
    let after = office.desk.last_signed(office.issuer).unwrap();
    assert!(after > before && before.is_some(), "{before:?} {after:?}");
}

#[test]
fn while_a_signing_process_does_not_get_going_the_screens_are_answered() {
    let office = Office::open(&[]);
    office.drain();
    let (desk, admin, issuer) = (&office.desk, office.admin(), office.issuer);
    let name = format!("{issuer}.numbers");
    let numbers = |child: &Seen| {
        let to = std::fs::read_link(format!("/proc/{}/fd/1", child.0)).ok()?;
        to.ends_with(&name).then_some(to)
    };
    let signing = || {
        let all = Seen::of_desk(std::process::id()).into_iter();
        all.filter_map(|child| Some((child, numbers(&child)?)))
            .next()
    };
    let (child, path) = signing().expect("it has signed");
    let changes = desk.subscribe();
    child.kill();
    changes.recv().expect("everybody is told");
    office.clock.advance(2 * SECOND);
    // The next process waits for the file of numbers before it takes the key, as it would for a token.
    let file = std::fs::File::open(path).unwrap();
    rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let issued = std::thread::scope(|threads| {
        let issuing = threads.spawn(|| desk.issue_crl(admin, Some(issuer)));
        while signing().is_none() {
            std::thread::yield_now();
        }
        // Whoever waited here would wait until the process is given up, and nothing would be issued.
        assert_eq!(desk.issuers().unwrap()[0].key, KeyState::Open);
        desk.alarms().unwrap();
        drop(file);
        issuing.join().unwrap()
    });
    issued.unwrap();
}

#[test]
fn a_list_signed_by_a_clock_that_was_ahead_and_never_published_keeps_no_revocation_back() {
    let office = Office::open(&STAFF);
    office.drain();
    let issue = || office.desk.issue_crl(office.admin(), Some(office.issuer));
    let published = view(&office, office.issuer).published_path.unwrap();
    let published = std::path::Path::new(&published);
    let folder = published.parent().unwrap();
    let away = folder.with_extension("away");
    // Something in its place takes no file, whoever writes.
    std::fs::rename(folder, &away).unwrap();
    std::os::unix::fs::symlink("/proc", folder).unwrap();
    office.clock.advance(20 * HOUR);
    let ahead = office.desk.now().whole_second();
    let refused = issue().unwrap_err();
    assert!(matches!(refused, DeskError::Publish(_)), "{refused:?}");
    let signed = office.desk.last_signed(office.issuer).unwrap();
    assert!(signed > view(&office, office.issuer).last_number);

    std::fs::remove_file(folder).unwrap();
    std::fs::rename(&away, folder).unwrap();
    office.clock.advance(-20 * HOUR);
    let id = office.matched("satu", "dodi", &["lupa-passphrase"]);
    office.revoke("satu", id);
    office.drain();
    let after = view(&office, office.issuer);
    assert_eq!(after.this_update, Some(ahead.plus(SECOND)));
    assert!(after.last_number > signed);
    assert_eq!(after.entries, 1);

    // Where the file is gone, the list before is known all the same.
    std::fs::remove_file(published).unwrap();
    let rows = issue().unwrap();
    assert_eq!(rows[0].this_update, ahead.plus(2 * SECOND));
    office.checks_out();
}
