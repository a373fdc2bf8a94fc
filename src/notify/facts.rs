//! What a mail may say, by type: there is no field for a NIK, for the applicant's or an officer's own words, for a
//! password or for a link to log in. Text from outside becomes one printable line before it reaches a template.

use serde::{Deserialize, Serialize};

use crate::domain::account::GrantChange;
use crate::domain::reason::Reason;
use crate::domain::{CrlNumber, Item, RequestNumber, Serial, Timestamp, Username, Zone};

/// Which mail it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Kind {
    Submitted,
    Returned,
    Rejected,
    Revoked,
    /// The certificate is on hold: revocable, and releasable.
    Suspended,
    /// The hold was released.
    Reinstated,
    LetterOverdue,
    GrantPending,
    Test,
    PasswordReset,
    GrantCancelled,
}

impl Kind {
    pub const ALL: [Self; 11] = [
        Self::Submitted,
        Self::Returned,
        Self::Rejected,
        Self::Revoked,
        Self::Suspended,
        Self::Reinstated,
        Self::LetterOverdue,
        Self::GrantPending,
        Self::GrantCancelled,
        Self::Test,
        Self::PasswordReset,
    ];

    /// The stable name, for `--json` and the template's file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Returned => "returned",
            Self::Rejected => "rejected",
            Self::Revoked => "revoked",
            Self::Suspended => "suspended",
            Self::Reinstated => "reinstated",
            Self::LetterOverdue => "letter_overdue",
            Self::GrantPending => "grant_pending",
            Self::GrantCancelled => "grant_cancelled",
            Self::PasswordReset => "password_reset",
            Self::Test => "test",
        }
    }
}

/// Everything one mail says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MailFacts {
    pub desk: DeskFacts,
    /// The addressee's full name; without one the greeting names nobody.
    pub recipient: Option<String>,
    pub notice: Notice,
}

/// The desk as it presents itself: settings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeskFacts {
    /// Who operates the desk, under the mail.
    pub name: String,
    /// Whom to call or write to when something is wrong.
    pub contact: String,
    pub zone: Zone,
}

/// The certificate a mail is about; of its serial only the last eight digits are written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CertificateFacts {
    pub subject_cn: String,
    pub serial: Serial,
}

/// The request a mail is about. Reasons are rows of the desk's list: their labels are written, no one's own words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RequestFacts {
    pub number: RequestNumber,
    pub certificate: CertificateFacts,
    pub reasons: Vec<Reason>,
}

/// Where the revocation can be seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CrlFacts {
    pub number: CrlNumber,
    pub url: Option<CrlUrl>,
}

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Notice {
    Submitted {
        request: RequestFacts,
        at: Timestamp,
        /// Set when the letter is to follow.
        letter_due: Option<Timestamp>,
    },
    Returned {
        request: RequestFacts,
        /// What failed; the note stays in AMS.
        items: Vec<Item>,
    },
    Rejected {
        request: RequestFacts,
    },
    Revoked {
        request: RequestFacts,
        at: Timestamp,
        crl: CrlFacts,
    },
    /// Without a request where an officer suspended it of himself.
    Suspended {
        certificate: CertificateFacts,
        request: Option<RequestFacts>,
        at: Timestamp,
        crl: CrlFacts,
    },
    Reinstated {
        certificate: CertificateFacts,
        at: Timestamp,
        crl: CrlFacts,
    },
    LetterOverdue {
        request: RequestFacts,
        due: Timestamp,
    },
    /// A change to the account that waits for a second admin's word or for its time.
    GrantPending {
        grant: Grant,
        effective_at: Timestamp,
    },
    /// Such a change was stopped; told to the account's holder and to who had asked for it.
    GrantCancelled {
        grant: Grant,
        username: Username,
        at: Timestamp,
    },
    PasswordReset {
        username: Username,
        at: Timestamp,
    },
    Test {
        at: Timestamp,
    },
}

impl Notice {
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Submitted { .. } => Kind::Submitted,
            Self::Returned { .. } => Kind::Returned,
            Self::Rejected { .. } => Kind::Rejected,
            Self::Revoked { .. } => Kind::Revoked,
            Self::Suspended { .. } => Kind::Suspended,
            Self::Reinstated { .. } => Kind::Reinstated,
            Self::LetterOverdue { .. } => Kind::LetterOverdue,
            Self::GrantPending { .. } => Kind::GrantPending,
            Self::GrantCancelled { .. } => Kind::GrantCancelled,
            Self::PasswordReset { .. } => Kind::PasswordReset,
            Self::Test { .. } => Kind::Test,
        }
    }

    pub const fn request(&self) -> Option<&RequestFacts> {
        match self {
            Self::Submitted { request, .. }
            | Self::Returned { request, .. }
            | Self::Rejected { request }
            | Self::Revoked { request, .. }
            | Self::LetterOverdue { request, .. } => Some(request),
            Self::Suspended { request, .. } => request.as_ref(),
            _ => None,
        }
    }
}

/// What is about to change about an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grant {
    Roles,
    ResetPassword,
    ResetTotp,
    BindUid,
}

impl From<&GrantChange> for Grant {
    fn from(change: &GrantChange) -> Self {
        match change {
            GrantChange::Roles { .. } => Self::Roles,
            GrantChange::ResetPassword => Self::ResetPassword,
            GrantChange::ResetTotp => Self::ResetTotp,
            GrantChange::BindUid(_) => Self::BindUid,
        }
    }
}

/// Why a text is not the address of a CRL.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "not the address of a CRL: expected http(s)://host/path of visible ASCII without user, ? or #"
)]
pub struct InvalidCrlUrl;

/// Where a CRL is published. The only link a mail can hold; it has no place for a query or a user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CrlUrl(String);

impl CrlUrl {
    pub fn parse(text: &str) -> Result<Self, InvalidCrlUrl> {
        let text = text.trim();
        let rest = text
            .strip_prefix("http://")
            .or_else(|| text.strip_prefix("https://"))
            .ok_or(InvalidCrlUrl)?;
        let (host, path) = rest.split_once('/').ok_or(InvalidCrlUrl)?;
        let forbidden =
            |b: u8| !b.is_ascii_graphic() || matches!(b, b'?' | b'#' | b'<' | b'>' | b'"');
        if host.is_empty()
            || path.is_empty()
            || host.contains('@')
            || text.len() > 500
            || text.bytes().any(forbidden)
        {
            return Err(InvalidCrlUrl);
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_link_but_that_of_a_crl_can_be_given() {
        assert!(CrlUrl::parse("http://crl.uji.example/ams/ca-uji.crl").is_ok());
        for text in [
            "http://crl.uji.example",
            "http://crl.uji.example/",
            "ssh://desk/ca.crl",
            "https://budi@desk/ca.crl",
            "https://desk/login?next=/x",
            "https://desk/#masuk",
            "https://desk/a b.crl",
            "https://desk/\u{1b}.crl",
            "javascript:alert(1)",
        ] {
            assert!(CrlUrl::parse(text).is_err(), "{text}");
        }
    }
}
