//! `ams ca add` and `ca unlock` with certificates and keys that the real openssl made: every kind of key in every form
//! it writes, the passphrase from a descriptor and at a prompt, and what is refused, in words that help.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::program::binary;
use crate::support::demo::{Ran, run};
use crate::support::new_desk::NewDesk;
use crate::support::peer::Peer;
use crate::support::terminal::{Size, Terminal};

const PASSPHRASE: &str = "frasa sandi CA é";

/// A desk and openssl in one folder; `None` where there is no openssl.
struct Bench {
    desk: NewDesk,
}

impl Bench {
    fn make() -> Option<Self> {
        Peer::OpenSsl.command()?;
        let desk = NewDesk::make(binary());
        // One file can not be both the old and the new passphrase of one command of openssl.
        for name in ["frasa", "baru"] {
            desk.write(name, format!("{PASSPHRASE}\n"));
        }
        Some(Self { desk })
    }

    /// Runs openssl in the folder, where the passphrase lies in the file `frasa`.
    fn add(&self, lang: &str, cert: &str, key: &str) -> Ran {
        let (cert, key) = (self.desk.path(cert), self.desk.path(key));
        let file = self.desk.path("frasa");
        let line = ["ca", "add", "--cert", &cert, "--key", &key];
        let rest = ["--passphrase-file", &file, "--lang", lang];
        self.desk.run("admin", &[&line[..], &rest].concat())
    }

    fn authorities(&self) -> usize {
        let list = self.desk.run("admin", &["--json", "ca", "list"]);
        list.json().as_array().unwrap().len()
    }
}

/// What makes a key of each kind with `openssl req -newkey`, and the older form that openssl still writes of it.
const KINDS: [(&str, &str, Option<&str>); 4] = [
    ("rsa", "rsa:2048", Some("rsa -traditional")),
    (
        "p256",
        "ec -pkeyopt ec_paramgen_curve:P-256",
        Some("ec -outform PEM"),
    ),
    (
        "p384",
        "ec -pkeyopt ec_paramgen_curve:P-384",
        Some("ec -outform DER"),
    ),
    ("ed25519", "ed25519", None),
];

#[test]
fn a_key_of_every_kind_in_every_form_that_openssl_writes_goes_in_opens_and_signs() {
    let Some(bench) = Bench::make() else {
        return;
    };
    let forms = [
        ("clear.pem", "pkcs8 -topk8 -nocrypt"),
        ("clear.der", "pkcs8 -topk8 -nocrypt -outform DER"),
        ("aes.pem", "pkcs8 -topk8 -v2 aes-256-cbc -passout file:baru"),
        (
            "sha1.der",
            "pkcs8 -topk8 -v2 aes-128-cbc -v2prf hmacWithSHA1 -passout file:baru -outform DER",
        ),
        ("scrypt.pem", "pkcs8 -topk8 -scrypt -passout file:baru"),
    ];
    for (kind, newkey, older) in KINDS {
        // As openssl 3 writes it by default: triple DES.
        bench.desk.openssl(&format!(
            "req -x509 -newkey {newkey} -passout file:frasa -keyout {kind}.req.pem -out {kind}.crt -days 30 \
             -subj /CN=CA_{kind}_UJI"
        ));
        let open = format!("-in {kind}.req.pem -passin file:frasa");
        let mut files = vec![format!("{kind}.req.pem")];
        for (name, form) in forms {
            bench
                .desk
                .openssl(&format!("{form} {open} -out {kind}.{name}"));
            files.push(format!("{kind}.{name}"));
        }
        if let Some(older) = older {
            bench
                .desk
                .openssl(&format!("{older} {open} -out {kind}.older"));
            files.push(format!("{kind}.older"));
        }
        for file in files {
            let added = bench.add("id", &format!("{kind}.crt"), &file);
            assert_eq!(added.status, Some(0), "{file}: {added:?}");
            assert!(
                added.text().contains("kunci: terbuka."),
                "{file}: {added:?}"
            );
        }
        // The last of them signed: openssl takes the CRL that went out before the command ended.
        let list = bench.desk.run("admin", &["--json", "ca", "list"]).json();
        let authority = list
            .as_array()
            .unwrap()
            .iter()
            .find(|ca| ca["label"] == format!("CA_{kind}_UJI"))
            .unwrap_or_else(|| panic!("{kind} in {list:#}"))
            .clone();
        let path = authority["path"].as_str().expect("it is published");
        let seen = bench
            .desk
            .openssl(&format!("crl -in {path} -CAfile {kind}.crt -noout"));
        assert!(seen.stderr.contains("verify OK"), "{kind}: {seen:?}");
    }
    assert_eq!(
        bench.authorities(),
        KINDS.len(),
        "given again, it is the same CA"
    );
}

