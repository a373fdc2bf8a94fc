//! A terminal for the tests: a program in a pseudo-terminal, its screen kept by an emulator that answers like an xterm.
//! Relies on portable-pty and vt100. Waits for what the screen shows, never for time to pass; a wait that fails panics
//! with the screen in its message.

use std::io::{Read, Write};
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

use super::emulator::Emulator;
use super::keys::{ESCAPE, keystrokes, pasted};

/// The longest wait for a screen or an end; generous, since it is only spent when a test fails.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// From key to key of a quick hand.
const QUICK: Duration = Duration::from_millis(30);
/// How long a lone ESC stands by itself before the next key, so that the two are not one Alt combination.
const AFTER_ESCAPE: Duration = Duration::from_millis(300);

/// Columns and rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size {
    pub columns: u16,
    pub rows: u16,
}

impl Size {
    pub const fn new(columns: u16, rows: u16) -> Self {
        Self { columns, rows }
    }

    fn of_pty(self) -> PtySize {
        PtySize {
            rows: self.rows,
            cols: self.columns,
            pixel_width: 0,
            pixel_height: 0,
        }
    }
}

/// How a program ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exit {
    /// The exit status; for a program ended by a signal, 1.
    pub status: u32,
    /// The signal's name, as the C library words it.
    pub signal: Option<String>,
}

/// The pseudo-terminal and the program in it; dropping it kills the program.
pub struct Terminal {
    master: Arc<Mutex<Box<dyn MasterPty + Send>>>,
    shared: Arc<Shared>,
    pid: Pid,
    /// tcgetattr before the program started.
    modes: String,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    keyboard: Mutex<Box<dyn Write + Send>>,
}

struct State {
    emulator: Emulator,
    output: Vec<u8>,
    exit: Option<(Exit, String)>,
    /// Nobody holds the terminal's other end any more: all output is on the screen.
    ended: bool,
}

