//! What is right: the procedure, its states and rules, as pure functions over plain data.
//! No I/O, no clock, no randomness, no database, no text for people: time and ids come in as arguments.

pub mod distinguished_name;
pub mod identifiers;
pub mod instant;
pub mod reason;

pub use distinguished_name::DistinguishedName;
pub use identifiers::{
    AccountId, CrlNumber, IssuerId, LetterId, MailId, Nik, Nip, RequestId, RequestNumber, Serial,
    Username,
};
pub use instant::{Day, Timestamp, Zone};
pub use reason::{ReasonCatalogue, ReasonCode, ReasonId};
