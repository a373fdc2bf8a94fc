//! Certificates as people look for them: each shows only those that its reader may see.

use crate::domain::decide;
use crate::domain::permission::{Permission, may, sees_certificate};
use crate::domain::workflow::{Act, Answers};
use crate::domain::{
    AccountId, Actor, Certificate, CertificateKey, CertificateStatus, Refusal, Role, Serial,
    Timestamp,
};
use crate::store::{CertificateList, Reader, Window};

use super::transaction::found;
use super::view::{CertificateView, Page};
use super::{Desk, DeskError, Identity, act, cases, cursor, suspension};

/// Which certificates are looked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CertificateQuery {
    /// The beginning of a name, or hex digits of a serial's beginning or (with `…` or `*` in front) end.
    pub text: String,
    pub owner: Option<AccountId>,
    pub status: Option<CertificateStatus>,
}

impl Desk {
    pub(super) fn certificate_view(
        &self,
        reader: &Reader,
        actor: &Actor,
        certificate: Certificate,
    ) -> Result<CertificateView, DeskError> {
        let open = reader.open_request(&certificate.key)?;
        let approval = suspension::standing_approval(reader, &certificate, self.now())?;
        Ok(CertificateView {
            suspension_approved: approval.map(|a| (self.person(a.by), a.at)),
            acts: self.acts_on_certificate(reader, actor, &certificate)?,
            status: certificate.status(self.now()),
            owner: certificate
                .owner
                .map(|id| self.person(id).username.to_string()),
            subject: certificate.subject.to_string(),
            issuer: certificate.issuer_name.to_string(),
            open_request: open.map(|r| (r.id, r.number)),
            certificate,
        })
    }

    /// What an officer may do to a certificate outside any request; nothing is offered to anybody else.
    fn acts_on_certificate(
        &self,
        reader: &Reader,
        actor: &Actor,
        certificate: &Certificate,
    ) -> Result<Answers, DeskError> {
        let Actor::Person(person) = actor else {
            return Ok(Vec::new());
        };
        if !person.has(Role::Op) {
            return Ok(Vec::new());
        }
        let case = cases::about(reader, certificate.clone())?;
        let (policy, now) = (self.policy(), self.now());
        Ok(Act::ALL
            .into_iter()
            .filter(|act| act.is_of_certificate())
            .map(|act| (act, decide::may(&case, act, actor, &policy, now).map(drop)))
            .collect())
    }

    /// Certificates this person may see. An applicant sees his own; a field officer one applicant's at a time.
    pub fn certificates(
        &self,
        who: &Identity,
        query: &CertificateQuery,
        from: Option<&str>,
        limit: usize,
    ) -> Result<Page<CertificateView>, DeskError> {
        let reader = self.inner.store.read()?;
        let actor = act::present(&reader, who)?;
        let list = certificate_list(query, self.now());
        let mut window = cursor::window(from, limit, false)?;
        let mut rows = Vec::new();
        // What may not be seen is skipped, so that a page is full as long as there is something to show.
        let next = loop {
            let page = reader.certificates(&list, &window)?;
            for certificate in page.rows {
                let fits = query
                    .status
                    .is_none_or(|s| certificate.status(self.now()) == s)
                    && query.owner.is_none_or(|o| certificate.owner == Some(o));
                if fits && self.sees(&reader, &actor, &certificate, query.owner)? {
                    rows.push(self.certificate_view(&reader, &actor, certificate)?);
                }
            }
            match page.next {
                Some(next) if rows.len() < limit => {
                    window = Window::first(limit.max(1)).after(next);
                }
                next => break next,
            }
        };
        let total = match (&list, actor_sees_all(who)) {
            (CertificateList::All, true) => Some(reader.certificate_counts(self.now())?.total()),
            _ => None,
        };
        Ok(Page {
            rows,
            next: next.map(|c| cursor::text(&c)),
            total,
        })
    }

