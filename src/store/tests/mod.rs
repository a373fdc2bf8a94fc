//! The store's tests by subject; `samples` makes plainly fictional rows.

mod agreement;
mod copies;
mod disk;
mod faults;
mod lists;
mod migration;
mod privacy;
mod process;
mod samples;
mod work;
