//! pkilint, python cryptography and rcgen as other readers and writers of CRLs.

use std::fs;
use std::process::Command;

use ams::domain::{CrlNumber, Timestamp};
use ams::pki::crl_issuer::CrlIssuer;
use ams::pki::crl_read::CrlReader;
use ams::pki::entry::RevokedEntry;
use ams::pki::plan::{CrlKind, CrlPeriod, CrlPlan, CrlTerms};
use ams::pki::write::{algorithm_of, assemble};

use super::{
    across_2050, at, complete, each_issuer, every_reason, is_here, long_serial, this_moment, uri,
};
use crate::peer::openssl_is_here;

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
    each_issuer(home.path(), |label, _, ca| {
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

const CRYPTOGRAPHY: &str = "
import sys
from cryptography import x509
crl = x509.load_der_x509_crl(open(sys.argv[1], 'rb').read())
ca = x509.load_pem_x509_certificate(open(sys.argv[2], 'rb').read())
assert crl.is_signature_valid(ca.public_key())
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
    let home = tempfile::tempdir().unwrap();
    each_issuer(home.path(), |label, folder, ca| {
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