    pub(super) fn sees(
        &self,
        reader: &Reader,
        actor: &Actor,
        certificate: &Certificate,
        asked_owner: Option<AccountId>,
    ) -> Result<bool, DeskError> {
        let agency = match certificate.owner {
            Some(owner) => reader.account(owner)?.map(|a| a.agency).unwrap_or_default(),
            None => String::new(),
        };
        let helps = asked_owner.is_some()
            && asked_owner == certificate.owner
            && may(actor, Permission::FindApplicant).is_ok();
        Ok(helps || sees_certificate(actor, certificate.owner, &agency))
    }

    pub fn certificate(
        &self,
        who: &Identity,
        key: &CertificateKey,
    ) -> Result<CertificateView, DeskError> {
        let reader = self.inner.store.read()?;
        let actor = act::present(&reader, who)?;
        let certificate = found(reader.certificate(key))?;
        if !self.sees(&reader, &actor, &certificate, certificate.owner)? {
            return Err(DeskError::Refused(Refusal::NotFound));
        }
        self.certificate_view(&reader, &actor, certificate)
    }

    /// The certificate with this serial; of several issuers' the one whose id or name contains `issuer`.
    pub fn find_certificate(
        &self,
        who: &Identity,
        serial: &Serial,
        issuer: Option<&str>,
    ) -> Result<CertificateView, DeskError> {
        let reader = self.inner.store.read()?;
        let mut hits = Vec::new();
        for id in reader.issuers_of_certificates()? {
            let key = CertificateKey {
                issuer: id,
                serial: serial.clone(),
            };
            if let Some(certificate) = reader.certificate(&key)? {
                let named = issuer.is_none_or(|text| {
                    let text = text.to_lowercase();
                    id.to_string().starts_with(&text)
                        || certificate
                            .issuer_name
                            .to_string()
                            .to_lowercase()
                            .contains(&text)
                });
                if named {
                    hits.push(key);
                }
            }
        }
        drop(reader);
        match hits.as_slice() {
            [] => Err(DeskError::Refused(Refusal::NotFound)),
            [only] => self.certificate(who, only),
            _ => Err(DeskError::Ambiguous {
                what: serial.to_string(),
                hint: "--issuer".to_owned(),
            }),
        }
    }

    /// The certificate's octets as they were imported.
    pub fn certificate_der(
        &self,
        who: &Identity,
        key: &CertificateKey,
    ) -> Result<Vec<u8>, DeskError> {
        self.certificate(who, key)?;
        found(self.inner.store.read()?.certificate_der(key))
    }

    /// One's own certificates, by the end of validity.
    pub fn my_certificates(&self, who: &Identity) -> Result<Vec<CertificateView>, DeskError> {
        let query = CertificateQuery {
            owner: Some(who.account_id()),
            ..CertificateQuery::default()
        };
        Ok(self.certificates(who, &query, None, 1000)?.rows)
    }
}

fn actor_sees_all(who: &Identity) -> bool {
    who.has(Role::Auditor) || who.has(Role::Admin) || who.has(Role::Op)
}

fn certificate_list(query: &CertificateQuery, now: Timestamp) -> CertificateList {
    let text = query.text.trim();
    if let Some(owner) = query.owner {
        return CertificateList::Owner(owner);
    }
    if text.is_empty() {
        return query.status.map_or(CertificateList::All, |status| {
            CertificateList::Status(status, now)
        });
    }
    let digits = text.trim_start_matches(['…', '*']).replace(':', "");
    let hex = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    if hex && digits.len() < text.len() && text.starts_with(['…', '*']) {
        return CertificateList::SerialSuffix(digits);
    }
    // Words like "ade" are hex too: a serial is told by a digit in it.
    if hex && digits.bytes().any(|b| b.is_ascii_digit()) {
        return CertificateList::SerialPrefix(digits);
    }
    CertificateList::Name(text.to_owned())
}
