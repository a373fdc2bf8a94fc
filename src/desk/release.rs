//! The end of a suspension: a certificate that is held becomes active again. Where policy asks for four eyes, a second
//! officer says yes first, with his password; his word holds for this suspension and until it is used.

use secrecy::SecretString;

use crate::audit::{Action, Hash, ObjectRef};
use crate::domain::decide::decide;
use crate::domain::policy::{FourEyes, Policy};
use crate::domain::{
    AccountId, Actor, Case, Certificate, CertificateKey, Command, Person, Refusal, Role, Standing,
    Timestamp,
};
use crate::store::{Reader, ReleaseApproval};

use super::act::present;
use super::transaction::{Signer, active};
use super::view::Change;
use super::{Desk, DeskError, Identity, cases};

impl Desk {
    /// Ends a suspension: the certificate is active again and leaves the next CRL. The password is asked again.
    pub fn release_hold(
        &self,
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
            let second = self.second_officer(tx.writer, &case, tx.now)?;
            tx.perform(&mut case, &release(last_four, second), &actor)
        })
        .map_err(|e| self.refused(signer, object(key), e))
    }

    /// A second officer's yes to the end of a suspension. Whoever could end it alone where one officer is enough may
    /// say it; `decide` sees to it that he and the one who then ends it are two.
    pub fn approve_release(
        &self,
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
            let command = release(last_four, None);
            decide(&case, &command, &actor, &self.for_one_officer(), tx.now)?;
            if self.policy().four_eyes == FourEyes::Off {
                return Err(Refusal::ApprovalNotNeeded.into());
            }
            let (Some(held_since), Some(by)) = (held_since(&case.certificate), actor.account())
            else {
                return Err(Refusal::NotFound.into());
            };
            let approval = ReleaseApproval {
                by,
                at: tx.now,
                held_since,
            };
            tx.writer.put_release_approval(key, &approval)?;
            tx.log(Action::DISETUJUI_KEDUA, object(key), |entry| {
                entry.digest = Some(Hash(case.certificate.der_sha256));
            })?;
            tx.changed(Change::Certificate(key.clone()));
            Ok(())
        })
        .map_err(|e| self.refused(signer, object(key), e))
    }

    /// Who has said yes to the end of this suspension, if he may still say it.
    fn second_officer(
        &self,
        reader: &Reader,
        case: &Case,
        now: Timestamp,
    ) -> Result<Option<AccountId>, DeskError> {
        let Some(approval) = standing_approval(reader, &case.certificate)? else {
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
        let command = release(&last_four, None);
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

/// The second officer's yes to the end of this very suspension.
pub(super) fn standing_approval(
    reader: &Reader,
    certificate: &Certificate,
) -> Result<Option<ReleaseApproval>, DeskError> {
    let Some(held_since) = held_since(certificate) else {
        return Ok(None);
    };
    let approval = reader.release_approval(&certificate.key)?;
    Ok(approval.filter(|a| a.held_since == held_since))
}

fn held_since(certificate: &Certificate) -> Option<Timestamp> {
    match &certificate.standing {
        Standing::Held(revocation) => Some(revocation.date),
        Standing::Active | Standing::Revoked(_) => None,
    }
}

/// The password was confirmed before the transaction began.
fn release(last_four: &str, approved_by: Option<AccountId>) -> Command {
    Command::ReleaseHold {
        last_four: last_four.trim().to_lowercase(),
        password_confirmed: true,
        approved_by,
    }
}

fn object(key: &CertificateKey) -> ObjectRef {
    ObjectRef::Certificate {
        issuer: key.issuer,
        serial: key.serial.clone(),
    }
}
