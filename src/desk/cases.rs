//! Cases: a request with its certificate and what else a decision looks at, read inside the transaction that will
//! store the outcome.

use crate::domain::case::Case;
use crate::domain::distinguished_name::{Attribute, Rdn, RdnComparison};
use crate::domain::{
    Account, Certificate, CertificateKey, DistinguishedName, ReasonCode, Request, RequestId,
};
use crate::store::Reader;

use super::DeskError;
use super::transaction::found;

/// The case of a request.
pub(super) fn of_request(reader: &Reader, id: RequestId) -> Result<Case, DeskError> {
    let request = found(reader.request(id))?;
    let certificate = found(reader.certificate(&request.certificate))?;
    let open = reader
        .open_request(&request.certificate)?
        .filter(|open| open.id != id);
    Ok(Case {
        owner_agency: agency_of(reader, &certificate)?,
        open_request: open.map(|r| (r.id, r.number)),
        request: Some(request),
        certificate,
        seen_version: None,
    })
}

/// The case of a certificate without a request of its own.
pub(super) fn of_certificate(reader: &Reader, key: &CertificateKey) -> Result<Case, DeskError> {
    about(reader, found(reader.certificate(key))?)
}

/// The same of a certificate that was read already.
pub(super) fn about(reader: &Reader, certificate: Certificate) -> Result<Case, DeskError> {
    let open = reader.open_request(&certificate.key)?;
    let mut case = Case::of_certificate(certificate.clone(), agency_of(reader, &certificate)?);
    case.open_request = open.map(|r| (r.id, r.number));
    Ok(case)
}

fn agency_of(reader: &Reader, certificate: &Certificate) -> Result<String, DeskError> {
    let owner = match certificate.owner {
        Some(owner) => reader.account(owner)?,
        None => None,
    };
    Ok(owner.map(|a| a.agency).unwrap_or_default())
}

const COMMON_NAME: &str = "2.5.4.3";
const SERIAL_NUMBER: &str = "2.5.4.5";
const UID: &str = "0.9.2342.19200300.100.1.1";
const COUNTRY: &str = "2.5.4.6";
const ORGANIZATION: &str = "2.5.4.10";
const ORGANIZATIONAL_UNIT: &str = "2.5.4.11";
const TITLE: &str = "2.5.4.12";
const EMAIL: &str = "1.2.840.113549.1.9.1";

/// The subject that the account's data would give, attribute types as far as the certificate names them.
fn expected_subject(account: &Account, certificate: &Certificate) -> DistinguishedName {
    let nip = account
        .nip
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let values: [(&str, &str); 8] = [
        (COUNTRY, "ID"),
        (ORGANIZATION, &account.agency),
        (ORGANIZATIONAL_UNIT, &account.unit),
        (TITLE, &account.position),
        (COMMON_NAME, &account.name),
        (EMAIL, &account.email),
        (UID, identity_value(certificate, UID, &nip, account)),
        (
            SERIAL_NUMBER,
            identity_value(certificate, SERIAL_NUMBER, &nip, account),
        ),
    ];
    let rdns = values
        .into_iter()
        .filter(|(oid, value)| !value.is_empty() && certificate.subject.first(oid).is_some())
        .map(|(oid, value)| {
            Rdn(vec![Attribute {
                oid: oid.to_owned(),
                value: value.to_owned(),
            }])
        })
        .collect();
    DistinguishedName { rdns }
}

/// UID and serialNumber carry the NIP or the username, as the CA chose: the one that agrees, else the NIP.
fn identity_value<'a>(
    certificate: &Certificate,
    oid: &str,
    nip: &'a str,
    account: &'a Account,
) -> &'a str {
    let username = account.username.as_str();
    match certificate.subject.first(oid) {
        Some(value) if value.eq_ignore_ascii_case(username) => username,
        _ if nip.is_empty() => username,
        _ => nip,
    }
}

/// Account against certificate, attribute by attribute (step 6).
pub(super) fn compare_subject(account: &Account, certificate: &Certificate) -> Vec<RdnComparison> {
    expected_subject(account, certificate).compare(&certificate.subject)
}

/// Whether username and subject agree (step 6). Name, UID and serialNumber say who it is and must always agree, and
/// the e-mail address where the certificate has one. Organisation, unit and position may differ exactly where a change
/// of affiliation is the reason for revoking.
pub(super) fn names_agree(account: &Account, certificate: &Certificate, request: &Request) -> bool {
    let affiliation_changed = request.reason_code() == Some(ReasonCode::AffiliationChanged);
    let identity = ["CN", "UID", "serialNumber"];
    let attributes = compare_subject(account, certificate)
        .into_iter()
        .filter(|line| line.left.is_some())
        .all(|line| line.same || (affiliation_changed && !identity.contains(&line.label.as_str())));
    let email = certificate.emails.is_empty()
        || affiliation_changed
        || certificate
            .emails
            .iter()
            .any(|e| e.eq_ignore_ascii_case(&account.email));
    attributes && email && certificate.subject.common_name().is_some()
}
