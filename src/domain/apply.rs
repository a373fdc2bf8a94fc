//! Takes events in: infallible, no side effects, no rules. What `decide` allowed simply becomes so, and replaying the
//! events of a request rebuilds it.

use super::account::Actor;
use super::case::Case;
use super::certificate::{Certificate, Revocation, Standing};
use super::event::Event;
use super::instant::Timestamp;
use super::reason::ReasonCode;
use super::request::{
    Acknowledgement, Claim, Closing, FieldChange, LetterData, LetterVersion, Misuse, Notice,
    Request, State,
};
use super::sop::Step;
use super::stopwatch::Stopwatch;

/// Changes `case` by one event. Versions count up, except for a heartbeat of the claim, which changes nothing that
/// anybody decides on.
pub fn apply(case: &mut Case, event: &Event, actor: &Actor, now: Timestamp) {
    match event {
        Event::Drafted { .. } => case.request = drafted(&case.certificate, event, now),
        Event::Held { date, .. } => {
            let held = standing(ReasonCode::CertificateHold, *date, None);
            stand(&mut case.certificate, held);
            return;
        }
        Event::HoldReleased { .. } => {
            stand(&mut case.certificate, Standing::Active);
            return;
        }
        Event::Revoked {
            decision,
            revocation_date,
        } => stand(
            &mut case.certificate,
            standing(decision.reason, *revocation_date, decision.invalidity_date),
        ),
        Event::OnCrl(number) => {
            if let Standing::Held(r) | Standing::Revoked(r) = &mut case.certificate.standing {
                r.on_crl = r.on_crl.or(Some(*number));
                case.certificate.version += 1;
            }
        }
        _ => {}
    }
    let Some(request) = &mut case.request else {
        return;
    };
    take(request, event, now);
    if let Some(claim) = &mut request.claim
        && Some(claim.officer) == actor.account()
    {
        claim.last_activity = claim.last_activity.max(now);
    }
    if *event != Event::Touched {
        request.version += 1;
        request.changed_at = now;
        request.changed_by = actor.account();
    }
}

fn stand(certificate: &mut Certificate, standing: Standing) {
    certificate.standing = standing;
    certificate.version += 1;
}

/// The entry that a decision makes. It is on no CRL yet, even where an earlier entry of the certificate is.
fn standing(reason: ReasonCode, date: Timestamp, invalidity_date: Option<Timestamp>) -> Standing {
    let revocation = Revocation {
        date,
        reason,
        invalidity_date,
        on_crl: None,
    };
    if reason == ReasonCode::CertificateHold {
        Standing::Held(revocation)
    } else {
        Standing::Revoked(revocation)
    }
}

fn drafted(certificate: &Certificate, event: &Event, now: Timestamp) -> Option<Request> {
    let Event::Drafted {
        id,
        owner,
        agency,
        filer,
        requester,
        companion,
    } = event
    else {
        return None;
    };
    Some(Request {
        id: *id,
        number: None,
        state: State::Draf,
        certificate: certificate.key.clone(),
        owner: *owner,
        agency: agency.clone(),
        filer: *filer,
        requester: *requester,
        companion: *companion,
        companions: Default::default(),
        reasons: Vec::new(),
        misuse: Misuse::default(),
        proposed: None,
        changed_reason: None,
        invalidity_date: None,
        urgent: false,
        letter_data: LetterData::default(),
        letters: Vec::new(),
        letter_follows: false,
        withdrawal_consent: None,
        letter_due: None,
        claim: None,
        data_check: None,
        certificate_check: None,
        approval: None,
        schedule: None,
        decision: None,
        returns: Vec::new(),
        letters_when_returned: 0,
        rejection: None,
        closing: None,
        crl_number: None,
        notice: None,
        acknowledgement: None,
        round: 0,
        created_at: now,
        first_submitted_at: None,
        submitted_at: None,
        changed_at: now,
        changed_by: None,
        stopwatch: Stopwatch::default(),
        version: 0,
    })
}

