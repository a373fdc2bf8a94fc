//! Sertifikat saya: the applicant's own certificates, or those of the applicant whom a field officer accompanies; from
//! here a request is filed.

use crate::desk::{CertificateQuery, DeskError, Identity};
use crate::desk::{CertificateView, Change, Page};
use crate::domain::{AccountId, CertificateKey};
use crate::tui::action::{ActionId, Facts};
use crate::tui::component::{Cx, Outcome};
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::place::{Place, ScreenId};
use crate::tui::widgets::list::{Cell, Column};
use crate::tui::widgets::scroll::Line;

use super::accounts::own;
use super::certificate;
use super::certificates::Certificates;
use super::listing::{List, Listed};

/// The list.
pub struct MyCertificates {
    who: Identity,
    /// Another applicant, found by his user name, with his full name.
    other: Option<(AccountId, String)>,
}

impl MyCertificates {
    pub const fn new(who: Identity) -> Self {
        Self { who, other: None }
    }
}

impl Listed for MyCertificates {
    const PLACE: Place = Place::Screen(ScreenId::MyCertificates);
    const COLUMNS: &'static [Column] = Certificates::COLUMNS;
    const EMPTY: &'static str = "my-certificates-none";

    type Row = CertificateView;
    type Key = CertificateKey;
    type Detail = CertificateView;

    fn key(row: &CertificateView) -> CertificateKey {
        Certificates::key(row)
    }

    fn page(
        &self,
        cx: &Cx,
        from: Option<&str>,
        limit: usize,
    ) -> Result<Page<CertificateView>, DeskError> {
        let Some((owner, _)) = &self.other else {
            return Ok(Page::whole(cx.desk.my_certificates(&self.who)?));
        };
        let query = CertificateQuery {
            owner: Some(*owner),
            ..CertificateQuery::default()
        };
        cx.desk.certificates(&self.who, &query, from, limit)
    }

    fn detail(&self, row: &CertificateView, _cx: &Cx) -> Result<CertificateView, DeskError> {
        Ok(row.clone())
    }

    fn cells(row: &CertificateView, look: &Look) -> Vec<Cell> {
        certificate::cells(row, look)
    }

    fn title(&self, look: &Look) -> String {
        match &self.other {
            Some((_, name)) => {
                let name = [("name", Value::from(name.as_str()))];
                look.texts.with("certificates-of", &name)
            }
            None => look.texts.get("screen-my-certificates"),
        }
    }

    fn lines(&self, view: &CertificateView, look: &Look, columns: u16) -> Vec<Line> {
        certificate::lines(view, look, columns)
    }

    fn concerns(change: &Change) -> bool {
        Certificates::concerns(change)
    }

    fn facts(&self, list: &List<Self>, facts: &mut Facts) {
        certificate::bar_filing(list.row(), facts);
    }

    fn act(&mut self, action: ActionId, list: &mut List<Self>, cx: &mut Cx) -> Outcome {
        match action {
            ActionId::OtherApplicant => list.ask("prompt-username", 64),
            ActionId::CancelGrants => return own::cancel(&self.who, cx),
            ActionId::Back if self.other.is_some() => return self.answer("", list, cx),
            ActionId::Back => {}
            action => {
                return match list.row() {
                    Some(view) => certificate::act_on(action, &self.who, view, cx),
                    None => Outcome::Ignored,
                };
            }
        }
        Outcome::Done
    }

    /// Turns to the applicant with this user name; to one's own certificates without one.
    fn answer(&mut self, typed: &str, list: &mut List<Self>, cx: &mut Cx) -> Outcome {
        let username = typed.trim();
        if username.is_empty() || username == self.who.username() {
            self.other = None;
        } else {
            match cx.desk.find_applicant(&self.who, username) {
                Ok(account) => self.other = Some((account.id, account.name)),
                Err(error) => {
                    cx.fail(&error);
                    return Outcome::Done;
                }
            }
        }
        list.read_narrowed(self, cx);
        Outcome::Done
    }
}
