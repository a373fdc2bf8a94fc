//! Extensions of CRLs and of their entries, read (RFC 5280 §5.2, §5.3). Any CRL of anyone: what is malformed is kept
//! as such, so that a check can say which extension is wrong. Never panics on any input.

use super::der_scan::{DerError, Reader, Tlv, single, tag};
use super::der_value::dotted;
use super::oid;
use crate::domain::Timestamp;

/// One extension, its value still encoded.
#[derive(Clone, Copy, Debug)]
pub struct Extension<'a> {
    /// Content octets of extnID.
    pub oid: &'a [u8],
    pub critical: bool,
    /// `critical FALSE` was written out, which DER forbids for a DEFAULT (X.690 §11.5).
    pub false_written: bool,
    /// What the OCTET STRING holds.
    pub value: &'a [u8],
}

impl<'a> Extension<'a> {
    /// The extensions that `reader` holds, one by one; ends after the first that is malformed.
    pub fn each(
        mut reader: Option<Reader<'a>>,
    ) -> impl Iterator<Item = Result<Extension<'a>, DerError>> {
        std::iter::from_fn(move || {
            let inside = reader.as_mut().filter(|r| !r.is_empty())?;
            let extension = Self::read(inside);
            if extension.is_err() {
                reader = None;
            }
            Some(extension)
        })
    }

    fn read(reader: &mut Reader<'a>) -> Result<Self, DerError> {
        let mut parts = reader.sequence()?;
        let oid = parts.expect(tag::OID)?.value;
        let critical = parts
            .optional(tag::BOOLEAN)?
            .map(|flag| flag.boolean())
            .transpose()?;
        let value = parts.expect(tag::OCTET_STRING)?.value;
        parts.end()?;
        Ok(Self {
            oid,
            critical: critical == Some(true),
            false_written: critical == Some(false),
            value,
        })
    }

    /// The number of a reasonCode (RFC 5280 §5.3.1).
    pub fn reason_code(&self) -> Result<u32, DerError> {
        single(self.value, tag::ENUMERATED)?.small_integer()
    }

    /// A GeneralizedTime and nothing else: invalidityDate, expiredCertsOnCRL.
    pub fn generalized_time(&self) -> Result<Timestamp, DerError> {
        single(self.value, tag::GENERALIZED_TIME)?.time()
    }

    /// The content octets of an INTEGER: cRLNumber, BaseCRLNumber.
    fn number(&self) -> Result<Vec<u8>, DerError> {
        Ok(single(self.value, tag::INTEGER)?.integer()?.to_vec())
    }
}

/// An OBJECT IDENTIFIER's content octets in dotted form.
pub fn oid_text(content: &[u8]) -> String {
    dotted(content).unwrap_or_else(|| format!("(malformed) {}", hex::encode(content)))
}

/// An extension that this program knows, its criticality and its value or what is wrong with it.
#[derive(Clone, Debug)]
pub struct Known<T> {
    pub critical: bool,
    pub value: Result<T, DerError>,
}

impl<T> Known<T> {
    /// The value where it is well-formed.
    pub fn get(&self) -> Option<&T> {
        self.value.as_ref().ok()
    }
}

/// AuthorityKeyIdentifier (RFC 5280 §5.2.1, §4.2.1.1).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuthorityKeyIdentifier {
    pub key_id: Option<Vec<u8>>,
    /// authorityCertIssuer or authorityCertSerialNumber is there.
    pub names_certificate: bool,
}

/// IssuingDistributionPoint (RFC 5280 §5.2.5).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct IssuingDistributionPoint {
    /// URIs of distributionPoint's fullName.
    pub uris: Vec<String>,
    /// distributionPoint is there, with or without URIs.
    pub has_distribution_point: bool,
    pub only_user_certs: bool,
    pub only_ca_certs: bool,
    pub only_attribute_certs: bool,
    pub only_some_reasons: bool,
    pub indirect: bool,
    /// A FALSE was written out, which DER forbids for a DEFAULT.
    pub false_written: bool,
}

/// crlExtensions of one CRL.
#[derive(Clone, Debug, Default)]
pub struct CrlExtensions {
    /// The field is there.
    pub present: bool,
    pub count: usize,
    pub authority_key_identifier: Option<Known<AuthorityKeyIdentifier>>,
    /// Content octets of the INTEGER.
    pub crl_number: Option<Known<Vec<u8>>>,
    /// Content octets of BaseCRLNumber.
    pub delta_base: Option<Known<Vec<u8>>>,
    pub issuing_distribution_point: Option<Known<IssuingDistributionPoint>>,
    /// URIs of the distribution points.
    pub freshest_crl: Option<Known<Vec<String>>>,
    pub expired_certs_on_crl: Option<Known<Timestamp>>,
    pub issuer_alt_name_critical: Option<bool>,
    pub authority_info_access_critical: Option<bool>,
    /// Dotted type and criticality of every other extension.
    pub others: Vec<(String, bool)>,
    /// Dotted types that occur more than once.
    pub duplicates: Vec<String>,
    /// Dotted types whose `critical FALSE` was written out.
    pub false_written: Vec<String>,
}

impl CrlExtensions {
    /// Reads the field `[0] EXPLICIT Extensions`. An error means that the list itself is malformed; a malformed value
    /// of a known extension is kept in its `Known`.
    pub fn read(field: Tlv<'_>) -> Result<Self, DerError> {
        let mut outer = field.reader();
        let list = outer.expect(tag::SEQUENCE)?;
        outer.end()?;
        let mut found = Self {
            present: true,
            ..Self::default()
        };
        let mut seen: Vec<&[u8]> = Vec::new();
        for extension in Extension::each(Some(list.reader())) {
            let extension = extension?;
            found.count += 1;
            if extension.false_written {
                found.false_written.push(oid_text(extension.oid));
            }
            if seen.contains(&extension.oid) {
                found.duplicates.push(oid_text(extension.oid));
                continue;
            }
            seen.push(extension.oid);
            found.take(&extension);
        }
        Ok(found)
    }

