//! SMTP through lettre, blocking: STARTTLS or TLS from the start with the server's certificate verified; in clear
//! only to this very machine. Relies on settings of the desk; a password is wiped after use and never printed.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use lettre::Transport as _;
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::response::Response;
use lettre::transport::smtp::{Error, SmtpTransport as Lettre};
use secrecy::{ExposeSecret, SecretString};

use super::address::Sender;
use super::message::OutboxMail;
use super::transport::{Answer, SendError, Transport};

/// A fair longest wait for the server at each step of the conversation.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// How the conversation is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Security {
    /// STARTTLS, demanded (RFC 3207); port 587 by default.
    StartTls,
    /// TLS from the first octet (RFC 8314 §3.3); port 465 by default.
    ImplicitTls,
    /// In clear, to a loopback address only; port 25 by default.
    Plain,
}

/// Where and how to send: settings of the desk.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    pub host: String,
    pub port: Option<u16>,
    pub security: Security,
    /// User and password.
    pub login: Option<(String, SecretString)>,
    /// Further trusted roots in PEM, for a server under a private CA.
    pub extra_roots: Option<Vec<u8>>,
    /// Longest wait for the server at each step; usually [`TIMEOUT`].
    pub timeout: Duration,
    pub sender: Sender,
}

/// Settings that would be unsafe or cannot work.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    #[error("the SMTP host {0:?} is no host name or address")]
    Host(String),
    #[error("mail may go in clear to this machine only; {0} is elsewhere: use starttls or tls")]
    PlainElsewhere(String),
    #[error("the extra root certificates could not be read: {0}")]
    ExtraRoots(String),
    #[error("TLS could not be set up: {0}")]
    Tls(String),
}

/// A mail server and a pooled connection to it.
pub struct SmtpTransport {
    server: Lettre,
    sender: Sender,
}

impl SmtpTransport {
    /// Prepares the transport; the server is not contacted yet.
    pub fn new(settings: SmtpSettings) -> Result<Self, SmtpError> {
        let host = settings.host.trim().to_owned();
        let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':');
        if host.is_empty() || !host.bytes().all(fits) {
            return Err(SmtpError::Host(host.escape_debug().to_string()));
        }
        let (tls, port) = match settings.security {
            Security::StartTls => (Tls::Required(tls(&host, &settings)?), 587),
            Security::ImplicitTls => (Tls::Wrapper(tls(&host, &settings)?), 465),
            Security::Plain if is_loopback(&host) => (Tls::None, 25),
            Security::Plain => return Err(SmtpError::PlainElsewhere(host)),
        };
        let mut server = Lettre::builder_dangerous(host)
            .port(settings.port.unwrap_or(port))
            .tls(tls)
            .timeout(Some(settings.timeout))
            // One worker sends; an idle connection is closed after a minute.
            .pool_config(PoolConfig::new().max_size(1));
        if let Some((user, password)) = settings.login {
            let password = password.expose_secret().to_owned();
            server = server.credentials(Credentials::new(user, password));
        }
        Ok(Self {
            server: server.build(),
            sender: settings.sender,
        })
    }

    /// Connects, protects the connection, says EHLO, logs in where that is set, and leaves; no mail is sent.
    pub fn probe(&self) -> Result<(), SendError> {
        match self.server.test_connection() {
            Ok(true) => Ok(()),
            Ok(false) => Err(SendError::NoService(Answer::new("no answer to NOOP"))),
            Err(error) => Err(classify(&error)),
        }
    }
}

impl fmt::Debug for SmtpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpTransport(from {})", self.sender.address())
    }
}

fn tls(host: &str, settings: &SmtpSettings) -> Result<TlsParameters, SmtpError> {
    let mut parameters = TlsParameters::builder(host.to_owned());
    if let Some(pem) = &settings.extra_roots {
        let roots = Certificate::from_pem(pem).map_err(|e| SmtpError::ExtraRoots(e.to_string()))?;
        parameters = parameters.add_root_certificate(roots);
    }
    parameters
        .build()
        .map_err(|e| SmtpError::Tls(e.to_string()))
}

