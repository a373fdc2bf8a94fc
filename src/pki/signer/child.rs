//! The signing process: this program started once more with a hidden argument, standard input a socket to the desk and
//! standard output the file of numbers, open. It locks itself in, takes one key and signs what the guard lets through,
//! until the desk closes the socket. Opens no file, knows no path, and prints nothing.

use std::io::{self, Read, Write};
use std::os::fd::BorrowedFd;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use secrecy::SecretString;

use super::LONGEST_TBS;
use super::confine::{Confinement, confine};
use super::error::SignerError;
use super::guard::{Guard, RawKey};
use super::material::{Custody, KeyMaterial, PinBy};
use super::state::{Descriptor, Medium};
use super::wire::{self, Answer, Reply, Request};
use crate::pki::issuer::Issuer;
use crate::pki::key::{KeyError, PrivateKey};
use crate::pki::pkcs11::{TokenKey, TokenUri};

/// The hidden first argument that makes the program a signing process; the second is the custody's word.
pub const ARGUMENT: &str = "__signer";

/// The child. Ends when the desk closes the socket, and with failure where it is not spoken to as it must be.
pub fn main() -> ExitCode {
    let custody = std::env::args().nth(2).and_then(|w| Custody::parse(&w));
    // What a panic or a signal would say or leave must not tell of a key.
    std::panic::set_hook(Box::new(|_| {}));
    let Some(custody) = custody else {
        return ExitCode::FAILURE;
    };
    // The desk ends it by closing the socket; what a service manager or a terminal sends to all is the desk's to heed.
    let heard = Arc::new(AtomicBool::new(false));
    for signal in [libc::SIGTERM, libc::SIGINT, libc::SIGHUP] {
        if signal_hook::flag::register(signal, Arc::clone(&heard)).is_err() {
            return ExitCode::FAILURE;
        }
    }
    let state = rustix::stdio::stdout();
    // A desk that was killed may have left a child that has not seen it yet: its word comes first.
    let alone = || rustix::fs::flock(state, rustix::fs::FlockOperation::LockExclusive);
    if rustix::io::retry_on_intr(alone).is_err() {
        return ExitCode::FAILURE;
    }
    let confinement = confine(custody);
    let mut socket = Socket(rustix::stdio::stdin());
    match serve(&mut socket, Descriptor(state), confinement) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// The desk's end, read without a buffer of the standard library's, which would keep a key.
struct Socket(BorrowedFd<'static>);

impl Read for Socket {
    fn read(&mut self, octets: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::read(self.0, octets)?)
    }
}

impl Write for Socket {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(self.0, octets)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Serves one desk until it closes its end.
fn serve<M: Medium>(
    desk: &mut (impl Read + Write),
    medium: M,
    confinement: Confinement,
) -> io::Result<()> {
    let Some(first) = wire::receive(desk)? else {
        return Ok(());
    };
    let Request::Open { certificate, key } = wire::parse(&first)? else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let opened = open(certificate, &key, medium);
    drop(first);
    let mut guard = match opened {
        Ok(guard) => guard,
        Err(error) => return wire::send(desk, &Answer::Err(error)),
    };
    let ready = Reply::Ready {
        algorithm: guard.algorithm(),
        confinement,
    };
    wire::send(desk, &Answer::Ok(ready))?;
    while let Some(octets) = wire::receive(desk)? {
        let answer = match wire::parse(&octets)? {
            Request::Open { .. } => return Err(io::ErrorKind::InvalidData.into()),
            Request::Sign { octets } => {
                let tbs = take_list(desk, octets)?;
                guard.sign(&tbs).map(Reply::Signature)
            }
            Request::LastNumbers { scope } => Ok(Reply::Numbers(guard.numbers(&scope))),
            Request::Probe => guard.probe().map(|()| Reply::Well),
        };
        wire::send(desk, &answer)?;
    }
    Ok(())
}

fn open<M: Medium>(
    certificate: &[u8],
    key: &KeyMaterial<'_>,
    medium: M,
) -> Result<Guard<M>, SignerError> {
    let issuer = Issuer::from_certificate(certificate).map_err(|_| KeyError::OtherKey)?;
    let key: Box<dyn RawKey> = match key {
        KeyMaterial::File { file, passphrase } => {
            let key = PrivateKey::read(file, *passphrase)?;
            if !key.matches(&issuer) {
                return Err(KeyError::OtherKey.into());
            }
            Box::new(key)
        }
        KeyMaterial::Token {
            uri,
            module,
            pin,
            by,
        } => {
            let pin = pin.map(SecretString::from);
            let mut token = TokenKey::load(TokenUri::parse(uri)?, module, pin, &issuer)?;
            match token.connect(*by) {
                // A token that is away now is looked for when there is something to sign.
                Err(fault)
                    if matches!(by, PinBy::Hand { .. })
                        || fault.is_refusal()
                        || fault.needs_person() =>
                {
                    return Err(fault.into());
                }
                _ => {}
            }
            Box::new(token)
        }
    };
    Guard::new(key, &issuer, medium)
}

/// The list that follows its request. Memory is had before it is filled; none left is the desk's error, not our end.
fn take_list(desk: &mut impl Read, octets: u64) -> io::Result<Vec<u8>> {
    if octets > LONGEST_TBS {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let length = usize::try_from(octets).map_err(io::Error::other)?;
    let mut list = Vec::new();
    list.try_reserve_exact(length)
        .map_err(|_| io::ErrorKind::OutOfMemory)?;
    let read = desk.take(octets).read_to_end(&mut list)?;
    if read < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Serial, Timestamp};
    use crate::pki::demo_ca::{DemoCa, DemoSubject};

    /// A desk that has said everything already.
    struct Said {
        said: io::Cursor<Vec<u8>>,
        answers: Vec<u8>,
    }

    impl Read for Said {
        fn read(&mut self, octets: &mut [u8]) -> io::Result<usize> {
            self.said.read(octets)
        }
    }

    impl Write for Said {
        fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
            self.answers.write(octets)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn open(said: &mut Vec<u8>) {
        let subject = DemoSubject {
            common_name: "CA UJI".to_owned(),
            ..DemoSubject::default()
        };
        let serial = Serial::parse("01").unwrap();
        let (ca, key) = DemoCa::create(&subject, &serial, Timestamp::default()).unwrap();
        let request = Request::Open {
            certificate: ca.certificate_der(),
            key: KeyMaterial::File {
                file: &key,
                passphrase: None,
            },
        };
        wire::send(said, &request).unwrap();
    }

    /// How the child took it, and how many answers it gave.
    fn hear(said: Vec<u8>) -> (io::Result<()>, usize) {
        let mut desk = Said {
            said: io::Cursor::new(said),
            answers: Vec::new(),
        };
        let end = serve(&mut desk, Vec::new(), Confinement::default());
        let mut answers = desk.answers.as_slice();
        let mut count = 0;
        while let Some(octets) = wire::receive(&mut answers).unwrap() {
            wire::parse::<Answer>(&octets).unwrap().unwrap();
            count += 1;
        }
        (end, count)
    }

    #[test]
    fn a_desk_that_closes_ends_it_in_order_and_one_that_does_not_speak_so_ends_it_at_once() {
        let mut opened = Vec::new();
        open(&mut opened);
        let after = |more: &dyn Fn(&mut Vec<u8>)| {
            let mut said = opened.clone();
            more(&mut said);
            hear(said)
        };
        assert!(matches!(hear(Vec::new()), (Ok(()), 0)));
        assert!(matches!(after(&|_| {}), (Ok(()), 1)));
        assert!(matches!(
            after(&|said| wire::send(said, &Request::Probe).unwrap()),
            (Ok(()), 2)
        ));
        // Garbage, a length beyond every measure, a key twice, a request before the key.
        assert!(matches!(hear(vec![0, 0, 0, 2, 9, 9]), (Err(_), 0)));
        assert!(matches!(hear(vec![0xff; 40]), (Err(_), 0)));
        assert!(matches!(after(&open), (Err(_), 1)));
        let mut early = Vec::new();
        wire::send(&mut early, &Request::Probe).unwrap();
        assert!(matches!(hear(early), (Err(_), 0)));
        // A list longer than any, and half of one.
        let sign = |octets| {
            move |said: &mut Vec<u8>| {
                wire::send(said, &Request::Sign { octets }).unwrap();
                said.extend([0x30; 10]);
            }
        };
        assert!(matches!(after(&sign(u64::MAX)), (Err(_), 1)));
        assert!(matches!(after(&sign(LONGEST_TBS + 1)), (Err(_), 1)));
        assert!(matches!(after(&sign(11)), (Err(_), 1)));
    }
}
