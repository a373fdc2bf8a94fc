//! What many screens cost while nobody does anything.

use std::time::{Duration, Instant};

use super::{screen, serve};
use crate::program::binary;
use crate::support::demo::Demo;
use crate::support::process::Seen;
use crate::support::terminal::Terminal;

#[test]
fn twenty_screens_cost_little_memory_and_no_processor_while_nothing_happens() {
    let demo = Demo::make(binary(), &["--requests", "5000"]);
    let serving = serve(&demo);
    let screens: Vec<Terminal> = (0..20)
        .map(|_| {
            let terminal = screen(&demo, "op");
            terminal.keys("2");
            terminal.wait_for("PC-2026-");
            terminal
        })
        .collect();
    let sessions = demo.json("admin", &["session", "list"]);
    assert_eq!(sessions.as_array().unwrap().len(), 20);
    for terminal in &screens {
        terminal.settle(Duration::from_millis(500));
    }
    let desk = Seen::desk(&serving);
    let resident = desk.resident_kib() / 1024;
    eprintln!("20 sessions on 5000 requests: {resident} MiB");
    assert!(resident <= 150, "{resident} MiB");
    let drawn = || screens.iter().map(Terminal::bytes_received).sum::<usize>();
    let begun = Instant::now();
    loop {
        let (ticks, bytes) = (desk.cpu_ticks(), drawn());
        // Idle is the absence of events; there is nothing to wait for.
        std::thread::sleep(Duration::from_secs(5));
        let (idle, drew) = (desk.cpu_ticks() - ticks, drawn() - bytes);
        eprintln!("{idle} ticks and {drew} bytes in 5 s");
        // A timer that runs all the time costs more than this in any five seconds; the first may hold what the desk
        // still has to do on a busy machine, or a minute mark.
        if idle <= 5 && drew == 0 {
            return;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "{idle} ticks and {drew} bytes in 5 s"
        );
    }
}
