//! What a relying party concludes: from the complete CRL, from any complete CRL still in hand and the delta, and from
//! the partition that a certificate names. All are read with another reader than ours, and must say what the database
//! says, after every publication of random histories.

use std::fs;
use std::path::{Path, PathBuf};

use ams::desk::Intent;
use ams::domain::CertificateKey;
use ams::domain::instant::{DAY, HOUR};
use ams::domain::workflow::Act;
use ams::pki::demo_ca::certificate_pem;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::fixture::password_of;
use super::history::{History, List, OWNER, POINTS, REMOVE_FROM_CRL, Step, desk};
use super::office::verify;
use crate::support::peer::Peer;

fn step() -> impl Strategy<Value = Step> {
    let place = 0..20_usize;
    prop_oneof![
        4 => (0..3_usize, any::<bool>(), 0..4_usize)
            .prop_map(|(point, short, why)| Step::Revoke { point, short, why }),
        2 => (0..3_usize).prop_map(|point| Step::Revoke { point, short: false, why: 3 }),
        1 => place.clone().prop_map(Step::RevokeHeld),
        2 => place.clone().prop_map(Step::Release),
        1 => place.prop_map(Step::Compromise),
        1 => (1..4_i64).prop_map(Step::DaysPass),
        1 => (1..20_i64).prop_map(Step::ClockBack),
        1 => (1..25_i64).prop_map(Step::Hours),
        2 => Just(Step::Backup),
        2 => Just(Step::Restore),
    ]
}

