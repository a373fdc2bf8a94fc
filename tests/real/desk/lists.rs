//! What a relying party concludes: from the complete CRL, from any complete CRL still in hand and the delta, and from
//! the partition that a certificate names. All are read with another reader than ours, and must say what the database
//! says, after every publication of random histories.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ams::desk::Intent;
use ams::domain::instant::{DAY, HOUR};
use ams::domain::workflow::Act;
use ams::domain::{CertificateKey, Standing, Timestamp};
use ams::pki::demo_ca::certificate_pem;
use proptest::prelude::*;
use x509_parser::prelude::{FromDer, ParsedExtension};
use x509_parser::revocation_list::CertificateRevocationList;

use super::fixture::{Office, password_of};
use super::office::{STAFF, verify};
use crate::support::peer::Peer;

const REMOVE_FROM_CRL: u8 = 8;
pub(super) const POINTS: [&str; 2] = [
    "http://crl.uji.example/daerah-1.crl",
    "http://crl.uji.example/daerah-2.crl",
];
const DELTA: &str = "http://crl.uji.example/delta.crl";

/// What a list says of one certificate: since when, why, and since when it is not to be trusted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Said {
    pub date: i64,
    pub reason: u8,
    pub invalidity: Option<i64>,
}

/// A CRL as x509-parser reads it.
#[derive(Debug)]
pub(super) struct List {
    pub number: u64,
    pub this_update: i64,
    pub next_update: i64,
    base: Option<u64>,
    point: Option<String>,
    /// expiredCertsOnCRL.
    expired_since: Option<i64>,
    /// It names a delta CRL (freshestCRL).
    has_delta: bool,
    pub entries: BTreeMap<Vec<u8>, Said>,
}

impl List {
    pub fn read(path: &Path) -> Option<Self> {
        let der = fs::read(path).ok()?;
        let (rest, crl) = CertificateRevocationList::from_der(&der).unwrap();
        assert!(rest.is_empty());
        let mut base = None;
        let mut point = None;
        let mut expired_since = None;
        let mut has_delta = false;
        for extension in crl.extensions() {
            match extension.parsed_extension() {
                ParsedExtension::IssuingDistributionPoint(idp) => {
                    assert!(extension.critical);
                    let text = format!("{:?}", idp.distribution_point);
                    point = POINTS
                        .iter()
                        .find(|uri| text.contains(**uri))
                        .map(|p| (*p).into());
                    assert!(point.is_some(), "{text}");
                }
                _ if extension.oid.to_id_string() == "2.5.29.60" => {
                    let text = std::str::from_utf8(&extension.value[2..]).unwrap();
                    let time = [&text[..4], "-", &text[4..6], "-", &text[6..8]].concat();
                    let clock = [&text[8..10], ":", &text[10..12], ":", &text[12..14]].concat();
                    let time = Timestamp::parse_rfc3339(&format!("{time}T{clock}Z")).unwrap();
                    expired_since = Some(time.millis() / 1000);
                }
                _ if extension.oid.to_id_string() == "2.5.29.46" => has_delta = true,
                _ if extension.oid.to_id_string() == "2.5.29.27" => {
                    assert!(extension.critical);
                    let octets = &extension.value[2..];
                    base = Some(octets.iter().fold(0, |n, octet| n << 8 | u64::from(*octet)));
                }
                _ => {}
            }
        }
        let entries = crl
            .iter_revoked_certificates()
            .map(|entry| {
                let said = Said {
                    date: entry.revocation_date.timestamp(),
                    reason: entry.reason_code().map_or(0, |(_, code)| code.0),
                    invalidity: entry.invalidity_date().map(|(_, date)| date.timestamp()),
                };
                (entry.user_certificate.to_bytes_be(), said)
            })
            .collect();
        let number = crl.crl_number().unwrap().to_u64_digits();
        Some(Self {
            number: number.first().copied().unwrap_or_default(),
            this_update: crl.last_update().timestamp(),
            next_update: crl.next_update().unwrap().timestamp(),
            base,
            point,
            expired_since,
            has_delta,
            entries,
        })
    }

    /// What one who holds this list concludes with the delta (RFC 5280 §5.2.4).
    fn with(&self, delta: &Self) -> BTreeMap<Vec<u8>, Said> {
        let mut entries = self.entries.clone();
        for (serial, said) in &delta.entries {
            if said.reason == REMOVE_FROM_CRL {
                entries.remove(serial);
            } else {
                entries.insert(serial.clone(), said.clone());
            }
        }
        entries
    }
}

