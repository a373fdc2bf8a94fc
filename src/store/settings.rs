//! Settings by key, and the small sequences that number things.

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::key::Span;
use super::table::{Table, table};
use super::value::record;

pub(crate) const SETTINGS: Table = table("settings");
pub(crate) const SEQUENCES: Table = table("sequences");

record!(String, "settings");

impl Reader {
    pub fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.get(SETTINGS, key.as_bytes())
    }

    /// Every setting that was ever set, by key.
    pub fn settings(&self) -> Result<Vec<(String, String)>, StoreError> {
        let mut all = Vec::new();
        self.each(SETTINGS, &Span::all(), |key, value| {
            let key = String::from_utf8_lossy(key).into_owned();
            all.push((key, super::value::Record::decode(value)?));
            Ok(())
        })?;
        Ok(all)
    }

    /// Where a sequence stands; 0 if it never moved.
    pub(crate) fn sequence(&self, name: &str) -> Result<u32, StoreError> {
        match self.get_bytes(SEQUENCES, name.as_bytes())? {
            None => Ok(0),
            Some(bytes) => bytes
                .try_into()
                .map(u32::from_be_bytes)
                .map_err(|_| StoreError::corrupt("sequences", "a number of another length")),
        }
    }
}

impl Writer {
    pub fn set_setting(&mut self, key: &str, value: &str) -> Result<(), StoreError> {
        self.put(SETTINGS, key.as_bytes(), &value.to_owned())
    }

    /// Back to the default. Whether it had been set.
    pub fn unset_setting(&mut self, key: &str) -> Result<bool, StoreError> {
        self.delete(SETTINGS, key.as_bytes())
    }

    pub(crate) fn set_sequence(&mut self, name: &str, value: u32) -> Result<(), StoreError> {
        self.put_bytes(SEQUENCES, name.as_bytes(), &value.to_be_bytes())
    }
}
