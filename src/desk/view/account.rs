//! Accounts as others see them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::account::{AccountStatus, PendingGrant};
use crate::domain::{Account, AccountId, Role};

/// An account as others see it; the NIK is masked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountView {
    pub account: Account,
    pub nik_masked: Option<String>,
    pub active_certificates: usize,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountRow {
    pub id: AccountId,
    pub username: String,
    pub name: String,
    pub nip: Option<String>,
    pub agency: String,
    pub roles: BTreeSet<Role>,
    pub status: AccountStatus,
    pub pending: Vec<PendingGrant>,
}

/// A demo account that the login screen of a demo folder lists.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DemoAccount {
    pub username: String,
    pub password: String,
    pub roles: Vec<Role>,
}