fn is_loopback(host: &str) -> bool {
    host.parse::<IpAddr>().map_or_else(
        |_| host.eq_ignore_ascii_case("localhost"),
        |ip| ip.is_loopback(),
    )
}

impl Transport for SmtpTransport {
    fn send(&self, mail: &OutboxMail) -> Result<Answer, SendError> {
        let message = mail.message(&self.sender)?;
        match self.server.send(&message) {
            Ok(response) => Ok(said(&response)),
            Err(error) => Err(classify(&error)),
        }
    }
}

/// The server's words when it took the mail, with their code.
fn said(response: &Response) -> Answer {
    let words: Vec<&str> = response.message().collect();
    Answer::new(&format!("{} {}", response.code(), words.join(" ")))
}

/// Replies that refuse the desk, not the mail (RFC 4954 §6, RFC 3207 §4): wrong or missing login, TLS demanded.
const ABOUT_THE_DESK: [&str; 4] = ["530", "534", "535", "538"];

/// A permanent reply alone gives a mail up (a time-out while reading does not even call itself one). Of these, a
/// refused login is a fault of the settings: the mails wait for its repair instead of failing one by one.
fn classify(error: &Error) -> SendError {
    let answer = Answer::new(&error.to_string());
    let code = error.status().map(|c| c.to_string());
    let about_desk = code.as_deref().is_some_and(|c| ABOUT_THE_DESK.contains(&c));
    if about_desk || code.as_deref() == Some("421") {
        SendError::NoService(answer)
    } else if error.is_permanent() {
        SendError::Refused(answer)
    } else if error.is_transient() || error.is_response() || error.is_client() {
        SendError::Later(answer)
    } else {
        SendError::NoService(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::message::tests::{mail, sender};

    fn settings(host: &str, security: Security) -> SmtpSettings {
        SmtpSettings {
            host: host.to_owned(),
            port: None,
            security,
            login: Some(("ams".to_owned(), SecretString::from("sandi-uji"))),
            extra_roots: None,
            timeout: TIMEOUT,
            sender: sender(),
        }
    }

    #[test]
    fn mail_in_clear_goes_to_this_machine_only() {
        for host in ["localhost", "127.0.0.1", "127.8.0.1", "::1"] {
            assert!(
                SmtpTransport::new(settings(host, Security::Plain)).is_ok(),
                "{host}"
            );
        }
        for host in [
            "mail.uji.example",
            "10.0.0.1",
            "localhost.uji.example",
            "0.0.0.0",
        ] {
            let refused = SmtpTransport::new(settings(host, Security::Plain));
            assert!(
                matches!(refused, Err(SmtpError::PlainElsewhere(_))),
                "{host}"
            );
        }
    }

    #[test]
    fn a_host_that_is_none_and_roots_that_are_none_are_refused() {
        for host in ["", "a b", "mail.uji.example\r\nX", "user@host"] {
            let refused = SmtpTransport::new(settings(host, Security::StartTls));
            assert!(matches!(refused, Err(SmtpError::Host(_))), "{host:?}");
        }
        let roots = SmtpSettings {
            extra_roots: Some(
                b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n".to_vec(),
            ),
            ..settings("localhost", Security::StartTls)
        };
        assert!(matches!(
            SmtpTransport::new(roots),
            Err(SmtpError::ExtraRoots(_))
        ));
    }

    #[test]
    fn a_server_that_is_not_there_is_no_fault_of_the_mail() {
        // Bound and dropped: nobody listens there now.
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let settings = SmtpSettings {
            port: Some(port),
            ..settings("127.0.0.1", Security::Plain)
        };
        let refused = SmtpTransport::new(settings).unwrap().send(&mail(1));
        assert!(
            matches!(refused, Err(SendError::NoService(_))),
            "{refused:?}"
        );
    }

    #[test]
    fn the_password_is_not_printed() {
        let settings = settings("localhost", Security::Plain);
        assert!(!format!("{settings:?}").contains("sandi-uji"));
        let transport = SmtpTransport::new(settings).unwrap();
        assert!(!format!("{transport:?}").contains("sandi-uji"));
    }
}
