//! What other CA programs write out, taken in: the bundles of step-ca's command line (leaf first, then its
//! intermediate; made here with openssl, whose shapes they are), PKCS#7 with a chain, text before PEM, keys beside
//! certificates, and what the real XCA writes.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::program::binary;
use crate::support::demo::{Ran, run};
use crate::support::new_desk::NewDesk;
use crate::support::peer::Peer;
use crate::support::terminal::{Size, Terminal};

const PERSON: &str = "keyUsage = digitalSignature\nsubjectAltName = email:pemohon@uji.example\n";
const AUTHORITY: &str = "basicConstraints = critical,CA:TRUE,pathlen:0\nkeyUsage = critical,keyCertSign,cRLSign\nsubjectKeyIdentifier = hash\n";

/// A desk beside a root, its intermediate, and people's certificates.
struct Bench {
    desk: NewDesk,
}

impl Bench {
    fn make() -> Option<Self> {
        Peer::OpenSsl.command()?;
        let bench = Self {
            desk: NewDesk::make(binary()),
        };
        bench.desk.write("person", PERSON);
        bench.desk.write("authority", AUTHORITY);
        bench.desk.openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -out root.pem -days 300 -subj /CN=Akar_UJI",
        );
        bench.sign("antara", "root", "authority");
        Some(bench)
    }

    /// NAME.pem and NAME.key, signed by another.
    fn sign(&self, name: &str, by: &str, extensions: &str) {
        self.desk.openssl(&format!(
            "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {name}.key -out {name}.csr -subj /CN={name}_UJI"
        ));
        self.desk.openssl(&format!(
            "x509 -req -in {name}.csr -CA {by}.pem -CAkey {by}.key -CAcreateserial -days 90 -extfile {extensions} -out {name}.pem"
        ));
    }

    fn add_ca(&self, name: &str) {
        let (cert, key) = (
            self.desk.path(&format!("{name}.pem")),
            self.desk.path(&format!("{name}.key")),
        );
        let line = ["ca", "add", "--cert", &cert, "--key", &key];
        let added = self.desk.run("admin", &line);
        assert_eq!(added.status, Some(0), "{added:?}");
    }

    /// A file out of others, one after another.
    fn join(&self, to: &str, of: &[&str]) -> String {
        let parts = of
            .iter()
            .map(|name| std::fs::read(self.desk.path(name)).unwrap());
        let whole: Vec<u8> = parts.flatten().collect();
        self.desk.write(to, whole)
    }

    fn import(&self, names: &[&str]) -> Ran {
        let line = [&["--json", "cert", "import"], names].concat();
        self.desk.run("admin", &line)
    }
}

fn number(report: &Value, name: &str) -> u64 {
    report[name].as_u64().unwrap_or(0)
}

/// Added, known, refused, keys passed over.
fn counts(ran: &Ran) -> [u64; 4] {
    let report = ran.json();
    ["added", "known", "refused", "keys_passed_over"].map(|name| number(&report, name))
}

