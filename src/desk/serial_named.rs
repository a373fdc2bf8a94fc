//! Which certificate the digits of a serial mean. A whole serial means the one that has it; fewer digits, four at least,
//! those whose serial begins or ends so, as screens and mails show its last eight. Where several fit, none is meant:
//! they are told, and nobody guesses.

use crate::domain::distinguished_name::printable;
use crate::domain::identifiers::InvalidIdentifier;
use crate::domain::{AccountId, Certificate, CertificateKey, IssuerId, Refusal, Serial};
use crate::store::{CertificateList, Reader, StoreError, Window};

use super::view::CertificateView;
use super::{Desk, DeskError, Identity, act};

/// Digits of a part of a serial that may stand for the whole.
const FEWEST: usize = 4;
/// A serial has at most 20 octets, and other programs write a 00 before a high bit.
const MOST: usize = 42;
/// Certificates looked at for a part of a serial; one that more begin or end with is no name.
const LOOKED_AT: usize = 1000;
/// Candidates told.
const TOLD: usize = 5;
/// What stands for the digits left out.
const LEFT_OUT: [&str; 3] = ["…", "...", "*"];

/// Hex digits of a serial as they were typed: the whole, its beginning (`5f3a…`) or its end (`…9f0c`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SerialDigits {
    digits: String,
    may_begin: bool,
    may_end: bool,
}

impl SerialDigits {
    /// Reads digits in either case, with or without colons.
    pub fn parse(text: &str) -> Result<Self, InvalidIdentifier> {
        let text = text.trim();
        let cut_before = LEFT_OUT.iter().find_map(|mark| text.strip_prefix(mark));
        let cut_behind = LEFT_OUT.iter().find_map(|mark| text.strip_suffix(mark));
        let inner = match (cut_before, cut_behind) {
            (Some(rest), None) | (None, Some(rest)) => rest,
            (None, None) => text,
            (Some(_), Some(_)) => "",
        };
        let digits: String = inner
            .chars()
            .filter(|c| *c != ':')
            .map(|c| c.to_ascii_lowercase())
            .collect();
        let hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
        if digits.is_empty() || digits.len() > MOST || !hex {
            return Err(InvalidIdentifier {
                what: "serial",
                expected: "hex digits, colons allowed",
            });
        }
        Ok(Self {
            digits,
            may_begin: cut_before.is_none(),
            may_end: cut_behind.is_none(),
        })
    }

    /// The digits, and that of a serial that may be meant as a whole.
    fn whole(&self) -> Option<Serial> {
        let whole = self.may_begin && self.may_end;
        whole.then(|| Serial::parse(&self.digits).ok()).flatten()
    }

    /// Whether a serial begins or ends so, or is the one.
    pub fn fits(&self, serial: &Serial) -> bool {
        self.begins(serial) || self.ends(serial)
    }

    pub(super) fn begins(&self, serial: &Serial) -> bool {
        self.may_begin && serial.to_string().starts_with(self.front())
    }

    /// A serial of fewer than eight digits is left-padded with 0, as it is shown.
    pub(super) fn ends(&self, serial: &Serial) -> bool {
        self.may_end && format!("{:0>8}", serial.to_string()).ends_with(&self.digits)
    }

    /// The digits without the 00 that DER has before a high bit.
    fn front(&self) -> &str {
        match self.digits.strip_prefix("00") {
            Some(rest) if !rest.is_empty() => rest,
            _ => &self.digits,
        }
    }

    /// The runs of the indexes in which all that fit stand: ends before beginnings.
    pub(super) fn lists(&self) -> Vec<CertificateList> {
        let end = self
            .may_end
            .then(|| CertificateList::SerialSuffix(self.digits.clone()));
        let beginning = self
            .may_begin
            .then(|| CertificateList::SerialPrefix(self.front().to_owned()));
        end.into_iter().chain(beginning).collect()
    }
}

/// Whether an issuer is the one whose id begins so or whose name contains this.
fn is_issuer(id: IssuerId, certificate: &Certificate, named: Option<&str>) -> bool {
    named.is_none_or(|text| {
        let text = text.to_lowercase();
        let name = certificate.issuer_name.to_string().to_lowercase();
        id.to_string().starts_with(&text) || name.contains(&text)
    })
}

/// The certificates with this whole serial, of the issuer named or of every one.
pub(super) fn with_serial(
    reader: &Reader,
    serial: &Serial,
    issuer: Option<&str>,
) -> Result<Vec<Certificate>, StoreError> {
    let mut found = Vec::new();
    for id in reader.issuers_of_certificates()? {
        let key = CertificateKey {
            issuer: id,
            serial: serial.clone(),
        };
        let certificate = reader.certificate(&key)?;
        found.extend(certificate.filter(|c| is_issuer(id, c, issuer)));
    }
    Ok(found)
}

