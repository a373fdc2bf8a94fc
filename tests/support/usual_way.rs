//! The usual way of one revocation by commands, for tests that are about something else.

use serde_json::Value;

use super::demo::Demo;
use super::letters::LETTER;

impl Demo {
    /// The applicant's own request with all that it needs, submitted; what the command says of it.
    pub fn filed(&self, serial: &str) -> Value {
        let line = [
            "request",
            "new",
            "--owner",
            "pemohon",
            "--serial",
            serial,
            "--reason",
            "lupa-passphrase",
            "--letter",
            LETTER,
            "--letter-number",
            "800/017/UJI/2026",
            "--letter-date",
            "2026-11-20",
            "--superior",
            "Atasan Uji",
            "--superior-nip",
            "196903151994031005",
        ];
        self.json("pemohon", &line)
    }

    /// The same, taken by `op` up to the matched name; its number.
    pub fn matched(&self, serial: &str) -> String {
        let number = self.filed(serial)["number"].as_str().unwrap().to_owned();
        self.done("op", &["request", "claim", &number]);
        self.done("op", &["request", "verify", &number, "--all-checked"]);
        self.done("op", &["request", "match", &number]);
        number
    }

    /// The same, revoked; its number.
    pub fn revoked(&self, serial: &str) -> String {
        let number = self.matched(serial);
        let last_four = &serial[serial.len() - 4..];
        let line = ["request", "revoke", &number, "--confirm", last_four];
        self.done("op", &line);
        number
    }
}
