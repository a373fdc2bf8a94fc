//! One request with everything beside it: what the officer compares in steps 5 and 6, and what he may do.

use crate::domain::permission::{Filing, sees_request};
use crate::domain::workflow::allowed;
use crate::domain::{
    Account, Certificate, CertificateStatus, Item, Language, Refusal, Request, RequestId, State,
};
use crate::letter::find::{self, Finding, Mark, Subject, Wanted};
use crate::letter::{LetterFacts, PageText};
use crate::store::{CertificateList, CrlKind, Reader, Window};

use super::transaction::found;
use super::view::{
    Agreement, FieldComparison, LetterLine, LetterMark, LetterView, RequestDetail, SignatureState,
};
use super::{Desk, DeskError, Identity, act, cases};

impl Desk {
    /// Everything about a request that this person may see.
    pub fn request(&self, who: &Identity, id: RequestId) -> Result<RequestDetail, DeskError> {
        let reader = self.inner.store.read()?;
        let actor = act::present(&reader, who)?;
        let case = cases::of_request(&reader, id)?;
        let request = case
            .request
            .clone()
            .ok_or(DeskError::Refused(Refusal::NotFound))?;
        if !sees_request(&actor, &Filing::from(&request)) {
            return Err(DeskError::Refused(Refusal::NotFound));
        }
        let policy = self.policy();
        let now = self.now();
        let owner = found(reader.account(request.owner))?;
        let certificate = case.certificate.clone();
        let newest = match request.letters.last() {
            Some(letter) => Self::letter_facts(&reader, letter.id)?.map(|(facts, _)| facts),
            None => None,
        };
        let marks = newest
            .as_ref()
            .map(|facts| self.marks(facts, &owner, &request))
            .unwrap_or_default();
        let others =
            reader.certificates(&CertificateList::Owner(request.owner), &Window::first(50))?;
        let other_certificates = others
            .rows
            .into_iter()
            .filter(|c| c.key != request.certificate && c.status(now) == CertificateStatus::Active)
            .map(|c| self.certificate_view(&reader, &actor, c))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(RequestDetail {
            version: request.version,
            filer: self.person(request.filer).name.to_string(),
            companion: request.companion.map(|c| self.person(c).name.to_string()),
            claimed_by: request
                .live_claim(now, policy.claim_lease)
                .map(|c| self.person(c.officer).name.to_string()),
            reason_labels: self.reason_labels(&request, who.language()),
            letters: self.letter_views(&reader, &request, &marks)?,
            comparison: compare_fields(&owner, &certificate, newest.as_ref(), &marks, &request),
            subject_comparison: cases::compare_subject(&owner, &certificate),
            names_agree: cases::names_agree(&owner, &certificate, &request),
            signature: match self.signature_verified(&reader, &certificate.key)? {
                Some(true) => SignatureState::Verified,
                Some(false) => SignatureState::Broken,
                None => SignatureState::IssuerUnknown,
            },
            timeline: self.timeline(&reader, id)?,
            mails: Self::mails_of(&reader, id)?,
            acts: allowed(&actor, &case, &policy, now),
            may_apply_anew: request.crl_number.is_some(),
            seen_at: request.crl_number.and_then(|number| {
                self.seen_at(request.certificate.issuer, &CrlKind::Complete, number)
            }),
            decide_by: request
                .first_submitted_at
                .filter(|_| request.state.is_open())
                .map(|t| t.plus(policy.decide_within)),
            shares_key: self.shared_key(&reader, &actor, &certificate)?,
            certificate: self.certificate_view(&reader, &actor, certificate)?,
            owner: self.account_view(&reader, owner)?,
            other_certificates,
            request,
        })
    }

    pub(super) fn reason_labels(&self, request: &Request, language: Language) -> Vec<String> {
        let policy = self.policy();
        request
            .reasons
            .iter()
            .map(|id| match (policy.reasons.get(id), language) {
                (Some(reason), Language::Id) => reason.label_id.clone(),
                (Some(reason), Language::En) => reason.label_en.clone(),
                (None, _) => id.to_string(),
            })
            .collect()
    }

