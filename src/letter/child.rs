//! A stranger's letter is read by a child: this program started once more with a hidden argument, which confines
//! itself before it reads standard input and answers with one JSON value. The parent gives it a clean environment and
//! a deadline, bounds what it says, and believes neither its digest nor its text.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use serde::{Deserialize, Serialize};

use super::confine::{Confinement, confine};
use super::defect::LetterDefect;
use super::facts::LetterFacts;
use super::format::{self, LetterKind, Limits};
use super::inspect;
use super::magic;

/// The hidden first argument that makes the program a letter child.
pub const ARGUMENT: &str = "__letter";

/// The program that runs now, whatever has happened to its file since (an upgrade replaces it): what the desk
/// passes to [`inspect()`].
pub const THIS_PROGRAM: &str = "/proc/self/exe";

/// What a child may say at most: room for its text several times over.
const LONGEST_ANSWER: usize = 4 << 20;
/// What is kept of its standard error, to tell why it died.
const LONGEST_COMPLAINT: usize = 4 << 10;

/// The child's one answer.
#[derive(Debug, Serialize, Deserialize)]
struct Answer {
    confinement: Confinement,
    result: Result<LetterFacts, LetterDefect>,
}

/// The child: confines itself, reads the letter from standard input and answers on standard output. The second
/// argument holds the limits as JSON; without it the defaults hold.
pub fn main() -> ExitCode {
    let limits = std::env::args()
        .nth(2)
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    // A panic becomes an answer; its message would only quote the letter.
    std::panic::set_hook(Box::new(|_| {}));
    let confinement = confine(&limits);
    let mut bytes = Vec::new();
    let result = match std::io::stdin()
        .take(limits.bytes + 1)
        .read_to_end(&mut bytes)
    {
        Ok(_) => {
            let kind = format::recognize(&bytes, &limits).unwrap_or(LetterKind::Pdf);
            catch_unwind(AssertUnwindSafe(|| {
                inspect::inspect(bytes, &limits, confinement)
            }))
            .unwrap_or(Err(LetterDefect::Malformed { kind }))
        }
        Err(e) => Err(LetterDefect::NotExamined { why: e.to_string() }),
    };
    let answer = Answer {
        confinement,
        result,
    };
    let mut out = std::io::stdout().lock();
    let said = serde_json::to_vec(&answer).is_ok_and(|json| out.write_all(&json).is_ok());
    if said && out.flush().is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Reads a letter in a child of `program`, which must be this program's own file. Takes at most about
/// `limits.seconds`; never panics and never hangs, whatever the letter does.
pub fn inspect(bytes: &[u8], program: &Path, limits: &Limits) -> Result<LetterFacts, LetterDefect> {
    // What needs no parsing is refused without a child.
    let kind = format::recognize(bytes, limits)?;
    let mut facts = ask(bytes, program, limits, kind)?.result?.made_printable();
    facts.kind = kind;
    facts.bytes = bytes.len() as u64;
    facts.sha256 = inspect::sha256(bytes);
    Ok(facts)
}

/// What would hold a child on this machine, for `doctor`.
pub fn confinement(program: &Path, limits: &Limits) -> Result<Confinement, LetterDefect> {
    ask(b"", program, limits, LetterKind::Pdf).map(|answer| answer.confinement)
}

fn ask(
    letter: &[u8],
    program: &Path,
    limits: &Limits,
    kind: LetterKind,
) -> Result<Answer, LetterDefect> {
    let not_examined = |e: std::io::Error| LetterDefect::NotExamined { why: e.to_string() };
    let settings = serde_json::to_string(limits).map_err(|e| not_examined(e.into()))?;
    let mut child = Command::new(program)
        .args([ARGUMENT, &settings])
        .env_clear()
        .current_dir("/")
        .stdin(sealed(letter).map_err(not_examined)?)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(not_examined)?;
    let deadline = Instant::now() + Duration::from_secs(limits.seconds);
    let heard = listen(&mut child, deadline);
    if !matches!(&heard, Ok(heard) if heard.end == End::Own) {
        // Already dead is as good as killed.
        let _ = child.kill();
    }
    let status = child.wait().map_err(not_examined)?;
    judge(heard.map_err(not_examined)?, status, limits, kind)
}

/// The letter as a file in memory that nobody can change any more, so that the child cannot block on a pipe.
fn sealed(letter: &[u8]) -> std::io::Result<Stdio> {
    let memory = memfd_create("letter", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    let mut file = File::from(memory);
    file.write_all(letter)?;
    file.rewind()?;
    fcntl_add_seals(
        &file,
        SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL,
    )?;
    Ok(Stdio::from(file))
}

/// What a child said until it ended or was cut off.
struct Heard {
    answer: Vec<u8>,
    complaint: Vec<u8>,
    end: End,
}

/// How listening to a child ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// It closed both pipes and exited or was ended by the kernel.
    Own,
    /// The deadline came first.
    Late,
    /// It said more than a child may.
    TooMuch,
}

/// Reads both pipes until they close, then waits for the child's end; gives up at the deadline.
fn listen(child: &mut Child, deadline: Instant) -> std::io::Result<Heard> {
    let ended = pidfd_open(Pid::from_child(child), PidfdFlags::empty())?;
    let mut out = child.stdout.take().map(OwnedFd::from);
    let mut err = child.stderr.take().map(OwnedFd::from);
    let mut heard = Heard {
        answer: Vec::new(),
        complaint: Vec::new(),
        end: End::Own,
    };
    loop {
        let sources: Vec<&OwnedFd> = [&out, &err].into_iter().flatten().collect();
        let waiting_for_end = sources.is_empty();
        let sources = if waiting_for_end {
            vec![&ended]
        } else {
            sources
        };
        if !readable_before(&sources, deadline)? {
            heard.end = End::Late;
            return Ok(heard);
        }
        if waiting_for_end {
            return Ok(heard);
        }
        let within = drain(&mut out, &mut heard.answer, LONGEST_ANSWER)?
            && drain(&mut err, &mut heard.complaint, LONGEST_COMPLAINT)?;
        if !within {
            heard.end = End::TooMuch;
            return Ok(heard);
        }
    }
}

/// Waits until one of the descriptors can be read or has closed; false when the deadline comes first.
fn readable_before(fds: &[&OwnedFd], deadline: Instant) -> std::io::Result<bool> {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(false);
        }
        let mut polled: Vec<PollFd<'_>> = fds
            .iter()
            .map(|fd| PollFd::new(*fd, PollFlags::IN))
            .collect();
        let timeout = Timespec::try_from(left).map_err(std::io::Error::other)?;
        match poll(&mut polled, Some(&timeout)) {
            Ok(0) => return Ok(false),
            Ok(_) => return Ok(true),
            Err(rustix::io::Errno::INTR) => {}
            Err(e) => return Err(e.into()),
        }
    }
}

