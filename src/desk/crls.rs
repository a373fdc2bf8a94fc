//! CRLs as screens and commands see them: history, what the next one will change, and the check of a published one.

use std::fs::File;

use crate::domain::permission::Permission;
use crate::domain::{CrlNumber, IssuerId, Refusal, Timestamp};
use crate::pki::check::{self, Report};
use crate::store::Window;

use super::view::{CrlPreview, CrlRow, Page, PreviewLine};
use super::{Desk, DeskError, Identity, cursor, publisher};

/// Lines of a preview that are shown; more are counted.
const SHOWN: usize = 500;

impl Desk {
    /// Published CRLs, newest first.
    pub fn crls(
        &self,
        who: &Identity,
        from: Option<&str>,
        limit: usize,
    ) -> Result<Page<CrlRow>, DeskError> {
        self.permit(who, Permission::ReadCrls)?;
        let reader = self.inner.store.read()?;
        let page = reader.crls(&cursor::window(from, limit, true)?)?;
        Ok(Page {
            rows: page
                .rows
                .iter()
                .filter_map(|record| {
                    Some(self.crl_row(record, &*self.issuer_state(record.issuer)?))
                })
                .collect(),
            next: page.next.map(|c| cursor::text(&c)),
            total: None,
        })
    }

    /// Published CRLs of one issuer, newest first, at most `limit`.
    pub fn crls_of(
        &self,
        who: &Identity,
        issuer: IssuerId,
        limit: usize,
    ) -> Result<Vec<CrlRow>, DeskError> {
        let mut rows = Vec::new();
        let mut from = None;
        loop {
            let page = self.crls(who, from.as_deref(), limit)?;
            rows.extend(page.rows.into_iter().filter(|row| row.issuer == issuer));
            from = page.next;
            if rows.len() >= limit || from.is_none() {
                rows.truncate(limit);
                return Ok(rows);
            }
        }
    }

    /// The last of each kind of CRL that an issuer publishes: complete, delta, each partition.
    pub fn current_crls(&self, who: &Identity, issuer: IssuerId) -> Result<Vec<CrlRow>, DeskError> {
        self.permit(who, Permission::ReadCrls)?;
        let state = self
            .issuer_state(issuer)
            .ok_or(DeskError::Refused(Refusal::NotFound))?;
        let reader = self.inner.store.read()?;
        let mut rows = Vec::new();
        for kind in publisher::kinds(&state.record.settings) {
            let last = reader.last_crl(issuer, &kind)?;
            rows.extend(last.map(|record| self.crl_row(&record, &state)));
        }
        Ok(rows)
    }

    /// What the next CRL of an issuer will add and remove.
    pub fn crl_preview(&self, who: &Identity, issuer: IssuerId) -> Result<CrlPreview, DeskError> {
        self.permit(who, Permission::ReadCrls)?;
        let reader = self.inner.store.read()?;
        let pending = reader.revoked_pending(issuer, &Window::first(SHOWN))?;
        Ok(CrlPreview {
            added: pending
                .rows
                .into_iter()
                .map(|entry| PreviewLine {
                    serial: entry.key.serial,
                    reason: entry.facts.reason,
                    date: entry.facts.date,
                })
                .collect(),
            removed: reader
                .revoked_left(issuer, &Window::first(SHOWN))?
                .rows
                .into_iter()
                .map(|left| left.key.serial)
                .collect(),
        })
    }

    /// The file of a CRL in the history: the complete one of that number, else a delta or partition; without a number the
    /// newest complete one of the first issuer.
    pub fn crl_file(
        &self,
        who: &Identity,
        number: Option<CrlNumber>,
    ) -> Result<(File, CrlRow), DeskError> {
        self.permit(who, Permission::ReadCrls)?;
        let missing = || DeskError::Refused(Refusal::NotFound);
        let reader = self.inner.store.read()?;
        for state in self.issuer_states() {
            for kind in publisher::kinds(&state.record.settings) {
                let record = match number {
                    Some(number) => reader.crl(state.record.id, &kind, number)?,
                    None => reader.last_crl(state.record.id, &kind)?,
                };
                if let Some(record) = record {
                    let row = self.crl_row(&record, &state);
                    let file =
                        File::open(&row.path).map_err(|e| DeskError::io(row.path.clone(), e))?;
                    return Ok((file, row));
                }
            }
        }
        Err(missing())
    }

    /// A published CRL against the table of rules, with its issuer's certificate.
    pub fn check_crl(&self, who: &Identity, row: &CrlRow) -> Result<Report, DeskError> {
        self.permit(who, Permission::ReadCrls)?;
        let state = self
            .issuer_state(row.issuer)
            .ok_or(DeskError::Refused(Refusal::NotFound))?;
        let file = File::open(&row.path).map_err(|e| DeskError::io(row.path.clone(), e))?;
        check::check(&file, Some(&state.writer), self.now())
            .map_err(|e| DeskError::io(row.path.clone(), e))
    }
}

/// A CRL of anyone against the table of rules; `issuer` is the CA's certificate, PEM or DER.
pub fn check_foreign_crl(
    file: &File,
    issuer: Option<&[u8]>,
    now: Timestamp,
) -> Result<Report, DeskError> {
    let issuer = match issuer {
        Some(certificate) => Some(super::issuers::crl_issuer(
            &super::issuers::certificate_der(certificate)?,
        )?),
        None => None,
    };
    check::check(file, issuer.as_ref(), now).map_err(|e| DeskError::io("CRL", e))
}

/// The rules of `crl check`: the id of each, and what must be so in plain English.
pub fn crl_rules() -> impl Iterator<Item = (&'static str, &'static str)> {
    check::rules().map(|rule| (rule.id, rule.says))
}
