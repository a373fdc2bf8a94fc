//! A demo's past, lived through: every planned request goes step by step through the real `decide`, in the order of
//! time, with CRLs really published and mails really queued in between. The clock is set by hand.

mod steps;

use std::collections::{HashMap, HashSet, VecDeque};

use crate::domain::instant::{DAY, MINUTE, SECOND};
use crate::domain::request::{Closing, FieldChange, LetterVersion, RequesterKind};
use crate::domain::{
    Actor, Case, Command, Day, Item, Person, ReasonId, RequestId, Role, Scope, State, Timestamp,
};
use crate::letter::confine::Confinement;
use crate::letter::{Limits, inspect};
use crate::notify::facts::Kind;
use crate::notify::message::Status;
use crate::notify::transport::Answer;
use crate::store::LetterFiles;

use super::plan::{End, Planned, Whose};
use super::{Builder, Certificates, Issued, Member};
use crate::desk::letters::StoredLetter;
use crate::desk::publisher::Occasion;
use crate::desk::transaction::{Signer, Transaction};
use crate::desk::view::Change;
use crate::desk::{DeskError, cases, mails};

use steps::{Act, Step, letter_by_letter};

/// CRLs published over a demo's past, at most about this many.
const PUBLICATIONS: usize = 40;
/// Beyond this many requests letters are small pictures.
const DETAILED: usize = 200;
/// A white sheet as a small PNG: the scan of a letter nobody will read.
const BLANK_SCAN: &[u8] = include_bytes!("blank.png");

/// What became of the requests so far.
struct Past<'a> {
    plan: &'a [Planned],
    ids: Vec<Option<RequestId>>,
    certificates: Vec<&'a Issued>,
    /// Requests whose mail the server refuses.
    refused: HashSet<RequestId>,
    /// Letters whose files lie in place.
    letters: HashMap<usize, VecDeque<(LetterVersion, StoredLetter)>>,
}

impl Builder {
    pub(super) fn live_through(
        &mut self,
        plan: &[Planned],
        certificates: &Certificates,
    ) -> Result<(), DeskError> {
        let mut others = certificates.others.iter();
        let mut past = Past {
            plan,
            ids: vec![None; plan.len()],
            certificates: Vec::with_capacity(plan.len()),
            refused: HashSet::new(),
            letters: HashMap::new(),
        };
        for planned in plan {
            let issued = match planned.whose {
                Whose::Pemohon(index) => certificates.pemohon.get(index),
                Whose::Ended => Some(&certificates.ended),
                Whose::Other => others.next(),
            };
            let missing = || DeskError::bad_value("demo", "as many certificates as requests");
            past.certificates.push(issued.ok_or_else(missing)?);
        }
        let mut steps = self.steps(plan);
        steps.sort_by_key(|s| s.at);
        let mut steps: VecDeque<Step> = steps.into();
        let revocations = steps.iter().filter(|s| s.act == Act::Revoke).count();
        let every = (revocations / PUBLICATIONS).max(1);
        // The first CRL is empty, a day before anything happened.
        let begin = steps.front().map_or(self.now, |s| s.at).plus(-DAY);
        self.publish_at(begin, &past)?;
        let mut waiting = Vec::new();
        let mut batch: Vec<Step> = Vec::new();
        let mut revoked = 0;
        while let Some(step) = steps.pop_front() {
            revoked += usize::from(step.act == Act::Revoke);
            match step.act {
                // Told only after the next CRL.
                Act::Acknowledge if revoked > 0 => waiting.push(step),
                _ => batch.push(step),
            }
            let due = revoked >= every || (batch.len() >= 2000);
            if due || steps.is_empty() {
                self.take_steps(&batch, &mut past)?;
                batch.clear();
                let next = steps.front().map_or(self.now, |s| s.at);
                let at = step.at.plus(15 * SECOND).min(next);
                self.publish_at(at, &past)?;
                for late in waiting.drain(..) {
                    batch.push(Step {
                        at: late.at.max(at),
                        ..late
                    });
                }
                revoked = 0;
            }
        }
        self.take_steps(&batch, &mut past)?;
        // The last one is fresh, as on a desk that has been running.
        self.publish_at(self.now.plus(-5 * MINUTE), &past)?;
        self.clock.set(self.now);
        Ok(())
    }

