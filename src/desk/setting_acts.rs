//! Settings as people read and change them: permission, form, one transaction, logged by key and never by value.
//! A secret is sealed under the desk's key before it is stored and never shown again.

use crate::audit::{Action, ObjectRef, SettingKey};
use crate::domain::Role;
use crate::domain::permission::{Permission, may};

use super::mailer::PASSWORD_PURPOSE;
use super::settings::{self, SETTINGS, Setting, Settings};
use super::transaction::Signer;
use super::view::Change;
use super::{Desk, DeskError, Identity, act, environment, publisher};

/// A setting as it is listed.
#[derive(Clone, Debug)]
pub struct SettingView {
    pub setting: &'static Setting,
    /// The value as text that reads back; a mask for a secret.
    pub value: String,
    /// What applies where the value is empty: a folder of the data folder.
    pub in_effect: Option<String>,
    /// Set by somebody; otherwise the value is the default.
    pub changed: bool,
}

/// Settings that show in the CRL itself or in where it lies: a new one is made at once.
const SHOWN_IN_CRL: [&str; 3] = ["crl.folder", "crl.validity_hours", "policy.keep_expired"];

impl Desk {
    /// Every setting in the table's order.
    pub fn setting_views(&self, who: &Identity) -> Result<Vec<SettingView>, DeskError> {
        let reader = self.inner.store.read()?;
        may(&act::present(&reader, who)?, Permission::ReadSettings)?;
        let stored = reader.settings()?;
        let current = self.settings();
        Ok(SETTINGS
            .iter()
            .map(|setting| SettingView {
                setting,
                value: setting.value(&current),
                in_effect: self.in_the_data_folder(setting.key, &current),
                changed: stored.iter().any(|(key, _)| key == setting.key),
            })
            .collect())
    }

    /// The folder that stands in for one that is not set.
    fn in_the_data_folder(&self, key: &str, current: &Settings) -> Option<String> {
        let folder = match key {
            "crl.folder" if current.crl.folder.is_none() => self.inner.folder.crl(),
            "mail.folder" if current.mail.folder.is_none() => self.inner.folder.mail(),
            _ => return None,
        };
        Some(folder.display().to_string())
    }

    /// Changes one setting. What would not fit beside the others is refused.
    pub fn set_setting(&self, who: &Identity, key: &str, value: &str) -> Result<(), DeskError> {
        let setting = settings::find(key)?;
        let object = ObjectRef::Setting(
            SettingKey::from_static(setting.key).map_err(|e| DeskError::Log(e.to_string()))?,
        );
        let signer = Signer::person(who.person(), &[Role::Admin]);
        self.transact(signer, |tx| {
            may(&act::present(tx.writer, who)?, Permission::ChangeSettings)?;
            let value = if setting.secret {
                self.seal_setting(value)?
            } else {
                value.to_owned()
            };
            let changed = setting.set(&self.settings(), &value)?;
            if setting.key.starts_with("crl.") {
                for issuer in self.issuer_states() {
                    publisher::period(&issuer.record.settings, &changed)?;
                }
            }
            // Kept as the table writes it, so that what is stored always reads back.
            let kept = if setting.secret {
                value
            } else {
                setting.value(&changed)
            };
            tx.writer.set_setting(setting.key, &kept)?;
            tx.log(Action::PENGATURAN_DIUBAH, object.clone(), |_| {})?;
            tx.changed(Change::Settings);
            if SHOWN_IN_CRL.contains(&setting.key) {
                for issuer in self.issuer_states() {
                    publisher::ask_issuer(tx, issuer.record.id)?;
                }
                tx.wake_publisher();
            }
            Ok(())
        })
        .map_err(|e| self.refused(signer, object, e))
    }

    fn seal_setting(&self, value: &str) -> Result<String, DeskError> {
        if value.is_empty() {
            return Ok(String::new());
        }
        let nonce = environment::octets(&*self.inner.random)?;
        let sealed = self
            .inner
            .vault
            .seal(PASSWORD_PURPOSE, nonce, value.as_bytes())?;
        Ok(hex::encode(sealed))
    }
}
