//! Certificates over one public key. When the key is compromised they all are: the others are shown beside the one that
//! was reported, and a request for each can be filed in one go. Every certificate keeps its own request, checks and
//! decision; nothing here revokes.

use crate::audit::ObjectRef;
use crate::domain::reason::ReasonCatalogue;
use crate::domain::request::{FieldChange, LetterData, RequesterKind};
use crate::domain::{
    Actor, Certificate, CertificateKey, CertificateStatus, ReasonCode, ReasonId, Refusal, Request,
    RequestId, Role, State, Timestamp,
};
use crate::store::{CertificateList, Reader, Window};

use super::transaction::{Signer, found};
use super::view::CertificateView;
use super::{Desk, DeskError, Identity, Intent, act, cases};

/// More certificates over one key than this are not looked at: one that has so many is a test key.
const LOOKED_AT: usize = 200;

/// The other certificates over a certificate's public key.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SharedKey {
    /// Those that the person may see.
    pub certificates: Vec<CertificateView>,
    /// How many more there are.
    pub hidden: u64,
}

impl SharedKey {
    /// Those that can still become keyCompromise.
    pub fn endangered(&self) -> impl Iterator<Item = &CertificateView> {
        self.certificates.iter().filter(|view| {
            let reason = view.certificate.revocation().map(|r| r.reason);
            view.status != CertificateStatus::Expired && reason != Some(ReasonCode::KeyCompromise)
        })
    }

    /// Those among them that nobody has asked for yet.
    pub fn unasked(&self) -> impl Iterator<Item = &CertificateView> {
        self.endangered().filter(|view| view.open_request.is_none())
    }
}

/// What became of the request for one of them.
#[derive(Debug)]
pub struct SharedFiling {
    pub certificate: CertificateKey,
    pub outcome: Result<Request, DeskError>,
}

impl Desk {
    /// The other certificates over the public key of this one.
    pub fn sharing_key(
        &self,
        who: &Identity,
        key: &CertificateKey,
    ) -> Result<SharedKey, DeskError> {
        let view = self.certificate(who, key)?;
        let reader = self.inner.store.read()?;
        let actor = act::present(&reader, who)?;
        self.shared_key(&reader, &actor, &view.certificate)
    }

    pub(super) fn shared_key(
        &self,
        reader: &Reader,
        actor: &Actor,
        certificate: &Certificate,
    ) -> Result<SharedKey, DeskError> {
        let list = CertificateList::PublicKey(certificate.public_key_sha256);
        let mut shared = SharedKey::default();
        let page = reader.certificates(&list, &Window::first(LOOKED_AT))?;
        for other in page.rows.into_iter().filter(|c| c.key != certificate.key) {
            // Whoever files for an owner sees that owner's certificates.
            if self.sees(reader, actor, &other, certificate.owner)? {
                let view = self.certificate_view(reader, actor, other)?;
                shared.certificates.push(view);
            } else {
                shared.hidden += 1;
            }
        }
        Ok(shared)
    }

    /// Files a request for every certificate over the key of a request that says keyCompromise, with its reason, its
    /// letter where the owner is the same, and the letter's data. One of one's own that was begun is gone on with, so
    /// that this can be repeated.
    ///
    /// # Errors
    /// `KeyNotCompromised` where the request says something else; what is refused for one certificate stands in its
    /// place.
    pub fn file_shared(
        &self,
        who: &Identity,
        origin: RequestId,
    ) -> Result<Vec<SharedFiling>, DeskError> {
        let detail = self.request(who, origin)?;
        let request = &detail.request;
        if compromise_of(request, &self.policy().reasons).is_none() {
            let roles = [Role::Pemohon, Role::Pendamping, Role::Op];
            let signer = Signer::person(who.person(), &roles);
            let refusal = Refusal::KeyNotCompromised.into();
            return Err(self.refused(signer, ObjectRef::Request(origin), refusal));
        }
        let letter = match request.letters.last() {
            Some(letter) => Some(self.letter_bytes(who, origin, letter.id)?),
            None => None,
        };
        let filings = detail
            .shares_key
            .endangered()
            .map(|view| SharedFiling {
                certificate: view.certificate.key.clone(),
                outcome: self.file_one(who, request, view, letter.as_deref()),
            })
            .collect();
        Ok(filings)
    }

