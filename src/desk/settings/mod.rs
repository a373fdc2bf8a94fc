//! Every setting of the desk as one table: key, default, what it is, how its text is read.
//! Kept as text in the database; a change is logged by its key, never by its value.

use std::path::PathBuf;

use crate::domain::instant::{HOUR, MINUTE};
use crate::domain::{Language, Policy};

mod table;

pub use table::SETTINGS;

/// How mail leaves the desk.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum MailMode {
    /// `.eml` files in a folder.
    #[default]
    Folder,
    StartTls,
    ImplicitTls,
    /// Without encryption; to this machine only.
    Plain,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MailSettings {
    pub mode: MailMode,
    pub host: String,
    pub port: u16,
    pub user: String,
    /// Sealed under the desk's key; open it with the vault.
    pub password: String,
    pub from: String,
    /// An additional root certificate (PEM) for a private CA.
    pub ca_file: Option<PathBuf>,
    pub folder: Option<PathBuf>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CrlSettings {
    /// Where published CRLs go; the data folder's `crl` when unset.
    pub folder: Option<PathBuf>,
    /// Base URL under which the folder is served.
    pub url: String,
    /// Whether the desk looks at the URL from outside after a publication.
    pub outside_look: bool,
    /// thisUpdate to nextUpdate, milliseconds.
    pub validity: i64,
    /// A regular CRL at least this often, milliseconds.
    pub interval: i64,
    /// How many published CRLs of one name are kept in the data folder.
    pub history: u32,
    /// How long they are kept at most, milliseconds; however long where absent.
    pub history_age: Option<i64>,
}

/// All settings, read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    pub policy: Policy,
    pub mail: MailSettings,
    pub crl: CrlSettings,
    /// The PKCS#11 module of keys whose URI names none.
    pub pkcs11_module: Option<PathBuf>,
    /// Lines of the letterhead on the statement-letter form.
    pub letterhead: Vec<String>,
    /// City named before the date on the form.
    pub letter_place: String,
    pub sop_number: String,
    pub desk_name: String,
    /// Whom a mail names for "bukan Anda? hubungi …".
    pub contact: String,
    pub language: Language,
    /// The name under which people reach the desk by SSH; the machine's own when empty.
    pub ssh_name: String,
    pub idle_lock: i64,
    pub session_end: i64,
    pub draft_resume: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            mail: MailSettings {
                port: 587,
                from: "ams@localhost.localdomain".to_owned(),
                ..MailSettings::default()
            },
            crl: CrlSettings {
                folder: None,
                url: String::new(),
                outside_look: false,
                validity: 48 * HOUR,
                interval: 24 * HOUR,
                history: 50,
                history_age: None,
            },
            pkcs11_module: None,
            letterhead: vec!["INSTANSI".to_owned()],
            letter_place: "……………".to_owned(),
            sop_number: String::new(),
            desk_name: "Meja Pencabutan Sertifikat".to_owned(),
            contact: "administrator AMS".to_owned(),
            language: Language::Id,
            ssh_name: String::new(),
            idle_lock: 15 * MINUTE,
            session_end: 8 * HOUR,
            draft_resume: 30 * MINUTE,
        }
    }
}

/// The form of a setting that names a file or folder on the desk's host.
const ABSOLUTE_PATH: &str = "an absolute path";

/// One row of the table.
pub struct Setting {
    pub key: &'static str,
    /// What it is, Indonesian and English.
    pub help: [&'static str; 2],
    /// What a value looks like, named when one is refused.
    pub form: &'static str,
    /// Never shown; read from a prompt or standard input only.
    pub secret: bool,
    /// Reads a value into the settings; `None` when it does not fit `form`.
    read: fn(&mut Settings, &str) -> Option<()>,
    show: fn(&Settings) -> String,
}

impl std::fmt::Debug for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Setting({})", self.key)
    }
}

/// Why a setting was not taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SettingError {
    #[error("{key}: no such setting")]
    Unknown { key: String },
    #[error("{key}: expected {form}")]
    Form {
        key: &'static str,
        form: &'static str,
    },
}

/// The row with this key.
pub fn find(key: &str) -> Result<&'static Setting, SettingError> {
    SETTINGS
        .iter()
        .find(|s| s.key == key)
        .ok_or_else(|| SettingError::Unknown {
            key: key.to_owned(),
        })
}

impl Setting {
    /// Reads `value` into a copy of `settings`.
    pub fn set(&self, settings: &Settings, value: &str) -> Result<Settings, SettingError> {
        let mut changed = settings.clone();
        (self.read)(&mut changed, value)
            .map(|()| changed)
            .ok_or(SettingError::Form {
                key: self.key,
                form: self.form,
            })
    }

    /// Whether it names a file or folder on the desk's host, which the desk itself opens.
    pub fn is_path(&self) -> bool {
        self.form == ABSOLUTE_PATH
    }

    /// The value as text that reads back, or a mask for a secret.
    pub fn value(&self, settings: &Settings) -> String {
        (self.show)(settings)
    }
}

impl Settings {
    /// Settings from what the database has; a stored value that no longer fits is skipped and its key returned.
    pub fn read(stored: &[(String, String)]) -> (Self, Vec<String>) {
        let mut settings = Self::default();
        let mut skipped = Vec::new();
        // The two CRL periods bound each other, so a pair that is legal together may need a second round.
        let mut waiting: Vec<&(String, String)> = stored.iter().collect();
        for _ in 0..2 {
            let mut refused = Vec::new();
            for row in waiting {
                match find(&row.0).and_then(|s| s.set(&settings, &row.1)) {
                    Ok(changed) => settings = changed,
                    Err(_) => refused.push(row),
                }
            }
            waiting = refused;
        }
        skipped.extend(waiting.into_iter().map(|(key, _)| key.clone()));
        (settings, skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_shown_reads_back() {
        let settings = Settings::default();
        for row in SETTINGS.iter().filter(|s| !s.secret) {
            let shown = row.value(&settings);
            let back = row.set(&settings, &shown).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(row.value(&back), shown, "{}", row.key);
        }
    }

    #[test]
    fn unsafe_periods_are_refused() {
        let settings = Settings::default();
        assert!(
            find("crl.interval_hours")
                .unwrap()
                .set(&settings, "48")
                .is_err()
        );
        assert!(
            find("crl.validity_hours")
                .unwrap()
                .set(&settings, "241")
                .is_err()
        );
        let stored = [("crl.interval_hours", "100"), ("crl.validity_hours", "200")];
        let stored: Vec<_> = stored
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        let (read, skipped) = Settings::read(&stored);
        assert_eq!((read.crl.interval / HOUR, skipped.len()), (100, 0));
    }

    #[test]
    fn keys_are_unique() {
        let mut keys: Vec<_> = SETTINGS.iter().map(|s| s.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), SETTINGS.len());
    }
}
