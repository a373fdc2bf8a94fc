//! Reading whole, cut, dripping and damaged CRLs.

use super::window::WINDOW;
use super::*;
use crate::pki::crl_fixture::{TestCa, entries};
use crate::pki::stream_signature::SignatureFault;

/// Gives one octet at a time, and an interruption between each two.
struct Dripping<'a>(&'a [u8], bool);

impl Read for Dripping<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let count = self.0.len().min(out.len()).min(1);
        out[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

fn pem(der: &[u8]) -> String {
    pem::encode(&pem::Pem::new("X509 CRL", der))
}

#[test]
fn a_crl_that_drips_in_is_read_like_one_that_is_there() {
    let ca = TestCa::new();
    let crl = ca.crl(3, &entries(&(1..2000).collect::<Vec<_>>()));
    let whole = CrlReader::open(crl.as_bytes()).unwrap().finish().unwrap();
    let tail = CrlReader::new(Dripping(crl.as_bytes(), false))
        .unwrap()
        .finish()
        .unwrap();
    assert_eq!(tail.digest, whole.digest);
    assert_eq!(tail.entries, 1999);
    assert_eq!(tail.verify(crl.as_bytes(), &ca.issuer).unwrap(), Ok(()));
}

#[test]
fn a_long_list_needs_no_more_memory_than_a_short_one() {
    let ca = TestCa::new();
    let crl = ca.crl(3, &entries(&(1..50_000).collect::<Vec<_>>()));
    assert!(crl.as_bytes().len() > 20 * WINDOW);
    let mut reader = CrlReader::open(crl.as_bytes()).unwrap();
    while reader.next_entry().unwrap().is_some() {
        assert_eq!(reader.window.buffer.capacity(), WINDOW);
    }
}

#[test]
fn every_beginning_of_a_crl_is_called_truncated() {
    let ca = TestCa::new();
    let crl = ca.crl(3, &entries(&[1, 2, 3]));
    let der = crl.as_bytes();
    for length in 1..der.len() {
        let error = CrlReader::open(&der[..length])
            .and_then(CrlReader::finish)
            .unwrap_err();
        let truncated = matches!(
            error,
            ReadError::Der {
                fault: DerError::Truncated { .. },
                ..
            }
        );
        assert!(truncated, "{length} octets: {error:?}");
    }
}

#[test]
fn pem_gives_the_same_crl_and_its_signature_verifies() {
    for algorithm in [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ED25519] {
        let ca = TestCa::with(rcgen::KeyPair::generate_for(algorithm).unwrap());
        let crl = ca.crl(3, &entries(&[1, 2, 3]));
        let text = pem(crl.as_bytes()).into_bytes();
        let reader = CrlReader::open(&text).unwrap();
        assert!(reader.is_pem());
        let tail = reader.finish().unwrap();
        assert_eq!(tail.verify(&text, &ca.issuer).unwrap(), Ok(()));
        // The same tail against other octets: only Ed25519 reads them again.
        let other = ca.crl(4, &entries(&[1, 2, 3]));
        let again = tail.verify(&pem(other.as_bytes()).into_bytes(), &ca.issuer);
        let reads_again = algorithm == &rcgen::PKCS_ED25519;
        assert_eq!(again.unwrap() == Err(SignatureFault::Mismatch), reads_again);
    }
}

#[test]
fn a_file_is_read_by_position_and_may_be_read_twice_at_once() {
    let ca = TestCa::new();
    let crl = ca.crl(3, &entries(&[1, 2, 3]));
    let mut file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut file, crl.as_bytes()).unwrap();
    let mut first = CrlReader::open(&file).unwrap();
    assert!(first.next_entry().unwrap().is_some());
    let second = CrlReader::open(&file).unwrap().finish().unwrap();
    assert_eq!(first.finish().unwrap().digest, second.digest);
}

#[test]
fn an_element_of_unreasonable_size_is_refused_before_it_is_held() {
    let huge = [0x30, 0x84, 0x7f, 0xff, 0xff, 0xff];
    let mut der = huge.to_vec();
    der.extend_from_slice(&[0x30, 0x84, 0x7f, 0xff, 0xff, 0x00]);
    der.extend_from_slice(&[0x30, 0x84, 0x40, 0x00, 0x00, 0x00]);
    assert!(matches!(
        CrlReader::open(&der).map(|_| ()),
        Err(ReadError::TooLarge {
            what: "signature",
            ..
        })
    ));
}

#[test]
fn any_flipped_bit_is_noticed() {
    let ca = TestCa::new();
    let crl = ca.crl(3, &entries(&[1, 2]));
    let good = crl.as_bytes();
    for bit in 0..good.len() * 8 {
        let mut flipped = good.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let report =
            crate::pki::check::check(&flipped, Some(&ca.issuer), crate::pki::crl_fixture::now())
                .unwrap();
        assert!(!report.passed(), "bit {bit}");
    }
}