    fn letter_views(
        &self,
        reader: &Reader,
        request: &Request,
        marks: &[Mark],
    ) -> Result<Vec<LetterView>, DeskError> {
        let newest = request.letters.last().map(|l| l.id);
        request
            .letters
            .iter()
            .map(|version| {
                let found = match Self::letter_facts(reader, version.id) {
                    Err(DeskError::Store(crate::store::StoreError::Erased)) => None,
                    other => other?,
                };
                let (facts, sha256) = match found {
                    Some((facts, sha256)) => (Some(facts), sha256),
                    None => (None, String::new()),
                };
                let own_marks = if Some(version.id) == newest {
                    marks
                } else {
                    &[]
                };
                Ok(LetterView {
                    id: version.id,
                    version: version.version,
                    kind: version.kind.short_name(),
                    bytes: version.bytes,
                    pages: version.pages,
                    sha256,
                    attached_at: version.attached_at,
                    attached_by: self.person(version.attached_by).name.to_string(),
                    signed: facts.as_ref().is_some_and(|f| f.signed_pdf),
                    scan: facts.as_ref().is_some_and(LetterFacts::is_scan),
                    lines: facts
                        .as_ref()
                        .map_or_else(Vec::new, |f| lines(&f.text, own_marks)),
                    warnings: facts
                        .iter()
                        .flat_map(|f| f.warnings.iter().map(|w| w.id().to_owned()))
                        .collect(),
                })
            })
            .collect()
    }

    /// Looks in the letter's text for what account and form say.
    fn marks(&self, facts: &LetterFacts, owner: &Account, request: &Request) -> Vec<Mark> {
        let policy = self.policy();
        let nip = owner
            .nip
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let letter = &request.letter_data;
        let labels: Vec<_> = request
            .reasons
            .iter()
            .filter_map(|id| policy.reasons.get(id))
            .map(|r| (r.id.clone(), [r.label_id.clone(), r.label_en.clone()]))
            .collect();
        let labels: Vec<(_, Vec<&str>)> = labels
            .iter()
            .map(|(id, texts)| (id, texts.iter().map(String::as_str).collect()))
            .collect();
        let mut wanted = vec![Wanted::Name(&owner.name)];
        wanted.extend((!nip.is_empty()).then_some(Wanted::Nip(&nip)));
        wanted.extend(
            labels
                .iter()
                .map(|(id, labels)| Wanted::Reason { id, labels }),
        );
        wanted.extend((!letter.number.is_empty()).then_some(Wanted::LetterNumber(&letter.number)));
        wanted.extend(letter.date.map(Wanted::LetterDate));
        wanted.extend(
            (!letter.superior_name.is_empty()).then_some(Wanted::Superior(&letter.superior_name)),
        );
        wanted.extend(
            (!letter.superior_nip.is_empty()).then_some(Wanted::SuperiorNip(&letter.superior_nip)),
        );
        find::mark(&facts.text, &wanted)
    }
}

fn lines(pages: &[PageText], marks: &[Mark]) -> Vec<LetterLine> {
    let mut lines = Vec::new();
    for page in pages {
        for (number, text) in page.lines.iter().enumerate() {
            let places = marks.iter().flat_map(|mark| {
                let word = match mark.subject {
                    Subject::Name => LetterMark::Name,
                    Subject::Nip => LetterMark::Nip,
                    Subject::Reason => LetterMark::Reason,
                    Subject::LetterNumber | Subject::LetterDate => LetterMark::Number,
                    Subject::Superior | Subject::SuperiorNip => LetterMark::Superior,
                };
                mark.places.iter().map(move |place| (place, word))
            });
            let mut own: Vec<_> = places
                .filter(|(place, _)| place.page == page.page && place.line == number)
                .map(|(place, word)| (octets(text, &place.chars), word))
                .collect();
            own.sort_by_key(|(range, _)| range.start);
            lines.push(LetterLine {
                page: page.page,
                text: text.clone(),
                marks: own,
            });
        }
    }
    lines
}

