//! Tests against real things: processes, programs and files of others, not our own idea of them.

mod app;
mod ca;
mod commands;
mod decisions;
mod deploy;
mod desk;
mod doctor;
mod exports;
mod flow;
mod import;
mod killed;
mod letter_child;
mod letter_content;
mod nginx;
mod outside_tls;
mod panic;
mod pkcs11;
mod program;
mod restore;
mod sample_pdf;
mod serve;
mod signer;
mod smtp;
mod smtp_server;
mod ssh;
mod takeover;
mod terminal;
mod tmux;
mod two_terminals;
mod wire;

#[path = "../support/mod.rs"]
mod support;