fn says(ran: &Ran) -> String {
    let report = ran.json();
    report["refusals"][0]["defect"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn a_bundle_of_leaf_and_intermediate_gives_the_leaf_and_knows_the_intermediate() {
    let Some(bench) = Bench::make() else { return };
    bench.add_ca("antara");
    for name in ["satu", "dua", "tiga", "empat"] {
        bench.sign(name, "antara", "person");
    }
    // As `step ca certificate` writes it.
    let pair = bench.join("satu.crt", &["satu.pem", "antara.pem"]);
    let ran = bench.import(&[&pair]);
    assert_eq!(
        (ran.status, counts(&ran)),
        (Some(0), [1, 1, 0, 0]),
        "{ran:?}"
    );
    // With the root behind them, which signs no people: it alone is refused, and told by name.
    let chain = bench.join("dua.crt", &["dua.pem", "antara.pem", "root.pem"]);
    let ran = bench.import(&[&chain]);
    assert_eq!(
        (ran.status, counts(&ran)),
        (Some(1), [1, 1, 1, 0]),
        "{ran:?}"
    );
    assert_eq!(says(&ran), "is-a-ca", "{ran:?}");
    // PKCS#7 of both, in both forms.
    bench.join("tiga.crt", &["tiga.pem", "antara.pem"]);
    bench
        .desk
        .openssl("crl2pkcs7 -nocrl -certfile tiga.crt -outform DER -out tiga.p7b");
    bench.join("empat.crt", &["empat.pem", "antara.pem"]);
    bench
        .desk
        .openssl("crl2pkcs7 -nocrl -certfile empat.crt -out empat.p7c");
    let [der, pem] = ["tiga.p7b", "empat.p7c"].map(|name| bench.desk.path(name));
    let ran = bench.import(&[&der, &pem]);
    assert_eq!(
        (ran.status, counts(&ran)),
        (Some(0), [2, 2, 0, 0]),
        "{ran:?}"
    );
}

#[test]
fn an_intermediate_that_the_desk_does_not_know_is_refused_alone() {
    let Some(bench) = Bench::make() else { return };
    // The desk has the root; the intermediate is one more certificate below it.
    bench.add_ca("root");
    bench.sign("satu", "root", "person");
    let pair = bench.join("satu.crt", &["satu.pem", "antara.pem"]);
    let ran = bench.import(&[&pair]);
    assert_eq!(
        (ran.status, counts(&ran)),
        (Some(1), [1, 0, 1, 0]),
        "{ran:?}"
    );
    assert_eq!(says(&ran), "is-a-ca", "{ran:?}");
    let shown = bench
        .desk
        .run("admin", &["--lang", "en", "cert", "import", &pair]);
    assert!(
        shown.text().contains("certificate of an authority"),
        "{shown:?}"
    );
}

#[test]
fn text_before_the_blocks_is_passed_over_as_openssl_and_xca_write_it() {
    let Some(bench) = Bench::make() else { return };
    bench.add_ca("antara");
    for name in ["satu", "dua"] {
        bench.sign(name, "antara", "person");
        bench
            .desk
            .openssl(&format!("x509 -in {name}.pem -text -out {name}.txt"));
    }
    let both = bench.join("dua.txt.pem", &["satu.txt", "dua.txt"]);
    let ran = bench.import(&[&both]);
    assert_eq!(
        (ran.status, counts(&ran)),
        (Some(0), [2, 0, 0, 0]),
        "{ran:?}"
    );
}

#[test]
fn a_private_key_beside_certificates_is_passed_over_told_of_and_kept_nowhere() {
    let Some(bench) = Bench::make() else { return };
    bench.add_ca("antara");
    for name in ["satu", "dua", "tiga"] {
        bench.sign(name, "antara", "person");
    }
    // PKCS#8 in clear, PKCS#8 encrypted, and openssl's own old encryption with its header lines and parameters.
    bench
        .desk
        .openssl("pkcs8 -topk8 -in dua.key -passout pass:rahasia-uji -out dua.enc");
    bench
        .desk
        .openssl("ec -in tiga.key -aes256 -passout pass:rahasia-uji -out tiga.enc");
    bench.desk.openssl("ecparam -name prime256v1 -out tiga.par");
    let files = [
        bench.join("satu.crt", &["satu.pem", "satu.key"]),
        bench.join("dua.crt", &["dua.enc", "dua.pem"]),
        bench.join(
            "tiga.crt",
            &["tiga.pem", "tiga.par", "tiga.enc", "antara.pem"],
        ),
    ];
    let names: Vec<&str> = files.iter().map(String::as_str).collect();
    let ran = bench.import(&names);
    assert_eq!(
        (ran.status, counts(&ran)),
        (Some(0), [3, 1, 0, 4]),
        "{ran:?}"
    );
    let line = [&["--lang", "en", "cert", "import"], names.as_slice()].concat();
    let said = bench.desk.run("admin", &line);
    assert_eq!(said.status, Some(0), "{said:?}");
    assert!(said.stderr.contains("satu.crt (3 files)"), "{said:?}");
    // Alone it is no certificate, and refused.
    let alone = bench.import(&[&bench.desk.path("satu.key")]);
    assert_eq!(
        (alone.status, counts(&alone)),
        (Some(1), [0, 0, 1, 0]),
        "{alone:?}"
    );
    assert_eq!(says(&alone), "not-a-certificate");
    // Nothing of any key is in what was said, in the log, or in any file of the desk.
    let key = std::fs::read_to_string(bench.desk.path("satu.key")).unwrap();
    let body: Vec<&str> = key.lines().filter(|line| !line.starts_with('-')).collect();
    let secret = body[0];
    let log = bench.desk.run("admin", &["log", "export"]);
    assert_eq!(log.status, Some(0), "{log:?}");
    for said in [&ran, &said, &alone, &log] {
        assert!(!said.text().contains(secret) && !said.stderr.contains(secret));
    }
    bench
        .desk
        .openssl("pkcs8 -topk8 -nocrypt -in satu.key -outform DER -out satu.p8");
    let octets = std::fs::read(bench.desk.path("satu.p8")).unwrap();
    // The private number: 32 octets behind version and tag of RFC 5915.
    let at = octets.windows(2).position(|w| w == [0x04, 0x20]).unwrap() + 2;
    let number = &octets[at..at + 32];
    for file in files_below(Path::new(&bench.desk.path("desk"))) {
        let content = std::fs::read(&file).unwrap_or_default();
        let found = content.windows(32).any(|window| window == number);
        assert!(!found, "{} holds a private key", file.display());
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => files.extend(files_below(&path)),
            kind if kind.is_file() => files.push(path),
            _ => {}
        }
    }
    files
}

#[test]
fn a_revocation_dated_before_1950_stays_revoked_and_ends_no_import() {
    let Some(bench) = Bench::make() else { return };
    bench.add_ca("antara");
    for name in ["satu", "dua"] {
        bench.sign(name, "antara", "person");
    }
    let facts = |name: &str| {
        let line = format!("x509 -in {name}.pem -noout -serial");
        let mut openssl = Command::new("openssl");
        openssl
            .args(line.split_whitespace())
            .current_dir(bench.desk.path("."));
        let ran = run(&mut openssl, b"");
        ran.text().trim().trim_start_matches("serial=").to_owned()
    };
    let (old, new) = (facts("satu"), facts("dua"));
    let index = format!(
        "R\t281120101112Z\t19300101000000Z\t{old}\tunknown\t/CN=a\nR\t281120101112Z\t261101101112Z\t{new}\tunknown\t/CN=b\n"
    );
    let index = bench.desk.write("index.txt", index);
    let [satu, dua] = ["satu.pem", "dua.pem"].map(|name| bench.desk.path(name));
    let ran = bench.import(&["--issuer", "antara", &index, &satu, &dua]);
    assert_eq!(
        (ran.status, counts(&ran)),
        (Some(0), [2, 0, 0, 0]),
        "{ran:?}"
    );
    assert_eq!(number(&ran.json(), "revoked"), 2, "{ran:?}");
    for serial in [old, new] {
        let serial = serial.to_lowercase();
        let shown = bench
            .desk
            .run("admin", &["--json", "cert", "show", &serial]);
        assert_eq!(shown.json()["status"], "revoked", "{shown:?}");
    }
    let checked = bench.desk.run("admin", &["check"]);
    assert_eq!(checked.status, Some(0), "{checked:?}");
}

/// XCA's own words about what it was given, and its index of what it holds.
#[test]
fn what_the_real_xca_writes_is_taken_over() {
    let Some(bench) = Bench::make() else { return };
    if Peer::Xca.command().is_none() {
        return;
    }
    let xca = |line: &[&str]| {
        let mut command = Command::new("xca");
        command
            .args(line)
            .current_dir(bench.desk.path("."))
            .env("QT_QPA_PLATFORM", "offscreen")
            .env("XCA_NO_GUI", "1");
        command
    };
    let ran_xca = |line: &[&str]| {
        let ran = run(&mut xca(line), b"");
        assert_eq!(ran.status, Some(0), "xca {line:?}: {ran:?}");
        ran
    };
    for name in ["satu", "dua"] {
        bench.sign(name, "antara", "person");
    }
    // A new database asks for its password on a terminal.
    let files = [
        "root.pem",
        "antara.pem",
        "antara.key",
        "satu.pem",
        "satu.key",
        "dua.pem",
    ];
    let line = [
        &["--database=uji.xdb", "--import", "--exit"],
        files.as_slice(),
    ];
    let terminal = Terminal::start(&xca(&line.concat()), Size::new(100, 30), &[]);
    terminal.wait_for("Password:");
    terminal.wait_modes_changed();
    terminal.send(b"rahasia\n");
    let exit = terminal.wait_exit();
    assert_eq!(exit.status, 0, "{}", terminal.screen_text());
    // One certificate is revoked there: only a window of XCA does that, so its database is told.
    let revoke = "import sqlite3\nc = sqlite3.connect('uji.xdb')\nca, = c.execute(\"select id from items where type = 3 and name like 'antara%'\").fetchone()\nserial, = c.execute(\"select serial from certs join items on item = id where name like 'satu%'\").fetchone()\nc.execute('insert into revocations (caId, serial, date, invaldate, crlNo, reasonBit) values (?, ?, ?, ?, ?, ?)', (ca, serial, '20261120080000Z', '20261119070000Z', None, 1))\nc.commit()\nprint(serial)\n";
    let mut python = Command::new("python3");
    python
        .args(["-c", revoke])
        .current_dir(bench.desk.path("."));
    let revoked = run(&mut python, b"");
    assert_eq!(revoked.status, Some(0), "{revoked:?}");
    let serial = revoked.text().trim().to_lowercase();

    let open = ["--database=uji.xdb", "--password=pass:rahasia"];
    ran_xca(&[&open[..], &["--hierarchy=indeks", "--exit"]].concat());
    ran_xca(&[&open[..], &["--crlgen=antara_UJI", "--exit"]].concat());
    // What it prints of certificates has its own words before each block.
    let printed = ran_xca(&["--text", "--pem", "satu.pem", "dua.pem"]);
    bench.desk.write("cetak.pem", &printed.stdout);

    bench.add_ca("antara");
    let ran = bench.import(&[&bench.desk.path("cetak.pem")]);
    assert_eq!(
        (ran.status, counts(&ran)),
        (Some(0), [2, 0, 0, 0]),
        "{ran:?}"
    );
    // Its index of one CA is openssl's, of another name.
    let index = files_below(Path::new(&bench.desk.path("indeks")));
    let index = index.iter().find(|path| {
        let text = std::fs::read_to_string(path).unwrap();
        text.contains("/CN=satu_UJI")
    });
    let index = index.expect("an index of the CA").display().to_string();
    let ran = bench.import(&[&index]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert_eq!(number(&ran.json(), "revoked"), 1, "{ran:?}");
    let shown = bench
        .desk
        .run("admin", &["--json", "cert", "show", &serial]);
    assert_eq!(shown.json()["status"], "revoked", "{shown:?}");
    // And its CRL, which it keeps in base64 in its database.
    let crl = "import base64, sqlite3\nc = sqlite3.connect('uji.xdb')\nopen('xca.crl', 'wb').write(base64.b64decode(c.execute('select crl from crls').fetchone()[0]))\n";
    let mut python = Command::new("python3");
    python.args(["-c", crl]).current_dir(bench.desk.path("."));
    assert_eq!(run(&mut python, b"").status, Some(0));
    let ran = bench.import(&[&bench.desk.path("xca.crl")]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let report = ran.json();
    // The index knew no reason; the CRL tells that the key was compromised, which weighs more.
    assert_eq!(
        number(&report, "revoked") + number(&report, "revoked_known"),
        1,
        "{ran:?}"
    );
    let adopted = bench.desk.run("admin", &["--json", "cert", "adopted"]);
    let entry = &adopted.json()[0];
    assert_eq!(entry["reason"], "keyCompromise", "{adopted:?}");
    let checked = bench.desk.run("admin", &["check"]);
    assert_eq!(checked.status, Some(0), "{checked:?}");
}
