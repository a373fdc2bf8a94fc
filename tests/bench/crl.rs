//! `cargo bench --bench crl`: a CRL from the database to a published, gated and read-back file, beside
//! `openssl ca -gencrl` over as many entries, in one run. Prints CPU seconds, their ratio and peak memory.
//! Beside it a delta of a thousand, a partition rebuilt, and `ams crl show` and `diff` on the files.
//! Each side runs in a process of its own; ours is this program again, with `--ours FOLDER COUNT SECONDS`, after
//! `--fill FOLDER COUNT` made its database.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ams::domain::{CertificateKey, CrlNumber, IssuerId, ReasonCode, Serial, Timestamp};
use ams::pki::crl_issuer::CrlIssuer;
use ams::pki::entry::{EntryReason, RevokedEntry};
use ams::pki::gate::base::agree;
use ams::pki::gate::{Gate, Predecessor};
use ams::pki::key::PrivateKey;
use ams::pki::plan::{CrlKind, CrlPeriod, CrlPlan, CrlTerms, DistributionPointUri};
use ams::pki::publish::{CrlFileName, PublishingFolder};
use ams::pki::write::{SignedCrl, TbsWriter, algorithm_of, assemble};
use ams::store::{self, RevokedFacts, RevokedKind, Store, StoreError};

const NAME: &str = "ca-uji.crl";
/// Each side is measured so often; the best counts. Ours makes a list before, which the first that is measured replaces.
const TRIES: u32 = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, folder, count] = arguments.as_slice()
        && flag == "--fill"
    {
        return fill(&database_in(Path::new(folder)), count.parse().unwrap());
    }
    if let [flag, folder, count, theirs] = arguments.as_slice()
        && flag == "--ours"
    {
        return ours(
            Path::new(folder),
            count.parse().unwrap(),
            theirs.parse().unwrap(),
        );
    }
    if Command::new("openssl").arg("version").output().is_err() {
        println!("SKIPPED: apt install openssl");
        return;
    }
    for count in [100_000, 1_000_000] {
        compare(count);
    }
}

fn compare(count: u32) {
    let home = tempfile::tempdir().unwrap();
    make_ca(home.path());
    write_index(home.path(), count);
    println!("CRL of {count} entries");
    let runs = (0..TRIES).map(|_| {
        let mut openssl = Command::new("openssl");
        openssl
            .args(
                "ca -gencrl -config ca.cnf -keyfile ca.key -cert ca.pem -out openssl.pem"
                    .split(' '),
            )
            .current_dir(home.path())
            .stderr(Stdio::null());
        measure(openssl.spawn().unwrap())
    });
    let theirs = runs.min_by(|a, b| a.cpu.total_cmp(&b.cpu)).unwrap();
    println!(
        "  openssl ca -gencrl: {:.3} s CPU, {} MiB peak",
        theirs.cpu, theirs.peak_mib
    );
    for (flag, more) in [("--fill", None), ("--ours", Some(theirs.cpu.to_string()))] {
        let mut ours = Command::new(std::env::current_exe().unwrap());
        ours.arg(flag).arg(home.path()).arg(count.to_string());
        assert!(ours.args(more).status().unwrap().success());
    }
    measure_commands(home.path());
}

fn make_ca(folder: &Path) {
    fs::write(
        folder.join("ca.cnf"),
        "[req]\nprompt=no\ndistinguished_name=dn\nx509_extensions=ext\n[dn]\nC=ID\nCN=CA UJI\n\
         [ext]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,cRLSign\nsubjectKeyIdentifier=hash\n\
         [ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=sha256\n\
         default_crl_days=2\ncrl_extensions=ce\n[ce]\nauthorityKeyIdentifier=keyid\n",
    )
    .unwrap();
    fs::write(folder.join("number"), "01\n").unwrap();
    let made = Command::new("openssl")
        .args(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem \
             -days 3650 -config ca.cnf"
                .split_whitespace(),
        )
        .current_dir(folder)
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success());
}

/// 20 octets, spread like drawn ones and ascending.
fn serial(n: u32) -> [u8; 20] {
    let mut octets = [0x5a; 20];
    octets[0] = 0x20;
    octets[1..5].copy_from_slice(&n.to_be_bytes());
    octets
}

