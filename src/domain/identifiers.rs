//! What things are called: serials, request numbers, CRL numbers, NIP, NIK, usernames, random ids.
//! A constructor is the only validation of its type; nothing here draws randomness.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a text is not the identifier it was taken for. `what` names the identifier, `expected` its form.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{what}: expected {expected}")]
pub struct InvalidIdentifier {
    pub what: &'static str,
    pub expected: &'static str,
}

const fn invalid(what: &'static str, expected: &'static str) -> InvalidIdentifier {
    InvalidIdentifier { what, expected }
}

/// A certificate serial number (RFC 5280 §4.1.2.2): a positive integer of at most 20 octets, kept as its
/// magnitude without leading zero octets. Orders numerically.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Serial(Vec<u8>);

impl Serial {
    /// From the content octets of a DER INTEGER: at most 20, and a 00 before a high bit. Refuses negative and zero.
    pub fn from_der_content(octets: &[u8]) -> Result<Self, InvalidIdentifier> {
        match octets.first() {
            Some(first) if first & 0x80 == 0 => {}
            _ => return Err(invalid("serial", "a positive integer")),
        }
        Self::from_magnitude(octets)
    }

    /// From big-endian magnitude octets; leading zero octets are dropped. Refuses zero and more than 20 octets. One of
    /// 20 octets with the high bit set has 21 in DER: CAs that draw 160 random bits make them, and what exists must be
    /// revocable.
    pub fn from_magnitude(octets: &[u8]) -> Result<Self, InvalidIdentifier> {
        let start = octets.iter().position(|b| *b != 0);
        let Some(start) = start else {
            return Err(invalid("serial", "a number above zero"));
        };
        let magnitude = &octets[start..];
        if magnitude.len() > 20 {
            return Err(invalid("serial", "at most 20 octets"));
        }
        Ok(Self(magnitude.to_vec()))
    }

    /// Reads hex digits in either case, with or without colons or a leading 00.
    pub fn parse(text: &str) -> Result<Self, InvalidIdentifier> {
        let bad = || invalid("serial", "hex digits, colons allowed");
        let mut digits: String = text.trim().chars().filter(|c| *c != ':').collect();
        if digits.is_empty() || digits.len() > 64 || !digits.bytes().all(|b| b.is_ascii_hexdigit())
        {
            return Err(bad());
        }
        if digits.len() % 2 == 1 {
            digits.insert(0, '0');
        }
        Self::from_magnitude(&hex::decode(digits).map_err(|_| bad())?)
    }

    /// Big-endian magnitude without leading zero octets, 1 to 20 octets.
    pub fn magnitude(&self) -> &[u8] {
        &self.0
    }

    /// The content octets of the DER INTEGER: a 00 before a high bit.
    pub fn der_content(&self) -> Vec<u8> {
        let mut content = Vec::with_capacity(self.0.len() + 1);
        if self.0[0] & 0x80 != 0 {
            content.push(0);
        }
        content.extend_from_slice(&self.0);
        content
    }

    /// The last four hex digits, what an officer types to confirm; a shorter serial is left-padded with 0.
    pub fn last_four(&self) -> String {
        let text = format!("{:0>4}", self.to_string());
        text[text.len() - 4..].to_owned()
    }

    /// The last eight hex digits, what a mail may name.
    pub fn last_eight(&self) -> String {
        let text = format!("{:0>8}", self.to_string());
        text[text.len() - 8..].to_owned()
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl PartialOrd for Serial {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Serial {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.0.len(), &self.0).cmp(&(other.0.len(), &other.0))
    }
}

/// A cRLNumber (RFC 5280 §5.2.3): a non-negative integer below 2^159, so that its DER form has at most 20 octets.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
pub struct CrlNumber([u8; 20]);

impl CrlNumber {
    pub const ZERO: Self = Self([0; 20]);

    /// From the content octets of a DER INTEGER; `None` for negative numbers and those of 2^159 and more.
    pub fn from_der_content(octets: &[u8]) -> Option<Self> {
        if octets.is_empty() || octets.len() > 20 || octets[0] & 0x80 != 0 {
            return None;
        }
        let mut number = [0; 20];
        number[20 - octets.len()..].copy_from_slice(octets);
        Some(Self(number))
    }

    /// The shortest DER INTEGER content of this number.
    pub fn der_content(&self) -> Vec<u8> {
        let start = self.0.iter().position(|b| *b != 0).unwrap_or(19);
        let start = if self.0[start] & 0x80 != 0 {
            start - 1
        } else {
            start
        };
        self.0[start..].to_vec()
    }

