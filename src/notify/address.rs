//! Mail addresses and the sender's name. A constructor is the only validation, so nothing that holds one can carry a
//! line break into a header.

use std::fmt;

use lettre::Address;
use lettre::message::Mailbox;
use serde::{Deserialize, Serialize};

use crate::domain::distinguished_name::is_unprintable;

/// Longest address in a mail path (RFC 5321 §4.5.3.1.3, without the angle brackets).
const LONGEST: usize = 254;

/// Why a text is no mail address.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvalidAddress {
    #[error("the address holds a control character or line break")]
    ControlCharacter,
    #[error("not a mail address: expected name@domain in ASCII, at most {LONGEST} characters")]
    Form,
}

/// A mail address, `name@domain`, in ASCII.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address, blanks around it allowed.
    pub fn parse(text: &str) -> Result<Self, InvalidAddress> {
        if text.chars().any(is_unprintable) {
            return Err(InvalidAddress::ControlCharacter);
        }
        let text = text.trim();
        let visible = text.bytes().all(|b| b.is_ascii_graphic());
        if !visible || text.len() > LONGEST || text.parse::<Address>().is_err() {
            return Err(InvalidAddress::Form);
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the last `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    pub(in crate::notify) fn mailbox(
        &self,
        name: Option<String>,
    ) -> Result<Mailbox, InvalidAddress> {
        let address = self.0.parse().map_err(|_| InvalidAddress::Form)?;
        Ok(Mailbox::new(name, address))
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = InvalidAddress;

    fn try_from(text: String) -> Result<Self, InvalidAddress> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whom mails come from: a setting of the desk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sender {
    name: String,
    address: EmailAddress,
}

impl Sender {
    /// A display name, which may be empty, and an address. Refuses control characters.
    pub fn new(name: &str, address: EmailAddress) -> Result<Self, InvalidAddress> {
        if name.chars().any(is_unprintable) {
            return Err(InvalidAddress::ControlCharacter);
        }
        Ok(Self {
            name: name.trim().to_owned(),
            address,
        })
    }

    pub const fn address(&self) -> &EmailAddress {
        &self.address
    }

    pub(in crate::notify) fn mailbox(&self) -> Result<Mailbox, InvalidAddress> {
        let name = (!self.name.is_empty()).then(|| self.name.clone());
        self.address.mailbox(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_a_line_break_is_refused_as_such() {
        for text in [
            "budi@uji.example\r\nBcc: lain@uji.example",
            "budi\n@uji.example",
            "budi@uji.example\n",
            "budi@uji.example\u{2028}",
            "\u{1b}[2Jbudi@uji.example",
        ] {
            assert_eq!(
                EmailAddress::parse(text),
                Err(InvalidAddress::ControlCharacter),
                "{text:?}"
            );
        }
        let address = EmailAddress::parse("ams@uji.example").unwrap();
        assert!(Sender::new("AMS\r\nX: y", address).is_err());
    }

    #[test]
    fn what_is_no_single_plain_address_is_refused() {
        let long = format!("{}@uji.example", "a".repeat(300));
        for text in [
            "",
            "budi",
            "@uji.example",
            "budi@",
            "a@b@c d",
            "a@uji.example, b@uji.example",
            "Budi <budi@uji.example>",
            "budi@üji.example",
            &long,
        ] {
            assert_eq!(
                EmailAddress::parse(text),
                Err(InvalidAddress::Form),
                "{text:?}"
            );
        }
        let good = EmailAddress::parse(" budi.uji+ams@dinkes.uji.example ").unwrap();
        assert_eq!(good.domain(), "dinkes.uji.example");
    }

    #[test]
    fn a_stored_row_cannot_bring_in_a_bad_address() {
        assert!(serde_json::from_str::<EmailAddress>("\"a@uji.example\\r\\nX: y\"").is_err());
    }
}
