//! Pieces that screens are put together from. Each draws itself from its own fields into cells; none knows the desk.

pub mod chart;
pub mod fields;
pub mod form;
pub mod halves;
pub mod list;
pub mod paged;
pub mod qr;
pub mod scroll;
pub mod tabs;
pub mod text_field;
