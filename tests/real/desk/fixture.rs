//! A desk for tests: made in a temporary folder with its CA, its people and their passwords. Every act goes by the
//! table of transitions as well, which must agree with what the desk then did and logged.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use ams::desk::folder::DataFolder;
use ams::desk::{
    CertificateQuery, Credentials, Desk, DeskError, Environment, FixedClock, Identity,
    ImportOptions, ImportReport, Intent, LogRow, Login, NewAccount, NewIssuer, OwnerBy, QueueQuery,
    Signing, SystemRandomness,
};
use ams::domain::account::GrantChange;
use ams::domain::case::Case;
use ams::domain::instant::DAY;
use ams::domain::workflow::{self, Act, Row};
use ams::domain::{
    AccountId, Actor, CertificateKey, IssuerId, Language, Nip, Request, RequestId, Role, Scope,
    Serial, Timestamp, Username, decide,
};
use ams::pki::demo_ca::{DemoCa, DemoCertificate, DemoSubject, certificate_pem};
use secrecy::SecretString;

pub const SECOND: i64 = 1000;
pub const MINUTE: i64 = 60 * SECOND;
/// A scan nobody reads.
pub const SCAN: &[u8] = include_bytes!("../../../src/desk/demo/blank.png");
pub const AGENCY: &str = "Dinas Komunikasi dan Informatika";

/// What somebody at the desk is called and may be.
pub struct Someone {
    pub username: &'static str,
    pub name: &'static str,
    pub agency: &'static str,
    pub email: &'static str,
    pub roles: &'static [Role],
    pub scope: Option<&'static str>,
}

impl Someone {
    pub const fn new(username: &'static str, name: &'static str, roles: &'static [Role]) -> Self {
        Self {
            username,
            name,
            agency: AGENCY,
            email: "",
            roles,
            scope: None,
        }
    }

    /// `username@…` unless an address is given; `-` is none.
    fn address(&self) -> String {
        match self.email {
            "" => format!("{}@diskominfo.uji.example", self.username),
            "-" => String::new(),
            given => given.to_owned(),
        }
    }
}

/// Sees everything, and owns certificates where a test has nobody else.
const ADMIN: Someone = Someone::new(
    "kepala",
    "Kepala Meja UJI",
    &[Role::Admin, Role::Auditor, Role::Pemohon],
);

/// The desk under test and what the test knows of it.
pub struct Office {
    pub desk: Desk,
    pub clock: Arc<FixedClock>,
    pub ca: DemoCa,
    /// The CA's key as its file holds it.
    pub ca_key: Vec<u8>,
    pub issuer: IssuerId,
    people: BTreeMap<&'static str, (Identity, AccountId)>,
    serials: RefCell<u32>,
    /// The distribution point that certificates name from now on.
    pub point: RefCell<Option<String>>,
    reached: RefCell<Vec<Row>>,
    files: tempfile::TempDir,
}

pub fn password_of(username: &str) -> SecretString {
    let turned: String = username.chars().rev().collect();
    SecretString::from(format!("gerobak hijau mendaki bukit {turned}"))
}

fn nip_of(username: &str) -> String {
    let sum: u32 = username.bytes().map(u32::from).sum();
    format!("198704122010{sum:06}")
}

impl Office {
    /// A desk with an admin, a CA and `staff`, whose powers have been granted.
    pub fn open(staff: &[Someone]) -> Self {
        let begin = Timestamp::parse_rfc3339("2026-11-16T08:00:00+07:00").unwrap();
        Self::open_at(begin, staff)
    }