/// Applicants; each certificate has its own, since nobody has two open requests.
const OWNER: &str = "dodi";

pub(super) struct History {
    pub office: Office,
    /// Each with its end.
    pub certificates: Vec<(CertificateKey, i64)>,
    /// The distribution points that they name, by serial.
    pub points: BTreeMap<Vec<u8>, Option<String>>,
    keep_expired: bool,
    /// Pairs of complete CRL and delta that were looked at.
    pairs: usize,
    pub backup: Option<Vec<u8>>,
    /// What stood, or was to stand, on the list when a backup was brought back, of certificates that it did not know.
    pub adopted: BTreeMap<Vec<u8>, Said>,
    /// Number and octets of every complete CRL that was out.
    pub out: BTreeMap<u64, Vec<u8>>,
}

impl History {
    pub fn begin(keep_expired: bool) -> Self {
        let office = Office::open(&STAFF);
        office.set("policy.allow_hold", "on");
        office.set(
            "policy.keep_expired",
            if keep_expired { "on" } else { "off" },
        );
        let mut this = Self {
            office,
            certificates: Vec::new(),
            points: BTreeMap::new(),
            keep_expired,
            pairs: 0,
            backup: None,
            adopted: BTreeMap::new(),
            out: BTreeMap::new(),
        };
        // A point must be named before it can have a list.
        for point in POINTS {
            this.certificate(Some(point), 300 * DAY);
        }
        this.set("partitions", &POINTS.join(" "));
        this.set("delta_url", DELTA);
        this.office.drain();
        this
    }

    fn set(&self, key: &str, value: &str) {
        let office = &self.office;
        office
            .desk
            .set_issuer_setting(office.admin(), office.issuer, key, value)
            .unwrap();
    }

    pub fn certificate(&mut self, point: Option<&str>, ends_in: i64) -> CertificateKey {
        *self.office.point.borrow_mut() = point.map(str::to_owned);
        let key = self.office.certificate_with(OWNER, ends_in, |_| {});
        let end = self.office.desk.now().millis() + ends_in;
        let serial = key.serial.magnitude().to_vec();
        self.points.insert(serial, point.map(str::to_owned));
        self.certificates.push((key.clone(), end));
        key
    }

    pub fn decide(&self, key: &CertificateKey, why: &str) {
        let office = &self.office;
        let id = office.submitted(OWNER, key, &[why]);
        office.act("satu", id, Act::Claim, Intent::Claim);
        office.act("satu", id, Act::Verify, verify());
        office.act("satu", id, Act::Match, Intent::Match);
        office.revoke("satu", id);
    }

    /// One of the certificates that stand as asked, where there is one.
    fn one(&self, place: usize, fits: impl Fn(&Standing) -> bool) -> Option<CertificateKey> {
        let now = self.office.desk.now().millis();
        let fitting: Vec<_> = self
            .certificates
            .iter()
            .filter(|(_, end)| now + HOUR < *end)
            .map(|(key, _)| key)
            .filter(|key| self.stored(key).is_some())
            .filter(|key| fits(&self.office.case_of_certificate(key).certificate.standing))
            .collect();
        (!fitting.is_empty()).then(|| fitting[place % fitting.len()].clone())
    }

    pub fn act(&mut self, act: &Step) {
        match *act {
            Step::Revoke { point, short, why } => {
                let ends_in = if short { DAY } else { 300 * DAY };
                let key = self.certificate(POINTS.get(point).copied(), ends_in);
                self.decide(&key, WHY[why % WHY.len()]);
            }
            Step::RevokeHeld(place) => {
                if let Some(key) = self.one(place, |s| matches!(s, Standing::Held(_))) {
                    self.decide(&key, WHY[place % (WHY.len() - 1)]);
                }
            }
            Step::Release(place) => {
                if let Some(key) = self.one(
                    place,
                    |s| matches!(s, Standing::Held(r) if r.on_crl.is_some()),
                ) {
                    let (who, password) = (self.office.who("dua"), password_of("dua"));
                    let last_four = key.serial.last_four();
                    self.office
                        .desk
                        .release_hold(who, &key, &last_four, &password)
                        .unwrap();
                }
            }
            Step::Compromise(place) => {
                let changeable = |standing: &Standing| {
                    matches!(standing, Standing::Revoked(r)
                        if r.reason != ams::domain::ReasonCode::KeyCompromise)
                };
                if let Some(key) = self.one(place, changeable) {
                    self.decide(&key, "kompromi-kunci");
                }
            }
            Step::DaysPass(days) => self.office.days_pass(days),
            Step::ClockBack(hours) => self.office.clock.advance(-hours * HOUR),
            Step::Hours(hours) => self.office.clock.advance(hours * HOUR),
            Step::Backup => self.back_up(),
            Step::Restore => self.restore(),
        }
    }

