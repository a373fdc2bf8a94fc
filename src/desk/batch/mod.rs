//! One decision over many requests, approved or revoked from a file or from marks. Every row is judged by `decide` for
//! itself and carries its own evidence; first as a dry run that changes nothing, then, confirmed by password and count,
//! in transactions of a few rows each. What was done already is told as such, so that a batch that was cut off is
//! simply given again.

mod rows;

use secrecy::SecretString;

use crate::audit::{Action, ObjectRef, RuleId};
use crate::domain::apply::apply;
use crate::domain::decide::decide;
use crate::domain::permission::{Filing, sees_request};
use crate::domain::workflow::Act;
use crate::domain::{
    Actor, Case, Command, Policy, ReasonCode, Refusal, Request, RequestId, RequestNumber, Role,
    Serial, State, Timestamp,
};
use crate::store::{Reader, RequestList, Window};

use super::act::present;
use super::serial_named::with_serial;
use super::transaction::{Signer, Transaction};
use super::{Desk, DeskError, Identity, cases};

pub use rows::{BatchColumns, BatchRow, Named, RowDefect, RowRead, read_rows};

/// Rows decided in one transaction: few enough that a screen beside it never waits, many enough that the disk does not.
const CHUNK: usize = 50;

/// What is done to every row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BatchAct {
    /// The second officer's yes.
    Approve,
    /// Step 7: now, or where a row names an effective date, then.
    Revoke,
}

/// What becomes of one row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BatchOutcome {
    /// These acts would be done, in this order.
    Possible(Vec<Act>),
    Done(Vec<Act>),
    /// It was so before.
    Already,
    Refused(Refusal),
    /// The row itself does not say which request is meant.
    Broken(RowDefect),
}

/// One row with the request that it names and what becomes of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BatchLine {
    /// The line of the file, or the place among the marks.
    pub line: u64,
    pub request: Option<RequestId>,
    pub number: Option<RequestNumber>,
    /// The whole serial of the certificate where it was found, else as the row has it.
    pub serial: String,
    pub subject: String,
    pub reason: Option<ReasonCode>,
    pub outcome: BatchOutcome,
}

/// How many rows fare how.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct BatchCount {
    pub possible: usize,
    pub done: usize,
    pub already: usize,
    pub refused: usize,
    pub broken: usize,
}

impl BatchCount {
    pub fn of<'a>(lines: impl IntoIterator<Item = &'a BatchLine>) -> Self {
        let mut count = Self::default();
        for line in lines {
            *match line.outcome {
                BatchOutcome::Possible(_) => &mut count.possible,
                BatchOutcome::Done(_) => &mut count.done,
                BatchOutcome::Already => &mut count.already,
                BatchOutcome::Refused(_) => &mut count.refused,
                BatchOutcome::Broken(_) => &mut count.broken,
            } += 1;
        }
        count
    }

    /// What the confirmation names: the rows that are so in the end. It is the same when a batch that was cut off is
    /// given again.
    pub const fn to_confirm(self) -> usize {
        self.possible + self.done + self.already
    }
}

/// A row and what it would take.
struct Weighed {
    line: BatchLine,
    work: Option<(Case, Vec<Command>)>,
}

impl Desk {
    /// What would become of each row. Changes nothing and logs nothing, unless the person is no OP.
    pub fn batch_preview(
        &self,
        who: &Identity,
        act: BatchAct,
        rows: &[RowRead],
    ) -> Result<Vec<BatchLine>, DeskError> {
        let reader = self.inner.store.read()?;
        let actor = present(&reader, who)?;
        if !who.has(Role::Op) {
            let signer = Signer::person(who.person(), &[Role::Op]);
            let refusal = Refusal::RoleNeeded(vec![Role::Op]).into();
            drop(reader);
            return Err(self.refused(signer, ObjectRef::Desk, refusal));
        }
        let weigher = Weigher::new(self, act, &actor, self.now());
        rows.iter()
            .map(|row| Ok(weigher.weigh(&reader, row)?.line))
            .collect()
    }

