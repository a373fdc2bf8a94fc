//! How the certificates that a filter asks for are found: the term that lets the fewest through says which runs of which
//! indexes are read, every row of them is held against the other terms, and a page looks at so many rows at most. A page
//! that is not full though there is more to look at says where to go on.

use serde::{Deserialize, Serialize};

use crate::domain::{Account, AccountId, Certificate, Timestamp};
use crate::store::{
    AccountList, CertificateList, Cursor, Direction, Page, Reader, StoreError, Window, fold,
};

use super::DeskError;
use super::filter::certificates::{
    Looked, Term, Terms, is_common_name, is_nip, is_username, longest_word, words_begin,
};

/// Rows that a page looks at, unless more are asked for at once.
const LOOK: usize = 1000;
/// Rows read from an index at once.
const READ: usize = 250;

/// A run of an index, of certificates or of the people that they belong to.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Run {
    Certificates(CertificateList),
    OwnedBy(AccountList),
}

impl Run {
    /// Whether a certificate stands in this run.
    fn holds(&self, looked: &Looked<'_>) -> bool {
        let serial = looked.certificate.key.serial.to_string();
        let owner = looked.owner;
        match self {
            Self::Certificates(list) => match list {
                CertificateList::Name(name) => is_common_name(looked.certificate, name),
                CertificateList::SerialPrefix(digits) => serial.starts_with(digits),
                CertificateList::SerialSuffix(digits) => format!("{serial:0>8}").ends_with(digits),
                CertificateList::Owner(id) => looked.certificate.owner == Some(*id),
                CertificateList::Status(status, _) => looked.status == *status,
                _ => true,
            },
            Self::OwnedBy(list) => owner.is_some_and(|owner| match list {
                AccountList::Username(text) => is_username(owner, text),
                AccountList::Nip(digits) => is_nip(owner, digits),
                AccountList::NameWord(word) => words_begin(&owner.name, word),
                AccountList::AgencyWord(word) => words_begin(&owner.agency, word),
            }),
        }
    }
}

/// The runs to read one after the other; what stands in two of them is taken where it comes first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Walk {
    runs: Vec<Run>,
    terms: Terms,
    owner: Option<AccountId>,
}

/// Where a walk goes on.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
struct Place {
    run: u8,
    /// The people before the one at hand were looked at.
    people: Option<Cursor>,
    certificates: Option<Cursor>,
}

/// What a page is made of, as it is read.
struct Reading<'a> {
    reader: &'a Reader,
    now: Timestamp,
    limit: usize,
    looked_at: usize,
    rows: Vec<Certificate>,
}

impl Reading<'_> {
    fn is_full(&self) -> bool {
        self.rows.len() >= self.limit || self.looked_at >= LOOK.max(self.limit)
    }
}

impl Walk {
    pub fn new(terms: Terms, owner: Option<AccountId>, now: Timestamp) -> Self {
        let runs = match owner {
            Some(owner) => vec![Run::Certificates(CertificateList::Owner(owner))],
            None => terms
                .iter()
                .filter(|(inverted, _)| !inverted)
                .filter_map(|(_, term)| Some((breadth(term), runs_of(term, now)?)))
                .min_by_key(|(breadth, _)| *breadth)
                .map_or_else(
                    || vec![Run::Certificates(CertificateList::All)],
                    |(_, runs)| runs,
                ),
        };
        Self { runs, terms, owner }
    }

    /// Whether every certificate is asked for.
    pub fn is_all(&self) -> bool {
        self.terms.is_empty() && self.owner.is_none()
    }

    /// A page of at most `limit` rows behind the place `from`, of those that `visible` lets through, and the place behind
    /// it. It may hold fewer rows though there is a place behind it.
    pub fn page(
        &self,
        reader: &Reader,
        from: Option<&str>,
        limit: usize,
        now: Timestamp,
        mut visible: impl FnMut(&Certificate, Option<&Account>) -> bool,
    ) -> Result<(Vec<Certificate>, Option<String>), DeskError> {
        let mut place = from.map(place).transpose()?.unwrap_or_default();
        let mut reading = Reading {
            reader,
            now,
            limit: limit.clamp(1, 100_000),
            looked_at: 0,
            rows: Vec::new(),
        };
        while let Some(run) = self.runs.get(usize::from(place.run)) {
            let more = match run {
                Run::Certificates(list) => {
                    self.read_certificates(list, &mut place, &mut reading, None, &mut visible)?
                }
                Run::OwnedBy(list) => {
                    self.read_people(list, &mut place, &mut reading, &mut visible)?
                }
            };
            if !more {
                place = Place {
                    run: place.run + 1,
                    ..Place::default()
                };
            }
            if reading.is_full() && (more || usize::from(place.run) < self.runs.len()) {
                let octets = postcard::to_stdvec(&place)
                    .map_err(|_| DeskError::bad_value("cursor", "a cursor of this list"))?;
                return Ok((reading.rows, Some(hex::encode(octets))));
            }
        }
        Ok((reading.rows, None))
    }