#[test]
fn a_passphrase_comes_from_the_file_descriptor_named() {
    let Some(bench) = Bench::make() else {
        return;
    };
    bench.desk.openssl(
        "req -x509 -newkey ed25519 -passout file:frasa -keyout k.pem -out c.pem -days 30 -subj /CN=CA_UJI",
    );
    let line = |passphrase: &str| {
        let mut command = Command::new("bash");
        // A pipe, as `--passphrase-fd 3 3< <(secret-tool …)` gives it.
        command
            .args([
                "-c",
                r#"printf '%s\n' "$0" | { exec 3<&0 </dev/null; exec "$@"; }"#,
                passphrase,
            ])
            .arg(binary())
            .args(bench.desk.head("admin"))
            .args(["--json", "ca", "add", "--passphrase-fd", "3"])
            .args(["--cert", &bench.desk.path("c.pem")])
            .args(["--key", &bench.desk.path("k.pem")]);
        run(&mut command, b"")
    };
    let wrong = line("bukan ini");
    assert_eq!(wrong.status, Some(1), "{wrong:?}");
    assert_eq!(
        bench.authorities(),
        0,
        "a wrong passphrase takes nothing in"
    );
    let right = line(PASSPHRASE);
    assert_eq!(right.status, Some(0), "{right:?}");
    assert_eq!(right.json()["key"], "open");
    let mut closed = Command::new(binary());
    closed
        .args(bench.desk.head("admin"))
        .args(["ca", "unlock", "--passphrase-fd", "9"]);
    let closed = run(&mut closed, b"");
    assert_eq!(closed.status, Some(3), "no such descriptor: {closed:?}");
}

#[test]
fn a_passphrase_is_asked_for_at_the_terminal_and_not_shown() {
    let Some(bench) = Bench::make() else {
        return;
    };
    bench.desk.openssl(
        "req -x509 -newkey rsa:2048 -passout file:frasa -keyout k.pem -out c.pem -days 30 -subj /CN=CA_UJI",
    );
    let ask = || {
        let mut command = Command::new(binary());
        command
            .args(bench.desk.head("admin"))
            .args(["ca", "add", "--cert", &bench.desk.path("c.pem")])
            .args(["--key", &bench.desk.path("k.pem")]);
        let terminal = Terminal::start(&command, Size::new(100, 24), &[]);
        terminal.wait_for("Frasa sandi kunci CA:");
        terminal
    };
    for (typed, status, said) in [
        ("keliru", 1, "Frasa sandi kunci CA salah."),
        (PASSPHRASE, 0, "kunci: terbuka."),
    ] {
        let terminal = ask();
        terminal.send(typed.as_bytes());
        terminal.keys("<Enter>");
        terminal.wait_for(said);
        assert_eq!(terminal.wait_exit().status, status);
        terminal.assert_restored();
        let output = String::from_utf8_lossy(&terminal.output()).into_owned();
        assert!(
            !output.contains(typed),
            "the passphrase was shown: {output}"
        );
    }
    // Broken off, the question leaves the key locked, which is no error: it can be opened later.
    let terminal = ask();
    terminal.keys("<C-c>");
    assert_eq!(terminal.wait_exit().status, 0);
    terminal.assert_restored();
}