    /// Decides every row that can be decided. `confirmed` is the count of the dry run ([`BatchCount::to_confirm`]): if it
    /// is another by now, nothing is done. `each` hears of the rows of a transaction once it is on the disk.
    ///
    /// # Errors
    /// `BatchCount` where the count is another; a fault of the disk ends the batch after the rows that `each` heard of.
    pub fn batch_apply(
        &self,
        who: &Identity,
        act: BatchAct,
        rows: &[RowRead],
        confirmed: usize,
        password: &SecretString,
        mut each: impl FnMut(&[BatchLine]),
    ) -> Result<(), DeskError> {
        let signer = Signer::person(who.person(), &[Role::Op]);
        self.confirm_password(who, password)?;
        let count = BatchCount::of(&self.batch_preview(who, act, rows)?).to_confirm();
        if count != confirmed {
            let refusal = Refusal::BatchCount {
                count: u64::try_from(count).unwrap_or(u64::MAX),
            };
            return Err(self.refused(signer, ObjectRef::Desk, refusal.into()));
        }
        for chunk in rows.chunks(CHUNK) {
            let lines = self.transact(signer, |tx| {
                let actor = present(tx.writer, who)?;
                let weigher = Weigher::new(self, act, &actor, tx.now);
                chunk
                    .iter()
                    .map(|row| {
                        let weighed = weigher.weigh(tx.writer, row)?;
                        tx.carry_out(weighed, &actor)
                    })
                    .collect::<Result<Vec<_>, DeskError>>()
            })?;
            each(&lines);
        }
        Ok(())
    }
}

impl Transaction<'_> {
    /// Does what was weighed in this very transaction, or logs why it is refused.
    fn carry_out(&mut self, weighed: Weighed, actor: &Actor) -> Result<BatchLine, DeskError> {
        let Weighed { mut line, work } = weighed;
        match (&line.outcome, work) {
            (BatchOutcome::Possible(acts), Some((mut case, commands))) => {
                let done = BatchOutcome::Done(acts.clone());
                for command in &commands {
                    self.perform(&mut case, command, actor)?;
                    // The person looked at the request before the first of them.
                    case.seen_version = None;
                }
                line.outcome = done;
            }
            (BatchOutcome::Refused(refusal), _) => {
                let rule = RuleId::from_static(refusal.rule()).ok();
                let object = line.request.map_or(ObjectRef::Desk, ObjectRef::Request);
                self.log(Action::DITOLAK_ATURAN, object, |entry| entry.refusal = rule)?;
            }
            _ => {}
        }
        Ok(line)
    }
}

/// Judges rows for one person at one time.
struct Weigher<'a> {
    act: BatchAct,
    actor: &'a Actor,
    policy: Policy,
    now: Timestamp,
}

impl<'a> Weigher<'a> {
    fn new(desk: &Desk, act: BatchAct, actor: &'a Actor, now: Timestamp) -> Self {
        Self {
            act,
            actor,
            policy: desk.policy(),
            now,
        }
    }

    fn weigh(&self, reader: &Reader, row: &RowRead) -> Result<Weighed, DeskError> {
        let row = match row {
            Ok(row) => row,
            Err((line, defect)) => return Ok(broken(*line, String::new(), defect.clone())),
        };
        let request = match self.named(reader, row)? {
            Ok(request) => request,
            Err(defect) => return Ok(broken(row.line, row.serial.clone(), defect)),
        };
        let Some(request) = request else {
            let line = BatchLine {
                number: match row.request {
                    Named::Number(number) => Some(number),
                    Named::Id(_) | Named::Certificate => None,
                },
                outcome: BatchOutcome::Refused(Refusal::NotFound),
                ..broken(row.line, row.serial.clone(), RowDefect::NoRequest).line
            };
            return Ok(Weighed { line, work: None });
        };
        let mut case = cases::of_request(reader, request.id)?;
        case.seen_version = row.seen;
        let (outcome, work) = match self.judge(&case, row) {
            Ok(Some(commands)) => {
                let acts = commands
                    .iter()
                    .map(|c| crate::domain::decide::act_of(&case, c))
                    .collect();
                (BatchOutcome::Possible(acts), Some(commands))
            }
            Ok(None) => (BatchOutcome::Already, None),
            Err(refusal) => (BatchOutcome::Refused(refusal), None),
        };
        let certificate = &case.certificate;
        let line = BatchLine {
            line: row.line,
            request: Some(request.id),
            number: request.number,
            serial: certificate.key.serial.to_string(),
            subject: certificate
                .subject
                .common_name()
                .unwrap_or_default()
                .to_owned(),
            reason: request.reason_code(),
            outcome,
        };
        let work = work.map(|commands| (case, commands));
        Ok(Weighed { line, work })
    }

