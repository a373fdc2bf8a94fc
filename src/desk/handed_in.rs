//! Lists and indexes of other programs, copied before they are believed: into a file without a name that nobody else can
//! change, and never more of one than any such file can have.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;

use crate::pki::defect::Defect;

use super::import::ImportReport;
use super::takeover::WHOLE;
use super::{Desk, DeskError};

/// Octets of the largest list that is copied: some 25 million entries.
const LARGEST: u64 = 1 << 30;
/// Octets of the largest index that is copied; its lines are longer.
const INDEX_LARGEST: u64 = 4 << 30;

impl Desk {
    /// A copy of a list that nobody else can change: without a name, in the data folder.
    pub(super) fn private_copy(&self, input: &mut dyn Read) -> Result<File, DeskError> {
        self.copied(Handed::CRL, input)
    }

    /// The same of an index.
    pub(super) fn private_copy_of_index(&self, input: &mut dyn Read) -> Result<File, DeskError> {
        self.copied(Handed::INDEX, input)
    }

    fn copied(&self, of: Handed, input: &mut dyn Read) -> Result<File, DeskError> {
        let Handed { what, limit } = of;
        self.bounded_copy(what, limit, input)?
            .ok_or_else(|| DeskError::bad_value(what, format!("at most {limit} octets")))
    }

    /// The same of one of several files: one that is too large is refused in the report, and the next is taken in.
    pub(super) fn copy_or_refuse(
        &self,
        source: &str,
        of: Handed,
        input: &mut dyn Read,
        report: &mut ImportReport,
    ) -> Result<Option<File>, DeskError> {
        let Handed { what, limit } = of;
        let copied = self.bounded_copy(what, limit, input)?;
        if copied.is_none() {
            report.read += 1;
            report.refuse(source, WHOLE, Defect::FileTooLarge { limit });
        }
        Ok(copied)
    }

    fn bounded_copy(
        &self,
        what: &str,
        limit: u64,
        input: &mut dyn Read,
    ) -> Result<Option<File>, DeskError> {
        let name = hex::encode(super::environment::octets::<8>(&*self.inner.random)?);
        let path = self.inner.folder.path().join(format!("adoption-{name}"));
        let mut copied = || -> io::Result<Option<File>> {
            let mut copy = OpenOptions::new()
                .read(true)
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&path)?;
            std::fs::remove_file(&path)?;
            let whole = copy_up_to(limit, input, &mut copy)?;
            copy.flush()?;
            copy.rewind()?;
            Ok(whole.then_some(copy))
        };
        copied().map_err(|e| DeskError::io(what, e))
    }
}

/// What a file that is handed in among others was taken for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handed {
    what: &'static str,
    /// Octets at most.
    limit: u64,
}

impl Handed {
    pub const CRL: Self = Self {
        what: "CRL",
        limit: LARGEST,
    };
    pub const INDEX: Self = Self {
        what: "index.txt",
        limit: INDEX_LARGEST,
    };
}

/// Copies at most one octet more than `limit`; whether that was all. A sparse file may seem to have any size.
fn copy_up_to(limit: u64, input: &mut dyn Read, out: &mut dyn Write) -> io::Result<bool> {
    Ok(io::copy(&mut input.take(limit + 1), out)? <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::demo::{DemoOptions, prepare};

    #[test]
    fn a_file_that_is_too_large_is_counted_as_refused_and_the_next_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let options = DemoOptions {
            requests: Some(1),
            ..DemoOptions::default()
        };
        let (desk, _) = prepare(&folder.path().join("demo"), options).unwrap();
        let mut report = ImportReport::default();
        let of = Handed {
            what: "CRL",
            limit: 10,
        };
        let mut copy = |octets: &[u8]| {
            let copied = desk.copy_or_refuse("besar.crl", of, &mut &*octets, &mut report);
            copied.unwrap().is_some()
        };
        assert!(!copy(&[0x30; 11]));
        assert!(copy(&[0x30; 10]));
        assert_eq!((report.read, report.refusals()), (1, 1));
        let refused = &report.examples[0];
        assert_eq!(refused.source, "besar.crl");
        assert_eq!(refused.defect, Defect::FileTooLarge { limit: 10 });
    }

    #[test]
    fn of_a_list_without_an_end_no_more_is_copied_than_the_limit_and_one_octet() {
        let mut copied = Vec::new();
        assert!(!copy_up_to(1000, &mut io::repeat(0x30), &mut copied).unwrap());
        assert_eq!(copied.len(), 1001);
        copied.clear();
        assert!(copy_up_to(1000, &mut io::repeat(0x30).take(1000), &mut copied).unwrap());
        assert_eq!(copied.len(), 1000);
    }
}