/// The request's side of an event.
fn take(request: &mut Request, event: &Event, now: Timestamp) {
    match event {
        Event::Drafted { .. } => request.stopwatch.start(Step::File, now),
        Event::FieldSaved(change) => save(request, change, now),
        Event::LetterAttached(letter) => attach(request, letter, now),
        Event::LetterFollowed(letter) => {
            request.letters.push(letter.clone());
            request.letter_due = None;
        }
        Event::Submitted {
            number,
            proposed,
            urgent,
            due,
        } => {
            request.number = Some(*number);
            request.first_submitted_at = Some(now);
            request.letter_due = *due;
            submitted(request, *proposed, *urgent, now);
        }
        Event::Resubmitted { proposed, urgent } => {
            request.letter_due = None;
            submitted(request, *proposed, *urgent, now);
        }
        Event::WithdrawalConsented { officer } => request.withdrawal_consent = Some(*officer),
        Event::Withdrawn => end(request, State::Ditarik, now),
        Event::Claimed { officer } => claimed(request, *officer, now),
        Event::Released { lapsed } => released(request, *lapsed, now),
        Event::Touched => {}
        Event::Returned(back) => {
            end(request, State::Dikembalikan, now);
            forget_checks(request);
            request.letters_when_returned = count(request);
            request.returns.push(back.clone());
        }
        Event::Rejected(back) => {
            end(request, State::Ditolak, now);
            request.rejection = Some(back.clone());
        }
        Event::Recalled { officer } => {
            if request.state == State::Ditolak {
                request.rejection = None;
            } else {
                request.returns.pop();
            }
            forget_checks(request);
            request.state = State::Diajukan;
            claimed(request, *officer, now);
        }
        Event::DataMatched(check) => {
            request.state = State::DataSesuai;
            request.data_check = Some(check.clone());
            request.stopwatch.finish(Step::CheckData, now);
            request.stopwatch.start(Step::CheckCertificate, now);
        }
        Event::ReasonChanged {
            code,
            note,
            invalidity_date,
        } => {
            request.changed_reason = Some((*code, note.clone()));
            request.invalidity_date = *invalidity_date;
        }
        Event::CertificateMatched(check) => {
            request.state = State::DnCocok;
            request.certificate_check = Some(check.clone());
            request.stopwatch.finish(Step::CheckCertificate, now);
            request.stopwatch.start(Step::Revoke, now);
        }
        Event::Approved(approval) => request.approval = Some(approval.clone()),
        Event::Scheduled(schedule) => {
            end(request, State::Terjadwal, now);
            request.schedule = Some(schedule.clone());
        }
        Event::Revoked { decision, .. } => {
            end(request, State::Dicabut, now);
            request.decision = Some(decision.clone());
            request.stopwatch.finish(Step::Revoke, now);
            request.stopwatch.start(Step::Notify, now);
        }
        Event::OnCrl(number) => request.crl_number = Some(*number),
        Event::Notified(channel) => {
            request.state = State::Diberitahukan;
            request.notice = Some(Notice {
                at: now,
                channel: channel.clone(),
            });
            request.stopwatch.finish(Step::Notify, now);
            request.stopwatch.start(Step::Receive, now);
        }
        Event::Acknowledged(how) => acknowledged(request, how, now),
        Event::Closed(closing) => {
            end(request, State::Ditutup, now);
            request.closing = Some(closing.clone());
        }
        Event::Held { .. } | Event::HoldReleased { .. } => {}
    }
}

/// Enters a state in which nobody works on the request: the claim ends and the clocks stand.
fn end(request: &mut Request, state: State, now: Timestamp) {
    request.state = state;
    request.claim = None;
    request.stopwatch.stop(now);
}

/// All checks begin anew, the officer's reason among them.
fn forget_checks(request: &mut Request) {
    request.data_check = None;
    request.certificate_check = None;
    request.approval = None;
    request.changed_reason = None;
}

fn count(request: &Request) -> u32 {
    u32::try_from(request.letters.len()).unwrap_or(u32::MAX)
}

/// Step 3 is seen from the draft to the last choice of reasons; from there step 4 runs to the letter.
fn save(request: &mut Request, change: &FieldChange, now: Timestamp) {
    let data = &mut request.letter_data;
    match change {
        FieldChange::Reasons(reasons) => {
            request.reasons.clone_from(reasons);
            if request.state == State::Draf && request.letters.is_empty() {
                request.stopwatch.finish(Step::File, now);
                request.stopwatch.start(Step::AttachLetter, now);
            }
        }
        FieldChange::Misuse(answer) => request.misuse = *answer,
        FieldChange::InvalidityDate(date) => request.invalidity_date = *date,
        FieldChange::LetterNumber(text) => data.number.clone_from(text),
        FieldChange::LetterDate(day) => data.date = *day,
        FieldChange::SuperiorName(text) => data.superior_name.clone_from(text),
        FieldChange::SuperiorNip(text) => data.superior_nip.clone_from(text),
        FieldChange::SuperiorApproved(is) => data.approved = *is,
        FieldChange::LetterFollows(is) => request.letter_follows = *is,
        FieldChange::Companion(companion) => request.companion = *companion,
    }
}

fn attach(request: &mut Request, letter: &LetterVersion, now: Timestamp) {
    request.letters.push(letter.clone());
    let clock = request.stopwatch.step(Step::AttachLetter);
    if request.state == State::Draf && clock.running_since.is_some() {
        request.stopwatch.finish(Step::AttachLetter, now);
    }
}

