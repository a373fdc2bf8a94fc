//! A command whose caller is another process: the desk runs it and sends errands (say this, read that file of yours,
//! ask your person), the caller's process carries them out with its own rights. The desk opens no path of a caller.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufWriter, Cursor, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};

use zeroize::Zeroizing;

use super::caller::{Caller, Source, Stream};
use super::wire::{
    self, CommandCall, Errand, Fault, FromDesk, LONGEST_FROM_DESK, LONGEST_REPLY, Outcome, PORTION,
    ToDesk, WireError,
};

/// The process at the other end of a connection, as a command sees it.
pub struct Far {
    uid: u32,
    terminals: Vec<Stream>,
    line: Arc<Line>,
}

/// A connection on which one errand is under way at a time.
struct Line(Mutex<UnixStream>);

impl Line {
    fn send(&self, errand: Errand) -> io::Result<()> {
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        wire::write(&mut *stream, &FromDesk::Errand(errand)).map_err(io_error)
    }

    /// Sends an errand and waits for what comes of it.
    fn ask(&self, errand: Errand) -> io::Result<Outcome> {
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        wire::write(&mut *stream, &FromDesk::Errand(errand)).map_err(io_error)?;
        match wire::read(&mut *stream, LONGEST_REPLY).map_err(io_error)? {
            Some(ToDesk::Done(Outcome::Failed(fault))) => Err(fault.into()),
            Some(ToDesk::Done(outcome)) => Ok(outcome),
            Some(_) => Err(io_error(WireError::Unexpected)),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

fn io_error(error: WireError) -> io::Error {
    match error {
        WireError::Io(error) => error,
        other => io::Error::other(other.to_string()),
    }
}

fn unexpected<T>() -> io::Result<T> {
    Err(io_error(WireError::Unexpected))
}

impl Far {
    /// `uid` is what the system says of the connection, not what the caller says of itself.
    pub fn new(stream: UnixStream, uid: u32, terminals: Vec<Stream>) -> Self {
        Self {
            uid,
            terminals,
            line: Arc::new(Line(Mutex::new(stream))),
        }
    }

    /// The command is over.
    pub fn exit(&self, status: u8) -> io::Result<()> {
        self.line.send(Errand::Exit(status))
    }
}

impl Caller for Far {
    fn uid(&self) -> u32 {
        self.uid
    }

    fn is_terminal(&self, stream: Stream) -> bool {
        self.terminals.contains(&stream)
    }

    fn say(&self, stream: Stream, octets: &[u8]) -> io::Result<()> {
        for portion in octets.chunks(PORTION as usize) {
            self.line.send(Errand::Say(stream, portion.to_vec()))?;
        }
        Ok(())
    }

    fn open(&self, source: &Source) -> io::Result<Box<dyn Read + Send>> {
        match self.line.ask(Errand::Open(source.clone()))? {
            Outcome::Done => Ok(Box::new(FarFile {
                line: Arc::clone(&self.line),
                portion: Cursor::default(),
            })),
            _ => unexpected(),
        }
    }

    fn measure(&self, source: &Source) -> io::Result<Option<u64>> {
        match self.line.ask(Errand::Measure(source.clone()))? {
            Outcome::Size(octets) => Ok(octets),
            _ => unexpected(),
        }
    }

    fn files_under(&self, name: &str) -> io::Result<Option<Vec<String>>> {
        match self.line.ask(Errand::FilesUnder(name.to_owned()))? {
            Outcome::Files(files) => Ok(files),
            _ => unexpected(),
        }
    }

    fn create(&self, name: &str, fresh: bool, content: &mut dyn Read) -> io::Result<()> {
        let done = |outcome| match outcome {
            Outcome::Done => Ok(()),
            _ => unexpected(),
        };
        let name = name.to_owned();
        done(self.line.ask(Errand::Create { name, fresh })?)?;
        loop {
            let mut portion = Vec::new();
            content.take(u64::from(PORTION)).read_to_end(&mut portion)?;
            if portion.is_empty() {
                return done(self.line.ask(Errand::Finish)?);
            }
            done(self.line.ask(Errand::Portion(portion))?)?;
        }
    }

    fn ask(&self, question: &str, echo: bool) -> io::Result<Option<Zeroizing<String>>> {
        let question = question.to_owned();
        match self.line.ask(Errand::Ask { question, echo })? {
            Outcome::Answer(answer) => Ok(answer.map(Zeroizing::new)),
            _ => unexpected(),
        }
    }
}

/// What the caller opened last, read portion by portion.
struct FarFile {
    line: Arc<Line>,
    portion: Cursor<Zeroizing<Vec<u8>>>,
}

impl Read for FarFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = io::Read::read(&mut SliceOf(&mut self.portion), buffer)?;
        if read > 0 || buffer.is_empty() {
            return Ok(read);
        }
        match self.line.ask(Errand::Read(PORTION))? {
            Outcome::Octets(octets) if octets.len() <= PORTION as usize => {
                self.portion = Cursor::new(Zeroizing::new(octets));
                SliceOf(&mut self.portion).read(buffer)
            }
            _ => unexpected(),
        }
    }
}

/// A cursor over octets that are wiped when they go.
struct SliceOf<'a>(&'a mut Cursor<Zeroizing<Vec<u8>>>);

