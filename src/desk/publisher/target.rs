//! Where an issuer's CRLs lie and what stands published there: names of files, number and thisUpdate of the published
//! one, the copy in the history.

use std::fs::File;
use std::path::PathBuf;

use crate::domain::{CrlNumber, IssuerId, Timestamp};
use crate::pki::crl_read::{CrlReader, CrlSource};
use crate::pki::publish::{CrlFileName, History, HistoryBound, PublishingFolder};
use crate::store::{CrlKind, CrlRecord, IssuerSettings, PartitionSettings, Reader};

use super::failed;
use crate::desk::issuers::IssuerState;
use crate::desk::view::Alarm;
use crate::desk::{Desk, DeskError};
use crate::domain::distinguished_name::printable;

/// One CRL of an issuer: what it covers and under which name it is published.
pub(in crate::desk) struct Target {
    pub kind: CrlKind,
    pub name: CrlFileName,
}

impl Target {
    pub fn complete(settings: &IssuerSettings) -> Result<Self, DeskError> {
        Self::new(CrlKind::Complete, &settings.file_name)
    }

    pub fn partition(partition: &PartitionSettings) -> Result<Self, DeskError> {
        let uri = partition.uri.clone();
        Self::new(CrlKind::Partition { uri }, &partition.file_name)
    }

    pub fn new(kind: CrlKind, file_name: &str) -> Result<Self, DeskError> {
        let name = CrlFileName::parse(file_name).ok_or_else(|| {
            DeskError::bad_value(
                "CRL file name",
                "letters, digits and hyphens ending in .crl",
            )
        })?;
        Ok(Self { kind, name })
    }
}

/// Every kind of CRL that an issuer publishes, the complete one first. Deltas are looked up whatever their base.
pub(in crate::desk) fn kinds(settings: &IssuerSettings) -> Vec<CrlKind> {
    let delta = settings.delta.iter().map(|_| CrlKind::Delta {
        base: CrlNumber::ZERO,
    });
    let partitions = settings
        .partitions
        .iter()
        .map(|p| CrlKind::Partition { uri: p.uri.clone() });
    std::iter::once(CrlKind::Complete)
        .chain(delta)
        .chain(partitions)
        .collect()
}

/// Number and thisUpdate of a CRL that stands published.
#[derive(Clone, Copy)]
pub(super) struct Head {
    pub number: CrlNumber,
    pub this_update: Timestamp,
}

/// A published CRL.
pub(super) struct Standing {
    pub file: File,
    pub head: Head,
    /// The number of its base, where it is a delta.
    pub base: Option<CrlNumber>,
}

impl Standing {
    /// Reads what a published CRL says of itself. `last` is what the database knows of it: a long list is not read to
    /// its end for a number that is known.
    pub fn read(file: File, last: Option<&CrlRecord>) -> Result<Self, DeskError> {
        let source: &dyn CrlSource = &file;
        let mut reader = CrlReader::open(source).map_err(failed)?;
        let this_update = reader.head().this_update.get().unwrap_or_default();
        let octets = file.metadata().map_or(0, |meta| meta.len());
        if let Some(last) = last
            && last.kind == CrlKind::Complete
            && (last.bytes, last.this_update) == (octets, this_update)
        {
            let head = Head {
                number: last.number,
                this_update,
            };
            drop(reader);
            return Ok(Self {
                file,
                head,
                base: None,
            });
        }
        while reader.next_entry().map_err(failed)?.is_some() {}
        let tail = reader.finish().map_err(failed)?;
        let head = Head {
            number: tail.crl_number().unwrap_or_default(),
            this_update,
        };
        let base = tail.extensions.delta_base.as_ref();
        let base = base.and_then(|base| CrlNumber::from_der_content(base.get()?));
        Ok(Self { file, head, base })
    }
}

impl Desk {
    /// Where CRLs are published.
    pub(in crate::desk) fn crl_folder(&self) -> PathBuf {
        self.settings()
            .crl
            .folder
            .clone()
            .unwrap_or_else(|| self.inner.folder.crl())
    }

    pub(in crate::desk) fn published_path(&self, state: &IssuerState) -> PathBuf {
        self.crl_folder().join(&state.record.settings.file_name)
    }

    /// What stands published of `target`.
    pub(super) fn standing(
        &self,
        folder: &PublishingFolder,
        reader: &Reader,
        issuer: IssuerId,
        target: &Target,
    ) -> Result<Option<Standing>, DeskError> {
        let Some(file) = folder.published(&target.name).map_err(failed)? else {
            return Ok(None);
        };
        let last = reader.last_crl(issuer, &target.kind)?;
        Standing::read(file, last.as_ref()).map(Some)
    }

    /// The file of a past CRL in the history.
    pub(super) fn kept(&self, target: &Target, number: CrlNumber) -> Option<File> {
        let history = History::open(&self.inner.folder.crl_history()).ok()?;
        File::open(history.path_of(&target.name, number)).ok()
    }

    /// Keeps a copy in the history and trims it, except for `needed`; the copy's file name. What fails here is an
    /// alarm, no more.
    pub(super) fn keep_copy(
        &self,
        target: &Target,
        number: CrlNumber,
        der: &[u8],
        needed: &[CrlNumber],
    ) -> Option<String> {
        let settings = self.settings();
        let bound = HistoryBound {
            count: settings.crl.history as usize,
            age: settings.crl.history_age,
        };
        let kept = History::open(&self.inner.folder.crl_history()).and_then(|history| {
            let path = history.keep(&target.name, number, der)?;
            history.trim(&target.name, bound, self.now(), needed)?;
            Ok(path)
        });
        let problem = kept.as_ref().err().map(ToString::to_string);
        self.stand(
            |alarm| matches!(alarm, Alarm::HistoryNotKept { .. }),
            problem.map(|problem| Alarm::HistoryNotKept {
                problem: printable(&problem),
            }),
        );
        let path = kept.ok()?;
        Some(path.file_name()?.to_string_lossy().into_owned())
    }
}
