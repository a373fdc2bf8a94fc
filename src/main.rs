use std::process::ExitCode;

fn main() -> ExitCode {
    if std::env::args_os()
        .nth(1)
        .is_some_and(|a| a == ams::letter::child::ARGUMENT)
    {
        return ams::letter::child::main();
    }
    ExitCode::SUCCESS
}
