//! The whole procedure on real parts: from the applicant's letter to a CRL that OpenSSL obeys and a mail that a real
//! server received. Once by commands, once by keyboard in a terminal.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::program::demo;
use crate::smtp_server::{Mode, SmtpServer};
use crate::support::demo::{Demo, run};
use crate::support::form::{go_to_row, walk_to_letter};
use crate::support::letters::LETTER;
use crate::support::peer::Peer;
use crate::support::terminal::{Size, Terminal};

/// From the decision to the mail server's acceptance; a slow machine needs a moment, the desk promises seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// A demo desk that sends its mails to a server of its own.
struct Stage {
    demo: Demo,
    server: SmtpServer,
}

impl Stage {
    /// `None` where OpenSSL or aiosmtpd is missing.
    fn set() -> Option<Self> {
        Peer::OpenSsl.command()?;
        let server = SmtpServer::start(Mode::StartTls, true)?;
        let demo = demo();
        let root = demo.beside("mail-root.pem");
        std::fs::write(&root, &server.root).unwrap();
        let port = server.port.to_string();
        for (key, value) in [
            ("mail.host", "localhost"),
            ("mail.port", &port),
            ("mail.user", "ams"),
            ("mail.ca_file", root.to_str().unwrap()),
            ("mail.mode", "starttls"),
        ] {
            demo.done("admin", &["config", "set", key, value]);
        }
        let password = ["config", "set", "mail.password", "-"];
        let ran = demo.run_with("admin", &password, b"sandi-uji\n");
        assert_eq!(ran.status, Some(0), "{ran:?}");
        Some(Self { demo, server })
    }

    /// The program in a terminal, somebody logged in.
    fn log_in(&self, user: &str) -> Terminal {
        let terminal = Terminal::start(&self.demo.ams(), Size::new(80, 24), &[]);
        terminal.wait_for("Kata sandi");
        let password = self.demo.password(user);
        terminal.keys(&format!("{user}<Enter>{password}<Enter>"));
        terminal.wait_for("q Keluar");
        terminal
    }

    fn request(&self, number: &str) -> Value {
        self.demo.json("op", &["request", "show", number])
    }

    /// Asks again until the request is in that state; every question also lets the desk do what waits.
    fn wait_for_state(&self, number: &str, state: &str) -> Value {
        let start = Instant::now();
        loop {
            let request = self.request(number);
            if request["state"] == state {
                return request;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "{number} does not become {state}: {request}"
            );
        }
    }

    /// What OpenSSL, the mail server's mailbox and the applicant's own request say when all is done.
    fn judge(self, number: &str, [revoked, neighbour]: &[String; 2]) {
        let request = self.request(number);
        assert_eq!(request["state"], "selesai", "{request}");
        let crl_number = request["crl_number"].as_u64().expect("on a CRL");

        let crl = self.demo.beside("published.pem");
        let verified = self.openssl(&format!(
            "crl -in {} -out {} -CAfile {}",
            self.newest_crl().display(),
            crl.display(),
            self.demo.ca_cert.display()
        ));
        assert!(verified.contains("verify OK"), "{verified}");
        let listed = self.openssl(&format!("crl -in {} -noout -text", crl.display()));
        assert!(
            listed
                .to_lowercase()
                .contains(&format!("serial number: {revoked}")),
            "{listed}"
        );
        let answer = self.verify(revoked, &crl);
        assert!(answer.contains("certificate revoked"), "{answer}");
        let answer = self.verify(neighbour, &crl);
        assert!(answer.contains(": OK"), "{answer}");

        let mails: Vec<Value> = self
            .server
            .stop()
            .into_iter()
            .filter(|event| event["event"] == "mail")
            .collect();
        let about = |word: &str| {
            let fits = |mail: &&Value| {
                let subject = text(&mail["subject"]).to_lowercase();
                subject.contains(word) && subject.contains(&number.to_lowercase())
            };
            mails.iter().filter(fits).collect::<Vec<_>>()
        };
        let [told] = about("dicabut")[..] else {
            panic!("one mail of the revocation: {mails:#?}")
        };
        let body = text(&told["body"]);
        assert!(
            body.lines().any(|l| names_crl(l, crl_number)),
            "CRL {crl_number} in {body}"
        );
        assert_eq!(told["tls"], true);
        assert_eq!(
            told["auto_submitted"],
            serde_json::json!(["auto-generated"])
        );
        assert_eq!(told["recipients"].as_array().map(Vec::len), Some(1));
    }

    fn newest_crl(&self) -> PathBuf {
        let files = std::fs::read_dir(&self.demo.crl_dir)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        files
            .filter(|path| path.extension().is_some_and(|e| e == "crl"))
            .max_by_key(|path| path.metadata().and_then(|m| m.modified()).unwrap())
            .expect("a published CRL")
    }

    /// `openssl verify -crl_check` of one of the desk's certificates.
    fn verify(&self, serial: &str, crl: &Path) -> String {
        let shown = self.demo.json("op", &["cert", "show", serial]);
        let file = self.demo.beside(&format!("{serial}.pem"));
        std::fs::write(&file, text(&shown["pem"])).unwrap();
        self.openssl(&format!(
            "verify -crl_check -CAfile {} -CRLfile {} {}",
            self.demo.ca_cert.display(),
            crl.display(),
            file.display()
        ))
    }

    /// Everything OpenSSL says, whatever its status.
    fn openssl(&self, arguments: &str) -> String {
        let mut command = Peer::OpenSsl.command().expect("it was there at the start");
        let ran = run(command.args(arguments.split(' ')), b"");
        ran.text() + &ran.stderr
    }
}

