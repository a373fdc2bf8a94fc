//! Certificates as people look for them: each shows only those that its reader may see. How those are found that a
//! filter asks for is `certificate_walk`, whom the digits of a serial mean `serial_named`.

use crate::domain::permission::{Permission, may, sees_certificate};
use crate::domain::workflow::{Act, Answers};
use crate::domain::{
    Account, AccountId, Actor, Certificate, CertificateKey, CertificateStatus, Refusal, Role,
};
use crate::store::Reader;

use super::certificate_walk::Walk;
use super::filter::certificates as filter;
use super::suspension::Suspension;
use super::transaction::found;
use super::view::{CertificateView, Page};
use super::{Desk, DeskError, Identity, act, cases, suspension};

/// Which certificates are looked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CertificateQuery {
    /// A filter as typed: `gita status:aktif instansi:kesehatan !contoh`, `35133f6b`.
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
        [
            (Act::Hold, Suspension::Begin),
            (Act::ReleaseHold, Suspension::End),
        ]
        .into_iter()
        .map(|(act, what)| {
            let answer = self.may_change_suspension(reader, what, &case, actor)?;
            Ok((act, answer))
        })
        .collect()
    }

    /// Certificates this person may see. An applicant sees his own; a field officer one applicant's at a time. A page
    /// looks at a bounded number of rows: it may hold fewer than `limit` though there is a next one.
    ///
    /// # Errors
    /// [`DeskError::Filter`] where the text is not understood.
    pub fn certificates(
        &self,
        who: &Identity,
        query: &CertificateQuery,
        from: Option<&str>,
        limit: usize,
    ) -> Result<Page<CertificateView>, DeskError> {
        let reader = self.inner.store.read()?;
        let actor = act::present(&reader, who)?;
        let now = self.now();
        let mut terms = filter::parse(&query.text)?;
        if let Some(status) = query.status {
            terms.push((false, filter::Term::Status(vec![status])));
        }
        let walk = Walk::new(terms, query.owner, now);
        let (found, next) = walk.page(&reader, from, limit, now, |certificate, owner| {
            sees(&actor, certificate, owner, query.owner)
        })?;
        let rows = found
            .into_iter()
            .map(|certificate| self.certificate_view(&reader, &actor, certificate))
            .collect::<Result<_, _>>()?;
        let total = match walk.is_all() && actor_sees_all(who) {
            true => Some(reader.certificate_counts(now)?.total()),
            false => None,
        };
        Ok(Page { rows, next, total })
    }

    pub(super) fn sees(
        &self,
        reader: &Reader,
        actor: &Actor,
        certificate: &Certificate,
        asked_owner: Option<AccountId>,
    ) -> Result<bool, DeskError> {
        let owner = match certificate.owner {
            Some(owner) => reader.account(owner)?,
            None => None,
        };
        Ok(sees(actor, certificate, owner.as_ref(), asked_owner))
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

fn sees(
    actor: &Actor,
    certificate: &Certificate,
    owner: Option<&Account>,
    asked_owner: Option<AccountId>,
) -> bool {
    let helps = asked_owner.is_some()
        && asked_owner == certificate.owner
        && may(actor, Permission::FindApplicant).is_ok();
    let agency = owner.map_or("", |owner| owner.agency.as_str());
    helps || sees_certificate(actor, certificate.owner, agency)
}
