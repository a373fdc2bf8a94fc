//! How often each row of the table and each refusal was met.

use std::collections::BTreeMap;
use std::fmt;

use ams::domain::Refusal;
use ams::domain::request::State;
use ams::domain::workflow::{Act, Row, rows};

/// Refused by the desk before `decide` is asked; their tests are with the desk's batches and shared keys.
const BEFORE_DECIDE: [&str; 2] = ["key_not_compromised", "batch_count"];

#[derive(Default)]
pub struct Tally {
    /// Accepted commands, by row (its place in the table) and the state they started from.
    rows: BTreeMap<(usize, Option<State>), u64>,
    refusals: BTreeMap<&'static str, u64>,
    commands: u64,
}

impl Tally {
    pub fn accepted(&mut self, row: &Row, from: Option<State>) {
        let place = rows()
            .iter()
            .position(|r| r == row)
            .expect("a row of the table");
        let from = from.filter(|s| row.from.states().contains(s));
        *self.rows.entry((place, from)).or_default() += 1;
        self.commands += 1;
    }

    pub fn refused(&mut self, refusal: &Refusal) {
        *self.refusals.entry(refusal.rule()).or_default() += 1;
        self.commands += 1;
    }

    /// Every (row, state) and every rule with its count.
    fn lines(&self) -> Vec<(String, u64)> {
        let mut lines = Vec::new();
        for (place, row) in rows().iter().enumerate() {
            let origins: Vec<Option<State>> = match row.from.states() {
                [] => vec![None],
                states => states.iter().copied().map(Some).collect(),
            };
            for from in origins {
                let count = self.rows.get(&(place, from)).copied().unwrap_or(0);
                let who: Vec<&str> = row.who.iter().map(|w| w.name()).collect();
                let state = from.map_or("-", State::name);
                let name = format!("{} from {state} by {}", act_name(row.act), who.join("/"));
                lines.push((name, count));
            }
        }
        let decided = |rule: &&&str| !BEFORE_DECIDE.contains(*rule);
        for rule in Refusal::RULES.iter().filter(decided) {
            let count = self.refusals.get(rule).copied().unwrap_or(0);
            lines.push((format!("refused: {rule}"), count));
        }
        lines
    }

    /// Fails unless everything was met at least `least` times.
    pub fn demand(&self, least: u64) {
        let rare: Vec<String> = self
            .lines()
            .into_iter()
            .filter(|(_, count)| *count < least)
            .map(|(name, count)| format!("{name}: {count}"))
            .collect();
        assert!(rare.is_empty(), "met fewer than {least} times: {rare:#?}");
    }
}

fn act_name(act: Act) -> &'static str {
    act.name()
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} commands", self.commands)?;
        for (name, count) in self.lines() {
            writeln!(f, "{count:>8}  {name}")?;
        }
        Ok(())
    }
}