fn write_index(folder: &Path, count: u32) {
    let mut index = String::new();
    for n in 0..count {
        let serial = hex::encode_upper(serial(n));
        let _ = writeln!(
            index,
            "R\t490101000000Z\t{},keyCompromise\t{serial}\tunknown\t/CN=UJI {n}",
            utc_time(n)
        );
    }
    fs::write(folder.join("index.txt"), index).unwrap();
}

/// When it was revoked, as UTCTime: each at another second of a month.
fn utc_time(n: u32) -> String {
    let second = n.wrapping_mul(2_654_435_761) % (28 * 86_400);
    let (day, hour) = (second / 86_400 + 1, second / 3600 % 24);
    format!(
        "2601{day:02}{hour:02}{:02}{:02}Z",
        second / 60 % 60,
        second % 60
    )
}

fn entry(n: u32) -> Vec<u8> {
    RevokedEntry {
        serial: Serial::from_magnitude(&serial(n)).unwrap(),
        revocation_date: Timestamp::parse_rfc3339("2026-01-01T10:11:12Z").unwrap(),
        reason: EntryReason::Revoked(ReasonCode::KeyCompromise),
        invalidity_date: None,
    }
    .encode()
    .unwrap()
}

/// The issuer of the rows in the database.
const ISSUER: IssuerId = IssuerId([1; 16]);

/// Puts entries into the database, as revocations would have.
fn put(store: &Store, numbers: std::ops::Range<u32>) {
    let first = entry(0);
    let row = |n: u32| store::RevokedEntry {
        key: CertificateKey {
            issuer: ISSUER,
            serial: Serial::from_magnitude(&serial(n)).unwrap(),
        },
        der: stored(&first, n),
        facts: RevokedFacts {
            kind: RevokedKind::Revoked,
            date: Timestamp::parse_rfc3339("2026-01-01T10:11:12Z").unwrap(),
            reason: ReasonCode::KeyCompromise,
            invalidity_date: None,
            not_after: None,
            on_crl: Some(CrlNumber::from(1)),
            adopted: false,
        },
    };
    for chunk in numbers.collect::<Vec<_>>().chunks(20_000) {
        store
            .write(|w| chunk.iter().try_for_each(|n| w.put_revoked(&row(*n))))
            .unwrap_or_else(|e: StoreError| panic!("{e}"));
    }
}

fn database_in(folder: &Path) -> PathBuf {
    folder.join("desk.redb")
}

/// Makes the database with all entries but those that come between two lists.
fn fill(database: &Path, count: u32) {
    put(&Store::create(database).unwrap(), 0..count - TRIES);
}

/// CPU seconds of one list, by what they went into.
struct Spent {
    list: f64,
    sign: f64,
    gate: f64,
    publish: f64,
    wall: f64,
}

impl Spent {
    fn whole(&self) -> f64 {
        self.list + self.sign + self.gate + self.publish
    }
}

