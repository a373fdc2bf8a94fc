//! Accounts as people see them: found by name, listed, shown with the NIK masked, and the clear NIK once its reading is
//! logged. How they come to be and change lies in the files below.

mod change;
mod creation;
mod import;

use crate::audit::{Action, ObjectRef};
use crate::domain::permission::{Permission, may_read_nik, sees_account};
use crate::domain::{Account, AccountId, CertificateStatus, Nik, Refusal, Role, Username};
use crate::store::{CertificateList, Reader, StoreError, Window};

use super::transaction::{Signer, found};
use super::view::{AccountRow, AccountView, Page};
use super::{Desk, DeskError, Identity, act, cursor};

pub use change::Changed;
pub use creation::{NewAccount, scope_of};
pub use import::ImportedAccount;

impl Desk {
    /// Accounts whose username begins so, in order of usernames.
    pub fn accounts(
        &self,
        who: &Identity,
        prefix: &str,
        from: Option<&str>,
        limit: usize,
    ) -> Result<Page<AccountRow>, DeskError> {
        self.permit(who, Permission::ReadAccounts)?;
        let reader = self.inner.store.read()?;
        let actor = act::present(&reader, who)?;
        let page = reader.accounts(&prefix.to_lowercase(), &cursor::window(from, limit, false)?)?;
        Ok(Page {
            rows: page
                .rows
                .into_iter()
                .filter(|a| sees_account(&actor, a))
                .map(AccountRow::from)
                .collect(),
            next: page.next.map(|c| cursor::text(&c)),
            total: None,
        })
    }

    pub fn account(&self, who: &Identity, id: AccountId) -> Result<AccountView, DeskError> {
        let reader = self.inner.store.read()?;
        let actor = act::present(&reader, who)?;
        let account = found(reader.account(id))?;
        if !sees_account(&actor, &account) {
            return Err(DeskError::Refused(Refusal::NotFound));
        }
        self.account_view(&reader, account)
    }

    pub fn account_by_name(
        &self,
        who: &Identity,
        username: &str,
    ) -> Result<AccountView, DeskError> {
        let name = Username::parse(username)
            .map_err(|e| DeskError::bad_value(username.to_owned(), e.expected))?;
        let account = found(self.inner.store.read()?.account_by_username(&name))?;
        self.account(who, account.id)
    }

    /// The clear NIK. The reading is logged before anything is shown (UU PDP 27/2022).
    pub fn reveal_nik(&self, who: &Identity, id: AccountId) -> Result<Option<Nik>, DeskError> {
        let signer = Signer::person(who.person(), &[Role::Op]);
        let object = ObjectRef::Account(id);
        self.transact(signer, |tx| {
            let actor = act::present(tx.writer, who)?;
            let account = found(tx.writer.account(id))?;
            may_read_nik(&actor, &account)?;
            tx.log(Action::NIK_DIBACA, ObjectRef::Account(id), |_| {})?;
            Ok(tx.writer.personal(id)?.and_then(|f| f.nik))
        })
        .map_err(|e| self.refused(signer, object, e))
    }

    /// An account with what is kept beside it, whoever asks.
    pub(super) fn account_view(
        &self,
        reader: &Reader,
        account: Account,
    ) -> Result<AccountView, DeskError> {
        let nik = match reader.personal(account.id) {
            Ok(fields) => fields.and_then(|f| f.nik).map(|n| n.masked()),
            Err(StoreError::Erased) => None,
            Err(error) => return Err(error.into()),
        };
        let now = self.now();
        let certificates =
            reader.certificates(&CertificateList::Owner(account.id), &Window::first(1000))?;
        Ok(AccountView {
            nik_masked: nik,
            active_certificates: certificates
                .rows
                .iter()
                .filter(|c| c.status(now) == CertificateStatus::Active)
                .count(),
            account,
        })
    }
}

impl From<Account> for AccountRow {
    fn from(account: Account) -> Self {
        Self {
            id: account.id,
            username: account.username.to_string(),
            name: account.name,
            nip: account.nip.map(|n| n.to_string()),
            agency: account.agency,
            roles: account.roles,
            status: account.status,
            pending: account.pending,
        }
    }
}
