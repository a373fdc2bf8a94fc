//! What desk and signing process say to each other over their socket: a length of four octets and a postcard value; a
//! list to sign follows its request as it is. Every length is bounded before anything is allocated.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::confine::Confinement;
use super::error::SignerError;
use super::ledger::{Scope, ScopeNumbers};
use super::material::KeyMaterial;
use crate::pki::algorithm::SignatureAlgorithm;

/// The longest message, a list to sign apart: a certificate and a key file many times over.
const LONGEST: usize = 1 << 20;

/// What the desk asks.
#[derive(Serialize, Deserialize)]
pub enum Request<'a> {
    /// Once, first: the CA's certificate and its key.
    Open {
        certificate: &'a [u8],
        #[serde(borrow)]
        key: KeyMaterial<'a>,
    },
    /// A tBSCertList of this many octets follows.
    Sign {
        octets: u64,
    },
    LastNumbers {
        scope: Scope,
    },
    /// Whether it could sign now.
    Probe,
}

/// What the signing process answers.
#[derive(Debug, Serialize, Deserialize)]
pub enum Reply {
    Ready {
        algorithm: SignatureAlgorithm,
        confinement: Confinement,
    },
    Signature(Vec<u8>),
    Numbers(ScopeNumbers),
    Well,
}

pub type Answer = Result<Reply, SignerError>;

/// Sends a message; its octets are wiped, since some hold a key.
pub fn send(out: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let mut buffer = Zeroizing::new(vec![0; LONGEST]);
    let length = postcard::to_slice(message, &mut buffer[4..])
        .map_err(io::Error::other)?
        .len();
    buffer[..4].copy_from_slice(&(length as u32).to_be_bytes());
    out.write_all(&buffer[..4 + length])?;
    out.flush()
}

/// Receives the octets of a message; `None` where the other end has closed.
pub fn receive(input: &mut impl Read) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut length = [0; 4];
    let mut there = 0;
    while there < length.len() {
        match input.read(&mut length[there..]) {
            Ok(0) if there == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => there += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let length = u32::from_be_bytes(length) as usize;
    if length > LONGEST {
        return Err(invalid("a message beyond every measure"));
    }
    let mut octets = Zeroizing::new(vec![0; length]);
    input.read_exact(&mut octets)?;
    Ok(Some(octets))
}

/// What a message says.
pub fn parse<'a, T: Deserialize<'a>>(octets: &'a [u8]) -> io::Result<T> {
    postcard::from_bytes(octets).map_err(|_| invalid("a message that says nothing"))
}

fn invalid(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
