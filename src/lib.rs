//! `ams`, the revocation desk of a certificate authority in a terminal.
//!
//! The rooms and what each may use: `cli → session → tui → desk → {store, pki, notify, audit} → domain`;
//! `term` knows only bytes, cells and ratatui. `tests/layering.rs` fails when an arrow points back.
#![forbid(unsafe_code)]

pub mod audit;
pub mod cli;
pub mod desk;
pub mod domain;
pub mod letter;
pub mod notify;
pub mod pki;
pub mod session;
pub mod store;
pub mod term;
pub mod tui;
