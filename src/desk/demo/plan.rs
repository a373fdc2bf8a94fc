//! Which requests a demo folder has: whose, why, how far they got and when. Pure data, the same at every run.

use crate::domain::Timestamp;
use crate::domain::instant::{DAY, HOUR, MINUTE};

use super::people::Dice;

/// How far a request got.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    Draft,
    Submitted,
    /// Urgent, the letter to follow.
    Urgent,
    Claimed,
    DataMatched,
    CertificateMatched,
    Returned,
    Resubmitted,
    Rejected,
    Withdrawn,
    Scheduled,
    /// Revoked, but the mail was refused.
    MailFailed,
    Notified,
    Acknowledged,
    /// Its certificate ended before anybody decided.
    Ended,
}

/// Whose certificate it is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Whose {
    /// The `n`-th certificate of the applicant people log in as.
    Pemohon(usize),
    Other,
    Ended,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Planned {
    pub whose: Whose,
    pub end: End,
    pub reason: &'static str,
    pub submitted_at: Timestamp,
    /// Filed by the field officer for the applicant.
    pub on_behalf: bool,
    /// Which of the two officers works on it.
    pub second_officer: bool,
}

const REASONS: [&str; 6] = [
    "lupa-passphrase",
    "perubahan-data",
    "lupa-passphrase",
    "mutasi",
    "digantikan",
    "berhenti",
];

/// The first requests: every state there is, late and urgent ones, and the applicant's own. Hours before now.
const FIRST: [(Whose, End, &str, i64); 21] = [
    (
        Whose::Pemohon(0),
        End::Acknowledged,
        "lupa-passphrase",
        19 * 24,
    ),
    (Whose::Pemohon(1), End::Notified, "perubahan-data", 2 * 24),
    (Whose::Pemohon(2), End::Returned, "lupa-passphrase", 30),
    (Whose::Other, End::Urgent, "kompromi-kunci", 5 * 24),
    (Whose::Other, End::Urgent, "kehilangan", 3),
    (Whose::Other, End::Submitted, "lupa-passphrase", 40),
    (Whose::Other, End::Submitted, "mutasi", 28),
    (Whose::Other, End::Submitted, "perubahan-data", 7),
    (Whose::Other, End::Submitted, "lupa-passphrase", 2),
    (Whose::Other, End::Claimed, "lupa-passphrase", 6),
    (Whose::Other, End::DataMatched, "digantikan", 9),
    (Whose::Other, End::CertificateMatched, "berhenti", 11),
    (Whose::Other, End::Resubmitted, "lupa-passphrase", 50),
    (Whose::Other, End::Rejected, "lainnya", 60),
    (Whose::Other, End::Withdrawn, "lupa-passphrase", 70),
    (Whose::Other, End::Scheduled, "mutasi", 20),
    (Whose::Other, End::MailFailed, "lupa-passphrase", 26),
    (Whose::Other, End::Draft, "lupa-passphrase", 4),
    (Whose::Ended, End::Ended, "berhenti", 15),
    (Whose::Other, End::Notified, "kehilangan", 80),
    (Whose::Other, End::Returned, "mutasi", 90),
];

/// `count` requests, by time of submission.
pub(super) fn plan(count: usize, now: Timestamp, dice: &mut Dice) -> Vec<Planned> {
    let mut planned: Vec<Planned> = FIRST
        .iter()
        .take(count)
        .map(|(whose, end, reason, hours)| Planned {
            whose: *whose,
            end: *end,
            reason,
            submitted_at: now.plus(-hours * HOUR - 7 * MINUTE),
            on_behalf: false,
            second_officer: false,
        })
        .collect();
    // The more there are, the further back they reach; about a third is still open work.
    let days = (20 + count as u64 / 40).min(300);
    for index in planned.len()..count {
        let open = index % 3 == 0;
        let end = match (open, dice.below(20)) {
            (true, 0) => End::Claimed,
            (true, 1) => End::DataMatched,
            (true, 2) => End::Returned,
            (true, 3) => End::Urgent,
            (true, _) => End::Submitted,
            (false, 0) => End::Rejected,
            (false, 1) => End::Withdrawn,
            (false, 2..=6) => End::Notified,
            (false, _) => End::Acknowledged,
        };
        let ago = match end {
            End::Submitted | End::Claimed | End::DataMatched | End::Urgent => {
                MINUTE * (30 + dice.below(60 * 30) as i64)
            }
            End::Notified => HOUR * (6 + dice.below(24 * 9) as i64),
            _ => HOUR * 24 + (DAY as u64 / 1000 * dice.below(days * 1000)) as i64,
        };
        let reason = if end == End::Urgent {
            "kompromi-kunci"
        } else {
            *dice.pick(&REASONS)
        };
        planned.push(Planned {
            whose: Whose::Other,
            end,
            reason,
            submitted_at: now.plus(-ago).whole_second(),
            on_behalf: dice.below(4) == 0,
            second_officer: dice.below(2) == 1,
        });
    }
    planned.sort_by_key(|p| p.submitted_at);
    planned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_requests_show_every_end_and_lie_in_the_past() {
        let now = Timestamp(1_800_000_000_000);
        let planned = plan(60, now, &mut Dice::new(1));
        assert_eq!(planned.len(), 60);
        for (_, end, ..) in FIRST {
            assert!(planned.iter().any(|p| p.end == end), "{end:?}");
        }
        assert!(planned.iter().all(|p| p.submitted_at < now));
        assert_eq!(plan(1, now, &mut Dice::new(1)).len(), 1);
    }
}
