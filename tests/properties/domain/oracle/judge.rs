//! Whether an event may happen, given the book.

use ams::domain::account::Role;
use ams::domain::certificate::Standing;
use ams::domain::reason::ReasonCode;
use ams::domain::request::{FieldChange, Misuse, State};
use ams::domain::{Event, FourEyes};

use super::book::Book;
use super::seen::Seen;
use super::{BREAK_GLASS, SEND_DELAY, code_of, ensure, is_loss};

use State::{Dikembalikan, DnCocok, Draf, Terjadwal};

impl Book {
    /// Whether the event may happen, given the book.
    pub(super) fn judge(&self, seen: &Seen, event: &Event) -> Result<(), String> {
        let before = seen.before;
        match event {
            Event::Drafted {
                owner, companion, ..
            } => {
                ensure(before.open_request.is_none(), "two open requests")?;
                ensure(before.request.is_none(), "a draft over a request")?;
                ensure(
                    before.certificate.owner == Some(*owner),
                    "a draft for somebody else's certificate",
                )?;
                ensure(*companion != Some(*owner), "the owner accompanies himself")?;
                if let Some(officer) = seen.person().and_then(|p| p.accompanied_by)
                    && seen.is_owner()
                {
                    ensure(*companion == Some(officer), "the officer beside is missing")?;
                }
                seen.revocable_for(None)
            }
            Event::FieldSaved(change) => {
                let later = !matches!(before.state(), Some(Draf | Dikembalikan));
                let of_letter = !matches!(
                    change,
                    FieldChange::Reasons(_)
                        | FieldChange::Misuse(_)
                        | FieldChange::InvalidityDate(_)
                        | FieldChange::LetterFollows(_)
                        | FieldChange::Companion(_)
                );
                ensure(
                    !later || (of_letter && self.was_to_follow),
                    "the form changed after submission",
                )?;
                if let FieldChange::Reasons(ids) = change {
                    let officers = ids.iter().any(|r| r.0 == "penyalahgunaan");
                    ensure(
                        !officers || seen.has(Role::Op),
                        "an applicant chose an officers' reason",
                    )?;
                    let hold = ids.iter().any(|r| r.0 == "penangguhan");
                    ensure(
                        !hold || (seen.policy.allow_hold && ids.len() == 1),
                        "a hold against policy or with others",
                    )?;
                    ensure(
                        ids.iter().all(|r| r.0 != "tidak-dikenal"),
                        "an unknown reason was taken",
                    )?;
                }
                Ok(())
            }
            Event::LetterAttached(_) => ensure(
                matches!(before.state(), Some(Draf | Dikembalikan)),
                "a letter was slipped in after submission",
            ),
            Event::LetterFollowed(_) => {
                ensure(self.awaiting_letter, "a letter followed that none awaited")
            }
            Event::Submitted { proposed, due, .. } => {
                ensure(due.is_some() == (self.letters == 0), "due without need")?;
                ensure(
                    self.letters > 0 || is_loss(&self.reasons),
                    "submitted without a letter or an urgent reason",
                )?;
                self.judge_form(seen, *proposed, self.letters > 0)
            }
            Event::Resubmitted { proposed, .. } => {
                ensure(
                    self.letters > self.letters_at_return,
                    "resubmitted without a new letter",
                )?;
                self.judge_form(seen, *proposed, true)
            }
            Event::WithdrawalConsented { .. } => {
                ensure(self.loss || is_loss(&self.reasons), "consent without need")
            }
            Event::Withdrawn => {
                let by_officer =
                    before.state() == Some(Terjadwal) && seen.officer(self, false).is_ok();
                ensure(
                    !self.loss || self.consent || by_officer || before.state() == Some(Draf),
                    "a claim of loss was withdrawn without consent",
                )
            }
            Event::Returned(back) => ensure(!back.items.is_empty(), "returned for nothing"),
            Event::Recalled { officer } => ensure(
                self.returned
                    .is_some_and(|(by, at)| by == *officer && seen.now.since(at) <= SEND_DELAY)
                    && before.open_request.is_none(),
                "took back another's return, or too late",
            ),
            Event::CertificateMatched(_) => {
                ensure(self.data_ok, "step 6 before step 5")?;
                seen.revocable_for(self.code())
            }
            Event::ReasonChanged {
                code,
                invalidity_date,
                ..
            } => {
                ensure(
                    *code != ReasonCode::CaCompromise,
                    "CA compromise for a person",
                )?;
                ensure(
                    *code != ReasonCode::CertificateHold || seen.policy.allow_hold,
                    "a hold against policy",
                )?;
                ensure(
                    invalidity_date.is_none_or(|d| {
                        d.seconds() >= before.certificate.not_before.seconds() && d <= seen.now
                    }),
                    "an invalidity date out of bounds",
                )
            }
            Event::Approved(_) => ensure(
                seen.policy.four_eyes != FourEyes::Off && before.state() == Some(DnCocok),
                "approved what needs no approval",
            ),
            Event::Scheduled(schedule) => {
                ensure(
                    self.code() != Some(ReasonCode::KeyCompromise),
                    "a compromised key was deferred",
                )?;
                ensure(
                    schedule.effective > seen.now
                        && schedule.effective <= before.certificate.not_after,
                    "deferred to an unfit date",
                )?;
                self.judge_decision(seen, schedule.break_glass)
            }
            Event::Revoked { decision, .. } => {
                ensure(
                    Some(decision.reason) == self.code()
                        && decision.invalidity_date == self.invalidity,
                    "revoked for another reason than the one on record",
                )?;
                if before.state() == Some(Terjadwal) {
                    ensure(
                        self.effective.is_some_and(|at| seen.now >= at),
                        "revoked before its time",
                    )?;
                    return seen.revocable_for(self.code());
                }
                self.judge_decision(seen, decision.break_glass)
            }
            Event::OnCrl(_) => ensure(self.decided, "on a CRL before the decision"),
            Event::Notified(_) => ensure(self.on_crl, "told before it was true"),
            Event::Acknowledged(_) => ensure(self.told.is_some(), "acknowledged before told"),
            Event::Closed(_) => {
                let revoked = matches!(before.certificate.standing, Standing::Revoked(_));
                let expired = seen.now > before.certificate.not_after;
                ensure(revoked || expired, "closed without cause")
            }
            Event::Held { .. } => {
                ensure(seen.policy.allow_hold, "suspended against policy")?;
                ensure(
                    before.certificate.standing == Standing::Active,
                    "suspended what was not active",
                )?;
                ensure(
                    seen.now <= before.certificate.not_after,
                    "suspended an expired certificate",
                )
            }
            Event::HoldReleased { .. } => {
                ensure(
                    before.open_request.is_none(),
                    "released under an open request",
                )?;
                ensure(
                    matches!(&before.certificate.standing, Standing::Held(r) if r.on_crl.is_some()),
                    "released what was not held on a CRL",
                )?;
                ensure(
                    seen.now <= before.certificate.not_after,
                    "released an expired certificate",
                )
            }
            Event::Claimed { .. }
            | Event::Released { .. }
            | Event::Touched
            | Event::Rejected(_)
            | Event::DataMatched(_) => Ok(()),
        }
    }