    /// The same, begun a day and a minute after `begin`.
    pub fn open_at(begin: Timestamp, staff: &[Someone]) -> Self {
        let files = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::new(begin));
        let environment = environment(Arc::clone(&clock) as Arc<dyn ams::desk::Clock>);
        let folder = DataFolder::create(&files.path().join("data"), false).unwrap();
        let desk = Desk::create(folder, environment).unwrap();
        let (id, once) = desk.create_first_admin(&new_account(&ADMIN)).unwrap();
        let admin = first_login(&desk, &ADMIN, &once);
        desk.set_setting(&admin, "mail.from", "ams@meja.uji.example")
            .unwrap();
        let (ca, ca_key, issuer) = add_ca(&desk, &admin);
        let mut people = BTreeMap::from([(ADMIN.username, (admin.clone(), id))]);
        let made: Vec<_> = staff
            .iter()
            .map(|one| (one, desk.create_account(&admin, &new_account(one)).unwrap()))
            .collect();
        // Power waits a day where no second admin speaks.
        clock.advance(DAY + MINUTE);
        desk.drain(Duration::from_secs(30)).unwrap();
        for (one, (id, once)) in made {
            people.insert(one.username, (first_login(&desk, one, &once), id));
        }
        Self {
            desk,
            clock,
            ca,
            ca_key,
            issuer,
            people,
            serials: RefCell::new(0x7000),
            point: RefCell::default(),
            reached: RefCell::default(),
            files,
        }
    }

    /// Closes the desk, lets something happen to its folder, and opens it again.
    pub fn reopen(&mut self, meanwhile: impl FnOnce(&std::path::Path, Environment)) {
        let path = self.desk.folder().path().to_owned();
        let around = || environment(Arc::clone(&self.clock) as Arc<dyn ams::desk::Clock>);
        // Another desk in its place, so that the last hand on this one lets go.
        let spare = tempfile::tempdir().unwrap();
        let folder = DataFolder::create(&spare.path().join("data"), false).unwrap();
        self.desk = Desk::create(folder, around()).unwrap();
        meanwhile(&path, around());
        let folder = DataFolder::open(&path).unwrap();
        self.desk = Desk::open(folder, around()).unwrap();
    }

    /// Closes the desk, for a process of its own to open; the folder `data` in this one is its.
    pub fn close(self) -> tempfile::TempDir {
        self.files
    }

    pub fn who(&self, username: &str) -> &Identity {
        &self.people[username].0
    }

    pub fn id(&self, username: &str) -> AccountId {
        self.people[username].1
    }

    pub fn admin(&self) -> &Identity {
        self.who(ADMIN.username)
    }

    pub fn set(&self, key: &str, value: &str) {
        self.desk.set_setting(self.admin(), key, value).unwrap();
    }

    /// Lets days go by at a desk that nobody used: its clock is then doubted, and somebody says that it is right.
    pub fn days_pass(&self, days: i64) {
        self.clock.advance(days * DAY);
        self.desk.confirm_clock(self.admin()).unwrap();
    }

    /// Lets the scheduler, the publisher and the mailer do what is due.
    pub fn drain(&self) {
        self.clock.advance(2 * SECOND);
        self.desk.drain(Duration::from_secs(60)).unwrap();
    }

    /// A new certificate of somebody, taken in as any other.
    pub fn certificate(&self, owner: &str) -> CertificateKey {
        self.certificate_with(owner, 300 * DAY, |_| {})
    }

    /// The same, ending `ends_in` from now, its subject changed by `change`.
    pub fn certificate_with(
        &self,
        owner: &str,
        ends_in: i64,
        change: impl FnOnce(&mut DemoSubject),
    ) -> CertificateKey {
        let (key, der) = self.issue(owner, ends_in, change);
        let report = self.import(certificate_pem(&der).as_bytes());
        assert_eq!((report.added, report.refusals()), (1, 0), "{report:?}");
        key
    }

    /// A new certificate of somebody over the key of another.
    pub fn sharing(&self, owner: &str, of: &CertificateKey) -> CertificateKey {
        let der = self.desk.certificate_der(self.admin(), of).unwrap();
        let (key, wanted) = self.wanted(owner, 300 * DAY, |_| {});
        let der = self.ca.renew(&wanted, &der).unwrap();
        let report = self.import(certificate_pem(&der).as_bytes());
        assert_eq!((report.added, report.refusals()), (1, 0), "{report:?}");
        key
    }

    /// Issues without taking in.
    pub fn issue(
        &self,
        owner: &str,
        ends_in: i64,
        change: impl FnOnce(&mut DemoSubject),
    ) -> (CertificateKey, Vec<u8>) {
        let (key, wanted) = self.wanted(owner, ends_in, change);
        (key, self.ca.issue(&wanted).unwrap())
    }

    fn wanted(
        &self,
        owner: &str,
        ends_in: i64,
        change: impl FnOnce(&mut DemoSubject),
    ) -> (CertificateKey, DemoCertificate) {
        let number = self.serials.replace_with(|n| *n + 1);
        let serial = Serial::from_magnitude(&number.to_be_bytes()[2..]).unwrap();
        let now = self.desk.now();
        let mut subject = match self.people.get(owner) {
            Some((_, id)) => {
                let account = self.desk.account(self.admin(), *id).unwrap().account;
                DemoSubject {
                    country: "ID".to_owned(),
                    organization: account.agency,
                    organizational_unit: account.unit,
                    common_name: account.name,
                    uid: account.nip.map(|n| n.to_string()).unwrap_or_default(),
                    serial_number: String::new(),
                    email: account.email,
                }
            }
            None => DemoSubject {
                country: "ID".to_owned(),
                common_name: owner.to_owned(),
                ..DemoSubject::default()
            },
        };
        change(&mut subject);
        let wanted = DemoCertificate {
            subject,
            serial: serial.clone(),
            not_before: now.plus(-30 * DAY),
            not_after: now.plus(ends_in),
            crl_uri: self.point.borrow().clone(),
        };
        let key = CertificateKey {
            issuer: self.issuer,
            serial,
        };
        (key, wanted)
    }

    pub fn import(&self, bundle: &[u8]) -> ImportReport {
        let mut report = ImportReport::default();
        let options = ImportOptions {
            owner_by: OwnerBy::Uid,
            ..ImportOptions::default()
        };
        self.desk
            .import_certificates(self.admin(), "uji", bundle, options, &mut report, |_| {})
            .unwrap();
        report
    }

    /// The request as it is stored.
    pub fn request(&self, id: RequestId) -> Request {
        let found = self.desk.request_records(self.admin(), &[id]).unwrap();
        found.into_iter().next().expect("a request that is there")
    }

    fn case(&self, id: RequestId) -> Case {
        let detail = self.desk.request(self.admin(), id).unwrap();
        let mut case =
            Case::of_certificate(detail.certificate.certificate, detail.owner.account.agency);
        case.request = Some(detail.request);
        case
    }

    pub fn case_of_certificate(&self, key: &CertificateKey) -> Case {
        let view = self.desk.certificate(self.admin(), key).unwrap();
        Case::of_certificate(view.certificate, AGENCY.to_owned())
    }

    /// The row of the table that permits `act` now, noted as reached.
    pub fn row(&self, case: &Case, act: Act, actor: &Actor) -> Row {
        let permit = decide::may(case, act, actor, &self.desk.policy(), self.desk.now())
            .unwrap_or_else(|e| panic!("{act:?} in {:?}: {e}", case.state()));
        self.reached.borrow_mut().push(*permit.row);
        *permit.row
    }

    /// Does what `intent` says, and holds state and log against the table's row of `act`.
    #[track_caller]
    pub fn act(&self, who: &str, id: RequestId, act: Act, intent: Intent) -> Request {
        self.clock.advance(SECOND);
        let before = self.case(id);
        let row = self.row(&before, act, &self.who(who).actor());
        let seen = before.request.as_ref().map(|r| r.version);
        let log = self.log_size();
        let after = self
            .desk
            .act(self.who(who), id, seen, intent)
            .unwrap_or_else(|e| panic!("{act:?} by {who}: {e}"));
        assert_eq!(
            Some(after.state),
            row.leads_to(before.state()),
            "{act:?} by {who}"
        );
        self.logged(&row, log, who);
        after
    }

    /// Begins a draft by `who`.
    pub fn draft(&self, who: &str, key: &CertificateKey) -> RequestId {
        self.clock.advance(SECOND);
        let case = self.case_of_certificate(key);
        let row = self.row(&case, Act::Draft, &self.who(who).actor());
        let log = self.log_size();
        let kind = ams::domain::request::RequesterKind::Subscriber;
        let id = self.desk.draft(self.who(who), key, kind, None).unwrap();
        self.logged(&row, log, who);
        id
    }

    /// Lets the desk itself do `act` because time passed or the workers ran.
    #[track_caller]
    pub fn by_itself(&self, id: RequestId, act: Act) -> Request {
        let before = self.case(id);
        let row = self.row(&before, act, &Actor::System);
        let log = self.log_size();
        self.drain();
        self.logged(&row, log, "sistem");
        self.request(id)
    }

    /// The new entries carry the row's name, written down for `who`; a row without a name wrote none.
    #[track_caller]
    pub fn logged(&self, row: &Row, since: u64, who: &str) {
        let new = self.log_since(since);
        match row.log {
            Some(word) => assert!(
                new.iter().any(|e| e.action == word && e.actor == who),
                "{word} by {who} is not among {new:?}"
            ),
            None => assert_eq!(new, []),
        }
    }

    pub fn log_size(&self) -> u64 {
        let page = self.desk.log(self.admin(), None, 1).unwrap();
        page.total.unwrap()
    }

    pub fn log_since(&self, size: u64) -> Vec<LogRow> {
        (size..self.log_size())
            .map(|seq| self.desk.log_entry(self.admin(), seq).unwrap().0)
            .collect()
    }

    /// Rows of the table that no act of this office took.
    pub fn unreached(&self) -> Vec<&'static Row> {
        let reached = self.reached.borrow();
        workflow::rows()
            .iter()
            .filter(|row| !reached.contains(row))
            .collect()
    }

    /// Everything that the desk keeps but its log, as text: two equal ones mean that nothing changed.
    pub fn state(&self) -> String {
        let (desk, admin) = (&self.desk, self.admin());
        let ids = desk.queue(admin, &QueueQuery::default()).ids;
        let all = CertificateQuery::default();
        format!(
            "{:?}\n{:?}\n{:?}\n{:?}",
            desk.request_records(admin, &ids).unwrap(),
            desk.certificates(admin, &all, None, 1000).unwrap().rows,
            desk.accounts(admin, "", None, 1000).unwrap().rows,
            desk.mails(admin, None, 1000).unwrap().rows,
        )
    }

    /// The log rebuilds what is stored, and every index agrees.
    #[track_caller]
    pub fn checks_out(&self) {
        let outcome = self.desk.check(self.admin()).unwrap();
        assert_eq!(outcome.problems, Vec::<String>::new());
    }

    /// Asks for a change of somebody's roles.
    pub fn grant(&self, username: &str, roles: &[Role]) -> Result<(), DeskError> {
        let change = GrantChange::Roles {
            roles: roles.iter().copied().collect(),
            scope: Scope::All,
        };
        self.desk
            .change_account(self.admin(), self.id(username), &change.into())
            .map(drop)
    }
}

