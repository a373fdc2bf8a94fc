//! The desk: the only place that joins store, pki, notify, audit and letters. Every act goes the same way:
//! authorize → decide → one transaction (state, index, log, task) → wake the workers. Knows no widgets.

mod accounts;
mod act;
mod additions;
mod adopted;
mod adoption;
mod alarms;
mod aside;
mod attendance;
mod batch;
mod cases;
mod certificate_query;
mod certificate_walk;
mod check;
mod crls;
mod cursor;
mod dashboard;
pub mod demo;
mod detail;
pub mod doctor;
mod environment;
mod error;
pub mod filter;
pub mod folder;
mod foreign;
mod half_checked;
mod handed_in;
mod hasher;
mod identity;
mod import;
mod import_keys;
mod import_reading;
mod issuer_settings;
mod issuers;
mod keys;
mod letter_codes;
mod letters;
mod logbook;
mod login;
mod mailer;
mod mails;
mod named_points;
mod outside;
mod own_secrets;
mod password;
mod publisher;
mod query;
mod queue;
mod refused_reads;
mod rehearsal;
mod report;
mod restore;
mod scheduler;
mod serial_named;
mod sessions;
mod setting_acts;
pub mod settings;
mod settle;
mod shared_key;
mod suspension;
mod takeover;
mod tokens;
mod transaction;
mod vault;
mod view;
mod watch;
mod watch_scan;
mod workers;

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::atomic::AtomicI64;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::audit::{LogKey, Origin};
use crate::domain::{AccountId, Policy, Timestamp};
use crate::store::Store;

// What a letter or a rule of a CRL says, for those above that know neither `letter` nor `pki`.
pub use crate::audit::{Fault as LogFault, Problem as LogProblem};
pub use crate::letter::{LetterDefect, LetterKind, Lookalike};
pub use crate::pki::check::{Finding as CrlFinding, Unchecked, Verdict};
pub use crate::pki::defect::Defect;
pub use crate::pki::key::{Convertible, KeyError, UnsupportedKey};
pub use crate::pki::likeness::Likeness;
pub use crate::pki::pkcs11::TokenFault;
pub use crate::pki::plan::UnsafePeriod;
pub use crate::pki::signer::{Forbidden, SignerError, StateFault};
pub use accounts::{Changed, ImportedAccount, NewAccount, scope_of};
pub use act::Intent;
pub use adopted::AdoptedView;
pub use aside::Aside;
pub use attendance::{Attendance, Presence, SessionId, SessionRow, SessionState};
pub use batch::{
    BatchAct, BatchColumns, BatchCount, BatchLine, BatchOutcome, BatchRow, Named as BatchNamed,
    RowDefect, RowRead, read_rows,
};
pub use certificate_query::CertificateQuery;
pub use check::CheckOutcome;
pub use crls::{check_foreign_crl, crl_rules};
pub use doctor::MailRoute;
pub use environment::{
    Clock, FixedClock, Randomness, SeededRandomness, SystemClock, SystemRandomness,
};
pub use error::{DeskError, ErrorKind};
pub use filter::language::{FilterError, field_names};
pub use half_checked::HalfChecked;
pub use identity::Identity;
pub use import::{ImportOptions, ImportProgress, ImportReport, OwnerBy};
pub use issuer_settings::{
    ISSUER_SETTINGS, IssuerSetting, IssuerSettingChange, IssuerSettingRefused, IssuerSettingsView,
};
pub use issuers::NewIssuer;
pub use keys::Signing;
pub use letter_codes::{LetterCode, LetterCommand, letter_code_of};
pub use login::{Credentials, Login, LoginError};
pub use own_secrets::TotpEnrolment;
pub use password::PasswordError;
pub use rehearsal::Filing;
pub use report::SopLine;
pub use restore::{Restored, RestoredIssuer, Restoring, restore};
pub use serial_named::SerialDigits;
pub use setting_acts::SettingView;
pub use settings::{SETTINGS, Settings};
pub use shared_key::{SharedFiling, SharedKey};
pub use suspension::Suspension;
pub use takeover::TakeOver;
pub use view::*;
pub use watch::{WatchSeen, WatchedFolder, WatchedView};
pub use workers::{Remaining, Workers};

use folder::DataFolder;
use hasher::Hasher;
use issuers::IssuerState;
use queue::QueueIndex;
use vault::Vault;
use workers::Wake;

/// The desk. A clone is the same desk.
#[derive(Clone)]
pub struct Desk {
    inner: Arc<Inner>,
}

struct Inner {
    folder: DataFolder,
    store: Store,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Randomness>,
    vault: Vault,
    hasher: Hasher,
    log_key: LogKey,
    origin: Origin,
    /// This program's own file, run again to read letters and to sign.
    program: PathBuf,
    signing: Signing,
    settings: RwLock<Arc<Settings>>,
    queue: RwLock<QueueIndex>,
    half_checked: half_checked::HalfCheckedAll,
    /// Account → name and username, for every screen and list.
    people: RwLock<HashMap<AccountId, PersonName>>,
    /// Accounts that have a grant which waits.
    granting: RwLock<BTreeSet<AccountId>>,
    issuers: RwLock<Vec<Arc<IssuerState>>>,
    alarms: Mutex<alarms::Standing>,
    lookout: outside::Lookout,
    subscribers: Mutex<Vec<Sender<Change>>>,
    wake: Wake,
    /// The time of the last transaction, milliseconds; 0 before the first.
    last_logged: AtomicI64,
    /// One publication at a time.
    publishing: Mutex<()>,
    /// The published files that were compared with the database.
    reconciled: Mutex<adoption::Reconciled>,
    /// What was seen of the watched folders.
    watched: Mutex<watch_scan::Watched>,
    logins: Mutex<login::Failures>,
    refusals: Mutex<refused_reads::RefusedReads>,
    attendance: attendance::Book,
    letter_codes: letter_codes::Codes,
}

