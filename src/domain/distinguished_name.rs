//! A distinguished name as parsed RDNs (RFC 5280 §4.1.2.4), compared RDN by RDN.
//! The same name is printed in both orders by different tools, so text is never compared.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One attribute of an RDN: the type as a dotted OID and the value as text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Attribute {
    pub oid: String,
    pub value: String,
}

impl Attribute {
    /// The short name of the type (RFC 4514 §3 and common use), or the OID itself.
    pub fn label(&self) -> &str {
        SHORT_NAMES
            .iter()
            .find(|(oid, _)| *oid == self.oid)
            .map_or(self.oid.as_str(), |(_, name)| name)
    }

    /// The value for matching (RFC 5280 §7.1 asks for RFC 4518 preparation): case folded, inner blanks run together.
    fn prepared(&self) -> (String, String) {
        let folded = self.value.to_lowercase();
        let value = folded.split_whitespace().collect::<Vec<_>>().join(" ");
        (self.oid.clone(), value)
    }
}

const SHORT_NAMES: [(&str, &str); 16] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "street"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "title"),
    ("2.5.4.42", "GN"),
    ("2.5.4.46", "dnQualifier"),
    ("2.5.4.97", "organizationIdentifier"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
];

/// One RDN: a set of attributes; usually one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rdn(pub Vec<Attribute>);

impl Rdn {
    fn prepared(&self) -> Vec<(String, String)> {
        let mut set: Vec<_> = self.0.iter().map(Attribute::prepared).collect();
        set.sort();
        set
    }
}

/// Two RDNs are equal when their attributes match as sets.
impl PartialEq for Rdn {
    fn eq(&self, other: &Self) -> bool {
        self.prepared() == other.prepared()
    }
}

impl Eq for Rdn {}

/// A name in the order of its encoding. Equality is that of RFC 5280 §7.1: same RDNs in the same order.
/// `Display` is RFC 4514-like in encoding order, control characters escaped.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct DistinguishedName {
    pub rdns: Vec<Rdn>,
}

/// One line of a comparison of two names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RdnComparison {
    /// The attribute's short name.
    pub label: String,
    pub left: Option<String>,
    pub right: Option<String>,
    pub same: bool,
}

impl DistinguishedName {
    /// The first value of the attribute type with this dotted OID.
    pub fn first(&self, oid: &str) -> Option<&str> {
        self.rdns
            .iter()
            .flat_map(|rdn| &rdn.0)
            .find(|a| a.oid == oid)
            .map(|a| a.value.as_str())
    }

    pub fn common_name(&self) -> Option<&str> {
        self.first("2.5.4.3")
    }

    /// Pairs both names' attributes RDN by RDN, whichever order each was written in: each attribute of `self` is
    /// looked for in `other`; what only one of them has stands alone.
    pub fn compare(&self, other: &Self) -> Vec<RdnComparison> {
        let mut rest: Vec<&Attribute> = other.rdns.iter().flat_map(|rdn| &rdn.0).collect();
        let mut lines = Vec::new();
        for left in self.rdns.iter().flat_map(|rdn| &rdn.0) {
            let exact = rest.iter().position(|r| r.prepared() == left.prepared());
            let found = exact.or_else(|| rest.iter().position(|r| r.oid == left.oid));
            let right = found.map(|i| rest.remove(i));
            lines.push(RdnComparison {
                label: left.label().to_owned(),
                left: Some(left.value.clone()),
                right: right.map(|r| r.value.clone()),
                same: exact.is_some(),
            });
        }
        lines.extend(rest.into_iter().map(|right| RdnComparison {
            label: right.label().to_owned(),
            left: None,
            right: Some(right.value.clone()),
            same: false,
        }));
        lines
    }
}

impl fmt::Display for DistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, rdn) in self.rdns.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            for (j, attribute) in rdn.0.iter().enumerate() {
                if j > 0 {
                    f.write_str("+")?;
                }
                write!(f, "{}=", attribute.label())?;
                escape(f, &attribute.value)?;
            }
        }
        Ok(())
    }
}

/// RFC 4514 §2.4 escaping, with every control and bidirectional formatting character as `\XX` per UTF-8 octet.
fn escape(f: &mut fmt::Formatter<'_>, value: &str) -> fmt::Result {
    use fmt::Write;
    let last = value.chars().count().saturating_sub(1);
    for (i, c) in value.chars().enumerate() {
        let edge_blank = c == ' ' && (i == 0 || i == last);
        if is_unprintable(c) {
            let mut buffer = [0; 4];
            for octet in c.encode_utf8(&mut buffer).bytes() {
                write!(f, "\\{octet:02X}")?;
            }
        } else {
            if edge_blank
                || matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=')
                || (c == '#' && i == 0)
            {
                f.write_char('\\')?;
            }
            f.write_char(c)?;
        }
    }
    Ok(())
}

/// Characters that must never reach a terminal, header, log or path: C0, DEL, C1, line and paragraph separators,
/// bidirectional and zero-width formatting, the byte order mark.
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

/// Text from outside made fit to be shown: every unprintable character becomes `·`.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if is_unprintable(c) { '·' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dn(pairs: &[(&str, &str)]) -> DistinguishedName {
        DistinguishedName {
            rdns: pairs
                .iter()
                .map(|(oid, value)| {
                    Rdn(vec![Attribute {
                        oid: (*oid).to_owned(),
                        value: (*value).to_owned(),
                    }])
                })
                .collect(),
        }
    }

    #[test]
    fn names_compare_attribute_by_attribute_in_either_order() {
        let a = dn(&[
            ("2.5.4.6", "ID"),
            ("2.5.4.10", "Uji"),
            ("2.5.4.3", "Budi  UJI"),
        ]);
        let b = dn(&[
            ("2.5.4.3", "budi uji"),
            ("2.5.4.10", "Lain"),
            ("2.5.4.6", "ID"),
        ]);
        assert_ne!(a, b);
        let lines = a.compare(&b);
        assert_eq!(
            lines.iter().map(|l| l.same).collect::<Vec<_>>(),
            [true, false, true]
        );
    }

    #[test]
    fn control_and_escape_characters_never_print_raw() {
        let text = dn(&[("2.5.4.3", "\u{1b}[2Jevil\0\u{202e}, x")]).to_string();
        assert_eq!(text, "CN=\\1B[2Jevil\\00\\E2\\80\\AE\\, x");
        assert_eq!(printable("a\u{1b}b\u{9b}c"), "a·b·c");
    }
}
