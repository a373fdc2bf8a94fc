//! When a CRL was first seen at its publication point from outside. An observation, not a decision: it is in no log
//! entry, and nothing hangs on it but what screens say.

use super::crls::{CrlKind, crl_key, scope};
use super::database::{Reader, Writer};
use super::error::StoreError;
use super::key::Span;
use super::page::Window;
use super::table::{Table, table};
use super::value::record;
use crate::domain::{CrlNumber, IssuerId, Timestamp};

pub(crate) const SEEN: Table = table("crls.seen");

record!(Timestamp, "crls.seen");

impl Reader {
    /// Since when this CRL, or a newer one that took its place, has been seen from outside.
    pub fn crl_seen(
        &self,
        issuer: IssuerId,
        kind: &CrlKind,
        number: CrlNumber,
    ) -> Result<Option<Timestamp>, StoreError> {
        let scope = Span::prefix(scope(issuer, kind).bytes());
        let from = std::ops::Bound::Included(crl_key(issuer, kind, number));
        let span = Span { low: from, ..scope };
        Ok(self.records(SEEN, &span, &Window::first(1))?.rows.pop())
    }
}

impl Writer {
    /// Notes that a CRL was seen; the first time counts.
    pub fn put_crl_seen(
        &mut self,
        issuer: IssuerId,
        kind: &CrlKind,
        number: CrlNumber,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let key = crl_key(issuer, kind, number);
        match self.get::<Timestamp>(SEEN, &key)? {
            Some(_) => Ok(()),
            None => self.put(SEEN, &key, &at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Store;
    use super::*;

    #[test]
    fn a_crl_is_seen_with_the_first_one_seen_that_is_not_older() {
        let store = Store::in_memory().unwrap();
        let (one, other) = (IssuerId([1; 16]), IssuerId([2; 16]));
        let partition = CrlKind::Partition {
            uri: "http://crl.uji.example/p1.crl".to_owned(),
        };
        store
            .write(|w| {
                for (number, at) in [(300_u64, 30), (5, 5), (300, 99)] {
                    let number = CrlNumber::from(number);
                    w.put_crl_seen(one, &CrlKind::Complete, number, Timestamp(at))?;
                }
                w.put_crl_seen(one, &partition, CrlNumber::from(7), Timestamp(7))
            })
            .unwrap_or_else(|e: StoreError| panic!("{e}"));
        let reader = store.read().unwrap();
        let seen = |issuer, kind: &CrlKind, number: u64| {
            let at = reader.crl_seen(issuer, kind, number.into()).unwrap();
            at.map(|at| at.0)
        };
        let complete = CrlKind::Complete;
        assert_eq!(seen(one, &complete, 4), Some(5));
        assert_eq!(seen(one, &complete, 6), Some(30));
        assert_eq!(seen(one, &complete, 300), Some(30));
        assert_eq!(seen(one, &complete, 301), None);
        assert_eq!(seen(one, &partition, 8), None);
        assert_eq!(seen(one, &partition, 7), Some(7));
        assert_eq!(seen(other, &complete, 1), None);
    }
}
