//! What DOMAIN.md demands, said a second time from what was seen to happen. It keeps its own book of each request
//! (who filed, who holds the claim, what was approved) and trusts neither decide's guards nor the request's own fields
//! where it can know better.

use std::collections::BTreeSet;

use ams::domain::account::{Actor, Person, Role};
use ams::domain::certificate::Standing;
use ams::domain::instant::{DAY, MINUTE, SECOND};
use ams::domain::reason::{ReasonCode, ReasonId};
use ams::domain::request::{FieldChange, Item, RequesterKind, State};
use ams::domain::{AccountId, Case, Command, Event, FourEyes, Policy, Timestamp};

use super::commands::{DER, LAST_FOUR};

use State::{
    DataSesuai, Diajukan, Diberitahukan, Dicabut, Dikembalikan, Diperiksa, Ditarik, Ditolak,
    Ditutup, DnCocok, Draf, Selesai, Terjadwal,
};

/// Every legal change of state: the arrows of DOMAIN's table, and the return or rejection taken back.
const ARROWS: [(State, State); 30] = [
    (Draf, Diajukan),
    (Draf, Ditarik),
    (Draf, Ditutup),
    (Diajukan, Ditarik),
    (Diajukan, Diperiksa),
    (Diajukan, Ditutup),
    (Diperiksa, Diajukan),
    (Diperiksa, Dikembalikan),
    (Diperiksa, Ditolak),
    (Diperiksa, DataSesuai),
    (Diperiksa, Ditutup),
    (Dikembalikan, Diajukan),
    (Dikembalikan, Ditarik),
    (Dikembalikan, Ditutup),
    (Dikembalikan, Diperiksa),
    (Ditolak, Diperiksa),
    (DataSesuai, Dikembalikan),
    (DataSesuai, Ditolak),
    (DataSesuai, DnCocok),
    (DataSesuai, Ditutup),
    (DnCocok, Dikembalikan),
    (DnCocok, Ditolak),
    (DnCocok, Dicabut),
    (DnCocok, Terjadwal),
    (DnCocok, Ditutup),
    (Terjadwal, Dicabut),
    (Terjadwal, Ditarik),
    (Terjadwal, Ditutup),
    (Dicabut, Diberitahukan),
    (Diberitahukan, Selesai),
];

const BREAK_GLASS: i64 = 30 * MINUTE;
const LEASE: i64 = 15 * MINUTE;
const SEND_DELAY: i64 = 30 * SECOND;

/// What an approval approves.
type Bound = (Option<ReasonCode>, Option<Timestamp>, usize);

/// The book of one request.
#[derive(Default)]
struct Book {
    owner: Option<AccountId>,
    filer: Option<AccountId>,
    requester: RequesterKind,
    companion: Option<AccountId>,
    /// Filer and everybody who was companion at a submission.
    parties: BTreeSet<AccountId>,
    reasons: Vec<ReasonId>,
    changed: Option<ReasonCode>,
    proposed: Option<ReasonCode>,
    invalidity: Option<Timestamp>,
    /// Loss or compromise was ever claimed in a submission.
    loss: bool,
    urgent: bool,
    submitted: Option<Timestamp>,
    letters: usize,
    letters_at_return: usize,
    awaiting_letter: bool,
    was_to_follow: bool,
    consent: bool,
    claim: Option<(AccountId, Timestamp)>,
    data_ok: bool,
    matched: Option<(AccountId, Timestamp)>,
    approved: Option<(AccountId, Bound)>,
    returned: Option<(AccountId, Timestamp)>,
    effective: Option<Timestamp>,
    decided: bool,
    on_crl: bool,
    told: Option<Timestamp>,
}

#[derive(Default)]
pub struct Oracle {
    book: Book,
}

fn ensure(holds: bool, rule: &str) -> Result<(), String> {
    if holds {
        Ok(())
    } else {
        Err(format!("BROKEN: {rule}"))
    }
}

/// What the SOP's and the desk's reasons mean to a CRL, gravest first.
fn code_of(reasons: &[ReasonId], ruled_out: bool) -> Option<ReasonCode> {
    let has = |id: &str| reasons.iter().any(|r| r.0 == id);
    let loss = has("kehilangan");
    Some(if has("kompromi-kunci") || (loss && !ruled_out) {
        ReasonCode::KeyCompromise
    } else if has("penyalahgunaan") {
        ReasonCode::PrivilegeWithdrawn
    } else if has("perubahan-data") || has("mutasi") {
        ReasonCode::AffiliationChanged
    } else if has("berhenti") {
        ReasonCode::CessationOfOperation
    } else if has("lupa-passphrase") || has("digantikan") || loss {
        ReasonCode::Superseded
    } else if has("penangguhan") {
        ReasonCode::CertificateHold
    } else if has("lainnya") {
        ReasonCode::Unspecified
    } else {
        return None;
    })
}

/// Claims of loss or compromise: urgent, and withdrawn only with consent.
fn is_loss(reasons: &[ReasonId]) -> bool {
    reasons
        .iter()
        .any(|r| matches!(r.0.as_str(), "kehilangan" | "kompromi-kunci"))
}

fn sane_text(text: &str, longest: usize, newline: bool) -> bool {
    text.chars().count() <= longest
        && text
            .chars()
            .all(|c| (!c.is_control() && c != '\u{202e}') || (newline && c == '\n'))
}

impl Oracle {
    pub fn forget(&mut self) {
        self.book = Book::default();
    }

