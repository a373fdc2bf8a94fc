//! `ams check`: indexes agree with rows, the log's tree with its entries, and the log, replayed, with what is stored
//! (law 8).

use crate::audit::{Entry, Replay};
use crate::domain::permission::Permission;
use crate::domain::{CertificateKey, CertificateStatus};

use super::{Desk, DeskError, Identity};

/// What a check found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CheckOutcome {
    pub rows: u64,
    pub log_entries: u64,
    pub requests: u64,
    /// What is wrong, one sentence each; empty when all is well.
    pub problems: Vec<String>,
}

const LISTED: usize = 100;

impl Desk {
    pub fn check(&self, who: &Identity) -> Result<CheckOutcome, DeskError> {
        self.permit(who, Permission::CheckStore)?;
        let health = self.verify_log(who)?;
        let reader = self.inner.store.read()?;
        let store = reader.check()?;
        let mut outcome = CheckOutcome {
            rows: store.rows.values().sum(),
            log_entries: health.size,
            problems: store
                .problems
                .iter()
                .map(|p| format!("{}: {}", p.table, p.detail))
                .collect(),
            ..CheckOutcome::default()
        };
        outcome
            .problems
            .extend(health.problem.as_ref().map(ToString::to_string));
        let mut replay = Replay::default();
        reader.for_each_log_entry::<DeskError>(0, |_, octets| {
            match Entry::from_bytes(octets) {
                Ok(entry) => {
                    if let Err(discrepancy) = replay.take(&entry) {
                        outcome.problems.push(discrepancy.to_string());
                    }
                }
                Err(error) => outcome.problems.push(error.to_string()),
            }
            Ok(())
        })?;
        let mut wrong = Vec::new();
        let mut seen = 0;
        reader.for_each_request_row(|row| {
            seen += 1;
            let logged = replay.requests.get(&row.id).copied();
            if logged != Some(row.state) {
                wrong.push(format!(
                    "request {} is {} in the database and {} in the log",
                    row.id,
                    row.state.name(),
                    logged.map_or("absent", |s| s.name()),
                ));
            }
        })?;
        outcome.requests = seen;
        for (id, state) in &replay.requests {
            if reader.request(*id)?.is_none() {
                wrong.push(format!(
                    "request {id} is {} in the log and absent in the database",
                    state.name()
                ));
            }
        }
        for ((issuer, serial), logged) in &replay.certificates {
            let key = CertificateKey {
                issuer: *issuer,
                serial: serial.clone(),
            };
            let stored = reader.certificate(&key)?.map(|c| match c.revocation() {
                None => CertificateStatus::Active,
                Some(_) => c.status(c.not_before),
            });
            if stored != Some(*logged) {
                wrong.push(format!(
                    "certificate {serial} is {} in the database and {} in the log",
                    stored.map_or("absent", CertificateStatus::name),
                    logged.name(),
                ));
            }
        }
        for (issuer, numbers) in &replay.crls {
            let stored = reader.crl_numbers(*issuer)?;
            if numbers.reserved.unwrap_or_default() != stored.reserved
                || numbers.published != stored.published
            {
                wrong.push(format!(
                    "the CRL numbers of issuer {issuer} differ between database and log"
                ));
            }
        }
        outcome.problems.extend(wrong);
        outcome.problems.truncate(LISTED);
        Ok(outcome)
    }

    /// Copies the database to a new file while the desk goes on.
    pub fn backup(
        &self,
        who: &Identity,
        take: impl FnOnce(&mut dyn std::io::Read) -> std::io::Result<()>,
    ) -> Result<crate::store::BackupReport, DeskError> {
        self.permit(who, Permission::Backup)?;
        let name = hex::encode(super::environment::octets::<8>(&*self.inner.random)?);
        let copy = self.inner.folder.path().join(format!("backup-{name}"));
        let report = self.inner.store.backup(&copy)?;
        let taken = std::fs::File::open(&copy).and_then(|mut file| {
            // The name goes at once: a kill leaves no copy behind.
            std::fs::remove_file(&copy)?;
            take(&mut file)
        });
        taken.map_err(|e| DeskError::io("backup", e))?;
        let signer =
            super::transaction::Signer::person(who.person(), &[crate::domain::Role::Admin]);
        self.transact(signer, |tx| {
            tx.log(
                crate::audit::Action::CADANGAN_DIBUAT,
                crate::audit::ObjectRef::Backup(crate::audit::Hash(report.contents_sha256)),
                |_| {},
            )
        })?;
        Ok(report)
    }
}
