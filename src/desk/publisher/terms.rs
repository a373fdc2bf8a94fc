//! How often an issuer's CRLs come and how long they hold: its own settings, the desk's where it has none. Unsafe ones
//! are refused where they are set and again where they are used.

use crate::pki::plan::CrlPeriod;
use crate::store::{DeltaSettings, IssuerSettings};

use crate::desk::DeskError;
use crate::desk::settings::Settings;

/// Of an issuer's complete CRL and its partitions.
pub(in crate::desk) fn period(
    issuer: &IssuerSettings,
    desk: &Settings,
) -> Result<CrlPeriod, DeskError> {
    let every = issuer.interval.unwrap_or(desk.crl.interval);
    let valid_for = issuer.validity.unwrap_or(desk.crl.validity);
    checked(every, valid_for)
}

/// Of an issuer's delta CRL.
pub(in crate::desk) fn delta_period(delta: &DeltaSettings) -> Result<CrlPeriod, DeskError> {
    checked(delta.interval, delta.validity)
}

fn checked(every: i64, valid_for: i64) -> Result<CrlPeriod, DeskError> {
    CrlPeriod::new(every, valid_for, CrlPeriod::LONGEST).map_err(DeskError::UnsafePeriod)
}
