//! Who may do what to whom, said again: roles, scope, relation, claims.

use ams::domain::Command;
use ams::domain::account::{Actor, Role};
use ams::domain::instant::DAY;
use ams::domain::request::{RequesterKind, State};

use super::book::Book;
use super::seen::Seen;
use super::{LEASE, ensure};

impl Seen<'_> {
    /// Who did it.
    pub(super) fn people(&self, book: &Book, command: &Command) -> Result<(), String> {
        use Command as C;
        match command {
            C::RevokeScheduled | C::Published { .. } | C::MailAccepted | C::Close(_) => ensure(
                *self.actor == Actor::System,
                "a person did what only the desk does",
            ),
            C::Draft { .. } | C::Edit(_) | C::AttachLetter(_) | C::Submit { .. } => {
                self.filing_people(book, command)
            }
            C::Withdraw => {
                let applicants = self.filing_people(book, command);
                if applicants.is_err() && self.before.state() == Some(State::Terjadwal) {
                    return self.officer(book, false);
                }
                applicants
            }
            C::Release => ensure(
                match self.actor {
                    Actor::System => book
                        .claim
                        .is_some_and(|(_, last)| self.now.since(last) > LEASE),
                    Actor::Person(p) => {
                        p.has(Role::Admin)
                            || (p.has(Role::Op) && book.claim.is_some_and(|(by, _)| by == p.id))
                    }
                },
                "a claim was released by somebody else",
            ),
            C::Claim => {
                self.officer(book, false)?;
                ensure(
                    book.claim.is_none_or(|(by, last)| {
                        Some(by) == self.id() || self.now.since(last) > LEASE
                    }),
                    "claimed what another officer holds",
                )
            }
            C::Touch
            | C::Return { .. }
            | C::Reject { .. }
            | C::Verify { .. }
            | C::ChangeReason { .. }
            | C::Match { .. }
            | C::Revoke { .. } => {
                self.officer(book, false)?;
                ensure(
                    book.claim.is_some_and(|(by, last)| {
                        Some(by) == self.id() && self.now.since(last) <= LEASE
                    }),
                    "acted without a live claim",
                )
            }
            C::ConsentToWithdraw | C::Recall { .. } => self.officer(book, false),
            C::Approve { .. } => {
                self.officer(book, true)?;
                ensure(
                    book.matched.is_some_and(|(by, _)| Some(by) != self.id()),
                    "approved what he had matched himself",
                )
            }
            C::Hold { .. } | C::ReleaseHold { .. } => self.not_own_in_scope(),
            C::RecordNotice { .. } => self.not_own_in_scope(),
            C::Acknowledge => match self.actor {
                Actor::System => ensure(
                    book.told.is_some_and(|at| self.now.since(at) >= 14 * DAY),
                    "closed without confirmation before 14 days",
                ),
                Actor::Person(p) if book.owner == Some(p.id) => {
                    ensure(p.has(Role::Pemohon), "acknowledged without the role")
                }
                Actor::Person(_) => self.not_own_in_scope(),
            },
        }
    }

    pub(super) fn is_owner(&self) -> bool {
        self.id().is_some() && self.before.owner() == self.id()
    }

    pub(super) fn filing_people(&self, book: &Book, command: &Command) -> Result<(), String> {
        let Some(person) = self.person() else {
            return ensure(false, "the desk filed");
        };
        let field = person.has(Role::Pendamping) || person.has(Role::Op);
        if let Command::Draft { requester, .. } = command {
            let own = self.is_owner() && person.has(Role::Pemohon);
            ensure(own || field, "a draft by somebody who may not file")?;
            ensure(
                !self.is_owner() || *requester == RequesterKind::Subscriber,
                "an owner filed as somebody else",
            )?;
            return ensure(
                *requester != RequesterKind::Ca || person.has(Role::Op),
                "somebody spoke for the CA",
            );
        }
        let own = self.is_owner()
            && person.has(Role::Pemohon)
            && book.requester == RequesterKind::Subscriber;
        let filed = book.filer == self.id();
        let beside = book.companion == self.id() && !matches!(command, Command::Withdraw);
        ensure(
            own || (field && (filed || beside)),
            "a stranger changed a request",
        )
    }

    pub(super) fn not_own_in_scope(&self) -> Result<(), String> {
        ensure(self.has(Role::Op), "decided without being OP")?;
        ensure(!self.is_owner(), "decided on his own certificate")?;
        ensure(
            self.person()
                .is_some_and(|p| p.scope.covers(&self.before.owner_agency)),
            "decided outside his scope",
        )
    }

    /// An officer who may decide; a second one is never a party, whatever policy says.
    pub(super) fn officer(&self, book: &Book, second: bool) -> Result<(), String> {
        self.not_own_in_scope()?;
        let party = self.id().is_some_and(|id| {
            book.filer == Some(id) || book.companion == Some(id) || book.parties.contains(&id)
        });
        let excused = self.policy.companion_may_decide || book.glass_for_party(self.now);
        ensure(
            !party || (excused && !second),
            "decided on what he filed or accompanied",
        )
    }
}
