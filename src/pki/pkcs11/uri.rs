//! PKCS#11 URIs (RFC 7512): which token, which key on it, and where module and PIN come from. A PIN itself is refused:
//! it would stand in process lists and in the database. Pure.

use super::fault::TokenFault;

/// A URI, taken apart. What is absent fits everything.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TokenUri {
    pub token: Option<String>,
    pub manufacturer: Option<String>,
    pub serial: Option<String>,
    pub model: Option<String>,
    pub slot_id: Option<u64>,
    pub slot_description: Option<String>,
    pub slot_manufacturer: Option<String>,
    /// CKA_LABEL of the key.
    pub object: Option<String>,
    /// CKA_ID of the key.
    pub id: Option<Vec<u8>>,
    /// Absolute path of the vendor's library.
    pub module_path: Option<String>,
    /// Absolute path of a file with the PIN in its first line.
    pub pin_source: Option<String>,
}

/// The longest URI that is read; a real one has some hundred octets.
const LONGEST: usize = 4096;

const SCHEME: &str = "pkcs11:";

impl TokenUri {
    /// Reads a URI. Vendor attributes are passed over (RFC 7512 §2.3); an attribute given twice is refused.
    pub fn parse(text: &str) -> Result<Self, TokenFault> {
        let wrong = |what: String| TokenFault::Uri { what };
        if text.len() > LONGEST {
            return Err(wrong("it is longer than any URI".to_owned()));
        }
        let head = text.get(..SCHEME.len()).unwrap_or_default();
        if !head.eq_ignore_ascii_case(SCHEME) {
            return Err(wrong(format!("it does not begin with {SCHEME}")));
        }
        let rest = &text[SCHEME.len()..];
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut uri = Self::default();
        let mut seen = Vec::new();
        let attributes = path.split(';').chain(query.split('&'));
        for attribute in attributes.filter(|attribute| !attribute.is_empty()) {
            let (name, value) = attribute
                .split_once('=')
                .ok_or_else(|| wrong(format!("{attribute} has no value")))?;
            let octets = decoded(value)
                .ok_or_else(|| wrong(format!("{name}: a % is not followed by two hex digits")))?;
            if seen.contains(&name) {
                return Err(wrong(format!("{name} is there twice")));
            }
            seen.push(name);
            uri.take(name, octets)?;
        }
        if uri == Self::default() {
            return Err(wrong("it names no token and no key".to_owned()));
        }
        Ok(uri)
    }

    fn take(&mut self, name: &str, octets: Vec<u8>) -> Result<(), TokenFault> {
        let wrong = |what: &str| TokenFault::Uri {
            what: format!("{name}: {what}"),
        };
        if name == "id" {
            self.id = Some(octets);
            return Ok(());
        }
        let text = String::from_utf8(octets).map_err(|_| wrong("it is no text"))?;
        let place = match name {
            "token" => &mut self.token,
            "manufacturer" => &mut self.manufacturer,
            "serial" => &mut self.serial,
            "model" => &mut self.model,
            "object" => &mut self.object,
            "slot-description" => &mut self.slot_description,
            "slot-manufacturer" => &mut self.slot_manufacturer,
            "module-path" if !text.starts_with('/') => {
                return Err(wrong("an absolute path is needed"));
            }
            // Asked for in the query; many write it in the path, which means the same.
            "module-path" => &mut self.module_path,
            "pin-source" => {
                let path = text.strip_prefix("file:").unwrap_or(&text);
                let path = path.strip_prefix("//").unwrap_or(path);
                if !path.starts_with('/') {
                    return Err(wrong("the absolute path of a file is needed"));
                }
                self.pin_source = Some(path.to_owned());
                return Ok(());
            }
            "slot-id" => {
                let number = text.parse().map_err(|_| wrong("it is no number"))?;
                self.slot_id = Some(number);
                return Ok(());
            }
            "type" if text == "private" => return Ok(()),
            "type" => return Err(wrong("a private key is needed")),
            "pin-value" => {
                return Err(wrong("a PIN never stands in a URI; give it apart"));
            }
            "module-name" => return Err(wrong("give module-path, an absolute path")),
            // library-*, which tell nothing of the key, and vendors' own.
            _ => return Ok(()),
        };
        *place = Some(text);
        Ok(())
    }

