//! Accounts by id, with unique username, unix uid, e-mail and NIP, and by the words of name and agency. No password lies
//! here, and no NIK.

use std::collections::BTreeSet;

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::indexed::{Entries, Index, Indexed, record_bytes};
use super::key::{Key, Span, fold, folded_prefix, words};
use super::page::{Cursor, Page, Window};
use super::table::{Opened, Table, table};
use super::value::record;
use crate::domain::account::AccountStatus;
use crate::domain::{Account, AccountId, Nip, Role, Username};

record!(Account, "accounts");

static USERNAME: Index = Index::unique("accounts.username");
static UID: Index = Index::unique("accounts.uid");
static EMAIL: Index = Index::unique("accounts.email");
static NIP: Index = Index::unique("accounts.nip");
static WORDS: Index = Index::ordered("accounts.words");
const OF_NAME: u8 = 0;
const OF_AGENCY: u8 = 1;
/// Octets of a word that its index holds.
const WORD_LIMIT: usize = 40;
const COUNT: &[u8] = b"accounts/";

impl Indexed for Account {
    const ROWS: Table = table("accounts");
    const NAME: &'static str = "accounts";
    const INDEXES: &'static [&'static Index] = &[&USERNAME, &UID, &EMAIL, &NIP, &WORDS];

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
        for key in word_keys(self) {
            entries.key(&WORDS, key);
        }
        for role in &self.roles {
            let active = self.status == AccountStatus::Active;
            entries.count(counter(*role, active), 1);
        }
        entries
    }

    record_bytes!();
}

/// The words of one part of an account as its index holds them.
fn indexed_words(account: &Account, part: u8) -> BTreeSet<Vec<u8>> {
    let text = match part {
        OF_NAME => &account.name,
        _ => &account.agency,
    };
    words(text)
        .map(|word| folded_prefix(&word, WORD_LIMIT))
        .collect()
}

fn word_keys(account: &Account) -> Vec<Vec<u8>> {
    let mut keys = Vec::new();
    for part in [OF_NAME, OF_AGENCY] {
        for word in indexed_words(account, part) {
            let key = Key::new().byte(part).raw(&word).byte(0);
            keys.push(key.id(&account.id.0).done());
        }
    }
    keys
}

/// Which accounts, in which order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AccountList {
    /// Those whose username begins so, by username.
    Username(String),
    /// Those whose NIP begins with these digits, by NIP.
    Nip(String),
    /// Those with a word in their name that begins so, by the first such word.
    NameWord(String),
    /// Those with a word in their agency's name that begins so, by the first such word.
    AgencyWord(String),
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

    /// One page of a list of accounts; each stands in it once.
    pub fn accounts_of(
        &self,
        list: &AccountList,
        window: &Window,
    ) -> Result<Page<Account>, StoreError> {
        match list {
            AccountList::Username(prefix) => self.accounts(prefix, window),
            AccountList::Nip(digits) => {
                self.page_by(&NIP, &[Span::prefix(digits.as_bytes())], window)
            }
            AccountList::NameWord(word) => self.accounts_by_word(OF_NAME, word, window),
            AccountList::AgencyWord(word) => self.accounts_by_word(OF_AGENCY, word, window),
        }
    }

    fn accounts_by_word(
        &self,
        part: u8,
        word: &str,
        window: &Window,
    ) -> Result<Page<Account>, StoreError> {
        let begins = folded_prefix(word, WORD_LIMIT);
        let span = Span::prefix(Key::new().byte(part).raw(&begins).bytes());
        let mut all = Page {
            rows: Vec::new(),
            start: None,
            next: None,
        };
        let mut wanted = window.clone();
        loop {
            wanted.limit = window.limit - all.rows.len();
            let hits = self.window(WORDS.table, std::slice::from_ref(&span), &wanted)?;
            for hit in &hits.rows {
                let account: Account = self.row(&hit.value)?.ok_or_else(|| {
                    StoreError::corrupt(WORDS.name, "an index entry without its row")
                })?;
                // Two words of one name may begin so: it stands where the first of them does.
                let words = indexed_words(&account, part);
                let first = words.iter().find(|w| w.starts_with(&begins));
                // Behind the word lie a 0 octet and the id.
                let end = hit.key.len().saturating_sub(17);
                if first.map(Vec::as_slice) == hit.key.get(1..end) {
                    all.start = all.start.or_else(|| Some(Cursor(hit.key.clone())));
                    all.rows.push(account);
                }
            }
            all.next = hits.next;
            match &all.next {
                Some(next) if all.rows.len() < window.limit => wanted.after = Some(next.clone()),
                _ => return Ok(all),
            }
        }
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

/// The step from format 3: accounts had no index of their words.
pub(super) fn index_words(w: &mut Writer) -> Result<(), StoreError> {
    w.empty(WORDS.table)?;
    let w = &*w;
    w.each_row(|account: Account| {
        let mut table = w.edit(WORDS.table)?;
        for key in word_keys(&account) {
            table.insert(key.as_slice(), account.primary().as_slice())?;
        }
        Ok(())
    })
}
