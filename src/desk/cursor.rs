//! Places in a list as text that commands and screens hand back: hex of the store's cursor.

use crate::store::{Cursor, Direction, Window};

use super::DeskError;

/// The window behind a place that was handed out before; the beginning (or, `backward`, the end) without one.
pub(super) fn window(
    from: Option<&str>,
    limit: usize,
    backward: bool,
) -> Result<Window, DeskError> {
    let after = from
        .map(|text| {
            hex::decode(text)
                .map(Cursor::from_bytes)
                .map_err(|_| DeskError::bad_value("cursor", "a cursor of this list"))
        })
        .transpose()?;
    Ok(Window {
        after,
        direction: if backward {
            Direction::Backward
        } else {
            Direction::Forward
        },
        limit: limit.clamp(1, 100_000),
    })
}

pub(super) fn text(cursor: &Cursor) -> String {
    hex::encode(cursor.as_bytes())
}