/// Makes and publishes one CRL after the other; each replaces the one before, with one entry more.
fn ours(folder: &Path, count: u32, theirs: f64) {
    let issuer = CrlIssuer::from_pem_or_der(&fs::read(folder.join("ca.pem")).unwrap()).unwrap();
    let key = PrivateKey::read(&fs::read(folder.join("ca.key")).unwrap(), None).unwrap();
    let place = PublishingFolder::open(&folder.join("crl")).unwrap();
    let name = CrlFileName::parse(NAME).unwrap();
    let store = Store::open(database_in(folder)).unwrap();
    forget_peak();
    let idle = peak_kib("self");
    let since_epoch = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let now = Timestamp(since_epoch.as_millis() as i64);
    let (mut best, mut octets): (Option<Spent>, _) = (None, 0);
    for number in 1..=1 + TRIES {
        let entries = count - (1 + TRIES - number);
        put(&store, (entries - 1).max(count - TRIES)..entries);
        let start = Instant::now();
        let before = cpu("self");
        let terms = CrlTerms {
            number: CrlNumber::from(u64::from(number)),
            this_update: now,
            kind: CrlKind::Complete,
            freshest_crl: None,
            expired_certs_on_crl: None,
        };
        let plan = CrlPlan::new(&issuer, CrlPeriod::default(), terms).unwrap();
        let reader = store.read().unwrap();
        let size = reader.revoked_totals(ISSUER).unwrap().bytes as usize;
        let mut writer = TbsWriter::begin(&plan, algorithm_of(&key).unwrap(), size).unwrap();
        let runs = reader.revoked_runs().unwrap();
        for run in runs.of(ISSUER).unwrap() {
            writer.push(run.unwrap().as_ref()).unwrap();
        }
        let tbs = writer.finish().unwrap();
        let written = cpu("self");
        let signed = tbs.sign(&key).unwrap();
        let signed_at = cpu("self");
        let old = place.published(&name).unwrap();
        let gate = Gate {
            issuer: &issuer,
            now,
            predecessor: old
                .as_ref()
                .map_or(Predecessor::None, |file| Predecessor::Published(file)),
            follows: None,
            may_leave: |_: &Serial| false,
        };
        let passed = gate.examine(&signed, runs.of(ISSUER).unwrap()).unwrap();
        assert_eq!(passed.entries, u64::from(entries));
        let gated = cpu("self");
        place.publish(&name, signed.as_bytes()).unwrap();
        let spent = Spent {
            list: written - before,
            sign: signed_at - written,
            gate: gated - signed_at,
            publish: cpu("self") - gated,
            wall: start.elapsed().as_secs_f64(),
        };
        octets = signed.as_bytes().len();
        if number == TRIES {
            fs::copy(place.path_of(&name), folder.join(FIRST)).unwrap();
        }
        let better = best
            .as_ref()
            .is_none_or(|best| spent.whole() < best.whole());
        if number > 1 && better {
            best = Some(spent);
        }
    }
    let best = best.unwrap();
    println!(
        "  ams:                {:.3} s CPU, {} MiB above idle, ratio 1/{:.1}, {:.0} ms wall, {octets} octets",
        best.whole(),
        (peak_kib("self") - idle) / 1024,
        theirs / best.whole(),
        best.wall * 1000.0,
    );
    println!(
        "    entries and list {:.3}, sign {:.3}, gate {:.3}, publish and read back {:.3}",
        best.list, best.sign, best.gate, best.publish,
    );
    Others {
        issuer: &issuer,
        key: &key,
        place: &place,
        store: &store,
        now,
    }
    .measure(count);
}

/// The number of the last list.
const LAST: u64 = 1 + TRIES as u64;

/// Copy of the CRL that was replaced, for `crl diff`.
const FIRST: &str = "first.crl";

/// The other kinds of list beside the last complete one.
struct Others<'a> {
    issuer: &'a CrlIssuer,
    key: &'a PrivateKey,
    place: &'a PublishingFolder,
    store: &'a Store,
    now: Timestamp,
}