    /// The number `step` higher; `None` at 2^159.
    pub fn plus(self, step: u64) -> Option<Self> {
        let mut sum = self.0;
        let mut carry = u128::from(step);
        for octet in sum.iter_mut().rev() {
            carry += u128::from(*octet);
            *octet = (carry & 0xff) as u8;
            carry >>= 8;
        }
        (carry == 0 && sum[0] & 0x80 == 0).then_some(Self(sum))
    }

    /// The number as 128 bits where it fits: what JSON shows as an integer.
    pub fn as_u128(self) -> Option<u128> {
        let (high, low) = self.0.split_at(4);
        let mut number = [0; 16];
        number.copy_from_slice(low);
        (high == [0; 4]).then_some(u128::from_be_bytes(number))
    }

    /// Reads decimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.len() > 48 {
            return None;
        }
        let mut number = [0u8; 20];
        for digit in text.bytes() {
            let mut carry = u16::from(digit.checked_sub(b'0').filter(|d| *d < 10)?);
            for octet in number.iter_mut().rev() {
                carry += u16::from(*octet) * 10;
                *octet = (carry & 0xff) as u8;
                carry >>= 8;
            }
            if carry != 0 || number[0] & 0x80 != 0 {
                return None;
            }
        }
        Some(Self(number))
    }
}

impl From<u64> for CrlNumber {
    fn from(value: u64) -> Self {
        let mut number = [0; 20];
        number[12..].copy_from_slice(&value.to_be_bytes());
        Self(number)
    }
}

impl fmt::Display for CrlNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        let mut digits = Vec::new();
        while rest.iter().any(|b| *b != 0) {
            let mut remainder = 0u16;
            for octet in &mut rest {
                let value = (remainder << 8) | u16::from(*octet);
                *octet = (value / 10) as u8;
                remainder = value % 10;
            }
            digits.push(b'0' + remainder as u8);
        }
        if digits.is_empty() {
            digits.push(b'0');
        }
        digits.reverse();
        f.write_str(&String::from_utf8_lossy(&digits))
    }
}

/// A request's number, `PC-YYYY-NNNNNN`, given at first submission; NNNNNN counts within the year and may grow.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct RequestNumber {
    pub year: u16,
    pub sequence: u32,
}

impl RequestNumber {
    pub fn parse(text: &str) -> Result<Self, InvalidIdentifier> {
        let bad = || invalid("request number", "PC-YYYY-NNNNNN");
        let text = text.trim().to_ascii_uppercase();
        let (year, sequence) = text
            .strip_prefix("PC-")
            .and_then(|rest| rest.split_once('-'))
            .ok_or_else(bad)?;
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if year.len() != 4 || sequence.len() < 6 || !digits(year) || !digits(sequence) {
            return Err(bad());
        }
        Ok(Self {
            year: year.parse().map_err(|_| bad())?,
            sequence: sequence.parse().map_err(|_| bad())?,
        })
    }
}

impl fmt::Display for RequestNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PC-{:04}-{:06}", self.year, self.sequence)
    }
}

/// NIP, the civil servant's number: 18 digits `YYYYMMDD YYYYMM S NNN`. Only its form is known to be right.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Nip(String);

impl Nip {
    /// Reads 18 digits, blanks allowed between them.
    pub fn parse(text: &str) -> Result<Self, InvalidIdentifier> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.len() != 18 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(invalid("NIP", "18 digits"));
        }
        Ok(Self(digits))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether birth date, appointment month and sex digit are plausible. PPPK numbers differ: warn, don't refuse.
    pub fn looks_regular(&self) -> bool {
        let number = |range: std::ops::Range<usize>| self.0[range].parse::<u32>().unwrap_or(0);
        (1900..2100).contains(&number(0..4))
            && (1..=12).contains(&number(4..6))
            && (1..=31).contains(&number(6..8))
            && (1950..2100).contains(&number(8..12))
            && (1..=12).contains(&number(12..14))
            && (1..=2).contains(&number(14..15))
    }
}

impl fmt::Display for Nip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// NIK, the citizen's number: 16 digits `RRRRRR DDMMYY NNNN`, the day +40 for women. Personal data: no `Display`,
/// and its `Debug` is masked.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Nik(String);

