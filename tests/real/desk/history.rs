//! A desk with a random history, and what its lists say of it: read with another reader than ours, as relying parties
//! read them, and compared with the database.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ams::desk::Intent;
use ams::domain::instant::{DAY, HOUR};
use ams::domain::workflow::Act;
use ams::domain::{CertificateKey, Standing, Timestamp};
use x509_parser::prelude::{FromDer, ParsedExtension};
use x509_parser::revocation_list::CertificateRevocationList;

use super::fixture::{Office, password_of};
use super::office::{STAFF, verify};

pub(super) const REMOVE_FROM_CRL: u8 = 8;
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
    pub base: Option<u64>,
    pub point: Option<String>,
    /// expiredCertsOnCRL.
    pub expired_since: Option<i64>,
    /// It names a delta CRL (freshestCRL).
    pub has_delta: bool,
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
    pub fn with(&self, delta: &Self) -> BTreeMap<Vec<u8>, Said> {
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
pub(super) const OWNER: &str = "dodi";

pub(super) struct History {
    pub office: Office,
    /// Each with its end.
    pub certificates: Vec<(CertificateKey, i64)>,
    /// The distribution points that they name, by serial.
    pub points: BTreeMap<Vec<u8>, Option<String>>,
    keep_expired: bool,
    /// Pairs of complete CRL and delta that were looked at.
    pub pairs: usize,
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

    pub fn set(&self, key: &str, value: &str) {
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

    pub fn alarms(&self, name: &str) -> bool {
        format!("{:?}", self.office.desk.alarms().unwrap()).contains(name)
    }

    pub fn folder(&self) -> PathBuf {
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

/// A desk where one officer is enough, with a certificate that names a point of its own.
pub(super) fn desk() -> History {
    History::begin(true)
}
