//! One decision over many requests: a dry run that changes nothing, rows that are judged one by one, and a batch that was
//! cut off and is given again.

use ams::desk::{
    BatchAct, BatchCount, BatchLine, BatchOutcome, DeskError, Intent, RowDefect, RowRead, read_rows,
};
use ams::domain::instant::HOUR;
use ams::domain::request::FieldChange;
use ams::domain::workflow::Act;
use ams::domain::{CertificateStatus, Item, Refusal, RequestId, State, Zone};

use super::fixture::{Office, password_of};
use super::office::{STAFF, reasons};

type Rows = Vec<RowRead>;

fn rows(csv: &str) -> Rows {
    read_rows(csv.as_bytes(), Zone::Wib).unwrap()
}

/// `number,serial` of these requests, the serial whole.
fn listed(office: &Office, ids: &[RequestId]) -> Rows {
    let lines: Vec<String> = ids
        .iter()
        .map(|id| {
            let request = office.request(*id);
            let number = request.number.unwrap();
            format!("{number},{}\n", request.certificate.serial)
        })
        .collect();
    rows(&format!("number,serial\n{}", lines.concat()))
}

fn preview(office: &Office, who: &str, act: BatchAct, rows: &Rows) -> Vec<BatchLine> {
    office
        .desk
        .batch_preview(office.who(who), act, rows)
        .unwrap()
}

fn apply(
    office: &Office,
    who: &str,
    act: BatchAct,
    rows: &Rows,
    count: usize,
) -> Result<Vec<BatchLine>, DeskError> {
    let mut lines = Vec::new();
    let password = password_of(who);
    office
        .desk
        .batch_apply(office.who(who), act, rows, count, &password, |done| {
            lines.extend_from_slice(done);
        })?;
    Ok(lines)
}

fn outcomes(lines: &[BatchLine]) -> Vec<BatchOutcome> {
    lines.iter().map(|line| line.outcome.clone()).collect()
}

/// Matched without a letter, which is to follow.
fn urgent(office: &Office, officer: &str) -> RequestId {
    let key = office.certificate("rahmi");
    let id = office.draft("rahmi", &key);
    office.act("rahmi", id, Act::Edit, reasons(&["kompromi-kunci"]));
    office.edit("rahmi", id, FieldChange::LetterFollows(true));
    office.act("rahmi", id, Act::SubmitUrgent, Intent::Submit);
    office.act(officer, id, Act::Claim, Intent::Claim);
    let verify = Intent::Verify {
        checked: Item::CHECKLIST.into(),
        accept_missing_letter: true,
    };
    office.act(officer, id, Act::Verify, verify);
    office.act(officer, id, Act::Match, Intent::Match);
    id
}

#[test]
fn every_row_is_judged_by_itself_and_a_dry_run_changes_nothing() {
    let office = Office::open(&STAFF);
    let lapsed = office.matched("dua", "rahmi", &["mutasi"]);
    office.clock.advance(HOUR);
    office.drain();
    let ready = office.matched("satu", "dodi", &["mutasi"]);
    let taken = office.matched("tiga", "dodi", &["mutasi"]);
    let unmatched = office.claimed("satu", "dodi", &["mutasi"]);
    let own = office.submitted("satu", &office.certificate("satu"), &["mutasi"]);
    let free = office.certificate("rahmi");
    let text = |id| {
        let request = office.request(id);
        let serial = &request.certificate.serial;
        (request.number.unwrap().to_string(), serial.clone())
    };
    let by_serial = text(lapsed).1;
    let csv = format!(
        "number,serial\n\
         {},{}\n\
         ,{by_serial}\n\
         {},{}\n\
         {},ffff\n\
         {},{}\n\
         {},{}\n\
         PC-2026-999999,abcd\n\
         ,{}\n\
         kosong,abcd\n",
        text(ready).0,
        text(ready).1.last_four(),
        text(taken).0,
        text(taken).1,
        text(taken).0.replace("PC-", "pc-"),
        text(unmatched).0,
        text(unmatched).1,
        text(own).0,
        text(own).1,
        free.serial,
    );
    // The same request twice is one row too many.
    let rows = rows(&csv);
    let (state, log) = (office.state(), office.log_size());
    let planned = preview(&office, "satu", BatchAct::Revoke, &rows);
    assert_eq!((office.state(), office.log_size()), (state, log));

    let outcome = outcomes(&planned);
    assert_eq!(outcome[0], BatchOutcome::Possible(vec![Act::Revoke]));
    assert_eq!(
        outcome[1],
        BatchOutcome::Possible(vec![Act::Claim, Act::Revoke])
    );
    assert!(matches!(
        outcome[2],
        BatchOutcome::Refused(Refusal::ClaimedByOther { .. })
    ));
    assert_eq!(
        outcome[3],
        BatchOutcome::Broken(RowDefect::Repeated { line: 4 })
    );
    assert!(matches!(
        outcome[4],
        BatchOutcome::Refused(Refusal::StepSkipped { .. })
    ));
    assert_eq!(outcome[5], BatchOutcome::Refused(Refusal::OwnCertificate));
    assert_eq!(outcome[6], BatchOutcome::Refused(Refusal::NotFound));
    assert_eq!(outcome[7], BatchOutcome::Broken(RowDefect::NoRequest));
    assert_eq!(outcome[8], BatchOutcome::Broken(RowDefect::NumberForm));
    let count = BatchCount::of(&planned);
    assert_eq!(
        (count.possible, count.refused, count.broken),
        (2, 4, 3),
        "{count:?}"
    );

    // Another count than the dry run's does nothing at all.
    let state = office.state();
    let refused = apply(&office, "satu", BatchAct::Revoke, &rows, 3);
    assert!(matches!(
        refused,
        Err(DeskError::Refused(Refusal::BatchCount { count: 2 }))
    ));
    assert_eq!(office.state(), state);

    let log = office.log_size();
    let lines = apply(&office, "satu", BatchAct::Revoke, &rows, 2).unwrap();
    assert_eq!(lines.len(), 9);
    assert_eq!(BatchCount::of(&lines).done, 2);
    assert_eq!(office.request(lapsed).state, State::Dicabut);
    assert_eq!(office.request(taken).state, State::DnCocok);
    let logged = office.log_since(log);
    let refusals = logged.iter().filter(|e| e.action == "DITOLAK_ATURAN");
    assert_eq!(refusals.count(), 4, "{logged:?}");
    assert_eq!(
        logged.iter().filter(|e| e.action == "DICABUT").count(),
        2,
        "{logged:?}"
    );

    // Given again: nothing is done twice, and the count is the same.
    let again = apply(&office, "satu", BatchAct::Revoke, &rows, 2).unwrap();
    assert_eq!(
        outcomes(&again)[..2],
        [BatchOutcome::Already, BatchOutcome::Already]
    );
    office.drain();
    office.checks_out();
}

