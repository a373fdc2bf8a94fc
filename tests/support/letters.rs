//! The sample letters: good ones and broken ones.

/// The good one, whose person is the demo's applicant.
pub const LETTER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/letters/lupa-passphrase.pdf"
);

/// The path of a sample.
pub fn letter_file(name: &str) -> String {
    format!("{}/tests/letters/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// What is in a sample.
pub fn letter(name: &str) -> Vec<u8> {
    std::fs::read(letter_file(name)).expect("a sample letter")
}
