//! The one table of legal transitions, and what its words mean. `decide` is driven by it, and so are greyed keys,
//! the manual and the tests. The rows themselves stand in `workflow/table.rs`.

mod table;
mod words;

use serde::{Deserialize, Serialize};

use super::account::{Actor, Role};
use super::case::Case;
use super::decide;
use super::instant::Timestamp;
use super::policy::Policy;
use super::refusal::Refusal;
use super::request::State;
use super::sop::Step;

pub use table::TABLE;

/// What can be done to a request or a certificate. One command may be several acts, by where the request stands:
/// handing in a letter is another act after submission than before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Draft,
    /// Save a field of the form.
    Edit,
    AttachLetter,
    Submit,
    /// Submit before the letter, which follows (MENDESAK).
    SubmitUrgent,
    /// Hand in the letter that was to follow.
    FollowLetter,
    Resubmit,
    ConsentToWithdraw,
    Withdraw,
    Claim,
    Release,
    /// Renew the lease of a claim.
    Touch,
    Return,
    /// Return because the subject DN does not match.
    ReturnMismatch,
    /// Take a return or rejection back before its mail goes.
    Recall,
    Reject,
    Verify,
    ChangeReason,
    Match,
    Approve,
    Revoke,
    /// Decide now, revoke at an effective date.
    Schedule,
    RevokeScheduled,
    /// The entry was seen on a published CRL.
    Publish,
    /// The mail server took the notification.
    Notify,
    /// The applicant was told another way.
    RecordNotice,
    Acknowledge,
    CloseRevoked,
    CloseExpired,
    /// active → held, outside any request.
    Hold,
    /// held → active.
    ReleaseHold,
}

/// What a row starts from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// No request yet.
    NoRequest,
    /// The certificate alone, whatever requests there are.
    Certificate,
    In(&'static [State]),
}

impl Origin {
    pub fn holds(self, state: Option<State>) -> bool {
        match self {
            Self::NoRequest => state.is_none(),
            Self::Certificate => true,
            Self::In(states) => state.is_some_and(|s| states.contains(&s)),
        }
    }

    pub const fn states(self) -> &'static [State] {
        match self {
            Self::In(states) => states,
            Self::NoRequest | Self::Certificate => &[],
        }
    }
}

/// Who may take a row, as a relation of the actor to the case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Who {
    /// The certificate's owner, where the request is filed in his own name.
    Applicant,
    /// The certificate's owner, whoever filed.
    Owner,
    /// A companion or officer who begins a request for somebody else.
    OnBehalf,
    /// Who filed it for the applicant.
    Filer,
    /// The officer beside the applicant.
    Companion,
    /// An OP in scope who may decide: neither owner nor (unless policy or break-glass says so) filer or companion.
    Officer,
    /// An OP in scope who writes down what happened; not the owner.
    Recorder,
    /// An OP in scope who is neither owner, filer, companion nor the one who matched.
    SecondOfficer,
    Admin,
    System,
}

/// What a row needs besides the right person in the right state. Each is one function of `decide`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Need {
    CertificateOwned,
    NoOtherRequest,
    Revocable,
    RequesterFits,
    CompanionFits,
    FieldFits,
    LetterDataOpen,
    LetterFits,
    LetterAwaited,
    Reasons,
    MisuseAnswered,
    Letter,
    LetterData,
    UrgentReason,
    Signature,
    NewLetter,
    ConsentWanted,
    Consent,
    ClaimFree,
    Claimed,
    ClaimOwn,
    ClaimThere,
    LeaseOver,
    Items,
    Note,
    OwnReturn,
    MailWaiting,
    Checklist,
    ReasonFits,
    SameCertificate,
    NamesAgree,
    ApprovalWanted,
    Password,
    LastFour,
    Approval,
    Deferrable,
    Due,
    OnCrl,
    Channel,
    WaitOver,
    RevokedOtherwise,
    Expired,
    Holdable,
    Held,
    HoldApproval,
}

/// One row: these people may do this from here, given that, and it leads there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    pub act: Act,
    pub from: Origin,
    pub who: &'static [Who],
    pub needs: &'static [Need],
    /// `None`: the state stays.
    pub to: Option<State>,
    /// The SOP step that the act belongs to.
    pub step: Option<Step>,
    /// The name in the log; `None` for what is not an entry (the lease of a claim).
    pub log: Option<&'static str>,
}

impl Act {
    /// Whether it concerns a certificate alone, whatever requests stand beside it.
    pub const fn is_of_certificate(self) -> bool {
        matches!(self, Self::Hold | Self::ReleaseHold)
    }
}

impl Row {
    /// Where the row leads from `state`.
    pub fn leads_to(&self, state: Option<State>) -> Option<State> {
        self.to.or(state)
    }
}

/// All rows, in the order of a request's life.
pub const fn rows() -> &'static [Row] {
    TABLE
}

/// The rows of one act.
pub fn rows_of(act: Act) -> impl Iterator<Item = &'static Row> {
    TABLE.iter().filter(move |row| row.act == act)
}

impl Who {
    /// The roles that this relation takes; none for the desk itself.
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::Applicant | Self::Owner => &[Role::Pemohon],
            Self::OnBehalf | Self::Filer | Self::Companion => &[Role::Pendamping, Role::Op],
            Self::Officer | Self::Recorder | Self::SecondOfficer => &[Role::Op],
            Self::Admin => &[Role::Admin],
            Self::System => &[],
        }
    }
}

/// Acts, and for each whether it may be done, or why not.
pub type Answers = Vec<(Act, Result<(), Refusal>)>;

/// What the actor may do now, act by act, and if not, why. What the command itself must still bring (password, note,
/// ticks) is taken as given: a screen asks for it next.
pub fn allowed(actor: &Actor, case: &Case, policy: &Policy, now: Timestamp) -> Answers {
    Act::ALL
        .into_iter()
        .map(|act| {
            let answer = decide::may(case, act, actor, policy, now).map(|_| ());
            (act, answer)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_has_a_row_and_every_need_and_relation_is_used() {
        for act in Act::ALL {
            assert!(rows_of(act).next().is_some(), "{act:?} has no row");
        }
        for need in Need::ALL {
            assert!(TABLE.iter().any(|r| r.needs.contains(&need)), "{need:?}");
        }
        for who in Who::ALL {
            assert!(TABLE.iter().any(|r| r.who.contains(&who)), "{who:?}");
        }
    }

    #[test]
    fn nothing_leads_back_from_a_decision() {
        let decided = [State::Dicabut, State::Diberitahukan, State::Selesai];
        for row in TABLE {
            for state in row.from.states().iter().filter(|s| decided.contains(s)) {
                let to = row.leads_to(Some(*state));
                assert!(
                    to.is_some_and(|t| decided.contains(&t) && t >= *state),
                    "{row:?}"
                );
            }
        }
    }

    #[test]
    fn only_a_matched_certificate_is_revoked() {
        for row in TABLE {
            if matches!(row.to, Some(State::Dicabut | State::Terjadwal)) {
                let from = row.from.states();
                assert!(
                    from == [State::DnCocok] || from == [State::Terjadwal],
                    "{row:?}"
                );
            }
        }
    }

    #[test]
    fn log_names_are_words_of_the_log() {
        for name in TABLE.iter().filter_map(|r| r.log) {
            assert!(name.len() <= 48 && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'));
        }
    }
}
