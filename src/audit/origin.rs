//! The name of the log: a base that its key also bears, and a generation that rises when a restore makes the log
//! smaller than a head that was already signed.

use std::fmt;

/// Why a text is no origin.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "not a log origin: expected 1 to 100 visible ASCII characters without +, such as desk.example.id/ams, and not ending in /NUMBER"
)]
pub struct InvalidOrigin;

/// What a checkpoint names in its first line (C2SP tlog-checkpoint): `base`, or `base/2` and so on after restores.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Origin {
    base: String,
    generation: u32,
}

impl Origin {
    /// The first generation of a log. The base is a name like `desk.example.id/ams`; C2SP forbids blanks and `+` in
    /// the key's name, and a last part of digits would read as a generation.
    pub fn new(base: &str) -> Result<Self, InvalidOrigin> {
        let visible = base.bytes().all(|b| b.is_ascii_graphic() && b != b'+');
        if base.is_empty() || base.len() > 100 || !visible || split(base).is_some() {
            return Err(InvalidOrigin);
        }
        Ok(Self {
            base: base.to_owned(),
            generation: 1,
        })
    }

    /// Reads `base` or `base/N`, N from 2 without leading zeros.
    pub fn parse(text: &str) -> Result<Self, InvalidOrigin> {
        let Some((base, generation)) = split(text) else {
            return Self::new(text);
        };
        if generation.starts_with('0') {
            return Err(InvalidOrigin);
        }
        let generation = generation.parse().map_err(|_| InvalidOrigin)?;
        if generation < 2 {
            return Err(InvalidOrigin);
        }
        Ok(Self {
            generation,
            ..Self::new(base)?
        })
    }

    /// The base: the name of the log's key.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// 1 for a log that was never restored to a smaller size.
    pub const fn generation(&self) -> u32 {
        self.generation
    }

    /// The origin that follows this one's closing.
    #[must_use]
    pub fn next(&self) -> Self {
        Self {
            base: self.base.clone(),
            generation: self.generation.saturating_add(1),
        }
    }

    /// This log's origin in its first generation.
    #[must_use]
    pub fn first(&self) -> Self {
        Self {
            base: self.base.clone(),
            generation: 1,
        }
    }
}

/// The parts of `base/digits`.
fn split(text: &str) -> Option<(&str, &str)> {
    let (base, last) = text.rsplit_once('/')?;
    (!last.is_empty() && last.bytes().all(|b| b.is_ascii_digit())).then_some((base, last))
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)?;
        if self.generation > 1 {
            write!(f, "/{}", self.generation)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_origin_is_followed_by_a_numbered_one() {
        let first = Origin::new("desk.example.id/ams").unwrap();
        assert_eq!(first.next().to_string(), "desk.example.id/ams/2");
        assert_eq!(Origin::parse("desk.example.id/ams/2"), Ok(first.next()));
        assert_eq!(first.next().next().first(), first);
    }

    #[test]
    fn names_that_would_be_read_two_ways_are_refused() {
        for bad in [
            "", "a b", "a+b", "a/1", "a/02", "a\n", "a/2/3", "é", "/2", "a\u{1b}",
        ] {
            assert!(Origin::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Origin::new("a/2").is_err());
    }
}
