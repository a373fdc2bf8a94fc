//! Mail to people: templates, the rows of the outbox, transports (SMTP, a folder of .eml files) and the steps of the
//! delivery worker. Relies on the desk for storing rows and for the clock. Never decides, never holds up a revocation.

pub mod address;
pub mod date;
pub mod deliver;
pub mod facts;
pub mod folder;
pub mod message;
pub mod schedule;
pub mod smtp;
pub mod template;
pub mod transport;

pub use address::{EmailAddress, InvalidAddress, Sender};
pub use deliver::{Progress, attempt, work};
pub use facts::{
    CertificateFacts, CrlFacts, CrlUrl, DeskFacts, Grant, Kind, MailFacts, Notice, RequestFacts,
};
pub use folder::MailFolder;
pub use message::{MessageError, NotPossible, OutboxMail, Status, StoredMailError};
pub use smtp::{Security, SmtpError, SmtpSettings, SmtpTransport};
pub use template::{Rendered, TemplateError, render};
pub use transport::{Answer, SendError, Transport};
