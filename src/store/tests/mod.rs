//! The store's tests by subject; `samples` makes plainly fictional rows.

mod agreement;
mod batches;
mod certificate_lists;
mod copies;
mod crl_lists;
mod disk;
mod faults;
mod migration;
mod people_lists;
mod privacy;
mod process;
mod request_lists;
mod samples;
mod work;
mod work_lists;
