//! `ams demo`: a desk to try, made in seconds and the same every time: a CA with UJI in its name, fictional people,
//! certificates, and requests in every state that went through the real `decide`, the real publisher and outbox.
//! Lives only in a marked folder.

mod history;
mod issuer;
mod people;
mod plan;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::domain::instant::DAY;
use crate::domain::{
    AccountId, Actor, CertificateKey, IssuerId, Language, Nik, Nip, Scope, Serial, Timestamp,
    Username,
};
use crate::pki::certificate::CertificateFacts;
use crate::pki::demo_ca::{DemoCa, DemoCertificate, DemoSubject, certificate_pem};
use crate::store::NewCertificate;

use super::folder::{DataFolder, FolderError};
use super::import_reading::new_certificate;
use super::issuers::NewIssuer;
use super::transaction::Signer;
use super::view::{Change, DemoAccount};
use super::{
    Desk, DeskError, Environment, FixedClock, NewAccount, SeededRandomness, Signing, SystemClock,
    SystemRandomness, environment,
};
use people::{DemoPerson, Dice};

/// How a demo folder is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DemoOptions {
    /// Start over.
    pub reset: bool,
    /// How many requests; 60 when left out.
    pub requests: Option<u32>,
    /// A fixed clock, for pictures and tests.
    pub now: Option<Timestamp>,
    /// Where the opened desk holds its keys.
    pub signing: Signing,
}

/// What there is in a demo folder.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DemoFacts {
    pub data: PathBuf,
    pub accounts: Vec<DemoAccount>,
    pub crl_dir: PathBuf,
    pub mail_dir: PathBuf,
    /// The CA's certificate, PEM.
    pub ca_cert: PathBuf,
    /// Requests made when the folder was.
    #[serde(default)]
    pub requests: u32,
}

const REQUESTS: u32 = 60;
const CERTIFICATES: usize = 300;
/// Written last: a folder without it was not finished and is made anew.
const FACTS: &str = "demo.json";
/// Where the demo's CRLs would be fetched.
const CRL_URL: &str = "http://crl.uji.example/ams";

/// Opens the demo folder at `path`, making it first where it is absent, empty or unfinished.
pub fn prepare(path: &Path, options: DemoOptions) -> Result<(Desk, DemoFacts), DeskError> {
    if path.exists() && DataFolder::holds_desk(path) {
        let existing = DataFolder::open(path)?;
        if !existing.is_demo() {
            return Err(DeskError::from(FolderError::NotDemo {
                path: path.to_owned(),
            }));
        }
    }
    let finished = path.join(FACTS).is_file();
    if options.reset || !finished {
        // Whoever has the database open keeps it: a running desk is not pulled from under its feet.
        if DataFolder::holds_desk(path) {
            busy(path)?;
        }
        DataFolder::reset_demo(path)?;
        let new = DataFolder::create(path, true)?;
        make(new, options)?;
    }
    let data = DataFolder::open(path)?;
    let facts = std::fs::read(data.path().join(FACTS)).map_err(|e| DeskError::io(FACTS, e))?;
    let mut facts: DemoFacts =
        serde_json::from_slice(&facts).map_err(|e| DeskError::bad_value(FACTS, e.to_string()))?;
    facts.data = data.path().to_owned();
    let mut environment = environment(options.now)?;
    environment.signing = options.signing;
    let desk = Desk::open(data, environment)?;
    Ok((desk, facts))
}

/// Refuses when another process has the database open.
fn busy(path: &Path) -> Result<(), DeskError> {
    match crate::store::Store::open(path.join("ams.redb")) {
        Err(error @ crate::store::StoreError::Busy { .. }) => Err(error.into()),
        _ => Ok(()),
    }
}

fn environment(now: Option<Timestamp>) -> Result<Environment, DeskError> {
    let mut environment = Environment::real().map_err(|e| DeskError::io("this program", e))?;
    if let Some(now) = now {
        environment.clock = Arc::new(FixedClock::new(now));
    }
    Ok(environment)
}

