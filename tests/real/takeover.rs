//! A CA that the real `openssl ca` and the real EasyRSA ran, taken over: every revocation stands on our CRL as it stood
//! on theirs, the number goes on rising, and what is revoked there or here afterwards comes on top.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::program::binary;
use crate::support::demo::{Demo, Ran, run};
use crate::support::peer::Peer;

const CONFIG: &str = "\
[ca]
default_ca = uji
[uji]
dir = .
database = $dir/index.txt
new_certs_dir = $dir/newcerts
certificate = $dir/ca.crt
private_key = $dir/private/ca.pem
serial = $dir/serial
crlnumber = $dir/crlnumber
default_md = sha256
default_days = 365
default_crl_days = 7
policy = any
unique_subject = no
copy_extensions = copy
x509_extensions = person
crl_extensions = list
[any]
countryName = optional
commonName = supplied
UID = optional
[person]
keyUsage = digitalSignature
subjectAltName = email:pemohon@uji.example
[list]
authorityKeyIdentifier = keyid
[req]
distinguished_name = name
[name]
";

/// Status at `openssl ca -revoke`, and the words of `openssl crl -text` for it.
const REVOKED: [(&[&str], &str); 9] = [
    (&[], ""),
    (&["-crl_reason", "unspecified"], ""),
    (&["-crl_reason", "keyCompromise"], "Key Compromise"),
    (&["-crl_reason", "CACompromise"], "CA Compromise"),
    (
        &["-crl_reason", "affiliationChanged"],
        "Affiliation Changed",
    ),
    (&["-crl_reason", "superseded"], "Superseded"),
    (
        &["-crl_reason", "cessationOfOperation"],
        "Cessation Of Operation",
    ),
    (&["-crl_hold", "holdInstructionReject"], "Certificate Hold"),
    (&["-crl_compromise", "20260102030405Z"], "Key Compromise"),
];

/// A demo desk and a folder in which another program is the CA.
struct Scene {
    demo: Demo,
    ca: PathBuf,
}

/// What a CRL says of one serial, in openssl's words: date, reason, invalidity date.
type Entries = BTreeMap<String, (String, String, String)>;

impl Scene {
    fn set() -> Option<Self> {
        Peer::OpenSsl.command()?;
        let demo = Demo::make(binary(), &["--requests", "1"]);
        let ca = demo.beside("ca");
        std::fs::create_dir(&ca).unwrap();
        Some(Self { demo, ca })
    }

    fn path(&self, name: &str) -> String {
        self.ca.join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.ca.join(name), text).unwrap();
    }

    fn openssl(&self, line: &str, more: &[&str]) -> Ran {
        let mut command = Command::new("openssl");
        command
            .args(line.split_whitespace())
            .args(more)
            .current_dir(&self.ca);
        let ran = run(&mut command, b"");
        assert_eq!(ran.status, Some(0), "openssl {line}: {}", ran.stderr);
        ran
    }

    /// An `openssl ca` that has issued as many certificates as there are ways to revoke one, and one more.
    fn openssl_ca(&self) {
        for folder in ["newcerts", "private"] {
            std::fs::create_dir(self.ca.join(folder)).unwrap();
        }
        self.write("openssl.cnf", CONFIG);
        self.write("index.txt", "");
        self.write("serial", "8F00\n");
        self.write("crlnumber", "0FFF\n");
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
        self.openssl(
            &format!("req -x509 {key} -keyout private/ca.pem -out ca.crt -days 3650 -subj"),
            &["/C=ID/O=Instansi UJI/OU=Satu/OU=Dua/CN=CA Lama UJI"],
        );
        self.openssl(
            &format!("req {key} -keyout person.key -out person.csr -subj"),
            &["/CN=Seseorang UJI"],
        );
        for _ in 0..=REVOKED.len() {
            self.issue("/C=ID/CN=Seseorang UJI");
        }
    }

    fn issue(&self, subject: &str) {
        let line = "ca -config openssl.cnf -batch -notext -in person.csr -out person.pem -subj";
        self.openssl(line, &[subject]);
    }

    fn revoke_there(&self, serial: u32, how: &[&str]) {
        let certificate = format!("newcerts/{serial:04X}.pem");
        self.openssl(
            &format!("ca -config openssl.cnf -revoke {certificate}"),
            how,
        );
    }

    fn list(&self, name: &str) -> Entries {
        entries(
            &self
                .openssl(&format!("crl -noout -text -in {name}"), &[])
                .text(),
        )
    }

    /// The CRL that the desk published for the CA of that label.
    fn published(&self, label: &str) -> (u64, Entries) {
        let list = self.demo.json("admin", &["ca", "list"]);
        let row = list
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["label"] == label);
        let row = row.unwrap_or_else(|| panic!("{label} in {list}"));
        let path = row["path"]
            .as_str()
            .unwrap_or_else(|| panic!("published: {row}"));
        let text = self.openssl(&format!("crl -noout -text -inform DER -in {path}"), &[]);
        (row["crl_number"].as_u64().unwrap(), entries(&text.text()))
    }

    fn import(&self, names: &[&str]) -> Value {
        let names: Vec<String> = names.iter().map(|name| self.path(name)).collect();
        let mut line = vec!["cert", "import", "--issuer", "CA Lama"];
        line.extend(names.iter().map(String::as_str));
        self.demo.json("admin", &line)
    }

    fn status(&self, serial: &str) -> String {
        let shown = self.demo.json("op", &["cert", "show", serial]);
        shown["status"].as_str().unwrap().to_owned()
    }
}