impl Terminal {
    /// Starts `command` (program, arguments, its own environment and folder) in a terminal of that size. Of this
    /// process's environment only PATH, HOME and the temporary folder are passed; TERM is xterm-256color and LANG
    /// C.UTF-8 unless `env` says otherwise.
    pub fn start(command: &Command, size: Size, env: &[(&str, &str)]) -> Self {
        let pair = native_pty_system()
            .openpty(size.of_pty())
            .expect("a pseudo-terminal");
        let modes = modes_of(&*pair.master);
        let mut child = pair
            .slave
            .spawn_command(builder(command, env))
            .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        let pid = child
            .process_id()
            .and_then(|id| Pid::from_raw(id.try_into().ok()?))
            .expect("a process id");
        let mut output = pair.master.try_clone_reader().expect("the reading end");
        let keyboard = pair.master.take_writer().expect("the writing end");
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                emulator: Emulator::new(size),
                output: Vec::new(),
                exit: None,
                ended: false,
            }),
            changed: Condvar::new(),
            keyboard: Mutex::new(keyboard),
        });
        let master = Arc::new(Mutex::new(pair.master));

        let reading = Arc::clone(&shared);
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(count @ 1..) = output.read(&mut buffer) {
                reading.take_in(&buffer[..count]);
            }
            reading.state().ended = true;
            reading.changed.notify_all();
        });
        let (waiting, terminal, slave) = (Arc::clone(&shared), Arc::clone(&master), pair.slave);
        std::thread::spawn(move || {
            let status = child.wait().expect("the child can be waited for");
            let exit = Exit {
                status: status.exit_code(),
                signal: status.signal().map(str::to_owned),
            };
            // Held until here, so that the modes left behind can still be asked.
            let modes = modes_of(&**terminal.lock().expect("no panic while held"));
            drop(slave);
            waiting.state().exit = Some((exit, modes));
            waiting.changed.notify_all();
        });
        Self {
            master,
            shared,
            pid,
            modes,
        }
    }

    /// Types what the notation of [`keystrokes`] says, as fast as a script does.
    pub fn keys(&self, notation: &str) {
        for stroke in keystrokes(notation, self.screen().application_cursor()) {
            self.send(&stroke);
            if stroke == ESCAPE {
                std::thread::sleep(AFTER_ESCAPE);
            }
        }
    }

    /// Types as fast as a quick hand does: faster is taken for a paste.
    pub fn type_quickly(&self, notation: &str) {
        for stroke in keystrokes(notation, self.screen().application_cursor()) {
            self.send(&stroke);
            std::thread::sleep(if stroke == ESCAPE {
                AFTER_ESCAPE
            } else {
                QUICK
            });
        }
    }

    /// Types like a person who looks at the screen: after each keystroke the next waits until something was drawn.
    pub fn type_watching(&self, notation: &str) {
        for stroke in keystrokes(notation, self.screen().application_cursor()) {
            let before = self.bytes_received();
            self.send(&stroke);
            self.wait(&format!("an echo of {stroke:?} of {notation:?}"), |state| {
                state.output.len() > before
            });
        }
    }

    /// Pastes, in brackets where the program asked for them.
    pub fn paste(&self, text: &str) {
        if self.screen().bracketed_paste() {
            self.send(&pasted(text));
        } else {
            self.send(text.as_bytes());
        }
    }

    /// Raw bytes from the terminal to the program.
    pub fn send(&self, bytes: &[u8]) {
        self.shared.send(bytes).unwrap_or_else(|error| {
            panic!("the program takes no keys: {error}\n{}", self.framed())
        });
    }

    /// Waits until the screen shows the text, in one row.
    pub fn wait_for(&self, text: &str) {
        self.wait_until(&format!("{text:?}"), |screen| {
            row_with(screen, text).is_some()
        });
    }

    /// As [`Terminal::wait_for`], for what the program does of itself only after a while.
    pub fn wait_patiently_for(&self, text: &str, patience: Duration) {
        self.wait_within(patience, &format!("{text:?}"), |state| {
            row_with(state.emulator.screen(), text).is_some()
        });
    }

    /// Waits until the screen no longer shows the text.
    pub fn wait_without(&self, text: &str) {
        self.wait_until(&format!("no {text:?}"), |screen| {
            row_with(screen, text).is_none()
        });
    }

    /// Waits until the screen is as `wanted` asks; `what` names that in the failure.
    pub fn wait_until(&self, what: &str, mut wanted: impl FnMut(&vt100::Screen) -> bool) {
        self.wait(what, |state| wanted(state.emulator.screen()));
    }

    /// Waits until nothing was drawn for so long, for pictures of a finished screen.
    pub fn settle(&self, quiet: Duration) {
        let start = Instant::now();
        let mut state = self.shared.state();
        loop {
            let before = state.output.len();
            let (next, timeout) = self
                .shared
                .changed
                .wait_timeout_while(state, quiet, |s| s.output.len() == before)
                .expect("no panic while held");
            state = next;
            if timeout.timed_out() {
                return;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "the screen never came to rest\n{}",
                framed(state.emulator.screen())
            );
        }
    }

    /// Resizes the window; the program gets SIGWINCH.
    pub fn resize(&self, size: Size) {
        let mut state = self.shared.state();
        state.emulator.resize(size);
        self.master
            .lock()
            .expect("no panic while held")
            .resize(size.of_pty())
            .expect("the window can be resized");
    }

    /// Waits until the program has changed the terminal's modes: one that is about to read a secret throws away what was
    /// typed before it did.
    pub fn wait_modes_changed(&self) {
        let begun = Instant::now();
        while modes_of(&**self.master.lock().unwrap_or_else(PoisonError::into_inner)) == self.modes
        {
            assert!(begun.elapsed() < PATIENCE, "the modes stay as they were");
            std::thread::sleep(QUICK);
        }
    }

    /// Sends the program a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid, signal).expect("the program is there to be signalled");
    }

    /// Waits until the program has ended and everything it wrote is on the screen.
    pub fn wait_exit(&self) -> Exit {
        self.wait("the program's end", |state| state.exit.is_some());
        self.wait(
            "the end of output; a process it left behind holds the terminal",
            |state| state.ended,
        );
        let state = self.shared.state();
        state
            .exit
            .as_ref()
            .map(|(exit, _)| exit.clone())
            .expect("waited for it")
    }

    /// Waits for the end and checks that the terminal is as it was: tcgetattr, main screen, visible cursor, no
    /// bracketed paste, no mouse, plain pen.
    pub fn assert_restored(&self) {
        self.wait_exit();
        let state = self.shared.state();
        let screen = state.emulator.screen();
        let left = state.exit.as_ref().map(|(_, modes)| modes.as_str());
        assert_eq!(
            left,
            Some(self.modes.as_str()),
            "terminal modes before and after"
        );
        let pen = (
            screen.fgcolor(),
            screen.bgcolor(),
            screen.bold(),
            screen.dim(),
            screen.inverse(),
        );
        let plain = (
            vt100::Color::Default,
            vt100::Color::Default,
            false,
            false,
            false,
        );
        for (what, restored) in [
            ("the alternate screen is left", !screen.alternate_screen()),
            ("the cursor is visible", !screen.hide_cursor()),
            ("bracketed paste is off", !screen.bracketed_paste()),
            ("cursor keys are normal", !screen.application_cursor()),
            ("the keypad is normal", !screen.application_keypad()),
            (
                "the mouse is off",
                screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None,
            ),
            (
                "the pen is plain",
                pen == plain && !screen.underline() && !screen.italic(),
            ),
        ] {
            assert!(
                restored,
                "not so after the program's end: {what}\n{}",
                framed(screen)
            );
        }
    }

    /// A copy of the screen: every cell with its colours, the cursor, the modes.
    pub fn screen(&self) -> vt100::Screen {
        self.shared.state().emulator.screen().clone()
    }

    /// The screen's text, one line a row, without trailing blanks.
    pub fn screen_text(&self) -> String {
        self.screen().contents()
    }

    /// The row (0 = top) whose text contains this.
    pub fn row_of(&self, text: &str) -> Option<u16> {
        row_with(&self.screen(), text)
    }

    /// The program's process id.
    pub fn pid(&self) -> i32 {
        self.pid.as_raw_nonzero().get()
    }

    /// How many bytes the program has written so far.
    pub fn bytes_received(&self) -> usize {
        self.shared.state().output.len()
    }

    /// Every byte the program has written so far.
    pub fn output(&self) -> Vec<u8> {
        self.shared.state().output.clone()
    }

    /// What the program put on the clipboard last (OSC 52), still in base64.
    pub fn clipboard(&self) -> Option<Vec<u8>> {
        self.shared.state().emulator.clipboard()
    }

    fn wait(&self, what: &str, wanted: impl FnMut(&State) -> bool) {
        self.wait_within(PATIENCE, what, wanted);
    }

    fn wait_within(&self, patience: Duration, what: &str, mut wanted: impl FnMut(&State) -> bool) {
        let state = self.shared.state();
        let (state, _) = self
            .shared
            .changed
            .wait_timeout_while(state, patience, |state| {
                !(wanted(state) || state.exit.is_some() && state.ended)
            })
            .expect("no panic while held");
        if !wanted(&state) {
            let why = match &state.exit {
                Some((exit, _)) => format!("the program has ended ({exit:?})"),
                None => format!("not within {patience:?}"),
            };
            let picture = framed(state.emulator.screen());
            // Dropped first: a panic while it is held would hide this one behind another.
            drop(state);
            panic!("waited for {what}: {why}\n{picture}");
        }
    }

    fn framed(&self) -> String {
        framed(&self.screen())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.shared.state().exit.is_none() {
            // It may end by itself in this moment.
            let _ = kill_process(self.pid, Signal::KILL);
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // After a failed check the screen is still good for the message, and for the end.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_in(&self, bytes: &[u8]) {
        let mut state = self.state();
        state.output.extend_from_slice(bytes);
        let answers = state.emulator.take_in(bytes);
        drop(state);
        self.changed.notify_all();
        if !answers.is_empty() {
            // A program that has just ended no longer cares.
            let _ = self.send(&answers);
        }
    }

    fn send(&self, bytes: &[u8]) -> std::io::Result<()> {
        let mut keyboard = self.keyboard.lock().expect("no panic while held");
        keyboard.write_all(bytes)?;
        keyboard.flush()
    }
}

