//! What holds for the room as a whole: the action table's coverage and the messages of both languages.

mod actions;
mod messages;