/// A desk's surroundings, with this clock.
pub fn environment(clock: Arc<dyn ams::desk::Clock>) -> Environment {
    Environment {
        clock,
        random: Arc::new(SystemRandomness::new()),
        program: env!("CARGO_BIN_EXE_ams").into(),
        signing: Signing::Process,
        credentials: None,
    }
}

pub fn new_account(one: &Someone) -> NewAccount {
    NewAccount {
        username: Username::parse(one.username).unwrap(),
        name: one.name.to_owned(),
        nip: Some(Nip::parse(&nip_of(one.username)).unwrap()),
        nik: None,
        agency: one.agency.to_owned(),
        unit: "Bidang Persandian".to_owned(),
        position: "Pranata Komputer".to_owned(),
        email: one.address(),
        roles: one.roles.iter().copied().collect(),
        scope: one.scope.map_or(Scope::All, |agency| {
            Scope::Agencies(BTreeSet::from([agency.to_owned()]))
        }),
        language: Language::Id,
    }
}

pub fn login(desk: &Desk, username: &str, password: &SecretString) -> Login {
    desk.login(&Credentials {
        username: username.to_owned(),
        password: password.clone(),
        totp: None,
        peer_uid: None,
    })
    .unwrap()
}

/// Logs in with the one-time password, changes it, and logs in again.
fn first_login(desk: &Desk, one: &Someone, once: &SecretString) -> Identity {
    let Login::MustChangePassword(restricted) = login(desk, one.username, once) else {
        panic!("{} need not change the one-time password", one.username);
    };
    let own = password_of(one.username);
    desk.change_password(&restricted, once, &own).unwrap();
    match login(desk, one.username, &own) {
        Login::In(identity) => identity,
        other => panic!("{}: {other:?}", one.username),
    }
}

fn add_ca(desk: &Desk, admin: &Identity) -> (DemoCa, Vec<u8>, IssuerId) {
    let subject = DemoSubject {
        country: "ID".to_owned(),
        organization: "Meja Pencabutan UJI".to_owned(),
        common_name: "AMS UJI CA Meja".to_owned(),
        ..DemoSubject::default()
    };
    let serial = Serial::parse("0102030405").unwrap();
    let (ca, key) = DemoCa::create(&subject, &serial, desk.now().plus(-40 * DAY)).unwrap();
    let view = desk
        .add_issuer(
            admin,
            &NewIssuer {
                certificate: ca.certificate_der(),
                key: Some(&key),
                token: None,
                passphrase: None,
                label: None,
            },
        )
        .unwrap();
    (ca, key.to_vec(), view.id)
}
