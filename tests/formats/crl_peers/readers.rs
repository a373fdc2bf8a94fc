//! Programs of others that read CRLs, each asked the same: did it take the list, and what becomes of the certificates.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::is_here;
use super::scene::{Decision, Kind, Scene};
use crate::peer::try_openssl;

/// What a reader made of one kind of list of one issuer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    /// It read the list of this kind without a complaint.
    pub read: bool,
    /// In the order of the kind's questions; empty for a reader that decides nothing.
    pub decisions: Vec<Decision>,
}

/// A reader of CRLs.
pub struct Reader {
    pub name: &'static str,
    pub is_here: fn() -> bool,
    /// One answer for each issuer.
    pub see: fn(&[Scene], &Question) -> Vec<Seen>,
}

/// Lists by name, the one in question last, and certificates by name.
pub struct Question {
    pub kind: Kind,
    pub lists: Vec<&'static str>,
    pub certificates: Vec<&'static str>,
}

pub const OPENSSL: Reader = Reader {
    name: "OpenSSL",
    is_here: crate::peer::openssl_is_here,
    see: |scenes, question| {
        scenes
            .iter()
            .map(|scene| openssl(scene, question))
            .collect()
    },
};

pub const GNUTLS: Reader = Reader {
    name: "GnuTLS",
    is_here: || {
        is_here(
            Command::new("certtool").arg("--version"),
            "apt install gnutls-bin",
        )
    },
    see: |scenes, question| scenes.iter().map(|scene| gnutls(scene, question)).collect(),
};

pub const CRYPTOGRAPHY: Reader = Reader {
    name: "cryptography",
    is_here: || {
        let question = ["-c", "import cryptography"];
        is_here(
            Command::new("python3").args(question),
            "pip install cryptography",
        )
    },
    see: |scenes, question| {
        let script = include_str!("readers/relying_party.py");
        script_sees(
            Command::new("python3").args(["-c", script]),
            scenes,
            question,
        )
    },
};

pub const PKILINT: Reader = Reader {
    name: "pkilint",
    is_here: || {
        let question = ["-c", "import pkilint.bin.lint_crl"];
        is_here(
            Command::new("python3").args(question),
            "pip install pkilint",
        )
    },
    see: pkilint,
};

pub const JAVA: Reader = Reader {
    name: "Java",
    is_here: || {
        let question = ["--list-modules"];
        is_here(
            Command::new("java").args(question),
            "apt install openjdk-17-jdk-headless",
        )
    },
    see: |scenes, question| {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("RelyingParty.java");
        fs::write(&program, include_str!("readers/RelyingParty.java")).unwrap();
        script_sees(Command::new("java").arg(program), scenes, question)
    },
};

pub const NSS: Reader = Reader {
    name: "NSS",
    is_here: || {
        let database = tempfile::tempdir().unwrap();
        let question = ["-N", "--empty-password", "-d"];
        is_here(
            Command::new("certutil").args(question).arg(database.path()),
            "apt install libnss3-tools",
        )
    },
    see: |scenes, question| scenes.iter().map(|scene| nss(scene, question)).collect(),
};

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

/// `openssl verify` with the switches that the kind needs.
fn openssl(scene: &Scene, question: &Question) -> Seen {
    let switches = match question.kind {
        Kind::Complete => "-crl_check",
        Kind::Delta => "-crl_check -extended_crl -use_deltas",
        Kind::Partition => "-crl_check -extended_crl",
    };
    let lists: String = question
        .lists
        .iter()
        .map(|l| format!(" -CRLfile {l}.crl.pem"))
        .collect();
    let list = question.lists.last().unwrap();
    let printed = try_openssl(
        &scene.folder,
        &format!("crl -in {list}.crl.pem -noout -text"),
    );
    let decisions = question.certificates.iter().map(|name| {
        let arguments = format!("verify {switches} -CAfile ca.pem{lists} {name}.pem");
        let output = try_openssl(&scene.folder, &arguments);
        match said(&output) {
            text if output.status.success() && text.contains(": OK") => Decision::Accepted,
            text if text.contains("error 23 ") => Decision::Revoked,
            text if text.contains("CRL") => Decision::Unknown,
            text => panic!("{text}"),
        }
    });
    Seen {
        read: printed.status.success(),
        decisions: decisions.collect(),
    }
}