/// Those among at most [`LOOKED_AT`] of a list that `fits` lets through, and whether the list went on.
fn some_of(
    reader: &Reader,
    list: &CertificateList,
    mut fits: impl FnMut(&Certificate) -> Result<bool, DeskError>,
) -> Result<(Vec<Certificate>, bool), DeskError> {
    let page = reader.certificates(list, &Window::first(LOOKED_AT))?;
    let mut found = Vec::new();
    for certificate in page.rows {
        if fits(&certificate)? {
            found.push(certificate);
        }
    }
    Ok((found, page.next.is_some()))
}

impl Desk {
    /// The one certificate, among those that this person may see, whose serial these digits are or, four at least,
    /// begin or end; of several issuers' the one whose id or name contains `issuer`; with `owner` only of his.
    ///
    /// # Errors
    /// `Ambiguous` where several issuers gave one this whole serial, [`DeskError::SeveralSerials`] where several serials
    /// begin or end so.
    pub fn find_certificate(
        &self,
        who: &Identity,
        digits: &SerialDigits,
        issuer: Option<&str>,
        owner: Option<AccountId>,
    ) -> Result<CertificateView, DeskError> {
        let reader = self.inner.store.read()?;
        let actor = act::present(&reader, who)?;
        let of_owner = |c: &Certificate| owner.is_none() || c.owner == owner;
        let mut hits = Vec::new();
        if let Some(serial) = digits.whole() {
            for certificate in with_serial(&reader, &serial, issuer)? {
                // Whoever names a whole serial has the certificate before him.
                if of_owner(&certificate)
                    && self.sees(&reader, &actor, &certificate, certificate.owner)?
                {
                    hits.push(certificate);
                }
            }
        }
        if hits.len() > 1 {
            return Err(DeskError::Ambiguous {
                what: digits.digits.clone(),
                hint: "--issuer".to_owned(),
            });
        }
        let mut cut = false;
        if hits.is_empty() && digits.digits.len() >= FEWEST {
            let lists = match owner {
                Some(owner) => vec![CertificateList::Owner(owner)],
                None => digits.lists(),
            };
            for list in lists {
                let (found, more) = some_of(&reader, &list, |c| {
                    Ok(digits.fits(&c.key.serial)
                        && of_owner(c)
                        && is_issuer(c.key.issuer, c, issuer)
                        && self.sees(&reader, &actor, c, owner)?)
                })?;
                cut |= more;
                hits.extend(found);
            }
            hits.sort_by(|a, b| a.key.cmp(&b.key));
            hits.dedup_by(|a, b| a.key == b.key);
        }
        match hits.as_slice() {
            [] if cut => Err(several(digits, &[], true)),
            [] => Err(DeskError::Refused(Refusal::NotFound)),
            [only] if !cut => self.certificate_view(&reader, &actor, only.clone()),
            _ => Err(several(digits, &hits, cut)),
        }
    }
}

fn several(digits: &SerialDigits, hits: &[Certificate], cut: bool) -> DeskError {
    let mut told: Vec<String> = hits
        .iter()
        .take(TOLD)
        .map(|c| {
            let issuer = c.issuer_name.common_name().unwrap_or_default();
            format!("{} ({})", c.key.serial, printable(issuer))
        })
        .collect();
    if cut || hits.len() > TOLD {
        told.push("…".to_owned());
    }
    DeskError::SeveralSerials {
        digits: digits.digits.clone(),
        candidates: told.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(typed: &str, serial: &str) -> bool {
        let serial = Serial::parse(serial).unwrap();
        SerialDigits::parse(typed).unwrap().fits(&serial)
    }

    #[test]
    fn digits_fit_a_serial_by_its_beginning_and_its_end_in_every_way_it_is_written() {
        let serial = "c3a1b2c3d41dd485d7";
        for typed in [
            "1dd485d7", "…85d7", "...85D7", "*85d7", "c3a1", "C3:A1:B2", "c3a1…", "00c3a1",
        ] {
            assert!(fits(typed, serial), "{typed}");
        }
        for typed in ["c3a1", "…c3a1", "b2c3"] {
            assert!(!fits(typed, "aac3a1b2c3d4"), "{typed}");
        }
        assert!(!fits("…c3a1", serial) && !fits("85d7…", serial));
        assert!(fits("000000c3", "c3"), "as a list shows it");
    }

    #[test]
    fn what_is_no_hex_is_no_serial() {
        for text in ["", "…", "xyz", "…12…", "12 34", &"1".repeat(43)] {
            assert!(SerialDigits::parse(text).is_err(), "{text}");
        }
    }
}