    /// Whether it names files of the desk's host, which only somebody there may.
    pub const fn names_files(&self) -> bool {
        self.module_path.is_some() || self.pin_source.is_some()
    }

    /// The token in words.
    pub fn token_words(&self) -> String {
        let words = [&self.token, &self.serial, &self.model, &self.manufacturer];
        let words: Vec<&str> = words.into_iter().flatten().map(String::as_str).collect();
        match (words.is_empty(), self.slot_id) {
            (false, _) => words.join(", "),
            (true, Some(slot)) => format!("slot-id {slot}"),
            (true, None) => "?".to_owned(),
        }
    }

    /// The key in words.
    pub fn key_words(&self) -> String {
        match (&self.object, &self.id) {
            (Some(object), _) => object.clone(),
            (None, Some(id)) => format!("id {}", hex::encode(id)),
            (None, None) => "?".to_owned(),
        }
    }
}

/// Octets of a value with its %xx undone; `None` where one is malformed.
fn decoded(value: &str) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        if *first == b'%' {
            let (digits, more) = more.split_at_checked(2)?;
            let mut octet = [0];
            hex::decode_to_slice(digits, &mut octet).ok()?;
            octets.push(octet[0]);
            rest = more;
        } else {
            octets.push(*first);
            rest = more;
        }
    }
    Some(octets)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fault(text: &str) -> String {
        match TokenUri::parse(text) {
            Err(TokenFault::Uri { what }) => what,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_uri_of_the_rfc_is_read_attribute_by_attribute() {
        let uri = TokenUri::parse(
            "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;\
             object=kunci%20CRL;type=private;id=%69%95%3E;slot-id=327;x-vendor=any\
             ?pin-source=file:/etc/token_pin&module-path=/usr/lib/softhsm/libsofthsm2.so",
        )
        .unwrap();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(uri.token, text("The Software PKCS#11 Softtoken"));
        assert_eq!(uri.manufacturer, text("Snake Oil, Inc."));
        assert_eq!(uri.object, text("kunci CRL"));
        assert_eq!(uri.id, Some(vec![0x69, 0x95, 0x3e]));
        assert_eq!(uri.slot_id, Some(327));
        assert_eq!(uri.pin_source, text("/etc/token_pin"));
        assert_eq!(uri.module_path, text("/usr/lib/softhsm/libsofthsm2.so"));
        assert!(uri.names_files());
        let short = TokenUri::parse("PKCS11:serial=0a1b;pin-source=/run/pin;module-path=/m.so");
        assert_eq!(short.unwrap().pin_source, text("/run/pin"));
    }

    #[test]
    fn what_is_wrong_with_a_uri_is_named() {
        for (text, says) in [
            ("token=a", "does not begin"),
            ("pkcs11:", "names no token"),
            ("pkcs11:token", "no value"),
            ("pkcs11:token=a;token=b", "twice"),
            ("pkcs11:token=%4", "two hex digits"),
            ("pkcs11:token=%zz", "two hex digits"),
            ("pkcs11:token=%ff", "no text"),
            ("pkcs11:token=a;type=cert", "private key"),
            ("pkcs11:token=a;slot-id=x", "no number"),
            ("pkcs11:token=a?module-path=lib.so", "absolute"),
            ("pkcs11:token=a?module-name=softhsm2", "module-path"),
            ("pkcs11:token=a?pin-source=|/usr/bin/pin", "absolute path"),
        ] {
            assert!(fault(text).contains(says), "{text}: {}", fault(text));
        }
        // The PIN itself is not repeated in what is said of it.
        let said = fault("pkcs11:token=a?pin-value=836215");
        assert!(said.contains("never stands") && !said.contains("836215"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_nothing_panics(text in "(pkcs11:)?[a-z%;&?=/0-9é-]{0,60}") {
            let _ = TokenUri::parse(&text);
        }

        #[test]
        fn every_name_of_a_token_can_be_written_and_is_read_back(name in any::<String>()) {
            let mut written = String::new();
            for octet in name.bytes() {
                written.push_str(&format!("%{octet:02x}"));
            }
            let uri = TokenUri::parse(&format!("pkcs11:token={written}")).unwrap();
            prop_assert_eq!(uri.token, Some(name));
        }
    }
}
