//! (room under construction)
pub mod password;
pub mod settings;
pub mod vault;
