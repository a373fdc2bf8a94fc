//! One desk process for many: screens and commands over its socket, what a dropped link or a killed process leaves, and
//! what strangers may throw at the socket.

mod commands;
mod cost;
mod hostile;
mod impostor;
mod lifetime;
mod screens;

use crate::program::demo;
use crate::support::demo::Demo;
use crate::support::serving::Serving;
use crate::support::terminal::{Size, Terminal};

const SIZE: Size = Size::new(80, 24);

/// A demo whose desk runs as a process of its own.
struct Office {
    serving: Serving,
    demo: Demo,
}

fn serve(demo: &Demo) -> Serving {
    Serving::start(demo.ams().arg("serve"))
}

fn office() -> Office {
    let demo = demo();
    Office {
        serving: serve(&demo),
        demo,
    }
}

/// The app, logged in by keyboard.
fn screen(demo: &Demo, user: &str) -> Terminal {
    let terminal = Terminal::start(&demo.ams(), SIZE, &[]);
    terminal.wait_for("Kata sandi");
    terminal.keys(&format!("{user}<Enter>"));
    terminal.keys(&format!("{}<Enter>", demo.password(user)));
    terminal.wait_without("Kata sandi");
    terminal
}
