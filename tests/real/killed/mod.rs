//! kill -9 in the middle of taking things in: a bundle of certificates, the CRL of a CA that is taken over, a published
//! CRL that the desk does not know. Whatever moment is hit, the database is sound, the same command given again ends as
//! one that nobody killed, the number rises, and nothing is un-revoked.
//!
//! AMS_KILLS=20 kills more often.

mod crl;
mod import;
mod moments;
mod scene;
