//! A real (not a demo) desk made by the real binary in a folder of its own, with its admin.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::demo::{Ran, check_shape, run, without_terminal};

/// A new desk with its admin, whose password was changed.
pub struct NewDesk {
    binary: PathBuf,
    folder: tempfile::TempDir,
}

impl NewDesk {
    pub fn make(binary: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = Self {
            binary: binary.to_owned(),
            folder,
        };
        let data = desk.path("desk");
        let made = without_terminal(binary, &["--data", &data, "--json", "init"]);
        assert_eq!(made.status, Some(0), "{made:?}");
        check_shape(&made.json());
        desk.change_password("admin", made.json()["password"].as_str().unwrap());
        desk
    }

    /// A file beside the data folder, gone with it.
    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        std::fs::write(self.folder.path().join(name), content).unwrap();
        self.path(name)
    }

    /// Runs openssl beside the data folder; it must succeed.
    pub fn openssl(&self, line: &str) -> Ran {
        let mut command = Command::new("openssl");
        command
            .args(line.split_whitespace())
            .current_dir(self.folder.path());
        let ran = run(&mut command, b"");
        assert_eq!(ran.status, Some(0), "openssl {line}: {}", ran.stderr);
        ran
    }

    /// The first login: nothing is possible until the one-time password was changed.
    pub fn change_password(&self, user: &str, one_time: &str) {
        self.write(&format!("pw-{user}"), one_time);
        let early = self.run(user, &["request", "list"]);
        assert_eq!(early.status, Some(1), "{early:?}");
        assert!(early.stderr.contains("ams account passwd"), "{early:?}");
        let new = self.write("new", format!("kalimat panjang milik orang {}", user.len()));
        let ran = self.run(user, &["account", "passwd", "--new-password-file", &new]);
        assert_eq!(ran.status, Some(0), "{ran:?}");
        std::fs::rename(&new, self.path(&format!("pw-{user}"))).unwrap();
    }

    /// What a command line of that user begins with.
    pub fn head(&self, user: &str) -> [String; 6] {
        [
            "--data".to_owned(),
            self.path("desk"),
            "--user".to_owned(),
            user.to_owned(),
            "--password-file".to_owned(),
            self.path(&format!("pw-{user}")),
        ]
    }

    pub fn run(&self, user: &str, line: &[&str]) -> Ran {
        let head = self.head(user);
        let head: Vec<&str> = head.iter().map(String::as_str).collect();
        without_terminal(&self.binary, &[&head, line].concat())
    }
}

/// A copy of a folder with its modes, and of all that is in it.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for item in fs::read_dir(from).unwrap() {
        let item = item.unwrap();
        let target = to.join(item.file_name());
        if item.file_type().unwrap().is_dir() {
            copy_folder(&item.path(), &target);
        } else {
            fs::copy(item.path(), target).unwrap();
        }
    }
}