/// The same few histories each time, so that a change is judged by itself; AMS_HISTORIES=300 looks at as many new ones.
fn histories() -> ProptestConfig {
    let many = std::env::var("AMS_HISTORIES").ok();
    let many = many.map(|many| many.parse().expect("AMS_HISTORIES is a number"));
    ProptestConfig {
        cases: many.unwrap_or(6),
        rng_seed: many.map_or(RngSeed::Fixed(1), |_| RngSeed::Random),
        max_shrink_iters: 60,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    // Each case is a desk with real letters and passwords.
    #![proptest_config(histories())]

    #[test]
    fn complete_delta_and_partition_always_say_what_the_database_says(
        keep_expired in any::<bool>(),
        rounds in proptest::collection::vec(proptest::collection::vec(step(), 1..4), 4..8),
    ) {
        let mut history = History::begin(keep_expired);
        for round in rounds {
            for step in &round {
                history.act(step);
            }
            history.publish();
            history.agree();
        }
        prop_assert!(history.pairs > 0);
    }
}

#[test]
fn a_released_certificate_is_removed_by_the_delta_and_is_on_no_other_list() {
    let mut history = desk();
    let key = history.certificate(Some(POINTS[0]), 300 * DAY);
    history.decide(&key, "penangguhan");
    history.office.drain();
    history.agree();
    let serial = key.serial.magnitude().to_vec();
    let delta = || List::read(&history.folder().join("delta.crl")).unwrap();
    assert_eq!(delta().entries[&serial].reason, 6);
    let (who, password) = (history.office.who("dua"), password_of("dua"));
    history
        .office
        .desk
        .release_hold(who, &key, &key.serial.last_four(), &password)
        .unwrap();
    history.office.drain();
    assert_eq!(delta().entries[&serial].reason, REMOVE_FROM_CRL);
    history.agree();
}

#[test]
fn a_partition_that_cannot_be_published_keeps_nothing_from_the_complete_list_and_nobody_is_told_before_it_is()
 {
    let mut history = desk();
    let key = history.certificate(Some(POINTS[1]), 300 * DAY);
    let other = history.certificate(None, 300 * DAY);
    // A folder in the place of the file.
    let path = history.folder().join("daerah-2.crl");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    history.decide(&key, "lupa-passphrase");
    history.decide(&other, "lupa-passphrase");
    history.office.drain();
    let (complete, _) = history.complete();
    for listed in [&key, &other] {
        assert!(complete.entries.contains_key(listed.serial.magnitude()));
    }
    let on_crl = |key: &CertificateKey| {
        let certificate = history.office.case_of_certificate(key).certificate;
        certificate.revocation().unwrap().on_crl
    };
    assert!(on_crl(&other).is_some());
    assert_eq!(
        on_crl(&key),
        None,
        "told though its own list does not say so"
    );
    assert!(history.alarms("CrlNotPublished"));
    fs::remove_dir(&path).unwrap();
    history.office.clock.advance(HOUR);
    history.office.drain();
    assert!(on_crl(&key).is_some());
    assert!(!history.alarms("CrlNotPublished"));
    history.agree();
}

#[test]
fn a_partition_that_no_certificate_names_and_periods_that_leave_no_slack_are_refused() {
    let history = desk();
    let office = &history.office;
    let set = |key, value| {
        office
            .desk
            .set_issuer_setting(office.admin(), office.issuer, key, value)
            .map_err(|error| error.to_string())
    };
    let before = office
        .desk
        .issuer_settings(office.admin(), office.issuer)
        .unwrap()
        .values;
    for (key, value, said) in [
        (
            "partitions",
            "http://crl.uji.example/lain.crl",
            "no certificate",
        ),
        ("partitions", "bukan uri", "expected"),
        ("interval_hours", "47", "leaves no valid one"),
        ("validity_hours", "300", "too old when it ends"),
        ("delta_validity_minutes", "61", "leaves no valid one"),
        ("delta_url", "ftp://crl.uji.example/d.crl", "expected"),
        ("warna", "biru", "no such setting"),
    ] {
        let error = set(key, value).unwrap_err();
        assert!(error.contains(said), "{key} = {value}: {error}");
    }
    let after = office
        .desk
        .issuer_settings(office.admin(), office.issuer)
        .unwrap()
        .values;
    let text = |all: &[(&ams::desk::IssuerSetting, String)]| format!("{all:?}");
    assert_eq!(text(&before), text(&after));
    let officer = office.who("satu");
    assert!(
        office
            .desk
            .set_issuer_setting(officer, office.issuer, "interval_hours", "12")
            .is_err(),
        "an officer is no admin"
    );
}

#[test]
fn a_burst_of_revocations_makes_few_crls_and_the_first_at_once() {
    let mut history = desk();
    let desk = history.office.desk.clone();
    let numbers = |history: &History| history.complete().0.number;
    let keys: Vec<_> = (0..12)
        .map(|_| history.certificate(None, 300 * DAY))
        .collect();
    let matched: Vec<_> = keys
        .iter()
        .map(|key| {
            let office = &history.office;
            let id = office.submitted(OWNER, key, &["lupa-passphrase"]);
            office.act("satu", id, Act::Claim, Intent::Claim);
            office.act("satu", id, Act::Verify, verify());
            office.act("satu", id, Act::Match, Intent::Match);
            id
        })
        .collect();
    let before = numbers(&history);
    let workers = desk.start_workers().unwrap();
    for id in matched {
        history.office.revoke("satu", id);
    }
    let listed = |history: &History| {
        let list = history.complete().0;
        keys.iter()
            .filter(|key| list.entries.contains_key(key.serial.magnitude()))
            .count()
    };
    let changes = desk.subscribe();
    while listed(&history) < keys.len() {
        changes
            .recv_timeout(std::time::Duration::from_secs(60))
            .expect("a CRL with all of them");
    }
    workers.stop();
    let made = numbers(&history) - before;
    // Twelve passwords take longer than one publication; one CRL for each would be twelve.
    assert!(
        (1..12).contains(&made),
        "{made} CRLs for {} revocations",
        keys.len()
    );
    history.agree();
}

/// What `openssl verify` says of a certificate at the desk's time with these lists.
fn openssl(folder: &Path, history: &History, lists: &[PathBuf], leaf: &Path) -> Option<bool> {
    let mut pem = String::new();
    for list in lists {
        let mut convert = Peer::OpenSsl.command()?;
        convert.args(["crl", "-inform", "DER", "-in"]).arg(list);
        pem += &String::from_utf8(convert.output().unwrap().stdout).unwrap();
    }
    fs::write(folder.join("lists.pem"), pem).unwrap();
    let now = history.office.desk.now().millis() / 1000 + 1;
    let mut verify = Peer::OpenSsl.command()?;
    verify
        .args([
            "verify",
            "-crl_check",
            "-extended_crl",
            "-use_deltas",
            "-attime",
        ])
        .arg(now.to_string())
        .arg("-CAfile")
        .arg(folder.join("ca.pem"))
        .arg("-CRLfile")
        .arg(folder.join("lists.pem"))
        .arg(leaf);
    let output = verify.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() {
        return Some(true);
    }
    assert!(said.contains("error 23 "), "{said}");
    Some(false)
}

#[test]
fn openssl_decides_by_the_published_complete_list_base_with_delta_and_partition() {
    if Peer::OpenSsl.command().is_none() {
        return;
    }
    let mut history = desk();
    let files = tempfile::tempdir().unwrap();
    let folder = files.path();
    let ca = certificate_pem(history.office.ca.certificate_der());
    fs::write(folder.join("ca.pem"), ca).unwrap();
    let mut leaf = |name: &str| {
        *history.office.point.borrow_mut() = Some(POINTS[0].to_owned());
        let (key, der) = history.office.issue(OWNER, 300 * DAY, |_| {});
        let pem = certificate_pem(&der);
        assert_eq!(history.office.import(pem.as_bytes()).added, 1);
        let path = folder.join(name);
        fs::write(&path, pem).unwrap();
        history.certificates.push((key.clone(), i64::MAX));
        let serial = key.serial.magnitude().to_vec();
        history.points.insert(serial, Some(POINTS[0].to_owned()));
        (key, path)
    };
    let (good, held, gone) = (leaf("good"), leaf("held"), leaf("gone"));
    history.decide(&held.0, "penangguhan");
    history.office.drain();
    let base = List::read(&history.folder().join("delta.crl"))
        .unwrap()
        .base
        .unwrap();
    let complete = PathBuf::from(
        history.office.desk.issuers().unwrap()[0]
            .published_path
            .clone()
            .unwrap(),
    );
    // What somebody fetched while the certificate was suspended.
    let fetched = folder.join("fetched.crl");
    fs::copy(&complete, &fetched).unwrap();
    let (who, password) = (history.office.who("dua"), password_of("dua"));
    history
        .office
        .desk
        .release_hold(who, &held.0, &held.0.serial.last_four(), &password)
        .unwrap();
    history.decide(&gone.0, "berhenti");
    history.office.drain();
    history.agree();
    let delta = history.folder().join("delta.crl");
    assert_eq!(List::read(&delta).unwrap().base, Some(base));
    let partition = history.folder().join("daerah-1.crl");
    let old = [fetched.clone()];
    for (lists, expected) in [
        (&old[..], [true, false, true]),
        (&[complete], [true, true, false]),
        (&[fetched, delta], [true, true, false]),
        (&[partition], [true, true, false]),
    ] {
        for ((_, path), accepted) in [&good, &held, &gone].into_iter().zip(expected) {
            let said = openssl(folder, &history, lists, path);
            assert_eq!(said, Some(accepted), "{path:?} by {lists:?}");
        }
    }
}

#[test]
fn a_desk_that_revokes_every_hour_makes_its_regular_list_all_the_same_and_lets_go_of_what_ended() {
    let mut history = History::begin(false);
    let ended = history.certificate(None, 10 * HOUR);
    history.decide(&ended, "berhenti");
    history.office.drain();
    let serial = ended.serial.magnitude().to_vec();
    assert!(history.complete().0.entries.contains_key(&serial));
    for _ in 0..9 {
        history.office.clock.advance(6 * HOUR);
        let key = history.certificate(None, 300 * DAY);
        history.decide(&key, "lupa-passphrase");
        history.office.drain();
        history.agree();
    }
    assert!(!history.complete().0.entries.contains_key(&serial));
    // What it says of the past is no more than it still has.
    history.office.set("policy.keep_expired", "on");
    history.office.drain();
    let said = history.complete().0.expired_since.unwrap();
    let ended_at = history
        .certificates
        .iter()
        .find(|(key, _)| *key == ended)
        .unwrap()
        .1;
    assert!(
        said * 1000 > ended_at,
        "claims to know of a certificate that it let go of"
    );
}
