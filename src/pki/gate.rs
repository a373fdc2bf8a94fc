//! The publishing gate: the last reader of a new CRL before it replaces the published one (DOMAIN.md "CRL rules").
//! It believes nothing that the writer believed: it reads the candidate, what the database says and the published
//! predecessor in one merge, in constant memory, and verifies the signature with the CA's certificate. Publishes nothing.

use std::cmp::Ordering;

use super::check;
use super::crl_extension::CrlExtensions;
use super::crl_issuer::CrlIssuer;
use super::crl_read::{CrlReader, CrlSource, CrlTail, ReadError};
use super::der_scan::DerError;
use super::entry::{compare_serials, serial_text};
use super::examine::Facts;
use super::ordered::{OrderError, OrderedEntries, OrderedEntry};
use super::stream_signature::SignatureFault;
use super::write::serial_of;
use crate::domain::instant::SECOND;
use crate::domain::{CrlNumber, Serial, Timestamp};

/// What the candidate replaces.
pub enum Predecessor<'a> {
    /// Nothing of this scope was ever published, nor numbered.
    None,
    /// The published CRL of the same kind and scope.
    Published(&'a dyn CrlSource),
    /// It cannot be read any more, or it is a delta on another base: the last number known is compared, entries are not.
    Lost { last_number: CrlNumber },
}

/// What the gate holds the candidate against.
pub struct Gate<'a, L> {
    pub issuer: &'a CrlIssuer,
    pub now: Timestamp,
    pub predecessor: Predecessor<'a>,
    /// Whether a certificate of the predecessor may be absent from the candidate: it expired and a regular CRL after
    /// that was published, or it was released from hold.
    pub may_leave: L,
}

/// A candidate that may be published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Passed {
    pub number: CrlNumber,
    pub this_update: Timestamp,
    pub next_update: Timestamp,
    pub entries: u64,
    /// Rules that the list breaks and that do not keep it back, each with what was found.
    pub remarks: Vec<(&'static str, String)>,
}

/// Rules that a right list of ours may break, because they are broken by what was issued long ago: a certificate whose
/// serial has 21 octets in DER must be revocable.
const REMARKS: [&str; 1] = ["serial-length"];

