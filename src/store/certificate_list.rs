//! The lists of certificates that screens and commands show, each a run of an index: none of them scans.

use super::certificates::{
    ACTIVE, DAYS, EXPIRY, HELD, NAME, NAME_LIMIT, Numbered, OWNER, PUBLIC_KEY, REVOKED, SERIAL,
    SUFFIX, backwards, day_counter,
};
use super::database::Reader;
use super::error::StoreError;
use super::indexed::Index;
use super::key::{Key, Span, fold, folded_prefix};
use super::page::{Cursor, Page, Window};
use crate::domain::instant::DAY;
use crate::domain::{AccountId, Certificate, CertificateStatus, IssuerId, Timestamp};

/// Which certificates, in which order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CertificateList {
    /// All, by issuer and serial.
    All,
    /// One issuer's, by serial.
    Issuer(IssuerId),
    /// A person's, by the end of validity.
    Owner(AccountId),
    /// Those whose subject's common name begins so, without regard to case; by name.
    Name(String),
    /// Those whose serial begins with these hex digits, of any issuer.
    SerialPrefix(String),
    /// Those whose serial ends in these hex digits, of any issuer.
    SerialSuffix(String),
    /// Those that have this status at this instant, by the end of validity.
    Status(CertificateStatus, Timestamp),
    /// Active ones whose validity ends within this time (both ends included), the next first.
    Expiring { from: Timestamp, to: Timestamp },
    /// Those with this SHA-256 of the SubjectPublicKeyInfo.
    PublicKey([u8; 32]),
}

/// How many certificates have each status.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CertificateCounts {
    pub active: u64,
    pub held: u64,
    pub revoked: u64,
    pub expired: u64,
}

impl CertificateCounts {
    pub const fn of(&self, status: CertificateStatus) -> u64 {
        match status {
            CertificateStatus::Active => self.active,
            CertificateStatus::Held => self.held,
            CertificateStatus::Revoked => self.revoked,
            CertificateStatus::Expired => self.expired,
        }
    }

    pub const fn total(&self) -> u64 {
        self.active + self.held + self.revoked + self.expired
    }
}

