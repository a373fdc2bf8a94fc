//! Acts on requests: what a person wants (an intent) becomes a command with all that needs a parser, a password or
//! a file settled before, and goes through `decide` in one transaction.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use secrecy::SecretString;

use crate::audit::ObjectRef;
use crate::domain::permission::{Permission, may};
use crate::domain::request::{FieldChange, LetterVersion, RequesterKind};
use crate::domain::{
    AccountId, Actor, CertificateKey, Command, Item, Person, ReasonCode, Refusal, Request,
    RequestId, Role, Timestamp,
};
use crate::store::Reader;

use super::letters::StoredLetter;
use super::transaction::{Signer, Transaction, active, found};
use super::{Desk, DeskError, Identity, cases};

/// What a person wants done to a request.
#[derive(Clone, Debug)]
pub enum Intent {
    Edit(FieldChange),
    AttachLetter {
        bytes: Vec<u8>,
    },
    Submit,
    Withdraw,
    Claim,
    Release,
    /// Still at work: renews the claim.
    Touch,
    Return {
        items: BTreeSet<Item>,
        note: String,
    },
    Reject {
        note: String,
    },
    Verify {
        checked: BTreeSet<Item>,
        accept_missing_letter: bool,
    },
    ChangeReason {
        code: ReasonCode,
        note: String,
        invalidity_date: Option<Timestamp>,
    },
    Match,
    Approve {
        password: SecretString,
    },
    Revoke {
        last_four: String,
        password: SecretString,
        effective: Option<Timestamp>,
    },
    RecordNotice {
        channel: String,
    },
    Acknowledge,
    /// An officer agrees that a request after loss or compromise may be withdrawn.
    ConsentToWithdraw,
    /// Take a return or rejection back while its mail still waits.
    Recall,
}

impl Intent {
    /// The roles in which this is done, the likeliest first: what the log will say.
    const fn roles(&self) -> &'static [Role] {
        match self {
            Self::Edit(_)
            | Self::AttachLetter { .. }
            | Self::Submit
            | Self::Withdraw
            | Self::Acknowledge => &[Role::Pemohon, Role::Pendamping, Role::Op],
            Self::Release => &[Role::Op, Role::Admin],
            _ => &[Role::Op],
        }
    }

    fn password(&self) -> Option<&SecretString> {
        match self {
            Self::Approve { password } | Self::Revoke { password, .. } => Some(password),
            _ => None,
        }
    }
}

/// What was found out before the transaction began.
#[derive(Default)]
struct Prepared {
    signature_verified: Option<bool>,
    letter: Option<(LetterVersion, StoredLetter)>,
}

impl Desk {
    /// Begins a draft on a certificate. `companion` is the officer beside the applicant.
    pub fn draft(
        &self,
        who: &Identity,
        certificate: &CertificateKey,
        requester: RequesterKind,
        companion: Option<AccountId>,
    ) -> Result<RequestId, DeskError> {
        let signer = Signer::person(who.person(), &[Role::Pemohon, Role::Pendamping, Role::Op]);
        let object = ObjectRef::Certificate {
            issuer: certificate.issuer,
            serial: certificate.serial.clone(),
        };
        self.transact(signer, |tx| {
            let actor = present(tx.writer, who)?;
            let id = RequestId(tx.random()?);
            let mut case = cases::of_certificate(tx.writer, certificate)?;
            // Who may not see the certificate learns nothing about it.
            let command = Command::Draft {
                id,
                requester,
                companion: companion.or(who.person().accompanied_by),
            };
            tx.perform(&mut case, &command, &actor)?;
            Ok(id)
        })
        .map_err(|e| self.refused(signer, object, e))
    }

    /// Does what `intent` says to a request. `seen` is the version the person looked at; acting on an older one than
    /// the stored is refused. Returns the request as it is then.
    pub fn act(
        &self,
        who: &Identity,
        id: RequestId,
        seen: Option<u64>,
        intent: Intent,
    ) -> Result<Request, DeskError> {
        let signer = Signer::person(who.person(), intent.roles());
        let object = ObjectRef::Request(id);
        if let Some(password) = intent.password() {
            self.confirm_password(who, password)?;
        }
        self.prepare(who, id, &intent)
            .and_then(|prepared| {
                self.transact(signer, |tx| {
                    let actor = present(tx.writer, who)?;
                    let mut case = cases::of_request(tx.writer, id)?;
                    case.seen_version = seen;
                    let command = self.command(tx, &case, &intent, &prepared)?;
                    tx.perform(&mut case, &command, &actor)?;
                    if let Some((version, stored)) = &prepared.letter {
                        tx.keep_letter(version, stored)?;
                    }
                    case.request.ok_or(DeskError::Refused(Refusal::NotFound))
                })
            })
            .map_err(|e| self.refused(signer, object, e))
    }

    /// Whether the account may do this as it stands now. A refusal is logged: the first at once, those of the next
    /// minute together, so that a screen that asks again and again does not fill the log.
    pub(super) fn permit(&self, who: &Identity, permission: Permission) -> Result<(), DeskError> {
        let reader = self.inner.store.read()?;
        let asked = present(&reader, who).and_then(|actor| Ok(may(&actor, permission)?));
        drop(reader);
        let signer = Signer::person(who.person(), permission.roles());
        asked.map_err(|error| {
            let DeskError::Refused(refusal) = &error else {
                return error;
            };
            let key = (who.account_id(), permission, refusal.rule());
            let first = self
                .inner
                .refusals
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .count(key, signer, self.now());
            if first {
                self.refused(signer, ObjectRef::Desk, error)
            } else {
                error
            }
        })
    }

