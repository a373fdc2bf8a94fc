//! OpenSSL as the other reader and writer of CRLs.

use std::fs;
use std::path::Path;

use ams::domain::{CrlNumber, ReasonCode};
use ams::pki::check::{Verdict, check};
use ams::pki::crl_issuer::CrlIssuer;
use ams::pki::crl_summary::{CrlSummary, ShownEntry, ShownKind};
use ams::pki::entry::EntryReason;
use ams::pki::plan::{CrlKind, CrlTerms};

use super::{
    Ca, P256, PLAIN, REPEATED, at, complete, each_issuer, every_reason, long_serial,
    our_rules_hold, revoked, this_moment, uri,
};
use crate::peer::{openssl, openssl_is_here, try_openssl};

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

#[test]
fn openssl_verifies_and_prints_our_crls_whoever_the_issuer_is() {
    if !openssl_is_here() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    each_issuer(home.path(), |label, folder, ca| {
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

#[test]
fn what_openssl_writes_passes_our_rules_and_shows_the_same_entries() {
    if !openssl_is_here() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    each_issuer(home.path(), |label, folder, ca| {
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

/// Keys and digests that this desk does not sign with and must verify: name, `-newkey`, arguments of `ca -gencrl`.
const FOREIGN: [(&str, &str, &str); 9] = [
    (
        "RSA-PSS over SHA-256",
        "rsa:2048",
        "-md sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32",
    ),
    (
        "RSA-PSS over SHA-512",
        "rsa:2048",
        "-md sha512 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:20",
    ),
    ("RSA over SHA-384", "rsa:3072", "-md sha384"),
    ("RSA over SHA-512", "rsa:4096", "-md sha512"),
    (
        "P-256 over SHA-512",
        "ec -pkeyopt ec_paramgen_curve:P-256",
        "-md sha512",
    ),
    (
        "P-384 over SHA-256",
        "ec -pkeyopt ec_paramgen_curve:P-384",
        "-md sha256",
    ),
    (
        "P-521 over SHA-256",
        "ec -pkeyopt ec_paramgen_curve:P-521",
        "-md sha256",
    ),
    (
        "P-521 over SHA-512",
        "ec -pkeyopt ec_paramgen_curve:P-521",
        "-md sha512",
    ),
    (
        "P-384 over SHA-1",
        "ec -pkeyopt ec_paramgen_curve:P-384",
        "-md sha1",
    ),
];

#[test]
fn signatures_that_this_desk_never_makes_verify_too_and_only_with_their_key() {
    if !openssl_is_here() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let folder = home.path();
    fs::write(
        folder.join("ca.cnf"),
        "[req]\nprompt=no\ndistinguished_name=dn\nx509_extensions=e\n[dn]\nCN=CA UJI\n[e]\nsubjectKeyIdentifier=hash\n\
         [ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=sha256\ndefault_crl_days=2\n\
         crl_extensions=l\n[l]\nauthorityKeyIdentifier=keyid\n",
    )
    .unwrap();
    fs::write(folder.join("index.txt"), "").unwrap();
    fs::write(folder.join("number"), "0A\n").unwrap();
    let verdict = |crl: &[u8], issuer: &CrlIssuer| {
        let report = check(crl, Some(issuer), this_moment().plus(60_000)).unwrap();
        let line = report.findings.into_iter().find(|f| f.rule == "signature");
        line.unwrap().verdict
    };
    for (what, new_key, arguments) in FOREIGN {
        let mut issuers = Vec::new();
        for name in ["one", "two"] {
            openssl(
                folder,
                &format!(
                    "req -x509 -newkey {new_key} -nodes -keyout {name}.key -out {name}.pem -config ca.cnf"
                ),
            );
            let pem = fs::read(folder.join(format!("{name}.pem"))).unwrap();
            issuers.push(CrlIssuer::from_pem_or_der(&pem).unwrap());
        }
        openssl(
            folder,
            &format!(
                "ca -gencrl -config ca.cnf -keyfile one.key -cert one.pem -out list.pem {arguments}"
            ),
        );
        let crl = fs::read(folder.join("list.pem")).unwrap();
        assert_eq!(verdict(&crl, &issuers[0]), Verdict::Ok, "{what}");
        assert_eq!(verdict(&crl, &issuers[1]), Verdict::Broken, "{what}");
    }
}
