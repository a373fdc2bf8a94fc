//! How one issuer's CRLs are made, as an admin reads and changes it: a table of keys, each read from its text. What is
//! unsafe, or of no use to any certificate, is refused before it is kept.

use crate::audit::{Action, ObjectRef};
use crate::domain::distinguished_name::printable;
use crate::domain::instant::{HOUR, MINUTE};
use crate::domain::permission::{Permission, may};
use crate::domain::{CrlNumber, IssuerId, Refusal, Role};
use crate::pki::plan::{DistributionPointUri, UnsafePeriod};
use crate::pki::publish::CrlFileName;
use crate::store::{DeltaSettings, IssuerRecord, IssuerSettings, PartitionSettings, Reader};

use super::settings::SettingError;
use super::transaction::{Signer, found};
use super::view::Change;
use super::{Desk, DeskError, Identity, act, publisher};

/// One row of the table.
pub struct IssuerSetting {
    pub key: &'static str,
    /// What it is, Indonesian and English.
    pub help: [&'static str; 2],
    /// What a value looks like.
    pub form: &'static str,
    read: fn(&mut IssuerSettings, &str) -> Option<()>,
    show: fn(&IssuerSettings) -> String,
}

/// An issuer's settings as they are listed.
#[derive(Debug)]
pub struct IssuerSettingsView {
    /// Each with its value as text.
    pub values: Vec<(&'static IssuerSetting, String)>,
    /// What applies where the value is empty, by key: the desk's own.
    pub of_the_desk: Vec<(&'static str, String)>,
    /// URIs in the cRLDistributionPoints of its certificates.
    pub points: Vec<String>,
}

/// One setting of an issuer that is to be changed.
#[derive(Clone, Copy, Debug)]
pub struct IssuerSettingChange<'a> {
    pub key: &'a str,
    /// What it was when the person looked; one that reads otherwise by now is not changed.
    pub seen: Option<&'a str>,
    pub value: &'a str,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct IssuerSettingRefused {
    /// The setting that it is about, where it is about one.
    pub key: Option<&'static str>,
    #[source]
    pub error: DeskError,
}

impl From<DeskError> for IssuerSettingRefused {
    fn from(error: DeskError) -> Self {
        Self { key: None, error }
    }
}

const URL: &str = "an http or https URL, or nothing";
const HOURS: &str = "whole hours, or nothing for the desk's";
const MINUTES: &str = "whole minutes";
/// Between two delta CRLs, unless set.
const DELTA_INTERVAL: i64 = HOUR;
const DELTA_VALIDITY: i64 = 3 * HOUR;

/// The settings of an issuer, in the order they are listed.
pub static ISSUER_SETTINGS: &[IssuerSetting] = &[
    IssuerSetting {
        key: "interval_hours",
        help: ["Jarak CRL rutin, jam", "Regular CRL every, hours"],
        form: HOURS,
        read: |s, v| {
            s.interval = optional(v, |v| span(v, HOUR))?;
            Some(())
        },
        show: |s| shown(s.interval, HOUR),
    },
    IssuerSetting {
        key: "validity_hours",
        help: ["Masa berlaku CRL, jam", "Validity of a CRL, hours"],
        form: HOURS,
        read: |s, v| {
            s.validity = optional(v, |v| span(v, HOUR))?;
            Some(())
        },
        show: |s| shown(s.validity, HOUR),
    },
    IssuerSetting {
        key: "url",
        help: ["URL CRL lengkap", "URL of the complete CRL"],
        form: URL,
        read: |s, v| {
            s.crl_url = optional(v, url)?;
            Some(())
        },
        show: |s| s.crl_url.clone().unwrap_or_default(),
    },
    IssuerSetting {
        key: "delta_url",
        help: [
            "URL CRL delta; kosong berarti tanpa delta",
            "URL of the delta CRL; nothing means no delta",
        ],
        form: URL,
        read: |s, v| {
            s.delta = match (optional(v, url)?, s.delta.take()) {
                (None, _) => None,
                (Some(url), Some(delta)) => Some(DeltaSettings { url, ..delta }),
                (Some(url), None) => Some(DeltaSettings {
                    url,
                    file_name: String::new(),
                    interval: DELTA_INTERVAL,
                    validity: DELTA_VALIDITY,
                    since: CrlNumber::ZERO,
                }),
            };
            Some(())
        },
        show: |s| s.delta.as_ref().map(|d| d.url.clone()).unwrap_or_default(),
    },
    IssuerSetting {
        key: "delta_interval_minutes",
        help: ["Jarak CRL delta, menit", "Delta CRL every, minutes"],
        form: MINUTES,
        read: |s, v| {
            s.delta.as_mut()?.interval = span(v, MINUTE)?;
            Some(())
        },
        show: |s| shown(s.delta.as_ref().map(|d| d.interval), MINUTE),
    },
    IssuerSetting {
        key: "delta_validity_minutes",
        help: [
            "Masa berlaku CRL delta, menit",
            "Validity of a delta CRL, minutes",
        ],
        form: MINUTES,
        read: |s, v| {
            s.delta.as_mut()?.validity = span(v, MINUTE)?;
            Some(())
        },
        show: |s| shown(s.delta.as_ref().map(|d| d.validity), MINUTE),
    },
    IssuerSetting {
        key: "partitions",
        help: [
            "Titik distribusi dengan CRL partisi sendiri",
            "Distribution points with a partitioned CRL of their own",
        ],
        form: "URIs that certificates name, separated by blanks; or nothing",
        read: |s, v| {
            let mut partitions = Vec::new();
            for uri in v.split_ascii_whitespace() {
                DistributionPointUri::parse(uri)?;
                let old = s.partitions.iter().find(|p| p.uri == uri);
                let file_name = old.map(|p| p.file_name.clone()).unwrap_or_default();
                partitions.push(PartitionSettings {
                    uri: uri.to_owned(),
                    file_name,
                });
            }
            partitions.sort_by(|a, b| a.uri.cmp(&b.uri));
            partitions.dedup_by(|a, b| a.uri == b.uri);
            s.partitions = partitions;
            Some(())
        },
        show: |s| {
            let uris: Vec<_> = s.partitions.iter().map(|p| p.uri.as_str()).collect();
            uris.join(" ")
        },
    },
];

impl IssuerSettingsView {
    /// What applies for a setting whose value is empty; `None` where nothing does.
    pub fn of_the_desk(&self, key: &str) -> Option<&str> {
        let found = self.of_the_desk.iter().find(|(of, _)| *of == key);
        found.map(|(_, value)| value.as_str())
    }
}

impl IssuerSetting {
    /// The value as text that reads back.
    pub fn value(&self, record: &IssuerSettings) -> String {
        (self.show)(record)
    }
}

impl std::fmt::Debug for IssuerSetting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IssuerSetting({})", self.key)
    }
}

