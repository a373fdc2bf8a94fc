//! A key held on a thin link, through a real sshd: what is still under way when it is released, so that the screen is
//! where the hand is. Judged by bytes, SSH's own included; the time it took is told.

use std::io::Write;
use std::time::{Duration, Instant};

use super::AMS;
use crate::support::ssh::Site;
use crate::support::terminal::{Size, Terminal};
use crate::support::throttle::{Link, Throttle};

const SIZE: Size = Size::new(80, 24);
/// Auto-repeat of a keyboard, for three seconds.
const REPEAT: Duration = Duration::from_nanos(1_000_000_000 / 30);
const PRESSES: usize = 90;
/// At rest: longer than any lazy delay and any round trip here.
const REST: Duration = Duration::from_millis(2500);

#[test]
fn a_key_held_on_a_thin_link_leaves_little_behind_when_it_is_released() {
    let Some(site) = Site::open(AMS, &["--requests", "1000"]) else {
        return;
    };
    let [first, second] = &site.users.officers;
    let password = site.demo.password("op");
    let goal = {
        let near = queue(site.screen(first), password);
        near.keys(&"<Down>".repeat(PRESSES));
        near.settle(Duration::from_secs(1));
        let row = chosen(&near.screen());
        row.unwrap_or_else(|| panic!("a row is chosen\n{}", near.screen_text()))
    };
    let serial = Throttle::start(Link::SERIAL, site.sshd.port);
    let satellite = Throttle::start(Link::SATELLITE, site.sshd.port);
    site.sshd.add_host("serial", serial.port);
    site.sshd.add_host("satellite", satellite.port);
    let over_serial = site.screen_at(first, "serial", SIZE);
    let over_satellite = site.screen_at(second, "satellite", SIZE);
    let (after_serial, after_satellite) = std::thread::scope(|scope| {
        let goal = &goal;
        let measure = |terminal: Terminal, link: Throttle| {
            scope.spawn(move || hold(&queue(terminal, password), &link, goal))
        };
        let (one, other) = (
            measure(over_serial, serial),
            measure(over_satellite, satellite),
        );
        (
            one.join().expect("no panic"),
            other.join().expect("no panic"),
        )
    });
    // What one second of the one and two of the other carry.
    assert!(after_serial <= 1200, "{after_serial} bytes");
    assert!(after_satellite <= 4000, "{after_satellite} bytes");
}

/// Logs in, to the queue on its first row.
fn queue(terminal: Terminal, password: &str) -> Terminal {
    terminal.wait_for("Kata sandi");
    terminal.keys(&format!("op<Enter>{password}<Enter>"));
    terminal.wait_for("q Keluar");
    terminal.keys("2");
    terminal.wait_for("PC-2026-");
    // Where the last one of this person left it is taken up.
    terminal.keys("<Home>");
    terminal.settle(REST);
    terminal
}

/// The number of the request that the cursor is on: the one whose cell stands out.
fn chosen(screen: &vt100::Screen) -> Option<String> {
    let (rows, columns) = screen.size();
    let stands_out = |row: &u16| {
        let cell = screen.cell(*row, 1).expect("on the screen");
        cell.inverse() || cell.bgcolor() != vt100::Color::Default
    };
    let texts: Vec<String> = screen.rows(0, columns).collect();
    (0..rows)
        .filter(stands_out)
        .filter_map(|row| texts[usize::from(row)].split_whitespace().next())
        .find(|word| word.starts_with("PC-"))
        .map(str::to_owned)
}

/// Holds Down; how many bytes come after its release until the screen is at rest on that request.
fn hold(terminal: &Terminal, link: &Throttle, goal: &str) -> u64 {
    let begun = Instant::now();
    let before = link.delivered();
    for press in 1..=PRESSES {
        terminal.keys("<Down>");
        let next = begun + REPEAT * press as u32;
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    let (released, at_release) = (Instant::now(), link.delivered());
    terminal.wait_until(goal, |screen| chosen(screen).as_deref() == Some(goal));
    let (there, when_there) = (released.elapsed(), link.delivered());
    terminal.settle(REST);
    let at_rest = link.delivered();
    let _ = writeln!(
        std::io::stderr(),
        "{:?}: {} bytes while held; on its row {} ms and {} bytes after release, at rest after {} bytes",
        link.link,
        at_release - before,
        there.as_millis(),
        when_there - at_release,
        at_rest - at_release,
    );
    at_rest - at_release
}
