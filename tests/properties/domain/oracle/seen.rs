//! One accepted command as it was seen: versions, what became of the certificate, and what the command said.

use ams::domain::account::{Actor, Person, Role};
use ams::domain::certificate::Standing;
use ams::domain::instant::SECOND;
use ams::domain::reason::ReasonCode;
use ams::domain::request::{FieldChange, Item};
use ams::domain::{AccountId, Case, Command, FourEyes, Policy, Timestamp};

use super::super::commands::{DER, LAST_FOUR};
use super::{ensure, sane_text};

/// One accepted command as it was seen.
pub(super) struct Seen<'a> {
    pub(super) before: &'a Case,
    pub(super) actor: &'a Actor,
    pub(super) policy: &'a Policy,
    pub(super) now: Timestamp,
}

impl Seen<'_> {
    pub(super) fn person(&self) -> Option<&Person> {
        match self.actor {
            Actor::Person(p) => Some(p),
            Actor::System => None,
        }
    }

    pub(super) fn id(&self) -> Option<AccountId> {
        self.actor.account()
    }

    pub(super) fn has(&self, role: Role) -> bool {
        self.person().is_some_and(|p| p.has(role))
    }
    /// Nobody acts on a stale view, and every change counts.
    pub(super) fn versions(&self, command: &Command, after: &Case) -> Result<(), String> {
        let touch = matches!(command, Command::Touch);
        if let (Some(seen), Some(request)) = (self.before.seen_version, &self.before.request)
            && !of_certificate(command)
        {
            ensure(touch || seen == request.version, "acted on a stale view")?;
        }
        if let (Some(old), Some(new)) = (&self.before.request, &after.request) {
            ensure(new.version >= old.version, "a version went back")?;
            ensure(
                new == old || touch || new.version > old.version,
                "changed without a new version",
            )?;
        }
        Ok(())
    }

    /// What may become of a certificate.
    pub(super) fn standing(&self, command: &Command, after: &Case) -> Result<(), String> {
        let old = &self.before.certificate;
        let new = &after.certificate;
        let revokes = matches!(command, Command::Revoke { .. } | Command::RevokeScheduled);
        let holds = matches!(command, Command::Hold { .. });
        let published = matches!(command, Command::Published { .. });
        match (&old.standing, &new.standing) {
            (a, b) if a == b => Ok(()),
            (Standing::Active, Standing::Held(r)) if holds => ensure(
                r.reason == ReasonCode::CertificateHold
                    && r.invalidity_date.is_none()
                    && r.date <= self.now
                    && self.now.since(r.date) < SECOND,
                "suspended with another entry than certificateHold as of now",
            ),
            (Standing::Active, Standing::Held(r) | Standing::Revoked(r)) => {
                ensure(revokes, "a certificate changed without a decision")?;
                ensure(
                    r.date <= self.now && self.now.since(r.date) < SECOND,
                    "revocationDate is not now",
                )
            }
            (Standing::Held(_), Standing::Active) => ensure(
                matches!(command, Command::ReleaseHold { .. }),
                "a hold ended otherwise than by release",
            ),
            (Standing::Held(a), Standing::Revoked(b)) => ensure(
                revokes && a.date == b.date,
                "held → revoked lost its revocationDate",
            ),
            (Standing::Revoked(a), Standing::Revoked(b)) if published => ensure(
                a.date == b.date && a.reason == b.reason,
                "publishing changed an entry",
            ),
            (Standing::Held(a), Standing::Held(b)) => ensure(
                published && a.date == b.date,
                "a held certificate was held again",
            ),
            (Standing::Revoked(a), Standing::Revoked(b)) => ensure(
                revokes
                    && a.date == b.date
                    && a.reason != ReasonCode::KeyCompromise
                    && b.reason == ReasonCode::KeyCompromise,
                "a revoked certificate changed otherwise than to keyCompromise",
            ),
            (Standing::Revoked(_), _) => ensure(false, "left REVOKED"),
            (Standing::Active, Standing::Active) => Ok(()),
        }?;
        if let Standing::Held(r) | Standing::Revoked(r) = &new.standing
            && revokes
        {
            ensure(
                r.invalidity_date.is_none_or(|d| {
                    d.seconds() >= new.not_before.seconds() && d.seconds() <= r.date.seconds()
                }),
                "notBefore ≤ invalidityDate ≤ revocationDate",
            )?;
            ensure(
                matches!(new.standing, Standing::Held(_))
                    == (r.reason == ReasonCode::CertificateHold),
                "held if and only if certificateHold",
            )?;
        }
        Ok(())
    }
    /// What the command says.
    pub(super) fn content(&self, command: &Command) -> Result<(), String> {
        match command {
            Command::Return { note, .. }
            | Command::Reject { note }
            | Command::ChangeReason { note, .. } => ensure(
                !note.trim().is_empty() && sane_text(note, 2000, true),
                "an unfit note was taken",
            ),
            Command::RecordNotice { channel } => ensure(
                !channel.trim().is_empty() && sane_text(channel, 200, false),
                "an unfit channel was taken",
            ),
            Command::Edit(
                FieldChange::LetterNumber(text)
                | FieldChange::SuperiorName(text)
                | FieldChange::SuperiorNip(text),
            ) => ensure(sane_text(text, 200, false), "an unfit line was taken"),
            Command::AttachLetter(letter) => {
                ensure((1..=1000).contains(&letter.bytes), "a letter of unfit size")
            }
            Command::Revoke {
                last_four,
                password_confirmed,
                ..
            }
            | Command::Hold {
                last_four,
                password_confirmed,
                ..
            }
            | Command::ReleaseHold {
                last_four,
                password_confirmed,
                ..
            } => ensure(
                *password_confirmed && last_four.eq_ignore_ascii_case(LAST_FOUR),
                "decided without password and serial",
            ),
            Command::Approve { password_confirmed } => {
                ensure(*password_confirmed, "approved without password")
            }
            Command::Match {
                der_sha256,
                signature_verified,
                names_agree,
            } => ensure(
                *der_sha256 == DER && *signature_verified == Some(true) && *names_agree,
                "matched what does not match",
            ),
            Command::Submit {
                signature_verified, ..
            } => ensure(
                *signature_verified == Some(true),
                "submitted an unverified certificate",
            ),
            _ => Ok(()),
        }?;
        if let Command::Hold { approved_by, .. } | Command::ReleaseHold { approved_by, .. } =
            command
            && self.policy.four_eyes != FourEyes::Off
        {
            ensure(
                approved_by.is_some_and(|second| {
                    Some(second) != self.id() && Some(second) != self.before.certificate.owner
                }),
                "a hold began or ended without a second officer",
            )?;
        }
        if let Command::Verify {
            checked,
            accept_missing_letter,
        } = command
        {
            let letters = self.before.request.as_ref().map_or(0, |r| r.letters.len());
            ensure(
                letters > 0 || *accept_missing_letter,
                "the missing letter was not ticked",
            )?;
            let wanted = [
                Item::Name,
                Item::Nip,
                Item::Agency,
                Item::Position,
                Item::Email,
                Item::Reason,
                Item::Letter,
                Item::Approval,
            ];
            let count = if letters > 0 { 8 } else { 6 };
            ensure(
                wanted[..count].iter().all(|i| checked.contains(i)),
                "the checklist was not complete",
            )?;
        }
        Ok(())
    }
    /// The certificate cannot be revoked any more (or not for this reason).
    pub(super) fn revocable_for(&self, code: Option<ReasonCode>) -> Result<(), String> {
        let certificate = &self.before.certificate;
        match &certificate.standing {
            Standing::Revoked(r) => ensure(
                r.reason != ReasonCode::KeyCompromise
                    && code.is_none_or(|c| c == ReasonCode::KeyCompromise),
                "went on with a revoked certificate",
            ),
            _ => ensure(
                self.now <= certificate.not_after,
                "went on with an expired certificate",
            ),
        }
    }
}

/// Whether it concerns the certificate alone.
fn of_certificate(command: &Command) -> bool {
    matches!(command, Command::Hold { .. } | Command::ReleaseHold { .. })
}
