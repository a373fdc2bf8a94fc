//! The program under test, and the demo desk that most tests begin with.

use std::path::Path;

use crate::support::demo::Demo;

pub fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_ams"))
}

/// A demo desk as `ams demo` makes it.
pub fn demo() -> Demo {
    Demo::make(binary(), &[])
}
