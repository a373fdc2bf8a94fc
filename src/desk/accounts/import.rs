//! Accounts come in many at once, from CSV. Each line stands alone.

use std::collections::BTreeSet;

use secrecy::SecretString;

use crate::desk::{Desk, DeskError, Identity};
use crate::domain::identifiers::InvalidIdentifier;
use crate::domain::permission::Permission;
use crate::domain::{Language, Nik, Nip, Role, Username};

use super::creation::{NewAccount, scope_of};

/// A line of an account import: its number, and the username with its one-time password or what is wrong.
pub type ImportedAccount = (u64, Result<(String, SecretString), DeskError>);

impl Desk {
    /// Takes in accounts from CSV with a header of username, name, email, roles and optionally nip, nik, agency, unit,
    /// position, scope, language; roles and scopes are separated by `;`. Each line stands alone: what is wrong with
    /// one does not hinder the others. Returns a result per line (from 2 on).
    pub fn import_accounts(
        &self,
        who: &Identity,
        csv: impl std::io::Read,
    ) -> Result<Vec<ImportedAccount>, DeskError> {
        self.permit(who, Permission::ManageAccounts)?;
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .flexible(false)
            .from_reader(csv);
        let header = reader
            .headers()
            .map_err(|_| DeskError::bad_value("CSV", "a CSV text with a header"))?
            .clone();
        for needed in ["username", "name", "email", "roles"] {
            if !header.iter().any(|h| h.eq_ignore_ascii_case(needed)) {
                return Err(DeskError::bad_value(
                    needed,
                    "a CSV with the columns username, name, email, roles",
                ));
            }
        }
        let mut results = Vec::new();
        for record in reader.records() {
            let (line, outcome) = match record {
                Err(error) => (
                    error.position().map_or(0, csv::Position::line),
                    Err(DeskError::bad_value(
                        "CSV",
                        "a row with as many columns as the header",
                    )),
                ),
                Ok(record) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    let field = |name: &str| {
                        header
                            .iter()
                            .position(|h| h.eq_ignore_ascii_case(name))
                            .and_then(|i| record.get(i))
                            .unwrap_or_default()
                    };
                    let made = read_account(field).and_then(|new| {
                        let (_, password) = self.create_account(who, &new)?;
                        Ok((new.username.to_string(), password))
                    });
                    (line, made)
                }
            };
            results.push((line, outcome));
        }
        Ok(results)
    }
}

/// An account from named fields, as on a CSV line.
fn read_account<'a>(field: impl Fn(&str) -> &'a str) -> Result<NewAccount, DeskError> {
    let bad = |e: InvalidIdentifier| DeskError::bad_value(e.what, e.expected);
    let optional = |name: &str| Some(field(name)).filter(|v| !v.is_empty());
    let roles = field("roles")
        .split(';')
        .map(|r| {
            Role::parse(r).ok_or_else(|| {
                DeskError::bad_value("roles", "pemohon, pendamping, op, auditor or admin")
            })
        })
        .collect::<Result<BTreeSet<_>, _>>()?;
    Ok(NewAccount {
        username: Username::parse(field("username")).map_err(bad)?,
        name: field("name").to_owned(),
        nip: optional("nip").map(Nip::parse).transpose().map_err(bad)?,
        nik: optional("nik").map(Nik::parse).transpose().map_err(bad)?,
        agency: field("agency").to_owned(),
        unit: field("unit").to_owned(),
        position: field("position").to_owned(),
        email: field("email").to_owned(),
        roles,
        scope: scope_of(field("scope").split(';')),
        language: Language::parse(field("language")).unwrap_or_default(),
    })
}
