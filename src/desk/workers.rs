//! The desk's own threads: publisher, mailer, scheduler and lookout. Each sleeps until it is woken or something is due, and
//! repeats after a crash what was not finished. Without threads the same rounds are run to the end by `drain`.

use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::domain::Timestamp;

use super::view::Change;
use super::{Desk, DeskError};

/// Who has been woken.
#[derive(Default)]
pub(super) struct Wake {
    flags: Mutex<Flags>,
    bell: Condvar,
}

#[derive(Default)]
struct Flags {
    publisher: bool,
    mailer: bool,
    scheduler: bool,
    lookout: bool,
    watcher: bool,
    /// Whether there is or was anybody to wake.
    started: bool,
    stop: bool,
}

/// One of the workers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Worker {
    Publisher,
    Mailer,
    Scheduler,
    /// Looks at publication points from outside.
    Lookout,
    Watcher,
}

impl Flags {
    const fn of(&mut self, worker: Worker) -> &mut bool {
        match worker {
            Worker::Publisher => &mut self.publisher,
            Worker::Mailer => &mut self.mailer,
            Worker::Scheduler => &mut self.scheduler,
            Worker::Lookout => &mut self.lookout,
            Worker::Watcher => &mut self.watcher,
        }
    }
}

impl Wake {
    fn ring(&self, set: impl FnOnce(&mut Flags)) {
        set(&mut self.flags.lock().unwrap_or_else(PoisonError::into_inner));
        self.bell.notify_all();
    }

    pub fn publisher(&self) {
        self.ring(|f| f.publisher = true);
    }

    pub fn scheduler(&self) {
        self.ring(|f| f.scheduler = true);
    }

    pub fn lookout(&self) {
        self.ring(|f| f.lookout = true);
    }

    pub fn watcher(&self) {
        self.ring(|f| f.watcher = true);
    }

    pub fn mailer(&self) {
        self.ring(|f| f.mailer = true);
    }

    /// Whether workers were ever started.
    pub fn started(&self) -> bool {
        self.flags
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .started
    }

    /// Sleeps for `span` whoever is woken. Whether the desk goes on.
    pub fn rest(&self, span: Duration) -> bool {
        let flags = self.flags.lock().unwrap_or_else(PoisonError::into_inner);
        let (flags, _) = self
            .bell
            .wait_timeout_while(flags, span, |f| !f.stop)
            .unwrap_or_else(PoisonError::into_inner);
        !flags.stop
    }

    /// Sleeps until `worker` is woken or `longest` is over. Whether the desk goes on.
    fn wait(&self, worker: Worker, longest: Duration) -> bool {
        let flags = self.flags.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut flags, _) = self
            .bell
            .wait_timeout_while(flags, longest, |f| !f.stop && !*f.of(worker))
            .unwrap_or_else(PoisonError::into_inner);
        *flags.of(worker) = false;
        !flags.stop
    }
}

/// The running workers; stopping waits for the round each is in.
pub struct Workers {
    desk: Desk,
    threads: Vec<JoinHandle<()>>,
}

/// Whether the publisher published.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Worked {
    Nothing,
    Something,
}

/// The publisher rests this long after a publication, at least.
const BETWEEN_ROUNDS: Duration = Duration::from_secs(1);
/// No worker sleeps longer, so that a clock that was set is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
/// A round that failed is tried again after this.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

impl Desk {
    /// Starts the workers.
    pub fn start_workers(&self) -> Result<Workers, DeskError> {
        self.inner.wake.ring(|f| f.started = true);
        let mut threads = Vec::new();
        for worker in [
            Worker::Publisher,
            Worker::Mailer,
            Worker::Scheduler,
            Worker::Lookout,
            Worker::Watcher,
        ] {
            let desk = self.clone();
            let thread = std::thread::Builder::new()
                .name(format!("desk-{worker:?}").to_lowercase())
                .spawn(move || desk.work(worker))
                .map_err(|e| DeskError::io("worker thread", e))?;
            threads.push(thread);
        }
        Ok(Workers {
            desk: self.clone(),
            threads,
        })
    }

    fn work(&self, worker: Worker) {
        if worker == Worker::Publisher {
            self.reconcile_all();
        }
        loop {
            let began = Instant::now();
            let round = self.round(worker);
            // What is revoked meanwhile goes on one CRL together: the first of a burst is published at once, the rest
            // every few seconds, and a list that takes long leaves three quarters of a core to others.
            let busy = began.elapsed();
            if worker == Worker::Publisher
                && matches!(round, Ok((_, Worked::Something)))
                && !self.inner.wake.rest(BETWEEN_ROUNDS.max(busy * 3))
            {
                return;
            }
            let sleep = match round.map(|(due, _)| due) {
                Ok(Some(due)) => {
                    let wait = due.since(self.now()).max(0).unsigned_abs();
                    Duration::from_millis(wait).min(LONGEST_SLEEP)
                }
                Ok(None) => LONGEST_SLEEP,
                Err(error) => {
                    tracing::error!(?worker, %error, "worker round failed");
                    AFTER_FAILURE
                }
            };
            if !self.inner.wake.wait(worker, sleep) {
                return;
            }
        }
    }

    fn round(&self, worker: Worker) -> Result<(Option<Timestamp>, Worked), DeskError> {
        match worker {
            Worker::Publisher => self.publish_due(),
            Worker::Mailer => self.deliver_due().map(|due| (due, Worked::Nothing)),
            Worker::Scheduler => self.run_schedule().map(|due| (due, Worked::Nothing)),
            Worker::Lookout => self.watch_outside().map(|due| (due, Worked::Nothing)),
            Worker::Watcher => self.scan_watched().map(|due| (due, Worked::Nothing)),
        }
    }

    /// Works off what is due now without threads, as a single command does before it exits; at most `longest`.
    /// Returns how many tasks and mails remain.
    pub fn drain(&self, longest: Duration) -> Result<Remaining, DeskError> {
        let end = Instant::now() + longest;
        self.reconcile_all();
        self.run_schedule()?;
        loop {
            self.publish_due()?;
            self.deliver_due()?;
            let reader = self.inner.store.read()?;
            let now = self.now();
            let due_tasks = reader.due_tasks(now, 100)?.len();
            let due_mails = reader.due_mails(now, 100)?.len();
            if (due_tasks == 0 && due_mails == 0) || Instant::now() >= end {
                return Ok(Remaining {
                    tasks: reader.tasks(&crate::store::Window::first(1000))?.rows.len(),
                    mails: reader.mail_count(crate::store::MailStatus::Waiting)?,
                });
            }
        }
    }
}

impl Desk {
    /// Whether others may be at work in this process: workers, and the screens and commands that they serve. Only a
    /// single command that found no desk running has the database for itself.
    pub(super) fn is_shared(&self) -> bool {
        self.inner.wake.started()
    }

    /// How many tasks are due now, those that wait for their next attempt not counted.
    pub fn due_tasks(&self) -> Result<usize, DeskError> {
        Ok(self.inner.store.read()?.due_tasks(self.now(), 100)?.len())
    }
}

/// What a single command leaves for the next desk that runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Remaining {
    pub tasks: usize,
    pub mails: u64,
}

impl Workers {
    /// Tells every screen, lets each worker finish its round, and ends them.
    pub fn stop(mut self) {
        self.desk.announce(&[Change::Stopping]);
        self.end();
    }

    fn end(&mut self) {
        self.desk.inner.wake.ring(|f| f.stop = true);
        for thread in self.threads.drain(..) {
            // A worker that panicked has been logged by its panic; there is nothing more to wait for.
            let _ = thread.join();
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.end();
    }
}
