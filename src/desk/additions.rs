//! Certificates added by a transaction, in one batch or many, with one log entry for all of them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::audit::{Action, Hash, ObjectRef};
use crate::domain::CertificateKey;
use crate::store::{Added, Adding, NewCertificate, Reader};

use super::DeskError;
use super::foreign::standing;
use super::named_points::NamedPoints;
use super::transaction::Transaction;

/// What a transaction adds, see [`Transaction::add_certificates`].
pub(super) struct Additions<'a, 'w> {
    adding: &'a mut Adding<'w>,
    sum: Sum,
}

/// What is written when the last batch is in.
struct Sum {
    count: u64,
    /// Digest of the digests of all that came in.
    digest: ring::digest::Context,
    points: NamedPoints,
    /// Those that came in and whose entries had been adopted.
    recognised: Vec<CertificateKey>,
}

impl Additions<'_, '_> {
    /// Adds a batch, and says for each what became of it.
    pub fn add(&mut self, batch: &mut [NewCertificate]) -> Result<Vec<Added>, DeskError> {
        let by_entries = stand_by_entries(self.adding.reader(), batch)?;
        let outcome = self.adding.add(batch)?;
        for (added, new) in outcome.iter().zip(&*batch) {
            if *added == Added::New {
                self.sum.points.note(&new.certificate);
                self.sum.digest.update(&new.certificate.der_sha256);
                self.sum.count += 1;
            }
        }
        let is_new = |place: &usize| outcome[*place] == Added::New;
        let keys = by_entries.into_iter().filter(is_new);
        self.sum
            .recognised
            .extend(keys.map(|place| batch[place].certificate.key.clone()));
        Ok(outcome)
    }
}

impl Transaction<'_> {
    /// Adds what `work` brings, batch by batch, with one log entry: how many, and the digest of their digests.
    pub fn add_certificates<T>(
        &mut self,
        work: impl FnOnce(&mut Additions<'_, '_>) -> Result<T, DeskError>,
    ) -> Result<T, DeskError> {
        let sum = Sum {
            count: 0,
            digest: ring::digest::Context::new(&ring::digest::SHA256),
            points: NamedPoints::default(),
            recognised: Vec::new(),
        };
        let (done, sum) = self.writer.add_in_batches::<_, DeskError>(|adding| {
            let mut additions = Additions { adding, sum };
            let done = work(&mut additions)?;
            Ok((done, additions.sum))
        })?;
        self.write_down(sum)?;
        Ok(done)
    }

    fn write_down(&mut self, sum: Sum) -> Result<(), DeskError> {
        sum.points.write_down(self)?;
        if sum.count > 0 {
            let mut digest = [0; 32];
            digest.copy_from_slice(sum.digest.finish().as_ref());
            self.log(Action::SERTIFIKAT_DIIMPOR, ObjectRef::Desk, |entry| {
                entry.count = Some(sum.count);
                entry.digest = Some(Hash(digest));
            })?;
        }
        for key in sum.recognised {
            if let Some(certificate) = self.writer.certificate(&key)? {
                self.recognise(&certificate)?;
            }
        }
        Ok(())
    }
}

/// Certificates whose entries were adopted before they were known come in revoked, never active. Which they are.
fn stand_by_entries(
    reader: &Reader,
    batch: &mut [NewCertificate],
) -> Result<Vec<usize>, DeskError> {
    let mut has_entries = HashMap::new();
    let mut recognised = Vec::new();
    for (place, new) in batch.iter_mut().enumerate() {
        let key = &new.certificate.key;
        let any = match has_entries.entry(key.issuer) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(free) => *free.insert(reader.revoked_totals(key.issuer)?.entries > 0),
        };
        if any && let Some(entry) = reader.revoked(key)? {
            new.certificate.standing = standing(&entry.facts);
            recognised.push(place);
        }
    }
    Ok(recognised)
}