impl Others<'_> {
    fn measure(&self, entries: u32) {
        const REVOKED_SINCE: u32 = 1000;
        put(self.store, entries..entries + REVOKED_SINCE);
        let base = CrlNumber::from(LAST);
        let complete = self
            .place
            .published(&CrlFileName::parse(NAME).unwrap())
            .unwrap()
            .unwrap();
        let changed: Vec<Vec<u8>> = (entries..entries + REVOKED_SINCE)
            .map(|n| stored(&entry(0), n))
            .collect();
        let before = cpu("self");
        let delta = self.publish(CrlKind::Delta { base }, || changed.clone());
        // As a relying party adds it to its base: the database must come out.
        let reader = self.store.read().unwrap();
        let runs = reader.revoked_runs().unwrap();
        agree(&complete, base, &delta, runs.of(ISSUER).unwrap()).unwrap();
        println!(
            "  delta of {REVOKED_SINCE} on that base:  {:.3} s CPU, of which the base is read in {:.3}",
            cpu("self") - before,
            cpu("self") - before - self.alone(&changed)
        );

        // Every tenth certificate names this distribution point.
        let uri = DistributionPointUri::parse("http://crl.uji.example/p1.crl").unwrap();
        let members: Vec<Vec<u8>> = (0..entries)
            .step_by(10)
            .map(|n| stored(&entry(0), n))
            .collect();
        let before = cpu("self");
        self.publish(CrlKind::Partition { uri }, || members.clone());
        println!(
            "  partition of {}, rebuilt: {:.3} s CPU",
            members.len(),
            cpu("self") - before
        );
    }

    /// What a delta costs that nobody adds to its base.
    fn alone(&self, changed: &[Vec<u8>]) -> f64 {
        let before = cpu("self");
        self.publish(
            CrlKind::Delta {
                base: CrlNumber::from(LAST),
            },
            || changed.to_vec(),
        );
        cpu("self") - before
    }

    fn publish(&self, kind: CrlKind, entries: impl Fn() -> Vec<Vec<u8>>) -> SignedCrl {
        let name = CrlFileName::parse(NAME).unwrap().of_kind(&kind);
        let terms = CrlTerms {
            number: CrlNumber::from(LAST + 1),
            this_update: self.now,
            kind,
            freshest_crl: None,
            expired_certs_on_crl: None,
        };
        let plan = CrlPlan::new(self.issuer, CrlPeriod::default(), terms).unwrap();
        let tbs = assemble(&plan, algorithm_of(self.key).unwrap(), entries(), 0).unwrap();
        let signed = tbs.sign(self.key).unwrap();
        let gate = Gate {
            issuer: self.issuer,
            now: self.now,
            predecessor: Predecessor::None,
            follows: None,
            may_leave: |_: &Serial| false,
        };
        gate.examine(&signed, entries().into_iter().map(Ok::<_, Infallible>))
            .unwrap();
        self.place.publish(&name, signed.as_bytes()).unwrap();
        signed
    }
}

/// An entry as the database holds it: `first` with another serial and date.
fn stored(first: &[u8], n: u32) -> Vec<u8> {
    let mut der = first.to_vec();
    der[4..24].copy_from_slice(&serial(n));
    der[26..39].copy_from_slice(utc_time(n).as_bytes());
    der
}

/// `ams crl show` and `crl diff` of files, each in a process of its own.
fn measure_commands(folder: &Path) {
    let (old, new) = (folder.join(FIRST), folder.join("crl").join(NAME));
    for (what, files) in [("show", vec![&new]), ("diff", vec![&old, &new])] {
        for json in [false, true] {
            let mut ams = Command::new(env!("CARGO_BIN_EXE_ams"));
            ams.args(json.then_some("--json"))
                .args(["crl", what])
                .args(&files);
            let ran = measure(ams.stdout(Stdio::null()).spawn().unwrap());
            let json = if json { " --json" } else { "" };
            println!(
                "  ams crl {what}{json}: {:.3} s CPU, {} MiB peak",
                ran.cpu, ran.peak_mib
            );
        }
    }
}

/// Lets the peak of this process's memory begin anew.
fn forget_peak() {
    fs::write("/proc/self/clear_refs", "5").unwrap();
}

struct Measured {
    cpu: f64,
    peak_mib: u64,
}

/// Watches a child until it ends. Its times are read while it is gone and not yet waited for.
fn measure(mut child: Child) -> Measured {
    let id = child.id().to_string();
    let mut peak = 0;
    loop {
        peak = peak.max(peak_kib(&id));
        let state = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        if state
            .rsplit(") ")
            .next()
            .is_none_or(|rest| rest.starts_with('Z'))
        {
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let cpu = cpu(&id);
    assert!(child.wait().unwrap().success());
    Measured {
        cpu,
        peak_mib: peak / 1024,
    }
}

/// Seconds that the only thread of a process was on a CPU.
fn cpu(process: &str) -> f64 {
    fs::read_to_string(format!("/proc/{process}/schedstat"))
        .ok()
        .and_then(|line| line.split(' ').next()?.parse::<f64>().ok())
        .map_or(f64::NAN, |nanoseconds| nanoseconds / 1e9)
}

/// The most memory a process ever had resident, in KiB; 0 when it is gone.
fn peak_kib(process: &str) -> u64 {
    fs::read_to_string(format!("/proc/{process}/status"))
        .unwrap_or_default()
        .lines()
        .find_map(|line| {
            line.strip_prefix("VmHWM:")?
                .trim()
                .strip_suffix(" kB")?
                .parse()
                .ok()
        })
        .unwrap_or(0)
}