    /// The request that a row names, if this person may see it.
    fn named(
        &self,
        reader: &Reader,
        row: &BatchRow,
    ) -> Result<Result<Option<Request>, RowDefect>, DeskError> {
        let found = match row.request {
            Named::Id(id) => reader.request(id)?,
            Named::Number(number) => reader.request_by_number(number)?,
            Named::Certificate => match on_certificate(reader, row)? {
                Ok(request) => Some(request),
                Err(defect) => return Ok(Err(defect)),
            },
        };
        let seen = found.filter(|request| sees_request(self.actor, &Filing::from(request)));
        Ok(match (row.request, seen) {
            // Whoever may not see the request learns nothing of it.
            (Named::Certificate, None) => Err(RowDefect::NoRequest),
            (_, seen) => Ok(seen),
        })
    }

    /// The commands that a row takes; none where it is so already.
    fn judge(&self, case: &Case, row: &BatchRow) -> Result<Option<Vec<Command>>, Refusal> {
        let serial = &case.certificate.key.serial;
        if !row.shows(serial) {
            return Err(Refusal::LastFourWrong);
        }
        let request = case.request.as_ref().ok_or(Refusal::NotFound)?;
        let command = match self.act {
            BatchAct::Approve if approved(request) => return Ok(None),
            BatchAct::Approve => Command::Approve {
                password_confirmed: true,
            },
            BatchAct::Revoke if decided(request, row.effective) => return Ok(None),
            BatchAct::Revoke => Command::Revoke {
                last_four: serial.last_four(),
                password_confirmed: true,
                effective: row.effective,
            },
        };
        match self.ask(case, &command) {
            Ok(_) => Ok(Some(vec![command])),
            // Whoever revokes takes the request first, as by hand: the lease of a long batch is over before its end.
            Err(Refusal::NotClaimed) => {
                let mut claimed = case.clone();
                for event in self.ask(case, &Command::Claim)? {
                    apply(&mut claimed, &event, self.actor, self.now);
                }
                claimed.seen_version = None;
                self.ask(&claimed, &command)?;
                Ok(Some(vec![Command::Claim, command]))
            }
            Err(refusal) => Err(refusal),
        }
    }

    fn ask(&self, case: &Case, command: &Command) -> Result<Vec<crate::domain::Event>, Refusal> {
        decide(case, command, self.actor, &self.policy, self.now)
    }
}

fn broken(line: u64, serial: String, defect: RowDefect) -> Weighed {
    let line = BatchLine {
        line,
        request: None,
        number: None,
        serial,
        subject: String::new(),
        reason: None,
        outcome: BatchOutcome::Broken(defect),
    };
    Weighed { line, work: None }
}

fn approved(request: &Request) -> bool {
    request.is_approved() || (request.approval.is_some() && request.decision.is_some())
}

fn decided(request: &Request, effective: Option<Timestamp>) -> bool {
    let scheduled = request
        .schedule
        .as_ref()
        .is_some_and(|s| request.state == State::Terjadwal && Some(s.effective) == effective);
    request.decision.is_some() || scheduled
}

/// The request on the certificate whose whole serial the row has: the open one, else the last that was decided.
fn on_certificate(
    reader: &Reader,
    row: &BatchRow,
) -> Result<Result<Request, RowDefect>, DeskError> {
    let Ok(serial) = Serial::parse(&row.serial) else {
        return Ok(Err(RowDefect::SerialForm));
    };
    // A row decides: the part of a serial is no name here.
    let hits = with_serial(reader, &serial, row.issuer.as_deref())?;
    let key = match hits.as_slice() {
        [] => return Ok(Err(RowDefect::NoCertificate)),
        [only] => &only.key,
        _ => return Ok(Err(RowDefect::SeveralIssuers)),
    };
    if let Some(open) = reader.open_request(key)? {
        return Ok(Ok(open));
    }
    let list = RequestList::Certificate(key.clone());
    let requests = reader.requests(&list, &Window::last(100))?;
    let decided = requests.rows.into_iter().find(|r| r.decision.is_some());
    Ok(decided.ok_or(RowDefect::NoRequest))
}
