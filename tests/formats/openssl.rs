//! OpenSSL as the other reader and writer of certificates.

use std::fs;

use ams::domain::Serial;
use ams::pki::bundle::Bundle;
use ams::pki::demo_ca::certificate_pem;
use ams::pki::issuer::Issuer;

use crate::certificates::{assert_same_as_x509_parser, demo, now, read};
use crate::peer::{openssl, openssl_is_here, try_openssl};

#[test]
fn openssl_makes_certificates_whose_facts_and_signatures_agree() {
    if !openssl_is_here() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let kinds = [
        "rsa:2048",
        "ec -pkeyopt ec_paramgen_curve:P-256",
        "ec -pkeyopt ec_paramgen_curve:P-384",
        "ed25519",
    ];
    for kind in kinds {
        openssl(
            at,
            &format!(
                "req -x509 -newkey {kind} -nodes -keyout k.pem -out c.pem -days 3650 -utf8 -multivalue-rdn \
             -subj /C=ID/O=Lembaga_UJI/OU=Satu/OU=Dua/CN=CA_UJI+serialNumber=77 \
             -addext keyUsage=critical,keyCertSign,cRLSign -addext subjectAltName=email:ca@uji.example"
            ),
        );
        let text = fs::read(at.join("c.pem")).unwrap();
        let der = Bundle::new(text.as_slice())
            .next()
            .unwrap()
            .unwrap()
            .certificate
            .unwrap();
        assert_same_as_x509_parser(&der);
        let issuer = Issuer::from_certificate(der).unwrap();
        issuer.verify_certificate(issuer.certificate()).unwrap();
        issuer.check_authority(issuer.not_before()).unwrap();
        let facts = issuer.certificate();
        let said = openssl(
            at,
            "x509 -in c.pem -noout -serial -fingerprint -sha256 -subject -nameopt RFC2253,-dn_rev",
        );
        let serial = said
            .lines()
            .find_map(|l| l.strip_prefix("serial="))
            .unwrap();
        assert_eq!(Serial::parse(serial).unwrap(), facts.serial);
        let print = said
            .lines()
            .find_map(|l| l.split_once("Fingerprint="))
            .unwrap()
            .1;
        assert_eq!(
            print.replace(':', "").to_lowercase(),
            hex::encode(facts.sha256())
        );
        let subject = said
            .lines()
            .find_map(|l| l.strip_prefix("subject="))
            .unwrap();
        assert_eq!(
            facts.subject.to_string(),
            subject.replace(',', ", "),
            "{kind}"
        );
        assert_eq!(facts.emails(), ["ca@uji.example"]);
    }
}

#[test]
fn openssl_verifies_a_demo_certificate_and_packs_it_as_pkcs7() {
    if !openssl_is_here() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let (ca, certificates) = demo(50);
    let bundle: String = certificates
        .iter()
        .map(|der| certificate_pem(der))
        .collect();
    fs::write(at.join("ca.pem"), certificate_pem(ca.certificate_der())).unwrap();
    fs::write(at.join("one.pem"), certificate_pem(&certificates[7])).unwrap();
    fs::write(at.join("bundle.pem"), &bundle).unwrap();
    let seconds = now().seconds();
    let said = openssl(
        at,
        &format!("verify -x509_strict -attime {seconds} -CAfile ca.pem one.pem"),
    );
    assert_eq!(said.trim(), "one.pem: OK");
    let pem_certificates = read(bundle.as_bytes()).0;
    assert_eq!(pem_certificates.len(), 50);
    for form in ["PEM", "DER"] {
        openssl(
            at,
            &format!("crl2pkcs7 -nocrl -certfile bundle.pem -outform {form} -out all.p7b"),
        );
        let packed = fs::read(at.join("all.p7b")).unwrap();
        // CMS sorts a SET OF by its octets; OpenSSL keeps the order given.
        assert_eq!(
            read(packed.as_slice()),
            (pem_certificates.clone(), 0),
            "{form}"
        );
    }
    openssl(
        at,
        "crl2pkcs7 -nocrl -certfile one.pem -outform DER -out one.p7b",
    );
    let both = [
        fs::read(at.join("one.p7b")).unwrap(),
        certificates[0].clone(),
    ]
    .concat();
    assert_eq!(read(both.as_slice()).0.len(), 2);
    let trusted = try_openssl(
        at,
        "x509 -in one.pem -trustout -addtrust emailProtection -out trusted.pem",
    );
    assert!(trusted.status.success());
    assert_eq!(
        read(fs::read(at.join("trusted.pem")).unwrap().as_slice()).0,
        pem_certificates[7..8]
    );
}
