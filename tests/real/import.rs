//! `ams cert import` of what the real openssl wrote: PKCS#7 in both forms, DER in a row, standard input, a folder with
//! folders and junk in it. The good ones go in, each refused one is named with its file and place, and why.

use std::os::unix::fs::symlink;
use std::process::Command;

use serde_json::Value;

use crate::program::binary;
use crate::support::demo::{Ran, run};
use crate::support::new_desk::NewDesk;
use crate::support::peer::Peer;

/// A desk with an openssl CA, in one folder.
struct Bench {
    desk: NewDesk,
}

impl Bench {
    fn make() -> Option<Self> {
        Peer::OpenSsl.command()?;
        let bench = Self {
            desk: NewDesk::make(binary()),
        };
        bench.desk.openssl(
            "req -x509 -newkey ed25519 -nodes -keyout ca.key -out ca.crt -days 30 -subj /CN=CA_UJI",
        );
        let (cert, key) = (bench.desk.path("ca.crt"), bench.desk.path("ca.key"));
        let added = bench
            .desk
            .run("admin", &["ca", "add", "--cert", &cert, "--key", &key]);
        assert_eq!(added.status, Some(0), "{added:?}");
        Some(bench)
    }

    /// A person's certificate as NAME.pem and NAME.der.
    fn issue(&self, name: &str, days: u32) {
        self.desk.openssl(&format!(
            "req -new -newkey ed25519 -nodes -keyout {name}.key -out {name}.csr -subj /CN={name}_UJI"
        ));
        // Version 3 needs an extension; without one openssl writes version 1, which is refused.
        self.desk.write("ext", "keyUsage = digitalSignature\n");
        self.desk.openssl(&format!(
            "x509 -req -in {name}.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days {days} -extfile ext -out {name}.pem"
        ));
        self.desk
            .openssl(&format!("x509 -in {name}.pem -outform DER -out {name}.der"));
    }

    fn octets(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.desk.path(name)).unwrap()
    }

    fn import(&self, input: &[u8], names: &[&str]) -> Ran {
        let mut command = Command::new(binary());
        command
            .args(self.desk.head("admin"))
            .args(["--json", "cert", "import"])
            .args(names);
        run(&mut command, input)
    }

    /// What went in, what was known, what was refused by which file and why.
    fn counts(ran: &Ran) -> (u64, u64, Vec<(String, String)>) {
        let value = ran.json();
        let number = |name: &str| value[name].as_u64().unwrap();
        let refusals = value["refusals"].as_array().unwrap();
        let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
        let file = |row: &Value| {
            let source = text(row, "source");
            source.rsplit('/').next().unwrap_or_default().to_owned()
        };
        (
            number("added"),
            number("known"),
            refusals
                .iter()
                .map(|row| (file(row), text(row, "defect")))
                .collect(),
        )
    }

    fn certificates(&self) -> usize {
        let list = self.desk.run("admin", &["--json", "cert", "list"]);
        list.json().as_array().unwrap().len()
    }
}

#[test]
fn pkcs7_in_both_forms_der_in_a_row_and_standard_input_are_taken_in() {
    let Some(bench) = Bench::make() else {
        return;
    };
    let people: Vec<String> = (0..10).map(|i| format!("p{i}")).collect();
    for person in &people {
        bench.issue(person, 20);
    }
    let pems = |range: &[String]| -> Vec<u8> {
        range
            .iter()
            .flat_map(|p| bench.octets(&format!("{p}.pem")))
            .collect()
    };
    bench.desk.write("two.pem", pems(&people[..2]));
    bench
        .desk
        .openssl("crl2pkcs7 -nocrl -certfile two.pem -out two.p7b");
    bench.desk.write("four.pem", pems(&people[2..4]));
    bench
        .desk
        .openssl("crl2pkcs7 -nocrl -certfile four.pem -outform DER -out four.p7b");
    let row: Vec<u8> = people[4..6]
        .iter()
        .flat_map(|p| bench.octets(&format!("{p}.der")))
        .collect();
    bench.desk.write("row.der", row);
    let path = |name: &str| bench.desk.path(name);
    let files = [path("two.p7b"), path("four.p7b"), path("row.der")];
    let names: Vec<&str> = files.iter().map(String::as_str).collect();
    let ran = bench.import(b"", &names);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert_eq!(Bench::counts(&ran), (6, 0, vec![]), "{ran:?}");
    // Again they are known, which is no refusal.
    let again = bench.import(b"", &names);
    assert_eq!(again.status, Some(0), "{again:?}");
    assert_eq!(Bench::counts(&again), (0, 6, vec![]));
    // Standard input: PEM, DER, PKCS#7, each by what it is.
    bench.desk.write("last.pem", pems(&people[8..]));
    bench
        .desk
        .openssl("crl2pkcs7 -nocrl -certfile last.pem -outform DER -out last.p7b");
    for (input, added) in [
        (bench.octets("p6.pem"), 1),
        (bench.octets("p7.der"), 1),
        (bench.octets("last.p7b"), 2),
    ] {
        let ran = bench.import(&input, &["-"]);
        assert_eq!(ran.status, Some(0), "{ran:?}");
        assert_eq!(Bench::counts(&ran), (added, 0, vec![]));
    }
    let nothing = bench.import(b"", &["-"]);
    assert_eq!(nothing.status, Some(1), "{nothing:?}");
    let empty = vec![("-".to_owned(), "empty-input".to_owned())];
    assert_eq!(Bench::counts(&nothing), (0, 0, empty));
    assert_eq!(bench.certificates(), people.len());
    let missing = bench.import(b"", &[&path("tidak-ada.pem")]);
    assert_eq!(missing.status, Some(3), "{missing:?}");
}

