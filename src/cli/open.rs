//! The full-screen app: `ams` without a command, and the demo. This process becomes the desk and attaches to itself.

use std::io::Write;

use crate::desk::{Desk, Identity};
use crate::session::host::{self, Start};
use crate::session::relay::RelayError;
use crate::tui::place::ScreenId;

use super::args::Global;
use super::context;
use super::failure::{Failure, Said};

/// Opens the desk of the folder and shows its login.
pub fn run(global: &Global) -> Result<u8, Failure> {
    let (desk, _presence) = context::open_desk(&context::data_folder(global)?)?;
    screen(&desk, global, None, None)
}

/// Shows the app on this terminal until its session ends; the workers run beside it.
pub fn screen(
    desk: &Desk,
    global: &Global,
    identity: Option<Identity>,
    screen: Option<ScreenId>,
) -> Result<u8, Failure> {
    let workers = desk.start_workers()?;
    let language = match (&global.lang, &identity) {
        (None, Some(identity)) => identity.language(),
        (None, None) => desk.settings().language,
        (Some(_), _) => context::language(global),
    };
    let ended = host::open(
        desk,
        Start {
            identity,
            screen,
            language,
        },
    );
    workers.stop();
    desk.close()?;
    match ended {
        Ok(ended) => {
            if let Some(words) = ended.words {
                // Nobody is left to tell when standard error is gone.
                let _ = writeln!(std::io::stderr(), "{words}");
            }
            Ok(ended.status)
        }
        Err(RelayError::NoTerminal) => Err(Failure::usage("cli-no-terminal")),
        Err(error @ RelayError::Terminal(_)) => Err(Failure::CouldNot(
            Said::plain("cli-could-not").with("detail", error),
        )),
    }
}
