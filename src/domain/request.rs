//! A revocation request: its state, the letter's facts and the checks made.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::certificate::CertificateKey;
use super::identifiers::{AccountId, CrlNumber, LetterId, RequestId, RequestNumber};
use super::instant::{Day, Timestamp};
use super::reason::{ReasonCode, ReasonId};

pub use super::stopwatch::{StepClock, Stopwatch};

/// Where a request stands. DOMAIN names are Indonesian because they are what officers, logs and commands say.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Draf,
    Diajukan,
    Diperiksa,
    Dikembalikan,
    DataSesuai,
    DnCocok,
    Terjadwal,
    Dicabut,
    Diberitahukan,
    Selesai,
    Ditolak,
    Ditarik,
    Ditutup,
}

impl State {
    pub const ALL: [Self; 13] = [
        Self::Draf,
        Self::Diajukan,
        Self::Diperiksa,
        Self::Dikembalikan,
        Self::DataSesuai,
        Self::DnCocok,
        Self::Terjadwal,
        Self::Dicabut,
        Self::Diberitahukan,
        Self::Selesai,
        Self::Ditolak,
        Self::Ditarik,
        Self::Ditutup,
    ];

    /// The stable name in commands, JSON and the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draf => "draf",
            Self::Diajukan => "diajukan",
            Self::Diperiksa => "diperiksa",
            Self::Dikembalikan => "dikembalikan",
            Self::DataSesuai => "data_sesuai",
            Self::DnCocok => "dn_cocok",
            Self::Terjadwal => "terjadwal",
            Self::Dicabut => "dicabut",
            Self::Diberitahukan => "diberitahukan",
            Self::Selesai => "selesai",
            Self::Ditolak => "ditolak",
            Self::Ditarik => "ditarik",
            Self::Ditutup => "ditutup",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().replace(['-', ' '], "_");
        Self::ALL
            .into_iter()
            .find(|s| s.name().eq_ignore_ascii_case(&text))
    }

    /// Whether the certificate's fate is still to be decided: such a request blocks another one.
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::Draf
                | Self::Diajukan
                | Self::Diperiksa
                | Self::Dikembalikan
                | Self::DataSesuai
                | Self::DnCocok
                | Self::Terjadwal
        )
    }

    /// Whether nothing will happen any more.
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Selesai | Self::Ditolak | Self::Ditarik | Self::Ditutup
        )
    }
}

/// In whose name a request is filed (RFC 3647 §4.9.2: who can request revocation).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequesterKind {
    #[default]
    Subscriber,
    Agency,
    Ca,
    ThirdParty,
}

impl RequesterKind {
    pub const ALL: [Self; 4] = [Self::Subscriber, Self::Agency, Self::Ca, Self::ThirdParty];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Subscriber => "subscriber",
            Self::Agency => "agency",
            Self::Ca => "ca",
            Self::ThirdParty => "third_party",
        }
    }
}

/// The answer to "mungkinkah pihak lain memakainya?", asked after loss.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Misuse {
    #[default]
    Unanswered,
    Possible,
    RuledOut,
}

/// What an officer can find wanting. The mail for a returned request names these.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Item {
    Name,
    Nip,
    Agency,
    Position,
    Email,
    Letter,
    Approval,
    Reason,
    Dn,
}

impl Item {
    pub const ALL: [Self; 9] = [
        Self::Name,
        Self::Nip,
        Self::Agency,
        Self::Position,
        Self::Email,
        Self::Letter,
        Self::Approval,
        Self::Reason,
        Self::Dn,
    ];

    /// The checklist of step 5: everything but the DN, which is step 6.
    pub const CHECKLIST: [Self; 8] = [
        Self::Name,
        Self::Nip,
        Self::Agency,
        Self::Position,
        Self::Email,
        Self::Letter,
        Self::Approval,
        Self::Reason,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Nip => "nip",
            Self::Agency => "agency",
            Self::Position => "position",
            Self::Email => "email",
            Self::Letter => "letter",
            Self::Approval => "approval",
            Self::Reason => "reason",
            Self::Dn => "dn",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|i| i.name().eq_ignore_ascii_case(text.trim()))
    }
}