/// Why a candidate is not published. Serials are printed as the desk prints them.
#[derive(Debug, thiserror::Error)]
pub enum Refusal<E: std::error::Error + 'static> {
    #[error("the new CRL cannot be read: {0}")]
    Unreadable(ReadError),
    #[error("the new CRL's signature does not verify with the CA's certificate: {0}")]
    Signature(SignatureFault),
    #[error("the new CRL has no number")]
    NoNumber,
    #[error(
        "the new CRL has the number {number}, the published one {published}: a number only rises"
    )]
    NumberNotHigher {
        number: CrlNumber,
        published: CrlNumber,
    },
    #[error("the new CRL begins at {this_update}, before the published one ({published})")]
    Older {
        this_update: Timestamp,
        published: Timestamp,
    },
    #[error("the new CRL ends at {next_update}, which is past")]
    AlreadyEnded { next_update: Timestamp },
    #[error("certificate {serial} is revoked in the database and missing on the new CRL")]
    Missing { serial: String },
    #[error("certificate {serial} is on the new CRL and not revoked in the database")]
    NotRevoked { serial: String },
    #[error("the entry of certificate {serial} is not the one in the database")]
    OtherEntry { serial: String },
    #[error("certificate {serial} is on the published CRL and would be un-revoked by the new one")]
    WouldUnrevoke { serial: String },
    #[error("the published CRL cannot be read: {0}")]
    PredecessorUnreadable(ReadError),
    #[error("the published CRL was not signed by this issuer: {0}")]
    PredecessorNotOurs(SignatureFault),
    #[error("the published CRL is of another kind, base or distribution point than the new one")]
    OtherScope,
    #[error("the new CRL breaks the rule {rule}: {detail}")]
    Rule { rule: &'static str, detail: String },
    #[error("an entry in the database is malformed: {0}")]
    StoredEntry(DerError),
    #[error("the database could not be read: {0}")]
    Database(#[source] E),
}

impl<L: FnMut(&Serial) -> bool> Gate<'_, L> {
    /// Reads `candidate` and lets it pass or says why not. `database`: the encoded entries that must be on it, in
    /// ascending order of serials, nothing else.
    pub fn examine<C, I, B, E>(mut self, candidate: &C, database: I) -> Result<Passed, Refusal<E>>
    where
        C: CrlSource + ?Sized,
        I: IntoIterator<Item = Result<B, E>>,
        B: AsRef<[u8]>,
        E: std::error::Error + 'static,
    {
        let unreadable = Refusal::Unreadable;
        let mut reader = CrlReader::open(candidate).map_err(unreadable)?;
        let mut facts = Facts::empty(Some(self.issuer), self.now);
        facts.begin(&reader);
        let mut old = match &self.predecessor {
            Predecessor::Published(source) => Some(Old::open(*source)?),
            _ => None,
        };
        let mut database = database.into_iter();
        while let Some(entry) = reader.next_entry().map_err(unreadable)? {
            facts.entries.take(&entry);
            let expected = database.next().transpose().map_err(Refusal::Database)?;
            if expected.as_ref().map(AsRef::as_ref) != Some(entry.der) {
                return Err(mismatch(entry.serial, entry.der, expected.as_ref()));
            }
            if let Some(old) = &mut old {
                old.pass(entry.serial, &mut self.may_leave)?;
            }
        }
        if let Some(expected) = database.next() {
            let expected = expected.map_err(Refusal::Database)?;
            let serial = serial_of(expected.as_ref()).map_err(Refusal::StoredEntry)?;
            return Err(Refusal::Missing {
                serial: serial_text(serial),
            });
        }
        let tail = reader.finish().map_err(unreadable)?;
        facts.end(candidate, tail).map_err(unreadable)?;
        let published = match (old, &self.predecessor) {
            (Some(old), _) => Some(old.finish(candidate, self.issuer, &mut self.may_leave)?),
            (_, Predecessor::Lost { last_number }) => Some(Published {
                number: Some(*last_number),
                this_update: None,
                scope: None,
            }),
            _ => None,
        };
        self.conclude(&facts, published)
    }

    /// Judges what does not need the entries. The refusals that name a fact come first, the table of rules last.
    fn conclude<E: std::error::Error>(
        &self,
        facts: &Facts<'_>,
        published: Option<Published>,
    ) -> Result<Passed, Refusal<E>> {
        if let Some(Err(fault)) = &facts.signature {
            return Err(Refusal::Signature(fault.clone()));
        }
        let number = facts
            .tail
            .as_ref()
            .and_then(CrlTail::crl_number)
            .ok_or(Refusal::NoNumber)?;
        let head = facts.head.as_ref();
        let this_update = head.and_then(|head| head.this_update.get());
        let next_update = head.and_then(|head| head.next_update.as_ref()?.get());
        // After the clock went back a list may begin a second after the published one, which is in the future.
        let mut follows_the_future = false;
        if let Some(published) = published {
            follows_the_future = published
                .this_update
                .is_some_and(|last| last > self.now && this_update == Some(last.plus(SECOND)));
            let scope = facts.tail.as_ref().map(|tail| Scope::of(&tail.extensions));
            if published.scope.is_some() && published.scope != scope {
                return Err(Refusal::OtherScope);
            }
            if let Some(published) = published.number.filter(|published| number <= *published) {
                return Err(Refusal::NumberNotHigher { number, published });
            }
            if let (Some(this_update), Some(published)) = (this_update, published.this_update)
                && this_update < published
            {
                return Err(Refusal::Older {
                    this_update,
                    published,
                });
            }
        }
        if let Some(next_update) = next_update.filter(|next| *next <= self.now) {
            return Err(Refusal::AlreadyEnded { next_update });
        }
        let mut remarks = Vec::new();
        for broken in check::report(facts).broken() {
            let (rule, detail) = (broken.rule, broken.detail.clone());
            let expected = follows_the_future && rule == "this-update-not-future";
            if !expected && !REMARKS.contains(&rule) {
                return Err(Refusal::Rule { rule, detail });
            }
            remarks.push((rule, detail));
        }
        match (this_update, next_update) {
            (Some(this_update), Some(next_update)) => Ok(Passed {
                number,
                this_update,
                next_update,
                entries: facts.entries.count,
                remarks,
            }),
            // The table has rules for both dates, so this is not reached.
            _ => Err(Refusal::Rule {
                rule: "next-update-present",
                detail: String::new(),
            }),
        }
    }
}

