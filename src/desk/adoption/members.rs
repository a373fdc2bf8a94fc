//! Which partitions the entries of unknown certificates belong to: what stands on a published one stays on it, though
//! nobody here has the certificate that names its distribution point.

use std::fs::File;

use crate::domain::CertificateKey;
use crate::pki::crl_read::CrlReader;
use crate::pki::publish::PublishingFolder;
use crate::store::PartitionSettings;

use super::{CHUNK, failed, verify};
use crate::desk::issuers::IssuerState;
use crate::desk::publisher::Target;
use crate::desk::transaction::Signer;
use crate::desk::{Desk, DeskError};

impl Desk {
    /// Looks through an issuer's published partitions. One that cannot be read or is not the issuer's says nothing; that
    /// is found out when it is to be replaced. To be called with the publishing lock held.
    pub(in crate::desk) fn note_members(&self, state: &IssuerState) -> Result<(), DeskError> {
        let folder = self.crl_folder();
        if !folder.is_dir() {
            return Ok(());
        }
        let folder = PublishingFolder::open(&folder).map_err(failed)?;
        for partition in &state.record.settings.partitions {
            let target = Target::partition(partition)?;
            let Ok(Some(file)) = folder.published(&target.name) else {
                continue;
            };
            let copy = self.private_copy(&mut &file)?;
            match verify(&copy, &state.writer) {
                Ok(found) if found.point.as_deref() == Some(partition.uri.as_str()) => {
                    self.note_members_on(state, partition, &copy)?;
                }
                found => {
                    let error = found.err().map(|error| error.to_string());
                    tracing::warn!(
                        uri = partition.uri,
                        error,
                        "published partition not compared"
                    );
                }
            }
        }
        Ok(())
    }

    fn note_members_on(
        &self,
        state: &IssuerState,
        partition: &PartitionSettings,
        copy: &File,
    ) -> Result<(), DeskError> {
        let issuer = state.record.id;
        let mut list = CrlReader::open(copy).map_err(failed)?;
        loop {
            let mut members = Vec::new();
            let mut read = 0;
            let reader = self.inner.store.read()?;
            while read < CHUNK
                && let Some(entry) = list.next_entry().map_err(failed)?
            {
                read += 1;
                let Ok(serial) = entry.known_serial() else {
                    continue;
                };
                let key = CertificateKey { issuer, serial };
                if reader.revoked_facts(&key)?.is_some()
                    && reader.certificate(&key)?.is_none()
                    && !reader.is_member(&key, &partition.uri)?
                {
                    members.push(key);
                }
            }
            drop(reader);
            if !members.is_empty() {
                self.transact(Signer::SYSTEM, |tx| {
                    let uri = std::slice::from_ref(&partition.uri);
                    for key in &members {
                        tx.writer.note_member(key, uri)?;
                    }
                    Ok(())
                })?;
            }
            if read < CHUNK {
                return Ok(());
            }
        }
    }
}
