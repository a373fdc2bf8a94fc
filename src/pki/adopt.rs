//! Entries of a published CRL that the database lacks, after a restore or when a running CA is taken over: read so that
//! none is lost and each can stand on the next list (DOMAIN.md "CRL rules": nothing is ever un-revoked).

use super::der_write::EARLIEST;
use super::entry::{EntryReason, REMOVE_FROM_CRL, RawEntry, RevokedEntry};
use super::oid;
use crate::domain::{ReasonCode, Timestamp};

impl RawEntry<'_> {
    /// The entry as this desk will write it from now on. What is malformed or undefined in it is left out: a reason
    /// becomes unspecified, an invalidity date goes, a revocation date becomes `this_update` of its list, and so does
    /// one after it, or before 1950, which no list of ours could say. `None` for removeFromCRL, which revokes nothing, and for a serial that no certificate can have.
    pub fn adopt(&self, this_update: Timestamp) -> Option<RevokedEntry> {
        let mut reason = ReasonCode::Unspecified;
        let mut invalidity_date = None;
        for extension in self.extensions().map_while(Result::ok) {
            match extension.oid {
                oid::REASON_CODE => {
                    let code = extension
                        .reason_code()
                        .ok()
                        .and_then(|c| u8::try_from(c).ok());
                    if code == Some(REMOVE_FROM_CRL) {
                        return None;
                    }
                    reason = code.and_then(ReasonCode::from_code).unwrap_or(reason);
                }
                oid::INVALIDITY_DATE => invalidity_date = extension.generalized_time().ok(),
                _ => {}
            }
        }
        let revocation_date = self
            .revocation_date
            .time()
            .ok()
            .filter(|date| *date >= EARLIEST)
            .map_or(this_update, |date| date.min(this_update))
            .whole_second();
        Some(RevokedEntry {
            serial: self.known_serial().ok()?,
            revocation_date,
            reason: EntryReason::Revoked(reason),
            invalidity_date: invalidity_date.filter(|date| *date <= revocation_date),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Serial;
    use crate::pki::crl_fixture::{at, now};
    use crate::pki::der_scan::{Tlv, single, tag};
    use crate::pki::der_write::tlv;

    fn adopt(parts: &[&[u8]]) -> Option<RevokedEntry> {
        let der = tlv(tag::SEQUENCE, &parts.concat());
        let entry: Tlv<'_> = single(&der, tag::SEQUENCE).unwrap();
        RawEntry::split(entry).unwrap().adopt(now())
    }

    fn extensions(oid: &[u8], value: &[u8]) -> Vec<u8> {
        let body = [tlv(tag::OID, oid), tlv(tag::OCTET_STRING, value)].concat();
        tlv(tag::SEQUENCE, &tlv(tag::SEQUENCE, &body))
    }

    const DATE: &[u8] = b"\x17\x0d261120101112Z";

    #[test]
    fn nothing_that_is_revoked_is_lost_for_a_flaw() {
        let plain = RevokedEntry {
            serial: Serial::parse("05").unwrap(),
            revocation_date: at("2026-11-20T10:11:12Z"),
            reason: EntryReason::Revoked(ReasonCode::Unspecified),
            invalidity_date: None,
        };
        let serial: &[u8] = &[2, 1, 5];
        assert_eq!(adopt(&[serial, DATE]), Some(plain.clone()));
        for (oid, value) in [
            (oid::REASON_CODE, &[0x0a, 1, 7][..]),
            (oid::REASON_CODE, &[0x0a, 1, 10]),
            (oid::REASON_CODE, &[0x02, 1, 1]),
            (oid::REASON_CODE, &[0x0a, 1, 0]),
            (oid::INVALIDITY_DATE, b"\x17\x0d261120101112Z"),
            (oid::INVALIDITY_DATE, b"\x18\x0f20261120101113Z"),
            (oid::CRL_NUMBER, &[1]),
        ] {
            let list = extensions(oid, value);
            assert_eq!(
                adopt(&[serial, DATE, &list]),
                Some(plain.clone()),
                "{value:?}"
            );
        }
        let own_time = RevokedEntry {
            revocation_date: now(),
            ..plain
        };
        assert_eq!(
            adopt(&[serial, b"\x17\x0b2611201011Z"]),
            Some(own_time.clone())
        );
        assert_eq!(
            adopt(&[serial, b"\x17\x0d271120101112Z"]),
            Some(own_time.clone())
        );
        assert_eq!(adopt(&[serial, b"\x18\x0f19300101000000Z"]), Some(own_time));
    }

    #[test]
    fn what_stands_well_is_kept() {
        let hold = extensions(oid::REASON_CODE, &[0x0a, 1, 6]);
        let entry = adopt(&[&[2, 1, 5], DATE, &hold]).unwrap();
        assert_eq!(
            entry.reason,
            EntryReason::Revoked(ReasonCode::CertificateHold)
        );
        let date = extensions(oid::INVALIDITY_DATE, b"\x18\x0f20261120101112Z");
        let entry = adopt(&[&[2, 1, 5], DATE, &date]).unwrap();
        assert_eq!(entry.invalidity_date, Some(at("2026-11-20T10:11:12Z")));
        // 160 random bits: 21 octets in DER.
        let wide = [&[2, 21, 0][..], &[0xff; 20]].concat();
        assert_eq!(
            adopt(&[&wide, DATE]).unwrap().serial.magnitude(),
            [0xff; 20]
        );
    }

    #[test]
    fn a_removal_and_an_impossible_serial_revoke_nothing() {
        let removal = extensions(oid::REASON_CODE, &[0x0a, 1, 8]);
        assert_eq!(adopt(&[&[2, 1, 5], DATE, &removal]), None);
        for serial in [&[2, 1, 0][..], &[2, 1, 0x80], &[2, 0]] {
            assert_eq!(adopt(&[serial, DATE]), None);
        }
    }
}