/// `Some(None)` for nothing, the value read otherwise.
fn optional<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    match text.trim() {
        "" => Some(None),
        text => read(text).map(Some),
    }
}

fn span(text: &str, unit: i64) -> Option<i64> {
    let amount: i64 = text.trim().parse().ok()?;
    (1..=100_000).contains(&amount).then_some(amount * unit)
}

fn shown(value: Option<i64>, unit: i64) -> String {
    value.map(|v| (v / unit).to_string()).unwrap_or_default()
}

fn url(text: &str) -> Option<String> {
    let known = text.starts_with("http://") || text.starts_with("https://");
    DistributionPointUri::parse(text).filter(|_| known)?;
    Some(text.to_owned())
}

impl Desk {
    /// How an issuer's CRLs are made, and the distribution points that its certificates name.
    pub fn issuer_settings(
        &self,
        who: &Identity,
        issuer: IssuerId,
    ) -> Result<IssuerSettingsView, DeskError> {
        self.permit(who, Permission::ReadCrls)?;
        let reader = self.inner.store.read()?;
        let record = found(reader.issuer(issuer))?;
        let values = ISSUER_SETTINGS
            .iter()
            .map(|setting| (setting, setting.value(&record.settings)))
            .collect();
        let points = reader.points(issuer)?.into_iter().map(|p| p.uri).collect();
        let crl = self.settings().crl.clone();
        let mut of_the_desk = vec![
            ("interval_hours", (crl.interval / HOUR).to_string()),
            ("validity_hours", (crl.validity / HOUR).to_string()),
        ];
        if !crl.url.is_empty() {
            of_the_desk.push(("url", format!("{}/{}", crl.url, record.settings.file_name)));
        }
        Ok(IssuerSettingsView {
            values,
            of_the_desk,
            points,
        })
    }

    /// Changes one setting of an issuer; a new CRL follows.
    pub fn set_issuer_setting(
        &self,
        who: &Identity,
        issuer: IssuerId,
        key: &str,
        value: &str,
    ) -> Result<(), DeskError> {
        let change = IssuerSettingChange {
            key,
            seen: None,
            value,
        };
        self.set_issuer_settings(who, issuer, &[change])
            .map_err(|refused| refused.error)
    }