/// A person of the demo with the account made for him.
#[derive(Clone, Debug)]
struct Member {
    id: AccountId,
    person: DemoPerson,
}

/// A desk under construction: its clock is set by hand, so that history happens when it happened.
struct Builder {
    desk: Desk,
    clock: Arc<FixedClock>,
    now: Timestamp,
    issuer: IssuerId,
    last_published: Timestamp,
    cast: Vec<Member>,
    owners: Vec<Member>,
    dice: Dice,
}

fn make(folder: DataFolder, options: DemoOptions) -> Result<(), DeskError> {
    let now = options.now.unwrap_or_else(|| {
        use super::Clock;
        SystemClock.now()
    });
    let now = now.whole_second();
    let requests = options.requests.unwrap_or(REQUESTS);
    let clock = Arc::new(FixedClock::new(now.plus(-400 * DAY)));
    let mut environment = environment(None)?;
    environment.signing = Signing::Building;
    environment.clock = Arc::clone(&clock) as Arc<dyn super::Clock>;
    environment.random = if options.now.is_some() {
        Arc::new(SeededRandomness::new(now.seconds().unsigned_abs()))
    } else {
        Arc::new(SystemRandomness::new())
    };
    let data = folder.path().to_owned();
    let desk = Desk::create_in_memory(folder, environment)?;
    settle_settings(&desk)?;
    let (ca, issuer) = make_ca(&desk)?;
    let mut builder = Builder {
        cast: make_people(&desk, people::cast())?,
        owners: make_people(
            &desk,
            (0..owners_for(requests)).map(people::owner).collect(),
        )?,
        desk,
        clock,
        now,
        issuer,
        last_published: Timestamp::default(),
        dice: Dice::new(0x0055_4a49),
    };
    let certificates = builder.make_certificates(&ca, requests)?;
    let plan = plan::plan(requests as usize, now, &mut builder.dice);
    builder.live_through(&plan, &certificates)?;
    builder.desk.lay_down()?;
    let facts = DemoFacts {
        accounts: accounts(),
        crl_dir: builder.desk.crl_folder(),
        mail_dir: builder.desk.folder().mail(),
        ca_cert: builder.desk.folder().issuer_certificate(issuer),
        requests,
        data,
    };
    let json = serde_json::to_vec_pretty(&facts)
        .map_err(|e| DeskError::bad_value(FACTS, e.to_string()))?;
    let folder = builder.desk.folder();
    folder
        .write_private(&folder.path().join(FACTS), &json)
        .map_err(|e| DeskError::io(FACTS, e))
}

/// The accounts with the passwords that are printed.
fn accounts() -> Vec<DemoAccount> {
    people::cast()
        .into_iter()
        .map(|p| DemoAccount {
            username: p.username,
            password: p.password.unwrap_or_default().to_owned(),
            roles: p.roles.into_iter().collect(),
        })
        .collect()
}

fn owners_for(requests: u32) -> usize {
    (requests as usize * 2).clamp(110, 20_000)
}

fn settle_settings(desk: &Desk) -> Result<(), DeskError> {
    let values = [
        ("desk.name", "Meja Pencabutan Sertifikat UJI"),
        ("desk.contact", "meja layanan UJI, telepon 0751-000000"),
        ("mail.from", "ams@diskominfo.uji.example"),
        ("crl.url", CRL_URL),
        (
            "letter.letterhead",
            "PEMERINTAH PROVINSI CONTOH|DINAS KOMUNIKASI DAN INFORMATIKA|Jalan Contoh Nomor 1, Kota Contoh",
        ),
        ("letter.place", "Kota Contoh"),
        ("sop.number", "UJI/SOP/2026"),
    ];
    desk.transact(Signer::SYSTEM, |tx| {
        for (key, value) in values {
            tx.writer.set_setting(key, value)?;
        }
        tx.changed(Change::Settings);
        Ok(())
    })
}

