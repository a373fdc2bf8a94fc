//! CA keys on PKCS#11 tokens, with SoftHSM: what it signs is verified by the real openssl; wrong PINs, tokens that go
//! away and come back, keys of others, PINs that come by themselves.

mod lost;
mod pins;
mod signing;
mod taking_in;

use std::path::Path;
use std::process::Command;

use crate::program::binary;
use crate::support::demo::{Ran, run};
use crate::support::new_desk::NewDesk;
use crate::support::peer::Peer;
use crate::support::serving::Serving;

const PIN: &str = "836215";
const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];

/// SoftHSM's module, where distributions put it.
fn module() -> &'static str {
    let there = MODULES.into_iter().find(|path| Path::new(path).exists());
    there.expect("SoftHSM's module")
}

/// A desk with tokens of its own.
struct Bench {
    desk: NewDesk,
    module: &'static str,
}

impl Bench {
    /// Makes a desk and a token; `None` where there is no SoftHSM or openssl.
    fn make() -> Option<Self> {
        Peer::SoftHsm.command()?;
        Peer::OpenSsl.command()?;
        let bench = Self {
            desk: NewDesk::make(binary()),
            module: module(),
        };
        std::fs::create_dir(bench.desk.path("tokens")).unwrap();
        let tokens = format!("directories.tokendir = {}\n", bench.desk.path("tokens"));
        bench.desk.write("softhsm2.conf", tokens);
        bench.desk.write("pin", format!("{PIN}\n"));
        bench.desk.write("keliru", "111111\n");
        bench.softhsm(&format!(
            "--init-token --free --label UJI --so-pin 44445555 --pin {PIN}"
        ));
        Some(bench)
    }

    fn softhsm(&self, line: &str) {
        let mut command = Command::new("softhsm2-util");
        command
            .args(line.split_whitespace())
            .env("SOFTHSM2_CONF", self.desk.path("softhsm2.conf"))
            .current_dir(self.desk.path("."));
        let ran = run(&mut command, b"");
        assert_eq!(ran.status, Some(0), "softhsm2-util {line}: {ran:?}");
    }

    /// A key and its self-signed certificate, in files.
    fn self_signed(&self, name: &str, newkey: &str) {
        self.desk.openssl(&format!(
            "req -x509 -newkey {newkey} -nodes -keyout {name}.key -out {name}.crt -days 30 -subj /CN=CA_{name}_UJI"
        ));
    }

    /// A CA whose key lies on the token, and its certificate.
    fn make_ca(&self, name: &str, newkey: &str, id: &str) {
        self.self_signed(name, newkey);
        self.softhsm(&format!(
            "--import {name}.key --token UJI --label {name} --id {id} --pin {PIN}"
        ));
        std::fs::remove_file(self.desk.path(&format!("{name}.key"))).unwrap();
    }

    fn pkcs11_tool(&self, line: &str) -> Ran {
        let mut command = Command::new("pkcs11-tool");
        command
            .args(["--module", self.module, "--token-label", "UJI"])
            .args(line.split_whitespace())
            .env("SOFTHSM2_CONF", self.desk.path("softhsm2.conf"))
            .current_dir(self.desk.path("."));
        let ran = run(&mut command, b"");
        assert_eq!(ran.status, Some(0), "pkcs11-tool {line}: {ran:?}");
        ran
    }

    /// The same with CKA_ALWAYS_AUTHENTICATE: each signature asks for the PIN.
    fn make_asking_ca(&self, name: &str, newkey: &str, id: &str) {
        self.self_signed(name, newkey);
        self.desk
            .openssl(&format!("pkey -in {name}.key -outform DER -out {name}.der"));
        self.pkcs11_tool(&format!(
            "--login --pin {PIN} --write-object {name}.der --type privkey --label {name} --id {id} --usage-sign --always-auth"
        ));
        let listed = self.pkcs11_tool(&format!(
            "--login --pin {PIN} --list-objects --type privkey"
        ));
        assert!(listed.text().contains("always authenticate"), "{listed:?}");
    }

    fn uri(&self, attributes: &str) -> String {
        format!("pkcs11:{attributes}?module-path={}", self.module)
    }

    fn serve_with(&self, credentials: Option<&str>) -> Serving {
        let mut command = Command::new(binary());
        command
            .args(["--data", &self.desk.path("desk"), "serve"])
            .env("SOFTHSM2_CONF", self.desk.path("softhsm2.conf"));
        if let Some(folder) = credentials {
            command.env("CREDENTIALS_DIRECTORY", folder);
        }
        Serving::start(&mut command)
    }

    fn serve(&self) -> Serving {
        self.serve_with(None)
    }

    fn admin(&self, line: &[&str]) -> Ran {
        self.desk.run("admin", &[line, &["--lang", "en"]].concat())
    }

    fn add(&self, cert: &str, uri: &str, pin: Option<&str>) -> Ran {
        let cert = self.desk.path(cert);
        let pin = pin.map(|file| self.desk.path(file));
        let mut line = vec!["ca", "add", "--cert", &cert, "--pkcs11", uri];
        line.extend(pin.iter().flat_map(|file| ["--pin-file", file.as_str()]));
        self.admin(&line)
    }

    fn unlock(&self, pin: &str) -> Ran {
        self.admin(&["ca", "unlock", "--pin-file", &self.desk.path(pin)])
    }

    fn issue(&self, issuer: &str) -> Ran {
        self.admin(&["--json", "crl", "issue", "--issuer", issuer])
    }

    fn key_state(&self) -> String {
        let list = self.admin(&["--json", "ca", "list"]).json();
        list[0]["key"].as_str().unwrap_or_default().to_owned()
    }

    /// The published CRL of a CA, verified by openssl.
    fn verify(&self, name: &str) {
        let list = self.admin(&["--json", "ca", "list"]).json();
        let all = list.as_array().unwrap();
        let ca = all
            .iter()
            .find(|ca| ca["label"] == format!("CA_{name}_UJI"));
        let path = ca.unwrap()["path"]
            .as_str()
            .expect("it is published")
            .to_owned();
        let seen = self
            .desk
            .openssl(&format!("crl -in {path} -CAfile {name}.crt -noout"));
        assert!(seen.stderr.contains("verify OK"), "{name}: {seen:?}");
    }
}
