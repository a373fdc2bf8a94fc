//! The socket's protocol: a preamble with the version from both sides, then frames, each a length and a postcard value.
//! Whatever does not fit (too long, cut, malformed, another version) is an error of that connection and of nothing else.

use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::caller::{Source, Stream};
use super::link::{FromTerminal, Hello, ToTerminal};

/// Raised with every change of a message below.
pub const VERSION: u16 = 1;
const MAGIC: [u8; 4] = *b"ams\n";

/// The longest frame with which a connection may begin, in octets.
pub const LONGEST_CALL: u32 = 64 << 10;
/// The longest frame of a command's caller, in octets.
pub const LONGEST_REPLY: u32 = 1 << 20;
/// The longest frame from the desk, in octets: a filled form, a frame of a large screen.
pub const LONGEST_FROM_DESK: u32 = 32 << 20;
/// Octets of a file that travel at once.
pub const PORTION: u32 = 256 << 10;

/// What went wrong with a connection.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    #[error("this is not the socket of an ams desk")]
    Foreign,
    #[error("the other side speaks version {theirs} of the protocol, this program {ours}: use the same program on both sides", ours = VERSION)]
    Version { theirs: u16 },
    #[error("a frame of {length} octets, where {longest} are the most")]
    TooLong { length: u32, longest: u32 },
    #[error("the connection ended inside a frame")]
    Cut,
    #[error("a malformed frame: {0}")]
    Malformed(postcard::Error),
    #[error("a frame that was not asked for")]
    Unexpected,
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A desk's answer to an opening, and everything after it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum FromDesk {
    /// The connection is not served; words for the person.
    Refused(String),
    Terminal(ToTerminal),
    Errand(Errand),
}

/// From a program to the desk.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum ToDesk {
    Screen(Hello),
    Command(CommandCall),
    Terminal(FromTerminal),
    Done(Outcome),
}

/// A command to run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CommandCall {
    /// The command line, without the program's name.
    pub arguments: Vec<String>,
    /// Which of the standard streams are terminals.
    pub terminals: Vec<Stream>,
}

/// What a command asks of the process in which it was typed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Errand {
    /// Nothing comes back.
    Say(Stream, Vec<u8>),
    Open(Source),
    /// The next octets of what was opened last, at most so many.
    Read(u32),
    FilesUnder(String),
    /// A file to write; with `fresh` it must not be there yet. Its content follows as portions.
    Create {
        name: String,
        fresh: bool,
    },
    Portion(Vec<u8>),
    /// The content is whole: bring it to the disk.
    Finish,
    Ask {
        question: String,
        echo: bool,
    },
    /// The command is over.
    Exit(u8),
    /// How many octets a file has.
    Measure(Source),
}

/// What came of an errand.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Outcome {
    Done,
    Octets(Vec<u8>),
    Files(Option<Vec<String>>),
    Answer(Option<String>),
    Failed(Fault),
    Size(Option<u64>),
}

/// An error of the other side's system.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fault {
    code: Option<i32>,
    words: String,
}

impl From<&io::Error> for Fault {
    fn from(error: &io::Error) -> Self {
        let code = error.raw_os_error().or_else(|| {
            (error.kind() == io::ErrorKind::IsADirectory)
                .then(|| rustix::io::Errno::ISDIR.raw_os_error())
        });
        Self {
            code,
            words: error.to_string(),
        }
    }
}

impl From<Fault> for io::Error {
    fn from(fault: Fault) -> Self {
        match fault.code {
            Some(code) => Self::from_raw_os_error(code),
            None => Self::other(fault.words),
        }
    }
}

/// Says which version this side speaks.
pub fn greet(stream: &mut impl Write) -> Result<(), WireError> {
    let mut preamble = [0; 6];
    preamble[..4].copy_from_slice(&MAGIC);
    preamble[4..].copy_from_slice(&VERSION.to_be_bytes());
    stream.write_all(&preamble)?;
    Ok(stream.flush()?)
}

/// Reads which version the other side speaks.
pub fn expect_greeting(stream: &mut impl Read) -> Result<(), WireError> {
    let mut preamble = [0; 6];
    stream.read_exact(&mut preamble).map_err(cut)?;
    let [a, b, c, d, high, low] = preamble;
    if [a, b, c, d] != MAGIC {
        return Err(WireError::Foreign);
    }
    let theirs = u16::from_be_bytes([high, low]);
    if theirs != VERSION {
        return Err(WireError::Version { theirs });
    }
    Ok(())
}

