//! CRLs read by others: OpenSSL verifies and prints them, pkilint judges them, GnuTLS and python cryptography read them,
//! rcgen writes the same entries, over every kind of issuer name and key that this desk signs with.

use std::fs;
use std::path::Path;
use std::process::Command;

use ams::domain::{CrlNumber, ReasonCode, Serial, Timestamp};
use ams::pki::check::check;
use ams::pki::crl_issuer::CrlIssuer;
use ams::pki::crl_read::CrlReader;
use ams::pki::crl_summary::{CrlSummary, ShownEntry, ShownKind};
use ams::pki::entry::{EntryReason, RevokedEntry};
use ams::pki::key::PrivateKey;
use ams::pki::plan::{CrlKind, CrlPeriod, CrlPlan, CrlTerms, DistributionPointUri};
use ams::pki::write::{algorithm_of, assemble};

use crate::peer::{openssl, openssl_is_here, try_openssl};

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

fn uri(text: &str) -> DistributionPointUri {
    DistributionPointUri::parse(text).unwrap()
}

/// Whether a peer is here; a test that needs it asks first. Missing under CI is a failure.
fn is_here(command: &mut Command, install: &str) -> bool {
    if command.output().is_ok_and(|output| output.status.success()) {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "missing: {install}");
    eprintln!("SKIPPED: {install}");
    false
}

/// A CA made by OpenSSL: its key as `openssl req -newkey` asks for it, and the lines of its name.
struct Ca {
    issuer: CrlIssuer,
    key: PrivateKey,
}

const P256: &str = "ec -pkeyopt ec_paramgen_curve:P-256";
const P384: &str = "ec -pkeyopt ec_paramgen_curve:P-384";
const PLAIN: &str = "C=ID\nO=Lembaga Contoh UJI\nCN=CA UJI\n";
const REPEATED: &str = "0.DC=example\n1.DC=uji\nC=ID\nO=Lembaga Contoh UJI\n0.OU=Unit Satu\n1.OU=Unit Dua\nCN=CA UJI\n";
const MULTI_VALUED: &str =
    "C=ID\nO=Lembaga Contoh UJI\nCN=CA UJI\n+UID=ca-uji-1\n+serialNumber=7\n";

impl Ca {
    /// Writes `ca.pem` and `ca.key` into `folder`.
    fn make(folder: &Path, new_key: &str, name: &str, with_key_id: bool) -> Self {
        let key_id = if with_key_id { "hash" } else { "none" };
        let config = format!(
            "[req]\nprompt=no\nutf8=yes\nstring_mask=utf8only\ndistinguished_name=dn\nx509_extensions=ext\n\
             [dn]\n{name}\n[ext]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n\
             subjectKeyIdentifier={key_id}\n"
        );
        fs::write(folder.join("ca.cnf"), config).unwrap();
        openssl(
            folder,
            &format!(
                "req -x509 -newkey {new_key} -nodes -keyout ca.key -out ca.pem -days 20000 -config ca.cnf"
            ),
        );
        let issuer = CrlIssuer::from_pem_or_der(&fs::read(folder.join("ca.pem")).unwrap()).unwrap();
        let key = PrivateKey::read(&fs::read(folder.join("ca.key")).unwrap(), None).unwrap();
        Self { issuer, key }
    }

    fn sign(&self, terms: CrlTerms, entries: &[RevokedEntry]) -> Vec<u8> {
        let plan = CrlPlan::new(&self.issuer, CrlPeriod::default(), terms).unwrap();
        let entries: Vec<Vec<u8>> = entries.iter().map(|e| e.encode().unwrap()).collect();
        let tbs = assemble(&plan, algorithm_of(&self.key).unwrap(), &entries, 0).unwrap();
        tbs.sign(&self.key).unwrap().as_bytes().to_vec()
    }
}

