//! What people see and press: Model → update → view over `term` events and a `desk`.
//!
//! One screen is one file in `screens/`, one dialog one file in `dialogs/`; each is a [`component::Component`]. What a
//! key does stands in the action table, what is said in the Fluent files, how it looks in the theme. Nothing here reads
//! a tty, a clock, a file or the store; given the same inputs the same cells are drawn.

pub mod action;
pub mod app;
pub mod batch_words;
pub mod checks;
pub mod component;
pub mod defects;
pub mod dialogs;
pub mod draw;
pub mod errors;
pub mod format;
pub mod forms;
pub mod glyphs;
pub mod i18n;
pub mod keymap;
pub mod look;
pub mod messages;
pub mod palette;
pub mod place;
pub mod refusals;
pub mod screens;
pub mod theme;
pub mod widgets;

#[cfg(test)]
mod tests;

pub use app::{App, Settings};
pub use component::Effect;
