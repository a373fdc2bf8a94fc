//! Imports of thousands: one that has the desk for itself takes many batches into a transaction, one beside others gives
//! the way free after each, and one that breaks off goes on where it was.

use std::io::{self, Read};

use ams::desk::{ImportOptions, ImportProgress, ImportReport};
use ams::domain::instant::DAY;
use ams::pki::demo_ca::certificate_pem;

use super::fixture::Office;
use super::office::STAFF;

/// Several batches of either kind, the last one not full.
const MANY: usize = 2200;

impl Office {
    fn bundle(&self, count: usize) -> Vec<u8> {
        let issue = |_| self.issue("Orang Ramai UJI", 300 * DAY, |_| {}).1;
        let pems = (0..count).map(issue).map(|der| certificate_pem(&der));
        pems.collect::<String>().into_bytes()
    }

    fn import_many(
        &self,
        input: impl Read,
        tell: impl FnMut(ImportProgress),
    ) -> (ImportReport, Result<(), ams::desk::DeskError>) {
        let mut report = ImportReport::default();
        let options = ImportOptions::default();
        let done = self.desk.import_certificates(
            self.admin(),
            "ramai.pem",
            input,
            options,
            &mut report,
            tell,
        );
        (report, done)
    }

    /// How many transactions of an import the log has since it had `size` entries.
    fn import_transactions(&self, size: u64) -> usize {
        let rows = self.log_since(size);
        let import = |row: &&ams::desk::LogRow| row.action == "SERTIFIKAT_DIIMPOR";
        rows.iter().filter(import).count()
    }
}

#[test]
fn an_import_that_has_the_desk_for_itself_takes_one_transaction_and_tells_of_each_batch() {
    let office = Office::open(&STAFF);
    let bundle = office.bundle(MANY);
    let size = office.log_size();
    let mut told = Vec::new();
    let (report, done) = office.import_many(bundle.as_slice(), |now| told.push(now.added));
    done.unwrap();
    assert_eq!((report.added, report.refusals()), (MANY as u64, 0));
    assert_eq!(office.import_transactions(size), 1);
    assert!(told.len() > 2 && told.is_sorted(), "{told:?}");
    assert_eq!(told.last(), Some(&report.added));
    let check = office.desk.check(office.admin()).unwrap();
    assert!(check.problems.is_empty(), "{:?}", check.problems);
}

#[test]
fn others_can_write_between_the_batches_of_an_import_at_a_desk_that_serves_them() {
    let office = Office::open(&STAFF);
    let bundle = office.bundle(MANY);
    let workers = office.desk.start_workers().unwrap();
    let size = office.log_size();
    let mut told = 0;
    // Would wait for ever if the import held the way.
    let (report, done) = office.import_many(bundle.as_slice(), |now| {
        told += 1;
        office.set("letter.place", &format!("Loket {}", now.added));
    });
    done.unwrap();
    assert_eq!((report.added, report.refusals()), (MANY as u64, 0));
    assert_eq!(office.import_transactions(size), MANY.div_ceil(512));
    assert!(told >= MANY.div_ceil(512));
    workers.stop();
}

#[test]
fn an_input_that_breaks_off_is_taken_in_up_to_there_and_the_rest_by_the_next_run() {
    struct Breaks;
    impl Read for Breaks {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the line is gone"))
        }
    }
    let office = Office::open(&STAFF);
    let bundle = office.bundle(1500);
    let (begin, _) = bundle.split_at(bundle.len() * 4 / 5);
    let mut told = 0;
    let (report, done) = office.import_many(begin.chain(Breaks), |now| told = now.added);
    assert!(done.unwrap_err().to_string().contains("the line is gone"));
    assert!((1100..1300).contains(&report.added), "{report:?}");
    assert_eq!(told, report.added);
    let (again, done) = office.import_many(bundle.as_slice(), |_| {});
    done.unwrap();
    assert_eq!(again.known, report.added);
    assert_eq!(again.added + again.known, 1500);
    assert_eq!(again.refusals(), 0);
}
