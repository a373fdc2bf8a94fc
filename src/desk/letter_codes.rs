//! Short-lived codes under which a letter comes in from another computer: the form of somebody who is logged in shows
//! one, and `ssh desk ams letter put CODE < file` sends the letter as that person, from the same unix user only.

use std::collections::HashMap;
use std::io::Read;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::distinguished_name::printable;
use crate::domain::instant::MINUTE;
use crate::domain::{Request, RequestId, Timestamp};
use crate::letter::format::recognize;

use super::view::{Arrival, Change};
use super::{Desk, DeskError, Identity, Intent, environment};

/// A code of four characters, none of which looks like another.
const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const LENGTH: usize = 4;
/// How long a code can be used.
const LIFE: i64 = 15 * MINUTE;
/// One that is shown again lives at least this long.
const LEAST_LIFE: i64 = 5 * MINUTE;
/// Wrong codes that one unix user may try within [`LIFE`].
const WRONG_TRIES: usize = 10;
/// Octets after which the kind of a file is judged, so that a wrong one is refused before all of it has come.
const FRONT: usize = 8192;
/// How often the form is told what has come.
const TELL: Duration = Duration::from_millis(500);
/// Octets read at once.
const PORTION: usize = 64 << 10;

/// A code as the form shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LetterCode {
    pub code: String,
    pub until: Timestamp,
}

/// Where the command is typed that sends a letter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LetterCommand {
    Here { folder: String },
    Ssh { host: String },
}

/// The codes that can be used now.
#[derive(Default)]
pub(super) struct Codes(Mutex<Page>);

#[derive(Default)]
struct Page {
    open: HashMap<String, Pass>,
    wrong: HashMap<Option<u32>, Vec<Timestamp>>,
}

#[derive(Clone)]
struct Pass {
    request: RequestId,
    who: Identity,
    until: Timestamp,
}

impl Codes {
    fn page(&self, now: Timestamp) -> MutexGuard<'_, Page> {
        let mut page = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        page.open.retain(|_, pass| pass.until > now);
        page.wrong.retain(|_, tries| {
            tries.retain(|at| now.since(*at) < LIFE);
            !tries.is_empty()
        });
        page
    }
}

/// The code that `text` is, if it has the form of one.
pub fn letter_code_of(text: &str) -> Option<String> {
    let code = text.trim().to_ascii_uppercase();
    let fits = code.len() == LENGTH && code.bytes().all(|b| ALPHABET.contains(&b));
    fits.then_some(code)
}

impl Desk {
    /// A code under which a letter for this request comes in as from this person.
    pub fn letter_code(&self, who: &Identity, request: RequestId) -> Result<LetterCode, DeskError> {
        // Who may not see it gets no code for it; whether a letter fits now is decided when it comes.
        self.request(who, request)?;
        let now = self.now();
        let mut page = self.inner.letter_codes.page(now);
        let known = page.open.iter().find(|(_, pass)| {
            pass.request == request
                && pass.who.account_id() == who.account_id()
                && pass.who.peer_uid() == who.peer_uid()
                && pass.until.since(now) >= LEAST_LIFE
        });
        if let Some((code, pass)) = known {
            return Ok(LetterCode {
                code: code.clone(),
                until: pass.until,
            });
        }
        let until = now.plus(LIFE);
        loop {
            let code = self.draw_code()?;
            if !page.open.contains_key(&code) {
                let pass = Pass {
                    request,
                    who: who.clone(),
                    until,
                };
                page.open.insert(code.clone(), pass);
                return Ok(LetterCode { code, until });
            }
        }
    }

    fn draw_code(&self) -> Result<String, DeskError> {
        let mut code = String::with_capacity(LENGTH);
        while code.len() < LENGTH {
            let [octet] = environment::octets::<1>(&*self.inner.random)?;
            // Octets beyond the last multiple of 31 would favour the first characters.
            if octet < 248 {
                code.push(char::from(ALPHABET[usize::from(octet) % ALPHABET.len()]));
            }
        }
        Ok(code)
    }

    /// Who stands behind a code that came from this unix user.
    fn redeem(&self, code: &str, peer_uid: Option<u32>) -> Result<Pass, DeskError> {
        let now = self.now();
        let mut page = self.inner.letter_codes.page(now);
        let tries = page.wrong.get(&peer_uid).map_or(0, Vec::len);
        if tries < WRONG_TRIES
            && let Some(pass) = page.open.get(code)
            && pass.who.peer_uid() == peer_uid
        {
            return Ok(pass.clone());
        }
        page.wrong.entry(peer_uid).or_default().push(now);
        tracing::warn!(?peer_uid, "a wrong letter code");
        Err(DeskError::LetterCode)
    }

    /// Takes in the letter that comes under a code. The form that shows the code sees it come.
    pub fn put_letter(
        &self,
        code: &str,
        peer_uid: Option<u32>,
        input: impl Read,
    ) -> Result<(Identity, Request), DeskError> {
        let Pass { request, who, .. } = self.redeem(code, peer_uid)?;
        let stored = self
            .receive(request, input)
            .and_then(|bytes| self.act(&who, request, None, Intent::AttachLetter { bytes }));
        match stored {
            Ok(stored) => {
                self.inner.letter_codes.page(self.now()).open.remove(code);
                Ok((who, stored))
            }
            Err(error) => {
                let why = match &error {
                    DeskError::Letter(defect) => Arrival::Refused(defect.clone()),
                    _ => Arrival::BrokenOff,
                };
                self.announce(&[Change::Letter(request, why)]);
                Err(error)
            }
        }
    }

    /// Reads a letter as it comes; what it cannot be is refused at once.
    fn receive(&self, request: RequestId, mut input: impl Read) -> Result<Vec<u8>, DeskError> {
        let limits = self.letter_limits();
        let mut bytes = Vec::new();
        let mut portion = vec![0; PORTION];
        let mut judged = false;
        let mut told: Option<Instant> = None;
        loop {
            let read = match input.read(&mut portion) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                other => other.map_err(|e| DeskError::io("letter", e))?,
            };
            bytes.extend_from_slice(&portion[..read]);
            let ended = read == 0;
            if bytes.len() as u64 > limits.bytes || ended || (!judged && bytes.len() >= FRONT) {
                recognize(&bytes, &limits)?;
                judged = true;
            }
            if ended {
                return Ok(bytes);
            }
            if told.is_some_and(|at| at.elapsed() < TELL) {
                continue;
            }
            told = Some(Instant::now());
            let received = bytes.len() as u64;
            self.announce(&[Change::Letter(request, Arrival::Received(received))]);
        }
    }

    /// How the command begins that is typed elsewhere. A demo is on this very machine; any other desk is reached by SSH,
    /// under the name that is set or the machine's own.
    pub fn letter_command(&self) -> LetterCommand {
        if self.inner.folder.is_demo() {
            let folder = printable(&self.inner.folder.path().display().to_string());
            return LetterCommand::Here { folder };
        }
        let host = self.settings().ssh_name.clone();
        let machine = || {
            let name = std::fs::read_to_string("/proc/sys/kernel/hostname");
            name.map_or_else(|_| "localhost".to_owned(), |name| printable(name.trim()))
        };
        LetterCommand::Ssh {
            host: if host.is_empty() { machine() } else { host },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_four_characters_that_cannot_be_confused() {
        assert_eq!(letter_code_of(" k7qf ").as_deref(), Some("K7QF"));
        for other in ["K7Q", "K7QFX", "K0QF", "KIQF", "PC-2026-000001", ""] {
            assert_eq!(letter_code_of(other), None, "{other}");
        }
    }
}