    /// What takes time or a file, settled while no transaction is open.
    fn prepare(
        &self,
        who: &Identity,
        id: RequestId,
        intent: &Intent,
    ) -> Result<Prepared, DeskError> {
        let mut prepared = Prepared::default();
        let reader = self.inner.store.read()?;
        match intent {
            Intent::Submit | Intent::Match => {
                let request = found(reader.request(id))?;
                prepared.signature_verified =
                    self.signature_verified(&reader, &request.certificate)?;
            }
            Intent::AttachLetter { bytes } => {
                let request = found(reader.request(id))?;
                drop(reader);
                self.may_attach(who, id)?;
                prepared.letter = Some(self.store_letter(who, &request, bytes)?);
            }
            _ => {}
        }
        Ok(prepared)
    }

    /// Refuses a letter that `decide` would not take before any work goes into it.
    fn may_attach(&self, who: &Identity, id: RequestId) -> Result<(), DeskError> {
        let reader = self.inner.store.read()?;
        let actor = present(&reader, who)?;
        let case = cases::of_request(&reader, id)?;
        let probe = LetterVersion {
            id: crate::domain::LetterId::default(),
            version: case.request.as_ref().map_or(0, |r| r.letters.len() as u32) + 1,
            kind: crate::domain::request::LetterKind::Pdf,
            bytes: 1,
            pages: 1,
            digest: [0; 32],
            attached_at: self.now(),
            attached_by: who.account_id(),
        };
        let command = Command::AttachLetter(probe);
        crate::domain::decide::decide(&case, &command, &actor, &self.policy(), self.now())?;
        Ok(())
    }

    fn command(
        &self,
        tx: &mut Transaction<'_>,
        case: &crate::domain::case::Case,
        intent: &Intent,
        prepared: &Prepared,
    ) -> Result<Command, DeskError> {
        Ok(match intent {
            Intent::Edit(change) => Command::Edit(change.clone()),
            Intent::AttachLetter { .. } => match &prepared.letter {
                Some((version, _)) => Command::AttachLetter(version.clone()),
                None => return Err(DeskError::Refused(Refusal::LetterMissing)),
            },
            Intent::Submit => Command::Submit {
                // A request keeps the number of its first submission.
                number: match case.request.as_ref().and_then(|r| r.number) {
                    Some(number) => number,
                    None => tx.next_number()?,
                },
                signature_verified: prepared.signature_verified,
            },
            Intent::Withdraw => Command::Withdraw,
            Intent::Claim => Command::Claim,
            Intent::Release => Command::Release,
            Intent::Touch => Command::Touch,
            Intent::Return { items, note } => Command::Return {
                items: items.clone(),
                note: note.clone(),
            },
            Intent::Reject { note } => Command::Reject { note: note.clone() },
            Intent::Verify {
                checked,
                accept_missing_letter,
            } => Command::Verify {
                checked: checked.clone(),
                accept_missing_letter: *accept_missing_letter,
            },
            Intent::ChangeReason {
                code,
                note,
                invalidity_date,
            } => Command::ChangeReason {
                code: *code,
                note: note.clone(),
                invalidity_date: *invalidity_date,
            },
            Intent::Match => {
                let (Some(request), Some(owner)) = (&case.request, case.owner()) else {
                    return Err(DeskError::Refused(Refusal::NotFound));
                };
                let account = found(tx.writer.account(owner))?;
                Command::Match {
                    der_sha256: case.certificate.der_sha256,
                    signature_verified: prepared.signature_verified,
                    names_agree: cases::names_agree(&account, &case.certificate, request),
                }
            }
            // The password was confirmed before the transaction began.
            Intent::Approve { .. } => Command::Approve {
                password_confirmed: true,
            },
            Intent::Revoke {
                last_four,
                effective,
                ..
            } => Command::Revoke {
                last_four: last_four.trim().to_lowercase(),
                password_confirmed: true,
                effective: *effective,
            },
            Intent::RecordNotice { channel } => Command::RecordNotice {
                channel: channel.clone(),
            },
            Intent::Acknowledge => Command::Acknowledge,
            Intent::ConsentToWithdraw => Command::ConsentToWithdraw,
            Intent::Recall => Command::Recall {
                mail_waiting: case
                    .request
                    .as_ref()
                    .map(|r| tx.cancel_mails(r.id))
                    .transpose()?
                    .unwrap_or(false),
            },
        })
    }
}

/// The person with the roles and scope that the account has now, if it may still act.
pub(super) fn present(reader: &Reader, who: &Identity) -> Result<Actor, DeskError> {
    let account = active(reader, who.account_id())?;
    if who.is_restricted() {
        return Err(DeskError::Refused(Refusal::PasswordNeeded));
    }
    Ok(Actor::Person(Person {
        roles: account.roles,
        scope: account.scope,
        ..who.person().clone()
    }))
}
