//! The program. Run as the letter child it reads one letter and nothing else, run as a signing process it keeps one key;
//! otherwise it is the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    let first = std::env::args_os().nth(1);
    match first.as_deref().and_then(|word| word.to_str()) {
        Some(ams::letter::child::ARGUMENT) => ams::letter::child::main(),
        Some(ams::pki::signer::child::ARGUMENT) => ams::pki::signer::child::main(),
        _ => ams::cli::main(),
    }
}