    /// Changes several settings of an issuer at once, or none: they are held against each other only when all are read.
    pub fn set_issuer_settings(
        &self,
        who: &Identity,
        issuer: IssuerId,
        changes: &[IssuerSettingChange<'_>],
    ) -> Result<(), IssuerSettingRefused> {
        let signer = Signer::person(who.person(), &[Role::Admin]);
        let object = ObjectRef::Issuer(issuer);
        for change in changes {
            if !ISSUER_SETTINGS.iter().any(|s| s.key == change.key) {
                let key = printable(change.key);
                return Err(DeskError::from(SettingError::Unknown { key }).into());
            }
        }
        let mut about = None;
        let changed = self.transact(signer, |tx| {
            may(&act::present(tx.writer, who)?, Permission::ManageIssuers)?;
            let mut record = tx
                .writer
                .issuer(issuer)?
                .ok_or(DeskError::Refused(Refusal::IssuerUnknown))?;
            let had_delta = record.settings.delta.is_some();
            let before = record.settings.clone();
            // In the table's order: a delta CRL is there before its periods are.
            for setting in ISSUER_SETTINGS {
                let Some(change) = changes.iter().find(|c| c.key == setting.key) else {
                    continue;
                };
                about = Some(setting.key);
                if change
                    .seen
                    .is_some_and(|seen| seen != setting.value(&before))
                {
                    let what = setting.key.to_owned();
                    return Err(DeskError::ChangedMeanwhile { what });
                }
                (setting.read)(&mut record.settings, change.value)
                    .ok_or_else(|| DeskError::bad_value(setting.key, setting.form))?;
            }
            about = None;
            self.check_issuer_settings(tx.writer, &mut record)
                .map_err(|refused| {
                    about = refused.key;
                    refused.error
                })?;
            if let Some(delta) = record.settings.delta.as_mut().filter(|_| !had_delta) {
                // Changes are written down from now on: the CRL that is out now can be the first base.
                let published = tx.writer.crl_numbers(issuer)?.published;
                delta.since = published.unwrap_or_default();
                tx.writer.set_delta_base(issuer, published)?;
            }
            tx.writer.put_issuer(&record)?;
            tx.log(Action::PENERBIT_DIATUR, object.clone(), |_| {})?;
            publisher::ask_issuer(tx, issuer)?;
            tx.changed(Change::Crl(issuer));
            Ok(())
        });
        changed.map_err(|error| IssuerSettingRefused {
            key: about,
            error: self.refused(signer, object, error),
        })?;
        self.load_issuers()?;
        // Only now do the workers see the new settings.
        self.inner.wake.publisher();
        self.inner.wake.scheduler();
        Ok(())
    }

    /// Refuses periods that are unsafe and partitions that no certificate names, and gives new files their names.
    fn check_issuer_settings(
        &self,
        reader: &Reader,
        record: &mut IssuerRecord,
    ) -> Result<(), IssuerSettingRefused> {
        let about = |keys: [&'static str; 2]| {
            move |error: DeskError| IssuerSettingRefused {
                key: match &error {
                    DeskError::UnsafePeriod(UnsafePeriod::TooLong { .. }) => Some(keys[1]),
                    DeskError::UnsafePeriod(_) => Some(keys[0]),
                    _ => None,
                },
                error,
            }
        };
        publisher::period(&record.settings, &self.settings())
            .map_err(about(["interval_hours", "validity_hours"]))?;
        if let Some(delta) = &record.settings.delta {
            publisher::delta_period(delta)
                .map_err(about(["delta_interval_minutes", "delta_validity_minutes"]))?;
        }
        for partition in &record.settings.partitions {
            let named = reader.names_point(record.id, &partition.uri);
            if !named.map_err(DeskError::from)? {
                return Err(IssuerSettingRefused {
                    key: Some("partitions"),
                    error: DeskError::PointNotNamed {
                        issuer: record.label.clone(),
                        uri: partition.uri.clone(),
                    },
                });
            }
        }
        Ok(name_files(record, &taken(reader, record.id)?)?)
    }
}

/// The file names that other issuers publish under.
fn taken(reader: &Reader, but: IssuerId) -> Result<Vec<String>, DeskError> {
    let others = reader.issuers()?.into_iter().filter(|i| i.id != but);
    Ok(others.flat_map(|i| file_names(&i.settings)).collect())
}

fn file_names(settings: &IssuerSettings) -> Vec<String> {
    let delta = settings.delta.iter().map(|delta| &delta.file_name);
    let partitions = settings.partitions.iter().map(|p| &p.file_name);
    let all = std::iter::once(&settings.file_name)
        .chain(delta)
        .chain(partitions);
    all.filter(|name| !name.is_empty()).cloned().collect()
}

/// Names the files that have no name yet: after the last part of their URL where that is free, so that the folder can be
/// served as it is, else after the complete CRL's file.
fn name_files(record: &mut IssuerRecord, others: &[String]) -> Result<(), DeskError> {
    let settings = &mut record.settings;
    let mut taken = file_names(settings);
    taken.extend_from_slice(others);
    let stem = settings.file_name.trim_end_matches(".crl").to_owned();
    let mut choose = |url: &str, number: usize, what: &str| {
        let own = url.rsplit('/').next().and_then(CrlFileName::parse);
        let named = own.map(|name| name.as_str().to_owned());
        let numbered = (number..).map(|n| match n {
            0 => format!("{stem}-{what}.crl"),
            n => format!("{stem}-{what}{n}.crl"),
        });
        let free = named
            .into_iter()
            .chain(numbered)
            .find(|n| !taken.contains(n));
        taken.extend(free.clone());
        free.unwrap_or_default()
    };
    if let Some(delta) = settings.delta.as_mut().filter(|d| d.file_name.is_empty()) {
        delta.file_name = choose(&delta.url, 0, "delta");
    }
    for partition in &mut settings.partitions {
        if partition.file_name.is_empty() {
            partition.file_name = choose(&partition.uri, 1, "p");
        }
    }
    Ok(())
}
