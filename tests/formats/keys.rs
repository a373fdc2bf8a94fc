//! Keys in: every form that OpenSSL writes is read, or refused with the command that converts it, and that command is
//! run; what is signed with them OpenSSL verifies.

use std::fs;
use std::path::Path;
use std::process::Command;

use ams::pki::issuer::Issuer;
use ams::pki::key::{KeyError, PrivateKey};
use ams::pki::key_file::encrypt_pkcs8;

use crate::peer::{openssl, openssl_is_here, try_openssl};
use crate::template::{Template, pem};

const KINDS: [(&str, &str); 6] = [
    (
        "rsa2048",
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048",
    ),
    (
        "rsa3072",
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072",
    ),
    (
        "rsa4096",
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:4096",
    ),
    (
        "p256",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256",
    ),
    (
        "p384",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384",
    ),
    ("ed25519", "genpkey -algorithm ED25519"),
];

fn key(at: &Path, file: &str, passphrase: Option<&str>) -> Result<PrivateKey, KeyError> {
    PrivateKey::read(
        &fs::read(at.join(file)).unwrap(),
        passphrase.map(str::as_bytes),
    )
}

/// The self-signed CA over KEY.
fn issuer(at: &Path, key: &str) -> Issuer {
    openssl(
        at,
        &format!("req -x509 -new -key {key} -days 30 -subj /CN=CA_UJI -outform DER -out c.der"),
    );
    Issuer::from_certificate(fs::read(at.join("c.der")).unwrap()).unwrap()
}

#[test]
fn keys_of_every_kind_open_match_and_sign_what_openssl_verifies() {
    if !openssl_is_here() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("message"), b"TBSCertList UJI").unwrap();
    let mut issuers = Vec::new();
    for (name, make) in KINDS {
        let file = format!("{name}.pem");
        openssl(at, &format!("{make} -out {file}"));
        openssl(at, &format!("pkey -in {file} -outform DER -out k.der"));
        openssl(at, &format!("pkey -in {file} -pubout -out pub.pem"));
        let issuer = issuer(at, &file);
        let clear = key(at, &file, None).unwrap();
        assert!(clear.matches(&issuer), "{name}");
        assert!(key(at, "k.der", Some("needless")).unwrap().matches(&issuer));
        let signature = clear.sign(b"TBSCertList UJI").unwrap();
        let algorithm = clear.signature_algorithm();
        algorithm
            .verify(
                issuer.certificate().spki_der(),
                b"TBSCertList UJI",
                &signature,
            )
            .unwrap();
        fs::write(at.join("signature"), &signature).unwrap();
        let verify = match name {
            "ed25519" => {
                "pkeyutl -verify -pubin -inkey pub.pem -rawin -in message -sigfile signature"
            }
            "p384" => "dgst -sha384 -verify pub.pem -signature signature message",
            _ => "dgst -sha256 -verify pub.pem -signature signature message",
        };
        openssl(at, verify);
        issuers.push((clear, issuer));
    }
    for (i, (key, _)) in issuers.iter().enumerate() {
        for (j, (_, issuer)) in issuers.iter().enumerate() {
            assert_eq!(key.matches(issuer), i == j);
        }
    }
}

#[test]
fn encrypted_keys_open_with_their_passphrase_only() {
    if !openssl_is_here() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    openssl(
        at,
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out k.pem",
    );
    let issuer = issuer(at, "k.pem");
    let forms = [
        "-v2 aes-256-cbc -v2prf hmacWithSHA256",
        "-v2 aes-128-cbc -v2prf hmacWithSHA512 -iter 5000",
        "-scrypt -scrypt_N 1024",
        "-v2 aes-256-cbc -outform DER",
        "-v2 des3",
        "-v2 aes-192-cbc -v2prf hmacWithSHA1",
        "-v2 des3 -v2prf hmacWithSHA1 -outform DER",
    ];
    for form in forms {
        openssl(
            at,
            &format!("pkcs8 -topk8 -in k.pem {form} -passout pass:frasa -out k.p8"),
        );
        assert_eq!(
            key(at, "k.p8", None).unwrap_err(),
            KeyError::NeedsPassphrase,
            "{form}"
        );
        assert_eq!(
            key(at, "k.p8", Some("lain")).unwrap_err(),
            KeyError::WrongPassphrase,
            "{form}"
        );
        assert!(
            key(at, "k.p8", Some("frasa")).unwrap().matches(&issuer),
            "{form}"
        );
    }
}

