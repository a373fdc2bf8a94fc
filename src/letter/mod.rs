//! What an attached statement letter is (its facts and its text), and the empty statement-letter form.
//! Relies on domain only. A letter is read in a confined child process (`child`), never here; nothing in this room
//! decides about a request, and a letter's own file name is never looked at.

pub mod child;
pub mod confine;
pub mod defect;
pub mod facts;
pub mod find;
pub mod form;
pub mod format;
pub mod inspect;
mod magic;
mod pdf;
mod picture;
mod text;

pub use defect::{LetterDefect, Lookalike};
pub use facts::{LetterFacts, LetterWarning, PageText};
pub use find::{Finding, Mark, Place, Subject, Wanted};
pub use format::{LetterKind, Limits};
