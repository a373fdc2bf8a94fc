//! Sessions: a terminal's relay, the link between it and the session, the thread that hosts a screen, and the socket on
//! which other processes bring screens and commands to the one desk. The relay interprets nothing; the session draws
//! nothing that did not change; the desk opens no path of a caller.

pub mod attach;
pub mod caller;
pub mod errand;
pub mod files;
pub mod host;
pub mod link;
mod prompt;
pub mod relay;
pub mod report;
pub mod server;
pub mod socket;
pub mod wire;
