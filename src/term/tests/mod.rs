//! Properties of the room as a whole, against a terminal emulator and over every cut of the input.

mod budgets;
mod capabilities;
mod emulator;
mod input;
mod keyboards;
mod pace;
mod screens;
