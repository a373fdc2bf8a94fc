//! The file of numbers: two slots written in turn, each with a generation and a checksum, synced before anybody hears
//! of the number. A write that was torn leaves the other slot, whose signature was the last that left; so nothing goes
//! back. Knows its file by an open descriptor alone.

use std::fs::File;
use std::io;
use std::os::fd::BorrowedFd;
use std::path::Path;

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::error::StateFault;
use super::ledger::Ledger;

/// Octets of one slot; the second begins behind the first.
const SLOT: u64 = 1 << 20;
const MAGIC: &[u8; 8] = b"AMSNUM\x00\x01";
/// MAGIC, length of the content, SHA-256 of length and content.
const HEADER: usize = 8 + 4 + 32;

/// Octets that outlive the process.
pub trait Medium {
    /// Fills `octets` from `offset` on as far as there is something; how much was there.
    fn read_at(&self, octets: &mut [u8], offset: u64) -> io::Result<usize>;
    fn write_at(&mut self, octets: &[u8], offset: u64) -> io::Result<()>;
    /// Returns when everything written will be there after a power cut.
    fn sync(&mut self) -> io::Result<()>;
}

/// A file by its descriptor; its path is not known, and not needed.
pub struct Descriptor<'a>(pub BorrowedFd<'a>);

