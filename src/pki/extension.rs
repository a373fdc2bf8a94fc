//! The extensions of a certificate that matter to a revocation desk (RFC 5280 §4.2).
//! All of them are checked for form; one that is critical and unknown refuses the certificate.

use super::defect::Defect;
use super::der_scan::{self, DerError, Reader, Tlv, tag};
use super::name::refuse_control;

/// The bits of keyUsage (RFC 5280 §4.2.1.3), bit 0 = digitalSignature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeyUsage(pub u16);

impl KeyUsage {
    pub const fn digital_signature(self) -> bool {
        self.0 & 1 != 0
    }

    /// nonRepudiation, also called contentCommitment.
    pub const fn non_repudiation(self) -> bool {
        self.0 & 1 << 1 != 0
    }

    pub const fn key_cert_sign(self) -> bool {
        self.0 & 1 << 5 != 0
    }

    pub const fn crl_sign(self) -> bool {
        self.0 & 1 << 6 != 0
    }
}

/// What the extensions say.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Extensions {
    pub authority_key_id: Option<Vec<u8>>,
    pub subject_key_id: Option<Vec<u8>>,
    pub key_usage: Option<KeyUsage>,
    /// basicConstraints cA; absent means false.
    pub ca: bool,
    /// rfc822Name entries of subjectAltName, in their order.
    pub emails: Vec<String>,
    /// Whether a critical subjectAltName is there, which lets the subject be empty.
    pub critical_alternative_name: bool,
    /// Every URI of every distribution point's fullName, in their order.
    pub crl_distribution_points: Vec<String>,
}

/// What an extension's content is read for.
#[derive(Clone, Copy)]
enum Content {
    SubjectKeyId,
    KeyUsage,
    AlternativeName,
    BasicConstraints,
    DistributionPoints,
    AuthorityKeyId,
    /// Understood well enough to be critical, and of no interest here.
    FormOnly,
}

/// OID content octets, name, what is read. Those not listed here are taken unless they are critical.
const KNOWN: [(&[u8], &str, Content); 14] = [
    (
        &[0x55, 0x1d, 0x0e],
        "subjectKeyIdentifier",
        Content::SubjectKeyId,
    ),
    (&[0x55, 0x1d, 0x0f], "keyUsage", Content::KeyUsage),
    (
        &[0x55, 0x1d, 0x11],
        "subjectAltName",
        Content::AlternativeName,
    ),
    (&[0x55, 0x1d, 0x12], "issuerAltName", Content::FormOnly),
    (
        &[0x55, 0x1d, 0x13],
        "basicConstraints",
        Content::BasicConstraints,
    ),
    (&[0x55, 0x1d, 0x1e], "nameConstraints", Content::FormOnly),
    (
        &[0x55, 0x1d, 0x1f],
        "cRLDistributionPoints",
        Content::DistributionPoints,
    ),
    (
        &[0x55, 0x1d, 0x20],
        "certificatePolicies",
        Content::FormOnly,
    ),
    (&[0x55, 0x1d, 0x21], "policyMappings", Content::FormOnly),
    (
        &[0x55, 0x1d, 0x23],
        "authorityKeyIdentifier",
        Content::AuthorityKeyId,
    ),
    (&[0x55, 0x1d, 0x24], "policyConstraints", Content::FormOnly),
    (&[0x55, 0x1d, 0x25], "extKeyUsage", Content::FormOnly),
    (&[0x55, 0x1d, 0x2e], "freshestCRL", Content::FormOnly),
    (&[0x55, 0x1d, 0x36], "inhibitAnyPolicy", Content::FormOnly),
];

impl Extensions {
    /// Reads the SEQUENCE OF Extension inside `[3]`.
    pub fn parse(list: Tlv<'_>) -> Result<Self, Defect> {
        let mut all = Self::default();
        let mut seen: Vec<&[u8]> = Vec::with_capacity(10);
        let mut list = list.tagged(tag::SEQUENCE)?.reader();
        if list.is_empty() {
            return Err(Defect::EmptyExtensions);
        }
        while !list.is_empty() {
            let mut extension = list.sequence()?;
            let oid = extension.expect(tag::OID)?;
            let critical = match extension.optional(tag::BOOLEAN)? {
                None => false,
                Some(flag) if flag.boolean()? => true,
                Some(flag) => {
                    return Err(Defect::DefaultWrittenOut {
                        offset: flag.offset,
                    });
                }
            };
            let content = extension.expect(tag::OCTET_STRING)?;
            extension.end()?;
            let known = KNOWN.iter().find(|(known, ..)| *known == oid.value);
            if seen.contains(&oid.value) {
                return Err(Defect::DuplicateExtension {
                    extension: known.map_or(oid.oid()?, |(_, name, _)| (*name).to_owned()),
                });
            }
            seen.push(oid.value);
            match known {
                Some((_, name, kind)) => all
                    .take(*kind, content, critical)
                    .map_err(|defect| within(defect, name))?,
                None if critical => {
                    return Err(Defect::UnknownCriticalExtension { oid: oid.oid()? });
                }
                None => {}
            }
        }
        Ok(all)
    }

