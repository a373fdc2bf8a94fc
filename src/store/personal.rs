//! A person's own key and the fields that lie only under it (NIK). Deleting the key erases the person's fields and
//! letters, whoever still has the sealed octets. A backup made before has the key too: it is erased when that goes.

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::seal::{SealNonce, SubjectKey};
use super::table::{Table, table};
use super::value::{Record, record};
use crate::domain::account::PersonalFields;
use crate::domain::{AccountId, LetterId};

pub(crate) const SUBJECT_KEYS: Table = table("subject_keys");
pub(crate) const PERSONAL: Table = table("personal");
const PURPOSE: &str = "personal";
const VERSION: u8 = 1;

record!(PersonalFields, "personal");

impl Reader {
    /// The person's key; `None` before it is made, [`StoreError::Erased`] once it was erased.
    pub fn subject_key(&self, id: AccountId) -> Result<Option<SubjectKey>, StoreError> {
        let opened = self.open(SUBJECT_KEYS)?;
        let Some(guard) = opened.get(&id.0)? else {
            return Ok(None);
        };
        match guard.value().split_first() {
            Some((&VERSION, [])) => Err(StoreError::Erased),
            Some((&VERSION, octets)) => match octets.try_into() {
                Ok(octets) => Ok(Some(SubjectKey::new(octets))),
                Err(_) => Err(StoreError::corrupt(
                    "subject_keys",
                    "a key of another length",
                )),
            },
            _ => Err(StoreError::corrupt("subject_keys", "an unknown version")),
        }
    }

    /// The person's sealed fields, opened; the caller logs the reading. `None` if none were ever stored.
    pub fn personal(&self, id: AccountId) -> Result<Option<PersonalFields>, StoreError> {
        let Some(sealed) = self.get_bytes(PERSONAL, &id.0)? else {
            return Ok(None);
        };
        let key = self.subject_key(id)?.ok_or(StoreError::Erased)?;
        let plain = key.open(PURPOSE, &id.0, &sealed)?;
        PersonalFields::decode(&plain).map(Some)
    }
}

impl Writer {
    /// The person's key, made of these 32 random octets if there is none yet. An erased person gets no new one.
    pub fn make_subject_key(
        &mut self,
        id: AccountId,
        random: &[u8; 32],
    ) -> Result<SubjectKey, StoreError> {
        if let Some(key) = self.subject_key(id)? {
            return Ok(key);
        }
        let key = SubjectKey::new(random);
        let value = zeroize::Zeroizing::new([&[VERSION], key.octets().as_slice()].concat());
        self.put_bytes(SUBJECT_KEYS, &id.0, &value)?;
        Ok(key)
    }

    /// Seals the person's fields under his key, which must have been made.
    pub fn put_personal(
        &mut self,
        id: AccountId,
        fields: &PersonalFields,
        nonce: SealNonce,
    ) -> Result<(), StoreError> {
        let key = self.subject_key(id)?.ok_or(StoreError::Erased)?;
        let plain = zeroize::Zeroizing::new(fields.encode()?);
        let sealed = key.seal(PURPOSE, &id.0, nonce, &plain)?;
        self.put_bytes(PERSONAL, &id.0, &sealed)
    }

    /// Erases the person: his key, his sealed fields and the records of his letters. The account's own row, which log
    /// and requests name only by its id, is the caller's to blank. Returns the letters whose files are to be removed
    /// after the commit. Pages that redb has not reused yet keep the key's octets until [`rewrite`](super::rewrite).
    pub fn erase_person(&mut self, id: AccountId) -> Result<Vec<LetterId>, StoreError> {
        self.put_bytes(SUBJECT_KEYS, &id.0, &[VERSION])?;
        self.delete(PERSONAL, &id.0)?;
        let letters = self.letters_of(id)?;
        for letter in &letters {
            self.delete_letter(*letter)?;
        }
        Ok(letters)
    }
}