    fn take(&mut self, extension: &Extension<'_>) {
        let critical = extension.critical;
        let value = extension.value;
        match extension.oid {
            oid::AUTHORITY_KEY_IDENTIFIER => {
                self.authority_key_identifier = Some(Known {
                    critical,
                    value: read_authority_key_identifier(value),
                });
            }
            oid::CRL_NUMBER => {
                self.crl_number = Some(Known {
                    critical,
                    value: extension.number(),
                });
            }
            oid::DELTA_CRL_INDICATOR => {
                self.delta_base = Some(Known {
                    critical,
                    value: extension.number(),
                });
            }
            oid::ISSUING_DISTRIBUTION_POINT => {
                self.issuing_distribution_point = Some(Known {
                    critical,
                    value: read_issuing_distribution_point(value),
                });
            }
            oid::FRESHEST_CRL => {
                self.freshest_crl = Some(Known {
                    critical,
                    value: read_distribution_points(value),
                });
            }
            oid::EXPIRED_CERTS_ON_CRL => {
                self.expired_certs_on_crl = Some(Known {
                    critical,
                    value: extension.generalized_time(),
                });
            }
            oid::ISSUER_ALT_NAME => self.issuer_alt_name_critical = Some(critical),
            oid::AUTHORITY_INFO_ACCESS => self.authority_info_access_critical = Some(critical),
            other => self.others.push((oid_text(other), critical)),
        }
    }
}

fn read_authority_key_identifier(value: &[u8]) -> Result<AuthorityKeyIdentifier, DerError> {
    let mut parts = single(value, tag::SEQUENCE)?.reader();
    let key_id = parts.optional(tag::context(0))?;
    let issuer = parts.optional(tag::context_constructed(1))?;
    let serial = parts.optional(tag::context(2))?;
    parts.end()?;
    Ok(AuthorityKeyIdentifier {
        key_id: key_id.map(|id| id.value.to_vec()),
        names_certificate: issuer.is_some() || serial.is_some(),
    })
}

fn read_issuing_distribution_point(value: &[u8]) -> Result<IssuingDistributionPoint, DerError> {
    let mut parts = single(value, tag::SEQUENCE)?.reader();
    let mut idp = IssuingDistributionPoint::default();
    if let Some(name) = parts.optional(tag::context_constructed(0))? {
        idp.has_distribution_point = true;
        idp.uris = read_distribution_point_name(name)?;
    }
    let mut false_written = false;
    let mut flag = |parts: &mut Reader<'_>, number: u8| -> Result<bool, DerError> {
        let Some(flag) = parts.optional(tag::context(number))? else {
            return Ok(false);
        };
        match flag.value {
            [0xff] => Ok(true),
            [0] => {
                false_written = true;
                Ok(false)
            }
            _ => Err(DerError::BadValue {
                offset: flag.offset,
                what: "a DER BOOLEAN (00 or FF)",
            }),
        }
    };
    idp.only_user_certs = flag(&mut parts, 1)?;
    idp.only_ca_certs = flag(&mut parts, 2)?;
    idp.only_some_reasons = parts.optional(tag::context(3))?.is_some();
    idp.indirect = flag(&mut parts, 4)?;
    idp.only_attribute_certs = flag(&mut parts, 5)?;
    parts.end()?;
    idp.false_written = false_written;
    Ok(idp)
}

/// DistributionPointName inside its tag: the URIs of fullName; other names and nameRelativeToCRLIssuer give none.
fn read_distribution_point_name(name: Tlv<'_>) -> Result<Vec<String>, DerError> {
    let mut inside = name.reader();
    let mut uris = Vec::new();
    match inside.peek_tag() {
        Some(0xa0) => {
            let mut names = inside.read()?.reader();
            if names.is_empty() {
                return Err(DerError::Missing {
                    offset: names.offset(),
                    expected: tag::context(6),
                });
            }
            while !names.is_empty() {
                let name = names.read()?;
                if name.tag == tag::context(6) {
                    uris.push(ia5(name)?);
                }
            }
        }
        Some(0xa1) => {
            inside.read()?;
        }
        _ => {
            inside.expect(tag::context_constructed(0))?;
        }
    }
    inside.end()?;
    Ok(uris)
}

fn ia5(name: Tlv<'_>) -> Result<String, DerError> {
    let text = std::str::from_utf8(name.value).ok();
    text.filter(|t| t.is_ascii())
        .map(str::to_owned)
        .ok_or(DerError::BadValue {
            offset: name.offset,
            what: "an IA5String",
        })
}

/// CRLDistributionPoints: the URIs of all its points (RFC 5280 §4.2.1.13, §5.2.6).
fn read_distribution_points(value: &[u8]) -> Result<Vec<String>, DerError> {
    let list = single(value, tag::SEQUENCE)?;
    let mut points = list.reader();
    let mut uris = Vec::new();
    if points.is_empty() {
        return Err(DerError::Missing {
            offset: points.offset(),
            expected: tag::SEQUENCE,
        });
    }
    while !points.is_empty() {
        let mut point = points.sequence()?;
        if let Some(name) = point.optional(tag::context_constructed(0))? {
            uris.extend(read_distribution_point_name(name)?);
        }
        point.optional(tag::context(1))?;
        point.optional(tag::context_constructed(2))?;
        point.end()?;
    }
    Ok(uris)
}
