//! Damage: every bit flipped, every prefix, damage and garbage at random, inputs that fail or never end.

use std::cell::Cell;
use std::io::{self, Read};
use std::time::{Duration, Instant};

use ams::pki::bundle::Bundle;
use ams::pki::certificate::{CertificateFacts, MAX_CERTIFICATE};
use ams::pki::issuer::{Issuer, check_import};

use crate::certificates::{now, read};
use crate::der::sequence;
use crate::template::{CN, Template, pem, rdn};

#[test]
fn a_certificate_with_any_bit_flipped_is_refused_and_its_neighbours_are_read() {
    let issuer = Issuer::from_certificate(Template::authority().der()).unwrap();
    let (before, after) = (Template::person(0x11).der(), Template::person(0x22).der());
    let good = Template::person(0x33).der();
    for bit in 0..good.len() * 8 {
        let mut flipped = good.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let judged = CertificateFacts::from_der(flipped.clone())
            .and_then(|facts| check_import(&facts, [&issuer], now(), true).map(Issuer::id));
        assert!(judged.is_err(), "bit {bit} makes no difference");
        let stream = [before.clone(), flipped, after.clone()].concat();
        let (serials, _) = read(stream.as_slice());
        assert_eq!(
            serials.first().map(String::as_str),
            Some("5a0111"),
            "bit {bit}"
        );
        assert_eq!(
            serials.last().map(String::as_str),
            Some("5a0122"),
            "bit {bit}"
        );
    }
}

#[test]
fn every_beginning_of_a_certificate_is_called_truncated() {
    let good = Template::person(0x33).der();
    for length in 1..good.len() {
        let defect = CertificateFacts::from_der(&good[..length]).unwrap_err();
        assert_eq!(defect.id(), "truncated", "{length} octets");
    }
}

#[test]
fn damage_at_random_never_panics_and_takes_bounded_time() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let bundle: Vec<u8> = (1..=5).flat_map(|n| Template::person(n).der()).collect();
    let text: Vec<u8> = (1..=5)
        .flat_map(|n| pem("CERTIFICATE", &Template::person(n).der()).into_bytes())
        .collect();
    let mut longest = Duration::ZERO;
    for round in 0..4_000 {
        let mut damaged = if round % 2 == 0 {
            bundle.clone()
        } else {
            text.clone()
        };
        for _ in 0..=random(6) {
            let at = random(damaged.len());
            match random(4) {
                0 => damaged[at] = random(256) as u8,
                1 => damaged[at] ^= 1 << random(8),
                2 => drop(damaged.drain(at..(at + random(40)).min(damaged.len() - 1).max(at))),
                _ => damaged
                    .splice(at..at, (0..random(40)).map(|n| n as u8))
                    .for_each(drop),
            }
        }
        let start = Instant::now();
        let (serials, broken) = read(damaged.as_slice());
        longest = longest.max(start.elapsed());
        assert!(serials.len() + broken <= 40, "{serials:?}, {broken} broken");
    }
    assert!(longest < Duration::from_secs(2), "one took {longest:?}");
}

#[test]
fn garbage_of_megabytes_takes_one_item_and_little_time() {
    let good = Template::person(0x33).der();
    for octet in [0u8, 0x30, 0x80, 0xff] {
        let garbage = vec![octet; 3 << 20];
        let input = [good.clone(), garbage, good.clone()].concat();
        let start = Instant::now();
        let (serials, broken) = read(input.as_slice());
        assert_eq!(serials, ["5a0133", "5a0133"], "filled with {octet:#x}");
        assert!((1..=3).contains(&broken), "{broken} items of garbage");
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}

#[test]
fn a_certificate_of_unreasonable_size_is_refused_by_its_size() {
    let long = "x".repeat(MAX_CERTIFICATE);
    let subject = sequence(&[&rdn(CN, &{
        let mut value = vec![0x0c, 0x83, 0x01, 0x00, 0x00];
        value.extend_from_slice(long.as_bytes());
        value
    })]);
    // Lengths above 65535 need three octets, which the small writer of these tests does not know.
    assert!(subject.len() > MAX_CERTIFICATE);
    let defect = CertificateFacts::from_der(subject).unwrap_err();
    assert_eq!(defect.id(), "too-large");
}

#[test]
fn a_stream_is_read_no_further_ahead_than_a_few_certificates() {
    /// The same octets again and again, counted.
    struct Repeated<'a> {
        one: &'a [u8],
        left: usize,
        at: usize,
        given: &'a Cell<u64>,
    }
    impl Read for Repeated<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            if self.left == 0 {
                return Ok(0);
            }
            let given = out.len().min(self.one.len() - self.at).min(777);
            out[..given].copy_from_slice(&self.one[self.at..self.at + given]);
            self.at = (self.at + given) % self.one.len();
            self.left -= usize::from(self.at == 0);
            self.given.set(self.given.get() + given as u64);
            Ok(given)
        }
    }
    let der = Template::person(0x33).der();
    for one in [der.clone(), pem("CERTIFICATE", &der).into_bytes()] {
        let given = Cell::new(0);
        let stream = Repeated {
            one: &one,
            left: 3_000,
            at: 0,
            given: &given,
        };
        let mut count = 0;
        for item in Bundle::new(stream) {
            let item = item.unwrap();
            assert_eq!(item.certificate.as_ref(), Ok(&der));
            let ahead = given.get() - item.position.offset;
            assert!(ahead <= 256 * 1024, "{ahead} octets ahead");
            count += 1;
        }
        assert_eq!(count, 3_000);
        assert_eq!(given.get(), 3_000 * one.len() as u64);
    }
}

#[test]
fn an_input_that_fails_ends_with_its_error_after_what_was_read() {
    struct Failing(Option<Vec<u8>>);
    impl Read for Failing {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let octets = self.0.take().ok_or(io::ErrorKind::ConnectionReset)?;
            out[..octets.len()].copy_from_slice(&octets);
            Ok(octets.len())
        }
    }
    let text = pem("CERTIFICATE", &Template::person(1).der()).into_bytes();
    let mut bundle = Bundle::new(Failing(Some(text)));
    let outcomes: Vec<bool> = bundle.by_ref().map(|item| item.is_ok()).collect();
    assert_eq!(outcomes.iter().filter(|ok| !**ok).count(), 1);
    assert!(!outcomes[outcomes.len() - 1]);
}
