//! When who does what: the steps of every planned request, in the order of their hours.

use std::collections::HashSet;

use crate::desk::demo::plan::{End, Planned};
use crate::desk::demo::{Builder, Dice};
use crate::domain::Timestamp;
use crate::domain::instant::{HOUR, MINUTE, SECOND};

/// One step of one request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Step {
    pub at: Timestamp,
    /// Index into the plan.
    pub request: usize,
    pub act: Act,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Act {
    Draft,
    Letter,
    Submit,
    Claim,
    Verify,
    Match,
    Revoke,
    Schedule,
    Return,
    NewLetter,
    Reject,
    Withdraw,
    Acknowledge,
    Close,
}

/// Cuts steps before a request's second letter: its file is numbered after the first, which must be committed then.
pub(super) fn letter_by_letter(steps: Vec<Step>) -> Vec<Vec<Step>> {
    let mut parts = vec![Vec::new()];
    let mut with_letter = HashSet::new();
    for step in steps {
        let is_letter = matches!(step.act, Act::Letter | Act::NewLetter);
        if is_letter && !with_letter.insert(step.request) {
            parts.push(Vec::new());
            with_letter = HashSet::from([step.request]);
        }
        if let Some(part) = parts.last_mut() {
            part.push(step);
        }
    }
    parts
}

impl Builder {
    pub(super) fn steps(&mut self, plan: &[Planned]) -> Vec<Step> {
        let mut steps = Vec::new();
        for (request, planned) in plan.iter().enumerate() {
            let at = planned.submitted_at;
            let mut add = |at: Timestamp, act| steps.push(Step { at, request, act });
            let minutes = |dice: &mut Dice, low: u64, high: u64| {
                (low * 60 + dice.below((high - low) * 60 + 1)) as i64 * SECOND
            };
            // Around the half minute that the SOP allows for a letter (step 4), mostly within it.
            let takes = (14 + request as i64 * 11 % 22) * SECOND;
            let letter = at.plus(-10 * SECOND);
            add(letter.plus(-takes), Act::Draft);
            if planned.end == End::Draft {
                continue;
            }
            if planned.end != End::Urgent {
                add(letter, Act::Letter);
            }
            add(at, Act::Submit);
            // Claimed soon after, or just now where somebody is still at it.
            let recent = |back: i64| self.now.plus(-back * MINUTE);
            let claim = at.plus(minutes(&mut self.dice, 5, 90)).min(recent(60));
            let checked = claim.plus(minutes(&mut self.dice, 2, 7));
            let matched = checked.plus(minutes(&mut self.dice, 0, 1) + 10 * SECOND);
            let decided = matched.plus(minutes(&mut self.dice, 1, 6));
            match planned.end {
                End::Draft | End::Submitted | End::Urgent => {}
                End::Claimed => add(recent(6), Act::Claim),
                End::DataMatched => {
                    add(recent(9), Act::Claim);
                    add(recent(5), Act::Verify);
                }
                End::CertificateMatched => {
                    add(recent(11), Act::Claim);
                    add(recent(7), Act::Verify);
                    add(recent(6), Act::Match);
                }
                End::Returned | End::Resubmitted => {
                    add(claim, Act::Claim);
                    add(checked, Act::Return);
                    if planned.end == End::Resubmitted {
                        let again = checked.plus(2 * HOUR);
                        add(again, Act::NewLetter);
                        add(again.plus(MINUTE), Act::Submit);
                    }
                }
                End::Rejected => {
                    add(claim, Act::Claim);
                    add(checked, Act::Reject);
                }
                End::Withdrawn => add(at.plus(30 * MINUTE), Act::Withdraw),
                End::Ended => add(self.now.plus(-11 * HOUR), Act::Close),
                End::Scheduled => {
                    add(claim, Act::Claim);
                    add(checked, Act::Verify);
                    add(matched, Act::Match);
                    add(decided, Act::Schedule);
                }
                End::MailFailed | End::Notified | End::Acknowledged => {
                    add(claim, Act::Claim);
                    add(checked, Act::Verify);
                    add(matched, Act::Match);
                    add(decided, Act::Revoke);
                    if planned.end == End::Acknowledged {
                        let read = decided.plus(minutes(&mut self.dice, 20, 400));
                        add(
                            read.min(recent(30)).max(decided.plus(MINUTE)),
                            Act::Acknowledge,
                        );
                    }
                }
            }
        }
        steps
    }
}
