//! The number that the next round must be above, and the time that it must not be before.

use crate::domain::CrlNumber;
use crate::pki::publish::PublishingFolder;
use crate::pki::signer::{CrlSigner, Scope};
use crate::store::CrlKind;

use super::target::{Head, Target, kinds};
use crate::desk::issuers::IssuerState;
use crate::desk::{Desk, DeskError};

/// The highest number and the latest thisUpdate of what stands published, complete, delta or partition, of what the
/// database knows to have been, and of what the key signed, published or not: its ledger refuses what is not above. A
/// delta or partition that cannot be read says nothing; that is found out again when it is replaced.
pub(super) fn highest(
    desk: &Desk,
    state: &IssuerState,
    signer: &dyn CrlSigner,
    folder: &PublishingFolder,
) -> Result<Option<Head>, DeskError> {
    let settings = &state.record.settings;
    let reader = desk.inner.store.read()?;
    let issuer = state.record.id;
    let complete = desk.standing(folder, &reader, issuer, &Target::complete(settings)?)?;
    let delta = settings.delta.iter().map(|delta| {
        let base = CrlNumber::ZERO;
        Target::new(CrlKind::Delta { base }, &delta.file_name)
    });
    let partitions = settings.partitions.iter().map(Target::partition);
    let others = delta
        .chain(partitions)
        .filter_map(Result::ok)
        .filter_map(|target| desk.standing(folder, &reader, issuer, &target).ok()?);
    let standing = complete.into_iter().chain(others);
    let mut heads: Vec<Head> = standing.map(|standing| standing.head).collect();
    for kind in kinds(settings) {
        heads.extend(reader.last_crl(issuer, &kind)?.map(|last| Head {
            number: last.number,
            this_update: last.this_update,
        }));
    }
    let points = settings.partitions.iter().map(|p| p.uri.clone());
    for scope in std::iter::once(Scope::Complete).chain(points.map(Scope::Partition)) {
        let signed = signer.last_numbers(&scope)?;
        heads.extend(
            signed
                .highest()
                .zip(signed.latest())
                .map(|(number, this_update)| Head {
                    number,
                    this_update,
                }),
        );
    }
    Ok(heads.into_iter().reduce(|a, b| Head {
        number: a.number.max(b.number),
        this_update: a.this_update.max(b.this_update),
    }))
}