/// Says how an entry of the candidate and the one that the database has next differ.
fn mismatch<B: AsRef<[u8]>, E: std::error::Error>(
    serial: &[u8],
    der: &[u8],
    expected: Option<&B>,
) -> Refusal<E> {
    let here = serial_text(serial);
    let Some(expected) = expected.map(AsRef::as_ref) else {
        return Refusal::NotRevoked { serial: here };
    };
    debug_assert_ne!(der, expected);
    match serial_of(expected) {
        Err(fault) => Refusal::StoredEntry(fault),
        Ok(wanted) => match compare_serials(serial, wanted) {
            Ordering::Equal => Refusal::OtherEntry { serial: here },
            Ordering::Less => Refusal::NotRevoked { serial: here },
            Ordering::Greater => Refusal::Missing {
                serial: serial_text(wanted),
            },
        },
    }
}

/// The predecessor, read along with the candidate.
struct Old<'s> {
    source: &'s dyn CrlSource,
    /// `None` when the list turned out to be out of order and is compared afterwards.
    entries: Option<OrderedEntries<'s>>,
}

/// What the published CRL says of itself.
struct Published {
    number: Option<CrlNumber>,
    this_update: Option<Timestamp>,
    scope: Option<Scope>,
}

/// What must be equal in two CRLs of which one replaces the other.
#[derive(PartialEq, Eq)]
struct Scope {
    delta_base: Option<Vec<u8>>,
    uris: Option<Vec<String>>,
}

impl Scope {
    fn of(extensions: &CrlExtensions) -> Self {
        let idp = extensions.issuing_distribution_point.as_ref();
        Self {
            delta_base: extensions
                .delta_base
                .as_ref()
                .map(|known| known.get().cloned().unwrap_or_default()),
            uris: idp.map(|known| known.get().map(|idp| idp.uris.clone()).unwrap_or_default()),
        }
    }
}

impl<'s> Old<'s> {
    fn open<E: std::error::Error>(source: &'s dyn CrlSource) -> Result<Self, Refusal<E>> {
        let entries = match OrderedEntries::stream(source) {
            Ok(entries) => Some(entries),
            Err(OrderError::NotAscending) => None,
            Err(OrderError::Read(error)) => return Err(Refusal::PredecessorUnreadable(error)),
        };
        Ok(Self { source, entries })
    }

    /// The candidate has reached `serial`: everything before it that the predecessor has is missing on the candidate.
    fn pass<E: std::error::Error>(
        &mut self,
        serial: &[u8],
        may_leave: &mut impl FnMut(&Serial) -> bool,
    ) -> Result<(), Refusal<E>> {
        let Some(entries) = &mut self.entries else {
            return Ok(());
        };
        match pass(entries, Some(serial), may_leave) {
            Err(Passing::Order(OrderError::NotAscending)) => {
                self.entries = None;
                Ok(())
            }
            other => other.map_err(Passing::into),
        }
    }

    /// Both lists are at their end. Verifies the predecessor's signature; where it was out of order, compares it now.
    fn finish<E: std::error::Error>(
        mut self,
        candidate: &(impl CrlSource + ?Sized),
        issuer: &CrlIssuer,
        may_leave: &mut impl FnMut(&Serial) -> bool,
    ) -> Result<Published, Refusal<E>> {
        let unreadable = Refusal::PredecessorUnreadable;
        if let Some(entries) = &mut self.entries {
            match pass(entries, None, may_leave) {
                Err(Passing::Order(OrderError::NotAscending)) => self.entries = None,
                other => other.map_err(Passing::into)?,
            }
        }
        let entries = match self.entries {
            Some(entries) => entries,
            None => compare_sorted(self.source, candidate, may_leave).map_err(Passing::into)?,
        };
        let (head, tail) = entries
            .finish()
            .map_err(|error| Passing::Order(error).into())?;
        tail.verify(self.source, issuer)
            .map_err(unreadable)?
            .map_err(Refusal::PredecessorNotOurs)?;
        Ok(Published {
            number: tail.crl_number(),
            this_update: head.this_update.get(),
            scope: Some(Scope::of(&tail.extensions)),
        })
    }
}

