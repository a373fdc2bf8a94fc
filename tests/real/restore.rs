//! A backup brought back after more was revoked: nothing is un-revoked, no number is given twice, the log says what it
//! lost, and a desk that runs is never touched.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::program::binary;
use crate::support::demo::{Demo, Ran, run};
use crate::support::peer::Peer;
use crate::support::serving::Serving;

/// The jump of DOMAIN.md.
const JUMP: u64 = 1_000_000;

struct Scene {
    demo: Demo,
    backup: PathBuf,
}

impl Scene {
    /// A desk with one revocation in its backup and one after it.
    fn set() -> (Self, [String; 2]) {
        let demo = Demo::make(binary(), &["--requests", "1"]);
        let backup = demo.beside("backup.redb");
        let scene = Self { demo, backup };
        let serials: [String; 2] = scene.demo.free_serials();
        scene.demo.revoked(&serials[0]);
        scene
            .demo
            .done("admin", &["backup", scene.backup.to_str().unwrap()]);
        scene.demo.revoked(&serials[1]);
        (scene, serials)
    }

    fn restore(&self, more: &[&str]) -> Ran {
        let mut command = self.demo.ams();
        command
            .args(["--json", "restore"])
            .arg(&self.backup)
            .args(more);
        run(&mut command, b"")
    }

    fn restored(&self, more: &[&str]) -> Value {
        let ran = self.restore(more);
        assert_eq!(ran.status, Some(0), "{ran:?}");
        ran.json()
    }

    fn issuer(&self) -> Value {
        self.demo.json("admin", &["ca", "list"])[0].clone()
    }

    fn number(&self) -> u64 {
        self.issuer()["crl_number"].as_u64().unwrap()
    }

    /// The CRL that stands published under the CA's own file name.
    fn published(&self) -> PathBuf {
        let files = std::fs::read_dir(&self.demo.crl_dir).unwrap();
        let mut crls: Vec<PathBuf> = files
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "crl"))
            .collect();
        assert_eq!(crls.len(), 1, "{crls:?}");
        crls.remove(0)
    }

    fn is_listed(&self, serial: &str) -> bool {
        let mut command = Peer::OpenSsl.command().unwrap();
        command
            .args(["crl", "-noout", "-text", "-inform", "DER", "-in"])
            .arg(self.published());
        let listed = run(&mut command, b"").text().to_lowercase();
        assert!(listed.contains("crl number"), "{listed}");
        listed.contains(&format!("serial number: {serial}\n"))
    }

    fn status(&self, serial: &str) -> Value {
        self.demo.json("op", &["cert", "show", serial])["status"].clone()
    }
}

#[test]
fn a_restore_un_revokes_nothing() {
    if Peer::OpenSsl.command().is_none() {
        return;
    }
    let (scene, serials) = Scene::set();
    assert!(serials.iter().all(|serial| scene.is_listed(serial)));
    let restored = scene.restored(&[]);
    assert_eq!(restored["issuers"][0]["adopted"], 1, "{restored}");
    for serial in &serials {
        assert_eq!(scene.status(serial), "revoked");
    }
    // The next list of its own carries both.
    scene.demo.done("admin", &["crl", "issue"]);
    assert!(serials.iter().all(|serial| scene.is_listed(serial)));
    let adopted = scene.demo.json("op", &["cert", "adopted"]);
    assert_eq!(adopted[0]["serial"], serials[1]);
    assert_eq!(adopted.as_array().unwrap().len(), 1);
    scene.demo.done("admin", &["check"]);
    // What lay there before is kept.
    let before = PathBuf::from(restored["before"].as_str().unwrap());
    assert!(before.join("ams.redb").is_file());
    assert!(std::fs::read_dir(before.join("letters")).unwrap().count() >= 2);
}

#[test]
fn a_restore_into_a_folder_that_lost_its_database_un_revokes_nothing() {
    if Peer::OpenSsl.command().is_none() {
        return;
    }
    let (scene, serials) = Scene::set();
    std::fs::remove_file(scene.demo.data().join("ams.redb")).unwrap();
    let restored = scene.restored(&[]);
    assert_eq!(restored["issuers"][0]["adopted"], 1, "{restored}");
    assert_eq!(scene.status(&serials[1]), "revoked");
    scene.demo.done("admin", &["crl", "issue"]);
    assert!(serials.iter().all(|serial| scene.is_listed(serial)));
    scene.demo.done("admin", &["check"]);
}

#[test]
fn the_number_does_not_jump_back_after_a_restore() {
    let (scene, _) = Scene::set();
    let before = scene.number();
    scene.restored(&[]);
    scene.demo.done("admin", &["crl", "issue"]);
    let first = scene.number();
    assert!(first > before + JUMP, "{before} {first}");
    // Restored once more from the same backup, it goes on from there.
    let restored = scene.restored(&[]);
    assert!(restored["issuers"][0]["crl_number"].as_u64().unwrap() >= first + JUMP);
    scene.demo.done("admin", &["crl", "issue"]);
    assert!(scene.number() > first + JUMP);
    scene.demo.done("admin", &["check"]);
}

