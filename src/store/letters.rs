//! What is known of each letter version: salt, plain hash, facts and text, sealed under the person's key. Clear are
//! only the ids it hangs on. The letter itself is a file, see `letter_files`.

use serde::{Deserialize, Serialize};

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::indexed::{Entries, Index, Indexed, record_bytes};
use super::key::{Key, Span};
use super::page::Window;
use super::seal::SealNonce;
use super::table::{Table, table};
use super::value::{Record, record};
use crate::domain::request::LetterKind;
use crate::domain::{AccountId, LetterId, RequestId, Timestamp};

static OWNER: Index = Index::ordered("letters.owner");
static REQUEST: Index = Index::ordered("letters.request");
const PURPOSE: &str = "letter record";

/// A letter version's erasable record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LetterRecord {
    pub id: LetterId,
    /// The person whose key seals record and file.
    pub owner: AccountId,
    pub request: RequestId,
    pub attached_at: Timestamp,
    pub details: LetterDetails,
}

/// The sealed part of a [`LetterRecord`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LetterDetails {
    /// What the log's hash is salted with; 32 random octets.
    pub salt: [u8; 32],
    /// SHA-256 of the letter as it came in.
    pub sha256: [u8; 32],
    pub kind: LetterKind,
    /// Octets of the letter as it came in.
    pub bytes: u64,
    /// What the letter room found in it, text included, in that room's own form.
    pub facts: Vec<u8>,
}

record!(LetterDetails, "letters");

/// As it lies in the table.
#[derive(Serialize, Deserialize)]
pub(super) struct SealedLetter {
    id: LetterId,
    owner: AccountId,
    request: RequestId,
    attached_at: Timestamp,
    sealed: Vec<u8>,
}

record!(SealedLetter, "letters");

impl Indexed for SealedLetter {
    const ROWS: Table = table("letters");
    const NAME: &'static str = "letters";
    const INDEXES: &'static [&'static Index] = &[&OWNER, &REQUEST];

    fn primary(&self) -> Vec<u8> {
        self.id.0.into()
    }

    fn entries(&self) -> Entries {
        let mut entries = Entries::default();
        entries.key(&OWNER, Key::new().id(&self.owner.0).id(&self.id.0).done());
        let key = Key::new().id(&self.request.0).time(self.attached_at);
        entries.key(&REQUEST, key.id(&self.id.0).done());
        entries
    }

    record_bytes!();
}

impl Reader {
    /// A letter's record, opened. [`StoreError::Erased`] where the owner's key is gone.
    pub fn letter(&self, id: LetterId) -> Result<Option<LetterRecord>, StoreError> {
        let Some(row) = self.row::<SealedLetter>(&id.0)? else {
            return Ok(None);
        };
        let key = self.subject_key(row.owner)?.ok_or(StoreError::Erased)?;
        let plain = key.open(PURPOSE, &id.0, &row.sealed)?;
        Ok(Some(LetterRecord {
            id,
            owner: row.owner,
            request: row.request,
            attached_at: row.attached_at,
            details: LetterDetails::decode(&plain)?,
        }))
    }

    /// Whether a record names this letter: a file without one is an orphan.
    pub fn has_letter(&self, id: LetterId) -> Result<bool, StoreError> {
        let opened = self.open(SealedLetter::ROWS)?;
        let found = opened.get(&id.0)?.is_some();
        Ok(found)
    }

    /// All letters of a person.
    pub fn letters_of(&self, owner: AccountId) -> Result<Vec<LetterId>, StoreError> {
        self.letter_ids(&OWNER, &owner.0)
    }

    /// All letters of a request, the oldest first.
    pub fn letters_of_request(&self, request: RequestId) -> Result<Vec<LetterId>, StoreError> {
        self.letter_ids(&REQUEST, &request.0)
    }

    fn letter_ids(&self, index: &Index, prefix: &[u8]) -> Result<Vec<LetterId>, StoreError> {
        let all = Window::first(usize::MAX);
        let hits = self.window(index.table, &[Span::prefix(prefix)], &all)?;
        hits.rows
            .into_iter()
            .map(|hit| {
                hit.value
                    .try_into()
                    .map(LetterId)
                    .map_err(|_| StoreError::corrupt(index.name, "an id of another length"))
            })
            .collect()
    }
}

impl Writer {
    /// Seals and stores a record under its owner's key, which must have been made. The file must already be in place.
    pub fn put_letter(
        &mut self,
        letter: &LetterRecord,
        nonce: SealNonce,
    ) -> Result<(), StoreError> {
        let key = self.subject_key(letter.owner)?.ok_or(StoreError::Erased)?;
        let plain = zeroize::Zeroizing::new(letter.details.encode()?);
        let row = SealedLetter {
            id: letter.id,
            owner: letter.owner,
            request: letter.request,
            attached_at: letter.attached_at,
            sealed: key.seal(PURPOSE, &letter.id.0, nonce, &plain)?,
        };
        self.put_row(&row).map(drop)
    }

    /// Deletes a record; its file goes after the commit. Whether there was one.
    pub fn delete_letter(&mut self, id: LetterId) -> Result<bool, StoreError> {
        Ok(self.delete_row::<SealedLetter>(&id.0)?.is_some())
    }
}