impl Medium for Descriptor<'_> {
    fn read_at(&self, octets: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut done = 0;
        while done < octets.len() {
            match rustix::io::pread(self.0, &mut octets[done..], offset + done as u64) {
                Ok(0) => break,
                Ok(count) => done += count,
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(done)
    }

    fn write_at(&mut self, octets: &[u8], offset: u64) -> io::Result<()> {
        let mut done = 0;
        while done < octets.len() {
            match rustix::io::pwrite(self.0, &octets[done..], offset + done as u64) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => done += count,
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(rustix::fs::fsync(self.0)?)
    }
}

/// A file that this process opened itself.
impl Medium for File {
    fn read_at(&self, octets: &mut [u8], offset: u64) -> io::Result<usize> {
        Descriptor(std::os::fd::AsFd::as_fd(self)).read_at(octets, offset)
    }

    fn write_at(&mut self, octets: &[u8], offset: u64) -> io::Result<()> {
        Descriptor(std::os::fd::AsFd::as_fd(self)).write_at(octets, offset)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_all()
    }
}

/// A file whose maker brings it to the disk later, with everything else: a demo under construction.
pub struct Unsynced(pub File);

impl Medium for Unsynced {
    fn read_at(&self, octets: &mut [u8], offset: u64) -> io::Result<usize> {
        Medium::read_at(&self.0, octets, offset)
    }

    fn write_at(&mut self, octets: &[u8], offset: u64) -> io::Result<()> {
        Medium::write_at(&mut self.0, octets, offset)
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Numbers in memory, for tests.
#[cfg(test)]
impl Medium for Vec<u8> {
    fn read_at(&self, octets: &mut [u8], offset: u64) -> io::Result<usize> {
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let there = self.get(from..).unwrap_or_default();
        let count = there.len().min(octets.len());
        octets[..count].copy_from_slice(&there[..count]);
        Ok(count)
    }

    fn write_at(&mut self, octets: &[u8], offset: u64) -> io::Result<()> {
        let from = usize::try_from(offset).map_err(io::Error::other)?;
        if self.len() < from + octets.len() {
            self.resize(from + octets.len(), 0);
        }
        self[from..from + octets.len()].copy_from_slice(octets);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Serialize, Deserialize)]
struct Slot {
    generation: u64,
    ledger: Ledger,
}

/// The numbers of one key with the file that keeps them.
pub struct State<M> {
    medium: M,
    generation: u64,
    ledger: Ledger,
}

impl<M: Medium> State<M> {
    /// Reads what is kept; an empty file is a new key's. `Damaged` where something was written and nothing is whole.
    pub fn open(medium: M, empty: Ledger) -> Result<Self, StateFault> {
        let Some(slot) = newest(&medium)? else {
            return Ok(Self {
                medium,
                generation: 0,
                ledger: empty,
            });
        };
        if slot.ledger.issuer != empty.issuer {
            return Err(StateFault::OtherKey);
        }
        Ok(Self {
            medium,
            generation: slot.generation,
            ledger: slot.ledger,
        })
    }

    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// What is left when the process is killed.
    #[cfg(test)]
    pub fn into_medium(self) -> M {
        self.medium
    }

    /// Keeps `next`; when this returns, it is on the disk.
    pub fn keep(&mut self, next: Ledger) -> Result<(), StateFault> {
        let slot = Slot {
            generation: self.generation + 1,
            ledger: next,
        };
        let content = postcard::to_stdvec(&slot).map_err(io::Error::other)?;
        if (HEADER + content.len()) as u64 > SLOT {
            return Err(StateFault::Full {
                scopes: slot.ledger.scopes.len() as u64,
            });
        }
        let length = (content.len() as u32).to_be_bytes();
        let sum = checksum(length, &content);
        let octets = [MAGIC.as_slice(), &length, &sum, &content].concat();
        // The slot of the generation before last: the last one stays whole whatever happens.
        let offset = (slot.generation % 2) * SLOT;
        self.medium.write_at(&octets, offset)?;
        self.medium.sync()?;
        self.generation = slot.generation;
        self.ledger = slot.ledger;
        Ok(())
    }
}

/// What a state file says without its key: for a restore, which must go on above it. `None` for an empty file.
pub fn numbers_of(file: &Path) -> Result<Option<Ledger>, StateFault> {
    let file = File::open(file)?;
    Ok(newest(&file)?.map(|slot| slot.ledger))
}

fn checksum(length: [u8; 4], content: &[u8]) -> [u8; 32] {
    let sum = digest(&SHA256, &[length.as_slice(), content].concat());
    let mut octets = [0; 32];
    octets.copy_from_slice(sum.as_ref());
    octets
}

/// The whole slot of the highest generation; `None` where nothing was ever finished.
fn newest(medium: &impl Medium) -> Result<Option<Slot>, StateFault> {
    let slots = [read_slot(medium, 0)?, read_slot(medium, SLOT)?];
    let touched: Vec<bool> = slots.iter().map(|s| !matches!(s, Found::Nothing)).collect();
    let newest = slots
        .into_iter()
        .filter_map(|found| match found {
            Found::Whole(slot) => Some(slot),
            Found::Nothing | Found::Torn => None,
        })
        .max_by_key(|slot| slot.generation);
    match newest {
        Some(slot) => Ok(Some(slot)),
        // The very first write, torn: it goes to the second slot, and no signature has left.
        None if !touched[0] => Ok(None),
        None => Err(StateFault::Damaged),
    }
}

enum Found {
    /// Not there, or zeros only.
    Nothing,
    Torn,
    Whole(Slot),
}

fn read_slot(medium: &impl Medium, offset: u64) -> Result<Found, StateFault> {
    let mut header = [0; HEADER];
    let there = medium.read_at(&mut header, offset)?;
    if header[..there].iter().all(|octet| *octet == 0) {
        return Ok(Found::Nothing);
    }
    let (magic, rest) = header.split_at(8);
    let (length, sum) = rest.split_at(4);
    let mut octets = [0; 4];
    octets.copy_from_slice(length);
    let length = u32::from_be_bytes(octets) as usize;
    if there < HEADER || magic != MAGIC || (HEADER + length) as u64 > SLOT {
        return Ok(Found::Torn);
    }
    let mut content = vec![0; length];
    let there = medium.read_at(&mut content, offset + HEADER as u64)?;
    if there < length || checksum(octets, &content) != sum {
        return Ok(Found::Torn);
    }
    Ok(postcard::from_bytes(&content).map_or(Found::Torn, Found::Whole))
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