impl Nik {
    pub fn parse(text: &str) -> Result<Self, InvalidIdentifier> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let bad = || invalid("NIK", "16 digits RRRRRR DDMMYY NNNN");
        if digits.len() != 16 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(bad());
        }
        let day: u32 = digits[6..8].parse().map_err(|_| bad())?;
        let month: u32 = digits[8..10].parse().map_err(|_| bad())?;
        let day = if day > 40 { day - 40 } else { day };
        if !(1..=31).contains(&day) || !(1..=12).contains(&month) {
            return Err(bad());
        }
        Ok(Self(digits))
    }

    /// The digits in clear; the caller logs the reading (UU PDP 27/2022).
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// `1371••••••••0003`: region and running number only.
    pub fn masked(&self) -> String {
        format!("{}••••••••{}", &self.0[..4], &self.0[12..])
    }
}

impl fmt::Debug for Nik {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nik(…)")
    }
}

/// A login name: 2 to 32 of `a-z 0-9 . _ -`, beginning with a letter or digit; given in any case, kept lower.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Username(String);

impl Username {
    pub fn parse(text: &str) -> Result<Self, InvalidIdentifier> {
        let name = text.trim().to_ascii_lowercase();
        let fits = (2..=32).contains(&name.len())
            && name.bytes().all(|b| {
                b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-')
            })
            && name.as_bytes()[0].is_ascii_alphanumeric();
        if fits {
            Ok(Self(name))
        } else {
            Err(invalid(
                "username",
                "2 to 32 of a-z 0-9 . _ -, a letter or digit first",
            ))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// Reads 32 hex digits.
            pub fn parse(text: &str) -> Result<Self, InvalidIdentifier> {
                let mut id = [0; 16];
                hex::decode_to_slice(text.trim(), &mut id)
                    .map_err(|_| invalid(stringify!($name), "32 hex digits"))?;
                Ok(Self(id))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), hex::encode(self.0))
            }
        }
    };
}

random_id!(
    /// An account; what the log names instead of a person.
    AccountId
);
random_id!(
    /// A revocation request, from its draft on; its number comes with submission.
    RequestId
);
random_id!(
    /// One letter version; also the name of its encrypted file.
    LetterId
);
random_id!(
    /// One mail in the outbox; the local part of its Message-ID.
    MailId
);
random_id!(
    /// An issuer: the first 16 octets of SHA-256(subject DER ‖ SubjectPublicKeyInfo DER). Several may share a name.
    IssuerId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_is_its_magnitude_and_orders_numerically() {
        let high = Serial::parse("00:C3:01").unwrap();
        assert_eq!(high.to_string(), "c301");
        assert_eq!(high.der_content(), [0, 0xc3, 1]);
        assert_eq!(Serial::parse("7").unwrap().last_four(), "0007");
        assert!(Serial::parse("ff").unwrap() < Serial::parse("0100").unwrap());
        assert!(
            Serial::parse("0").is_err()
                && Serial::parse("x").is_err()
                && Serial::parse("").is_err()
        );
        assert!(Serial::from_der_content(&[0x80]).is_err());
        let longest = Serial::parse(&"ff".repeat(20)).unwrap();
        assert_eq!(
            Serial::from_der_content(&longest.der_content()),
            Ok(longest)
        );
        assert!(
            Serial::parse(&"ff".repeat(20)).is_ok() && Serial::parse(&"ff".repeat(21)).is_err()
        );
    }

    #[test]
    fn a_crl_number_counts_beyond_machine_words() {
        let big = CrlNumber::parse("340282366920938463463374607431768211455").unwrap();
        assert_eq!(
            big.plus(1).unwrap().to_string(),
            "340282366920938463463374607431768211456"
        );
        assert_eq!(CrlNumber::from(128).der_content(), [0, 128]);
        assert_eq!(CrlNumber::ZERO.der_content(), [0]);
        let top = CrlNumber::parse("730750818665451459101842416358141509827966271487").unwrap();
        assert!(top.plus(1).is_none());
        assert!(CrlNumber::parse("730750818665451459101842416358141509827966271488").is_none());
    }

    #[test]
    fn numbers_of_people_are_checked_for_form_only() {
        assert!(Nip::parse("19870412 201001 2 003").unwrap().looks_regular());
        assert!(!Nip::parse("999999999999999999").unwrap().looks_regular());
        assert_eq!(
            Nik::parse("1371015204870003").unwrap().masked(),
            "1371••••••••0003"
        );
        assert!(Nik::parse("1371019904870003").is_err());
        assert!(!format!("{:?}", Nik::parse("1371015204870003").unwrap()).contains("0003"));
    }

    #[test]
    fn a_request_number_reads_back() {
        let n = RequestNumber::parse("pc-2026-000123").unwrap();
        assert_eq!(n.to_string(), "PC-2026-000123");
        assert!(RequestNumber::parse("PC-26-1").is_err());
    }
}