#[test]
fn a_service_opens_its_keys_with_the_passphrase_that_systemd_hands_over() {
    let Some(bench) = Bench::make() else {
        return;
    };
    bench.desk.openssl(
        "req -x509 -newkey ed25519 -passout file:frasa -keyout k.pem -out c.pem -days 30 -subj /CN=CA_UJI",
    );
    let (cert, key) = (bench.desk.path("c.pem"), bench.desk.path("k.pem"));
    let locked = bench.desk.run(
        "admin",
        &["--json", "ca", "add", "--cert", &cert, "--key", &key],
    );
    assert_eq!(locked.json()["key"], "locked", "{locked:?}");
    let unit = run(
        Command::new(binary()).args(["deploy", "systemd", "--passphrase", "/etc/ams/p"]),
        b"",
    );
    let name = unit
        .text()
        .lines()
        .find_map(|l| {
            l.strip_prefix("LoadCredential=")?
                .strip_suffix(":/etc/ams/p")
                .map(str::to_owned)
        })
        .expect("the credential's name");
    let credentials = bench.desk.path("credentials");
    std::fs::create_dir(&credentials).unwrap();
    let file = format!("{credentials}/{name}");
    std::fs::copy(bench.desk.path("frasa"), file).unwrap();
    let mut serving = Command::new(binary())
        .args(["--data", &bench.desk.path("desk"), "serve"])
        .env("CREDENTIALS_DIRECTORY", &credentials)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut heard = BufReader::new(serving.stderr.take().unwrap());
    heard.read_line(&mut line).unwrap();
    let list = bench.desk.run("admin", &["--json", "ca", "list"]).json();
    assert_eq!(list[0]["key"], "open", "{list:#}");
    kill_process(Pid::from_child(&serving), Signal::TERM).unwrap();
    assert!(serving.wait().unwrap().success());
}

/// An `openssl ca` that signs with dates of its own choice.
const CONFIG: &str = "[ca]\ndefault_ca = c\n[c]\ndatabase = index.txt\nserial = serial\nnew_certs_dir = .\n\
    default_md = sha256\npolicy = p\nx509_extensions = x\nunique_subject = no\n[p]\ncommonName = supplied\n\
    [x]\nbasicConstraints = critical,CA:true\nkeyUsage = critical,keyCertSign,cRLSign\n";

