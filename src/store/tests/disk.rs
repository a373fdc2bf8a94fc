//! A disk that can lose power: what was written since the last sync survives by the sector, in part, in no order.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use redb::StorageBackend;

const SECTOR: usize = 512;

#[derive(Clone, Debug, Default)]
pub struct Disk(Arc<Mutex<Platter>>);

#[derive(Debug, Default)]
struct Platter {
    /// What a reader sees.
    seen: Vec<u8>,
    /// What is sure to survive.
    synced: Vec<u8>,
    unsynced: Vec<Change>,
    operations: u64,
    /// Operations from this one on fail.
    power_until: Option<u64>,
    /// This sync fails once; what it would have made sure stays unsynced.
    failing_sync: Option<u64>,
    syncs: u64,
    /// Syncs say yes and do nothing from this one on.
    lies_from: Option<u64>,
}

#[derive(Debug, Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Length(usize),
}

/// A small deterministic generator (xorshift64*).
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        (self.roll() >> 33) % 100 < percent
    }
}

impl Disk {
    fn platter(&self) -> MutexGuard<'_, Platter> {
        self.0.lock().unwrap()
    }

    pub fn of(image: Vec<u8>) -> Self {
        let disk = Self::default();
        disk.platter().synced.clone_from(&image);
        disk.platter().seen = image;
        disk
    }

    /// A disk of its own with what this one shows now.
    pub fn copy(&self) -> Self {
        Self::of(self.platter().seen.clone())
    }

    pub fn operations(&self) -> u64 {
        self.platter().operations
    }

    pub fn syncs(&self) -> u64 {
        self.platter().syncs
    }

    pub fn cut_power_at(&self, operation: u64) {
        self.platter().power_until = Some(operation);
    }

    pub fn fail_sync(&self, sync: u64) {
        self.platter().failing_sync = Some(sync);
    }

    pub fn lie_from_sync(&self, sync: u64) {
        self.platter().lies_from = Some(sync);
    }

    /// What is on the disk after a power cut: each sector written since the last sync is there with this chance.
    pub fn after_power_cut(&self, dice: &mut Dice, percent: u64) -> Self {
        let platter = self.platter();
        let mut image = platter.synced.clone();
        for change in &platter.unsynced {
            match change {
                Change::Length(length) => {
                    if dice.chance(percent) {
                        image.resize(*length, 0);
                    }
                }
                Change::Write(offset, octets) => {
                    let mut at = *offset;
                    for piece in octets.chunks(SECTOR) {
                        if dice.chance(percent) {
                            let end = at + piece.len();
                            if image.len() < end {
                                image.resize(end, 0);
                            }
                            image[at..end].copy_from_slice(piece);
                        }
                        at += piece.len();
                    }
                }
            }
        }
        Self::of(image)
    }
}

impl Platter {
    fn operate(&mut self) -> io::Result<()> {
        self.operations += 1;
        match self.power_until {
            Some(limit) if self.operations > limit => Err(io::Error::other("power cut")),
            _ => Ok(()),
        }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.platter().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let platter = self.platter();
        let start = offset as usize;
        let octets = platter
            .seen
            .get(start..start + out.len())
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(octets);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut platter = self.platter();
        platter.operate()?;
        platter.seen.resize(len as usize, 0);
        platter.unsynced.push(Change::Length(len as usize));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut platter = self.platter();
        platter.operate()?;
        platter.syncs += 1;
        if platter.failing_sync == Some(platter.syncs) {
            return Err(io::Error::other("sync failed"));
        }
        if platter.lies_from.is_some_and(|from| platter.syncs >= from) {
            return Ok(());
        }
        platter.synced = platter.seen.clone();
        platter.unsynced.clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut platter = self.platter();
        platter.operate()?;
        let start = offset as usize;
        let end = start + data.len();
        if platter.seen.len() < end {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        platter.seen[start..end].copy_from_slice(data);
        platter.unsynced.push(Change::Write(start, data.to_vec()));
        Ok(())
    }
}
