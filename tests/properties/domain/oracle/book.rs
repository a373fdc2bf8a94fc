//! The book of one request, kept from events alone.

use std::collections::BTreeSet;

use ams::domain::account::Actor;
use ams::domain::reason::{ReasonCode, ReasonId};
use ams::domain::request::{FieldChange, RequesterKind};
use ams::domain::{AccountId, Event, Timestamp};

use super::{BREAK_GLASS, is_loss};

/// What an approval approves.
type Bound = (Option<ReasonCode>, Option<Timestamp>, usize);

/// The book of one request.
#[derive(Default)]
pub(super) struct Book {
    pub(super) owner: Option<AccountId>,
    pub(super) filer: Option<AccountId>,
    pub(super) requester: RequesterKind,
    pub(super) companion: Option<AccountId>,
    /// Filer and everybody who was companion at a submission.
    pub(super) parties: BTreeSet<AccountId>,
    pub(super) reasons: Vec<ReasonId>,
    pub(super) changed: Option<ReasonCode>,
    pub(super) proposed: Option<ReasonCode>,
    pub(super) invalidity: Option<Timestamp>,
    /// Loss or compromise was ever claimed in a submission.
    pub(super) loss: bool,
    pub(super) urgent: bool,
    pub(super) submitted: Option<Timestamp>,
    pub(super) letters: usize,
    pub(super) letters_at_return: usize,
    pub(super) awaiting_letter: bool,
    pub(super) was_to_follow: bool,
    pub(super) consent: bool,
    pub(super) claim: Option<(AccountId, Timestamp)>,
    pub(super) data_ok: bool,
    pub(super) matched: Option<(AccountId, Timestamp)>,
    pub(super) approved: Option<(AccountId, Bound)>,
    pub(super) returned: Option<(AccountId, Timestamp)>,
    pub(super) effective: Option<Timestamp>,
    pub(super) decided: bool,
    pub(super) on_crl: bool,
    pub(super) told: Option<Timestamp>,
}

impl Book {
    pub(super) fn glass_for_party(&self, now: Timestamp) -> bool {
        self.urgent
            && self
                .submitted
                .is_some_and(|at| now.since(at) >= BREAK_GLASS)
    }

    pub(super) fn code(&self) -> Option<ReasonCode> {
        self.changed.or(self.proposed)
    }

    pub(super) fn bound(&self) -> Bound {
        (self.code(), self.invalidity, self.letters)
    }
    pub(super) fn note(&mut self, event: &Event, actor: &Actor, now: Timestamp) {
        match event {
            Event::Drafted {
                owner,
                filer,
                requester,
                companion,
                ..
            } => {
                *self = Self {
                    owner: Some(*owner),
                    filer: Some(*filer),
                    requester: *requester,
                    companion: *companion,
                    parties: BTreeSet::from([*filer]),
                    ..Self::default()
                };
            }
            Event::FieldSaved(FieldChange::Reasons(ids)) => self.reasons.clone_from(ids),
            Event::FieldSaved(FieldChange::InvalidityDate(date)) => self.invalidity = *date,
            Event::FieldSaved(FieldChange::Companion(who)) => self.companion = *who,
            Event::FieldSaved(FieldChange::LetterFollows(is)) => self.was_to_follow = *is,
            Event::FieldSaved(_) => {}
            Event::LetterAttached(_) => self.letters += 1,
            Event::LetterFollowed(_) => {
                self.letters += 1;
                self.awaiting_letter = false;
            }
            Event::Submitted { proposed, due, .. } => {
                self.awaiting_letter = due.is_some();
                self.submission(*proposed, now);
            }
            Event::Resubmitted { proposed, .. } => {
                self.awaiting_letter = false;
                self.submission(*proposed, now);
            }
            Event::WithdrawalConsented { .. } => self.consent = true,
            Event::Claimed { officer } => self.claim = Some((*officer, now)),
            Event::Released { .. } | Event::Withdrawn | Event::Closed(_) => self.claim = None,
            Event::Returned(_) | Event::Rejected(_) => {
                self.claim = None;
                self.returned = actor.account().map(|id| (id, now));
                self.letters_at_return = self.letters;
                if matches!(event, Event::Returned(_)) {
                    self.anew();
                }
            }
            Event::Recalled { officer } => {
                self.anew();
                self.claim = Some((*officer, now));
            }
            Event::DataMatched(_) => self.data_ok = true,
            Event::ReasonChanged {
                code,
                invalidity_date,
                ..
            } => {
                self.changed = Some(*code);
                self.invalidity = *invalidity_date;
            }
            Event::CertificateMatched(_) => {
                self.matched = actor.account().map(|id| (id, now));
            }
            Event::Approved(_) => {
                let bound = self.bound();
                self.approved = actor.account().map(|id| (id, bound));
            }
            Event::Scheduled(schedule) => {
                self.claim = None;
                self.effective = Some(schedule.effective);
            }
            Event::Revoked { .. } => {
                self.claim = None;
                self.decided = true;
            }
            Event::OnCrl(_) => self.on_crl = true,
            Event::Notified(_) => self.told = Some(now),
            Event::Touched
            | Event::Acknowledged(_)
            | Event::Held { .. }
            | Event::HoldReleased { .. } => {}
        }
    }

    pub(super) fn submission(&mut self, proposed: ReasonCode, now: Timestamp) {
        self.proposed = Some(proposed);
        self.submitted = Some(now);
        self.loss |= is_loss(&self.reasons);
        self.urgent |= is_loss(&self.reasons);
        self.consent = false;
        self.parties.extend(self.companion);
    }

    pub(super) fn anew(&mut self) {
        self.data_ok = false;
        self.matched = None;
        self.approved = None;
        self.changed = None;
    }

    /// Any act of the claimant renews his lease.
    pub(super) fn refresh(&mut self, actor: &Actor, now: Timestamp) {
        if let Some((by, last)) = &mut self.claim
            && Some(*by) == actor.account()
        {
            *last = now;
        }
    }
}
