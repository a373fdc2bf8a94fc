//! The desk's policy as data. Defaults are those of the design; an admin changes them as settings.

use serde::{Deserialize, Serialize};

use super::instant::{DAY, Day, HOUR, MINUTE, Timestamp, Zone};
use super::reason::ReasonCatalogue;

/// When a second officer must approve before step 7.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FourEyes {
    #[default]
    Off,
    /// For every request but urgent ones.
    Normal,
    Always,
}

/// Everything a decision weighs that is neither the case nor the actor. Durations in milliseconds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Policy {
    pub four_eyes: FourEyes,
    /// An urgent request without a second officer may be decided by one after this time.
    pub break_glass_after: i64,
    pub companion_may_decide: bool,
    pub allow_hold: bool,
    /// An undecided hold alarms after this time.
    pub hold_limit: i64,
    /// A claim lapses after this time without activity.
    pub claim_lease: i64,
    /// Working days within which a letter that follows must come.
    pub letter_due_days: u8,
    /// Days that are no working days besides Saturday and Sunday.
    pub holidays: Vec<Day>,
    /// From notification to "selesai, tanpa konfirmasi".
    pub acknowledge_within: i64,
    /// The service clock from first submission (CA/B BR 4.9.1.1).
    pub decide_within: i64,
    /// Delay of granting op or admin without a second admin.
    pub grant_delay: i64,
    /// Entries never leave the CRL, and expiredCertsOnCRL is written.
    pub keep_expired: bool,
    /// TOTP is demanded from op and admin.
    pub require_totp: bool,
    /// Letters above this many bytes are refused.
    pub letter_limit: u64,
    /// Delay before a returned or rejected mail goes out, within which the act can be undone.
    pub send_delay: i64,
    pub zone: Zone,
    pub reasons: ReasonCatalogue,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            four_eyes: FourEyes::Off,
            break_glass_after: 30 * MINUTE,
            companion_may_decide: false,
            allow_hold: false,
            hold_limit: 30 * DAY,
            claim_lease: 15 * MINUTE,
            letter_due_days: 3,
            holidays: Vec::new(),
            acknowledge_within: 14 * DAY,
            decide_within: 24 * HOUR,
            grant_delay: 24 * HOUR,
            keep_expired: true,
            require_totp: false,
            letter_limit: 1024 * 1024,
            send_delay: 30_000,
            zone: Zone::Wib,
            reasons: ReasonCatalogue::default(),
        }
    }
}

impl Policy {
    /// The end of the last of `letter_due_days` working days (Monday to Friday less the holidays) after `from`'s day
    /// in the desk's zone.
    pub fn letter_due(&self, from: Timestamp) -> Timestamp {
        let mut date = from.local(self.zone).date();
        let mut left = self.letter_due_days;
        while left > 0 {
            let Some(next) = date.next_day() else { break };
            date = next;
            let weekend = matches!(
                date.weekday(),
                time::Weekday::Saturday | time::Weekday::Sunday
            );
            if !weekend && !self.holidays.contains(&date.into()) {
                left -= 1;
            }
        }
        Day::from(date).start(self.zone).plus(DAY - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_that_follows_is_due_in_working_days() {
        let mut policy = Policy::default();
        let friday = Timestamp::parse_rfc3339("2026-11-20T23:30:00+07:00").unwrap();
        assert_eq!(
            policy.letter_due(friday).to_string(),
            "2026-11-25T16:59:59Z"
        );
        policy.holidays.push(Day::parse("2026-11-24").unwrap());
        assert_eq!(
            policy.letter_due(friday).to_string(),
            "2026-11-26T16:59:59Z"
        );
    }
}