    /// Takes steps in one transaction, each at its own time and by its own person.
    fn take_steps(&mut self, steps: &[Step], past: &mut Past<'_>) -> Result<(), DeskError> {
        if steps.is_empty() {
            return Ok(());
        }
        // Drafts first: a letter's file is written before the transaction that names it.
        let (drafts, rest): (Vec<_>, Vec<_>) =
            steps.iter().copied().partition(|s| s.act == Act::Draft);
        for part in std::iter::once(drafts).chain(letter_by_letter(rest)) {
            for step in part
                .iter()
                .filter(|s| matches!(s.act, Act::Letter | Act::NewLetter))
            {
                self.clock.set(step.at);
                self.write_letter(step.request, past)?;
            }
            let builder = &*self;
            builder.desk.transact(Signer::SYSTEM, |tx| {
                for step in &part {
                    tx.now = step.at;
                    builder.take_step(tx, *step, past)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    fn take_step(
        &self,
        tx: &mut Transaction<'_>,
        step: Step,
        past: &mut Past<'_>,
    ) -> Result<(), DeskError> {
        let planned = &past.plan[step.request];
        let issued = past.certificates[step.request];
        let holder = self.member(issued.holder);
        let applicant = person(holder, &[Role::Pemohon]);
        let companion = person(&self.cast[1], &[Role::Pendamping]);
        let filer = if planned.on_behalf {
            &companion
        } else {
            &applicant
        };
        let officer = person(
            &self.cast[2 + usize::from(planned.second_officer || planned.end == End::Claimed)],
            &[Role::Op],
        );
        let perform =
            |tx: &mut Transaction<'_>, who: &Person, case: &mut Case, command: &Command| {
                tx.signer = Signer::person(who, &Role::ALL);
                tx.perform(case, command, &Actor::Person(who.clone()))
            };
        if step.act == Act::Draft {
            let id = RequestId(tx.random()?);
            past.ids[step.request] = Some(id);
            if planned.end == End::MailFailed {
                past.refused.insert(id);
            }
            let mut case = cases::of_certificate(tx.writer, &issued.key)?;
            let draft = Command::Draft {
                id,
                requester: RequesterKind::Subscriber,
                companion: None,
            };
            perform(tx, filer, &mut case, &draft)?;
            for change in fields(planned, step.request, self.day(step.at)) {
                perform(tx, filer, &mut case, &Command::Edit(change))?;
            }
            return Ok(());
        }
        let Some(id) = past.ids[step.request] else {
            return Ok(());
        };
        let mut case = cases::of_request(tx.writer, id)?;
        match step.act {
            Act::Draft => Ok(()),
            Act::Letter | Act::NewLetter => {
                let next = past
                    .letters
                    .get_mut(&step.request)
                    .and_then(VecDeque::pop_front);
                let Some((version, stored)) = next else {
                    return Ok(());
                };
                perform(
                    tx,
                    filer,
                    &mut case,
                    &Command::AttachLetter(version.clone()),
                )?;
                tx.keep_letter(&version, &stored)
            }
            Act::Submit => {
                let number = tx.next_number()?;
                let submit = Command::Submit {
                    number,
                    signature_verified: Some(true),
                };
                perform(tx, filer, &mut case, &submit)
            }
            Act::Claim => perform(tx, &officer, &mut case, &Command::Claim),
            Act::Verify => {
                let verify = Command::Verify {
                    checked: Item::CHECKLIST.into(),
                    accept_missing_letter: false,
                };
                perform(tx, &officer, &mut case, &verify)
            }
            Act::Match => {
                let command = Command::Match {
                    der_sha256: case.certificate.der_sha256,
                    signature_verified: Some(true),
                    names_agree: true,
                };
                perform(tx, &officer, &mut case, &command)
            }
            Act::Revoke | Act::Schedule => {
                let effective = (step.act == Act::Schedule).then(|| self.now.plus(5 * DAY));
                let command = Command::Revoke {
                    last_four: issued.key.serial.last_four(),
                    password_confirmed: true,
                    effective,
                };
                perform(tx, &officer, &mut case, &command)
            }
            Act::Return => {
                let command = Command::Return {
                    items: [Item::Letter, Item::Approval].into(),
                    note: "Surat belum ditandatangani atasan langsung.".to_owned(),
                };
                perform(tx, &officer, &mut case, &command)
            }
            Act::Reject => {
                let note = "Alasan tidak dapat diterima; lihat petunjuk teknis.".to_owned();
                perform(tx, &officer, &mut case, &Command::Reject { note })
            }
            Act::Withdraw => perform(tx, filer, &mut case, &Command::Withdraw),
            Act::Acknowledge if case.state() == Some(State::Diberitahukan) => {
                perform(tx, &applicant, &mut case, &Command::Acknowledge)
            }
            Act::Acknowledge => Ok(()),
            Act::Close => {
                tx.signer = Signer::SYSTEM;
                tx.perform(&mut case, &Command::Close(Closing::Expired), &Actor::System)
            }
        }
    }

    /// Writes the file of a request's next letter: the form, filled in, as it would be signed.
    fn write_letter(&self, index: usize, past: &mut Past<'_>) -> Result<(), DeskError> {
        let Some(id) = past.ids[index] else {
            return Ok(());
        };
        let issued = past.certificates[index];
        let holder = self.member(issued.holder);
        let (account, request, certificate) = {
            let reader = self.desk.inner.store.read()?;
            let case = cases::of_request(&reader, id)?;
            let account = crate::desk::transaction::found(reader.account(holder.id))?;
            let request = crate::desk::transaction::found(Ok(case.request))?;
            (account, request, case.certificate)
        };
        let bytes = if index < DETAILED {
            self.desk.form(
                &account,
                Some(&certificate),
                &request.reasons,
                Some(&request),
            )?
        } else {
            BLANK_SCAN.to_vec()
        };
        // Our own words, just written: nothing that the confined child would have to keep out.
        let facts = inspect::inspect(bytes.clone(), &Limits::default(), Confinement::default())?;
        let sealed = self.desk.seal(
            holder.id,
            &request,
            &bytes,
            &facts,
            LetterFiles::write_unsynced,
        )?;
        past.letters.entry(index).or_default().push_back(sealed);
        Ok(())
    }

    fn day(&self, at: Timestamp) -> Day {
        at.local(self.desk.policy().zone).date().into()
    }

    /// Publishes a CRL at `at` and lets the mails go that are due then.
    fn publish_at(&mut self, at: Timestamp, past: &Past<'_>) -> Result<(), DeskError> {
        let at = at.max(self.last_published.plus(SECOND));
        self.last_published = at;
        self.clock.set(at);
        if let Some(state) = self.desk.issuer_state(self.issuer) {
            self.desk.publish(&state, Occasion::Regular)?;
        }
        self.desk.transact(Signer::SYSTEM, |tx| {
            for task in tx.writer.due_tasks(at, 100)? {
                tx.writer.finish_task(&task)?;
            }
            Ok(())
        })?;
        self.clock.set(at.plus(12 * SECOND));
        self.deliver(past)
    }

    /// What the mailer does, in one transaction: the demo's server takes everything but what it is told to refuse.
    fn deliver(&self, past: &Past<'_>) -> Result<(), DeskError> {
        let now = self.desk.now();
        let transport = self.desk.transport()?;
        // Only the mails of the one who logs in are worth files.
        let applicants: HashSet<_> = past
            .plan
            .iter()
            .zip(&past.ids)
            .filter(|(planned, _)| matches!(planned.whose, Whose::Pemohon(_)))
            .map(|(_, id)| *id)
            .collect();
        self.desk.transact(Signer::SYSTEM, |tx| {
            for record in tx.writer.due_mails(now, usize::MAX)? {
                let mut mail = mails::decode(&record)?;
                mail.attempts = 1;
                let told = matches!(mail.kind, Kind::Revoked | Kind::Suspended);
                if told && record.request.is_some_and(|id| past.refused.contains(&id)) {
                    mail.status = Status::Failed { at: now };
                    mail.answer = Some(Answer::new("550 5.1.1 mailbox unavailable"));
                    tx.put_mail(&mail, record.request)?;
                    continue;
                }
                if applicants.contains(&record.request) {
                    transport
                        .send(&mail)
                        .map_err(|e| DeskError::Publish(e.to_string()))?;
                }
                mail.status = Status::Sent { at: now };
                mail.answer = Some(Answer::new("250 2.0.0 OK"));
                tx.put_mail(&mail, record.request)?;
                tx.changed(Change::Mail(mail.id));
                if let (true, Some(id)) = (told, record.request) {
                    let mut case = cases::of_request(tx.writer, id)?;
                    tx.perform(&mut case, &Command::MailAccepted, &Actor::System)?;
                }
            }
            Ok(())
        })
    }
}

fn person(member: &Member, roles: &[Role]) -> Person {
    Person {
        id: member.id,
        roles: roles.iter().copied().collect(),
        scope: Scope::All,
        peer_uid: None,
        accompanied_by: None,
    }
}

/// The form as it was filled in.
fn fields(planned: &Planned, index: usize, today: Day) -> Vec<FieldChange> {
    let mut fields = vec![FieldChange::Reasons(vec![ReasonId(
        planned.reason.to_owned(),
    )])];
    if planned.reason == "kehilangan" {
        fields.push(FieldChange::Misuse(
            crate::domain::request::Misuse::Possible,
        ));
    }
    if planned.end == End::Urgent {
        fields.push(FieldChange::LetterFollows(true));
        return fields;
    }
    let (name, nip) = match planned.whose {
        Whose::Pemohon(_) => ("Drs. Syafrizal, M.M.", "196903151994031005"),
        Whose::Other | Whose::Ended => ("Atasan Contoh UJI", "197001011996011001"),
    };
    fields.extend([
        FieldChange::LetterNumber(format!("800/{:03}/UJI/{}", index + 1, today.year)),
        FieldChange::LetterDate(Some(today)),
        FieldChange::SuperiorName(name.to_owned()),
        FieldChange::SuperiorNip(nip.to_owned()),
        FieldChange::SuperiorApproved(true),
    ]);
    fields
}
