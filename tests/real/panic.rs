//! A real panic in a session: the terminal is restored, the report comes after that, and no other session notices. The
//! panic is the clock's, which every desk is opened with: this test binary runs itself again as a desk whose clock
//! falls on the first session's thread once that is asked for. The program has no hook for it.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::thread::ThreadId;

use ams::desk::folder::DataFolder;
use ams::desk::{Clock, Desk, Environment, SystemClock};
use ams::domain::{Language, Timestamp};
use ams::session::attach;
use ams::session::host::Start;
use ams::session::server::Server;
use ams::session::{report, socket};

use crate::program::{binary, demo};
use crate::support::terminal::{Size, Terminal};

const SIZE: Size = Size::new(80, 24);
/// Says to this binary that it is the desk, and of which folder.
const FOLDER: &str = "AMS_TEST_DESK";
/// What the panic says.
const CAUSE: &str = "the clock fell (UJI)";
/// What a session says that failed.
const WORDS: &str = "ams: sesi ini gagal; yang sudah tersimpan tidak hilang.";

/// The system's clock, until its file is there: then the first session that looked at it panics, once.
struct FallingClock {
    falls: PathBuf,
    first: OnceLock<ThreadId>,
}

impl Clock for FallingClock {
    fn now(&self) -> Timestamp {
        let thread = std::thread::current();
        if thread.name() == Some("session")
            && *self.first.get_or_init(|| thread.id()) == thread.id()
            && std::fs::remove_file(&self.falls).is_ok()
        {
            panic!("{CAUSE}");
        }
        SystemClock.now()
    }
}

fn falls(folder: &Path) -> PathBuf {
    folder.with_extension("falls")
}

fn faulty_desk(folder: &Path) -> Desk {
    report::install().unwrap();
    let mut environment = Environment::real().unwrap();
    environment.program = binary().to_owned();
    environment.clock = Arc::new(FallingClock {
        falls: falls(folder),
        first: OnceLock::new(),
    });
    Desk::open(DataFolder::open(folder).unwrap(), environment).unwrap()
}

/// Not a test by itself: this binary as a desk with its own screen. Does nothing unless it is told to be one.
#[test]
fn child_with_a_screen() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let desk = faulty_desk(Path::new(&folder));
    let start = Start {
        identity: Some(desk.demo_login("op", None).unwrap()),
        screen: None,
        language: Language::Id,
    };
    let ended = attach::in_process(&desk, start)
        .unwrap()
        .expect("its last words");
    let _ = writeln!(std::io::stderr(), "{}", ended.words.unwrap_or_default());
    desk.close().unwrap();
    std::process::exit(ended.status.into());
}

/// Not a test by itself: this binary as a desk for others, until its standard input ends.
#[test]
fn child_that_serves() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let folder = Path::new(&folder);
    let desk = faulty_desk(folder);
    let listening = socket::listen(&socket::path_for(folder, None)).unwrap();
    let server = Server::start(desk.clone(), listening, Arc::new(|_, _, _| 2)).unwrap();
    eprintln!("serving");
    let _ = std::io::stdin().read(&mut [0]);
    server.stop();
    desk.close().unwrap();
    std::process::exit(0);
}

/// This binary as one of the children above.
fn child(name: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "--exact",
            &format!("panic::{name}"),
            "--nocapture",
            "--quiet",
        ])
        .env(FOLDER, folder)
        .env("RUST_BACKTRACE", "0");
    command
}

fn at(output: &[u8], text: &str) -> usize {
    output
        .windows(text.len())
        .position(|window| window == text.as_bytes())
        .unwrap_or_else(|| panic!("no {text:?} in {}", String::from_utf8_lossy(output)))
}

#[test]
fn a_panic_in_a_session_restores_the_terminal_first_and_reports_then() {
    let demo = demo();
    let terminal = Terminal::start(&child("child_with_a_screen", &demo.data()), SIZE, &[]);
    terminal.wait_for("Dasbor");
    assert!(terminal.screen().alternate_screen());
    std::fs::write(falls(&demo.data()), "").unwrap();
    // Any key: the session looks at the clock.
    terminal.keys("2");
    terminal.assert_restored();
    let exit = terminal.wait_exit();
    assert_eq!((exit.status, exit.signal), (3, None));
    // The ordinary screen shows the report and the last words, and nothing of the app.
    let shown = terminal.screen_text();
    assert!(shown.contains(CAUSE) && shown.contains(WORDS), "{shown}");
    assert!(!shown.contains("Dasbor"), "{shown}");
    let output = terminal.output();
    let left = at(&output, "\x1b[?1049l");
    let (report, words) = (at(&output, CAUSE), at(&output, WORDS));
    assert!(left < report && report < words, "{left} {report} {words}");
    // Nothing was lost and nothing locked: the folder's next desk starts.
    demo.done("op", &["request", "list"]);
}

#[test]
fn a_panic_in_one_session_leaves_the_others_and_the_desk_alone() {
    let demo = demo();
    let mut desk = child("child_that_serves", &demo.data())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut heard = desk.stderr.take().unwrap();
    let mut begun = Vec::new();
    while !begun.ends_with(b"serving\n") {
        let mut octet = [0];
        assert_eq!(heard.read(&mut octet).unwrap(), 1, "it ended early");
        begun.push(octet[0]);
    }
    let screen = || {
        let mut command = demo.ams();
        command.args(["demo", "--as", "op"]);
        let terminal = Terminal::start(&command, SIZE, &[]);
        terminal.wait_for("Dasbor");
        terminal
    };
    let first = screen();
    let second = screen();
    std::fs::write(falls(&demo.data()), "").unwrap();
    first.keys("2");
    first.assert_restored();
    assert_eq!(first.wait_exit().status, 3);
    assert!(
        first.screen_text().contains(WORDS),
        "{}",
        first.screen_text()
    );
    // The other goes on, and whoever failed comes back.
    second.keys("2");
    second.wait_for("PC-");
    let again = screen();
    again.keys("<C-c>");
    drop(desk.stdin.take());
    second.assert_restored();
    assert!(desk.wait().unwrap().success());
    let mut report = String::new();
    heard.read_to_string(&mut report).unwrap();
    assert_eq!(report.matches(CAUSE).count(), 1, "{report}");
}
