//! `ams ca show` and `ams ca set`: how one CA's CRLs are made.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::desk::ISSUER_SETTINGS;
use crate::domain::Language;

use super::ca::named;
use super::context::Context;
use super::failure::Failure;

#[derive(Serialize)]
struct SettingsJson {
    id: String,
    label: String,
    /// The CA's own; empty where the desk's value applies.
    settings: BTreeMap<&'static str, String>,
    /// What applies, the CA's own or the desk's.
    in_effect: BTreeMap<&'static str, String>,
    /// What certificates of this CA name in their cRLDistributionPoints.
    distribution_points: Vec<String>,
}

pub fn show(context: &Context, issuer: Option<&str>) -> Result<(), Failure> {
    let view = named(context, issuer)?;
    let shown = context.desk.issuer_settings(&context.who, view.id)?;
    let out = &context.out;
    if out.json {
        return out.object(&SettingsJson {
            id: view.id.to_string(),
            label: view.label,
            in_effect: shown
                .values
                .iter()
                .map(|(s, value)| match value.as_str() {
                    "" => (
                        s.key,
                        shown.of_the_desk(s.key).unwrap_or_default().to_owned(),
                    ),
                    own => (s.key, own.to_owned()),
                })
                .collect(),
            settings: shown.values.into_iter().map(|(s, v)| (s.key, v)).collect(),
            distribution_points: shown.points,
        });
    }
    let language = usize::from(out.texts().language == Language::En);
    let mut listing = out.list(&["cli-key", "cli-value", "cli-help"]);
    for (setting, value) in &shown.values {
        let in_effect = match (value.as_str(), shown.of_the_desk(setting.key)) {
            ("", Some(of_the_desk)) => {
                out.message("issuer-as-the-desk", &[("value", of_the_desk.to_owned())])
            }
            (own, _) => own.to_owned(),
        };
        listing.row(&(), || {
            vec![
                setting.key.to_owned(),
                in_effect.clone(),
                setting.help[language].to_owned(),
            ]
        })?;
    }
    listing.finish()?;
    for uri in shown.points {
        out.sentence("cli-point-named", &[("uri", uri)])?;
    }
    Ok(())
}

pub fn set(context: &Context, issuer: &str, key: &str, value: &str) -> Result<(), Failure> {
    if !ISSUER_SETTINGS.iter().any(|s| s.key == key) {
        let keys: Vec<&str> = ISSUER_SETTINGS.iter().map(|s| s.key).collect();
        return Err(Failure::bad_value(key, &keys.join(" ")));
    }
    let view = named(context, Some(issuer))?;
    context
        .desk
        .set_issuer_setting(&context.who, view.id, key, value)?;
    show(context, Some(&view.id.to_string()))
}
