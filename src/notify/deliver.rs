//! The steps of the delivery worker: which mails are due, one attempt, a round over all that are due. The desk's
//! thread calls them and stores every row; nothing here waits, and nothing here touches a request.

use super::message::{OutboxMail, Status};
use super::schedule;
use super::transport::{Answer, SendError, Transport};
use crate::domain::Timestamp;

/// What a round did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    pub sent: u32,
    /// Will be tried again.
    pub postponed: u32,
    /// Refused for good, or given up: an alarm stands until someone resends them.
    pub failed: u32,
    /// Why the service as a whole cannot be used, for the dashboard.
    pub no_service: Option<Answer>,
}

impl OutboxMail {
    /// Whether its turn has come. A mail found `Sending` was interrupted by a crash and is sent again: at least
    /// once, under one Message-ID.
    pub fn is_due(&self, now: Timestamp) -> bool {
        match self.status {
            Status::Waiting => self.next_attempt <= now && self.not_before <= now,
            Status::Sending => true,
            _ => false,
        }
    }

    /// When the worker should look again for this mail's sake.
    pub fn wakes_at(&self) -> Option<Timestamp> {
        match self.status {
            Status::Waiting => Some(self.next_attempt.max(self.not_before)),
            Status::Sending => Some(self.next_attempt),
            _ => None,
        }
    }
}

/// Tries one mail at `now` and writes into the row what came of it.
pub fn attempt(
    mail: &mut OutboxMail,
    transport: &dyn Transport,
    now: Timestamp,
) -> Result<(), SendError> {
    mail.attempts = mail.attempts.saturating_add(1);
    let result = transport.send(mail);
    match &result {
        Ok(answer) => {
            mail.answer = Some(answer.clone());
            mail.status = Status::Sent { at: now };
        }
        Err(SendError::Refused(answer)) => {
            mail.answer = Some(answer.clone());
            mail.status = Status::Failed { at: now };
        }
        Err(SendError::Invalid(error)) => {
            mail.answer = Some(Answer::new(&error.to_string()));
            mail.status = Status::Failed { at: now };
        }
        Err(SendError::Later(answer) | SendError::NoService(answer)) => {
            mail.answer = Some(answer.clone());
            match schedule::next_attempt(mail.attempts, mail.trying_since, now) {
                Some(next) => {
                    mail.next_attempt = next;
                    mail.status = Status::Waiting;
                }
                None => mail.status = Status::GivenUp { at: now },
            }
        }
    }
    result.map(|_| ())
}