    /// Publishes what is due. A clock that is doubted after nights without anybody is looked at first.
    pub fn publish(&self) {
        self.office.drain();
        if !self.alarms("ClockJumped") {
            return;
        }
        self.office.desk.confirm_clock(self.office.admin()).unwrap();
        self.office.drain();
    }

    fn alarms(&self, name: &str) -> bool {
        format!("{:?}", self.office.desk.alarms().unwrap()).contains(name)
    }

    fn folder(&self) -> PathBuf {
        self.office.desk.folder().crl()
    }

    pub fn complete_path(&self) -> PathBuf {
        let issuers = self.office.desk.issuers().unwrap();
        PathBuf::from(issuers[0].published_path.clone().unwrap())
    }

    /// The complete CRL and all copies of earlier ones.
    pub fn complete(&self) -> (List, Vec<List>) {
        let path = self.complete_path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned() + ".";
        let history = fs::read_dir(self.office.desk.folder().crl_history()).unwrap();
        let copies = history
            .map(|item| item.unwrap().path())
            .filter(|path| {
                path.file_name()
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .starts_with(&stem)
            })
            .map(|path| List::read(&path).unwrap())
            .collect();
        (List::read(&path).unwrap(), copies)
    }

    /// What the database says of a certificate; the outer `None` where it does not know it.
    pub fn stored(&self, key: &CertificateKey) -> Option<Option<Said>> {
        let view = self
            .office
            .desk
            .certificate(self.office.admin(), key)
            .ok()?;
        let revocation = view.certificate.revocation();
        Some(revocation.map(|revocation| Said {
            date: revocation.date.millis() / 1000,
            reason: revocation.reason.code().unwrap_or(0),
            invalidity: revocation.invalidity_date.map(|date| date.millis() / 1000),
        }))
    }

    /// Everything published agrees with everything else and with the database.
    pub fn agree(&mut self) {
        let (complete, copies) = self.complete();
        assert_eq!((complete.base, &complete.point), (None, &None));
        self.rises(&complete);
        for (key, end) in &self.certificates {
            let serial = key.serial.magnitude().to_vec();
            let listed = complete.entries.get(&serial);
            let said = match self.stored(key) {
                Some(stored) => stored,
                None => self.adopted.get(&serial).cloned(),
            };
            // Only what ended before a list may be missing on it.
            let gone = !self.keep_expired && end / 1000 < complete.this_update && listed.is_none();
            if !gone {
                assert_eq!(
                    listed,
                    said.as_ref(),
                    "{key:?}, {:?}",
                    self.office.desk.alarms()
                );
            }
        }
        let known = |serial: &Vec<u8>| self.points.contains_key(serial);
        assert!(complete.entries.keys().all(known));

        for point in POINTS {
            let path = self.folder().join(point.rsplit('/').next().unwrap());
            let list = List::read(&path).unwrap();
            assert_eq!(list.point.as_deref(), Some(point));
            let mut expected = complete.entries.clone();
            expected.retain(|serial, _| self.points[serial].as_deref() == Some(point));
            assert_eq!(
                list.entries,
                expected,
                "{point}, {:?}",
                self.office.desk.alarms()
            );
        }

        let delta = List::read(&self.folder().join("delta.crl"));
        let Some(delta) = delta.filter(|_| complete.has_delta) else {
            return;
        };
        let base = delta.base.unwrap();
        // One made by itself, by schedule, has a number of its own.
        assert!((delta.number, delta.this_update) >= (complete.number, complete.this_update));
        assert!(delta.number != complete.number || delta.this_update == complete.this_update);
        let in_hand: Vec<_> = copies
            .iter()
            .filter(|list| base <= list.number && list.number <= delta.number)
            .collect();
        assert!(
            in_hand.iter().any(|list| list.number == base),
            "the base {base} is gone"
        );
        for list in in_hand {
            let concluded = list.with(&delta);
            assert_eq!(
                concluded, complete.entries,
                "{} and {}",
                list.number, delta.number
            );
            self.pairs += 1;
        }
    }
}

