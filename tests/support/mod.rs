//! What the tests and the screenshots share: a terminal to run programs in, real peers, a demo desk.
//! Not a test binary; each takes what it needs through `#[path]`.
#![allow(dead_code)] // no binary uses all of it

pub mod authority;
pub mod demo;
pub mod emulator;
pub mod form;
pub mod keys;
pub mod letters;
pub mod new_desk;
pub mod peer;
pub mod picture;
pub mod process;
pub mod serving;
pub mod ssh;
pub mod sshd;
pub mod terminal;
pub mod throttle;
pub mod unix_users;
pub mod usual_way;