#[test]
fn the_digits_of_a_row_must_be_those_of_the_certificate() {
    let office = Office::open(&STAFF);
    let id = office.matched("satu", "rahmi", &["mutasi"]);
    let number = office.request(id).number.unwrap();
    let rows = rows(&format!("number,serial\n{number},ffff\n"));
    let lines = apply(&office, "satu", BatchAct::Revoke, &rows, 0).unwrap();
    assert_eq!(
        outcomes(&lines),
        [BatchOutcome::Refused(Refusal::LastFourWrong)]
    );
    assert_eq!(office.request(id).state, State::DnCocok);
}

#[test]
fn under_four_eyes_a_batch_waits_for_a_second_officers_batch() {
    let office = Office::open(&STAFF);
    let ids = [
        office.matched("satu", "rahmi", &["mutasi"]),
        office.matched("satu", "dodi", &["berhenti"]),
    ];
    office.set("policy.four_eyes", "always");
    let rows = listed(&office, &ids);
    let planned = preview(&office, "satu", BatchAct::Revoke, &rows);
    for outcome in outcomes(&planned) {
        assert_eq!(outcome, BatchOutcome::Refused(Refusal::ApprovalNeeded));
    }
    for outcome in outcomes(&preview(&office, "satu", BatchAct::Approve, &rows)) {
        assert_eq!(outcome, BatchOutcome::Refused(Refusal::NotIndependent));
    }
    let approved = apply(&office, "dua", BatchAct::Approve, &rows, 2).unwrap();
    assert_eq!(BatchCount::of(&approved).done, 2);
    let again = preview(&office, "dua", BatchAct::Approve, &rows);
    assert_eq!(BatchCount::of(&again).already, 2);
    let revoked = apply(&office, "satu", BatchAct::Revoke, &rows, 2).unwrap();
    assert_eq!(BatchCount::of(&revoked).done, 2);
    office.drain();
    office.checks_out();
}

#[test]
fn a_row_may_defer_its_revocation() {
    let office = Office::open(&STAFF);
    let later = office.matched("satu", "rahmi", &["mutasi"]);
    let lost = office.matched("satu", "dodi", &["kehilangan"]);
    let row = |id| {
        let request = office.request(id);
        let serial = request.certificate.serial.clone();
        format!("{},{serial},2026-12-01\n", request.number.unwrap())
    };
    let rows = rows(&format!(
        "number,serial,effective\n{}{}",
        row(later),
        row(lost)
    ));
    let lines = apply(&office, "satu", BatchAct::Revoke, &rows, 1).unwrap();
    assert_eq!(
        outcomes(&lines),
        [
            BatchOutcome::Done(vec![Act::Schedule]),
            BatchOutcome::Refused(Refusal::DeferralForbidden)
        ]
    );
    assert_eq!(office.request(later).state, State::Terjadwal);
    let again = preview(&office, "satu", BatchAct::Revoke, &rows);
    assert_eq!(again[0].outcome, BatchOutcome::Already);
}

#[test]
fn a_batch_that_was_cut_off_is_given_again_and_makes_few_crls() {
    let office = Office::open(&STAFF);
    let ids: Vec<RequestId> = (0..60).map(|_| urgent(&office, "satu")).collect();
    let rows = listed(&office, &ids);
    // As after a kill between two transactions.
    let half = rows[..20].to_vec();
    apply(&office, "satu", BatchAct::Revoke, &half, 20).unwrap();
    let lines = apply(&office, "satu", BatchAct::Revoke, &rows, 60).unwrap();
    let count = BatchCount::of(&lines);
    assert_eq!((count.already, count.done), (20, 40));
    office.drain();
    for id in &ids {
        let key = office.request(*id).certificate;
        let certificate = office.case_of_certificate(&key).certificate;
        assert_eq!(
            certificate.status(office.desk.now()),
            CertificateStatus::Revoked
        );
        assert!(certificate.revocation().unwrap().on_crl.is_some());
    }
    let crls = office.desk.crls(office.admin(), None, 100).unwrap();
    assert!(crls.rows.len() <= 4, "{} CRLs", crls.rows.len());
    office.checks_out();
}
