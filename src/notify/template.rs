//! From facts to subject and body in the reader's language. The templates lie in `templates/{id,en}/KIND.txt`: the
//! first line is the subject, the rest the body, which `frame.txt` puts between greeting and closing.

use std::collections::BTreeMap;

use minijinja::{Environment, UndefinedBehavior, Value};

use super::date;
use super::facts::{CertificateFacts, CrlFacts, Grant, Kind, MailFacts, Notice, RequestFacts};
use crate::domain::distinguished_name::is_unprintable;
use crate::domain::{Item, Language, RequestNumber, Timestamp};

/// Longest text from outside that a mail repeats, in characters.
const LONGEST_FACT: usize = 200;

/// A mail's words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rendered {
    pub kind: Kind,
    pub language: Language,
    pub request: Option<RequestNumber>,
    pub subject: String,
    pub body: String,
}

/// A template of this program is broken; no facts can cause it.
#[derive(Debug, thiserror::Error)]
#[error("mail template {kind}/{language}: {error}")]
pub struct TemplateError {
    pub kind: &'static str,
    pub language: &'static str,
    #[source]
    pub error: minijinja::Error,
}

/// Writes the mail.
pub fn render(facts: &MailFacts, language: Language) -> Result<Rendered, TemplateError> {
    let kind = facts.notice.kind();
    let failed = |error| TemplateError {
        kind: kind.name(),
        language: language.tag(),
        error,
    };
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);

    let mut fields = Fields::new(facts, language).0;
    let text = environment
        .render_str(source(kind, language), &fields)
        .map_err(failed)?;
    let (subject, body) = text.split_once('\n').unwrap_or((&text, ""));
    fields.insert("body", Value::from(body.trim()));
    let body = environment
        .render_str(frame(language), &fields)
        .map_err(failed)?;
    Ok(Rendered {
        kind,
        language,
        request: facts.notice.request().map(|r| r.number),
        subject: format!("[AMS] {subject}"),
        body: format!("{}\n", body.trim_end()),
    })
}

macro_rules! sources {
    ($($kind:ident $name:literal),* $(,)?) => {
        const fn source(kind: Kind, language: Language) -> &'static str {
            match (kind, language) {
                $(
                    (Kind::$kind, Language::Id) => include_str!(concat!("templates/id/", $name, ".txt")),
                    (Kind::$kind, Language::En) => include_str!(concat!("templates/en/", $name, ".txt")),
                )*
            }
        }
    };
}

sources! {
    Submitted "submitted",
    Returned "returned",
    Rejected "rejected",
    Revoked "revoked",
    Suspended "suspended",
    Reinstated "reinstated",
    LetterOverdue "letter_overdue",
    GrantPending "grant_pending",
    GrantCancelled "grant_cancelled",
    PasswordReset "password_reset",
    Test "test",
}

const fn frame(language: Language) -> &'static str {
    match language {
        Language::Id => include_str!("templates/id/frame.txt"),
        Language::En => include_str!("templates/en/frame.txt"),
    }
}

