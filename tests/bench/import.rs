//! What taking a certificate in costs, from a PEM bundle on disk to rows and indexes: CPU of the whole process for each,
//! the peak of its memory, a second run over the same bundle, as after a kill, and how long others wait for an import
//! at a desk that serves them.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ams::desk::folder::DataFolder;
use ams::desk::{
    Credentials, Desk, Environment, Identity, ImportOptions, ImportReport, Login, NewAccount,
    NewIssuer, Signing, SystemClock, SystemRandomness,
};
use ams::domain::{Language, Role, Scope, Serial, Timestamp, Username};
use ams::pki::demo_ca::{DemoCa, DemoCertificate, DemoSubject, certificate_pem};
use secrecy::SecretString;

use super::{measure, milliseconds, report};

/// How many, unless `AMS_BENCH_CERTIFICATES` says otherwise.
const USUAL: u32 = 100_000;
/// Those that come in beside others.
const BESIDE: u32 = 40_000;
const DAY: i64 = 86_400_000;

pub fn bench() {
    let count: u32 = std::env::var("AMS_BENCH_CERTIFICATES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(USUAL);
    let folder = tempfile::tempdir().unwrap();
    let (desk, admin) = open(&folder.path().join("desk"));
    let now = desk.now();
    let ca = authority(&desk, &admin, now);
    let bundle = folder.path().join("bundle.pem");
    write_bundle(&ca, &bundle, 0..count, now);
    let idle = resident();
    for (what, added) in [("imported", u64::from(count)), ("known, imported again", 0)] {
        let mut found = ImportReport::default();
        let input = BufReader::with_capacity(1 << 18, File::open(&bundle).unwrap());
        let ((), spent) = measure(|| {
            let options = ImportOptions::default();
            desk.import_certificates(&admin, "bundle", input, options, &mut found, |_| {})
                .unwrap();
        });
        assert_eq!((found.added, found.refusals()), (added, 0), "{found:?}");
        let each = spent.cpu.as_secs_f64() * 1e6 / f64::from(count);
        report(
            &format!("a certificate, {what} ({count})"),
            each,
            "µs",
            20.0,
        );
        println!(
            "  {:.0} a second; {} MiB at the peak, {idle} MiB before",
            f64::from(count) / spent.wall.as_secs_f64(),
            peak()
        );
    }
    let more = folder.path().join("more.pem");
    write_bundle(&ca, &more, count..count + BESIDE, now);
    beside_others(&desk, &admin, &more);
}

/// How long a small write waits, at worst, while a desk with workers takes in a bundle.
fn beside_others(desk: &Desk, admin: &Identity, bundle: &Path) {
    let workers = desk.start_workers().unwrap();
    let (mut longest, mut writes) = (Duration::ZERO, 0);
    let (spent, known) = std::thread::scope(|scope| {
        let import = scope.spawn(|| {
            let mut found = ImportReport::default();
            let input = File::open(bundle).unwrap();
            let ((), spent) = measure(|| {
                let options = ImportOptions::default();
                desk.import_certificates(admin, "more", input, options, &mut found, |_| {})
                    .unwrap();
            });
            (spent, found.known)
        });
        while !import.is_finished() {
            let began = Instant::now();
            desk.set_setting(admin, "letter.place", &format!("Loket {writes}"))
                .unwrap();
            longest = longest.max(began.elapsed());
            writes += 1;
        }
        import.join().unwrap()
    });
    workers.stop();
    assert_eq!(known, 0);
    report(
        "a small write beside an import, at worst",
        milliseconds(longest),
        "ms",
        300.0,
    );
    println!(
        "  {writes} writes; {:.1} µs CPU a certificate, the writes with it",
        spent.cpu.as_secs_f64() * 1e6 / f64::from(BESIDE)
    );
}

fn open(path: &Path) -> (Desk, Identity) {
    let environment = Environment {
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandomness::new()),
        program: std::env::current_exe().unwrap(),
        signing: Signing::Here,
        credentials: None,
    };
    let desk = Desk::create(DataFolder::create(path, false).unwrap(), environment).unwrap();
    let (_, once) = desk
        .create_first_admin(&NewAccount {
            username: Username::parse("kepala").unwrap(),
            name: "Kepala Meja UJI".to_owned(),
            nip: None,
            nik: None,
            agency: String::new(),
            unit: String::new(),
            position: String::new(),
            email: "orang7@uji.example".to_owned(),
            roles: [Role::Admin].into(),
            scope: Scope::All,
            language: Language::Id,
        })
        .unwrap();
    let login = |password: &SecretString| {
        desk.login(&Credentials {
            username: "kepala".to_owned(),
            password: password.clone(),
            totp: None,
            peer_uid: None,
        })
        .unwrap()
    };
    let Login::MustChangePassword(restricted) = login(&once) else {
        panic!("a one-time password is changed");
    };
    let own = SecretString::from("gerobak hijau mendaki bukit");
    desk.change_password(&restricted, &once, &own).unwrap();
    match login(&own) {
        Login::In(identity) => (desk, identity),
        other => panic!("{other:?}"),
    }
}

fn authority(desk: &Desk, admin: &Identity, now: Timestamp) -> DemoCa {
    let subject = DemoSubject {
        country: "ID".to_owned(),
        organization: "Meja Pencabutan UJI".to_owned(),
        common_name: "AMS UJI CA Impor".to_owned(),
        ..DemoSubject::default()
    };
    let serial = Serial::parse("0102030405").unwrap();
    let (ca, key) = DemoCa::create(&subject, &serial, now.plus(-40 * DAY)).unwrap();
    let new = NewIssuer {
        certificate: ca.certificate_der(),
        key: Some(&key),
        passphrase: None,
        token: None,
        label: None,
    };
    desk.add_issuer(admin, &new).unwrap();
    ca
}

fn write_bundle(ca: &DemoCa, path: &Path, numbers: Range<u32>, now: Timestamp) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    let mut dice: u64 = 88_172_645_463_325_252 + u64::from(numbers.start);
    for number in numbers {
        let mut serial = [0; 20];
        for part in serial.chunks_mut(8) {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            let roll = dice.to_be_bytes();
            part.copy_from_slice(&roll[..part.len()]);
        }
        serial[0] = serial[0] & 0x7f | 1;
        let der = ca
            .issue(&DemoCertificate {
                subject: DemoSubject {
                    country: "ID".to_owned(),
                    organization: "Dinas Komunikasi UJI".to_owned(),
                    organizational_unit: "Bidang Persandian".to_owned(),
                    common_name: format!("Orang {:08x} UJI", dice as u32),
                    uid: format!("{:018}", dice % 1_000_000_000_000_000_000),
                    serial_number: String::new(),
                    email: format!("orang{number}@uji.example"),
                },
                serial: Serial::from_magnitude(&serial).unwrap(),
                not_before: now.plus(-DAY),
                not_after: now.plus((dice % (700 * DAY as u64)) as i64 + DAY),
                crl_uri: Some("http://crl.uji.example/a.crl".to_owned()),
            })
            .unwrap();
        out.write_all(certificate_pem(&der).as_bytes()).unwrap();
    }
    out.flush().unwrap();
}

/// MiB of this process's memory, now and at its highest.
fn resident() -> u64 {
    status("VmRSS:")
}

fn peak() -> u64 {
    status("VmHWM:")
}

fn status(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or_default() / 1024
}
