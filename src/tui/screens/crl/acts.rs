//! What is done with an issuer: a CRL now, its key opened, a published CRL checked against the table of rules.

use crate::desk::Verdict;
use crate::tui::action::ActionId;
use crate::tui::checks;
use crate::tui::component::{Cx, Outcome};
use crate::tui::dialogs::Answer;
use crate::tui::dialogs::ask::Ask;
use crate::tui::dialogs::reading::Reading;
use crate::tui::i18n::Value;
use crate::tui::theme::Tone;
use crate::tui::widgets::form::{Field, Form};

use super::Crl;

impl Crl {
    pub(super) fn issue(&self) -> Outcome {
        let Some(issuer) = self.issuer() else {
            return Outcome::Ignored;
        };
        let (who, id) = (self.who.clone(), issuer.id);
        let form = Form::new(Vec::new());
        let ask = Ask::aside(ActionId::IssueCrl, form, move |_| {
            let who = who.clone();
            Box::new(move |desk| {
                let rows = desk.issue_crl(&who, Some(id))?;
                Ok(Box::new(move |cx: &mut Cx| {
                    for row in rows {
                        let number = Value::from(row.number.to_string());
                        let text = cx.texts().with("crl-issued", &[("number", number)]);
                        cx.say(Tone::Good, text);
                    }
                }))
            })
        });
        let changes = (self.preview.added.len(), self.preview.removed.len());
        Outcome::Open(Box::new(
            ask.show("field-issuer", issuer.name.clone())
                .show("crl-adds", changes.0.to_string())
                .show("crl-removes", changes.1.to_string()),
        ))
    }

    pub(super) fn confirm_clock(&self, cx: &mut Cx) -> Outcome {
        let Some(last) = self.clock_doubted else {
            return Outcome::Ignored;
        };
        let who = self.who.clone();
        let ask = Ask::new(
            ActionId::ConfirmClock,
            Form::new(Vec::new()),
            move |_, cx| {
                cx.desk.confirm_clock(&who)?;
                Ok(Outcome::Answer(Answer::Done))
            },
        );
        let format = cx.look.format();
        Outcome::Open(Box::new(
            ask.show("crl-clock-now", format.full(cx.look.now))
                .show("crl-clock-last", format.full(last)),
        ))
    }

    pub(super) fn unlock(&self, cx: &Cx) -> Outcome {
        let Some(issuer) = self.issuer() else {
            return Outcome::Ignored;
        };
        let (who, id) = (self.who.clone(), issuer.id);
        let secret = if issuer.on_token {
            "field-pin"
        } else {
            "field-passphrase"
        };
        let mut fields = vec![Field::secret(secret, 256)];
        if issuer.on_token {
            let asked = cx.texts().get("last-try-asked");
            fields.push(Field::checks("field-last-try", vec![asked]).optional());
        }
        let form = Form::new(fields);
        // A token, or a passphrase's derivation, takes its time.
        let ask = Ask::aside(ActionId::UnlockKey, form, move |form| {
            let who = who.clone();
            let last_try = !form.ticked(1).is_empty();
            let secret = form.field_mut(0).map(|field| field.take_secret());
            Box::new(move |desk| {
                if let Some(secret) = secret {
                    desk.unlock(&who, id, &secret, last_try)?;
                }
                Ok(Box::new(|_: &mut Cx| {}))
            })
        });
        Outcome::Open(Box::new(ask.show("field-issuer", issuer.name.clone())))
    }

    pub(super) fn check(&self, cx: &mut Cx) -> Outcome {
        let Some(row) = self.chosen() else {
            return Outcome::Ignored;
        };
        let report = match cx.desk.check_crl(&self.who, row) {
            Ok(report) => report,
            Err(error) => {
                cx.fail(&error);
                return Outcome::Done;
            }
        };
        let texts = cx.texts();
        let broken = report.broken().count();
        let mut lines = vec![if broken == 0 {
            let kept = report.findings.len() as u64;
            (
                texts.with("crl-check-passed", &[("count", Value::from(kept))]),
                Tone::Good,
            )
        } else {
            (
                texts.with("crl-check-broken", &[("count", Value::from(broken as u64))]),
                Tone::Bad,
            )
        }];
        // What is broken first: nobody should have to look for it.
        let mut findings: Vec<_> = report.findings.iter().collect();
        findings.sort_by_key(|f| f.verdict != Verdict::Broken);
        for finding in findings {
            let (verdict, tone) = match finding.verdict {
                Verdict::Ok => ("verdict-ok", Tone::Plain),
                Verdict::Broken => ("verdict-broken", Tone::Bad),
                Verdict::NotChecked => ("verdict-not-checked", Tone::Muted),
            };
            let verdict = texts.get(verdict);
            let rule = checks::rule(texts, finding);
            lines.push((format!("{verdict:<9} {rule} ({})", finding.clause), tone));
        }
        let number = Value::from(row.number.to_string());
        let title = texts.with("crl-check-title", &[("number", number)]);
        Outcome::Open(Box::new(Reading::new(title, lines)))
    }
}
