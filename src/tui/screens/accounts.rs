//! Akun: who may do what. The list by username, one account below it with its NIK masked, and an admin's changes, which
//! wait for a second admin's word where they give power.

mod change;
mod create;
pub(in crate::tui) mod own;
mod words;

use crate::desk::{AccountRow, AccountView, Change, Page};
use crate::desk::{DeskError, Identity};
use crate::domain::AccountId;
use crate::domain::account::AccountStatus;
use crate::domain::permission::Permission;
use crate::tui::action::{ActionId, Facts, Why};
use crate::tui::component::{Cx, Outcome};
use crate::tui::dialogs::nik;
use crate::tui::look::Look;
use crate::tui::place::{Place, ScreenId};
use crate::tui::theme::Tone;
use crate::tui::widgets::fields::Fields;
use crate::tui::widgets::list::{Cell, Column, column};
use crate::tui::widgets::scroll::Line;

use super::listing::{List, Listed};
use words::{roles, status};

/// The accounts.
pub struct Accounts {
    who: Identity,
    /// How the usernames that show begin.
    prefix: String,
}

impl Accounts {
    pub const fn new(who: Identity) -> Self {
        Self {
            who,
            prefix: String::new(),
        }
    }
}

impl Listed for Accounts {
    const PLACE: Place = Place::Screen(ScreenId::Accounts);
    const COLUMNS: &'static [Column] = &[
        column("field-username", 16, 0),
        column("item-name", 28, 0),
        column("column-roles", 20, 0),
        column("field-status", 10, 72),
        column("item-agency", 30, 100),
    ];
    const EMPTY: &'static str = "accounts-none";

    type Row = AccountRow;
    type Key = AccountId;
    type Detail = AccountView;

    fn key(row: &AccountRow) -> AccountId {
        row.id
    }

    fn page(
        &self,
        cx: &Cx,
        from: Option<&str>,
        limit: usize,
    ) -> Result<Page<AccountRow>, DeskError> {
        cx.desk.accounts(&self.who, &self.prefix, from, limit)
    }

    fn detail(&self, row: &AccountRow, cx: &Cx) -> Result<AccountView, DeskError> {
        cx.desk.account(&self.who, row.id)
    }

    fn cells(row: &AccountRow, look: &Look) -> Vec<Cell> {
        let (status, tone) = if row.pending.is_empty() {
            status(row.status)
        } else {
            ("account-waits", Tone::Warning)
        };
        vec![
            Cell::plain(row.username.as_str()),
            Cell::plain(row.name.as_str()),
            Cell::plain(roles(look.texts, &row.roles)),
            Cell::toned(look.texts.get(status), tone),
            Cell::plain(row.agency.as_str()),
        ]
    }

    fn title(&self, look: &Look) -> String {
        look.texts.get("account-title")
    }

    fn lines(&self, view: &AccountView, look: &Look, columns: u16) -> Vec<Line> {
        let mut out = Fields::new(look, columns);
        words::account(&mut out, view);
        out.lines
    }

    fn concerns(change: &Change) -> bool {
        matches!(change, Change::Account(_))
    }

    fn facts(&self, list: &List<Self>, facts: &mut Facts) {
        // While the cursor moves the footer stays as it was; what is then done is read first.
        let Some(view) = list.shown() else { return };
        let mut bar = |action, why| facts.barred.push((action, Why::Because(why)));
        let account = &view.account;
        match account.status {
            AccountStatus::Active => bar(ActionId::EnableAccount, "account-is-active"),
            AccountStatus::Disabled => bar(ActionId::DisableAccount, "account-is-disabled"),
        }
        if account.pending.is_empty() {
            bar(ActionId::ApproveGrants, "account-nothing-waits");
            bar(ActionId::CancelGrants, "account-nothing-waits");
        } else if account.id != self.who.account_id()
            && let Err(why) = facts.permitted(Permission::ManageAccounts)
        {
            // Besides an admin only the person concerned may.
            facts.barred.push((ActionId::CancelGrants, why));
        }
        let mut bar = |action, why| facts.barred.push((action, Why::Because(why)));
        if !account.totp_enrolled {
            bar(ActionId::ResetTotp, "account-no-totp");
        }
        if view.nik_masked.is_none() {
            bar(ActionId::RevealNik, "nik-none");
        }
    }

    fn act(&mut self, action: ActionId, list: &mut List<Self>, cx: &mut Cx) -> Outcome {
        if action == ActionId::CreateAccount {
            return Outcome::Open(Box::new(create::create(self.who.clone(), cx)));
        }
        let Some(view) = list.current_now(self, cx) else {
            return Outcome::Ignored;
        };
        match action {
            ActionId::RevealNik => nik::reveal(&self.who, view.account.id, &view.account.name, cx),
            action => change::dialog(action, self.who.clone(), view, cx),
        }
    }

    fn filter(&self) -> Option<&str> {
        Some(&self.prefix)
    }

    fn set_filter(&mut self, text: &str) {
        text.clone_into(&mut self.prefix);
    }

    fn save(&self) -> Vec<u8> {
        postcard::to_stdvec(&self.prefix).unwrap_or_default()
    }

    fn restore(&mut self, state: &[u8]) -> bool {
        postcard::from_bytes::<String>(state).is_ok_and(|prefix| {
            self.prefix = prefix;
            true
        })
    }
}