fn builder(command: &Command, env: &[(&str, &str)]) -> CommandBuilder {
    let mut builder = CommandBuilder::new(command.get_program());
    builder.args(command.get_args());
    builder.env_clear();
    for name in ["PATH", "HOME", "TMPDIR"] {
        if let Some(value) = std::env::var_os(name) {
            builder.env(name, value);
        }
    }
    builder.env("TERM", "xterm-256color");
    builder.env("LANG", "C.UTF-8");
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => builder.env(name, value),
            None => builder.env_remove(name),
        }
    }
    for (name, value) in env {
        builder.env(name, value);
    }
    if let Some(folder) = command.get_current_dir() {
        builder.cwd(folder);
    }
    builder
}

fn modes_of(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().expect("tcgetattr"))
}

fn row_with(screen: &vt100::Screen, text: &str) -> Option<u16> {
    let (_, columns) = screen.size();
    (0..)
        .zip(screen.rows(0, columns))
        .find_map(|(row, line)| line.contains(text).then_some(row))
}

/// The screen in a frame, for the message of a failed test.
fn framed(screen: &vt100::Screen) -> String {
    let (_, columns) = screen.size();
    let edge = "─".repeat(columns.into());
    let lines: Vec<String> = screen
        .rows(0, columns)
        .map(|line| format!("│{line}"))
        .collect();
    format!("┌{edge}┐\n{}\n└{edge}┘", lines.join("\n"))
}
