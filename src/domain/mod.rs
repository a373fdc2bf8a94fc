//! What is right: the procedure, its states and rules, as pure functions over plain data.
//! No I/O, no clock, no randomness, no database, no text for people: time and ids come in as arguments.

pub mod account;
pub mod apply;
pub mod case;
pub mod certificate;
pub mod command;
pub mod decide;
pub mod distinguished_name;
pub mod event;
pub mod grants;
pub mod identifiers;
pub mod instant;
pub mod month;
pub mod permission;
pub mod policy;
pub mod reason;
pub mod refusal;
pub mod request;
pub mod sop;
pub mod stopwatch;
pub mod workflow;

pub use account::{Account, Actor, Language, Person, Role, Scope};
pub use apply::apply;
pub use case::Case;
pub use certificate::{Certificate, CertificateKey, CertificateStatus, Revocation, Standing};
pub use command::Command;
pub use decide::decide;
pub use distinguished_name::DistinguishedName;
pub use event::Event;
pub use identifiers::{
    AccountId, CrlNumber, IssuerId, LetterId, MailId, Nik, Nip, RequestId, RequestNumber, Serial,
    Username,
};
pub use instant::{Day, Timestamp, Zone};
pub use permission::Permission;
pub use policy::{FourEyes, Policy};
pub use reason::{ReasonCatalogue, ReasonCode, ReasonId};
pub use refusal::Refusal;
pub use request::{Item, Request, State};
pub use sop::Step;
pub use workflow::Act;
