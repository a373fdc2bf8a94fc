//! Accounts by id, with unique username, unix uid, e-mail and NIP. No password lies here, and no NIK.

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::indexed::{Entries, Index, Indexed, record_bytes};
use super::key::{Key, Span, fold};
use super::page::{Page, Window};
use super::table::{Opened, Table, table};
use super::value::record;
use crate::domain::account::AccountStatus;
use crate::domain::{Account, AccountId, Nip, Role, Username};

record!(Account, "accounts");

static USERNAME: Index = Index::unique("accounts.username");
static UID: Index = Index::unique("accounts.uid");
static EMAIL: Index = Index::unique("accounts.email");
static NIP: Index = Index::unique("accounts.nip");
const COUNT: &[u8] = b"accounts/";

impl Indexed for Account {
    const ROWS: Table = table("accounts");
    const NAME: &'static str = "accounts";
    const INDEXES: &'static [&'static Index] = &[&USERNAME, &UID, &EMAIL, &NIP];

    fn primary(&self) -> Vec<u8> {
        self.id.0.to_vec()
    }

    fn entries(&self) -> Entries {
        let mut entries = Entries::default();
        entries.key(&USERNAME, self.username.as_str().into());
        if let Some(uid) = self.uid {
            entries.key(&UID, uid.to_be_bytes().into());
        }
        let email = fold(&self.email);
        if !email.is_empty() {
            entries.key(&EMAIL, email.into());
        }
        if let Some(nip) = &self.nip {
            entries.key(&NIP, nip.as_str().into());
        }
        for role in &self.roles {
            let active = self.status == AccountStatus::Active;
            entries.count(counter(*role, active), 1);
        }
        entries
    }

    record_bytes!();
}

fn counter(role: Role, active: bool) -> Vec<u8> {
    let place = Role::ALL.iter().position(|r| *r == role).unwrap_or(0);
    Key::new()
        .raw(COUNT)
        .byte(u8::from(active))
        .byte(place as u8)
        .done()
}

/// Accounts by their e-mail address, see [`Reader::accounts_by_email`].
pub struct AccountsByEmail<'r>(Opened<'r>);

impl AccountsByEmail<'_> {
    /// The account that the first of these addresses which is one belongs to.
    pub fn first_of(&self, emails: &[String]) -> Result<Option<AccountId>, StoreError> {
        for email in emails {
            if let Some(found) = self.0.get(fold(email).as_bytes())? {
                let id = found.value().try_into().map(AccountId);
                return id
                    .map(Some)
                    .map_err(|_| StoreError::corrupt(EMAIL.name, "an id of another length"));
            }
        }
        Ok(None)
    }
}

impl Reader {
    pub fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        self.row(&id.0)
    }

    pub fn account_by_username(&self, username: &Username) -> Result<Option<Account>, StoreError> {
        self.row_by(&USERNAME, username.as_str().as_bytes())
    }

    /// The account bound to a unix user; one uid, one account.
    pub fn account_by_uid(&self, uid: u32) -> Result<Option<Account>, StoreError> {
        self.row_by(&UID, &uid.to_be_bytes())
    }

    /// Compared without regard to case.
    pub fn account_by_email(&self, email: &str) -> Result<Option<Account>, StoreError> {
        self.row_by(&EMAIL, fold(email).as_bytes())
    }

    /// For many addresses one after another: the index stays open.
    pub fn accounts_by_email(&self) -> Result<AccountsByEmail<'_>, StoreError> {
        Ok(AccountsByEmail(self.open(EMAIL.table)?))
    }

    pub fn account_by_nip(&self, nip: &Nip) -> Result<Option<Account>, StoreError> {
        self.row_by(&NIP, nip.as_str().as_bytes())
    }

    /// Accounts by username; with `prefix`, those whose username begins so.
    pub fn accounts(&self, prefix: &str, window: &Window) -> Result<Page<Account>, StoreError> {
        let span = Span::prefix(prefix.to_lowercase().as_bytes());
        self.page_by(&USERNAME, &[span], window)
    }

    /// How many accounts that may log in have this role.
    pub fn active_with_role(&self, role: Role) -> Result<u64, StoreError> {
        self.count(&counter(role, true))
    }
}

impl Writer {
    /// Adds or replaces an account. A username, uid, e-mail or NIP of another account is a [`StoreError::Duplicate`]
    /// that names the index: `accounts.username`, `accounts.uid`, `accounts.email` or `accounts.nip`.
    pub fn put_account(&mut self, account: &Account) -> Result<(), StoreError> {
        self.put_row(account).map(drop)
    }
}
