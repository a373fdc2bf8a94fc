//! Processes as the kernel shows them: what a desk and its signing processes hold, use and may do.

use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};

use super::serving::Serving;

/// A process, as /proc shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seen(pub i32);

impl Seen {
    /// The process of a desk.
    pub fn desk(serving: &Serving) -> Self {
        Self(i32::try_from(serving.pid()).expect("a pid"))
    }

    /// The signing processes of a desk.
    pub fn of_desk(desk: u32) -> Vec<Self> {
        let folders = std::fs::read_dir("/proc").unwrap().flatten();
        let processes = folders.filter_map(|folder| folder.file_name().to_str()?.parse().ok());
        processes
            .map(Self)
            .filter(|process| {
                process
                    .field("PPid")
                    .is_some_and(|parent| parent == desk.to_string())
                    && process.command_line().contains("__signer")
            })
            .collect()
    }

    /// One of its files in /proc.
    pub fn path(self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{name}", self.0))
    }

    /// What is in it; nothing where the process has gone.
    pub fn text(self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    pub fn command_line(self) -> String {
        self.text("cmdline").replace('\0', " ")
    }

    /// The first word of a line of its status.
    pub fn field(self, name: &str) -> Option<String> {
        let status = self.text("status");
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        Some(line.split_whitespace().next()?.to_owned())
    }

    /// What it holds in memory now.
    pub fn resident_kib(self) -> u64 {
        let size = self.field("VmRSS").expect("it runs");
        size.parse().expect("kB")
    }

    /// The CPU time it has used, user and system, in ticks of 10 ms.
    pub fn cpu_ticks(self) -> u64 {
        let stat = self.text("stat");
        let (_, fields) = stat.rsplit_once(')').expect("it runs");
        // utime and stime are fields 14 and 15 (proc(5)); the first after the name is field 3.
        let used = fields.split_whitespace().skip(11).take(2);
        used.map(|ticks| ticks.parse::<u64>().expect("ticks")).sum()
    }

    /// Its open descriptors and what they lead to.
    pub fn descriptors(self) -> Vec<(u32, String)> {
        let folder = std::fs::read_dir(self.path("fd")).expect("root sees them");
        let mut all: Vec<(u32, String)> = folder
            .flatten()
            .map(|entry| {
                let number = entry.file_name().to_str().unwrap().parse().unwrap();
                let target = std::fs::read_link(entry.path()).unwrap();
                (number, target.display().to_string())
            })
            .collect();
        all.sort();
        all
    }

    /// kill -9, and waits until it is gone.
    pub fn kill(self) {
        let handle = self.handle();
        kill_process(self.pid(), Signal::KILL).unwrap();
        ends(&handle, None);
    }

    /// Waits for its end; whether it came within `span`. A child that ended counts until it is waited for.
    pub fn ends_within(self, span: Option<Duration>) -> bool {
        ends(&self.handle(), span)
    }

    fn pid(self) -> Pid {
        Pid::from_raw(self.0).expect("a pid")
    }

    fn handle(self) -> OwnedFd {
        pidfd_open(self.pid(), PidfdFlags::empty()).expect("it runs")
    }
}

fn ends(handle: &OwnedFd, span: Option<Duration>) -> bool {
    let mut ended = [PollFd::new(handle, PollFlags::IN)];
    let span = span.map(|span| Timespec::try_from(span).expect("not centuries"));
    poll(&mut ended, span.as_ref()).expect("a handle to wait on") > 0
}