/// Writes one frame, in one write.
pub fn write<T: Serialize>(stream: &mut impl Write, message: &T) -> Result<(), WireError> {
    let frame = postcard::to_extend(message, vec![0; 4]).map_err(WireError::Malformed)?;
    let mut frame = Zeroizing::new(frame);
    let length = u32::try_from(frame.len() - 4).unwrap_or(u32::MAX);
    if length > LONGEST_FROM_DESK {
        return Err(WireError::TooLong {
            length,
            longest: LONGEST_FROM_DESK,
        });
    }
    frame[..4].copy_from_slice(&length.to_be_bytes());
    stream.write_all(&frame)?;
    Ok(stream.flush()?)
}

/// Reads one frame of at most `longest` octets; `None` at the end of the connection. Memory is taken only as octets come.
pub fn read<T: DeserializeOwned>(
    stream: &mut impl Read,
    longest: u32,
) -> Result<Option<T>, WireError> {
    let mut prefix = [0; 4];
    let mut had = 0;
    while had < prefix.len() {
        match stream.read(&mut prefix[had..]) {
            Ok(0) if had == 0 => return Ok(None),
            Ok(0) => return Err(WireError::Cut),
            Ok(n) => had += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    let length = u32::from_be_bytes(prefix);
    if length > longest {
        return Err(WireError::TooLong { length, longest });
    }
    let mut frame = Zeroizing::new(Vec::new());
    stream.take(u64::from(length)).read_to_end(&mut frame)?;
    if frame.len() < length as usize {
        return Err(WireError::Cut);
    }
    match postcard::take_from_bytes(&frame).map_err(WireError::Malformed)? {
        (message, []) => Ok(Some(message)),
        _ => Err(WireError::Malformed(
            postcard::Error::DeserializeUnexpectedEnd,
        )),
    }
}

fn cut(error: io::Error) -> WireError {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        WireError::Cut
    } else {
        WireError::Io(error)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn framed(message: &ToDesk) -> Vec<u8> {
        let mut octets = Vec::new();
        write(&mut octets, message).unwrap();
        octets
    }

    fn sample() -> ToDesk {
        ToDesk::Command(CommandCall {
            arguments: vec!["request".into(), "list".into()],
            terminals: vec![Stream::Error],
        })
    }

    #[test]
    fn what_is_written_is_read_and_the_end_between_frames_is_no_fault() {
        let octets = [framed(&sample()), framed(&sample())].concat();
        let mut stream = &octets[..];
        for _ in 0..2 {
            let read: ToDesk = read(&mut stream, LONGEST_CALL).unwrap().unwrap();
            assert_eq!(read, sample());
        }
        assert!(matches!(read::<ToDesk>(&mut stream, 9), Ok(None)));
    }

    #[test]
    fn a_frame_cut_anywhere_is_an_error() {
        let whole = framed(&sample());
        for end in 1..whole.len() {
            let read = read::<ToDesk>(&mut &whole[..end], LONGEST_CALL);
            assert!(matches!(read, Err(WireError::Cut)), "{end}");
        }
    }

    #[test]
    fn a_frame_longer_than_allowed_is_refused_before_it_is_read() {
        let mut octets = 1_000_000u32.to_be_bytes().to_vec();
        octets.push(0);
        assert!(matches!(
            read::<ToDesk>(&mut &octets[..], LONGEST_CALL),
            Err(WireError::TooLong {
                length: 1_000_000,
                ..
            })
        ));
    }

    #[test]
    fn another_program_and_another_version_are_told_apart() {
        let mut greeting = Vec::new();
        greet(&mut greeting).unwrap();
        assert!(expect_greeting(&mut &greeting[..]).is_ok());
        greeting[5] ^= 0xff;
        assert!(matches!(
            expect_greeting(&mut &greeting[..]),
            Err(WireError::Version { .. })
        ));
        assert!(matches!(
            expect_greeting(&mut &b"SSH-2.0-OpenSSH"[..]),
            Err(WireError::Foreign)
        ));
    }

    proptest! {
        #[test]
        fn any_octets_are_a_message_or_an_error(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
            let mut framed = u32::try_from(octets.len()).unwrap().to_be_bytes().to_vec();
            framed.extend(&octets);
            let _ = read::<ToDesk>(&mut &framed[..], LONGEST_CALL);
            let _ = read::<FromDesk>(&mut &framed[..], LONGEST_CALL);
            let _ = read::<ToDesk>(&mut &octets[..], LONGEST_CALL);
        }
    }
}
