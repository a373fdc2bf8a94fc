//! The program. Run as the letter child it reads one letter and nothing else; otherwise it is the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    let child = ams::letter::child::ARGUMENT;
    if std::env::args_os().nth(1).is_some_and(|a| a == child) {
        return ams::letter::child::main();
    }
    ams::cli::main()
}