/// Now, since OpenSSL compares a CRL with the clock of this machine, and so with that of the certificate it just made.
fn this_moment() -> Timestamp {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    Timestamp(since.as_millis() as i64).whole_second()
}

fn complete(this_update: Timestamp) -> CrlTerms {
    CrlTerms {
        number: CrlNumber::from(1000),
        this_update,
        kind: CrlKind::Complete,
        freshest_crl: None,
        expired_certs_on_crl: None,
    }
}

fn revoked(serial: &str, date: &str, reason: ReasonCode, invalid: Option<&str>) -> RevokedEntry {
    RevokedEntry {
        serial: Serial::parse(serial).unwrap(),
        revocation_date: at(date),
        reason: EntryReason::Revoked(reason),
        invalidity_date: invalid.map(at),
    }
}

/// One entry of each reason, an invalidity date, and a serial of 20 octets whose first has the high bit of its octet.
fn every_reason() -> Vec<RevokedEntry> {
    let mut all: Vec<RevokedEntry> = ReasonCode::ALL
        .into_iter()
        .enumerate()
        .map(|(i, reason)| {
            revoked(
                &format!("{:02x}", 0x79 + i),
                "2026-11-20T10:11:12Z",
                reason,
                None,
            )
        })
        .collect();
    all[1].invalidity_date = Some(at("2026-10-01T00:00:00Z"));
    all
}

fn long_serial() -> Vec<RevokedEntry> {
    let date = "2026-11-20T10:11:12Z";
    vec![
        revoked("8f01", date, ReasonCode::Superseded, None),
        revoked(
            &format!("00c3{}", "5a".repeat(18)),
            date,
            ReasonCode::KeyCompromise,
            None,
        ),
        revoked(
            &format!("7f{}", "ff".repeat(19)),
            date,
            ReasonCode::KeyCompromise,
            None,
        ),
    ]
}

fn across_2050() -> Vec<RevokedEntry> {
    vec![
        revoked(
            "01",
            "2049-12-31T23:59:59Z",
            ReasonCode::KeyCompromise,
            Some("2049-12-31T23:59:59Z"),
        ),
        revoked(
            "02",
            "2050-01-01T00:00:00Z",
            ReasonCode::KeyCompromise,
            Some("2049-06-01T00:00:00Z"),
        ),
        revoked(
            "03",
            "2051-02-03T04:05:06Z",
            ReasonCode::Unspecified,
            Some("2050-01-01T00:00:00Z"),
        ),
    ]
}

