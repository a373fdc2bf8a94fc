//! A second, independent reading of a certificate before it is acted upon: x509-parser must find the same serial, names
//! and validity as our own strict reader, and verify the same signature. A flaw in one reader then does not revoke the
//! wrong certificate.

use x509_parser::prelude::{FromDer, X509Certificate};

use super::certificate::CertificateFacts;
use super::issuer::Issuer;

/// Where the two readings part.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Disagreement {
    #[error("the second reader cannot read the certificate")]
    Unreadable,
    #[error("the second reader finds another {0}")]
    Differs(&'static str),
    #[error("the second reader does not verify the signature")]
    Signature,
}

/// Reads `certificate` again with x509-parser and verifies it with the key of `issuer`.
pub fn confirm(certificate: &CertificateFacts, issuer: &Issuer) -> Result<(), Disagreement> {
    let (rest, second) =
        X509Certificate::from_der(certificate.der()).map_err(|_| Disagreement::Unreadable)?;
    let (_, ca) = X509Certificate::from_der(issuer.certificate().der())
        .map_err(|_| Disagreement::Unreadable)?;
    let same = |equal: bool, what| {
        if equal {
            Ok(())
        } else {
            Err(Disagreement::Differs(what))
        }
    };
    same(rest.is_empty(), "end")?;
    same(
        second.raw_serial() == certificate.serial.der_content(),
        "serial",
    )?;
    same(
        second.tbs_certificate.subject.as_raw() == certificate.subject_der(),
        "subject",
    )?;
    same(
        second.tbs_certificate.issuer.as_raw() == certificate.issuer_der(),
        "issuer",
    )?;
    let validity = second.validity();
    same(
        validity.not_before.timestamp() == certificate.not_before.seconds()
            && validity.not_after.timestamp() == certificate.not_after.seconds(),
        "validity",
    )?;
    second
        .verify_signature(Some(ca.public_key()))
        .map_err(|_| Disagreement::Signature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Serial, Timestamp};
    use crate::pki::demo_ca::{DemoCa, DemoCertificate, DemoSubject};

    #[test]
    fn both_readers_agree_on_a_good_certificate_and_the_second_sees_a_foreign_issuer() {
        let now = Timestamp::parse_rfc3339("2026-11-22T09:00:00Z").unwrap();
        let ca = |serial: &str| {
            let subject = DemoSubject {
                common_name: "CA UJI".to_owned(),
                ..DemoSubject::default()
            };
            DemoCa::create(&subject, &Serial::parse(serial).unwrap(), now)
                .unwrap()
                .0
        };
        let (ours, other) = (ca("01"), ca("02"));
        let der = ours
            .issue(&DemoCertificate {
                subject: DemoSubject {
                    common_name: "Sari Contoh UJI".to_owned(),
                    ..DemoSubject::default()
                },
                serial: Serial::parse("c0ffee").unwrap(),
                not_before: now,
                not_after: now.plus(86_400_000),
                crl_uri: None,
            })
            .unwrap();
        let facts = CertificateFacts::from_der(der).unwrap();
        let issuer = |ca: &DemoCa| Issuer::from_certificate(ca.certificate_der().to_vec()).unwrap();
        assert_eq!(confirm(&facts, &issuer(&ours)), Ok(()));
        assert_eq!(
            confirm(&facts, &issuer(&other)),
            Err(Disagreement::Signature)
        );
    }
}