impl Read for SliceOf<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let at = usize::try_from(self.0.position()).unwrap_or(usize::MAX);
        let rest = self.0.get_ref().get(at..).unwrap_or_default();
        let read = rest.len().min(buffer.len());
        buffer[..read].copy_from_slice(&rest[..read]);
        self.0.set_position((at + read) as u64);
        Ok(read)
    }
}

/// What a caller lets the desk do in its name: exactly what its own command line names.
#[derive(Clone, Debug, Default)]
pub struct Granted {
    pub inputs: HashSet<String>,
    pub outputs: HashSet<String>,
    pub descriptors: HashSet<i32>,
    pub standard_input: bool,
}

impl Granted {
    fn reads(&self, source: &Source) -> bool {
        match source {
            Source::StandardInput => self.standard_input,
            Source::File(name) => self.inputs.contains(name),
            Source::Descriptor(number) => self.descriptors.contains(number),
        }
    }
}

/// How a command at a desk ended.
#[derive(Debug)]
pub enum Ran {
    /// With this exit status.
    Exit(u8),
    /// The desk does not serve this connection; its words.
    Refused(String),
    /// The reader of our output has gone.
    ReaderGone,
}

/// Has a desk run a command, and carries out its errands until it is over.
pub fn run(
    mut desk: UnixStream,
    call: CommandCall,
    caller: &dyn Caller,
    mut granted: Granted,
) -> Result<Ran, WireError> {
    wire::greet(&mut desk)?;
    wire::write(&mut desk, &ToDesk::Command(call))?;
    wire::expect_greeting(&mut desk)?;
    let mut errands = Errands {
        caller,
        open: None,
        writing: None,
    };
    loop {
        let errand = match wire::read(&mut desk, LONGEST_FROM_DESK)? {
            Some(FromDesk::Errand(errand)) => errand,
            Some(FromDesk::Refused(words)) => return Ok(Ran::Refused(words)),
            Some(FromDesk::Terminal(_)) => return Err(WireError::Unexpected),
            None => return Err(WireError::Cut),
        };
        let outcome = match errand {
            Errand::Exit(status) => return Ok(Ran::Exit(status)),
            Errand::Say(stream, octets) => {
                match caller.say(stream, &octets) {
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                        return Ok(Ran::ReaderGone);
                    }
                    other => other?,
                }
                continue;
            }
            other => errands.carry_out(other, &mut granted),
        };
        let done = outcome.unwrap_or_else(|error| Outcome::Failed(Fault::from(&error)));
        wire::write(&mut desk, &ToDesk::Done(done))?;
    }
}

/// What is open for the desk.
struct Errands<'a> {
    caller: &'a dyn Caller,
    open: Option<Box<dyn Read + Send>>,
    writing: Option<BufWriter<File>>,
}

impl Errands<'_> {
    fn carry_out(&mut self, errand: Errand, granted: &mut Granted) -> io::Result<Outcome> {
        let denied = || io::Error::from(io::ErrorKind::PermissionDenied);
        match errand {
            Errand::Open(source) => {
                if !granted.reads(&source) {
                    return Err(denied());
                }
                self.open = Some(self.caller.open(&source)?);
                Ok(Outcome::Done)
            }
            Errand::Measure(source) => {
                if !granted.reads(&source) {
                    return Err(denied());
                }
                self.caller.measure(&source).map(Outcome::Size)
            }
            Errand::Read(most) => {
                let open = self.open.as_mut().ok_or_else(denied)?;
                // What is there now: over a thin link the rest takes its time.
                let mut octets = vec![0; most.min(PORTION) as usize];
                let read = loop {
                    match open.read(&mut octets) {
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        other => break other?,
                    }
                };
                octets.truncate(read);
                Ok(Outcome::Octets(octets))
            }
            Errand::FilesUnder(name) => {
                if !granted.inputs.contains(&name) {
                    return Err(denied());
                }
                let files = self.caller.files_under(&name)?;
                granted.inputs.extend(files.iter().flatten().cloned());
                Ok(Outcome::Files(files))
            }
            Errand::Create { name, fresh } => {
                if !granted.outputs.contains(&name) {
                    return Err(denied());
                }
                self.writing = Some(BufWriter::new(super::caller::create(&name, fresh)?));
                Ok(Outcome::Done)
            }
            Errand::Portion(octets) => {
                let file = self.writing.as_mut().ok_or_else(denied)?;
                file.write_all(&octets)?;
                Ok(Outcome::Done)
            }
            Errand::Finish => {
                let file = self.writing.take().ok_or_else(denied)?;
                file.into_inner()?.sync_all()?;
                Ok(Outcome::Done)
            }
            Errand::Ask { question, echo } => {
                let answer = self.caller.ask(&question, echo)?;
                Ok(Outcome::Answer(answer.map(|text| text.to_string())))
            }
            Errand::Say(..) | Errand::Exit(_) => unexpected(),
        }
    }
}