    /// What both submissions need.
    pub(super) fn judge_form(
        &self,
        seen: &Seen,
        proposed: ReasonCode,
        with_letter: bool,
    ) -> Result<(), String> {
        let Some(request) = &seen.before.request else {
            return ensure(false, "submitted nothing");
        };
        ensure(seen.before.open_request.is_none(), "two open requests")?;
        ensure(!self.reasons.is_empty(), "submitted without a reason")?;
        let asks = self.reasons.iter().any(|r| r.0 == "kehilangan");
        let misuse = request.misuse;
        ensure(
            !asks || misuse != Misuse::Unanswered,
            "misuse was not answered",
        )?;
        let ruled_out = misuse == Misuse::RuledOut;
        ensure(
            code_of(&self.reasons, ruled_out) == Some(proposed),
            "another code than the gravest reason's",
        )?;
        ensure(
            proposed != ReasonCode::CertificateHold || seen.policy.allow_hold,
            "a hold against policy",
        )?;
        if with_letter {
            let data = &request.letter_data;
            let digits = data.superior_nip.chars().filter(|c| !c.is_whitespace());
            ensure(
                !data.number.trim().is_empty()
                    && data.date.is_some()
                    && !data.superior_name.trim().is_empty()
                    && data.approved
                    && digits.clone().count() == 18
                    && digits.clone().all(|c| c.is_ascii_digit()),
                "the letter's data were not complete",
            )?;
        }
        seen.revocable_for(Some(proposed))
    }

    /// Step 7: after steps 5 and 6, with four eyes or the glass broken, and said so.
    pub(super) fn judge_decision(&self, seen: &Seen, break_glass: bool) -> Result<(), String> {
        ensure(self.data_ok && self.matched.is_some(), "step 6 was skipped")?;
        ensure(
            self.code() != Some(ReasonCode::CertificateHold) || seen.policy.allow_hold,
            "a hold against policy",
        )?;
        ensure(
            self.code() != Some(ReasonCode::CaCompromise),
            "CA compromise for a person",
        )?;
        let two = match seen.policy.four_eyes {
            FourEyes::Off => false,
            FourEyes::Normal => !self.urgent,
            FourEyes::Always => true,
        };
        let matcher = self.matched.map(|(by, _)| by);
        let approved = self.approved.as_ref().is_some_and(|(by, bound)| {
            *bound == self.bound()
                && Some(*by) != matcher
                && Some(*by) != self.owner
                && Some(*by) != self.filer
                && !self.parties.contains(by)
        });
        let alone = two && !approved;
        let waited = self
            .matched
            .is_some_and(|(_, at)| seen.now.since(at) >= BREAK_GLASS);
        ensure(
            !alone || (self.urgent && waited),
            "one officer decided where two were asked for",
        )?;
        let party = seen.id().is_some_and(|id| {
            self.filer == Some(id) || self.companion == Some(id) || self.parties.contains(&id)
        });
        let deviates = alone || (party && !seen.policy.companion_may_decide);
        ensure(
            break_glass == deviates,
            "break-glass was not flagged as it was",
        )?;
        seen.revocable_for(self.code())
    }
}