/// Tries every mail that is due, in the order given. `save` stores a row and is called before an attempt (as
/// `Sending`) and after it; in the transaction of a `Sent` row the desk moves the request on. When the service as a
/// whole is down, the first mail alone is tried and the others wait with it. Stops at the first error of `save`.
pub fn work<E>(
    due: impl IntoIterator<Item = OutboxMail>,
    transport: &dyn Transport,
    mut clock: impl FnMut() -> Timestamp,
    mut save: impl FnMut(&OutboxMail) -> Result<(), E>,
) -> Result<Progress, E> {
    let mut progress = Progress::default();
    let mut down_until = None;
    for mut mail in due {
        let now = clock();
        if !mail.is_due(now) {
            continue;
        }
        if let Some(until) = down_until {
            mail.status = Status::Waiting;
            mail.next_attempt = until;
            save(&mail)?;
            progress.postponed += 1;
            continue;
        }
        mail.status = Status::Sending;
        save(&mail)?;
        let result = attempt(&mut mail, transport, now);
        save(&mail)?;
        match mail.status {
            Status::Sent { .. } => progress.sent += 1,
            Status::Waiting => progress.postponed += 1,
            _ => progress.failed += 1,
        }
        if let Err(SendError::NoService(answer)) = result {
            down_until = Some(mail.next_attempt.max(now.plus(schedule::FIRST_DELAY)));
            progress.no_service = Some(answer);
        }
    }
    Ok(progress)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::MailId;
    use crate::domain::instant::MINUTE;
    use crate::notify::message::tests::{NOW, mail};
    use std::cell::RefCell;
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    /// Answers as it was told to and remembers what it was given.
    struct Script {
        answers: Mutex<Vec<Result<Answer, SendError>>>,
        seen: Mutex<Vec<String>>,
    }

    impl Script {
        fn new(answers: &[Result<(), SendError>]) -> Self {
            let answers = answers.iter().rev().cloned();
            Self {
                answers: Mutex::new(answers.map(|a| a.map(|()| Answer::new("250 ok"))).collect()),
                seen: Mutex::default(),
            }
        }

        fn seen(&self) -> Vec<String> {
            self.seen.lock().unwrap().clone()
        }
    }

    impl Transport for Script {
        fn send(&self, mail: &OutboxMail) -> Result<Answer, SendError> {
            self.seen.lock().unwrap().push(mail.message_id.clone());
            self.answers.lock().unwrap().pop().unwrap()
        }
    }

    fn later() -> SendError {
        SendError::Later(Answer::new("451 try later"))
    }

    fn down() -> SendError {
        SendError::NoService(Answer::new("connection refused"))
    }

    /// The outbox as the desk stores it.
    #[derive(Default)]
    struct Store(RefCell<BTreeMap<MailId, Vec<Status>>>);

    impl Store {
        fn save(&self, mail: &OutboxMail) -> Result<(), ()> {
            let mut rows = self.0.borrow_mut();
            rows.entry(mail.id).or_default().push(mail.status);
            Ok(())
        }

        fn statuses(&self, id: u8) -> Vec<Status> {
            self.0.borrow()[&MailId([id; 16])].clone()
        }
    }

    #[test]
    fn a_mail_is_stored_as_sending_before_it_goes_and_as_sent_after() {
        let store = Store::default();
        let script = Script::new(&[Ok(())]);
        let done = work([mail(1)], &script, || NOW, |m| store.save(m)).unwrap();
        assert_eq!(done.sent, 1);
        assert_eq!(
            store.statuses(1),
            [Status::Sending, Status::Sent { at: NOW }]
        );
    }

    #[test]
    fn a_mail_interrupted_while_sending_goes_again_under_the_same_id() {
        let interrupted = OutboxMail {
            status: Status::Sending,
            attempts: 1,
            ..mail(1)
        };
        let script = Script::new(&[Ok(())]);
        let store = Store::default();
        work([interrupted], &script, || NOW, |m| store.save(m)).unwrap();
        assert_eq!(script.seen(), [mail(1).message_id]);
    }

    #[test]
    fn nothing_goes_before_its_time_and_nothing_goes_twice() {
        let early = OutboxMail {
            not_before: NOW.plus(1),
            ..mail(1)
        };
        let done = [
            Status::Sent { at: NOW },
            Status::Failed { at: NOW },
            Status::GivenUp { at: NOW },
            Status::Cancelled { at: NOW },
        ]
        .map(|status| OutboxMail { status, ..mail(2) });
        let script = Script::new(&[]);
        let store = Store::default();
        let progress = work(
            [early].into_iter().chain(done),
            &script,
            || NOW,
            |m| store.save(m),
        );
        assert_eq!(progress, Ok(Progress::default()));
    }

    #[test]
    fn a_refused_mail_fails_at_once_and_a_deferred_one_waits() {
        let refused = SendError::Refused(Answer::new("550 no such user"));
        let script = Script::new(&[Err(refused), Err(later()), Ok(())]);
        let store = Store::default();
        let mails = [mail(1), mail(2), mail(3)];
        let progress = work(mails, &script, || NOW, |m| store.save(m)).unwrap();
        assert_eq!(
            (progress.failed, progress.postponed, progress.sent),
            (1, 1, 1)
        );
        assert_eq!(store.statuses(1)[1], Status::Failed { at: NOW });
        assert_eq!(store.statuses(2)[1], Status::Waiting);
        assert_eq!(store.statuses(3)[1], Status::Sent { at: NOW });
    }

    #[test]
    fn the_answer_and_the_next_attempt_stand_on_the_row() {
        let mut row = mail(1);
        assert!(attempt(&mut row, &Script::new(&[Err(later())]), NOW).is_err());
        assert_eq!(row.answer, Some(Answer::new("451 try later")));
        assert_eq!(row.next_attempt, NOW.plus(schedule::FIRST_DELAY));
        assert!(!row.is_due(NOW) && row.is_due(row.next_attempt));
        assert_eq!(row.wakes_at(), Some(row.next_attempt));
    }

    #[test]
    fn a_service_that_is_down_is_tried_once_a_round() {
        let script = Script::new(&[Err(down())]);
        let store = Store::default();
        let progress = work(
            [mail(1), mail(2), mail(3)],
            &script,
            || NOW,
            |m| store.save(m),
        )
        .unwrap();
        assert_eq!(script.seen().len(), 1);
        assert_eq!(progress.postponed, 3);
        assert_eq!(progress.no_service, Some(Answer::new("connection refused")));
        assert_eq!(store.statuses(3), [Status::Waiting]);
    }

    #[test]
    fn after_five_days_a_mail_is_given_up_visibly() {
        let mut row = mail(1);
        let mut now = NOW;
        while row.status == Status::Waiting {
            now = now.max(row.next_attempt);
            attempt(&mut row, &Script::new(&[Err(down())]), now).unwrap_err();
        }
        assert_eq!(row.status, Status::GivenUp { at: now });
        assert!(now.since(NOW) > schedule::GIVE_UP_AFTER - 31 * MINUTE);
        row.resend(now).unwrap();
        assert!(row.is_due(now));
    }

    #[test]
    fn a_row_that_cannot_be_stored_is_not_sent() {
        let script = Script::new(&[]);
        let refused = work([mail(1)], &script, || NOW, |_| Err("disk full"));
        assert_eq!(refused, Err("disk full"));
        assert!(script.seen().is_empty());
    }
}