/// The entries of `openssl crl -text`.
fn entries(text: &str) -> Entries {
    let mut found = Entries::new();
    let mut serial = String::new();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        if let Some(number) = line.strip_prefix("Serial Number: ") {
            serial = number.to_lowercase();
            found.insert(serial.clone(), Default::default());
        }
        let Some(entry) = found.get_mut(&serial) else {
            continue;
        };
        if let Some(date) = line.strip_prefix("Revocation Date: ") {
            entry.0 = date.to_owned();
        } else if line.starts_with("X509v3 CRL Reason Code:") {
            entry.1 = lines.next().unwrap_or_default().to_owned();
        } else if line.starts_with("Invalidity Date:") {
            entry.2 = lines.next().unwrap_or_default().to_owned();
        } else if line.starts_with("Signature Algorithm") {
            serial.clear();
        }
    }
    for entry in found.values_mut() {
        // Written out by openssl, left out by RFC 5280 §5.3.1.
        if entry.1 == "Unspecified" {
            entry.1.clear();
        }
    }
    found
}

#[test]
fn a_running_openssl_ca_is_taken_over_with_every_revocation_and_its_number() {
    let Some(scene) = Scene::set() else { return };
    scene.openssl_ca();
    for (serial, (how, _)) in (0x8f00..).zip(REVOKED) {
        scene.revoke_there(serial, how);
    }
    scene.openssl("ca -config openssl.cnf -gencrl -out crl.pem", &[]);
    let theirs = scene.list("crl.pem");
    assert_eq!(theirs.len(), REVOKED.len());
    for (serial, (_, words)) in (0x8f00..).zip(REVOKED) {
        assert_eq!(theirs[&format!("{serial:04x}")].1, words);
    }
    // Revoked after their last CRL: known to the index alone.
    scene.revoke_there(0x8f09, &["-crl_reason", "superseded"]);

    let [cert, key, crl, number, index] = [
        "ca.crt",
        "private/ca.pem",
        "crl.pem",
        "crlnumber",
        "index.txt",
    ]
    .map(|n| scene.path(n));
    scene.demo.done(
        "admin",
        &[
            "ca",
            "add",
            "--cert",
            &cert,
            "--key",
            &key,
            "--crl",
            &crl,
            "--crl-number",
            &number,
            "--index",
            &index,
            "--label",
            "CA Lama",
        ],
    );
    let (first, ours) = scene.published("CA Lama");
    assert!(first > 0x0fff, "{first}");
    scene.openssl("ca -config openssl.cnf -gencrl -out crl2.pem", &[]);
    assert_eq!(ours, scene.list("crl2.pem"));

    // The certificates come in as their entries say, whole folder at once: keys and odd files are passed over.
    let report = scene.import(&["."]);
    assert_eq!(report["added"], 10, "{report}");
    assert_eq!(report["revoked"], 0, "{report}");
    assert_eq!(scene.status("8f00"), "revoked");
    assert_eq!(scene.status("8f07"), "held");
    assert_eq!(scene.status("8f09"), "revoked");

    // It goes on beside us for a while.
    scene.issue("/C=ID/CN=Seseorang Lagi UJI");
    scene.revoke_there(0x8f0a, &["-crl_reason", "keyCompromise"]);
    let report = scene.import(&["newcerts", "index.txt"]);
    assert_eq!(
        (&report["added"], &report["revoked"]),
        (&1.into(), &1.into())
    );
    assert_eq!(scene.status("8f0a"), "revoked");
    let (second, ours) = scene.published("CA Lama");
    assert!(second > first);
    scene.openssl("ca -config openssl.cnf -gencrl -out crl3.pem", &[]);
    assert_eq!(ours, scene.list("crl3.pem"));
    let again = scene.import(&["."]);
    assert_eq!((&again["added"], &again["revoked"]), (&0.into(), &0.into()));

    // Confirmed by an officer, nothing waits any more.
    let waiting = scene
        .demo
        .json("op", &["cert", "adopted", "--issuer", "CA Lama"]);
    assert_eq!(waiting.as_array().unwrap().len(), 11);
    scene
        .demo
        .done("op", &["cert", "confirm", "--all", "--issuer", "CA Lama"]);
    let waiting = scene
        .demo
        .json("op", &["cert", "adopted", "--issuer", "CA Lama"]);
    assert_eq!(waiting.as_array().unwrap().len(), 0);
    scene.demo.done("admin", &["check"]);
}

