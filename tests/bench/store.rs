//! What the store costs: certificates put in chunks, a million revoked entries visited, a queue of 100 k requests, a
//! backup, opening. `cargo bench --bench store`; prints CPU and wall-clock time, one line each.
//! `cargo bench --bench store -- ten-million FOLDER` makes ten million certificates there once (20 GB), kills a process
//! that has the database open in the middle of a write, and opens it again; the second time it has the memory of that alone.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ams::domain::certificate::{Certificate, CertificateKey, Standing};
use ams::domain::distinguished_name::{Attribute, DistinguishedName, Rdn};
use ams::domain::{
    AccountId, CertificateStatus, CrlNumber, IssuerId, ReasonCode, Serial, Timestamp,
};
use ams::store::{
    CertificateList, NewCertificate, RevokedEntry, RevokedFacts, RevokedKind, Store, StoreError,
    Window,
};

const CERTIFICATES: u32 = 100_000;
const REVOKED: usize = 1_000_000;
const CHUNK: usize = 20_000;
const ISSUER: IssuerId = IssuerId([1; 16]);
const NOW: Timestamp = Timestamp(1_795_338_000_000);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [what, folder, ..] if what == "ten-million" => return ten_million(Path::new(folder)),
        [what, folder] if what == "--write" => return write_until_killed(Path::new(folder)),
        _ => {}
    }
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("ams.redb");
    let store = Store::create(&path)?;
    let mut dice = Dice(88_172_645_463_325_252);

    let certificates: Vec<_> = (0..CERTIFICATES)
        .map(|n| certificate(&mut dice, n))
        .collect();
    measure("a certificate, added", CERTIFICATES as usize, || {
        certificates
            .chunks(CHUNK)
            .try_for_each(|chunk| store.write(|w| w.add_certificates(chunk)).map(drop))
    })?;
    drop(certificates);

    let mut serials: Vec<[u8; 20]> = (0..REVOKED).map(|_| dice.serial()).collect();
    serials.sort_unstable();
    measure("a revoked entry, put", REVOKED, || {
        serials.chunks(CHUNK).try_for_each(|chunk| {
            store.write(|w| chunk.iter().try_for_each(|s| w.put_revoked(&revoked(s))))
        })
    })?;
    let mut list = Vec::with_capacity(REVOKED * 48);
    measure("a million revoked entries, visited", 1, || {
        let reader = store.read()?;
        let runs = reader.revoked_runs()?;
        for run in runs.of(ISSUER)? {
            list.extend_from_slice(run?.as_ref());
        }
        Ok::<_, StoreError>(())
    })?;
    assert_eq!(list.len(), REVOKED * 46);

    let page = Window::first(50);
    for (what, list) in [
        ("a page by name", CertificateList::Name("orang 12".into())),
        (
            "a page by the end of a serial",
            CertificateList::SerialSuffix("12ab".into()),
        ),
        (
            "a page by the beginning of a serial",
            CertificateList::SerialPrefix("12a".into()),
        ),
        (
            "a page of an owner",
            CertificateList::Owner(AccountId([3; 16])),
        ),
        (
            "a page of expired ones",
            CertificateList::Status(CertificateStatus::Expired, NOW),
        ),
    ] {
        measure(what, 1, || {
            store.read()?.certificates(&list, &page).map(drop)
        })?;
    }
    measure("certificates counted by status", 1, || {
        store.read()?.certificate_counts(NOW).map(drop)
    })?;
    measure("a small commit", 50, || {
        (0..50u8).try_for_each(|n| store.write(|w| w.append_log(&[n; 200], &[&[n; 16]]).map(drop)))
    })?;
    measure("a backup, read back", 1, || {
        store.backup(folder.path().join("copy")).map(drop)
    })?;
    drop(store);
    measure("opening", 1, || Store::open(&path).map(drop))?;
    Ok(())
}

/// Certificates of [`ten_million`], and how an import that is alone takes them.
const MANY: u32 = 10_000_000;
const BATCH: usize = 1000;
const TRANSACTION: usize = 200_000;

/// Opening and the first pages after kill -9, over ten million certificates, which are kept for the next time.
fn ten_million(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join(DATABASE);
    let whole = folder.join("whole");
    if !whole.exists() {
        // One that was left unfinished goes on where it was.
        let store = if path.exists() {
            Store::open(&path)?
        } else {
            Store::create(&path)?
        };
        let there = store.read()?.certificate_counts(NOW)?.total() as u32;
        let mut dice = Dice(88_172_645_463_325_252 + u64::from(there));
        let mut numbers = there..MANY;
        measure("a certificate, added", numbers.len(), || {
            while !numbers.is_empty() {
                store.write(|w| {
                    w.add_in_batches(|adding| {
                        for _ in 0..TRANSACTION / BATCH {
                            let batch = numbers.by_ref().take(BATCH);
                            let batch: Vec<_> = batch.map(|n| certificate(&mut dice, n)).collect();
                            adding.add(&batch)?;
                        }
                        Ok::<_, StoreError>(())
                    })
                })?;
                if numbers.start.is_multiple_of(1_000_000) {
                    println!("{} million", numbers.start / 1_000_000);
                }
            }
            Ok::<_, StoreError>(())
        })?;
        std::fs::write(&whole, "")?;
    }
    println!("{} MiB", std::fs::metadata(&path)?.len() >> 20);
    let mut writing = Command::new(std::env::current_exe()?)
        .arg("--write")
        .arg(folder)
        .stdout(Stdio::piped())
        .spawn()?;
    // It says so in the middle of its transaction.
    let mut said = [0];
    let output = writing.stdout.as_mut().ok_or("no output")?;
    output.read_exact(&mut said)?;
    writing.kill()?;
    writing.wait()?;
    let mut opened = None;
    measure("opening after kill -9", 1, || {
        opened = Some(Store::open(&path)?);
        Ok::<_, StoreError>(())
    })?;
    let store = opened.ok_or("not opened")?;
    println!(
        "the whole file walked to repair it: {}",
        store.was_repaired()
    );
    let page = Window::first(50);
    for (what, list) in [
        (
            "the first page of names",
            CertificateList::Name(String::new()),
        ),
        (
            "the first page of serials",
            CertificateList::SerialPrefix(String::new()),
        ),
        (
            "the first page of active ones",
            CertificateList::Status(CertificateStatus::Active, NOW),
        ),
        ("a page by name", CertificateList::Name("orang 12".into())),
    ] {
        measure(what, 1, || {
            store.read()?.certificates(&list, &page).map(drop)
        })?;
    }
    measure("certificates counted by status", 1, || {
        store.read()?.certificate_counts(NOW).map(drop)
    })?;
    let total = store.read()?.certificate_counts(NOW)?.total();
    println!(
        "{total} certificates; {} at the peak of this process",
        peak()
    );
    Ok(())
}