/// Reads what is there, and drops the descriptor at its end. False when more came than is allowed.
fn drain(fd: &mut Option<OwnedFd>, into: &mut Vec<u8>, limit: usize) -> std::io::Result<bool> {
    let Some(source) = fd else { return Ok(true) };
    let mut ready = [PollFd::from_borrowed_fd(source.as_fd(), PollFlags::IN)];
    if poll(&mut ready, Some(&Timespec::default()))? == 0 {
        return Ok(true);
    }
    let mut chunk = [0; 16 << 10];
    match rustix::io::read(&*source, &mut chunk) {
        Ok(0) => *fd = None,
        Ok(n) => into.extend_from_slice(&chunk[..n]),
        Err(rustix::io::Errno::INTR) => {}
        Err(e) => return Err(e.into()),
    }
    Ok(into.len() <= limit)
}

/// What the child's words and end mean.
fn judge(
    heard: Heard,
    status: ExitStatus,
    limits: &Limits,
    kind: LetterKind,
) -> Result<Answer, LetterDefect> {
    let timeout = LetterDefect::Timeout {
        seconds: limits.seconds,
    };
    let memory = LetterDefect::Memory {
        mebibytes: limits.memory_mebibytes,
    };
    match heard.end {
        End::Own => {}
        End::Late => return Err(timeout),
        // Only code of the letter's own would talk on and on.
        End::TooMuch => return Err(LetterDefect::Hostile),
    }
    match status.signal() {
        Some(libc::SIGXCPU) => return Err(timeout),
        Some(libc::SIGSYS) => return Err(LetterDefect::Hostile),
        // The standard library's words when memory runs out; an overflown stack aborts too.
        Some(libc::SIGABRT) if magic::find(&heard.complaint, b"memory allocation").is_some() => {
            return Err(memory);
        }
        // Not by us, so by the kernel, for want of memory.
        Some(libc::SIGKILL) => return Err(memory),
        Some(_) => return Err(LetterDefect::Malformed { kind }),
        None => {}
    }
    if !status.success() {
        return Err(LetterDefect::NotExamined {
            why: format!("the reader ended with {status}"),
        });
    }
    serde_json::from_slice(&heard.answer).map_err(|e| LetterDefect::NotExamined {
        why: format!("the reader's answer: {e}"),
    })
}
