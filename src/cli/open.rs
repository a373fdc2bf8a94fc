//! The full-screen app: `ams` without a command, and the demo. It attaches to the desk that runs; where none does, this
//! process becomes the desk, attaches to itself and lets others attach too.

use std::io::Write;
use std::os::unix::net::UnixStream;

use crate::desk::Identity;
use crate::domain::distinguished_name::printable;
use crate::session::attach::{self, AttachError};
use crate::session::host::Start;
use crate::session::link::Hello;
use crate::session::relay::{self, Disk, Ended, RelayError};
use crate::tui::place::ScreenId;

use super::args::Global;
use super::context;
use super::failure::{Failure, Said};
use super::forced;
use super::place::Opened;
use super::route::{self, Asks, Route};
use super::serve;

/// Shows the login of the desk of the folder: of the one that runs, else of one in this process.
pub fn run(global: &Global) -> Result<u8, Failure> {
    match route::find(global, Asks::Screen)? {
        Route::Running(desk) => attach(desk, global, None, None),
        Route::Here(opened) => screen(&opened, global, None, None),
    }
}

/// Shows a running desk's screen on this terminal.
pub fn attach(
    desk: UnixStream,
    global: &Global,
    demo_account: Option<String>,
    screen: Option<ScreenId>,
) -> Result<u8, Failure> {
    let hello = Hello {
        language: global.lang.clone(),
        screen: screen.map(|screen| screen.name().to_owned()),
        demo_account,
        ..relay::hello().map_err(no_screen)?
    };
    let disk = if forced::is_over_ssh() {
        Disk::Hosts
    } else {
        Disk::Own
    };
    match attach::screen(desk, hello, disk) {
        Ok(ended) => tell(ended),
        Err(AttachError::Relay(error)) => Err(no_screen(error)),
        Err(AttachError::Refused(words)) => Err(Failure::refused_by_desk(words)),
        Err(AttachError::Wire(error)) => Err(route::connection(&error)),
    }
}

/// The last words of a session.
fn tell(ended: Option<Ended>) -> Result<u8, Failure> {
    let Some(ended) = ended else {
        return Err(Failure::CouldNot(Said::plain("cli-desk-went")));
    };
    if let Some(words) = ended.words {
        // Nobody is left to tell when standard error is gone.
        let _ = writeln!(std::io::stderr(), "{}", printable(&words));
    }
    Ok(ended.status)
}

fn no_screen(error: RelayError) -> Failure {
    match error {
        RelayError::NoTerminal => Failure::usage("cli-no-terminal"),
        RelayError::Terminal(_) => {
            Failure::CouldNot(Said::plain("cli-could-not").with("detail", error))
        }
    }
}

/// Shows the app on this terminal until its session ends; the workers run beside it.
pub fn screen(
    opened: &Opened,
    global: &Global,
    identity: Option<Identity>,
    screen: Option<ScreenId>,
) -> Result<u8, Failure> {
    let desk = &opened.desk;
    let workers = desk.start_workers()?;
    let server = serve::beside(opened, global);
    let language = match (&global.lang, &identity) {
        (None, Some(identity)) => identity.language(),
        (None, None) => desk.settings().language,
        (Some(_), _) => context::language(global),
    };
    let ended = attach::in_process(
        desk,
        Start {
            identity,
            screen,
            language,
        },
    );
    if let (Ok(_), Some(_)) = (&ended, &server) {
        serve::until_alone(desk, global)?;
    }
    workers.stop();
    if let Some(server) = server {
        server.stop();
    }
    desk.close()?;
    match ended {
        Ok(ended) => tell(ended),
        Err(error) => Err(no_screen(error)),
    }
}