type Plan = (&'static Index, Vec<Span>);

impl Reader {
    /// One page of a list of certificates.
    pub fn certificates(
        &self,
        list: &CertificateList,
        window: &Window,
    ) -> Result<Page<Certificate>, StoreError> {
        let (index, spans) = self.certificate_spans(list)?;
        let page = match list {
            CertificateList::SerialSuffix(digits) => {
                let digits = hex_digits(digits);
                self.page_where(index, &spans, window, |n: &Numbered| {
                    format!("{:0>8}", n.certificate.key.serial.to_string()).ends_with(&digits)
                })
            }
            CertificateList::Name(name) => {
                let name = fold(name);
                self.page_where(index, &spans, window, |n: &Numbered| {
                    fold(n.certificate.subject.common_name().unwrap_or("")).starts_with(&name)
                })
            }
            CertificateList::PublicKey(hash) => {
                self.page_where(index, &spans, window, |n: &Numbered| {
                    n.certificate.public_key_sha256 == *hash
                })
            }
            _ => self.page_by(index, &spans, window),
        }?;
        Ok(page.map(|n: Numbered| n.certificate))
    }

    /// The cursor before the `n`-th row of a list, for a jump; `None` for its beginning.
    pub fn certificates_from(
        &self,
        list: &CertificateList,
        n: u64,
    ) -> Result<Option<Cursor>, StoreError> {
        let (index, spans) = self.certificate_spans(list)?;
        self.nth(index.table, &spans, n)
    }

    /// How many certificates have each status at `now`. Costs a walk over one counter a day of expiry and over the
    /// certificates that end today.
    pub fn certificate_counts(&self, now: Timestamp) -> Result<CertificateCounts, StoreError> {
        let mut counts = CertificateCounts::default();
        let today = (now.millis().div_euclid(DAY)) as i32;
        let boundary = day_counter(ACTIVE, today)[DAYS.len() + 1..].to_vec();
        for (key, n) in self.counts(DAYS)? {
            let (standing, day) = key.split_at(1);
            match (standing[0], day.cmp(boundary.as_slice())) {
                (REVOKED, _) => counts.revoked += n,
                (_, std::cmp::Ordering::Less) => counts.expired += n,
                (HELD, _) => counts.held += n,
                _ => counts.active += n,
            }
        }
        let midnight = Timestamp(i64::from(today) * DAY);
        for (standing, count) in [(ACTIVE, &mut counts.active), (HELD, &mut counts.held)] {
            let ended = expiry(standing, midnight, now);
            let ended = self.open(EXPIRY.table)?.range(&ended)?.count() as u64;
            *count -= ended;
            counts.expired += ended;
        }
        Ok(counts)
    }

    fn certificate_spans(&self, list: &CertificateList) -> Result<Plan, StoreError> {
        let min = Timestamp(i64::MIN);
        let max = Timestamp(i64::MAX);
        Ok(match list {
            CertificateList::All => (&SERIAL, vec![Span::all()]),
            CertificateList::Issuer(id) => (&SERIAL, vec![Span::prefix(&id.0)]),
            CertificateList::Owner(id) => (&OWNER, vec![Span::prefix(&id.0)]),
            CertificateList::Name(name) => {
                (&NAME, vec![Span::prefix(&folded_prefix(name, NAME_LIMIT))])
            }
            CertificateList::SerialPrefix(digits) => {
                (&SERIAL, self.serial_prefix_spans(&hex_digits(digits))?)
            }
            CertificateList::SerialSuffix(digits) => {
                let digits = hex_digits(digits);
                let known = &digits[digits.len().saturating_sub(8)..];
                (
                    &SUFFIX,
                    vec![nibble_span(&Key::new(), &backwards(known), known.len())],
                )
            }
            CertificateList::Status(status, now) => {
                let spans = match status {
                    CertificateStatus::Active => vec![expiry(ACTIVE, *now, max)],
                    CertificateStatus::Held => vec![expiry(HELD, *now, max)],
                    CertificateStatus::Revoked => vec![Span::prefix(&[REVOKED])],
                    CertificateStatus::Expired => {
                        vec![expiry(ACTIVE, min, *now), expiry(HELD, min, *now)]
                    }
                };
                (&EXPIRY, spans)
            }
            CertificateList::Expiring { from, to } => {
                (&EXPIRY, vec![expiry(ACTIVE, *from, to.plus(1))])
            }
            CertificateList::PublicKey(hash) => (&PUBLIC_KEY, vec![Span::prefix(&hash[..8])]),
        })
    }

    /// A run of serials for each issuer and length, since serials sort by number and not as text.
    fn serial_prefix_spans(&self, digits: &str) -> Result<Vec<Span>, StoreError> {
        let mut start = digits.to_owned();
        if !start.len().is_multiple_of(2) {
            start.push('0');
        }
        let start = hex::decode(&start).unwrap_or_default();
        let mut spans = Vec::new();
        for issuer in self.issuers_of_certificates()? {
            for length in start.len().max(1)..=20 {
                let base = Key::new().id(&issuer.0).byte(length as u8);
                spans.push(nibble_span(&base, &start, digits.len()));
            }
        }
        Ok(spans)
    }

    /// Every issuer that has a certificate here, in order: one seek each.
    pub fn issuers_of_certificates(&self) -> Result<Vec<IssuerId>, StoreError> {
        let opened = self.open(SERIAL.table)?;
        let mut found: Vec<IssuerId> = Vec::new();
        let mut low = std::ops::Bound::Unbounded;
        loop {
            let rest = Span {
                low,
                high: std::ops::Bound::Unbounded,
            };
            let Some(row) = opened.range(&rest)?.next() else {
                return Ok(found);
            };
            let row = row?;
            let Some((issuer, _)) = row.0.value().split_first_chunk::<16>() else {
                return Err(StoreError::corrupt(SERIAL.name, "a short key"));
            };
            found.push(IssuerId(*issuer));
            match Span::prefix(issuer).high {
                std::ops::Bound::Excluded(next) => low = std::ops::Bound::Included(next),
                _ => return Ok(found),
            }
        }
    }
}

/// Those of one standing that end in `from..to`.
fn expiry(standing: u8, from: Timestamp, to: Timestamp) -> Span {
    let key = |time| Key::new().byte(standing).time(time);
    if to == Timestamp(i64::MAX) {
        return Span {
            low: std::ops::Bound::Included(key(from).done()),
            ..Span::prefix(&[standing])
        };
    }
    Span::between(key(from), key(to))
}

/// The keys that go on behind `base` with the first `digits` half-octets of `bytes`.
fn nibble_span(base: &Key, bytes: &[u8], digits: usize) -> Span {
    let whole = base.clone().raw(&bytes[..digits / 2]);
    if digits.is_multiple_of(2) {
        return Span::prefix(whole.bytes());
    }
    let half = bytes[digits / 2] & 0xf0;
    let low = whole.clone().byte(half);
    let end = Span::prefix(whole.clone().byte(half | 0x0f).bytes()).high;
    Span {
        low: std::ops::Bound::Included(low.done()),
        high: end,
    }
}

/// The hex digits of what was typed, in lower case; colons and everything else left out.
fn hex_digits(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_hexdigit)
        .map(|c| c.to_ascii_lowercase())
        .take(40)
        .collect()
}
