//! `ams serve` as a process of its own, on a demo's folder or as another unix user.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process};

/// A running desk; killed when dropped.
pub struct Serving {
    child: Child,
    /// Everything it says on standard error, line by line.
    said: std::sync::mpsc::Receiver<String>,
}

impl Serving {
    /// Starts `command`, which ends in `serve`, and waits until it says that it listens.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        let lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let (says, said) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if says.send(line).is_err() {
                    return;
                }
            }
        });
        let serving = Self { child, said };
        let first = serving.said.recv().expect("the desk says something");
        assert!(first.contains(".sock"), "{first}");
        serving
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        kill_process(pid.expect("a pid"), signal).expect("the desk runs");
    }

    /// SIGTERM, and how it ended.
    pub fn stop(mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.child.wait().expect("the desk can be waited for")
    }

    /// kill -9.
    pub fn kill(mut self) {
        self.child.kill().expect("the desk runs");
        self.child.wait().expect("the desk can be waited for");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