#[test]
fn a_folder_is_taken_in_with_all_below_it_and_each_refused_file_is_named() {
    let Some(bench) = Bench::make() else {
        return;
    };
    for person in ["budi", "rina", "sari", "tuti"] {
        bench.issue(person, 20);
    }
    // Another CA's, one of version 1, the CA itself, one cut short, one with a flipped octet in base64.
    bench.desk.openssl(
        "req -x509 -newkey ed25519 -nodes -keyout x.key -out asing.pem -days 9 -subj /CN=Asing_UJI -addext basicConstraints=critical,CA:FALSE",
    );
    bench.desk.openssl(
        "x509 -req -in budi.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 9 -out satu.pem",
    );
    let folder = bench.desk.path("terbit");
    let deep = format!("{folder}/2026/11");
    std::fs::create_dir_all(&deep).unwrap();
    let place = |from: &str, to: &str| {
        std::fs::copy(bench.desk.path(from), format!("{folder}/{to}")).unwrap();
    };
    place("budi.pem", "budi.pem");
    place("rina.der", "2026/rina.cer");
    bench
        .desk
        .openssl("crl2pkcs7 -nocrl -certfile sari.pem -out sari.p7b");
    place("sari.p7b", "2026/11/sari.p7b");
    place("asing.pem", "2026/asing.pem");
    place("satu.pem", "satu.pem");
    place("ca.crt", "ca.pem");
    let whole = bench.octets("tuti.der");
    std::fs::write(format!("{deep}/potong.der"), &whole[..whole.len() - 9]).unwrap();
    // Two good ones around a broken one in one file.
    let bundle = [
        bench.octets("tuti.pem"),
        b"-----BEGIN CERTIFICATE-----\nMII*\n-----END CERTIFICATE-----\n".to_vec(),
        bench.octets("budi.pem"),
    ];
    std::fs::write(format!("{folder}/bundel.pem"), bundle.concat()).unwrap();
    // Junk that no one means as a certificate is passed over; circles are not walked; a dead link is named.
    place("ca.key", "ca.key");
    place("budi.csr", "budi.csr");
    std::fs::write(format!("{folder}/BACA.txt"), "daftar sertifikat 2026").unwrap();
    std::fs::write(format!("{folder}/kosong"), "").unwrap();
    std::fs::write(format!("{deep}/acak.bin"), [0x42; 5000]).unwrap();
    symlink("..", format!("{deep}/naik")).unwrap();
    symlink("../budi.pem", format!("{folder}/2026/tautan.pem")).unwrap();
    symlink("hilang.pem", format!("{folder}/buntu.pem")).unwrap();
    let ran = bench.import(b"", &[&folder]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    let (added, known, mut refused) = Bench::counts(&ran);
    refused.sort();
    let expected = [
        ("asing.pem", "wrong-issuer"),
        ("bundel.pem", "pem-damaged"),
        ("buntu.pem", "unreadable"),
        ("potong.der", "truncated"),
        ("satu.pem", "wrong-version"),
    ];
    let expected: Vec<(String, String)> = expected
        .iter()
        .map(|(file, id)| ((*file).to_owned(), (*id).to_owned()))
        .collect();
    assert_eq!(refused, expected, "{ran:?}");
    // budi stands three times: itself, by a link, in the bundle. The CA's own certificate the desk has.
    assert_eq!((added, known), (4, 3), "{ran:?}");
    assert_eq!(bench.certificates(), 4);
    // For people: the file, the place, the defect's id, and words in the reader's language.
    for (lang, words) in [
        ("id", "Tidak ada CA bernama CN=Asing_UJI di meja ini."),
        ("en", "No authority of this desk is named CN=Asing_UJI."),
    ] {
        let line = ["--lang", lang, "cert", "import", &folder];
        let ran = bench.desk.run("admin", &line);
        assert_eq!(ran.status, Some(1), "{ran:?}");
        let text = ran.text();
        let row = text.lines().find(|l| l.contains("asing.pem"));
        assert!(
            row.is_some_and(|r| r.contains("wrong-issuer") && r.contains(words)),
            "{text}"
        );
        let broken = text.lines().find(|l| l.contains("bundel.pem")).unwrap();
        let begins = bench
            .octets("tuti.pem")
            .iter()
            .filter(|o| **o == b'\n')
            .count()
            + 1;
        assert!(
            broken.contains(&format!(" {begins} ")),
            "line {begins}: {broken}"
        );
    }
}