#[test]
fn what_cannot_be_a_ca_here_is_refused_in_words_that_name_the_way_out() {
    let Some(bench) = Bench::make() else {
        return;
    };
    let openssl = |line: &str| bench.desk.openssl(line);
    let request = |name: &str, newkey: &str, more: &str| {
        openssl(&format!(
            "req -x509 -newkey {newkey} -nodes -keyout {name}.key -out {name}.crt -days 30 \
             -subj /CN=CA_{name}_UJI {more}"
        ));
    };
    request("good", "rsa:2048", "");
    request("other", "rsa:2048", "");
    request("sign", "ed25519", "-addext keyUsage=critical,keyCertSign");
    request(
        "leaf",
        "ed25519",
        "-addext basicConstraints=critical,CA:FALSE",
    );
    request("p521", "ec -pkeyopt ec_paramgen_curve:P-521", "");
    request("small", "rsa:1024", "");
    bench.desk.write("ca.cnf", CONFIG);
    openssl("req -new -newkey ed25519 -nodes -keyout old.key -out old.csr -subj /CN=CA_old_UJI");
    for (name, from, to) in [
        ("old.crt", "20200101000000Z", "20210101000000Z"),
        ("future.crt", "20900101000000Z", "20910101000000Z"),
    ] {
        bench.desk.write("serial", "01\n");
        bench.desk.write("index.txt", "");
        openssl(&format!(
            "ca -selfsign -batch -notext -config ca.cnf -in old.csr -keyfile old.key -startdate {from} -enddate {to} -out {name}"
        ));
    }
    openssl("rsa -in good.key -traditional -aes256 -passout file:frasa -out legacy.key");
    openssl("pkcs8 -topk8 -in good.key -v1 PBE-SHA1-3DES -passout file:frasa -out pbes1.key");
    openssl("pkcs8 -topk8 -in good.key -passout pass:lain -out wrong.key");
    openssl("req -new -key good.key -subj /CN=CA_UJI -out request.csr");
    let clear = std::fs::read(bench.desk.path("good.key")).unwrap();
    bench.desk.write("cut.key", &clear[..clear.len() - 200]);
    bench.desk.write("note.txt", "ini bukan kunci");
    // certificate, key, what is said, what would help
    let cases = [
        (
            "good.crt",
            "wrong.key",
            "Frasa sandi kunci CA salah.",
            "Coba lagi",
        ),
        (
            "good.crt",
            "legacy.key",
            "PEM terenkripsi yang lama",
            "openssl pkcs8 -topk8",
        ),
        (
            "good.crt",
            "pbes1.key",
            "dienkripsi dengan cara ini",
            "openssl pkcs8 -topk8",
        ),
        (
            "good.crt",
            "other.key",
            "bukan pasangan sertifikat CA",
            "openssl pkey",
        ),
        (
            "good.crt",
            "old.key",
            "bukan pasangan sertifikat CA",
            "openssl pkey",
        ),
        ("good.crt", "cut.key", "rusak atau terpotong", "cadangan"),
        ("good.crt", "note.txt", "Tidak ada kunci privat", "PKCS#8"),
        ("good.crt", "good.crt", "ini sertifikat.", "PKCS#8"),
        (
            "good.crt",
            "request.csr",
            "permintaan penandatanganan",
            "PKCS#8",
        ),
        ("small.crt", "small.key", "RSA di bawah 2048 bit", "P-384"),
        (
            "sign.crt",
            "sign.key",
            "tidak mengizinkan penandatanganan CRL",
            "cRLSign",
        ),
        (
            "leaf.crt",
            "leaf.key",
            "bukan sertifikat CA",
            "menandatangani CRL",
        ),
        (
            "future.crt",
            "old.key",
            "Baru berlaku mulai 1 Januari 2090",
            "jam meja",
        ),
        ("good.key", "good.key", "kunci privat, bukan sertifikat", ""),
        (
            "note.txt",
            "good.key",
            "bukan PEM maupun DER, bukan sertifikat",
            "",
        ),
    ];
    for (cert, key, said, hint) in cases {
        let ran = bench.add("id", cert, key);
        assert_eq!(ran.status, Some(1), "{cert} {key}: {ran:?}");
        assert!(ran.stderr.contains(said), "{cert} {key}: {ran:?}");
        assert!(ran.stderr.contains(hint), "{cert} {key}: {ran:?}");
        assert_eq!(
            ran.stderr.lines().count(),
            if hint.is_empty() { 1 } else { 2 },
            "{cert} {key}: {ran:?}"
        );
        let english = bench.add("en", cert, key);
        assert_eq!(english.status, Some(1), "{english:?}");
        let words = ["kunci", "berkas", "sertifikat", "kedaluwarsa"];
        assert!(
            !words
                .iter()
                .any(|w| english.stderr.to_lowercase().contains(w)),
            "{english:?}"
        );
    }
    // Its own key of a kind that signs nothing here.
    let unsupported = bench.add("id", "p521.crt", "p521.key");
    assert_eq!(unsupported.status, Some(1), "{unsupported:?}");
    assert_eq!(bench.authorities(), 0, "nothing of it was taken in");
    // What the sentence tells to run makes a key that goes in.
    openssl(
        "pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -in legacy.key -passin file:frasa -passout file:baru -out new.key",
    );
    let converted = bench.add("id", "good.crt", "new.key");
    assert_eq!(converted.status, Some(0), "{converted:?}");
    // Without a key first; given again with it, it keeps its name and has its key.
    let cert = bench.desk.path("other.crt");
    let label = "Penerbit kedua UJI";
    let bare = ["--json", "ca", "add", "--cert", &cert, "--label", label];
    let bare = bench.desk.run("admin", &bare);
    assert_eq!(bare.json()["key"], "missing", "{bare:?}");
    let id = bare.json()["id"].as_str().unwrap().to_owned();
    let none = bench.desk.run(
        "admin",
        &[
            "ca",
            "unlock",
            &id,
            "--passphrase-file",
            &bench.desk.path("frasa"),
        ],
    );
    assert_eq!(none.status, Some(1), "{none:?}");
    assert!(none.stderr.contains("ams ca add --cert"), "{none:?}");
    let whole = bench.add("id", "other.crt", "other.key");
    assert!(whole.text().contains(label), "{whole:?}");
    let again = bench
        .desk
        .run("admin", &["--json", "ca", "add", "--cert", &cert]);
    assert_eq!(again.json()["key"], "open", "its key stays: {again:?}");
    // An expired one goes in for its history, with a word that it signs nothing.
    let cert = bench.desk.path("old.crt");
    let words = [
        ("id", "tidak ada CRL yang ditandatangani lagi"),
        ("en", "it signs no CRL any more"),
    ];
    for (lang, word) in words {
        let line = ["--lang", lang, "ca", "add", "--cert", &cert];
        let old = bench.desk.run("admin", &line);
        assert_eq!(old.status, Some(0), "{old:?}");
        assert!(old.stderr.contains(word), "{old:?}");
    }
}