/// `certtool --verify` with the lists in one file. It believes whatever list it is given, so its `--verify-crl` says
/// whether one may be given to it.
fn gnutls(scene: &Scene, question: &Question) -> Seen {
    let run = |arguments: &[&str]| {
        let command = Command::new("certtool")
            .args(arguments)
            .current_dir(&scene.folder)
            .output();
        said(&command.unwrap())
    };
    let lists: Vec<String> = question
        .lists
        .iter()
        .map(|list| fs::read_to_string(scene.path(&format!("{list}.crl.pem"))).unwrap())
        .collect();
    fs::write(scene.path("lists.pem"), lists.concat()).unwrap();
    let list = format!("{}.crl.pem", question.lists.last().unwrap());
    let verified = run(&[
        "--verify-crl",
        "--load-ca-certificate",
        "ca.pem",
        "--infile",
        &list,
    ]);
    let decisions = question.certificates.iter().map(|name| {
        let text = run(&[
            "--verify-profile",
            "low",
            "--verify",
            "--load-ca-certificate",
            "ca.pem",
            "--load-crl",
            "lists.pem",
            "--infile",
            &format!("{name}.pem"),
        ]);
        let chain = text
            .split("Chain verification output:")
            .nth(1)
            .unwrap_or_default();
        // Without a list that it believes it says nothing about revocation, and trusts.
        match chain {
            _ if !text.contains("Checked against CRL") => Decision::Unknown,
            c if c.contains("is revoked") => Decision::Revoked,
            c if c.contains("is trusted") => Decision::Accepted,
            _ => panic!("{text}"),
        }
    });
    Seen {
        decisions: decisions.collect(),
        read: verified.contains("Verified.") && !verified.contains("Not verified"),
    }
}

/// A program that prints `FOLDER read` or `FOLDER refused`, then `FOLDER CERTIFICATE DECISION`.
fn script_sees(command: &mut Command, scenes: &[Scene], question: &Question) -> Vec<Seen> {
    let output = command
        .arg(question.lists.join(","))
        .arg(question.certificates.join(","))
        .args(scenes.iter().map(|scene| scene.folder.as_os_str()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let text = String::from_utf8_lossy(&output.stdout);
    let about = |scene: &Scene, what: &str| {
        let start = format!("{} {what}", scene.folder.display());
        text.lines().find_map(|line| {
            line.strip_prefix(&start)?
                .strip_prefix(' ')
                .map(str::to_owned)
        })
    };
    scenes
        .iter()
        .map(|scene| Seen {
            read: text
                .lines()
                .any(|line| line == format!("{} read", scene.folder.display())),
            decisions: question
                .certificates
                .iter()
                .map(|name| match about(scene, name).as_deref() {
                    Some("accepted") => Decision::Accepted,
                    Some("revoked") => Decision::Revoked,
                    Some("unknown") => Decision::Unknown,
                    other => panic!("{name}: {other:?} in {text}"),
                })
                .collect(),
        })
        .collect()
}

/// Judges lists with pkilint's linter in one process; a file with a finding of WARNING or above is named.
const LINT: &str = "
import contextlib, io, sys
from pkilint.bin import lint_crl
for name in sys.argv[1:]:
    report = io.StringIO()
    with contextlib.redirect_stdout(report):
        found = lint_crl.main(['lint', '-t', 'CRL', '-p', 'PKIX', '-s', 'WARNING', '--document-format', 'DER', name])
    print(name, 'found ' + report.getvalue().replace('\\n', ' ') if found else 'clean')
";

fn pkilint(scenes: &[Scene], question: &Question) -> Vec<Seen> {
    let list = format!("{}.crl", question.lists.last().unwrap());
    let files: Vec<_> = scenes.iter().map(|scene| scene.path(&list)).collect();
    let output = Command::new("python3")
        .args(["-c", LINT])
        .args(&files)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let text = said(&output);
    let clean = |file: &Path| {
        text.lines()
            .any(|line| line == format!("{} clean", file.display()))
    };
    files
        .iter()
        .map(|file| Seen {
            read: clean(file),
            decisions: Vec::new(),
        })
        .collect()
}

/// NSS: the lists imported into a database with `crlutil`, the certificates judged with `certutil`.
fn nss(scene: &Scene, question: &Question) -> Seen {
    let database = tempfile::tempdir_in(&scene.folder).unwrap();
    let run = |program: &str, arguments: &[&str], file: Option<&OsStr>| {
        let mut command = Command::new(program);
        command.args(arguments).arg("-d").arg(database.path());
        let command = command
            .args(file.map(|_| "-i"))
            .args(file)
            .current_dir(&scene.folder)
            .output();
        said(&command.unwrap())
    };
    run("certutil", &["-N", "--empty-password"], None);
    let ca = run(
        "certutil",
        &["-A", "-n", "ca", "-t", "CT,C,C"],
        Some(OsStr::new("ca.pem")),
    );
    let mut complaint = ca;
    for list in &question.lists {
        complaint += &run("crlutil", &["-I"], Some(OsStr::new(&format!("{list}.crl"))));
    }
    let listed = run("crlutil", &["-L"], None);
    let decisions = question.certificates.iter().map(|name| {
        run(
            "certutil",
            &["-A", "-n", name, "-t", ",,"],
            Some(OsStr::new(&format!("{name}.pem"))),
        );
        let text = run("certutil", &["-V", "-n", name, "-u", "C", "-e"], None);
        // Without a list of the issuer it takes every certificate for good.
        match &text {
            _ if !listed.contains("\nca ") => Decision::Unknown,
            t if t.contains("is valid") => Decision::Accepted,
            t if t.contains("has been revoked") => Decision::Revoked,
            _ => panic!("{text}"),
        }
    });
    Seen {
        decisions: decisions.collect(),
        read: !complaint.contains("SEC_ERROR"),
    }
}
