//! One look at a publication point, as a relying party has it: the URL is fetched, the CRL read as it comes in, its
//! issuer and signature verified. Constant memory, bounded octets, time and redirects; no cookies, no proxy, and what
//! comes back is data. Knows no desk.

use std::io::{self, Read};
use std::time::Duration;

use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, ResponseExt};

use crate::desk::view::NotSeen;
use crate::domain::distinguished_name::printable;
use crate::domain::{CrlNumber, IssuerId};
use crate::pki::crl_issuer::CrlIssuer;
use crate::pki::crl_read::{CrlReader, CrlSource, ReadError};
use crate::store::CrlKind;

/// Redirects that are followed.
const REDIRECTS: u32 = 3;
/// For name, connection and the first octets of the answer.
const ANSWER: Duration = Duration::from_secs(30);
/// Without an octet of the body for so long, nobody sends any more.
const PAUSE: Duration = Duration::from_secs(20);
/// For all of it: 50 MB over a slow line.
const WHOLE: Duration = Duration::from_secs(10 * 60);

/// What is looked for, and where.
#[derive(Clone, Debug)]
pub struct Look {
    pub issuer: IssuerId,
    pub kind: CrlKind,
    pub url: String,
    /// Whose CRL it must be.
    pub writer: CrlIssuer,
    /// Octets that are read at most.
    pub most: u64,
}

impl Look {
    /// The number of the CRL that stands there.
    pub fn make(&self) -> Result<CrlNumber, NotSeen> {
        let agent = agent();
        let remote = Remote { agent, look: self };
        let mut reader = CrlReader::open(&remote).map_err(|e| not_read(&e))?;
        if reader.is_pem() {
            // RFC 5280 §4.2.1.13: a DER-encoded CRL.
            return Err(NotSeen::NoCrl("PEM".to_owned()));
        }
        if reader.head().issuer != self.writer.subject {
            return Err(NotSeen::OtherIssuer);
        }
        while reader.next_entry().map_err(|e| not_read(&e))?.is_some() {}
        let tail = reader.finish().map_err(|e| not_read(&e))?;
        if tail.trailing > 0 {
            return Err(NotSeen::NoCrl(format!("+{}", tail.trailing)));
        }
        // An Ed25519 signature is verified by a second fetch, since it stands behind what it signs.
        let verified = tail.verify(&remote, &self.writer);
        if verified.map_err(|e| not_read(&e))?.is_err() {
            return Err(NotSeen::Signature);
        }
        let (delta, point) = (
            tail.extensions.delta_base.is_some(),
            tail.extensions.issuing_distribution_point.is_some(),
        );
        let expected = match self.kind {
            CrlKind::Complete => !delta && !point,
            CrlKind::Delta { .. } => delta,
            CrlKind::Partition { .. } => !delta && point,
        };
        if !expected {
            return Err(NotSeen::OtherKind);
        }
        tail.crl_number().ok_or(NotSeen::OtherKind)
    }
}

/// The publication point as something to read from, each time by a request of its own.
struct Remote<'a> {
    agent: Agent,
    look: &'a Look,
}

impl CrlSource for Remote<'_> {
    fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        let response = self
            .agent
            .get(&self.look.url)
            .header("Accept", "application/pkix-crl, */*;q=0.1")
            // The truth at the publication point, not a cache's on the way.
            .header("Cache-Control", "no-cache")
            .call()
            .map_err(ureq::Error::into_io)?;
        tracing::debug!(url = %printable(&response.get_uri().to_string()), "publication point answers");
        let body = response.into_body().into_with_config();
        Ok(Box::new(body.limit(self.look.most).reader()))
    }
}

/// A client for one look: nothing is kept for the next.
fn agent() -> Agent {
    let roots: Vec<Certificate<'static>> = rustls_native_certs::load_native_certs()
        .certs
        .iter()
        .map(|root| Certificate::from_der(root).to_owned())
        .collect();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&roots))
        .unversioned_rustls_crypto_provider(provider)
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .proxy(None)
        .max_redirects(REDIRECTS)
        .max_redirects_will_error(true)
        .http_status_as_error(true)
        .timeout_resolve(Some(ANSWER))
        .timeout_connect(Some(ANSWER))
        .timeout_recv_response(Some(ANSWER))
        .timeout_per_read(Some(PAUSE))
        .timeout_global(Some(WHOLE))
        .max_idle_connections(0)
        .user_agent(concat!("ams/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent()
}

/// What kept the answer from being read.
fn not_read(error: &ReadError) -> NotSeen {
    let said = |error: &dyn std::fmt::Display| printable(&error.to_string());
    let ReadError::Io(error) = error else {
        return NotSeen::NoCrl(said(error));
    };
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    match inner {
        Some(ureq::Error::StatusCode(status)) => NotSeen::Status(*status),
        Some(ureq::Error::Timeout(_)) => NotSeen::TimedOut,
        Some(
            ureq::Error::TooManyRedirects | ureq::Error::RedirectFailed | ureq::Error::BadUri(_),
        ) => NotSeen::Redirects,
        Some(ureq::Error::BodyExceedsLimit(_)) => NotSeen::TooLong,
        Some(other) => NotSeen::Unreachable(said(other)),
        None if error.kind() == io::ErrorKind::TimedOut => NotSeen::TimedOut,
        None => NotSeen::Unreachable(said(error)),
    }
}