fn make_ca(desk: &Desk) -> Result<(DemoCa, IssuerId), DeskError> {
    let subject = DemoSubject {
        country: "ID".to_owned(),
        organization: "Meja Pencabutan UJI".to_owned(),
        common_name: "AMS UJI CA G1".to_owned(),
        ..DemoSubject::default()
    };
    let serial =
        Serial::parse("0755a4a1c0ffee01").map_err(|e| DeskError::bad_value(e.what, e.expected))?;
    let bad = |e: crate::pki::demo_ca::DemoCaError| DeskError::bad_value("demo CA", e.to_string());
    let (ca, key) = DemoCa::create(&subject, &serial, desk.now().plus(-DAY)).map_err(bad)?;
    let issuer = desk.add_issuer_as(
        Signer::SYSTEM,
        &NewIssuer {
            certificate: certificate_pem(ca.certificate_der()).as_bytes(),
            key: Some(&key),
            token: None,
            passphrase: None,
            label: None,
        },
    )?;
    Ok((ca, issuer.id))
}

fn make_people(desk: &Desk, people: Vec<DemoPerson>) -> Result<Vec<Member>, DeskError> {
    let mut hashes = Vec::with_capacity(people.len());
    for person in &people {
        hashes.push(match person.password {
            Some(password) => {
                let salt = environment::octets(&*desk.inner.random)?;
                Some(
                    desk.inner
                        .hasher
                        .hash(&SecretString::from(password), salt)?,
                )
            }
            None => None,
        });
    }
    desk.transact(Signer::SYSTEM, |tx| {
        let mut members = Vec::with_capacity(people.len());
        for (person, hash) in people.into_iter().zip(hashes) {
            let bad = |e: crate::domain::identifiers::InvalidIdentifier| {
                DeskError::bad_value(e.what, e.expected)
            };
            let new = NewAccount {
                username: Username::parse(&person.username).map_err(bad)?,
                name: person.name.clone(),
                nip: Some(Nip::parse(&person.nip).map_err(bad)?),
                nik: Some(Nik::parse(&person.nik).map_err(bad)?),
                agency: person.agency.clone(),
                unit: person.unit.clone(),
                position: person.position.clone(),
                email: person.email.clone(),
                roles: person.roles.clone(),
                scope: Scope::All,
                language: Language::Id,
            };
            let id = tx.create_account(&Actor::System, &new, hash, false)?;
            members.push(Member { id, person });
        }
        Ok(members)
    })
}

/// One certificate of the demo and whose it is.
struct Issued {
    key: CertificateKey,
    holder: Holder,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Holder {
    Pemohon,
    Owner(usize),
}

/// What the demo's certificates are for.
struct Certificates {
    /// The applicant's, by which people log in.
    pemohon: Vec<Issued>,
    /// One for each request that is somebody else's.
    others: Vec<Issued>,
    /// One that has just ended.
    ended: Issued,
}

/// Certificates of `pemohon`; the last is a renewal that kept the key of the one before it.
const PEMOHON_CERTIFICATES: usize = 8;

impl Builder {
    fn member(&self, holder: Holder) -> &Member {
        match holder {
            Holder::Pemohon => &self.cast[0],
            Holder::Owner(index) => &self.owners[index],
        }
    }

