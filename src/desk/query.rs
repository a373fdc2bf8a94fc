//! Queries: the queue from memory, requests and the people they concern from a snapshot; each shows only what its reader may see.

use std::sync::{Arc, PoisonError};

use crate::domain::permission::{Filing, Permission, may, sees_account, sees_request};
use crate::domain::{
    Account, AccountId, Actor, Refusal, Request, RequestId, RequestNumber, Role, Username,
};
use crate::store::{RequestRow, Window};

use super::transaction::found;
use super::view::{QueueList, QueueQuery, QueueRow, ReasonChoice};
use super::{Desk, DeskError, Identity, PersonName, Settings, act};

impl Desk {
    pub(super) fn load_settings(&self) -> Result<(), DeskError> {
        let stored = self.inner.store.read()?.settings()?;
        let known: Vec<_> = stored
            .into_iter()
            .filter(|(key, _)| super::settings::find(key).is_ok())
            .collect();
        let (settings, skipped) = Settings::read(&known);
        for key in skipped {
            tracing::warn!(
                key,
                "a stored setting no longer fits and is left at its default"
            );
        }
        *self
            .inner
            .settings
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
        Ok(())
    }

    pub(super) fn load_people(&self) -> Result<(), DeskError> {
        let reader = self.inner.store.read()?;
        let mut window = Window::first(1000);
        loop {
            let page = reader.accounts("", &window)?;
            for account in &page.rows {
                self.remember_person(account);
            }
            let granting = page.rows.iter().filter(|a| !a.pending.is_empty());
            self.note_grants(&granting.map(|a| a.id).collect::<Vec<_>>())?;
            match page.next {
                Some(next) => window = Window::first(1000).after(next),
                None => return Ok(()),
            }
        }
    }

    pub(super) fn remember_person(&self, account: &Account) {
        let name = PersonName {
            name: account.name.as_str().into(),
            username: account.username.as_str().into(),
        };
        self.inner
            .people
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(account.id, name);
    }

    pub(super) fn load_queue(&self) -> Result<(), DeskError> {
        let reader = self.inner.store.read()?;
        let mut queue = self
            .inner
            .queue
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        reader.for_each_request_row(|row| queue.put(self.row(&row)))?;
        Ok(())
    }

    pub(super) fn queue_row(&self, request: &Request) -> QueueRow {
        self.row(&RequestRow::from(request))
    }

    fn row(&self, row: &RequestRow) -> QueueRow {
        QueueRow {
            id: row.id,
            number: row.number,
            state: row.state,
            urgent: row.urgent,
            owner: row.owner,
            owner_name: self.person(row.owner).name,
            agency: row.agency.as_str().into(),
            serial: row.certificate.serial.clone(),
            reasons: row
                .reasons
                .iter()
                .map(|r| Arc::from(r.0.as_str()))
                .collect(),
            submitted_at: row.submitted_at,
            first_submitted_at: row.first_submitted_at,
            changed_at: row.changed_at,
            claimed_by: row.claimed_by.map(|id| self.person(id).username),
            letter_due: row.letter_due,
            filer: row.filer,
            companion: row.companion,
            version: row.version,
        }
    }

    pub(super) fn queue_row_of(&self, id: RequestId) -> Option<QueueRow> {
        self.inner
            .queue
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .cloned()
    }

    /// The requests this person may see, filtered and in order, by id; none for an account that may not act any more.
    pub fn queue(&self, who: &Identity, query: &QueueQuery) -> QueueList {
        let reader = self.inner.store.read().map_err(DeskError::from);
        let Ok(actor) = reader.and_then(|reader| act::present(&reader, who)) else {
            return QueueList {
                ids: Arc::default(),
                all: 0,
                problem: None,
            };
        };
        self.inner
            .queue
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .list(query, self.now(), |row| sees_row(&actor, row))
    }

    /// The rows of a window of the queue; one that is gone is left out.
    pub fn queue_rows(&self, ids: &[RequestId]) -> Vec<QueueRow> {
        let queue = self
            .inner
            .queue
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        ids.iter()
            .filter_map(|id| queue.get(*id).cloned())
            .collect()
    }