/// Compares a predecessor whose entries are out of order, in a pass of its own.
fn compare_sorted<'s>(
    source: &'s dyn CrlSource,
    candidate: &(impl CrlSource + ?Sized),
    may_leave: &mut impl FnMut(&Serial) -> bool,
) -> Result<OrderedEntries<'s>, Passing> {
    let mut entries = OrderedEntries::sorted(source).map_err(Passing::Order)?;
    let order = |error| Passing::Order(OrderError::Read(error));
    let mut reader = CrlReader::open(candidate).map_err(order)?;
    while let Some(entry) = reader.next_entry().map_err(order)? {
        pass(&mut entries, Some(entry.serial), may_leave)?;
    }
    pass(&mut entries, None, may_leave)?;
    Ok(entries)
}

enum Passing {
    Order(OrderError),
    WouldUnrevoke(String),
}

impl Passing {
    fn into<E: std::error::Error>(self) -> Refusal<E> {
        match self {
            Self::Order(OrderError::Read(error)) => Refusal::PredecessorUnreadable(error),
            // Sorted lists ascend, and streams that do not are sorted before this is asked.
            Self::Order(OrderError::NotAscending) => Refusal::WouldUnrevoke {
                serial: String::new(),
            },
            Self::WouldUnrevoke(serial) => Refusal::WouldUnrevoke { serial },
        }
    }
}