/// What OpenSSL prints of a CRL whose signature it verified with the CA's certificate.
fn openssl_reads(folder: &Path, der: &[u8]) -> String {
    fs::write(folder.join("list.crl"), der).unwrap();
    let output = try_openssl(
        folder,
        "crl -inform DER -in list.crl -CAfile ca.pem -noout -text -nameopt RFC2253",
    );
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("verify OK"),
        "{said}"
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Our own rules hold, every one that can be checked with the issuer's certificate.
fn our_rules_hold(ca: &Ca, der: &[u8], now: Timestamp) {
    let report = check(der, Some(&ca.issuer), now).unwrap();
    let broken: Vec<_> = report.broken().collect();
    assert!(broken.is_empty(), "{broken:?}");
}

/// Every issuer that the lists are signed by: folder name, key, name, subjectKeyIdentifier.
const ISSUERS: [(&str, &str, &str, bool); 7] = [
    ("p256", P256, PLAIN, true),
    ("p384", P384, PLAIN, true),
    ("ed25519", "ed25519", PLAIN, true),
    ("rsa", "rsa:2048", PLAIN, true),
    ("repeated", P256, REPEATED, true),
    ("multi-valued", P256, MULTI_VALUED, true),
    ("no-key-id", P256, PLAIN, false),
];

fn each_issuer(mut run: impl FnMut(&str, &Path, &Ca)) {
    let home = tempfile::tempdir().unwrap();
    for (label, new_key, name, with_key_id) in ISSUERS {
        let folder = home.path().join(label);
        fs::create_dir(&folder).unwrap();
        let ca = Ca::make(&folder, new_key, name, with_key_id);
        run(label, &folder, &ca);
    }
}

#[test]
fn openssl_verifies_and_prints_our_crls_whoever_the_issuer_is() {
    if !openssl_is_here() {
        return;
    }
    each_issuer(|label, folder, ca| {
        let now = this_moment();
        let empty = ca.sign(complete(now), &[]);
        our_rules_hold(ca, &empty, now);
        let text = openssl_reads(folder, &empty);
        assert!(text.contains("No Revoked Certificates."), "{label}: {text}");
        let subject = openssl(folder, "x509 -in ca.pem -noout -subject -nameopt RFC2253");
        let issuer = subject.trim().replacen("subject=", "Issuer: ", 1);
        assert!(text.contains(&issuer), "{label}: {issuer} in {text}");

        let mut list = every_reason();
        list.extend(long_serial());
        list.sort_by(|a, b| a.serial.cmp(&b.serial));
        let full = ca.sign(complete(now), &list);
        our_rules_hold(ca, &full, now);
        let text = openssl_reads(folder, &full);
        for words in [
            "X509v3 CRL Number: \n                1000",
            "Key Compromise",
            "CA Compromise",
            "Affiliation Changed",
            "Superseded",
            "Cessation Of Operation",
            "Certificate Hold",
            "Privilege Withdrawn",
            "Invalidity Date: \n                Oct  1 00:00:00 2026 GMT",
        ] {
            assert!(text.contains(words), "{label}: {words} in {text}");
        }
        for entry in &list {
            let serial = entry.serial.to_string().to_uppercase();
            assert!(
                text.contains(&format!("Serial Number: {serial}\n")),
                "{label}: {serial}"
            );
        }
        // Seven entries carry a reason of their own, the unspecified one none.
        assert_eq!(text.matches("Reason Code").count(), list.len() - 1);
    });
}

#[test]
fn openssl_refuses_exactly_the_revoked_certificate() {
    if !openssl_is_here() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let folder = home.path();
    let ca = Ca::make(folder, P256, REPEATED, true);
    for (name, serial) in [("one", "0x80aa01"), ("two", "0x80aa02")] {
        fs::write(
            folder.join("leaf.cnf"),
            "[req]\nprompt=no\ndistinguished_name=dn\n[dn]\nCN=Orang Contoh UJI\n",
        )
        .unwrap();
        openssl(
            folder,
            &format!(
                "req -new -newkey {P256} -nodes -keyout {name}.key -out {name}.csr -config leaf.cnf"
            ),
        );
        openssl(
            folder,
            &format!(
                "x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -set_serial {serial} -days 30 -out {name}.pem"
            ),
        );
    }
    let list = [revoked(
        "80aa01",
        "2026-11-20T10:11:12Z",
        ReasonCode::KeyCompromise,
        None,
    )];
    let crl = ca.sign(complete(this_moment()), &list);
    fs::write(folder.join("list.crl"), &crl).unwrap();
    openssl(folder, "crl -inform DER -in list.crl -out list.pem");
    let verify = |name: &str| {
        let output = try_openssl(
            folder,
            &format!("verify -crl_check -CAfile ca.pem -CRLfile list.pem {name}.pem"),
        );
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    assert!(
        verify("one").contains("certificate revoked"),
        "{}",
        verify("one")
    );
    assert!(verify("two").contains("two.pem: OK"), "{}", verify("two"));
}

#[test]
fn openssl_reads_deltas_and_partitions_as_what_they_are() {
    if !openssl_is_here() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let ca = Ca::make(home.path(), P256, PLAIN, true);
    let now = this_moment();
    let mut removal = revoked("05", "2026-11-20T10:11:12Z", ReasonCode::Unspecified, None);
    removal.reason = EntryReason::RemoveFromCrl;
    let base = CrlNumber::from(998);
    let delta = ca.sign(
        CrlTerms {
            kind: CrlKind::Delta { base },
            ..complete(now)
        },
        &[removal],
    );
    our_rules_hold(&ca, &delta, now);
    let text = openssl_reads(home.path(), &delta);
    assert!(
        text.contains("X509v3 Delta CRL Indicator: critical\n                998"),
        "{text}"
    );
    assert!(text.contains("Remove From CRL"), "{text}");

    let point = "http://crl.uji.example/p1.crl";
    let partition = ca.sign(
        CrlTerms {
            kind: CrlKind::Partition { uri: uri(point) },
            ..complete(now)
        },
        &[],
    );
    our_rules_hold(&ca, &partition, now);
    let text = openssl_reads(home.path(), &partition);
    assert!(
        text.contains("X509v3 Issuing Distribution Point: critical"),
        "{text}"
    );
    assert!(text.contains(point), "{text}");

    let whole = ca.sign(
        CrlTerms {
            freshest_crl: Some(uri("http://crl.uji.example/delta.crl")),
            expired_certs_on_crl: Some(at("2026-01-01T00:00:00Z")),
            ..complete(now)
        },
        &[],
    );
    our_rules_hold(&ca, &whole, now);
    let text = openssl_reads(home.path(), &whole);
    assert!(text.contains("X509v3 Freshest CRL: \n"), "{text}");
    let shown = CrlSummary::read(&whole, |_| {}).unwrap();
    assert_eq!(shown.kind, ShownKind::Complete);
    assert_eq!(shown.expired_certs_on_crl, Some(at("2026-01-01T00:00:00Z")));
    assert_eq!(shown.freshest_crl, ["http://crl.uji.example/delta.crl"]);
}

/// Judges files with pkilint's CRL linter in one process and prints each finding of WARNING or above.
const PKILINT: &str = "
import sys
from pkilint.bin import lint_crl
bad = 0
for name in sys.argv[1:]:
    print('==', name, flush=True)
    bad += lint_crl.main(['lint', '-t', 'CRL', '-p', 'PKIX', '-s', 'WARNING', '--document-format', 'DER', name]) != 0
sys.exit(bad)
";

#[test]
fn pkilint_has_nothing_to_say_of_our_crls() {
    let python = "import pkilint.bin.lint_crl";
    if !openssl_is_here()
        || !is_here(
            Command::new("python3").args(["-c", python]),
            "pip install pkilint",
        )
    {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    let mut keep = |name: String, der: Vec<u8>| {
        let path = home.path().join(name);
        fs::write(&path, der).unwrap();
        files.push(path);
    };
    each_issuer(|label, _, ca| {
        let now = this_moment();
        let later = CrlTerms {
            this_update: at("2051-03-01T00:00:00Z"),
            ..complete(now)
        };
        keep(format!("{label}-empty.crl"), ca.sign(complete(now), &[]));
        keep(
            format!("{label}-one.crl"),
            ca.sign(complete(now), &every_reason()[1..2]),
        );
        keep(
            format!("{label}-reasons.crl"),
            ca.sign(complete(now), &every_reason()),
        );
        keep(
            format!("{label}-long-serial.crl"),
            ca.sign(complete(now), &long_serial()),
        );
        let border = CrlTerms {
            this_update: at("2049-12-31T12:00:00Z"),
            ..complete(now)
        };
        keep(
            format!("{label}-border.crl"),
            ca.sign(border, &every_reason()),
        );
        keep(
            format!("{label}-across-2050.crl"),
            ca.sign(later, &across_2050()),
        );
        let extended = CrlTerms {
            freshest_crl: Some(uri("http://crl.uji.example/delta.crl")),
            expired_certs_on_crl: Some(at("2026-01-01T00:00:00Z")),
            ..complete(now)
        };
        keep(
            format!("{label}-extended.crl"),
            ca.sign(extended, &every_reason()),
        );
        let kind = CrlKind::Delta {
            base: CrlNumber::from(999),
        };
        keep(
            format!("{label}-delta.crl"),
            ca.sign(
                CrlTerms {
                    kind,
                    ..complete(now)
                },
                &every_reason(),
            ),
        );
        let kind = CrlKind::Partition {
            uri: uri("http://crl.uji.example/p1.crl"),
        };
        keep(
            format!("{label}-partition.crl"),
            ca.sign(
                CrlTerms {
                    kind,
                    ..complete(now)
                },
                &every_reason(),
            ),
        );
    });
    let output = Command::new("python3")
        .args(["-c", PKILINT])
        .args(&files)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let judged = String::from_utf8_lossy(&output.stdout)
        .matches("== ")
        .count();
    assert_eq!(judged, files.len());
}

#[test]
fn gnutls_verifies_our_crls() {
    if !openssl_is_here()
        || !is_here(
            Command::new("certtool").arg("--version"),
            "apt install gnutls-bin",
        )
    {
        return;
    }
    each_issuer(|label, folder, ca| {
        let crl = ca.sign(complete(this_moment()), &every_reason());
        fs::write(folder.join("list.crl"), crl).unwrap();
        openssl(folder, "crl -inform DER -in list.crl -out list.pem");
        let output = Command::new("certtool")
            .args([
                "--verify-crl",
                "--load-ca-certificate",
                "ca.pem",
                "--infile",
                "list.pem",
            ])
            .current_dir(folder)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(
            said.contains("Verified") && !said.contains("Not verified"),
            "{label}: {said}"
        );
    });
}

const CRYPTOGRAPHY: &str = "
import sys
from cryptography import x509
crl = x509.load_der_x509_crl(open(sys.argv[1], 'rb').read())
ca = x509.load_pem_x509_certificate(open(sys.argv[2], 'rb').read())
assert crl.is_signature_valid(ca.public_key())
assert crl.issuer.public_bytes() == ca.subject.public_bytes()
for entry in crl:
    reason = [e.value.reason.name for e in entry.extensions if isinstance(e.value, x509.CRLReason)]
    print('%x' % entry.serial_number, entry.revocation_date_utc.isoformat(), *reason)
";

#[test]
fn python_cryptography_reads_the_same_entries() {
    if !openssl_is_here()
        || !is_here(
            Command::new("python3").args(["-c", "import cryptography"]),
            "pip install cryptography",
        )
    {
        return;
    }
    each_issuer(|label, folder, ca| {
        let crl = ca.sign(complete(this_moment()), &every_reason());
        fs::write(folder.join("list.crl"), &crl).unwrap();
        let output = Command::new("python3")
            .args(["-c", CRYPTOGRAPHY, "list.crl", "ca.pem"])
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{label}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let names = [
            "",
            " key_compromise",
            " ca_compromise",
            " affiliation_changed",
            " superseded",
            " cessation_of_operation",
            " certificate_hold",
            " privilege_withdrawn",
        ];
        let expected: String = every_reason()
            .iter()
            .zip(names)
            .map(|(entry, name)| format!("{} 2026-11-20T10:11:12+00:00{name}\n", entry.serial))
            .collect();
        assert_eq!(said, expected, "{label}");
    });
}

#[test]
fn what_openssl_writes_passes_our_rules_and_shows_the_same_entries() {
    if !openssl_is_here() {
        return;
    }
    each_issuer(|label, folder, ca| {
        fs::write(
            folder.join("index.txt"),
            "R\t490101000000Z\t261120101112Z,keyCompromise\t80AA01\tunknown\t/CN=satu\n\
             R\t490101000000Z\t261120101112Z\t05\tunknown\t/CN=dua\n",
        )
        .unwrap();
        fs::write(folder.join("number"), "0A\n").unwrap();
        fs::write(
            folder.join("list.cnf"),
            "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=default\n\
             default_crl_days=2\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n",
        )
        .unwrap();
        if ca.issuer.subject_key_id.is_none() {
            return;
        }
        openssl(
            folder,
            "ca -gencrl -config list.cnf -keyfile ca.key -cert ca.pem -out list.pem",
        );
        let pem = fs::read(folder.join("list.pem")).unwrap();
        let now = this_moment().plus(60_000);
        our_rules_hold(ca, &pem, now);
        let mut shown = Vec::new();
        let summary = CrlSummary::read(&pem, |entry| shown.push(entry)).unwrap();
        assert_eq!(summary.number, Some(CrlNumber::from(10)), "{label}");
        let entry = |serial: &str, reason| ShownEntry {
            serial: serial.to_owned(),
            revocation_date: Some(at("2026-11-20T10:11:12Z")),
            reason,
            invalidity_date: None,
        };
        shown.sort_by_key(|entry| entry.serial.len());
        assert_eq!(
            shown,
            [entry("05", None), entry("80aa01", Some(1))],
            "{label}"
        );
    });
}

#[test]
fn rcgens_own_writer_makes_the_same_entries_and_extensions() {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let mut params = rcgen::CertificateParams::default();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, "CA UJI");
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.key_usages = vec![rcgen::KeyUsagePurpose::CrlSign];
    params.not_before = at("2026-01-01T00:00:00Z").utc();
    params.not_after = at("2060-01-01T00:00:00Z").utc();
    let certificate = params.self_signed(&key).unwrap();
    let issuer = CrlIssuer::from_certificate(certificate.der()).unwrap();
    let mut list = every_reason();
    list.extend(long_serial());
    list.extend(across_2050());
    list.sort_by(|a, b| a.serial.cmp(&b.serial));
    let terms = complete(at("2051-03-01T00:00:00Z"));
    let plan = CrlPlan::new(&issuer, CrlPeriod::default(), terms).unwrap();
    let encoded: Vec<Vec<u8>> = list.iter().map(|e| e.encode().unwrap()).collect();
    let ours = assemble(&plan, algorithm_of(&key).unwrap(), &encoded, 0).unwrap();

    use rcgen::RevocationReason as Theirs;
    let reason = |entry: &RevokedEntry| match entry.reason.code() {
        None => None,
        Some(1) => Some(Theirs::KeyCompromise),
        Some(2) => Some(Theirs::CaCompromise),
        Some(3) => Some(Theirs::AffiliationChanged),
        Some(4) => Some(Theirs::Superseded),
        Some(5) => Some(Theirs::CessationOfOperation),
        Some(6) => Some(Theirs::CertificateHold),
        Some(9) => Some(Theirs::PrivilegeWithdrawn),
        Some(other) => panic!("{other}"),
    };
    let theirs = rcgen::CertificateRevocationListParams {
        this_update: plan.this_update().utc(),
        next_update: plan.next_update().utc(),
        crl_number: rcgen::SerialNumber::from(1000u64),
        issuing_distribution_point: None,
        revoked_certs: list
            .iter()
            .map(|entry| rcgen::RevokedCertParams {
                serial_number: rcgen::SerialNumber::from_slice(entry.serial.magnitude()),
                revocation_time: entry.revocation_date.utc(),
                reason_code: reason(entry),
                invalidity_date: entry.invalidity_date.map(Timestamp::utc),
            })
            .collect(),
        key_identifier_method: rcgen::KeyIdMethod::PreSpecified(issuer.key_id().unwrap()),
    }
    .signed_by(&rcgen::Issuer::from_params(&params, &key))
    .unwrap();
    let tail = CrlReader::open(&theirs.der()[..])
        .unwrap()
        .finish()
        .unwrap();
    let tbs = tail.signed_part.start as usize..tail.signed_part.end as usize;
    assert_eq!(
        hex::encode(&theirs.der()[tbs]),
        hex::encode(ours.as_bytes())
    );
}
