//! The `index.txt` of `openssl ca` and EasyRSA, read as a stream: which serials were issued, and which are revoked, when
//! and why. Lenient where a flaw would un-revoke something: a revoked line keeps its serial whatever else is wrong with
//! it. Names no issuer, for the file does not; opens no file.

use std::io::{self, BufRead, BufReader, Read};

use super::defect::Defect;
use super::der_scan::{single, tag};
use super::der_write::{EARLIEST, tlv};
use super::entry::{EntryReason, RevokedEntry};
use crate::domain::{CrlNumber, ReasonCode, Serial, Timestamp};

/// The file's usual name.
pub const NAME: &str = "index.txt";
/// Octets of a line that are read; no subject is as long.
const LONGEST: usize = 1 << 16;
/// How openssl counts: status, expiry, revocation, serial, file, subject.
const FIELDS: usize = 6;

/// A line that says something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IndexEntry {
    pub serial: Serial,
    /// The certificate's end.
    pub not_after: Option<Timestamp>,
    /// Where the line says that it is revoked.
    pub revoked: Option<IndexRevocation>,
}

/// What a line marked `R` says of the revocation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IndexRevocation {
    /// Absent where the line has none that can be read.
    pub date: Option<Timestamp>,
    pub reason: ReasonCode,
    /// The compromise time of `keyTime` and `CAkeyTime`.
    pub invalidity_date: Option<Timestamp>,
}

impl IndexRevocation {
    /// The entry that tells of it: a date that is missing, to come, or before 1950 becomes `now`, and an invalidity date
    /// behind the revocation goes.
    pub fn entry(&self, serial: &Serial, now: Timestamp) -> RevokedEntry {
        let date = self.date.filter(|date| *date >= EARLIEST);
        let revocation_date = date.map_or(now, |date| date.min(now)).whole_second();
        RevokedEntry {
            serial: serial.clone(),
            revocation_date,
            reason: EntryReason::Revoked(self.reason),
            invalidity_date: self.invalidity_date.filter(|date| *date <= revocation_date),
        }
    }
}

/// One line, and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IndexLine {
    /// From 1.
    pub line: u64,
    /// The octet at which it begins.
    pub offset: u64,
    pub entry: Result<IndexEntry, Defect>,
}

/// The lines of an index that say something, in their order. After an I/O error the iteration ends.
pub struct Index<R> {
    input: BufReader<R>,
    line: u64,
    offset: u64,
    over: bool,
}

impl<R: Read> Index<R> {
    pub fn new(input: R) -> Self {
        Self {
            input: BufReader::with_capacity(1 << 16, input),
            line: 0,
            offset: 0,
            over: false,
        }
    }

    fn step(&mut self) -> io::Result<Option<IndexLine>> {
        loop {
            let mut text = Vec::new();
            let offset = self.offset;
            let count = (&mut self.input)
                .take(LONGEST as u64)
                .read_until(b'\n', &mut text)?;
            if count == 0 {
                return Ok(None);
            }
            self.offset += count as u64;
            self.line += 1;
            let whole = text.ends_with(b"\n") || count < LONGEST;
            if !whole {
                self.skip_rest()?;
            }
            let ended = text.ends_with(b"\n");
            let text = text.strip_suffix(b"\n").unwrap_or(&text);
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            if text.is_empty() || text.starts_with(b"#") {
                continue;
            }
            return Ok(Some(IndexLine {
                line: self.line,
                offset,
                entry: whole
                    .then(|| read(text, ended))
                    .flatten()
                    .ok_or(Defect::IndexLine { line: self.line }),
            }));
        }
    }

    /// Passes over what is left of a line that is too long.
    fn skip_rest(&mut self) -> io::Result<()> {
        loop {
            let there = self.input.fill_buf()?;
            let end = there.iter().position(|b| *b == b'\n');
            let count = end.map_or(there.len(), |at| at + 1);
            self.input.consume(count);
            self.offset += count as u64;
            if end.is_some() || count == 0 {
                return Ok(());
            }
        }
    }
}

impl<R: Read> Iterator for Index<R> {
    type Item = io::Result<IndexLine>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let step = self.step().transpose();
        self.over = !matches!(step, Some(Ok(_)));
        step
    }
}

/// The last number that was given to a CRL, from the content of a `crlnumber` file, which holds the next one in hex.
pub fn last_crl_number(content: &str) -> Option<CrlNumber> {
    let digits = content.trim();
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    let padded = format!("00{}{digits}", if digits.len() % 2 == 1 { "0" } else { "" });
    let next = hex::decode(padded).ok().filter(|_| plain)?;
    let first = next.iter().position(|octet| *octet != 0)?;
    let mut last = next[first.saturating_sub(1)..].to_vec();
    for octet in last.iter_mut().rev() {
        let (less, borrowed) = octet.overflowing_sub(1);
        *octet = less;
        if !borrowed {
            break;
        }
    }
    CrlNumber::from_der_content(&last)
}