/// Steps over what the predecessor has up to `reached` (to its end: `None`). What lies before `reached` may leave or
/// is un-revoked; what equals it is still there.
fn pass(
    old: &mut OrderedEntries<'_>,
    reached: Option<&[u8]>,
    may_leave: &mut impl FnMut(&Serial) -> bool,
) -> Result<(), Passing> {
    while let Some(OrderedEntry { serial, .. }) = old.entry() {
        let order = reached.map_or(Ordering::Less, |reached| compare_serials(serial, reached));
        match order {
            Ordering::Greater => return Ok(()),
            Ordering::Equal => {}
            Ordering::Less => {
                let known = Serial::from_magnitude(serial).ok();
                if !known.is_some_and(|known| may_leave(&known)) {
                    return Err(Passing::WouldUnrevoke(serial_text(serial)));
                }
            }
        }
        old.advance().map_err(Passing::Order)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::crl_fixture::{TestCa, entries, now};
    use super::super::entry::{EntryReason, RevokedEntry};
    use super::super::plan::CrlKind;
    use super::*;
    use std::convert::Infallible;

    struct Case<'a> {
        ca: &'a TestCa,
        old: Predecessor<'a>,
        leaving: &'a [u64],
        now: Timestamp,
    }

    impl<'a> Case<'a> {
        fn new(ca: &'a TestCa, old: Predecessor<'a>) -> Self {
            Self {
                ca,
                old,
                leaving: &[],
                now: now(),
            }
        }

        fn pass(
            self,
            candidate: &(impl CrlSource + ?Sized),
            database: &[Vec<u8>],
        ) -> Result<Passed, Refusal<Infallible>> {
            let leaving: Vec<Serial> = self
                .leaving
                .iter()
                .map(|n| Serial::from_magnitude(&n.to_be_bytes()).unwrap())
                .collect();
            Gate {
                issuer: &self.ca.issuer,
                now: self.now,
                predecessor: self.old,
                may_leave: |serial: &Serial| leaving.contains(serial),
            }
            .examine(candidate, database.iter().map(Ok::<_, Infallible>))
        }
    }

    #[test]
    fn a_right_crl_passes_with_and_without_a_predecessor() {
        let ca = TestCa::new();
        let (old, new) = (entries(&[1, 300]), entries(&[1, 7, 300, 0xffff_ffff]));
        let first = ca.crl(4, &old);
        let second = ca.crl(5, &new);
        let passed = Case::new(&ca, Predecessor::None)
            .pass(&first, &old)
            .unwrap();
        assert_eq!((passed.entries, passed.number), (2, CrlNumber::from(4)));
        let passed = Case::new(&ca, Predecessor::Published(&first))
            .pass(&second, &new)
            .unwrap();
        assert_eq!(passed.entries, 4);
        let nothing = ca.crl(6, &[]);
        assert!(
            Case::new(&ca, Predecessor::None)
                .pass(&nothing, &[])
                .is_ok()
        );
    }

    #[test]
    fn a_number_that_does_not_rise_is_refused() {
        let ca = TestCa::new();
        let list = entries(&[1]);
        let published = ca.crl(9, &list);
        for number in [8, 9] {
            let refused = Case::new(&ca, Predecessor::Published(&published))
                .pass(&ca.crl(number, &list), &list);
            assert!(matches!(refused, Err(Refusal::NumberNotHigher { .. })));
        }
        let lost = Predecessor::Lost {
            last_number: CrlNumber::from(9),
        };
        let refused = Case::new(&ca, lost).pass(&ca.crl(9, &list), &list);
        assert!(matches!(refused, Err(Refusal::NumberNotHigher { .. })));
    }

    #[test]
    fn a_revoked_serial_never_leaves_unless_it_may() {
        let ca = TestCa::new();
        let published = ca.crl(1, &entries(&[5, 6, 7]));
        for (rest, gone) in [(vec![6, 7], "05"), (vec![5, 7], "06"), (vec![5, 6], "07")] {
            let rest = entries(&rest);
            let next = ca.crl(2, &rest);
            let refused = Case::new(&ca, Predecessor::Published(&published)).pass(&next, &rest);
            assert!(
                matches!(refused, Err(Refusal::WouldUnrevoke { ref serial }) if serial == gone),
                "{refused:?}"
            );
            let mut allowed = Case::new(&ca, Predecessor::Published(&published));
            allowed.leaving = &[5, 6, 7];
            assert!(allowed.pass(&next, &rest).is_ok());
        }
    }

    #[test]
    fn a_predecessor_out_of_order_is_compared_all_the_same() {
        let ca = TestCa::new();
        let list = entries(&[5, 6, 7]);
        let ascending = ca.crl(1, &list);
        let shuffled = reorder(&ca, ascending.as_bytes(), &list);
        let passed =
            Case::new(&ca, Predecessor::Published(&shuffled)).pass(&ca.crl(2, &list), &list);
        assert!(passed.is_ok(), "{passed:?}");
        let less = entries(&[6, 7]);
        let refused =
            Case::new(&ca, Predecessor::Published(&shuffled)).pass(&ca.crl(2, &less), &less);
        assert!(
            matches!(refused, Err(Refusal::WouldUnrevoke { ref serial }) if serial == "05"),
            "{refused:?}"
        );
    }

    /// The same CRL with its entries in the other direction, signed anew.
    fn reorder(ca: &TestCa, der: &[u8], list: &[Vec<u8>]) -> Vec<u8> {
        use rcgen::SigningKey;
        let (forth, back): (Vec<u8>, Vec<u8>) = (
            list.concat(),
            list.iter().rev().flatten().copied().collect(),
        );
        let place = der.windows(forth.len()).position(|w| w == forth).unwrap();
        let mut der = der.to_vec();
        der[place..place + back.len()].copy_from_slice(&back);
        let tail = CrlReader::open(&der).unwrap().finish().unwrap();
        let tbs = tail.signed_part.start as usize..tail.signed_part.end as usize;
        let mut body = der[tbs].to_vec();
        let signature = ca.key.sign(&body).unwrap();
        body.extend_from_slice(&tail.algorithm.der);
        let mut bits = vec![0];
        bits.extend_from_slice(&signature);
        crate::pki::der_write::push_tlv(&mut body, 0x03, &bits);
        crate::pki::der_write::tlv(0x30, &body)
    }

    #[test]
    fn the_crl_and_the_database_must_say_the_same() {
        let ca = TestCa::new();
        let on_crl = entries(&[5, 7]);
        let crl = ca.crl(1, &on_crl);
        let pass = |database: &[Vec<u8>]| Case::new(&ca, Predecessor::None).pass(&crl, database);
        assert!(matches!(
            pass(&entries(&[5, 6, 7])),
            Err(Refusal::Missing { serial }) if serial == "06"
        ));
        assert!(matches!(
            pass(&entries(&[5, 7, 8])),
            Err(Refusal::Missing { serial }) if serial == "08"
        ));
        assert!(matches!(
            pass(&entries(&[7])),
            Err(Refusal::NotRevoked { serial }) if serial == "05"
        ));
        assert!(matches!(
            pass(&entries(&[5])),
            Err(Refusal::NotRevoked { serial }) if serial == "07"
        ));
        let mut other = on_crl.clone();
        *other[1].last_mut().unwrap() = 4;
        assert!(matches!(
            pass(&other),
            Err(Refusal::OtherEntry { serial }) if serial == "07"
        ));
        assert!(matches!(
            pass(&[on_crl[0].clone(), vec![0x30, 0x00]]),
            Err(Refusal::StoredEntry(_))
        ));
    }

    #[test]
    fn a_key_that_is_not_the_issuers_is_found_out() {
        let (ca, other) = (TestCa::new(), TestCa::new());
        let plan = ca.plan(1, CrlKind::Complete);
        let list = entries(&[1]);
        let wrong = other.sign(&plan, &list);
        assert!(matches!(
            Case::new(&ca, Predecessor::None).pass(&wrong, &list),
            Err(Refusal::Signature(SignatureFault::Mismatch))
        ));
        let good = ca.crl(2, &list);
        assert!(matches!(
            Case::new(&ca, Predecessor::Published(&wrong)).pass(&good, &list),
            Err(Refusal::PredecessorNotOurs(SignatureFault::Mismatch))
        ));
    }

    #[test]
    fn a_crl_whose_time_is_over_is_refused() {
        let ca = TestCa::new();
        let crl = ca.crl(1, &[]);
        let mut late = Case::new(&ca, Predecessor::None);
        late.now = now().plus(48 * crate::domain::instant::HOUR);
        assert!(matches!(
            late.pass(&crl, &[]),
            Err(Refusal::AlreadyEnded { .. })
        ));
        let mut early = Case::new(&ca, Predecessor::None);
        early.now = now().plus(-1000);
        assert!(matches!(
            early.pass(&crl, &[]),
            Err(Refusal::Rule { rule, .. }) if rule == "this-update-not-future"
        ));
    }

    #[test]
    fn after_the_clock_went_back_revocations_are_still_published() {
        let ca = TestCa::new();
        let list = entries(&[1]);
        let (published, next) = (ca.crl(1, &[]), ca.crl_at(2, &list, now().plus(1000)));
        let later = ca.crl_at(2, &list, now().plus(2000));
        for (candidate, passes) in [(&next, true), (&later, false)] {
            let mut case = Case::new(&ca, Predecessor::Published(&published));
            case.now = now().plus(-3_600_000);
            let result = case.pass(candidate, &list);
            assert_eq!(result.is_ok(), passes, "{result:?}");
        }
    }

    #[test]
    fn a_serial_of_160_random_bits_is_remarked_on_and_published() {
        let ca = TestCa::new();
        let wide = RevokedEntry {
            serial: Serial::from_magnitude(&[0xff; 20]).unwrap(),
            revocation_date: now(),
            reason: EntryReason::RemoveFromCrl,
            invalidity_date: None,
        };
        let removal = [wide.encode().unwrap()];
        let revoked = RevokedEntry {
            reason: EntryReason::Revoked(crate::domain::ReasonCode::KeyCompromise),
            ..wide
        };
        let list = [revoked.encode().unwrap()];
        let passed = Case::new(&ca, Predecessor::None).pass(&ca.crl(1, &list), &list);
        assert_eq!(passed.unwrap().remarks[0].0, "serial-length");
        // A removal on a complete list stays a refusal.
        assert!(matches!(
            Case::new(&ca, Predecessor::None).pass(&ca.crl(1, &removal), &removal),
            Err(Refusal::Rule {
                rule: "reason-remove-on-delta",
                ..
            })
        ));
    }

    #[test]
    fn a_delta_does_not_replace_a_complete_crl() {
        let ca = TestCa::new();
        let list = entries(&[1]);
        let complete = ca.crl(3, &list);
        let base = CrlNumber::from(3);
        let delta = ca.sign(&ca.plan(4, CrlKind::Delta { base }), &list);
        assert!(matches!(
            Case::new(&ca, Predecessor::Published(&complete)).pass(&delta, &list),
            Err(Refusal::OtherScope)
        ));
        let next = ca.sign(&ca.plan(5, CrlKind::Delta { base }), &list);
        let passed = Case::new(&ca, Predecessor::Published(&delta)).pass(&next, &list);
        assert!(passed.is_ok(), "{passed:?}");
    }

    #[test]
    fn an_unreadable_predecessor_stops_publication_until_it_is_said_so() {
        let ca = TestCa::new();
        let torn = ca.crl(1, &entries(&[1])).as_bytes()[..100].to_vec();
        assert!(matches!(
            Case::new(&ca, Predecessor::Published(&torn)).pass(&ca.crl(2, &[]), &[]),
            Err(Refusal::PredecessorUnreadable(_))
        ));
    }
}
