//! A publication of more entries than one transaction notes, cut off at every step between two transactions: whatever
//! was noted by then is true, the next start goes on from there, and in the end everybody was told once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ams::desk::folder::DataFolder;
use ams::desk::{Clock, Desk, FixedClock, ImportReport};
use ams::domain::{CertificateKey, CrlNumber, ReasonCode, RequestId, Serial, State, Timestamp};
use ams::pki::crl_read::CrlReader;

use super::adoption::entry;
use super::fixture::{Office, SECOND, environment, password_of};
use super::office::STAFF;
use crate::support::new_desk::copy_folder;

/// More than two transactions' worth, part of it below the serials of the desk's own certificates, part above.
const FOREIGN: u32 = 5000;

/// A clock that is asked the time before every transaction, and at one of these times kills whoever asks.
struct Fatal {
    clock: Arc<FixedClock>,
    asked: AtomicUsize,
    at: usize,
}

impl Clock for Fatal {
    fn now(&self) -> Timestamp {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst);
        if asked == self.at {
            resume_unwind(Box::new("killed"));
        }
        self.clock.now()
    }
}

/// A desk at which all this waits for the next CRL: foreign entries, three requests, and a release.
struct Waiting {
    office: Office,
    requests: Vec<RequestId>,
    released: CertificateKey,
}

impl Waiting {
    fn set(delta: Option<&str>) -> Self {
        let office = Office::open(&STAFF);
        if let Some(url) = delta {
            let (admin, issuer) = (office.admin(), office.issuer);
            let set = office
                .desk
                .set_issuer_setting(admin, issuer, "delta_url", url);
            set.unwrap();
        }
        office.set("policy.allow_hold", "on");
        let held = office.told("satu", "rahmi", &["penangguhan"]);
        let released = office.request(held).certificate;
        let serials = (0..FOREIGN).map(|n| match n % 2 {
            0 => Serial::from_magnitude(&(0x0100 + n).to_be_bytes()[2..]).unwrap(),
            _ => Serial::from_magnitude(&(0x0123_0000 + n).to_be_bytes()).unwrap(),
        });
        let now = office.desk.now();
        let foreign: Vec<_> = serials
            .map(|serial| entry(&serial, now, ReasonCode::Superseded))
            .collect();
        let crl = office.crl_of_another(CrlNumber::from(3), now, &foreign);
        let mut report = ImportReport::default();
        office
            .desk
            .import_crl(
                office.admin(),
                "lain.crl",
                &mut crl.as_slice(),
                false,
                &mut report,
            )
            .unwrap();
        assert_eq!(report.revoked, u64::from(FOREIGN));
        let requests: Vec<_> = (0..3)
            .map(|_| office.matched("satu", "dodi", &["mutasi"]))
            .collect();
        for id in &requests {
            office.revoke("satu", *id);
        }
        let (who, password) = (office.who("dua"), password_of("dua"));
        let last_four = released.serial.last_four();
        office
            .desk
            .release_hold(who, &released, &last_four, &password)
            .unwrap();
        office.clock.advance(SECOND);
        Self {
            office,
            requests,
            released,
        }
    }

    /// Works on a copy of the desk until the clock has been asked `at` times; whether it came to its end before.
    fn cut_off(&self, copy: &Path, at: usize) -> bool {
        let clock = Fatal {
            clock: Arc::clone(&self.office.clock),
            asked: AtomicUsize::new(0),
            at,
        };
        let folder = DataFolder::open(copy).unwrap();
        let killed = catch_unwind(AssertUnwindSafe(|| {
            let desk = Desk::open(folder, environment(Arc::new(clock))).unwrap();
            desk.drain(Duration::from_secs(60)).unwrap();
        }));
        killed.is_ok()
    }

    fn reopen(&self, copy: &Path) -> Desk {
        let folder = DataFolder::open(copy).unwrap();
        let clock = Arc::clone(&self.office.clock) as Arc<dyn Clock>;
        Desk::open(folder, environment(clock)).unwrap()
    }

