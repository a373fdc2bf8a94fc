//! Damage at random on top of the corpus: no panic, no good verdict on a changed list, bounded time and memory.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use ams::pki::check::check;
use ams::pki::crl_read::{CrlReader, CrlSource};
use ams::pki::crl_summary::CrlSummary;
use ams::pki::diff::diff;

use super::template::CrlTemplate;
use super::{With, all, judge, now};
use crate::template::pem;

/// A small generator, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }

    fn damage(&mut self, octets: &mut Vec<u8>) {
        let at = self.below(octets.len());
        match self.below(4) {
            0 => octets[at] = self.below(256) as u8,
            1 => octets[at] ^= 1 << self.below(8),
            2 => {
                let end = (at + self.below(40)).min(octets.len());
                octets.drain(at..end);
            }
            _ => {
                let more: Vec<u8> = (0..self.below(40)).map(|n| n as u8).collect();
                octets.splice(at..at, more);
            }
        }
        if octets.is_empty() {
            octets.push(0x30);
        }
    }
}

#[test]
fn every_flipped_bit_of_the_good_crl_breaks_a_rule() {
    let good = CrlTemplate::good().der();
    let issuer = With::Issuer.issuer();
    for bit in 0..good.len() * 8 {
        let mut flipped = good.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let report = check(&flipped, issuer.as_ref(), now()).unwrap();
        assert!(!report.passed(), "bit {bit} makes no difference");
    }
}

#[test]
fn damage_at_random_never_panics_and_takes_bounded_time() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let good = CrlTemplate::good().der();
    let seeds: Vec<Vec<u8>> = all().into_iter().map(|case| case.octets).collect();
    let mut longest = Duration::ZERO;
    for round in 0..3_000 {
        let mut damaged = match round % 3 {
            0 => good.clone(),
            1 => pem("X509 CRL", &good).into_bytes(),
            _ => seeds[round % seeds.len()].clone(),
        };
        if damaged.is_empty() {
            damaged.push(0);
        }
        for _ in 0..=random.below(6) {
            random.damage(&mut damaged);
        }
        let start = Instant::now();
        let report = judge(&damaged, With::Issuer);
        assert!(
            !report.passed() || damaged == good || damaged.starts_with(b"-"),
            "{}",
            hex::encode(&damaged)
        );
        let _ = CrlSummary::read(&damaged, |_| {});
        let _ = diff(&damaged, &good, |_| {});
        if let Ok(mut reader) = CrlReader::open(&damaged) {
            while let Ok(Some(entry)) = reader.next_entry() {
                let _ = (entry.decode(), entry.adopt(now()));
            }
        }
        longest = longest.max(start.elapsed());
    }
    assert!(longest < Duration::from_secs(2), "one took {longest:?}");
}

/// A source that fails after some octets, as a pulled cable does.
struct Failing(Vec<u8>);

impl CrlSource for Failing {
    fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("cable pulled"))
            }
        }
        Ok(Box::new(self.0.as_slice().chain(Broken)))
    }
}

#[test]
fn a_source_that_fails_is_an_error_and_no_verdict() {
    let good = CrlTemplate::good().der();
    for length in 0..good.len() {
        let source = Failing(good[..length].to_vec());
        let error = check(&source, None, now()).unwrap_err();
        assert_eq!(error.to_string(), "cable pulled", "{length} octets");
    }
}