#[test]
fn older_forms_are_read_or_refused_with_a_command_that_works() {
    if !openssl_is_here() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    openssl(
        at,
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem",
    );
    openssl(at, "ecparam -name prime256v1 -genkey -out ec.pem");
    let (rsa, ec) = (issuer(at, "rsa.pem"), issuer(at, "ec.pem"));
    // `ecparam -genkey` puts a block of parameters before the SEC 1 key.
    assert!(key(at, "ec.pem", None).unwrap().matches(&ec));
    openssl(at, "rsa -in rsa.pem -traditional -out pkcs1.pem");
    openssl(
        at,
        "rsa -in rsa.pem -traditional -outform DER -out pkcs1.der",
    );
    openssl(at, "ec -in ec.pem -outform DER -out sec1.der");
    for file in ["pkcs1.pem", "pkcs1.der"] {
        assert!(key(at, file, None).unwrap().matches(&rsa), "{file}");
    }
    assert!(key(at, "sec1.der", None).unwrap().matches(&ec));

    openssl(
        at,
        "rsa -in rsa.pem -traditional -aes256 -passout pass:frasa -out legacy.pem",
    );
    openssl(
        at,
        "pkcs8 -topk8 -in rsa.pem -v1 PBE-SHA1-3DES -passout pass:frasa -out pbes1.p8",
    );
    for file in ["legacy.pem", "pbes1.p8"] {
        let Err(KeyError::Convert { form }) = key(at, file, Some("frasa")) else {
            panic!("{file} is not refused with a command");
        };
        convert(at, form.command(), file);
        assert!(
            key(at, "new.p8", Some("baru")).unwrap().matches(&rsa),
            "{file}"
        );
    }
    openssl(at, "ec -in ec.pem -no_public -out bare.pem");
    openssl(at, "ec -in ec.pem -param_enc explicit -out explicit.pem");
    openssl(
        at,
        "pkcs8 -topk8 -in explicit.pem -passout pass:frasa -out explicit.p8",
    );
    for file in ["bare.pem", "explicit.pem", "explicit.p8"] {
        let Err(KeyError::Convert { form }) = key(at, file, Some("frasa")) else {
            panic!("{file} is not refused with a command");
        };
        convert(at, form.command(), file);
        assert!(
            key(at, "new.p8", Some("baru")).unwrap().matches(&ec),
            "{file}"
        );
    }
}

/// Runs the command of a refusal, answering its questions for passphrases.
fn convert(at: &Path, command: &str, file: &str) {
    let command = command
        .replace("NEW", "new.p8")
        .replace("-in KEY", &format!("-in {file} -passin pass:frasa"))
        .replace("-topk8", "-topk8 -passout pass:baru");
    let done = Command::new("sh")
        .args(["-c", &command])
        .current_dir(at)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{command}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}

#[test]
fn keys_that_cannot_be_used_are_named() {
    if !openssl_is_here() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let made = [
        (
            "rsa1024",
            "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024",
            "unsupported-key",
        ),
        (
            "p521",
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521",
            "unsupported-key",
        ),
        ("ed448", "genpkey -algorithm ED448", "unsupported-key"),
    ];
    for (name, make, id) in made {
        openssl(at, &format!("{make} -out {name}.pem"));
        let error = key(at, &format!("{name}.pem"), None).unwrap_err();
        assert_eq!(error.id(), id, "{name}: {error}");
    }
    openssl(at, "genpkey -algorithm ED25519 -out a.pem");
    openssl(
        at,
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out b.pem",
    );
    let (a, b) = (
        fs::read(at.join("a.pem")).unwrap(),
        fs::read(at.join("b.pem")).unwrap(),
    );
    let id = |octets: &[u8]| PrivateKey::read(octets, None).unwrap_err().id();
    assert_eq!(id(&[a.clone(), b.clone()].concat()), "several-keys");
    assert_eq!(id(&a[..a.len() - 30]), "key-damaged");
    assert_eq!(id(b""), "not-a-key");
    assert_eq!(id(b"frasa"), "not-a-key");
    assert_eq!(
        id(pem("CERTIFICATE", &Template::authority().der()).as_bytes()),
        "not-a-key"
    );
    assert_eq!(id(&Template::authority().der()), "not-a-key");
    let authority = issuer(at, "a.pem");
    let of = |octets: &[u8]| PrivateKey::read(octets, None).unwrap().matches(&authority);
    assert!(of(&a) && !of(&b));
}

#[test]
fn a_key_encrypted_here_opens_in_openssl() {
    if !openssl_is_here() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    openssl(
        at,
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out k.pem",
    );
    openssl(
        at,
        "pkcs8 -topk8 -nocrypt -in k.pem -outform DER -out k.der",
    );
    let clear = fs::read(at.join("k.der")).unwrap();
    let mut fill = |octets: &mut [u8]| octets.fill(0x5a);
    let text = encrypt_pkcs8(&clear, b"frasa uji", &mut fill).unwrap();
    fs::write(at.join("k.p8"), text).unwrap();
    fs::write(at.join("pass"), "frasa uji").unwrap();
    openssl(
        at,
        "pkcs8 -topk8 -nocrypt -in k.p8 -passin file:pass -outform DER -out back.der",
    );
    assert_eq!(fs::read(at.join("back.der")).unwrap(), clear);
    fs::write(at.join("pass"), "lain").unwrap();
    let wrong = try_openssl(at, "pkey -in k.p8 -passin file:pass -noout");
    assert!(!wrong.status.success());
}

#[test]
fn a_key_file_with_any_octet_changed_never_panics() {
    let seed = [0x42; 32];
    let key = [
        &[
            0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
        ][..],
        &seed,
    ]
    .concat();
    assert!(PrivateKey::read(&key, None).is_ok());
    for at in 0..key.len() {
        for bit in 0..8 {
            let mut changed = key.clone();
            changed[at] ^= 1 << bit;
            let read = PrivateKey::read(&changed, Some(b"frasa"));
            // The seed may be anything; the version is not looked at, as OpenSSL does not either.
            assert!(
                read.is_err() || at >= 16 || (2..5).contains(&at),
                "octet {at} bit {bit}"
            );
        }
    }
}