    /// Each single event changes the state along an arrow or not at all.
    pub fn transition(
        &mut self,
        from: Option<State>,
        to: Option<State>,
        event: &Event,
    ) -> Result<(), String> {
        let legal = match (from, to) {
            (None, Some(Draf)) => matches!(event, Event::Drafted { .. }),
            (Some(Dikembalikan | Ditolak), Some(Diperiksa)) => {
                matches!(event, Event::Recalled { .. })
            }
            (Some(a), Some(b)) => a == b || ARROWS.contains(&(a, b)),
            (None, None) => matches!(event, Event::HoldReleased { .. }),
            _ => false,
        };
        ensure(
            legal,
            &format!("illegal state: {from:?} → {to:?} by {event:?}"),
        )
    }

    /// Judges an accepted command, then books it.
    #[allow(clippy::too_many_arguments)]
    pub fn accepted(
        &mut self,
        before: &Case,
        command: &Command,
        actor: &Actor,
        policy: &Policy,
        now: Timestamp,
        events: &[Event],
        after: &Case,
    ) -> Result<(), String> {
        let seen = Seen {
            before,
            actor,
            policy,
            now,
        };
        seen.versions(command, after)?;
        seen.standing(command, after)?;
        seen.people(&self.book, command)?;
        seen.content(command)?;
        for event in events {
            self.book.judge(&seen, event)?;
            self.book.note(event, actor, now);
        }
        self.book.refresh(actor, now);
        Ok(())
    }
}

/// One accepted command as it was seen.
struct Seen<'a> {
    before: &'a Case,
    actor: &'a Actor,
    policy: &'a Policy,
    now: Timestamp,
}

impl Seen<'_> {
    fn person(&self) -> Option<&Person> {
        match self.actor {
            Actor::Person(p) => Some(p),
            Actor::System => None,
        }
    }

    fn id(&self) -> Option<AccountId> {
        self.actor.account()
    }

    fn has(&self, role: Role) -> bool {
        self.person().is_some_and(|p| p.has(role))
    }

    /// Nobody acts on a stale view, and every change counts.
    fn versions(&self, command: &Command, after: &Case) -> Result<(), String> {
        let touch = matches!(command, Command::Touch);
        if let (Some(seen), Some(request)) = (self.before.seen_version, &self.before.request)
            && !matches!(command, Command::ReleaseHold { .. })
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
    fn standing(&self, command: &Command, after: &Case) -> Result<(), String> {
        let old = &self.before.certificate;
        let new = &after.certificate;
        let revokes = matches!(command, Command::Revoke { .. } | Command::RevokeScheduled);
        let published = matches!(command, Command::Published { .. });
        match (&old.standing, &new.standing) {
            (a, b) if a == b => Ok(()),
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

    /// Who did it.
    fn people(&self, book: &Book, command: &Command) -> Result<(), String> {
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
                if applicants.is_err() && self.before.state() == Some(Terjadwal) {
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
            C::ReleaseHold { .. } => self.not_own_in_scope(),
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

    fn is_owner(&self) -> bool {
        self.id().is_some() && self.before.owner() == self.id()
    }

    fn filing_people(&self, book: &Book, command: &Command) -> Result<(), String> {
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

    fn not_own_in_scope(&self) -> Result<(), String> {
        ensure(self.has(Role::Op), "decided without being OP")?;
        ensure(!self.is_owner(), "decided on his own certificate")?;
        ensure(
            self.person()
                .is_some_and(|p| p.scope.covers(&self.before.owner_agency)),
            "decided outside his scope",
        )
    }

    /// An officer who may decide; a second one is never a party, whatever policy says.
    fn officer(&self, book: &Book, second: bool) -> Result<(), String> {
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

    /// What the command says.
    fn content(&self, command: &Command) -> Result<(), String> {
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
        if let Command::ReleaseHold { approved_by, .. } = command
            && self.policy.four_eyes != FourEyes::Off
        {
            ensure(
                approved_by.is_some_and(|second| {
                    Some(second) != self.id() && Some(second) != self.before.certificate.owner
                }),
                "a hold was released without a second officer",
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
    fn revocable_for(&self, code: Option<ReasonCode>) -> Result<(), String> {
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

impl Book {
    fn glass_for_party(&self, now: Timestamp) -> bool {
        self.urgent
            && self
                .submitted
                .is_some_and(|at| now.since(at) >= BREAK_GLASS)
    }

    fn code(&self) -> Option<ReasonCode> {
        self.changed.or(self.proposed)
    }

    fn bound(&self) -> Bound {
        (self.code(), self.invalidity, self.letters)
    }

    /// Whether the event may happen, given the book.
    fn judge(&self, seen: &Seen, event: &Event) -> Result<(), String> {
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
    fn judge_form(
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
            !asks || misuse != ams::domain::request::Misuse::Unanswered,
            "misuse was not answered",
        )?;
        let ruled_out = misuse == ams::domain::request::Misuse::RuledOut;
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
    fn judge_decision(&self, seen: &Seen, break_glass: bool) -> Result<(), String> {
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

    fn note(&mut self, event: &Event, actor: &Actor, now: Timestamp) {
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
            Event::Touched | Event::Acknowledged(_) | Event::HoldReleased { .. } => {}
        }
    }

    fn submission(&mut self, proposed: ReasonCode, now: Timestamp) {
        self.proposed = Some(proposed);
        self.submitted = Some(now);
        self.loss |= is_loss(&self.reasons);
        self.urgent |= is_loss(&self.reasons);
        self.consent = false;
        self.parties.extend(self.companion);
    }

    fn anew(&mut self) {
        self.data_ok = false;
        self.matched = None;
        self.approved = None;
        self.changed = None;
    }

    /// Any act of the claimant renews his lease.
    fn refresh(&mut self, actor: &Actor, now: Timestamp) {
        if let Some((by, last)) = &mut self.claim
            && Some(*by) == actor.account()
        {
            *last = now;
        }
    }
}