    /// The stored requests behind rows of the queue, as far as this person may see them.
    pub fn request_records(
        &self,
        who: &Identity,
        ids: &[RequestId],
    ) -> Result<Vec<Request>, DeskError> {
        let reader = self.inner.store.read()?;
        let actor = act::present(&reader, who)?;
        let mut requests = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(request) = reader.request(*id)?
                && sees_request(&actor, &Filing::from(&request))
            {
                requests.push(request);
            }
        }
        Ok(requests)
    }

    /// The requests about one's own certificates, and those one filed or accompanies, the newest first.
    pub fn my_requests(&self, who: &Identity) -> Vec<QueueRow> {
        let me = who.account_id();
        let queue = self
            .inner
            .queue
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let mut rows: Vec<QueueRow> = queue
            .rows()
            .filter(|r| r.owner == me || r.filer == me || r.companion == Some(me))
            .cloned()
            .collect();
        rows.sort_by_key(|r| {
            (
                std::cmp::Reverse(r.first_submitted_at.unwrap_or(r.changed_at)),
                r.id,
            )
        });
        rows
    }

    /// The id behind a number, or behind the 32 hex digits of a draft, that this person may see.
    pub fn find_request(&self, who: &Identity, text: &str) -> Result<RequestId, DeskError> {
        let reader = self.inner.store.read()?;
        let request = match RequestNumber::parse(text) {
            Ok(number) => found(reader.request_by_number(number))?,
            Err(form) => match RequestId::parse(text) {
                Ok(id) => found(reader.request(id))?,
                Err(_) => return Err(DeskError::bad_value(text.to_owned(), form.expected)),
            },
        };
        if sees_request(&act::present(&reader, who)?, &Filing::from(&request)) {
            Ok(request.id)
        } else {
            Err(DeskError::Refused(Refusal::NotFound))
        }
    }

    /// The account of somebody one files for.
    pub fn find_applicant(&self, who: &Identity, username: &str) -> Result<Account, DeskError> {
        let name = Username::parse(username)
            .map_err(|e| DeskError::bad_value(username.to_owned(), e.expected))?;
        let reader = self.inner.store.read()?;
        let account = found(reader.account_by_username(&name))?;
        let actor = act::present(&reader, who)?;
        if sees_account(&actor, &account) || may(&actor, Permission::FindApplicant).is_ok() {
            Ok(account)
        } else {
            Err(DeskError::Refused(Refusal::NotFound))
        }
    }

    /// The officer whom a filing names as companion.
    pub fn find_companion(&self, who: &Identity, username: &str) -> Result<AccountId, DeskError> {
        let name = Username::parse(username)
            .map_err(|e| DeskError::bad_value(username.to_owned(), e.expected))?;
        let reader = self.inner.store.read()?;
        act::present(&reader, who)?;
        let account = found(reader.account_by_username(&name))?;
        if account.has(Role::Pendamping) || account.has(Role::Op) {
            Ok(account.id)
        } else {
            Err(DeskError::Refused(Refusal::CompanionUnfit))
        }
    }

    /// The reasons that the form offers to this person, in the desk's order.
    pub fn reason_choices(&self, who: &Identity) -> Vec<ReasonChoice> {
        let policy = self.policy();
        let english = who.language() == crate::domain::Language::En;
        policy
            .reasons
            .0
            .iter()
            .filter(|r| (!r.officer_only || who.has(Role::Op)) && (!r.hold || policy.allow_hold))
            .map(|r| ReasonChoice {
                id: r.id.0.clone(),
                label: if english {
                    r.label_en.clone()
                } else {
                    r.label_id.clone()
                },
                in_sop: r.in_sop,
                urgent: r.urgent,
                asks_misuse: r.asks_misuse,
                offers_invalidity_date: r.offers_invalidity_date,
            })
            .collect()
    }
}

fn sees_row(actor: &Actor, row: &QueueRow) -> bool {
    let filing = Filing {
        owner: row.owner,
        filer: row.filer,
        companion: row.companion,
        agency: &row.agency,
    };
    // A draft is its writers' own business.
    let drafted_by_others = row.state == crate::domain::State::Draf
        && ![Some(row.owner), Some(row.filer), row.companion].contains(&actor.account());
    !drafted_by_others && sees_request(actor, &filing)
}
