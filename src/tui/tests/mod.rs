//! What holds for the room as a whole: the action table's coverage, the messages of both languages, and the app driven
//! by keys on a demo desk.

mod actions;
mod adopted;
mod batch;
mod behaviour;
mod certificates;
mod filing;
mod grants;
mod issuer_settings;
mod login;
mod messages;
mod office;
mod pictures;
mod scene;
mod sessions;
mod shared_key;
mod suspension;
mod wire;