#[test]
fn a_revocation_here_comes_on_top_of_those_that_were_taken_over() {
    let Some(scene) = Scene::set() else { return };
    scene.openssl_ca();
    let account = scene.demo.json("admin", &["account", "show", "pemohon"]);
    let text = |name: &str| account[name].as_str().unwrap_or_default().to_owned();
    let config = CONFIG.replace("pemohon@uji.example", &text("email"));
    scene.write("openssl.cnf", &config);
    scene.issue(&format!("/C=ID/CN={}", text("name")));
    scene.revoke_there(0x8f00, &["-crl_compromise", "20260102030405Z"]);
    scene.openssl("ca -config openssl.cnf -gencrl -out crl.pem", &[]);
    let [cert, key, crl] = ["ca.crt", "private/ca.pem", "crl.pem"].map(|n| scene.path(n));
    let line = ["ca", "add", "--cert", &cert, "--key", &key, "--crl", &crl];
    scene
        .demo
        .done("admin", &[&line[..], &["--label", "CA Lama"]].concat());
    scene.import(&["."]);

    scene.demo.revoked("8f0a");
    let (_, ours) = scene.published("CA Lama");
    let mut wanted = scene.list("crl.pem");
    assert_eq!(wanted["8f00"].2, "Jan  2 03:04:05 2026 GMT");
    let new = ours
        .get("8f0a")
        .cloned()
        .unwrap_or_else(|| panic!("{ours:?}"));
    assert_eq!(new.1, "Superseded");
    wanted.insert("8f0a".to_owned(), new);
    assert_eq!(ours, wanted);
    scene.demo.done("admin", &["check"]);
}

#[test]
fn an_index_that_does_not_read_keeps_its_ca_out() {
    let Some(scene) = Scene::set() else { return };
    scene.openssl_ca();
    scene.revoke_there(0x8f00, &[]);
    let index = std::fs::read_to_string(scene.ca.join("index.txt")).unwrap();
    scene.write("index.txt", &format!("R\t rusak\n{index}"));
    let [cert, key, index] = ["ca.crt", "private/ca.pem", "index.txt"].map(|n| scene.path(n));
    let line = [
        "ca", "add", "--cert", &cert, "--key", &key, "--index", &index,
    ];
    let refused = scene.demo.run("admin", &line);
    assert_eq!(refused.status, Some(1), "{refused:?}");
    assert!(refused.text().contains("Baris 1 "), "{refused:?}");
    let list = scene.demo.json("admin", &["ca", "list"]);
    assert_eq!(list.as_array().unwrap().len(), 1, "{list}");
}