/// Whether this is how an index begins: its first line that says something has six fields and one of its letters.
pub fn begins_index(start: &[u8]) -> bool {
    let mut lines = start.split(|b| *b == b'\n');
    let Some(first) = lines.find(|line| !line.trim_ascii().is_empty() && !line.starts_with(b"#"))
    else {
        return false;
    };
    let first = first.strip_suffix(b"\r").unwrap_or(first);
    matches!(first, [b'V' | b'R' | b'E' | b'S', b'\t', ..])
        && first.iter().filter(|b| **b == b'\t').count() >= FIELDS - 2
}

/// A line's fields. openssl writes a tabulator inside a field as backslash and tabulator.
fn fields(line: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![Vec::new()];
    let mut octets = line.iter().copied().peekable();
    while let Some(octet) = octets.next() {
        match octet {
            b'\\' if octets.peek() == Some(&b'\t') => {
                octets.next();
                if let Some(field) = all.last_mut() {
                    field.push(b'\t');
                }
            }
            b'\t' => all.push(Vec::new()),
            other => {
                if let Some(field) = all.last_mut() {
                    field.push(other);
                }
            }
        }
    }
    all
}

/// `ended`: the line has its end. Of one that is still being written the last field is not whole.
fn read(line: &[u8], ended: bool) -> Option<IndexEntry> {
    let all = fields(line);
    let field = |at: usize| all.get(at).map_or(&[][..], Vec::as_slice);
    // The file and the subject are of no use here; an old index may lack them.
    if all.len() < FIELDS - 2 || (all.len() == FIELDS - 2 && !ended) {
        return None;
    }
    let serial = Serial::parse(std::str::from_utf8(field(3)).ok()?).ok()?;
    let revoked = match field(0) {
        b"V" | b"E" => None,
        b"R" => Some(revocation(field(2))),
        // Suspended: no openssl writes it, but it has a letter for it.
        b"S" => Some(IndexRevocation {
            reason: ReasonCode::CertificateHold,
            ..revocation(field(2))
        }),
        _ => return None,
    };
    Some(IndexEntry {
        serial,
        not_after: time(field(1)),
        revoked,
    })
}

/// `date[,reason[,instruction or compromise time]]`.
fn revocation(field: &[u8]) -> IndexRevocation {
    let mut parts = field.split(|b| *b == b',');
    let date = parts.next().and_then(time);
    let word = parts.next().unwrap_or_default().to_ascii_lowercase();
    let extra = parts.next();
    let (reason, has_time) = match word.as_slice() {
        b"holdinstruction" | b"certificatehold" => (ReasonCode::CertificateHold, false),
        b"keytime" => (ReasonCode::KeyCompromise, true),
        b"cakeytime" => (ReasonCode::CaCompromise, true),
        // A line marked as revoked that says removed: neither is certain, so it can still be released or revoked.
        b"removefromcrl" => (ReasonCode::CertificateHold, false),
        word => {
            let text = std::str::from_utf8(word).unwrap_or_default();
            let known = if text.is_empty() {
                None
            } else {
                ReasonCode::parse(text)
            };
            (known.unwrap_or(ReasonCode::Unspecified), false)
        }
    };
    IndexRevocation {
        date,
        reason,
        invalidity_date: extra.filter(|_| has_time).and_then(time),
    }
}

