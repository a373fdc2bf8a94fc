//! Suspension outside any request: an officer suspends a certificate, or makes a suspended one active again. Where
//! policy asks for four eyes, a second officer says yes first, with his password; his word holds for this certificate
//! as it stands, for a day, and until it is used.
//!
//! No request is made up for it: the procedure's request begins with somebody's letter, and its filer may not decide.
//! `decide` judges the certificate alone, and the log tells its status change, from which a replay rebuilds it.

use secrecy::SecretString;

use crate::audit::{Action, Hash, ObjectRef};
use crate::domain::decide::decide;
use crate::domain::instant::DAY;
use crate::domain::policy::{FourEyes, Policy};
use crate::domain::{
    AccountId, Actor, Case, Certificate, CertificateKey, Command, CrlNumber, Person, Refusal, Role,
    Standing, Timestamp,
};
use crate::store::{Reader, SuspensionApproval, UntoldSuspension};

use super::act::present;
use super::transaction::{Signer, Transaction, active};
use super::view::Change;
use super::{Desk, DeskError, Identity, cases};

/// How long a second officer's word may wait to be used.
const WORD_LASTS: i64 = DAY;

/// What becomes of a certificate's standing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Suspension {
    /// It is suspended: active → held.
    Begin,
    /// It is active again: held → active.
    End,
}

impl Suspension {
    /// What can become of a certificate that stands so: one that is held is released, any other suspended.
    pub const fn of(standing: &Standing) -> Self {
        match standing {
            Standing::Held(_) => Self::End,
            Standing::Active | Standing::Revoked(_) => Self::Begin,
        }
    }

    /// The password was confirmed before the transaction began.
    fn command(self, last_four: &str, approved_by: Option<AccountId>) -> Command {
        let last_four = last_four.trim().to_lowercase();
        let password_confirmed = true;
        match self {
            Self::Begin => Command::Hold {
                last_four,
                password_confirmed,
                approved_by,
            },
            Self::End => Command::ReleaseHold {
                last_four,
                password_confirmed,
                approved_by,
            },
        }
    }
}

impl Desk {
    /// Suspends a certificate, which then goes on the next CRL. The password is asked again.
    pub fn hold(
        &self,
        who: &Identity,
        key: &CertificateKey,
        last_four: &str,
        password: &SecretString,
    ) -> Result<(), DeskError> {
        self.change_suspension(Suspension::Begin, who, key, last_four, password)
    }

    /// Ends a suspension: the certificate is active again and leaves the next CRL. The password is asked again.
    pub fn release_hold(
        &self,
        who: &Identity,
        key: &CertificateKey,
        last_four: &str,
        password: &SecretString,
    ) -> Result<(), DeskError> {
        self.change_suspension(Suspension::End, who, key, last_four, password)
    }

    fn change_suspension(
        &self,
        what: Suspension,
        who: &Identity,
        key: &CertificateKey,
        last_four: &str,
        password: &SecretString,
    ) -> Result<(), DeskError> {
        let signer = Signer::person(who.person(), &[Role::Op]);
        self.confirm_password(who, password)?;
        self.transact(signer, |tx| {
            let actor = present(tx.writer, who)?;
            let mut case = cases::of_certificate(tx.writer, key)?;
            let second = self.second_officer(tx.writer, what, &case, tx.now)?;
            tx.perform(&mut case, &what.command(last_four, second), &actor)
        })
        .map_err(|e| self.refused(signer, object(key), e))
    }

