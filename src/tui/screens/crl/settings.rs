//! How an issuer's CRLs are made: a tab to read, and the form in which an admin changes it. The rules are the desk's;
//! what it refuses is said at the field.

use crate::desk::{
    DeskError, ISSUER_SETTINGS, IssuerSettingChange, IssuerSettingRefused, IssuerSettingsView,
    UnsafePeriod,
};
use crate::domain::distinguished_name::printable;
use crate::tui::action::ActionId;
use crate::tui::component::{Cx, Outcome};
use crate::tui::dialogs::Answer;
use crate::tui::dialogs::ask::{Ask, Stop};
use crate::tui::glyphs::DASH;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::theme::Tone;
use crate::tui::widgets::fields::Fields;
use crate::tui::widgets::form::{Field, Form};
use crate::tui::widgets::scroll::Line;

use super::Crl;

/// Settings by their keys, with the message that labels each.
const LABELS: [(&str, &str); 7] = [
    ("interval_hours", "issuer-interval-hours"),
    ("validity_hours", "issuer-validity-hours"),
    ("url", "issuer-url"),
    ("delta_url", "issuer-delta-url"),
    ("delta_interval_minutes", "issuer-delta-interval"),
    ("delta_validity_minutes", "issuer-delta-validity"),
    ("partitions", "issuer-partitions"),
];
/// Octets of a URL in the form.
const URL: usize = 2_000;
/// Octets of all URIs of partitions together.
const URIS: usize = 40_000;
/// Distribution points that the form names; the tab names all.
const NAMED: usize = 2;

fn label(key: &str) -> &'static str {
    LABELS
        .iter()
        .find(|(of, _)| *of == key)
        .map_or("tab-crl-settings", |(_, label)| label)
}

impl Crl {
    pub(super) fn settings_lines(&self, look: &Look, columns: u16) -> Vec<Line> {
        let texts = look.texts;
        let mut out = Fields::new(look, columns);
        let Some(settings) = &self.settings else {
            return out.lines;
        };
        for (setting, value) in &settings.values {
            let of_the_desk = settings.of_the_desk(setting.key);
            let shown = match (setting.key, value.as_str()) {
                (_, "") if of_the_desk.is_some() => {
                    let value = printable(of_the_desk.unwrap_or_default());
                    texts.with("issuer-as-the-desk", &[("value", Value::from(value))])
                }
                ("delta_url", "") => texts.get("issuer-no-delta"),
                ("partitions", "") => texts.get("issuer-no-partitions"),
                (_, "") => DASH.to_owned(),
                (_, value) => printable(value),
            };
            out.plain(label(setting.key), &shown);
        }
        if settings.points.is_empty() {
            out.text(&texts.get("issuer-no-points"), Tone::Muted);
            return out.lines;
        }
        out.heading(&texts.get("issuer-points"));
        for uri in &settings.points {
            out.text(&printable(uri), Tone::Plain);
        }
        out.lines
    }

    /// The form over all settings of the issuer under the cursor. Only what was changed in it is changed.
    pub(super) fn edit_settings(&self, cx: &Cx) -> Outcome {
        let (Some(issuer), Some(settings)) = (self.issuer(), &self.settings) else {
            return Outcome::Ignored;
        };
        let before: Vec<(&'static str, String)> = settings
            .values
            .iter()
            .map(|(setting, value)| (setting.key, value.clone()))
            .collect();
        let fields = before.iter().map(|(key, value)| {
            let field = match *key {
                "partitions" => Field::long(label(key), URIS, 2),
                "url" | "delta_url" => Field::text(label(key), URL),
                key => Field::text(label(key), 8),
            };
            field.optional().with_text(value)
        });
        let form = Form::new(fields.collect());
        let (who, id) = (self.who.clone(), issuer.id);
        let ask = Ask::new(ActionId::IssuerSettings, form, move |form, cx| {
            let changes: Vec<IssuerSettingChange<'_>> = before
                .iter()
                .enumerate()
                .map(|(nth, (key, seen))| IssuerSettingChange {
                    key,
                    seen: Some(seen),
                    value: form.text(nth).trim(),
                })
                .filter(|change| change.seen != Some(change.value))
                .collect();
            if changes.is_empty() {
                return Err(Stop::Field(form.focus, "issuer-unchanged"));
            }
            cx.desk
                .set_issuer_settings(&who, id, &changes)
                .map_err(stop)?;
            Ok(Outcome::Answer(Answer::Done))
        });
        let ask = ask.show("field-issuer", issuer.label.clone());
        let ask = match points(settings, cx) {
            Some(points) => ask.show("issuer-points-short", points),
            None => ask,
        };
        let facts = ["interval_hours", "validity_hours"]
            .map(|key| Value::from(settings.of_the_desk(key).unwrap_or_default()));
        let [interval, validity] = facts;
        let facts = [("interval", interval), ("validity", validity)];
        let consequence = cx.texts().with("issuer-settings-consequence", &facts);
        Outcome::Open(Box::new(ask.consequence(consequence)))
    }
}

/// The first distribution points that certificates name, and how many more.
fn points(settings: &IssuerSettingsView, cx: &Cx) -> Option<String> {
    let named = settings.points.iter().take(NAMED);
    let mut words: Vec<String> = named.map(|uri| printable(uri)).collect();
    if let Some(more @ 1..) = settings.points.len().checked_sub(NAMED) {
        let count = Value::from(cx.look.format().count(more as u64));
        words.push(cx.texts().with("adopted-and-more", &[("count", count)]));
    }
    (!words.is_empty()).then(|| words.join(" "))
}

/// What the desk refused, at the field that it is about.
fn stop(refused: IssuerSettingRefused) -> Stop {
    let IssuerSettingRefused { key, error } = refused;
    let word = match &error {
        DeskError::ChangedMeanwhile { .. } => return Stop::Overtaken(error, Answer::Done),
        DeskError::BadValue { .. } => "setting-other-form",
        DeskError::PointNotNamed { .. } => "setting-not-named",
        DeskError::UnsafePeriod(UnsafePeriod::TooOften { .. }) => "setting-too-often",
        DeskError::UnsafePeriod(UnsafePeriod::NoSlack { .. }) => "setting-no-slack",
        DeskError::UnsafePeriod(UnsafePeriod::TooLong { .. }) => "setting-too-long",
        _ => return Stop::Desk(error),
    };
    let at = key.and_then(|key| ISSUER_SETTINGS.iter().position(|s| s.key == key));
    match at {
        Some(field) => Stop::Refused { field, word, error },
        None => Stop::Desk(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_of_an_issuer_has_a_label() {
        for setting in ISSUER_SETTINGS {
            assert_ne!(label(setting.key), "tab-crl-settings", "{}", setting.key);
        }
        assert_eq!(ISSUER_SETTINGS.len(), LABELS.len());
    }
}