    fn file_one(
        &self,
        who: &Identity,
        origin: &Request,
        view: &CertificateView,
        letter: Option<&[u8]>,
    ) -> Result<Request, DeskError> {
        let certificate = &view.certificate;
        let same_owner = certificate.owner == Some(origin.owner);
        let id = match self.own_draft(who, view)? {
            Some(id) => id,
            None if view.open_request.is_some() => {
                let number = view.open_request.and_then(|(_, number)| number);
                return Err(Refusal::OpenRequestExists { number }.into());
            }
            None => {
                let kind = requester(who, origin, certificate);
                let companion = origin.companion.filter(|_| same_owner);
                self.draft(who, &certificate.key, kind, companion)?
            }
        };
        let reasons = compromise_of(origin, &self.policy().reasons);
        let reasons = reasons.ok_or(Refusal::KeyNotCompromised)?;
        let mut changes = vec![
            FieldChange::Reasons(reasons),
            FieldChange::Misuse(origin.misuse),
        ];
        // A date that this certificate cannot have is left to whoever files for it.
        if let Some(date) = self.fitting(origin.invalidity_date, certificate)? {
            changes.push(FieldChange::InvalidityDate(Some(date)));
        }
        // One person's letter is nothing to be put into another's file.
        let letter = letter.filter(|_| same_owner);
        match letter {
            Some(_) => changes.extend(letter_data(&origin.letter_data)),
            None => changes.push(FieldChange::LetterFollows(true)),
        }
        for change in changes {
            self.act(who, id, None, Intent::Edit(change))?;
        }
        if let Some(bytes) = letter {
            let bytes = bytes.to_vec();
            self.act(who, id, None, Intent::AttachLetter { bytes })?;
        }
        self.act(who, id, None, Intent::Submit)
    }

    /// The draft on this certificate that the same person began.
    fn own_draft(
        &self,
        who: &Identity,
        view: &CertificateView,
    ) -> Result<Option<RequestId>, DeskError> {
        let Some((id, _)) = view.open_request else {
            return Ok(None);
        };
        let request = found(self.inner.store.read()?.request(id))?;
        let own = request.state == State::Draf && request.filer == who.account_id();
        Ok(own.then_some(id))
    }

    fn fitting(
        &self,
        date: Option<Timestamp>,
        certificate: &Certificate,
    ) -> Result<Option<Timestamp>, DeskError> {
        let reader = self.inner.store.read()?;
        let latest = cases::about(&reader, certificate.clone())?.latest_invalidity(self.now());
        Ok(date.filter(|date| *date >= certificate.not_before && *date <= latest))
    }
}

/// In whose name: one's own certificate is one's own request; for the same owner as the origin says; and for anybody
/// else the CA speaks, which alone knows that two people have one key.
fn requester(who: &Identity, origin: &Request, certificate: &Certificate) -> RequesterKind {
    if certificate.owner == Some(who.account_id()) {
        RequesterKind::Subscriber
    } else if certificate.owner != Some(origin.owner) && who.has(Role::Op) {
        RequesterKind::Ca
    } else {
        origin.requester
    }
}

/// The reasons of a request that say keyCompromise; where only the officer's change says so, the first of the desk's
/// list that does without a further question. `None`: it does not say so.
fn compromise_of(request: &Request, catalogue: &ReasonCatalogue) -> Option<Vec<ReasonId>> {
    if request.reason_code() != Some(ReasonCode::KeyCompromise) {
        return None;
    }
    let compromises = |id: &ReasonId| {
        let reason = catalogue.get(id);
        reason.is_some_and(|r| r.code == ReasonCode::KeyCompromise)
    };
    let mut own: Vec<ReasonId> = request.reasons.clone();
    own.retain(compromises);
    if own.is_empty() || request.proposed != Some(ReasonCode::KeyCompromise) {
        let plain = catalogue
            .0
            .iter()
            .find(|r| r.code == ReasonCode::KeyCompromise && !r.asks_misuse);
        own = plain.map(|r| r.id.clone()).into_iter().collect();
    }
    (!own.is_empty()).then_some(own)
}

fn letter_data(data: &LetterData) -> [FieldChange; 5] {
    [
        FieldChange::LetterNumber(data.number.clone()),
        FieldChange::LetterDate(data.date),
        FieldChange::SuperiorName(data.superior_name.clone()),
        FieldChange::SuperiorNip(data.superior_nip.clone()),
        FieldChange::SuperiorApproved(data.approved),
    ]
}