#[test]
fn an_index_of_another_ca_that_counts_the_same_serials_revokes_nothing() {
    let Some(mut scene) = Scene::set() else {
        return;
    };
    scene.openssl_ca();
    let [cert, key] = ["ca.crt", "private/ca.pem"].map(|n| scene.path(n));
    let line = ["ca", "add", "--cert", &cert, "--key", &key];
    scene
        .demo
        .done("admin", &[&line[..], &["--label", "CA Lama"]].concat());
    scene.import(&["newcerts"]);

    // The CA above it issues for another time, from the same number on.
    let below = scene.ca.clone();
    scene.ca = scene.demo.beside("akar");
    std::fs::create_dir(&scene.ca).unwrap();
    scene.openssl_ca();
    let config = CONFIG.replace("default_days = 365", "default_days = 3000");
    scene.write("openssl.cnf", &config);
    for name in ["index.txt", "serial"] {
        let text = if name == "serial" { "8F00\n" } else { "" };
        scene.write(name, text);
    }
    scene.issue("/C=ID/CN=CA Bawah UJI");
    scene.revoke_there(0x8f00, &["-crl_reason", "keyCompromise"]);
    let index = scene.path("index.txt");
    scene.ca = below;
    for named in [&[][..], &["--issuer", "CA Lama"]] {
        let line = [&["--json", "cert", "import", &index], named].concat();
        let refused = scene.demo.run("admin", &line);
        assert_eq!(refused.status, Some(1), "{refused:?}");
        assert!(refused.text().contains("foreign-index"), "{refused:?}");
        assert_eq!(scene.status("8f00"), "active");
    }

    // Its own index needs no name: its lines end as the certificates do.
    scene.revoke_there(0x8f00, &[]);
    let own = scene.path("index.txt");
    let report = scene.demo.json("admin", &["cert", "import", &own]);
    assert_eq!(report["revoked"], 1, "{report}");
    assert_eq!(scene.status("8f00"), "revoked");
}

#[test]
fn a_crl_that_another_signed_is_not_believed() {
    let Some(scene) = Scene::set() else { return };
    scene.openssl_ca();
    scene.openssl("ca -config openssl.cnf -gencrl -out crl.pem", &[]);
    let other = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout private/ca.pem -out ca.crt -days 3650 -subj";
    scene.openssl(
        other,
        &["/C=ID/O=Instansi UJI/OU=Satu/OU=Dua/CN=CA Lama UJI"],
    );
    let [cert, key, crl] = ["ca.crt", "private/ca.pem", "crl.pem"].map(|n| scene.path(n));
    let line = ["ca", "add", "--cert", &cert, "--key", &key, "--crl", &crl];
    let refused = scene.demo.run("admin", &line);
    assert_eq!(refused.status, Some(1), "{refused:?}");
    assert!(
        refused.stderr.contains("not signed by this issuer"),
        "{refused:?}"
    );
}

#[test]
fn a_pki_folder_of_easyrsa_is_taken_over() {
    let Some(scene) = Scene::set() else { return };
    if Peer::EasyRsa.command().is_none() {
        return;
    }
    let easyrsa = |line: &str| {
        let mut command = Peer::EasyRsa.command().unwrap();
        command
            .args(["--batch", "--use-algo=ec", "--curve=prime256v1"])
            .args(line.split_whitespace())
            .current_dir(&scene.ca)
            .env("EASYRSA_PKI", scene.ca.join("pki"));
        if line.starts_with("build-ca") {
            command.env("EASYRSA_REQ_CN", "CA EasyRSA UJI");
        }
        let ran = run(&mut command, b"");
        assert_eq!(
            ran.status,
            Some(0),
            "easyrsa {line}: {}{}",
            ran.text(),
            ran.stderr
        );
    };
    easyrsa("init-pki");
    easyrsa("build-ca nopass");
    for name in ["satu", "dua", "tiga"] {
        easyrsa(&format!("build-client-full {name} nopass"));
    }
    easyrsa("revoke satu keyCompromise");
    easyrsa("revoke dua");
    easyrsa("gen-crl");
    let [cert, key, index] =
        ["pki/ca.crt", "pki/private/ca.key", "pki/index.txt"].map(|n| scene.path(n));
    scene.demo.done(
        "admin",
        &[
            "ca", "add", "--cert", &cert, "--key", &key, "--index", &index, "--label", "CA Lama",
        ],
    );
    let (_, ours) = scene.published("CA Lama");
    let theirs = scene.list("pki/crl.pem");
    assert_eq!(theirs.len(), 2);
    assert_eq!(ours, theirs);
    let report = scene.import(&["pki"]);
    assert_eq!(report["added"], 3, "{report}");
    assert_eq!(report["refused"], 0, "{report}");
    let statuses: Vec<String> = theirs.keys().map(|serial| scene.status(serial)).collect();
    assert_eq!(statuses, ["revoked", "revoked"]);
    assert_eq!(scene.published("CA Lama").1, theirs);
    scene.demo.done("admin", &["check"]);
}