/// What lists show of a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonName {
    pub name: Arc<str>,
    pub username: Arc<str>,
}

/// What a desk is opened with.
pub struct Environment {
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Randomness>,
    /// This program's own file, for the letter child and the signing processes.
    pub program: PathBuf,
    /// Where keys are held.
    pub signing: Signing,
    /// systemd's credentials folder, where the service has one.
    pub credentials: Option<PathBuf>,
}

impl Environment {
    /// The machine's clock and generator, and this very program.
    pub fn real() -> std::io::Result<Self> {
        Ok(Self {
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandomness::new()),
            // What runs now, whatever has happened to its file since: an upgrade replaces it.
            program: PathBuf::from(crate::letter::child::THIS_PROGRAM),
            signing: Signing::Process,
            credentials: std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from),
        })
    }
}

impl Desk {
    /// Opens the desk of a data folder. A second process on the same folder gets
    /// [`StoreError::Busy`](crate::store::StoreError).
    pub fn open(folder: DataFolder, environment: Environment) -> Result<Self, DeskError> {
        let store = Store::open(folder.database())?;
        Self::start(folder, store, environment, false)
    }

    /// Makes the database and key of a new, empty data folder and opens it.
    pub fn create(folder: DataFolder, environment: Environment) -> Result<Self, DeskError> {
        let store = Store::create(folder.database())?;
        Self::start(folder, store, environment, true)
    }

    /// Makes a desk whose database lies in memory until [`Desk::lay_down`]: demo folders are built so.
    fn create_in_memory(folder: DataFolder, environment: Environment) -> Result<Self, DeskError> {
        Self::start(folder, Store::in_memory()?, environment, true)
    }

    /// Writes the database of a desk in memory into its folder, and everything else there to the disk.
    fn lay_down(&self) -> Result<(), DeskError> {
        self.inner.store.backup(self.inner.folder.database())?;
        self.inner
            .folder
            .sync()
            .map_err(|e| DeskError::io("data folder", e))
    }

    fn start(
        folder: DataFolder,
        store: Store,
        environment: Environment,
        new: bool,
    ) -> Result<Self, DeskError> {
        let desk = Self::start_beside_letters(folder, store, environment, new)?;
        desk.sweep_letters()?;
        Ok(desk)
    }

    /// Starts without a look at the letters' files: they may be those of another database.
    fn start_beside_letters(
        folder: DataFolder,
        store: Store,
        environment: Environment,
        new: bool,
    ) -> Result<Self, DeskError> {
        let random = environment.random;
        let key = if new {
            Some(environment::octets::<32>(&*random)?)
        } else {
            None
        };
        let vault = Vault::open(folder.path(), environment.credentials.as_deref(), key)
            .map_err(|e| DeskError::io("desk.key", e))?;
        let (log_key, origin) = logbook::open_key(&store, &vault, &*random, new)?;
        let hasher = Hasher::new(environment::octets(&*random)?)?;
        let desk = Self {
            inner: Arc::new(Inner {
                folder,
                vault,
                hasher,
                log_key,
                origin,
                program: environment.program,
                signing: environment.signing,
                clock: environment.clock,
                random,
                settings: RwLock::default(),
                queue: RwLock::default(),
                half_checked: half_checked::HalfCheckedAll::default(),
                people: RwLock::default(),
                granting: RwLock::default(),
                issuers: RwLock::default(),
                alarms: Mutex::default(),
                lookout: outside::Lookout::default(),
                subscribers: Mutex::default(),
                wake: Wake::default(),
                last_logged: AtomicI64::default(),
                publishing: Mutex::default(),
                reconciled: Mutex::default(),
                watched: Mutex::default(),
                logins: Mutex::default(),
                refusals: Mutex::default(),
                attendance: attendance::Book::default(),
                letter_codes: letter_codes::Codes::default(),
                store,
            }),
        };
        desk.load()?;
        Ok(desk)
    }

    /// Fills what is kept in memory from the database.
    fn load(&self) -> Result<(), DeskError> {
        self.load_log_time()?;
        self.load_settings()?;
        self.load_people()?;
        self.load_queue()?;
        self.load_issuers()
    }

    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// Whether the desk's clock stands still, as for pictures and tests.
    pub fn clock_stands(&self) -> bool {
        self.inner.clock.stands()
    }

    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(
            &self
                .inner
                .settings
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// The policy as it stands.
    pub fn policy(&self) -> Policy {
        self.settings().policy.clone()
    }

    pub fn folder(&self) -> &DataFolder {
        &self.inner.folder
    }

    /// Everything that changes from here on. A receiver that is dropped is forgotten.
    pub fn subscribe(&self) -> Receiver<Change> {
        let (sender, receiver) = channel();
        self.inner
            .subscribers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(sender);
        receiver
    }

    /// Tells every subscriber.
    fn announce(&self, changes: &[Change]) {
        if changes.is_empty() {
            return;
        }
        let looks = |change: &Change| matches!(change, Change::Crl(_) | Change::Settings);
        if changes.iter().any(looks) {
            self.inner.wake.lookout();
        }
        self.inner
            .subscribers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|subscriber| changes.iter().all(|c| subscriber.send(c.clone()).is_ok()));
    }

    /// What lists show of this person; the id itself for one that is gone.
    pub fn person(&self, id: AccountId) -> PersonName {
        let people = self
            .inner
            .people
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        people.get(&id).cloned().unwrap_or_else(|| {
            let text: Arc<str> = id.to_string()[..8].into();
            PersonName {
                name: Arc::clone(&text),
                username: text,
            }
        })
    }
}
