//! What the tabs of one issuer say: the three truths of its CRLs, and what its next one adds and removes.

use crate::desk::CrlRow;
use crate::domain::instant::HOUR;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::screens::dashboard::key_state;
use crate::tui::theme::Tone;
use crate::tui::widgets::fields::Fields;
use crate::tui::widgets::scroll::Line;

use super::Crl;

/// A CRL that ends sooner than this is warned of.
const NEAR_END: i64 = 12 * HOUR;

impl Crl {
    pub(super) fn facts_lines(&self, look: &Look, columns: u16) -> Vec<Line> {
        let (texts, format) = (look.texts, look.format());
        let mut out = Fields::new(look, columns);
        let Some(issuer) = self.issuer() else {
            out.text(&texts.get("crl-no-issuer"), Tone::Warning);
            return out.lines;
        };
        out.plain("field-issuer", &issuer.name);
        out.plain("field-ca-until", &format.full(issuer.not_after));
        let (key, tone) = key_state(issuer.key);
        out.field("column-key", &texts.get(key), tone);
        // The three truths, each in its own line.
        let waiting = format.count(issuer.waiting);
        let waiting = texts.with("dashboard-waiting", &[("count", Value::from(waiting))]);
        let tone = if issuer.waiting > 0 {
            Tone::Warning
        } else {
            Tone::Muted
        };
        out.field("truth-1", &waiting, tone);
        if self.adopted > 0 {
            let count = Value::from(format.count(self.adopted));
            let waiting = texts.with("adopted-waiting", &[("count", count)]);
            out.field("field-adopted", &waiting, Tone::Warning);
        }
        let Some((newest, others)) = self.current.split_first() else {
            out.text(&texts.get("crl-never"), Tone::Warning);
            return out.lines;
        };
        let on_crl = texts.with(
            "dashboard-on-crl",
            &[
                ("number", Value::from(newest.number.to_string())),
                ("entries", Value::from(format.count(newest.entries))),
            ],
        );
        out.plain("truth-2", &on_crl);
        let path = issuer.published_path.as_deref().unwrap_or_default();
        let at = |at| ("at", Value::from(format.full(at)));
        match newest.seen_at {
            Some(seen) => out.field("truth-3", &texts.with("crl-seen", &[at(seen)]), Tone::Good),
            None if self.looks_outside => {
                out.field("truth-3", &texts.get("crl-not-seen"), Tone::Warning);
            }
            None => {
                let known = [at(newest.published_at), ("path", Value::from(path))];
                out.plain("truth-3", &texts.with("crl-read-back", &known));
            }
        }
        out.plain("column-this-update", &format.full(newest.this_update));
        let left = newest.next_update.since(look.now);
        let tone = match left {
            left if left <= 0 => Tone::Bad,
            left if left < NEAR_END => Tone::Warning,
            _ => Tone::Plain,
        };
        out.field("column-next-update", &format.full(newest.next_update), tone);
        for other in others {
            let line = texts.with(
                "crl-beside",
                &[
                    ("number", Value::from(other.number.to_string())),
                    ("entries", Value::from(format.count(other.entries))),
                    ("until", Value::from(format.short(other.next_update))),
                    ("file", Value::from(file_of(other))),
                ],
            );
            out.plain(kind_word(other), &line);
        }
        out.lines
    }

    pub(super) fn next_lines(&self, look: &Look, columns: u16) -> Vec<Line> {
        let (texts, format) = (look.texts, look.format());
        let mut out = Fields::new(look, columns);
        let (added, removed) = (&self.preview.added, &self.preview.removed);
        if added.is_empty() && removed.is_empty() {
            out.text(&texts.get("crl-nothing-new"), Tone::Muted);
        }
        for entry in added {
            let text = format!(
                "+ {}  {}  {}",
                entry.serial,
                entry.reason.name(),
                format.short(entry.date)
            );
            out.text(&text, Tone::Plain);
        }
        for serial in removed {
            out.text(&format!("- {serial}"), Tone::Plain);
        }
        out.lines
    }
}

/// What kind of CRL it is, as a message.
pub(super) fn kind_word(row: &CrlRow) -> &'static str {
    match row.kind {
        "delta" => "crl-kind-delta",
        "partition" => "crl-kind-partition",
        _ => "crl-kind-complete",
    }
}

pub(super) fn file_of(row: &CrlRow) -> &str {
    row.path.rsplit('/').next().unwrap_or_default()
}