const WHY: [&str; 4] = ["lupa-passphrase", "berhenti", "lainnya", "penangguhan"];

#[derive(Clone, Debug)]
pub(super) enum Step {
    Revoke {
        point: usize,
        short: bool,
        why: usize,
    },
    RevokeHeld(usize),
    Release(usize),
    Compromise(usize),
    DaysPass(i64),
    ClockBack(i64),
    Hours(i64),
    Backup,
    Restore,
}

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
        1 => Just(Step::Backup),
        1 => Just(Step::Restore),
    ]
}

proptest! {
    // Each case is a desk with real letters and passwords; AMS_HISTORIES=100 runs it long.
    #![proptest_config(ProptestConfig {
        cases: std::env::var("AMS_HISTORIES").ok().and_then(|n| n.parse().ok()).unwrap_or(4),
        max_shrink_iters: 12,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

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

/// A desk where one officer is enough, with a certificate that names a point of its own.
fn desk() -> History {
    History::begin(true)
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
fn a_clock_that_jumped_signs_nothing_until_somebody_says_that_it_is_right() {
    let mut history = desk();
    let key = history.certificate(None, 300 * DAY);
    let before = history.complete().0;
    history.office.clock.advance(30 * HOUR);
    history.decide(&key, "lupa-passphrase");
    history.office.drain();
    assert_eq!(history.complete().0.number, before.number);
    assert!(history.alarms("ClockJumped"));
    // What is logged meanwhile does not make the clock good.
    history.office.clock.advance(HOUR);
    history.office.drain();
    assert_eq!(history.complete().0.number, before.number);
    history
        .office
        .desk
        .confirm_clock(history.office.who("satu"))
        .unwrap();
    history.office.drain();
    assert!(!history.alarms("ClockJumped"));
    assert!(
        history
            .complete()
            .0
            .entries
            .contains_key(key.serial.magnitude())
    );
    history.agree();
}

#[test]
fn a_clock_that_went_back_publishes_revocations_a_second_after_the_last_and_drops_nothing() {
    let mut history = History::begin(false);
    let ended = history.certificate(None, DAY);
    history.decide(&ended, "berhenti");
    history.office.drain();
    history.office.days_pass(2);
    history.office.clock.advance(-12 * HOUR);
    // A regular round by a clock that is ahead of itself again.
    let key = history.certificate(None, 300 * DAY);
    let before = history.complete().0;
    history.office.clock.advance(-40 * HOUR);
    history.decide(&key, "lupa-passphrase");
    history.office.drain();
    let after = history.complete().0;
    assert_eq!(after.this_update, before.this_update + 1);
    assert!(after.number > before.number);
    assert!(after.entries.contains_key(key.serial.magnitude()));
    assert!(after.entries.contains_key(ended.serial.magnitude()));
    assert!(history.alarms("ClockBehind"));
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

#[test]
fn by_a_clock_in_doubt_nothing_happens_by_itself_and_what_was_decided_is_dated_anew() {
    let mut history = desk();
    let (deferred, urgent) = (
        history.certificate(None, 300 * DAY),
        history.certificate(None, 300 * DAY),
    );
    let office = &history.office;
    let id = office.submitted(OWNER, &deferred, &["berhenti"]);
    office.act("satu", id, Act::Claim, Intent::Claim);
    office.act("satu", id, Act::Verify, verify());
    office.act("satu", id, Act::Match, Intent::Match);
    let intent = Intent::Revoke {
        last_four: deferred.serial.last_four(),
        password: password_of("satu"),
        effective: Some(office.desk.now().plus(10 * DAY)),
    };
    office.act("satu", id, Act::Schedule, intent);
    office.drain();
    let before = history.complete().0;
    // A year ahead, and back again.
    history.office.clock.advance(100 * DAY);
    history.office.drain();
    history.decide(&urgent, "lupa-passphrase");
    history.office.drain();
    let standing = |key| history.office.case_of_certificate(key).certificate.standing;
    assert!(matches!(standing(&deferred), Standing::Active));
    history.office.clock.advance(-100 * DAY);
    history
        .office
        .desk
        .confirm_clock(history.office.admin())
        .unwrap();
    history.office.drain();
    let after = history.complete().0;
    assert!(after.number > before.number);
    assert!(after.this_update <= history.office.desk.now().millis() / 1000);
    let listed = &after.entries[urgent.serial.magnitude()];
    assert!(listed.date <= after.this_update);
    assert!(matches!(standing(&deferred), Standing::Active));
    history.agree();
}
