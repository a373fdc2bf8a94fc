//! OpenSSL as the other reader and writer. Where it is missing a test says what to install; under CI it fails.

use std::path::Path;
use std::process::{Command, Output};

use crate::peers::Peer;

/// Whether OpenSSL is here. Every test that needs it asks first.
pub fn openssl_is_here() -> bool {
    Peer::OpenSsl.command().is_some()
}

/// Runs openssl in `folder`, arguments split at blanks.
pub fn try_openssl(folder: &Path, arguments: &str) -> Output {
    Command::new("openssl")
        .args(arguments.split(' '))
        .current_dir(folder)
        .output()
        .unwrap()
}

/// Runs openssl, which must succeed; gives its standard output.
pub fn openssl(folder: &Path, arguments: &str) -> String {
    let output = try_openssl(folder, arguments);
    assert!(
        output.status.success(),
        "openssl {arguments}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}
