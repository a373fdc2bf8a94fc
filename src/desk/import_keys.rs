//! Private keys in what was handed in as certificates. Beside certificates they are passed over, counted and told of;
//! nothing of one but its place is kept, and none is ever stored or logged. Alone they are refused.

use crate::domain::distinguished_name::printable;
use crate::pki::bundle::Position;
use crate::pki::defect::Defect;

use super::import::{EXAMPLES, ImportReport};

/// The keys of one input.
#[derive(Default)]
pub(super) struct Keys {
    count: u64,
    first: Vec<(Position, Defect)>,
}

impl Keys {
    /// Takes a defect that says that something is a key, and gives back any other.
    pub fn take(&mut self, position: Position, defect: Defect) -> Result<(), Defect> {
        match defect {
            Defect::NotACertificate { what } if what.is_of_a_key() => {}
            other => return Err(other),
        }
        self.count += 1;
        if self.first.len() < EXAMPLES {
            self.first.push((position, defect));
        }
        Ok(())
    }

    /// Once the input of `read` items was read: keys beside anything else are passed over, keys alone are refused.
    pub fn settle(self, source: &str, read: u64, report: &mut ImportReport) {
        if self.count == 0 {
            return;
        }
        if read > self.count {
            report.keys += self.count;
            if report.with_keys.len() < EXAMPLES {
                report.with_keys.push(printable(source));
            }
            return;
        }
        for (position, defect) in self.first {
            report.refuse(source, position, defect);
        }
    }
}