#[test]
fn a_refused_restore_leaves_the_desk_and_every_letter_as_they_were() {
    let (scene, _) = Scene::set();
    let data = scene.demo.data();
    let files = |folder: &Path| -> BTreeSet<PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    };
    let (letters, before) = (files(&data.join("letters")), files(&data));
    // The backup does not know the letter of the second revocation.
    assert!(letters.len() >= 2, "{letters:?}");
    let garbage = scene.demo.ca_cert.to_str().unwrap();
    assert_eq!(scene.restore(&["--crl", garbage]).status, Some(1));
    assert_eq!(files(&data.join("letters")), letters);
    // The copy of the backup goes with the next restore.
    let mut after = files(&data);
    after.remove(&data.join("ams.redb.restore"));
    assert_eq!(after, before);
    scene.demo.done("admin", &["check"]);

    // The same where the database is lost and the published CRL too.
    std::fs::remove_file(scene.published()).unwrap();
    std::fs::remove_file(data.join("ams.redb")).unwrap();
    let refused = scene.restore(&[]);
    assert!(refused.stderr.contains("--last-crl-number"), "{refused:?}");
    assert_eq!(files(&data.join("letters")), letters);
}

#[test]
fn without_a_published_copy_somebody_must_say_the_last_number() {
    let (scene, serials) = Scene::set();
    let number = scene.number();
    let copy = scene.demo.beside("copy.crl");
    std::fs::rename(scene.published(), &copy).unwrap();
    std::fs::remove_file(scene.demo.data().join("ams.redb")).unwrap();
    let refused = scene.restore(&[]);
    assert_eq!(refused.status, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("--last-crl-number"), "{refused:?}");
    assert!(!scene.demo.data().join("ams.redb").exists());
    let garbage = scene.demo.ca_cert.to_str().unwrap();
    assert_eq!(scene.restore(&["--crl", garbage]).status, Some(1));

    // A copy that a relying party has still tells everything.
    let restored = scene.restored(&["--crl", copy.to_str().unwrap()]);
    assert_eq!(restored["issuers"][0]["adopted"], 1);
    assert_eq!(scene.status(&serials[1]), "revoked");
    assert!(restored["issuers"][0]["crl_number"].as_u64().unwrap() >= number + JUMP);

    std::fs::remove_file(scene.demo.data().join("ams.redb")).unwrap();
    let told = (number + 40).to_string();
    let restored = scene.restored(&["--last-crl-number", &told]);
    assert_eq!(restored["issuers"][0]["crl_number"], number + 40 + JUMP);
    scene.demo.done("admin", &["crl", "issue"]);
    assert!(scene.number() > number + 40 + JUMP);
}

#[test]
fn numbers_go_on_above_the_last_that_the_key_signed_whatever_somebody_says() {
    let (scene, _) = Scene::set();
    let number = scene.number();
    std::fs::remove_file(scene.published()).unwrap();
    std::fs::remove_file(scene.demo.data().join("ams.redb")).unwrap();
    // Too low, as somebody misremembers it: the signing process wrote down what it signed.
    let restored = scene.restored(&["--last-crl-number", "1"]);
    assert_eq!(restored["issuers"][0]["crl_number"], number + JUMP);
    scene.demo.done("admin", &["crl", "issue"]);
    assert!(scene.number() > number + JUMP);
}

#[test]
fn the_log_goes_on_under_a_new_origin_that_names_what_was_lost() {
    let (scene, _) = Scene::set();
    let head = std::fs::read_to_string(scene.demo.crl_dir.join("log-checkpoint.txt")).unwrap();
    let mut lines = head.lines();
    let origin = lines.next().unwrap().to_owned();
    let size: u64 = lines.next().unwrap().parse().unwrap();
    let restored = scene.restored(&[]);
    assert_eq!(restored["log_origin"], format!("{origin}/2"));
    let kept = restored["log_entries"].as_u64().unwrap();
    assert!(kept < size);
    let entry = scene
        .demo
        .run("auditor", &["log", "show", &kept.to_string()]);
    let entry = entry.text();
    assert!(entry.contains("LOG_ASAL_BARU"), "{entry}");
    assert!(entry.contains(&format!("\"count\":{size}")), "{entry}");
    scene.demo.done("auditor", &["log", "verify"]);

    // An outsider verifies the export with the same public key as ever.
    let export = scene.demo.done("auditor", &["log", "export"]).stdout;
    let file = scene.demo.beside("log.jsonl");
    std::fs::write(&file, &export).unwrap();
    let header: Value =
        serde_json::from_str(String::from_utf8_lossy(&export).lines().next().unwrap()).unwrap();
    let key = header["public_key"].as_str().unwrap();
    let mut verify = Command::new(binary());
    verify
        .args(["log", "verify", "--public-key", key])
        .arg(&file);
    let verified = run(&mut verify, b"");
    assert_eq!(verified.status, Some(0), "{verified:?}");

    // A second restore closes both.
    let restored = scene.restored(&[]);
    assert_eq!(restored["log_origin"], format!("{origin}/3"));
    scene.demo.done("auditor", &["log", "verify"]);
    scene.demo.done("admin", &["check"]);
}

#[test]
fn a_desk_that_runs_and_a_folder_without_its_key_are_not_restored_into() {
    let (scene, _) = Scene::set();
    {
        let _serving = Serving::start(scene.demo.ams().arg("serve"));
        let refused = scene.restore(&[]);
        assert_eq!(refused.status, Some(1), "{refused:?}");
    }
    std::fs::remove_file(scene.demo.data().join("ams.redb")).unwrap();
    std::fs::rename(
        scene.demo.data().join("desk.key"),
        scene.demo.beside("desk.key"),
    )
    .unwrap();
    let refused = scene.restore(&[]);
    assert_eq!(refused.status, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("desk.key"), "{refused:?}");
    assert!(!scene.demo.data().join("ams.redb").exists());
}
