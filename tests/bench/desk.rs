//! What the desk must be quick at, measured on a demo desk made for the occasion.
//! `cargo bench --bench desk` runs all, `cargo bench --bench desk -- queue` one. Figures need the release build that
//! `cargo bench` makes; a target that is missed is said, not failed, since machines differ.

use std::time::{Duration, Instant};

mod import;
mod publish;
mod queue;

fn main() {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with('-'))
        .collect();
    let benches: [(&str, fn()); 3] = [
        ("queue", queue::bench),
        ("publish", publish::bench),
        ("import", import::bench),
    ];
    for (name, bench) in benches {
        if wanted.is_empty() || wanted.iter().any(|w| name.contains(w.as_str())) {
            println!("-- {name}");
            bench();
        }
    }
}

/// Wall clock and this process's CPU time of one run.
struct Spent {
    wall: Duration,
    cpu: Duration,
}

fn measure<T>(work: impl FnOnce() -> T) -> (T, Spent) {
    let (wall, cpu) = (Instant::now(), cpu_time());
    let result = work();
    let spent = Spent {
        wall: wall.elapsed(),
        cpu: cpu_time().saturating_sub(cpu),
    };
    (result, spent)
}

fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// One line of the report: what was reached, what should be, and in words whether it was.
fn report(what: &str, reached: f64, unit: &str, at_most: f64) {
    let verdict = if reached <= at_most { "ok" } else { "MISSED" };
    println!("{what:<58} {reached:>9.2} {unit:<3} (at most {at_most} {unit}) {verdict}");
}