/// The type of a letter file, by its magic bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LetterKind {
    Pdf,
    Jpeg,
    Png,
}

impl LetterKind {
    /// With its article, for a sentence.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pdf => "a PDF",
            Self::Jpeg => "a JPEG picture",
            Self::Png => "a PNG picture",
        }
    }

    pub const fn short_name(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
        }
    }

    /// The ending under which a letter is handed out; never taken from its sender.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }
}

/// One version of the letter. File, salt and plain hash lie encrypted elsewhere.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LetterVersion {
    pub id: LetterId,
    /// Counts from 1; an older version is kept when a new one comes.
    pub version: u32,
    pub kind: LetterKind,
    pub bytes: u64,
    pub pages: u32,
    /// SHA-256(salt ‖ letter), as the log has it.
    pub digest: [u8; 32],
    pub attached_at: Timestamp,
    pub attached_by: AccountId,
}

/// What the applicant writes off the letter into the form. Differences between letter and form warn, never refuse.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct LetterData {
    pub number: String,
    pub date: Option<Day>,
    pub superior_name: String,
    pub superior_nip: String,
    /// The superior's approval is on the letter.
    pub approved: bool,
}

/// One saved field of the form.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum FieldChange {
    Reasons(Vec<ReasonId>),
    Misuse(Misuse),
    InvalidityDate(Option<Timestamp>),
    LetterNumber(String),
    LetterDate(Option<Day>),
    SuperiorName(String),
    SuperiorNip(String),
    SuperiorApproved(bool),
    /// The letter comes later (only for urgent reasons).
    LetterFollows(bool),
    Companion(Option<AccountId>),
}

/// An officer's hold on a request: a lease, not a state.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Claim {
    pub officer: AccountId,
    pub since: Timestamp,
    pub last_activity: Timestamp,
}

/// Step 5, done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DataCheck {
    pub by: AccountId,
    pub at: Timestamp,
    /// The letter was not there yet and that was ticked as a deviation.
    pub without_letter: bool,
}

/// Step 6, done: what was compared with what.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CertificateCheck {
    pub by: AccountId,
    pub at: Timestamp,
    pub der_sha256: [u8; 32],
}

/// A second officer's approval; void as soon as the request's binding differs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Approval {
    pub by: AccountId,
    pub at: Timestamp,
    pub binding: [u8; 32],
}

/// Step 7, done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Decision {
    /// The officer; absent where the scheduler carried out a deferred decision whose officer is `scheduled.by`.
    pub by: Option<AccountId>,
    pub at: Timestamp,
    pub reason: ReasonCode,
    pub invalidity_date: Option<Timestamp>,
    /// Decided by one officer where two were asked for.
    pub break_glass: bool,
}

/// A deferred revocation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Schedule {
    pub by: AccountId,
    pub at: Timestamp,
    pub effective: Timestamp,
    pub break_glass: bool,
}

/// A return for correction.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Return {
    pub by: AccountId,
    pub at: Timestamp,
    pub items: BTreeSet<Item>,
    pub note: String,
}

/// How the applicant was told (step 8).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Channel {
    Mail,
    /// Another way, recorded by an officer: telephone, in person, letter.
    Other(String),
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Notice {
    pub at: Timestamp,
    pub channel: Channel,
}

/// Step 9: who confirmed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Acknowledgement {
    ByApplicant,
    RecordedBy(AccountId),
    /// 14 days without an answer: "tanpa konfirmasi".
    WithoutConfirmation,
    /// Agency, CA or third party filed; the owner is not asked.
    NotAsked,
}

/// Why a request was closed without a decision of its own.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Closing {
    /// With a pointer to the request that revoked it, where there is one.
    AlreadyRevoked(Option<RequestNumber>),
    Expired,
}