/// The most memory that this process had, as /proc says it.
fn peak() -> String {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap_or("unknown").trim().to_owned()
}

const DATABASE: &str = "ams.redb";

/// Writes into the database and never commits.
fn write_until_killed(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let store = Store::open(folder.join(DATABASE))?;
    let mut dice = Dice(5);
    store.write(|w| {
        for n in 0..1000 {
            w.add_certificates(&[certificate(&mut dice, n)])?;
        }
        print!("x");
        let _ = std::io::stdout().flush();
        loop {
            std::thread::park();
        }
    })
}

/// Runs `work` and prints what one of `count` cost.
fn measure<E>(what: &str, count: usize, work: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
    let (cpu, wall) = (cpu_time(), Instant::now());
    work()?;
    let each = |time: Duration| time.as_secs_f64() * 1e6 / count as f64;
    println!(
        "{what:38} {:>12.2} µs CPU {:>12.2} µs",
        each(cpu_time().saturating_sub(cpu)),
        each(wall.elapsed())
    );
    Ok(())
}

/// CPU time of this thread, from /proc; zero where there is none.
fn cpu_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text.split(' ').next().and_then(|n| n.parse().ok());
    Duration::from_nanos(nanos.unwrap_or_default())
}

struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn fill<const N: usize>(&mut self) -> [u8; N] {
        let mut octets = [0; N];
        for part in octets.chunks_mut(8) {
            let roll = self.roll().to_be_bytes();
            part.copy_from_slice(&roll[..part.len()]);
        }
        octets
    }

    fn serial(&mut self) -> [u8; 20] {
        let mut serial: [u8; 20] = self.fill();
        serial[0] = serial[0] & 0x7f | 1;
        serial
    }
}

fn serial(magnitude: &[u8]) -> Serial {
    Serial::from_magnitude(magnitude).expect("twenty octets, the first above zero")
}

fn certificate(dice: &mut Dice, n: u32) -> NewCertificate {
    let rdn = |oid: &str, value: String| {
        Rdn(vec![Attribute {
            oid: oid.into(),
            value,
        }])
    };
    let agency = || rdn("2.5.4.10", "Dinas UJI".into());
    let name = rdn("2.5.4.3", format!("Orang {:08x} UJI", dice.roll() as u32));
    let certificate = Certificate {
        key: CertificateKey {
            issuer: ISSUER,
            serial: serial(&dice.serial()),
        },
        subject: DistinguishedName {
            rdns: vec![rdn("2.5.4.6", "ID".into()), agency(), name],
        },
        issuer_name: DistinguishedName {
            rdns: vec![agency(), rdn("2.5.4.3", "CA UJI".into())],
        },
        owner: Some(AccountId([(n % 251) as u8; 16])),
        not_before: Timestamp(0),
        not_after: NOW.plus((dice.roll() % (700 * 86_400_000)) as i64),
        emails: vec![format!("orang{n}@uji.example")],
        public_key_sha256: dice.fill(),
        der_sha256: dice.fill(),
        distribution_points: vec!["http://crl.uji.example/a.crl".into()],
        standing: Standing::Active,
        version: 1,
    };
    NewCertificate {
        certificate,
        // As long as a person's certificate over P-256.
        der: vec![n as u8; 750],
    }
}

/// 46 octets that begin as an entry of a CRL does.
fn entry(magnitude: &[u8]) -> Vec<u8> {
    let mut der = vec![0x30, 44, 2, magnitude.len() as u8];
    der.extend_from_slice(magnitude);
    der.resize(46, 0);
    der
}

fn revoked(magnitude: &[u8]) -> RevokedEntry {
    RevokedEntry {
        key: CertificateKey {
            issuer: ISSUER,
            serial: serial(magnitude),
        },
        der: entry(magnitude),
        facts: RevokedFacts {
            kind: RevokedKind::Revoked,
            date: NOW,
            reason: ReasonCode::Superseded,
            invalidity_date: None,
            not_after: Some(NOW),
            on_crl: Some(CrlNumber::from(5)),
            adopted: false,
        },
    }
}
