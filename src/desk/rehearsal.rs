//! A filing in one go, held against the rules before anything of it is stored: the same decisions on the same facts,
//! applied to a copy of the case. What only the transaction can know (the number) is left to it.

use crate::audit::ObjectRef;
use crate::domain::apply::apply;
use crate::domain::command::Command;
use crate::domain::decide::decide;
use crate::domain::request::{FieldChange, LetterKind, LetterVersion, RequesterKind};
use crate::domain::{
    AccountId, CertificateKey, LetterId, RequestId, RequestNumber, Role, Timestamp,
};

use super::act::present;
use super::transaction::Signer;
use super::{Desk, DeskError, Identity, cases};

/// A whole filing, as a command line states it.
pub struct Filing<'a> {
    pub certificate: &'a CertificateKey,
    /// The draft that is continued; a new one where absent.
    pub draft: Option<RequestId>,
    pub requester: RequesterKind,
    pub companion: Option<AccountId>,
    pub changes: &'a [FieldChange],
    /// The letter that will be attached.
    pub letter: Option<&'a [u8]>,
    pub submit: bool,
}

impl Desk {
    /// Whether a filing would be taken as a whole. Stores nothing but the refusal in the log.
    pub fn rehearse_filing(&self, who: &Identity, filing: &Filing<'_>) -> Result<(), DeskError> {
        let signer = Signer::person(who.person(), &[Role::Pemohon, Role::Pendamping, Role::Op]);
        let object = ObjectRef::Certificate {
            issuer: filing.certificate.issuer,
            serial: filing.certificate.serial.clone(),
        };
        self.rehearse(who, filing)
            .map_err(|e| self.refused(signer, object, e))
    }

    fn rehearse(&self, who: &Identity, filing: &Filing<'_>) -> Result<(), DeskError> {
        let now = self.now();
        let policy = self.policy();
        let reader = self.inner.store.read()?;
        let actor = present(&reader, who)?;
        let mut commands = Vec::new();
        let mut case = match filing.draft {
            Some(id) => cases::of_request(&reader, id)?,
            None => {
                commands.push(Command::Draft {
                    id: RequestId::default(),
                    requester: filing.requester,
                    companion: filing.companion.or(who.person().accompanied_by),
                });
                cases::of_certificate(&reader, filing.certificate)?
            }
        };
        commands.extend(filing.changes.iter().cloned().map(Command::Edit));
        if let Some(bytes) = filing.letter {
            commands.push(Command::AttachLetter(standing_in(who, bytes.len(), now)));
        }
        if filing.submit {
            commands.push(Command::Submit {
                number: RequestNumber {
                    year: 0,
                    sequence: 0,
                },
                signature_verified: self.signature_verified(&reader, filing.certificate)?,
            });
        }
        drop(reader);
        for command in &commands {
            for event in decide(&case, command, &actor, &policy, now)? {
                apply(&mut case, &event, &actor, now);
            }
        }
        // Last, as it takes longest: whether the letter can be read at all.
        match filing.letter {
            Some(bytes) => self.examine_letter(bytes).map(drop),
            None => Ok(()),
        }
    }
}

/// A letter in the place of the one that has not been examined yet.
fn standing_in(who: &Identity, bytes: usize, now: Timestamp) -> LetterVersion {
    LetterVersion {
        id: LetterId::default(),
        version: 1,
        kind: LetterKind::Pdf,
        bytes: bytes as u64,
        pages: 1,
        digest: [0; 32],
        attached_at: now,
        attached_by: who.account_id(),
    }
}