/// A range of characters as a range of octets.
fn octets(text: &str, chars: &std::ops::Range<usize>) -> std::ops::Range<usize> {
    let at = |n: usize| text.char_indices().nth(n).map_or(text.len(), |(i, _)| i);
    at(chars.start)..at(chars.end)
}

fn finding(marks: &[Mark], subject: Subject) -> Option<Finding> {
    marks
        .iter()
        .filter(|m| m.subject == subject)
        .map(|m| m.finding)
        .max_by_key(|f| match f {
            Finding::Found => 2,
            Finding::Near => 1,
            Finding::Absent => 0,
        })
}

/// Step 5: account against letter and certificate, item by item.
fn compare_fields(
    owner: &Account,
    certificate: &Certificate,
    letter: Option<&LetterFacts>,
    marks: &[Mark],
    request: &Request,
) -> Vec<FieldComparison> {
    let readable = letter.is_some_and(|f| f.has_text);
    // What the letter says of a value we looked for: the value itself, or nothing that could be found.
    let in_letter = |subject: Subject, value: &str| match (readable, finding(marks, subject)) {
        (true, Some(Finding::Found | Finding::Near)) => Some(value.to_owned()),
        (true, Some(Finding::Absent)) => Some(String::new()),
        _ => None,
    };
    let subject = &certificate.subject;
    let nip = owner
        .nip
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let identity = subject
        .first("0.9.2342.19200300.100.1.1")
        .or_else(|| subject.first("2.5.4.5"));
    let row = |item, account: &str, letter: Option<String>, certificate: Option<&str>| {
        let same = |other: &str| plain(other) == plain(account);
        let letter_agrees = letter.as_deref().map(|l| !l.is_empty());
        let certificate_agrees = certificate.map(same);
        let agreement = match (account.is_empty(), letter_agrees, certificate_agrees) {
            (true, ..) | (false, None, None) => Agreement::Empty,
            (false, Some(false), _) | (false, _, Some(false)) => Agreement::Differs,
            _ => Agreement::Same,
        };
        FieldComparison {
            item,
            account: account.to_owned(),
            letter,
            certificate: certificate.map(crate::domain::distinguished_name::printable),
            agreement,
        }
    };
    vec![
        row(
            Item::Name,
            &owner.name,
            in_letter(Subject::Name, &owner.name),
            subject.common_name(),
        ),
        row(Item::Nip, &nip, in_letter(Subject::Nip, &nip), identity),
        row(Item::Agency, &owner.agency, None, subject.first("2.5.4.10")),
        row(
            Item::Position,
            &owner.position,
            None,
            subject.first("2.5.4.12"),
        ),
        row(
            Item::Email,
            &owner.email,
            None,
            certificate.emails.first().map(String::as_str),
        ),
        row(
            Item::Letter,
            &request.letter_data.number,
            in_letter(Subject::LetterNumber, &request.letter_data.number),
            None,
        ),
        row(
            Item::Approval,
            &request.letter_data.superior_name,
            in_letter(Subject::Superior, &request.letter_data.superior_name),
            None,
        ),
        row(
            Item::Reason,
            &request
                .reasons
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", "),
            in_letter(
                Subject::Reason,
                &request
                    .reasons
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(", "),
            ),
            None,
        ),
    ]
}

/// Text for comparing: lower case, blanks run together.
fn plain(text: &str) -> String {
    text.to_lowercase()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether the request is on its way to a decision: what the dashboard counts as open work.
pub(super) const fn is_work(state: State) -> bool {
    matches!(
        state,
        State::Diajukan | State::Diperiksa | State::DataSesuai | State::DnCocok | State::Terjadwal
    )
}
