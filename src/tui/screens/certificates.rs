//! Sertifikat: a browser over all certificates, found by name, subject or serial while typing, narrowed by status. An
//! officer may begin a request on somebody's behalf from here, suspend a certificate, or end its suspension.

use crate::desk::{CertificateQuery, DeskError, Identity};
use crate::desk::{CertificateView, Change, Page};
use crate::domain::{CertificateKey, CertificateStatus};
use crate::tui::action::{ActionId, Facts, Why};
use crate::tui::component::{Cx, Outcome};
use crate::tui::dialogs::suspension;
use crate::tui::look::Look;
use crate::tui::place::{Place, ScreenId};
use crate::tui::widgets::list::{Cell, Column, column};
use crate::tui::widgets::scroll::Line;

use super::certificate;
use super::listing::{List, Listed};

/// The browser.
pub struct Certificates {
    who: Identity,
    query: CertificateQuery,
}

impl Certificates {
    pub fn new(who: Identity) -> Self {
        Self {
            who,
            query: CertificateQuery::default(),
        }
    }

    fn turn_status(&mut self) {
        let all = CertificateStatus::ALL;
        self.query.status = match self.query.status {
            None => Some(all[0]),
            Some(status) => {
                let next = all.iter().position(|s| *s == status).map_or(0, |at| at + 1);
                all.get(next).copied()
            }
        };
    }
}

impl Listed for Certificates {
    const PLACE: Place = Place::Screen(ScreenId::Certificates);
    const COLUMNS: &'static [Column] = &[
        column("column-serial", 10, 0),
        column("column-certificate-status", 13, 0),
        column("column-valid-until", 13, 0),
        column("column-subject-cn", 32, 0),
        column("column-owner", 16, 92),
    ];
    const EMPTY: &'static str = "certificates-none";

    type Row = CertificateView;
    type Key = CertificateKey;
    type Detail = CertificateView;

    fn key(row: &CertificateView) -> CertificateKey {
        row.certificate.key.clone()
    }

    fn page(
        &self,
        cx: &Cx,
        from: Option<&str>,
        limit: usize,
    ) -> Result<Page<CertificateView>, DeskError> {
        cx.desk.certificates(&self.who, &self.query, from, limit)
    }

    /// A row holds everything that is shown of it.
    fn detail(&self, row: &CertificateView, _cx: &Cx) -> Result<CertificateView, DeskError> {
        Ok(row.clone())
    }

    fn cells(row: &CertificateView, look: &Look) -> Vec<Cell> {
        certificate::cells(row, look)
    }

    fn title(&self, look: &Look) -> String {
        look.texts.get(match self.query.status {
            Some(status) => super::detail::status_message(status),
            None => "certificates-all",
        })
    }

    fn lines(&self, view: &CertificateView, look: &Look, columns: u16) -> Vec<Line> {
        certificate::lines(view, look, columns)
    }

    fn concerns(change: &Change) -> bool {
        matches!(
            change,
            Change::Certificate(_) | Change::Request(_) | Change::Settings
        )
    }

    fn facts(&self, list: &List<Self>, facts: &mut Facts) {
        facts.filtered |= self.query.status.is_some();
        certificate::bar_filing(list.row(), facts);
        facts.acts = list.row().map(|c| c.acts.clone());
        let owner = list.row().and_then(|c| c.certificate.owner);
        if owner == Some(self.who.account_id()) {
            let own = Why::Because("file-own-certificate");
            facts.barred.push((ActionId::FileRequest, own));
        }
    }

    fn act(&mut self, action: ActionId, list: &mut List<Self>, cx: &mut Cx) -> Outcome {
        if action == ActionId::StatusFilter {
            self.turn_status();
            list.read_narrowed(self, cx);
            return Outcome::Done;
        }
        match list.row() {
            Some(view) => {
                let who = self.who.clone();
                Outcome::Open(Box::new(match action {
                    ActionId::Hold => suspension::hold(who, view, cx),
                    ActionId::ReleaseHold => suspension::release_hold(who, view, cx),
                    ActionId::ApproveSuspension => suspension::approve(who, view, cx),
                    _ => return certificate::act_on(action, &self.who, view, cx),
                }))
            }
            None => Outcome::Ignored,
        }
    }

    fn filter(&self) -> Option<&str> {
        Some(&self.query.text)
    }

    fn set_filter(&mut self, text: &str) {
        text.clone_into(&mut self.query.text);
    }

    fn clear_filter(&mut self) {
        self.query = CertificateQuery::default();
    }

    fn save(&self) -> Vec<u8> {
        postcard::to_stdvec(&(&self.query.text, self.query.status)).unwrap_or_default()
    }

    fn restore(&mut self, state: &[u8]) -> bool {
        let saved = postcard::from_bytes::<(String, Option<CertificateStatus>)>(state);
        saved.is_ok_and(|(text, status)| {
            (self.query.text, self.query.status) = (text, status);
            true
        })
    }
}