/// A revocation request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Request {
    pub id: RequestId,
    /// Given at first submission.
    pub number: Option<RequestNumber>,
    pub state: State,
    pub certificate: CertificateKey,
    /// The certificate's owner, who is told at the end.
    pub owner: AccountId,
    /// The owner's agency when it was filed: scopes and the queue's filter.
    pub agency: String,
    pub filer: AccountId,
    pub requester: RequesterKind,
    /// The officer beside the applicant (pendamping).
    pub companion: Option<AccountId>,
    /// Whoever was the companion at a submission: barred from deciding even when another one came later.
    pub companions: BTreeSet<AccountId>,
    pub reasons: Vec<ReasonId>,
    pub misuse: Misuse,
    /// The code that the reasons make.
    pub proposed: Option<ReasonCode>,
    /// The code an officer put in its place, with his note.
    pub changed_reason: Option<(ReasonCode, String)>,
    pub invalidity_date: Option<Timestamp>,
    /// MENDESAK.
    pub urgent: bool,
    pub letter_data: LetterData,
    pub letters: Vec<LetterVersion>,
    /// The applicant chose to hand the letter in later.
    pub letter_follows: bool,
    /// The officer who agreed that a request after loss or compromise may be withdrawn.
    pub withdrawal_consent: Option<AccountId>,
    /// When the letter that follows is due; set at submission, cleared when it came.
    pub letter_due: Option<Timestamp>,
    pub claim: Option<Claim>,
    pub data_check: Option<DataCheck>,
    pub certificate_check: Option<CertificateCheck>,
    pub approval: Option<Approval>,
    pub schedule: Option<Schedule>,
    pub decision: Option<Decision>,
    pub returns: Vec<Return>,
    /// Letter versions at the last return: a new one must come before it is submitted again.
    pub letters_when_returned: u32,
    /// Note of a rejection.
    pub rejection: Option<Return>,
    pub closing: Option<Closing>,
    /// The CRL that first carried the entry, published and read back.
    pub crl_number: Option<CrlNumber>,
    pub notice: Option<Notice>,
    pub acknowledgement: Option<Acknowledgement>,
    /// Counts submissions: 1 at the first, one more after each return.
    pub round: u32,
    pub created_at: Timestamp,
    /// Starts the 24-hour clock; not restarted or stopped by a return.
    pub first_submitted_at: Option<Timestamp>,
    pub submitted_at: Option<Timestamp>,
    pub changed_at: Timestamp,
    /// Who changed it last; absent for the desk itself.
    pub changed_by: Option<AccountId>,
    pub stopwatch: Stopwatch,
    /// Counts every change; acting on an older one is refused.
    pub version: u64,
}

impl Request {
    /// The code that a revocation would write: the officer's, else the proposed one.
    pub fn reason_code(&self) -> Option<ReasonCode> {
        self.changed_reason
            .as_ref()
            .map(|(code, _)| *code)
            .or(self.proposed)
    }

    /// SHA-256 over what an approval approves: certificate, reason, invalidity date, letter versions. Any change of
    /// these voids it.
    pub fn binding(&self) -> [u8; 32] {
        let mut context = ring::digest::Context::new(&ring::digest::SHA256);
        let mut part = |bytes: &[u8]| {
            context.update(&(bytes.len() as u64).to_be_bytes());
            context.update(bytes);
        };
        part(&self.certificate.issuer.0);
        part(self.certificate.serial.magnitude());
        part(self.reason_code().map_or("", ReasonCode::name).as_bytes());
        part(
            &self
                .invalidity_date
                .map_or([0; 8], |t| t.millis().to_be_bytes()),
        );
        for letter in &self.letters {
            part(&letter.digest);
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        hash
    }

    /// Whether this person filed it or accompanied the applicant at it.
    pub fn is_party(&self, id: AccountId) -> bool {
        self.filer == id || self.companion == Some(id) || self.companions.contains(&id)
    }

    /// Whether `approval` is there and still approves what stands here.
    pub fn is_approved(&self) -> bool {
        self.approval
            .as_ref()
            .is_some_and(|a| a.binding == self.binding())
    }

    /// The claim, unless its lease has lapsed by `now`.
    pub fn live_claim(&self, now: Timestamp, lease: i64) -> Option<&Claim> {
        self.claim
            .as_ref()
            .filter(|c| now.since(c.last_activity) <= lease)
    }
}
