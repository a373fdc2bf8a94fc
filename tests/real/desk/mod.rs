//! A whole desk through its public API, with a real CA, real passwords, real letters through the confined child, CRLs
//! and mails really written. Its clock is the test's.

mod adoption;
mod fixture;
mod holds;
mod notices;
mod office;
mod outside;
mod outside_text;
mod refusals;
mod releases;
mod transitions;