    /// Issues and takes in the certificates: the applicant's, one a request, the rest spread over the owners.
    fn make_certificates(&mut self, ca: &DemoCa, requests: u32) -> Result<Certificates, DeskError> {
        let wanted = CERTIFICATES.max(requests as usize + PEMOHON_CERTIFICATES + 60);
        let mut batch: Vec<NewCertificate> = Vec::with_capacity(wanted);
        let name = self.desk.issuer_state(self.issuer);
        let name = name.map(|state| state.record.settings.file_name.clone());
        let crl_uri = name.map(|name| format!("{CRL_URL}/{name}"));
        let mut issue =
            |builder: &mut Self, holder: Holder, ends_in: i64| -> Result<Issued, DeskError> {
                let begin = builder.now.plus(ends_in - 2 * 365 * DAY);
                let serial = builder.serial()?;
                let member = builder.member(holder).clone();
                let wanted = DemoCertificate {
                    subject: subject_of(&member.person),
                    serial,
                    not_before: begin,
                    not_after: builder.now.plus(ends_in),
                    crl_uri: crl_uri.clone(),
                };
                let der = match batch.last() {
                    Some(before) if batch.len() == PEMOHON_CERTIFICATES - 1 => {
                        ca.renew(&wanted, &before.der)
                    }
                    _ => ca.issue(&wanted),
                }
                .map_err(|e| DeskError::bad_value("demo certificate", e.to_string()))?;
                let facts = CertificateFacts::from_der(der)?;
                let new = new_certificate(builder.issuer, facts, Some(member.id));
                let key = new.certificate.key.clone();
                batch.push(new);
                Ok(Issued { key, holder })
            };
        let mut pemohon = Vec::new();
        for index in 0..PEMOHON_CERTIFICATES {
            pemohon.push(issue(
                self,
                Holder::Pemohon,
                (200 + 60 * index as i64) * DAY,
            )?);
        }
        let mut others = Vec::new();
        for index in 0..requests as usize {
            let holder = Holder::Owner(index % self.owners.len());
            let ends_in = 30 + self.dice.below(600) as i64;
            others.push(issue(self, holder, ends_in * DAY)?);
        }
        let ended = issue(self, Holder::Owner(1), -DAY / 2)?;
        for index in PEMOHON_CERTIFICATES + requests as usize + 1..wanted {
            let holder = Holder::Owner((index * 7) % self.owners.len());
            // A tenth has ended.
            let ends_in = self.dice.below(730) as i64 - 70;
            issue(self, holder, ends_in * DAY)?;
        }
        self.desk.transact(Signer::SYSTEM, |tx| {
            for chunk in batch.chunks_mut(4096) {
                tx.add_certificates(|additions| additions.add(chunk))?;
            }
            Ok(())
        })?;
        Ok(Certificates {
            pemohon,
            others,
            ended,
        })
    }

    /// A 20-octet serial from the demo's own sequence, without a high bit.
    fn serial(&mut self) -> Result<Serial, DeskError> {
        let mut octets = [0; 20];
        for chunk in octets.chunks_mut(8) {
            let random = self.dice.next().to_be_bytes();
            chunk.copy_from_slice(&random[..chunk.len()]);
        }
        octets[0] = (octets[0] & 0x3f) | 0x10;
        Serial::from_magnitude(&octets).map_err(|e| DeskError::bad_value(e.what, e.expected))
    }
}

fn subject_of(person: &DemoPerson) -> DemoSubject {
    DemoSubject {
        country: "ID".to_owned(),
        organization: person.agency.clone(),
        organizational_unit: person.unit.clone(),
        common_name: person.name.clone(),
        uid: person.nip.clone(),
        serial_number: String::new(),
        email: person.email.clone(),
    }
}

impl Desk {
    /// The accounts that a demo folder's login screen lists; none on a real desk.
    pub fn demo_accounts(&self) -> Option<Vec<DemoAccount>> {
        self.inner.folder.is_demo().then(accounts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demo_desk_is_made_and_checks_out() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("demo");
        let options = DemoOptions {
            now: Timestamp::parse_rfc3339("2026-11-22T09:00:00+07:00"),
            ..DemoOptions::default()
        };
        let start = std::time::Instant::now();
        let (desk, facts) = prepare(&path, options).unwrap();
        eprintln!("made in {:?}", start.elapsed());
        assert_eq!(facts.accounts.len(), 6);
        let auditor = desk.demo_login("auditor", None).unwrap();
        let outcome = desk.check(&auditor).unwrap();
        assert_eq!(outcome.problems, Vec::<String>::new());
        let reader = desk.inner.store.read().unwrap();
        for count in reader.request_counts().unwrap() {
            eprintln!("{:?}", count);
        }
        assert_eq!(
            desk.queue(&auditor, &super::super::QueueQuery::default())
                .problem,
            None
        );
    }
}
