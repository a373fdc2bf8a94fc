//! Random commands by random actors over many cases never reach an illegal state, leave REVOKED (only held may be
//! released), skip step 6, or decide on one's own. The oracle states what DOMAIN.md says a second time and calls
//! none of decide's guards. Every row of the table and every refusal must be met often enough to mean something.

mod accounts;
mod chance;
mod commands;
mod oracle;
mod people;
mod rides;
mod tally;
mod world;

use tally::Tally;

/// Another seed for another walk: `AMS_SEED=7 cargo test --test properties`.
fn seed() -> u64 {
    std::env::var("AMS_SEED")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or(20_260_101)
}

const CASES: u64 = 9_000;
const STEPS: usize = 45;

#[test]
fn random_people_never_break_the_workflow() {
    let mut tally = Tally::default();
    for case in 0..CASES {
        world::play(seed().wrapping_add(case), STEPS, &mut tally);
    }
    for run in 0..1_500 {
        accounts::play(seed().wrapping_add(run), 60, &mut tally);
    }
    println!("{tally}");
    tally.demand(20);
}
