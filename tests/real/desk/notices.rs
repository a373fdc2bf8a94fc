//! Mails that nobody's act sends at once, and refusals that come in swarms: what is told and logged, and how often.

use ams::desk::{Alarm, MailRow};
use ams::domain::Role;
use ams::domain::instant::DAY;

use super::fixture::{MINUTE, Office, password_of};
use super::office::STAFF;

fn mails(office: &Office, kind: &str) -> Vec<MailRow> {
    let page = office.desk.mails(office.who("satu"), None, 500).unwrap();
    page.rows.into_iter().filter(|m| m.kind == kind).collect()
}

#[test]
fn a_grant_that_waits_stands_among_the_alarms_until_it_is_in_effect_also_over_a_new_start() {
    let mut office = Office::open(&STAFF);
    let waiting = |office: &Office| {
        let mut names = Vec::new();
        for alarm in office.desk.alarms().unwrap() {
            if let Alarm::GrantPending {
                username,
                effective_at,
            } = alarm
            {
                names.push((username, effective_at));
            }
        }
        names
    };
    assert_eq!(waiting(&office), []);
    let in_effect = office.desk.now().plus(DAY);
    office.grant("dodi", &[Role::Pemohon, Role::Op]).unwrap();
    let dodi = || ("dodi".to_owned(), in_effect);
    assert_eq!(waiting(&office), [dodi()]);
    office.reopen(|_, _| {});
    assert_eq!(waiting(&office), [dodi()]);
    office.clock.advance(DAY + MINUTE);
    office.drain();
    assert_eq!(waiting(&office), []);
    office.checks_out();
}

#[test]
fn the_end_of_a_suspension_is_told_once_and_only_when_a_crl_without_it_is_out() {
    let office = Office::open(&STAFF);
    office.set("policy.allow_hold", "on");
    let id = office.told("satu", "dodi", &["penangguhan"]);
    let key = office.request(id).certificate;
    let last_four = key.serial.last_four();
    office
        .desk
        .release_hold(office.who("dua"), &key, &last_four, &password_of("dua"))
        .unwrap();
    assert!(mails(&office, "reinstated").is_empty());
    office.drain();
    office.days_pass(2);
    office.drain();
    let told = mails(&office, "reinstated");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].status, "sent");
    let mail = office
        .desk
        .mail(office.who("satu"), told[0].id)
        .unwrap()
        .body;
    let issued = office.desk.issuers().unwrap()[0].last_number.unwrap();
    let named = mail.lines().find(|l| l.contains("Nomor CRL")).unwrap();
    let number: u64 = named.rsplit(' ').next().unwrap().parse().unwrap();
    assert!(number > 0 && number <= issued.to_string().parse().unwrap());
    office.checks_out();
}

#[test]
fn an_owner_is_reminded_of_a_letter_that_is_overdue_and_only_once() {
    let office = Office::open(&STAFF);
    let key = office.certificate("rahmi");
    let id = office.urgent("rahmi", &key);
    office.drain();
    assert!(mails(&office, "letter_overdue").is_empty());
    for _ in 0..3 {
        office.days_pass(10);
        office.drain();
    }
    let reminders = mails(&office, "letter_overdue");
    assert_eq!(reminders.len(), 1);
    assert_eq!(reminders[0].request, office.request(id).number);
    office.checks_out();
}

#[test]
fn a_screen_that_asks_again_and_again_for_what_it_may_not_see_leaves_two_entries_a_minute() {
    let office = Office::open(&STAFF);
    let before = office.log_size();
    for _ in 0..50 {
        assert!(office.desk.mails(office.who("rahmi"), None, 10).is_err());
    }
    let refused = |office: &Office| {
        let rows = office.log_since(before);
        rows.iter().filter(|r| r.action == "DITOLAK_ATURAN").count()
    };
    assert_eq!(refused(&office), 1);
    assert!(
        office
            .desk
            .accounts(office.who("rahmi"), "", None, 10)
            .is_err()
    );
    assert_eq!(refused(&office), 2);
    office.clock.advance(2 * MINUTE);
    office.drain();
    assert_eq!(refused(&office), 3);
    assert!(office.desk.mails(office.who("rahmi"), None, 10).is_err());
    assert_eq!(refused(&office), 4);
    office.checks_out();
}