fn names_crl(line: &str, number: u64) -> bool {
    line.contains("CRL")
        && line
            .split(|c: char| !c.is_ascii_digit())
            .any(|w| w == number.to_string())
}

fn text(json: &Value) -> String {
    json.as_str()
        .unwrap_or_else(|| panic!("text: {json}"))
        .to_owned()
}

#[test]
fn a_letter_becomes_a_revocation_that_others_obey_by_commands() {
    let Some(stage) = Stage::set() else { return };
    let serials: [String; 2] = stage.demo.free_serials();
    let filed = stage.demo.filed(&serials[0]);
    assert_eq!(filed["state"], "diajukan", "{filed}");
    let number = text(&filed["number"]);
    let last_four = &serials[0][serials[0].len() - 4..];
    for (arguments, state) in [
        (&["claim", &number][..], "diperiksa"),
        (&["verify", &number, "--all-checked"], "data_sesuai"),
        (&["match", &number], "dn_cocok"),
    ] {
        stage.demo.done("op", &[&["request"], arguments].concat());
        assert_eq!(stage.request(&number)["state"], state);
    }
    stage.demo.done(
        "op",
        &["request", "revoke", &number, "--confirm", last_four],
    );
    stage.wait_for_state(&number, "diberitahukan");
    stage
        .demo
        .done("pemohon", &["request", "acknowledge", &number]);
    stage.judge(&number, &serials);
}

#[test]
fn a_letter_becomes_a_revocation_that_others_obey_by_keyboard() {
    let Some(stage) = Stage::set() else { return };
    let serials: [String; 2] = stage.demo.free_serials();

    let applicant = stage.log_in("pemohon");
    let number = file(&applicant, &serials[0]);
    leave(&applicant);

    let officer = stage.log_in("op");
    review(&officer, &number);
    revoke(&officer, &number, &serials[0], stage.demo.password("op"));
    leave(&officer);

    let applicant = stage.log_in("pemohon");
    applicant.keys("9");
    go_to_row(&applicant, &number);
    applicant.keys("d");
    applicant.wait_for("Terima: ^X");
    read_and_confirm(&applicant);
    applicant.wait_for("Penerimaan notifikasi dicatat.");
    leave(&applicant);
    stage.judge(&number, &serials);
}

/// SOP steps 2 to 4: from the list of one's certificates to the request's number.
fn file(terminal: &Terminal, serial: &str) -> String {
    walk_to_letter(terminal, serial);
    terminal.keys(&format!("{LETTER}<Enter>"));
    terminal.wait_for("Surat versi 1 dilampirkan.");
    terminal
        .keys("800/017/UJI/2026<Enter>2026-11-20<Enter>Atasan Uji<Enter>196903151994031005<Enter>");
    terminal.wait_for("Persetujuan atasan < belum ada >");
    terminal.keys("<Space>");
    terminal.wait_for("Persetujuan atasan < ada pada surat >");
    terminal.keys("<Enter>");
    terminal.wait_for("Lengkap.");
    read_and_confirm(terminal);
    terminal.wait_for("diajukan.");
    let screen = terminal.screen_text();
    let said = screen
        .lines()
        .find(|line| line.ends_with("diajukan."))
        .expect("waited for it");
    said.split(' ')
        .find(|word| word.starts_with("PC-"))
        .expect("the number is told")
        .to_owned()
}

/// SOP steps 5 and 6: from the queue to data in order and a certificate that matches.
fn review(terminal: &Terminal, number: &str) {
    terminal.keys("2");
    terminal.wait_for("n Nomor");
    terminal.keys("n");
    terminal.wait_for("Nomor:");
    terminal.keys(&format!("{number}<Enter>"));
    terminal.wait_for(number);
    terminal.keys("p");
    terminal.wait_for(&format!("{number}  Diajukan"));
    terminal.keys("a");
    terminal.wait_for(&format!("{number}  Diperiksa"));
    let unchecked = |screen: &vt100::Screen| screen.contents().matches("[ ]").count();
    let mut left = unchecked(&terminal.screen());
    assert!(left > 0, "a checklist\n{}", terminal.screen_text());
    while left > 0 {
        terminal.keys("<Space>");
        terminal.wait_until("one item less", |screen| unchecked(screen) < left);
        left = unchecked(&terminal.screen());
    }
    terminal.keys("v");
    terminal.wait_for(&format!("{number}  Data sesuai"));
    terminal.keys("m");
    terminal.wait_for(&format!("{number}  DN cocok"));
}

/// SOP step 7, to the mail server's acceptance of step 8.
fn revoke(terminal: &Terminal, number: &str, serial: &str, password: &str) {
    terminal.keys("c");
    terminal.wait_for("4 digit akhir");
    let last_four = &serial[serial.len() - 4..];
    terminal.keys(&format!("{last_four}<Enter>{password}"));
    terminal.wait_for("^X Laksanakan");
    read_and_confirm(terminal);
    terminal.wait_for(&format!("{number}  Diberitahukan"));
}

/// A dialog takes no confirmation that comes faster than a person reads.
pub fn read_and_confirm(terminal: &Terminal) {
    terminal.settle(Duration::from_millis(500));
    terminal.keys("<C-x>");
}

fn leave(terminal: &Terminal) {
    terminal.keys("q");
    assert_eq!(terminal.wait_exit().status, 0);
    terminal.assert_restored();
}