    /// Reads certificates of a run until the page is full; `false` where the run ended.
    fn read_certificates(
        &self,
        list: &CertificateList,
        place: &mut Place,
        reading: &mut Reading<'_>,
        owner: Option<&Account>,
        visible: &mut impl FnMut(&Certificate, Option<&Account>) -> bool,
    ) -> Result<bool, StoreError> {
        while !reading.is_full() {
            let window = Window {
                after: place.certificates.take(),
                direction: Direction::Forward,
                limit: (reading.limit - reading.rows.len()).min(READ),
            };
            let page: Page<Certificate> = reading.reader.certificates(list, &window)?;
            reading.looked_at += page.rows.len();
            for certificate in page.rows {
                self.look(certificate, usize::from(place.run), reading, owner, visible)?;
            }
            place.certificates = page.next;
            if place.certificates.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Reads the certificates of one person after the other.
    fn read_people(
        &self,
        list: &AccountList,
        place: &mut Place,
        reading: &mut Reading<'_>,
        visible: &mut impl FnMut(&Certificate, Option<&Account>) -> bool,
    ) -> Result<bool, StoreError> {
        while !reading.is_full() {
            let window = Window {
                after: place.people.clone(),
                direction: Direction::Forward,
                limit: 1,
            };
            let page = reading.reader.accounts_of(list, &window)?;
            let Some(owner) = page.rows.first() else {
                return Ok(false);
            };
            reading.looked_at += 1;
            let of_owner = CertificateList::Owner(owner.id);
            if self.read_certificates(&of_owner, place, reading, Some(owner), visible)? {
                return Ok(true);
            }
            place.people = page.start;
            if page.next.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes a certificate that everything asked for holds for, and that stood in no earlier run.
    fn look(
        &self,
        certificate: Certificate,
        run: usize,
        reading: &mut Reading<'_>,
        owner: Option<&Account>,
        visible: &mut impl FnMut(&Certificate, Option<&Account>) -> bool,
    ) -> Result<(), StoreError> {
        let read;
        let owner = match (owner, certificate.owner) {
            (Some(owner), _) => Some(owner),
            (None, Some(id)) => {
                read = reading.reader.account(id)?;
                read.as_ref()
            }
            (None, None) => None,
        };
        let looked = Looked {
            certificate: &certificate,
            owner,
            status: certificate.status(reading.now),
        };
        let holds = self
            .terms
            .iter()
            .all(|(inverted, term)| term.holds(&looked) != *inverted)
            && !self.runs[..run]
                .iter()
                .any(|earlier| earlier.holds(&looked));
        if holds && visible(&certificate, owner) {
            reading.rows.push(certificate);
        }
        Ok(())
    }
}

fn place(text: &str) -> Result<Place, DeskError> {
    let octets = hex::decode(text).ok();
    let place = octets.and_then(|octets| postcard::from_bytes(&octets).ok());
    place.ok_or_else(|| DeskError::bad_value("cursor", "a cursor of this list"))
}

/// How many certificates a term may let through, by its kind; the longer a word, the fewer.
fn breadth(term: &Term) -> (u8, usize) {
    let rest = |text: &str| usize::MAX - text.len();
    match term {
        Term::Serial(_) => (0, 0),
        Term::Nip(digits) => (1, rest(digits)),
        Term::Owner(text) => (2, rest(text)),
        Term::Text(text, _) | Term::Name(text) => (3, rest(text)),
        Term::Subject { part, .. } => (3, rest(part)),
        Term::Agency(text) => (4, rest(text)),
        Term::Status(_) => (5, 0),
        Term::Issuer(_) => (6, 0),
    }
}

/// The runs in which all that a term lets through stands; `None` where no index knows it. A certificate of nobody known
/// here is found by the beginning of its common name, not by a later word of it.
fn runs_of(term: &Term, now: Timestamp) -> Option<Vec<Run>> {
    let name = |text: &str| Run::Certificates(CertificateList::Name(fold(text)));
    let name_word = |text: &str| longest_word(text).map(|w| Run::OwnedBy(AccountList::NameWord(w)));
    let runs = match term {
        Term::Text(text, digits) => {
            let serials = digits.iter().flat_map(|d| d.lists());
            let mut runs: Vec<Run> = serials.map(Run::Certificates).collect();
            runs.push(name(text));
            runs.push(Run::OwnedBy(AccountList::Username(text.clone())));
            runs.extend(name_word(text));
            if text.bytes().all(|b| b.is_ascii_digit()) {
                runs.push(Run::OwnedBy(AccountList::Nip(text.clone())));
            }
            runs
        }
        Term::Name(text) => std::iter::once(name(text)).chain(name_word(text)).collect(),
        Term::Nip(digits) => vec![Run::OwnedBy(AccountList::Nip(digits.clone()))],
        Term::Serial(digits) => digits.lists().into_iter().map(Run::Certificates).collect(),
        Term::Owner(text) => std::iter::once(Run::OwnedBy(AccountList::Username(text.clone())))
            .chain(name_word(text))
            .collect(),
        Term::Agency(text) => vec![Run::OwnedBy(AccountList::AgencyWord(longest_word(text)?))],
        Term::Status(any) => any
            .iter()
            .map(|status| Run::Certificates(CertificateList::Status(*status, now)))
            .collect(),
        Term::Subject { common_name, .. } => vec![name(common_name.as_deref()?)],
        Term::Issuer(_) => return None,
    };
    Some(runs)
}