fn submitted(request: &mut Request, proposed: ReasonCode, urgent: bool, now: Timestamp) {
    request.state = State::Diajukan;
    request.proposed = Some(proposed);
    request.urgent = urgent;
    request.withdrawal_consent = None;
    request.round += 1;
    request.submitted_at = Some(now);
    request.companions.extend(request.companion);
    let clocks = &mut request.stopwatch;
    if clocks.step(Step::File).running_since.is_some() {
        clocks.finish(Step::File, now);
    }
    // A letter that follows: nobody saw the end of step 4.
    if clocks.step(Step::AttachLetter).running_since.is_some() {
        clocks.discard(Step::AttachLetter);
    }
}

/// The step that an officer works on in this state.
const fn step_of(state: State) -> Option<Step> {
    match state {
        State::Diperiksa => Some(Step::CheckData),
        State::DataSesuai => Some(Step::CheckCertificate),
        State::DnCocok => Some(Step::Revoke),
        _ => None,
    }
}

fn claimed(request: &mut Request, officer: super::identifiers::AccountId, now: Timestamp) {
    if request.state == State::Diajukan {
        request.state = State::Diperiksa;
    }
    request.claim = Some(Claim {
        officer,
        since: now,
        last_activity: now,
    });
    if let Some(step) = step_of(request.state) {
        request.stopwatch.start(step, now);
    }
}

/// Time after the last activity of a lapsed claim was nobody's work.
fn released(request: &mut Request, lapsed: bool, now: Timestamp) {
    let until = match request.claim.take() {
        Some(claim) if lapsed => claim.last_activity.min(now),
        _ => now,
    };
    if let Some(step) = step_of(request.state) {
        request.stopwatch.pause(step, until);
    }
    if request.state == State::Diperiksa {
        request.state = State::Diajukan;
    }
}

fn acknowledged(request: &mut Request, how: &Acknowledgement, now: Timestamp) {
    request.state = State::Selesai;
    request.acknowledgement = Some(how.clone());
    match how {
        Acknowledgement::ByApplicant | Acknowledgement::RecordedBy(_) => {
            request.stopwatch.finish(Step::Receive, now);
        }
        Acknowledgement::WithoutConfirmation | Acknowledgement::NotAsked => {
            request.stopwatch.discard(Step::Receive);
        }
    }
}

impl Event {
    /// The name in the log; `None` for the heartbeat of a claim, which is no entry.
    pub fn log_action(&self) -> Option<&'static str> {
        Some(match self {
            Self::Drafted { .. } => "DRAF_DIBUAT",
            Self::FieldSaved(_) => "DRAF_DIUBAH",
            Self::LetterAttached(_) => "SURAT_DILAMPIRKAN",
            Self::LetterFollowed(_) => "SURAT_DISUSULKAN",
            Self::Submitted { due: Some(_), .. } => "SURAT_MENYUSUL",
            Self::Submitted { .. } => "PERMOHONAN_DIAJUKAN",
            Self::Resubmitted { .. } => "DIAJUKAN_ULANG",
            Self::WithdrawalConsented { .. } => "PENARIKAN_DISETUJUI",
            Self::Withdrawn => "DITARIK",
            Self::Claimed { .. } => "DIAMBIL",
            Self::Released { .. } => "DILEPAS",
            Self::Touched => return None,
            Self::Returned(back) if back.items.contains(&super::request::Item::Dn) => {
                "DN_TIDAK_COCOK"
            }
            Self::Returned(_) => "DIKEMBALIKAN",
            Self::Rejected(_) => "DITOLAK",
            Self::Recalled { .. } => "PENGEMBALIAN_DIBATALKAN",
            Self::DataMatched(_) => "DATA_SESUAI",
            Self::ReasonChanged { .. } => "ALASAN_DIUBAH",
            Self::CertificateMatched(_) => "DN_COCOK",
            Self::Approved(_) => "DISETUJUI_KEDUA",
            Self::Scheduled(_) => "DIJADWALKAN",
            Self::Revoked { .. } => "DICABUT",
            Self::OnCrl(_) => "TERMUAT_DI_CRL",
            Self::Notified(_) => "NOTIF_TERKIRIM",
            Self::Acknowledged(_) => "DITERIMA",
            Self::Closed(Closing::AlreadyRevoked(_)) => "SUDAH_DICABUT",
            Self::Closed(Closing::Expired) => "KEDALUWARSA",
            Self::Held { .. } => "SERTIFIKAT_DITANGGUHKAN",
            Self::HoldReleased { .. } => "SERTIFIKAT_DIPULIHKAN",
        })
    }
}

#[cfg(test)]
mod tests;
