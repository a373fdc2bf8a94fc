//! A whole desk through its public API, with a real CA, real passwords, real letters through the confined child, CRLs
//! and mails really written. Its clock is the test's.

mod adoption;
mod batch;
mod bulk;
mod burst;
mod clock;
mod fixture;
mod grants;
mod history;
mod holds;
mod issuers;
mod known_failures;
mod lists;
mod notices;
mod office;
mod outside;
mod outside_text;
mod refusals;
mod releases;
mod restores;
mod settling;
mod shared_key;
mod transitions;
mod watching;