    fn take(&mut self, kind: Content, content: Tlv<'_>, critical: bool) -> Result<(), Defect> {
        let mut outer = content.reader();
        let value = outer.read()?;
        outer.end()?;
        if value.tag & 0x20 != 0 {
            der_scan::check_nested(value)?;
        }
        match kind {
            Content::SubjectKeyId => {
                self.subject_key_id = Some(value.tagged(tag::OCTET_STRING)?.value.to_vec());
            }
            Content::KeyUsage => self.key_usage = Some(key_usage(value)?),
            Content::AlternativeName => {
                self.critical_alternative_name = critical;
                self.emails = general_names(value.tagged(tag::SEQUENCE)?.reader(), 1, "email")?;
            }
            Content::BasicConstraints => self.ca = basic_constraints(value)?,
            Content::DistributionPoints => {
                self.crl_distribution_points = distribution_points(value)?;
            }
            Content::AuthorityKeyId => {
                let mut inside = value.tagged(tag::SEQUENCE)?.reader();
                let key_id = inside.optional(tag::context(0))?;
                self.authority_key_id = key_id.map(|id| id.value.to_vec());
            }
            Content::FormOnly => {}
        }
        Ok(())
    }
}

/// An encoding error inside an extension is that extension's damage; a defect with a better name keeps it.
fn within(defect: Defect, extension: &'static str) -> Defect {
    match defect {
        Defect::Malformed { .. }
        | Defect::UnexpectedElement { .. }
        | Defect::MissingElement { .. }
        | Defect::OverrunsParent { .. } => Defect::BadExtension { extension },
        other => other,
    }
}

fn key_usage(value: Tlv<'_>) -> Result<KeyUsage, Defect> {
    let bad = Defect::BadExtension {
        extension: "keyUsage",
    };
    let (unused, octets) = match value.tagged(tag::BIT_STRING)?.value {
        [unused @ 0..=7, octets @ ..] if (1..=2).contains(&octets.len()) => (*unused, octets),
        _ => return Err(bad),
    };
    let last = octets.last().copied().unwrap_or_default();
    if last & ((1u16 << unused) - 1) as u8 != 0 {
        return Err(bad);
    }
    let bits = octets.iter().enumerate().fold(0u16, |bits, (i, o)| {
        bits | u16::from(o.reverse_bits()) << (8 * i)
    });
    Ok(KeyUsage(bits))
}

fn basic_constraints(value: Tlv<'_>) -> Result<bool, Defect> {
    let mut inside = value.tagged(tag::SEQUENCE)?.reader();
    let ca = match inside.optional(tag::BOOLEAN)? {
        Some(flag) => flag.boolean()?,
        None => false,
    };
    if let Some(path_length) = inside.optional(tag::INTEGER)? {
        path_length.small_integer()?;
    }
    inside.end()?;
    Ok(ca)
}

/// The IA5 names of one choice (1 = rfc822Name, 6 = URI) among GeneralNames.
fn general_names(mut names: Reader<'_>, choice: u8, field: &str) -> Result<Vec<String>, Defect> {
    let mut found = Vec::new();
    if names.is_empty() {
        return Err(DerError::Missing {
            offset: names.offset(),
            expected: tag::context(choice),
        }
        .into());
    }
    while !names.is_empty() {
        let name = names.read()?;
        if name.tag & 0xc0 != 0x80 {
            return Err(DerError::WrongTag {
                offset: name.offset,
                expected: tag::context(choice),
                found: name.tag,
            }
            .into());
        }
        if name.tag != tag::context(choice) {
            continue;
        }
        let text = std::str::from_utf8(name.value).ok();
        let text = text.filter(|t| t.is_ascii());
        let text = text.ok_or_else(|| Defect::BadAsciiString {
            field: field.to_owned(),
        })?;
        refuse_control(text, || field.to_owned())?;
        found.push(text.to_owned());
    }
    Ok(found)
}

fn distribution_points(value: Tlv<'_>) -> Result<Vec<String>, Defect> {
    let mut uris = Vec::new();
    let mut points = value.tagged(tag::SEQUENCE)?.reader();
    while !points.is_empty() {
        let mut point = points.sequence()?;
        let Some(name) = point.optional(tag::context_constructed(0))? else {
            continue;
        };
        let full_name = name.reader().read()?;
        if full_name.tag == tag::context_constructed(0) {
            uris.extend(general_names(
                full_name.reader(),
                6,
                "cRLDistributionPoints",
            )?);
        }
    }
    Ok(uris)
}
