//! Sessions that were left: screen, filter and half-typed form of a person, kept for a while after a dropped link.

use crate::store::SavedSession;

use super::{Desk, DeskError, Identity};

impl Desk {
    /// Keeps what a person left; it is his alone and from this unix user.
    pub fn save_session(&self, who: &Identity, blob: &[u8]) -> Result<(), DeskError> {
        let saved = SavedSession {
            saved_at: self.now(),
            peer_uid: who.peer_uid(),
            bytes: blob.to_vec(),
        };
        self.inner
            .store
            .write::<_, DeskError>(|w| Ok(w.put_session(who.account_id(), &saved)?))
    }

    /// What this person left within the time that policy allows, from the same unix user.
    pub fn load_session(&self, who: &Identity) -> Result<Option<Vec<u8>>, DeskError> {
        let longest = self.settings().draft_resume;
        let saved = self.inner.store.read()?.session(who.account_id())?;
        Ok(saved
            .filter(|s| s.peer_uid == who.peer_uid() && self.now().since(s.saved_at) <= longest)
            .map(|s| s.bytes))
    }

    /// Forgets what was left, as when somebody logs out.
    pub fn forget_session(&self, who: &Identity) -> Result<(), DeskError> {
        self.inner.store.write::<_, DeskError>(|w| {
            w.delete_session(who.account_id())?;
            Ok(())
        })
    }
}
