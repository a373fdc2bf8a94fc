//! Time and randomness as the desk is given them: the real ones, or fixed ones for demo pictures and tests.

use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use ring::rand::{SecureRandom, SystemRandom};

use crate::domain::Timestamp;

/// What time it is.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;

    /// Whether it stands still until it is set.
    fn stands(&self) -> bool {
        false
    }

    /// Whether it is kept right by others; `None` where that cannot be told.
    fn synchronised(&self) -> Option<bool> {
        None
    }
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    /// What systemd knows of the kernel's clock, whoever sets it; `None` where systemd does not run.
    fn synchronised(&self) -> Option<bool> {
        let answer = Command::new("timedatectl")
            .args(["show", "--property=NTPSynchronized", "--value"])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .ok()?;
        match answer.stdout.trim_ascii() {
            b"yes" => Some(true),
            b"no" => Some(false),
            _ => None,
        }
    }
}

/// A clock that stands until it is set.
pub struct FixedClock(AtomicI64);

impl FixedClock {
    pub const fn new(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.millis()))
    }

    pub fn set(&self, now: Timestamp) {
        self.0.store(now.millis(), Ordering::SeqCst);
    }

    pub fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }

    fn stands(&self) -> bool {
        true
    }
}

/// Where random octets come from.
pub trait Randomness: Send + Sync {
    /// Fills `octets`; an error means that nothing random is to be had and the act must fail.
    fn fill(&self, octets: &mut [u8]) -> Result<(), NoRandomness>;
}

/// The system gives no random octets.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the system gives no random numbers")]
pub struct NoRandomness;

/// The system's generator.
pub struct SystemRandomness(SystemRandom);

impl SystemRandomness {
    pub fn new() -> Self {
        Self(SystemRandom::new())
    }
}

impl Default for SystemRandomness {
    fn default() -> Self {
        Self::new()
    }
}

impl Randomness for SystemRandomness {
    fn fill(&self, octets: &mut [u8]) -> Result<(), NoRandomness> {
        self.0.fill(octets).map_err(|_| NoRandomness)
    }
}

/// A reproducible sequence for demo folders and tests: SHA-256 of a seed and a counter. Never for a real desk.
pub struct SeededRandomness {
    seed: u64,
    counter: Mutex<u64>,
}

impl SeededRandomness {
    pub const fn new(seed: u64) -> Self {
        Self {
            seed,
            counter: Mutex::new(0),
        }
    }
}

impl Randomness for SeededRandomness {
    fn fill(&self, octets: &mut [u8]) -> Result<(), NoRandomness> {
        let mut counter = self.counter.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in octets.chunks_mut(32) {
            let input = [self.seed.to_be_bytes(), counter.to_be_bytes()].concat();
            let hash = ring::digest::digest(&ring::digest::SHA256, &input);
            chunk.copy_from_slice(&hash.as_ref()[..chunk.len()]);
            *counter += 1;
        }
        Ok(())
    }
}

/// `N` random octets.
pub fn octets<const N: usize>(source: &dyn Randomness) -> Result<[u8; N], NoRandomness> {
    let mut octets = [0; N];
    source.fill(&mut octets)?;
    Ok(octets)
}
