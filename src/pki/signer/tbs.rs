//! Reads the signed part of a CRL as the signer sees it, before it signs: whether it is one, whose, of which scope, and
//! its number and thisUpdate (RFC 5280 §5.1). Relies on the strict DER reader and not on what wrote the list.

use super::error::Forbidden;
use super::ledger::{Issued, ListKind, Scope};
use crate::domain::CrlNumber;
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::crl_extension::{CrlExtensions, IssuingDistributionPoint, Known};
use crate::pki::der_scan::{DerError, Reader, Tlv, single, tag};
use crate::pki::der_value::dotted;
use crate::pki::entry::RawEntry;

/// What the numbers of a key are kept by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListFacts {
    pub scope: Scope,
    pub kind: ListKind,
    pub issued: Issued,
}

/// A distribution point's URI is not longer (RFC 7230 §3.1.1 asks readers for 8000 octets).
const LONGEST_URI: usize = 8000;

impl From<DerError> for Forbidden {
    fn from(fault: DerError) -> Self {
        Self::NotACrl {
            fault: fault.to_string(),
        }
    }
}

/// Reads `tbs`, which must be a whole v2 tBSCertList of the issuer with this subject, to be signed with `algorithm`.
pub fn read(
    tbs: &[u8],
    subject: &[u8],
    algorithm: SignatureAlgorithm,
) -> Result<ListFacts, Forbidden> {
    let mut fields = single(tbs, tag::SEQUENCE)?.reader();
    // A certificate's version is inside [0], and its serial is no version: neither gets past here and thisUpdate.
    if fields.expect(tag::INTEGER)?.value != [1] {
        return Err(Forbidden::NotVersion2);
    }
    let inner = fields.expect(tag::SEQUENCE)?;
    if inner.whole != algorithm.identifier_der() {
        return Err(Forbidden::OtherAlgorithm {
            found: name_of(inner),
            expected: algorithm.name().to_owned(),
        });
    }
    if fields.expect(tag::SEQUENCE)?.whole != subject {
        return Err(Forbidden::OtherIssuer);
    }
    let this_update = time(&mut fields)?.ok_or(DerError::Missing {
        offset: fields.offset(),
        expected: tag::UTC_TIME,
    })?;
    time(&mut fields)?;
    if let Some(entries) = fields.optional(tag::SEQUENCE)? {
        check_entries(entries)?;
    }
    let extensions = fields.expect(tag::context_constructed(0))?;
    fields.end()?;
    let extensions = CrlExtensions::read(extensions)?;
    if !extensions.duplicates.is_empty() {
        return Err(Forbidden::NotACrl {
            fault: format!("the extension {} is there twice", extensions.duplicates[0]),
        });
    }
    let number = known(extensions.crl_number.as_ref())?
        .and_then(|content| CrlNumber::from_der_content(content))
        .ok_or(Forbidden::NoNumber)?;
    let kind = match &extensions.delta_base {
        None => ListKind::Complete,
        Some(base) if !base.critical => {
            return Err(unclear("the deltaCRLIndicator is not critical"));
        }
        Some(base) => {
            let base = known(Some(base))?.and_then(|base| CrlNumber::from_der_content(base));
            base.ok_or_else(|| unclear("the deltaCRLIndicator has no number"))?;
            ListKind::Delta
        }
    };
    Ok(ListFacts {
        scope: scope(extensions.issuing_distribution_point.as_ref())?,
        kind,
        issued: Issued {
            number,
            this_update,
        },
    })
}

fn time(fields: &mut Reader<'_>) -> Result<Option<crate::domain::Timestamp>, DerError> {
    match fields.peek_tag() {
        Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => fields.read()?.time().map(Some),
        _ => Ok(None),
    }
}

/// Each entry is one: a list of anything else is not what a key of CRLs signs.
fn check_entries(list: Tlv<'_>) -> Result<(), DerError> {
    let mut entries = list.reader();
    if entries.is_empty() {
        // RFC 5280 §5.1.2.6: absent when there are none.
        return Err(DerError::Missing {
            offset: entries.offset(),
            expected: tag::SEQUENCE,
        });
    }
    while !entries.is_empty() {
        RawEntry::split(entries.expect(tag::SEQUENCE)?)?;
    }
    Ok(())
}

fn scope(point: Option<&Known<IssuingDistributionPoint>>) -> Result<Scope, Forbidden> {
    let Some(point) = point else {
        return Ok(Scope::Complete);
    };
    if !point.critical {
        return Err(unclear("the issuingDistributionPoint is not critical"));
    }
    let value = point.value.as_ref().map_err(|fault| (*fault).into());
    let value: &IssuingDistributionPoint = value.map_err(|fault: Forbidden| fault)?;
    let narrowed = value.only_user_certs
        || value.only_ca_certs
        || value.only_attribute_certs
        || value.only_some_reasons
        || value.indirect
        || value.false_written;
    match value.uris.as_slice() {
        [uri] if !narrowed && uri.len() <= LONGEST_URI => Ok(Scope::Partition(uri.clone())),
        _ => Err(unclear(
            "the issuingDistributionPoint is more or less than one URI",
        )),
    }
}

fn known<T>(extension: Option<&Known<T>>) -> Result<Option<&T>, Forbidden> {
    extension
        .map(|known| known.value.as_ref().map_err(|fault| (*fault).into()))
        .transpose()
}

fn unclear(fault: &str) -> Forbidden {
    Forbidden::UnclearScope {
        fault: fault.to_owned(),
    }
}

fn name_of(algorithm: Tlv<'_>) -> String {
    let oid = algorithm.reader().expect(tag::OID);
    let text = oid.ok().and_then(|oid| dotted(oid.value));
    text.unwrap_or_else(|| "(malformed)".to_owned())
}
