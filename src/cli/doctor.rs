//! `ams doctor`: looks at everything that a desk stands on, a line each, and says what to do. Works without a desk and
//! beside one that runs; changes nothing, sends no mail. One check a row of `CHECKS`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::desk::{Desk, DeskError};
use crate::domain::Timestamp;
use crate::domain::distinguished_name::printable;
use crate::store::StoreError;

use super::args::Global;
use super::failure::{Failure, Said};
use super::output::Output;
use super::place;
use super::route;

mod ask;
mod desk;
mod files;
mod machine;

/// How a check came out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Ok,
    Action,
    NotChecked,
}

impl Status {
    const fn word(self) -> &'static str {
        match self {
            Self::Ok => "cli-doctor-ok",
            Self::Action => "cli-doctor-action",
            Self::NotChecked => "cli-doctor-not-checked",
        }
    }
}

/// What a check saw; the message's hint says what to do.
struct Seen {
    status: Status,
    said: Said,
}

impl Seen {
    const fn ok(said: Said) -> Self {
        let status = Status::Ok;
        Self { status, said }
    }

    const fn action(said: Said) -> Self {
        let status = Status::Action;
        Self { status, said }
    }

    const fn not_checked(said: Said) -> Self {
        let status = Status::NotChecked;
        Self { status, said }
    }
}

/// The desk of the data folder, as far as this process can have it.
enum DeskState {
    Here(Desk),
    /// Another process has it; what it says of itself, where it says so to this unix user.
    Running(Option<Vec<Line>>),
    /// There is no data folder, or it is somebody else's.
    None(Said),
    /// It does not open.
    Broken(Failure),
}

/// What the checks look at.
struct Scene {
    data: PathBuf,
    socket: PathBuf,
    desk: DeskState,
    out: Output,
}

impl Scene {
    fn look(out: &Output, global: &Global) -> Result<Self, Failure> {
        let data = place::data_folder(global)?;
        let socket = route::socket_of(global, &data);
        let desk = if let Ok(Some(desk)) = route::running(global, &socket) {
            DeskState::Running(ask::desk(desk, out))
        } else {
            match place::open_desk(&data) {
                Ok(opened) => DeskState::Here(opened.desk),
                Err(Failure::Desk(DeskError::Store(StoreError::Busy { .. }))) => {
                    DeskState::Running(None)
                }
                Err(Failure::Desk(DeskError::DataFolder(error))) => DeskState::None(match error {
                    crate::desk::folder::FolderError::NotOwned { path } => {
                        Said::plain("cli-doctor-not-ours").with("path", path.display())
                    }
                    _ => Said::plain("cli-doctor-no-desk").with("path", data.display()),
                }),
                Err(other) => DeskState::Broken(other),
            }
        };
        Ok(Self {
            data,
            socket,
            desk,
            out: out.clone(),
        })
    }

    /// The desk, or why a check that needs it is left out.
    fn desk(&self) -> Result<&Desk, Seen> {
        match &self.desk {
            DeskState::Here(desk) => Ok(desk),
            DeskState::Running(_) => Err(Seen::not_checked(Said::plain("cli-doctor-desk-runs"))),
            DeskState::None(why) => Err(Seen::not_checked(why.clone())),
            DeskState::Broken(_) => Err(Seen::not_checked(Said::plain("cli-doctor-desk-broken"))),
        }
    }

    fn time(&self, at: Timestamp) -> String {
        self.out.format.full(at)
    }
}

/// A check: its stable name and what looks; several lines where there are several things of a kind.
type Check = (&'static str, fn(&Scene) -> Vec<Seen>);

const CHECKS: &[Check] = &[
    ("data-folder", files::data_folder),
    ("permissions", files::permissions),
    ("database", desk::database),
    ("socket", files::socket),
    ("crl", desk::crls),
    ("tokens", desk::tokens),
    ("mail", desk::mail),
    ("clock", machine::clock),
    ("disk", files::disk),
    ("letter-reader", machine::letter_reader),
    ("signer", machine::signer),
    ("locale", machine::locale),
    ("terminal", machine::terminal),
    ("sshd", machine::sshd),
];

/// The checks that look into the desk itself: a running one makes them, and this process asks it.
const OF_THE_DESK: [&str; 4] = ["database", "crl", "tokens", "mail"];

/// One line of the result.
#[derive(Clone, Serialize, Deserialize)]
struct Line {
    check: String,
    status: Status,
    seen: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

impl Scene {
    /// What a check sees, in words.
    fn lines(&self, (check, look): &Check) -> Vec<Line> {
        if let DeskState::Running(Some(told)) = &self.desk
            && OF_THE_DESK.contains(check)
        {
            return told.iter().filter(|l| l.check == *check).cloned().collect();
        }
        look(self)
            .into_iter()
            .map(|seen| {
                let (says, hint) = seen.said.say(self.out.format);
                Line {
                    check: (*check).to_owned(),
                    status: seen.status,
                    seen: says,
                    advice: hint.filter(|_| seen.status != Status::Ok),
                }
            })
            .collect()
    }
}

pub fn run(out: &Output, global: &Global) -> Result<(), Failure> {
    let scene = Scene::look(out, global)?;
    let mut listing = out.list(&["cli-check", "cli-verdict", "cli-doctor-seen"]);
    let mut advice = Vec::new();
    let mut broken = false;
    for check in CHECKS {
        for line in scene.lines(check) {
            broken |= line.status == Status::Action;
            let title = out.texts().get(&format!("cli-doctor-check-{}", check.0));
            if let (Some(text), Status::Action) = (&line.advice, line.status) {
                advice.push(printable(&format!("{title}: {text}")));
            }
            listing.row(&line, || {
                vec![
                    title.clone(),
                    out.texts().get(line.status.word()),
                    line.seen.clone(),
                ]
            })?;
        }
    }
    listing.finish()?;
    if !out.json && !advice.is_empty() {
        out.heading("cli-doctor-advice")?;
        out.raw(&format!("{}\n", advice.join("\n")))?;
    }
    if broken {
        return Err(Failure::FoundWrong);
    }
    Ok(())
}

/// What a running desk says of itself to whoever could look into its folder anyway: its own unix user and root.
pub fn answer(desk: &Desk, out: &Output) -> Result<(), Failure> {
    let own = rustix::process::geteuid().as_raw();
    if ![own, 0].contains(&out.caller.uid()) {
        return Err(Failure::FoundWrong);
    }
    let scene = Scene {
        data: desk.folder().path().to_owned(),
        socket: PathBuf::new(),
        desk: DeskState::Here(desk.clone()),
        out: out.clone(),
    };
    let lines: Vec<Line> = CHECKS
        .iter()
        .filter(|(check, _)| OF_THE_DESK.contains(check))
        .flat_map(|check| scene.lines(check))
        .collect();
    out.object(&lines)
}
