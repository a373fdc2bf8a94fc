//! (being joined)
pub mod environment;
pub mod filter;
pub mod folder;
mod password;
mod queue;
pub mod settings;
mod vault;
pub mod view;
pub use view::*;
