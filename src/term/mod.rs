//! The terminal as bytes and cells: what officers type becomes [`Event`]s, what screens show becomes the fewest bytes.
//! Relies on ratatui's buffer and termina's key parser; never knows requests, screens, sockets or clocks (time comes in as ms).
//!
//! A session owns one [`Decoder`], one [`Screen`] (or [`FrugalBackend`]) and one [`Pacer`]: it drains all input, draws
//! once, and when [`Pacer::may_send`] says so writes one frame followed by what [`Pacer::send`] asks.

mod backend;
mod capabilities;
mod cell;
mod clipboard;
mod encode;
mod event;
mod floor;
mod input;
mod modes;
mod motion;
mod pace;
mod paste;
mod path;
mod pen;
mod pens;
mod row;
mod scroll;
mod sequence;
#[cfg(test)]
mod tests;

pub use backend::FrugalBackend;
pub use capabilities::{Capabilities, ColourDepth};
pub use clipboard::{ClipboardError, copy_to_clipboard};
pub use encode::Screen;
pub use event::{Event, Key, KeyCode, Mouse, MouseKind};
pub use input::Decoder;
pub use modes::{enter, leave, reset_modes, set_mouse, unwanted};
pub use pace::Pacer;