/// The names a template may use. One that a kind does not fill is an error in strict mode, found by the tests.
struct Fields(BTreeMap<&'static str, Value>);

impl Fields {
    fn new(facts: &MailFacts, language: Language) -> Self {
        let mut fields = Self(BTreeMap::new());
        let time = |at: Timestamp| date::long(at, facts.desk.zone, language);
        let recipient = facts.recipient.as_deref().map(one_line);
        fields.put("recipient", recipient.unwrap_or_default());
        fields.put("desk", one_line(&facts.desk.name));
        fields.put("contact", one_line(&facts.desk.contact));
        if let Some(request) = facts.notice.request() {
            fields.request(request, language);
        }
        match &facts.notice {
            Notice::Submitted { at, letter_due, .. } => {
                fields.put("at", time(*at));
                fields.put("letter_due", letter_due.map(time).unwrap_or_default());
            }
            Notice::Returned { items, .. } => {
                let items = items.iter().map(|i| item_label(*i, language));
                fields.put("items", items.collect::<Vec<_>>());
            }
            Notice::Rejected { .. } => {}
            Notice::Suspended {
                certificate,
                request,
                at,
                crl,
            } => {
                if request.is_none() {
                    fields.put("number", "");
                    fields.put("reasons", "");
                }
                fields.certificate(certificate);
                fields.put("at", time(*at));
                fields.crl(crl);
            }
            Notice::Revoked { at, crl, .. } => {
                fields.put("at", time(*at));
                fields.crl(crl);
            }
            Notice::Reinstated {
                certificate,
                at,
                crl,
            } => {
                fields.certificate(certificate);
                fields.put("at", time(*at));
                fields.crl(crl);
            }
            Notice::LetterOverdue { due, .. } => fields.put("due", time(*due)),
            Notice::GrantPending {
                grant,
                effective_at,
            } => {
                fields.put("grant", grant_label(*grant, language));
                fields.put("effective_at", time(*effective_at));
            }
            Notice::GrantCancelled {
                grant,
                username,
                at,
            } => {
                fields.put("grant", grant_label(*grant, language));
                fields.put("username", username.as_str());
                fields.put("at", time(*at));
                fields.put("password_void", *grant == Grant::ResetPassword);
            }
            Notice::PasswordReset { username, at } => {
                fields.put("username", username.as_str());
                fields.put("at", time(*at));
            }
            Notice::Test { at } => fields.put("at", time(*at)),
        }
        fields
    }

    fn put(&mut self, name: &'static str, value: impl Into<Value>) {
        self.0.insert(name, value.into());
    }

    fn request(&mut self, request: &RequestFacts, language: Language) {
        self.put("number", request.number.to_string());
        let labels = request.reasons.iter().map(|reason| {
            one_line(match language {
                Language::Id => &reason.label_id,
                Language::En => &reason.label_en,
            })
        });
        self.put("reasons", labels.collect::<Vec<_>>().join("; "));
        self.certificate(&request.certificate);
    }

    fn certificate(&mut self, certificate: &CertificateFacts) {
        self.put("subject_cn", one_line(&certificate.subject_cn));
        self.put("serial_end", certificate.serial.last_eight());
    }

    fn crl(&mut self, crl: &CrlFacts) {
        self.put("crl_number", crl.number.to_string());
        let url = crl.url.as_ref().map(|u| u.as_str());
        self.put("crl_url", url.unwrap_or_default());
    }
}

/// Text from outside as one printable line of bounded length.
fn one_line(text: &str) -> String {
    let blank = |c| if is_unprintable(c) { ' ' } else { c };
    let line: String = text.chars().map(blank).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST_FACT) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// What failed, as the applicant knows it.
const fn item_label(item: Item, language: Language) -> &'static str {
    let (id, en) = match item {
        Item::Name => ("Nama", "Name"),
        Item::Nip => ("NIP", "NIP"),
        Item::Agency => ("Instansi", "Agency"),
        Item::Position => ("Jabatan", "Position"),
        Item::Email => ("Surel dinas", "Official e-mail address"),
        Item::Letter => ("Surat keterangan", "Statement letter"),
        Item::Approval => ("Persetujuan atasan", "Superior's approval"),
        Item::Reason => ("Alasan pencabutan", "Reason for revocation"),
        Item::Dn => ("Subjek sertifikat", "Subject of the certificate"),
    };
    match language {
        Language::Id => id,
        Language::En => en,
    }
}

const fn grant_label(grant: Grant, language: Language) -> &'static str {
    let (id, en) = match grant {
        Grant::Roles => ("Penambahan peran", "More roles"),
        Grant::ResetPassword => ("Pengaturan ulang kata sandi", "Reset of the password"),
        Grant::ResetTotp => (
            "Penghapusan faktor kedua (TOTP)",
            "Removal of the second factor (TOTP)",
        ),
        Grant::BindUid => ("Pengikatan ke pengguna unix", "Binding to a unix user"),
    };
    match language {
        Language::Id => id,
        Language::En => en,
    }
}

#[cfg(test)]
mod tests;