    /// A second officer's yes to a suspension or its end. Whoever could do it alone where one officer is enough may say
    /// it; `decide` sees to it that he and the one who then does it are two.
    pub fn approve_suspension(
        &self,
        what: Suspension,
        who: &Identity,
        key: &CertificateKey,
        last_four: &str,
        password: &SecretString,
    ) -> Result<(), DeskError> {
        let signer = Signer::person(who.person(), &[Role::Op]);
        self.confirm_password(who, password)?;
        self.transact(signer, |tx| {
            let actor = present(tx.writer, who)?;
            let case = cases::of_certificate(tx.writer, key)?;
            let command = what.command(last_four, None);
            decide(&case, &command, &actor, &self.for_one_officer(), tx.now)?;
            let Some(by) = actor.account() else {
                return Err(Refusal::NotFound.into());
            };
            if self.policy().four_eyes == FourEyes::Off {
                return Err(Refusal::ApprovalNotNeeded.into());
            }
            let approval = SuspensionApproval {
                by,
                at: tx.now,
                version: case.certificate.version,
            };
            tx.writer.put_suspension_approval(key, &approval)?;
            tx.log(Action::DISETUJUI_KEDUA, object(key), |entry| {
                entry.digest = Some(Hash(case.certificate.der_sha256));
            })?;
            tx.changed(Change::Certificate(key.clone()));
            Ok(())
        })
        .map_err(|e| self.refused(signer, object(key), e))
    }

    /// Whether this officer may do it now: everything but password and digits, which only the act itself is given.
    pub(super) fn may_change_suspension(
        &self,
        reader: &Reader,
        what: Suspension,
        case: &Case,
        actor: &Actor,
    ) -> Result<Result<(), Refusal>, DeskError> {
        let now = self.now();
        let second = self.second_officer(reader, what, case, now)?;
        let command = what.command(&case.certificate.key.serial.last_four(), second);
        Ok(decide(case, &command, actor, &self.policy(), now).map(drop))
    }

    /// Who has said yes to this, if he may still say it.
    fn second_officer(
        &self,
        reader: &Reader,
        what: Suspension,
        case: &Case,
        now: Timestamp,
    ) -> Result<Option<AccountId>, DeskError> {
        let Some(approval) = standing_approval(reader, &case.certificate, now)? else {
            return Ok(None);
        };
        let Ok(account) = active(reader, approval.by) else {
            return Ok(None);
        };
        let person = Actor::Person(Person {
            id: account.id,
            roles: account.roles,
            scope: account.scope,
            peer_uid: None,
            accompanied_by: None,
        });
        let last_four = case.certificate.key.serial.last_four();
        let command = what.command(&last_four, None);
        let may = decide(case, &command, &person, &self.for_one_officer(), now);
        Ok(may.is_ok().then_some(approval.by))
    }

    /// The policy with one officer being enough: it asks whether somebody may have a say at all.
    fn for_one_officer(&self) -> Policy {
        Policy {
            four_eyes: FourEyes::Off,
            ..self.policy()
        }
    }
}

impl Transaction<'_> {
    /// Notes that the owner is to be told of a suspension without a request.
    pub(super) fn suspended(&mut self, key: &CertificateKey) -> Result<(), DeskError> {
        let since = self.now;
        let untold = UntoldSuspension { since };
        Ok(self.writer.put_untold_suspension(key, &untold)?)
    }

    /// The CRL of this number carries the certificate's entry: its owner is told of a suspension without a request.
    pub(super) fn tell_of_suspension(
        &mut self,
        certificate: &Certificate,
        number: CrlNumber,
    ) -> Result<(), DeskError> {
        let key = &certificate.key;
        if let Some(untold) = self.writer.untold_suspension(key)? {
            self.writer.delete_untold_suspension(key)?;
            self.mail_suspended(certificate, untold.since, number)?;
        }
        Ok(())
    }
}

/// The second officer's yes to what can become of this certificate as it stands.
pub(super) fn standing_approval(
    reader: &Reader,
    certificate: &Certificate,
    now: Timestamp,
) -> Result<Option<SuspensionApproval>, DeskError> {
    let approval = reader.suspension_approval(&certificate.key)?;
    Ok(approval.filter(|a| a.version == certificate.version && now.since(a.at) <= WORD_LASTS))
}

fn object(key: &CertificateKey) -> ObjectRef {
    ObjectRef::Certificate {
        issuer: key.issuer,
        serial: key.serial.clone(),
    }
}
