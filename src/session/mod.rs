//! Sessions: a terminal's relay, the link between it and the session, and the thread that hosts a screen.
//! The relay interprets nothing; the session draws nothing that did not change.

pub mod files;
pub mod host;
pub mod link;
pub mod relay;
pub mod report;