/// UTCTime or GeneralizedTime, told apart by their length.
fn time(text: &[u8]) -> Option<Timestamp> {
    let kind = if text.len() == 13 {
        tag::UTC_TIME
    } else {
        tag::GENERALIZED_TIME
    };
    let der = tlv(kind, text);
    single(&der, kind).ok()?.time().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::crl_fixture::at;

    fn lines(text: &str) -> Vec<IndexLine> {
        Index::new(text.as_bytes()).map(Result::unwrap).collect()
    }

    fn only(line: &str) -> IndexEntry {
        let mut all = lines(line);
        assert_eq!(all.len(), 1);
        all.remove(0).entry.unwrap()
    }

    fn revoked(field: &str) -> IndexRevocation {
        let line = format!("R\t281120101112Z\t{field}\t0A\tunknown\t/CN=Contoh UJI\n");
        only(&line).revoked.unwrap()
    }

    #[test]
    fn every_reason_that_openssl_writes_is_understood() {
        let date = Some(at("2026-11-20T10:11:12Z"));
        for (words, reason) in [
            ("", ReasonCode::Unspecified),
            (",unspecified", ReasonCode::Unspecified),
            (",keyCompromise", ReasonCode::KeyCompromise),
            (",CACompromise", ReasonCode::CaCompromise),
            (",affiliationChanged", ReasonCode::AffiliationChanged),
            (",superseded", ReasonCode::Superseded),
            (",cessationOfOperation", ReasonCode::CessationOfOperation),
            (",certificateHold", ReasonCode::CertificateHold),
            (
                ",holdInstruction,1.2.840.10040.2.2",
                ReasonCode::CertificateHold,
            ),
            (",removeFromCRL", ReasonCode::CertificateHold),
            (",apa saja", ReasonCode::Unspecified),
        ] {
            let found = revoked(&format!("261120101112Z{words}"));
            let wanted = IndexRevocation {
                date,
                reason,
                invalidity_date: None,
            };
            assert_eq!(found, wanted, "{words}");
        }
        for (word, reason) in [
            ("keyTime", ReasonCode::KeyCompromise),
            ("CAkeyTime", ReasonCode::CaCompromise),
        ] {
            let found = revoked(&format!("261120101112Z,{word},20261119080000Z"));
            assert_eq!(found.reason, reason);
            assert_eq!(found.invalidity_date, Some(at("2026-11-19T08:00:00Z")));
        }
    }

    #[test]
    fn years_of_two_and_four_digits_are_read() {
        let text = "V\t491231235959Z\t\t0A\tunknown\t/CN=a\nV\t20500101000000Z\t\t0B\tunknown\t/CN=b\nE\t991231235959Z\t\t0C\tunknown\t/CN=c\n";
        let ends: Vec<_> = lines(text)
            .into_iter()
            .map(|line| line.entry.unwrap().not_after)
            .collect();
        let wanted = [
            "2049-12-31T23:59:59Z",
            "2050-01-01T00:00:00Z",
            "1999-12-31T23:59:59Z",
        ];
        assert_eq!(ends, wanted.map(|t| Some(at(t))));
    }

    #[test]
    fn nothing_that_is_revoked_is_lost_for_a_flaw_of_its_line() {
        let now = at("2026-11-22T09:00:00Z");
        for field in [
            "",
            "kemarin",
            "271120101112Z",
            ",keyTime,besok",
            "19300101000000Z",
        ] {
            let found = revoked(field);
            let entry = found.entry(&Serial::parse("0a").unwrap(), now);
            assert_eq!(entry.revocation_date, now, "{field}");
            assert_eq!(entry.invalidity_date, None);
        }
        let late = revoked("261120101112Z,keyTime,20261121080000Z");
        let entry = late.entry(&Serial::parse("0a").unwrap(), now);
        assert_eq!(entry.invalidity_date, None);
    }

    #[test]
    fn a_name_with_a_tabulator_and_a_line_without_a_name_are_read() {
        let found = only("V\t281120101112Z\t\t0A\tunknown\t/CN=dua\\\tkata\n");
        assert_eq!(found.serial, Serial::parse("0a").unwrap());
        let found = only("R\t281120101112Z\t261120101112Z\tFF01\r\n");
        assert_eq!(found.serial, Serial::parse("ff01").unwrap());
        assert!(found.revoked.is_some());
        // Cut off in its serial it is another one's.
        let cut = lines("R\t281120101112Z\t261120101112Z\tFF");
        assert!(cut[0].entry.is_err());
    }

    #[test]
    fn a_line_that_is_none_is_named_and_the_next_is_read() {
        let long = "x".repeat(LONGEST + 5);
        let text = format!(
            "# tajuk\n\nX\t1\t2\t0A\tunknown\t/\nR\tsatu\n{long}\nV\t281120101112Z\t\tZZ\tu\t/\nV\t281120101112Z\t\t0B\tu\t/\n"
        );
        let found = lines(&text);
        let refused: Vec<u64> = found
            .iter()
            .filter(|line| line.entry.is_err())
            .map(|line| line.line)
            .collect();
        assert_eq!(refused, [3, 4, 5, 6]);
        let last = found.last().unwrap();
        assert!(last.entry.is_ok() && last.line == 7);
        assert_eq!(&text.as_bytes()[last.offset as usize..][..1], b"V");
    }

    #[test]
    fn a_crlnumber_file_holds_the_next_number_in_hex() {
        for (content, last) in [
            ("1000\n", "4095"),
            ("01", "0"),
            ("F", "14"),
            ("0100", "255"),
            ("ffffffffffffffff01", "4722366482869645213440"),
        ] {
            assert_eq!(
                last_crl_number(content),
                CrlNumber::parse(last),
                "{content}"
            );
        }
        for wrong in [
            "",
            "00",
            "-1",
            "4x",
            "8000000000000000000000000000000000000000ff",
        ] {
            assert_eq!(last_crl_number(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_index_is_told_from_other_text() {
        assert!(begins_index(b"V\t281120101112Z\t\t0A\tunknown\t/CN=a\nR\t"));
        assert!(begins_index(
            b"# x\n\nR\t281120101112Z\t261120101112Z\t0A\tunknown\t/CN=a"
        ));
        for other in [
            &b""[..],
            b"-----BEGIN CERTIFICATE-----\n",
            b"unique_subject = yes\n",
            b"V 1 2 3 4 5",
            b"\x30\x82\x01\x00",
        ] {
            assert!(!begins_index(other));
        }
    }
}
