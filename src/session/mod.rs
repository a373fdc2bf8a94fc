//! Sessions: a terminal's relay, the link, and the thread that hosts a screen.
pub mod link;
pub mod relay;