    /// What is noted as told stands on a list that is out; how many of the three requests, and the release, are noted.
    fn noted(&self, desk: &Desk) -> usize {
        let admin = self.office.admin();
        let lists = lists(desk);
        let mut noted = 0;
        for request in desk.request_records(admin, &self.requests).unwrap() {
            let certificate = desk.certificate(admin, &request.certificate).unwrap();
            let on_crl = certificate.certificate.revocation().unwrap().on_crl;
            assert_eq!(request.crl_number, on_crl);
            assert!(request.state == State::Dicabut || on_crl.is_some());
            if let Some(number) = on_crl {
                assert!(lists[&number].contains(&request.certificate.serial));
                noted += 1;
            }
        }
        let mails = desk.mails(admin, None, 100).unwrap().rows;
        if mails.iter().any(|mail| mail.kind.contains("reinstated")) {
            assert!(
                lists
                    .values()
                    .any(|list| !list.contains(&self.released.serial))
            );
            noted += 1;
        }
        noted
    }

    /// No further list was needed to tell what a list that was out says.
    fn told_by_the_first_list(&self, desk: &Desk) {
        let lists = lists(desk);
        let admin = self.office.admin();
        for request in desk.request_records(admin, &self.requests).unwrap() {
            let serial = &request.certificate.serial;
            let first = lists.iter().find(|(_, listed)| listed.contains(serial));
            assert_eq!(request.crl_number.as_ref(), first.map(|(number, _)| number));
        }
    }
}

/// The CRLs of which a copy is kept, and the published one.
fn lists(desk: &Desk) -> BTreeMap<CrlNumber, BTreeSet<Serial>> {
    let published = desk.issuers().unwrap()[0].published_path.clone().unwrap();
    let kept = fs::read_dir(desk.folder().crl_history()).unwrap();
    let kept = kept.map(|item| item.unwrap().path());
    kept.chain([published.into()])
        .map(|path| {
            let file = fs::read(path).unwrap();
            let mut reader = CrlReader::open(&file).unwrap();
            let mut serials = BTreeSet::new();
            while let Some(entry) = reader.next_entry().unwrap() {
                serials.insert(entry.decode().unwrap().serial);
            }
            (reader.finish().unwrap().crl_number().unwrap(), serials)
        })
        .collect()
}

#[test]
fn a_long_settlement_cut_off_anywhere_has_told_only_what_is_out_and_the_next_start_ends_it_by_that_list()
 {
    cut_off_anywhere(None);
}

#[test]
fn a_long_settlement_with_deltas_cut_off_anywhere_is_ended_by_the_next_round() {
    cut_off_anywhere(Some("http://crl.uji.example/delta.crl"));
}

fn cut_off_anywhere(delta: Option<&str>) {
    let waiting = Waiting::set(delta);
    let files = tempfile::tempdir().unwrap();
    let mut halfway = 0;
    let before = lists(&waiting.office.desk).len();
    // Of the steps before the round and after everything is noted a few are enough.
    let mut at = 0;
    loop {
        let copy = files.path().join(format!("copy-{at}"));
        copy_folder(waiting.office.desk.folder().path(), &copy);
        let whole = waiting.cut_off(&copy, at);
        let desk = waiting.reopen(&copy);
        let noted = waiting.noted(&desk);
        let out = lists(&desk).len();
        halfway += usize::from(!whole && (1..4).contains(&noted));
        desk.drain(Duration::from_secs(60)).unwrap();
        assert_eq!(waiting.noted(&desk), 4, "after a cut at {at}");
        if delta.is_none() {
            waiting.told_by_the_first_list(&desk);
        }
        let admin = waiting.office.admin();
        let mails = desk.mails(admin, None, 100).unwrap().rows;
        let told = |kind: &str| mails.iter().filter(|mail| mail.kind.contains(kind)).count();
        assert_eq!((told("revoked"), told("reinstated")), (3, 1), "{mails:?}");
        assert_eq!(desk.check(admin).unwrap().problems, Vec::<String>::new());
        fs::remove_dir_all(&copy).unwrap();
        if whole {
            break;
        }
        at += if noted == 4 || out == before { 2 } else { 1 };
    }
    assert!(halfway > 0, "no cut fell between two transactions of it");
}
