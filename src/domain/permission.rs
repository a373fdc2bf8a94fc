//! What a role may do besides acting on a request, and who may see what. One table; nothing here looks at a clock.
//! Reading a NIK or a letter is permitted here and logged by the desk (UU PDP 27/2022).

use serde::{Deserialize, Serialize};

use super::account::{Account, Actor, Person, Role};
use super::identifiers::AccountId;
use super::refusal::Refusal;
use super::request::Request;

use Role::{Admin, Auditor, Op, Pemohon, Pendamping};

macro_rules! permissions {
    ($($permission:ident $name:literal [$($role:ident)+] $meaning:literal;)+) => {
        /// Something that a role may do.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Permission {
            $(#[doc = $meaning] $permission,)+
        }

        impl Permission {
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$permission),+];

            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$permission => $name,)+
                }
            }

            /// What it is, in plain English.
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$permission => $meaning,)+
                }
            }

            /// The roles that have it.
            pub const fn roles(self) -> &'static [Role] {
                match self {
                    $(Self::$permission => &[$($role),+],)+
                }
            }
        }
    };
}

permissions! {
    ReadAccounts "read_accounts" [Op Auditor Admin] "List accounts (an OP within his scope); the NIK stays masked.";
    FindApplicant "find_applicant" [Pendamping Op] "Look up one applicant by username, with his certificates, to file for him.";
    ReadNik "read_nik" [Op] "Unmask the NIK of an applicant in scope; logged.";
    ManageAccounts "manage_accounts" [Admin] "Create, change, disable and import accounts; grants wait by the rules of `grants`.";
    ReadLetters "read_letters" [Pemohon Pendamping Op Auditor] "Read letters of requests one is a party to or has in scope; logged.";
    ReadLog "read_log" [Op Auditor Admin] "Read and verify the log.";
    ExportLog "export_log" [Auditor Admin] "Export the log.";
    ProveLog "prove_log" [Pemohon Pendamping Op Auditor Admin] "Get a receipt for a request one may see.";
    ReadCrls "read_crls" [Pemohon Pendamping Op Auditor Admin] "List and read CRLs.";
    IssueCrl "issue_crl" [Op Admin] "Issue a CRL now.";
    AdoptRevoked "adopt_revoked" [Op Admin] "Confirm adopted entries, the last CRL number or the clock after a restore or jump.";
    ImportCertificates "import_certificates" [Admin] "Import certificates and link them to their owners.";
    ManageIssuers "manage_issuers" [Admin] "Add an issuing CA.";
    UnlockKeys "unlock_keys" [Admin] "Open a locked signing key.";
    ReadSettings "read_settings" [Auditor Admin] "Read the settings.";
    ChangeSettings "change_settings" [Admin] "Change the settings.";
    ReadSessions "read_sessions" [Auditor Admin] "See who is logged in where.";
    EndSessions "end_sessions" [Admin] "End somebody's session.";
    ReadReports "read_reports" [Op Auditor Admin] "Read the dashboard's figures and the SOP report.";
    ReadMails "read_mails" [Op Auditor Admin] "Read the outbox.";
    RetryMails "retry_mails" [Op Admin] "Send a failed mail again.";
    TestMail "test_mail" [Admin] "Send a test mail.";
    Backup "backup" [Admin] "Make a backup.";
    CheckStore "check_store" [Auditor Admin] "Replay the log against the database.";
}

/// Whether one of the actor's roles has `permission`. The desk itself has all.
///
/// # Errors
/// `RoleNeeded` with the roles that have it.
pub fn may(actor: &Actor, permission: Permission) -> Result<(), Refusal> {
    match actor {
        Actor::System => Ok(()),
        Actor::Person(person) if permission.roles().iter().any(|r| person.has(*r)) => Ok(()),
        Actor::Person(_) => Err(Refusal::RoleNeeded(permission.roles().to_vec())),
    }
}

/// What visibility of a request hangs on; a line of the queue has as much.
#[derive(Clone, Copy, Debug)]
pub struct Filing<'a> {
    pub owner: AccountId,
    pub filer: AccountId,
    pub companion: Option<AccountId>,
    pub agency: &'a str,
}

impl<'a> From<&'a Request> for Filing<'a> {
    fn from(request: &'a Request) -> Self {
        Self {
            owner: request.owner,
            filer: request.filer,
            companion: request.companion,
            agency: &request.agency,
        }
    }
}

impl Filing<'_> {
    /// Owner as applicant; filer or companion as field officer or OP.
    fn is_party(&self, person: &Person) -> bool {
        let field = person.has(Pendamping) || person.has(Op);
        (self.owner == person.id && person.has(Pemohon))
            || (field && (self.filer == person.id || self.companion == Some(person.id)))
    }

    fn in_scope(&self, person: &Person) -> bool {
        person.has(Op) && person.scope.covers(self.agency)
    }
}

/// Who sees a request: its parties, an OP who has its agency in scope, auditors and admins.
pub fn sees_request(actor: &Actor, filing: &Filing) -> bool {
    match actor {
        Actor::System => true,
        Actor::Person(person) => {
            person.has(Auditor)
                || person.has(Admin)
                || filing.is_party(person)
                || filing.in_scope(person)
        }
    }
}

/// Who sees a certificate in lists: its owner, an OP who has the owner's agency in scope (or any OP with scope all,
/// where it has no owner), auditors and admins. A field officer finds one by its owner ([`Permission::FindApplicant`]).
pub fn sees_certificate(actor: &Actor, owner: Option<AccountId>, agency: &str) -> bool {
    match actor {
        Actor::System => true,
        Actor::Person(person) => {
            person.has(Auditor)
                || person.has(Admin)
                || (owner == Some(person.id) && person.has(Pemohon))
                || (person.has(Op) && person.scope.covers(agency))
        }
    }
}

/// Who sees an account: its holder, an OP who has its agency in scope, auditors and admins.
pub fn sees_account(actor: &Actor, account: &Account) -> bool {
    match actor {
        Actor::System => true,
        Actor::Person(person) => {
            person.id == account.id
                || person.has(Auditor)
                || person.has(Admin)
                || (person.has(Op) && person.scope.covers(&account.agency))
        }
    }
}

/// Whether the actor may read a request's letters: its parties, an OP in scope, auditors. An admin as such may not:
/// he needs none for his work.
///
/// # Errors
/// `RoleNeeded`, `OutsideScope` for an OP, `NotYours` otherwise.
pub fn may_read_letters(actor: &Actor, filing: &Filing) -> Result<(), Refusal> {
    may(actor, Permission::ReadLetters)?;
    match actor {
        Actor::System => Ok(()),
        Actor::Person(person)
            if person.has(Auditor) || filing.is_party(person) || filing.in_scope(person) =>
        {
            Ok(())
        }
        Actor::Person(person) if person.has(Op) => Err(Refusal::OutsideScope {
            agency: filing.agency.to_owned(),
        }),
        Actor::Person(_) => Err(Refusal::NotYours),
    }
}

/// Whether the actor may see this account's NIK in clear: its holder, and an OP who has the agency in scope.
///
/// # Errors
/// `RoleNeeded`, or `OutsideScope` for an OP.
pub fn may_read_nik(actor: &Actor, account: &Account) -> Result<(), Refusal> {
    match actor {
        Actor::Person(person) if person.id == account.id => Ok(()),
        Actor::Person(person) => {
            may(actor, Permission::ReadNik)?;
            if person.scope.covers(&account.agency) {
                Ok(())
            } else {
                Err(Refusal::OutsideScope {
                    agency: account.agency.clone(),
                })
            }
        }
        Actor::System => Err(Refusal::RoleNeeded(Permission::ReadNik.roles().to_vec())),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::account::Scope;

    fn actor(n: u8, roles: &[Role], agencies: Option<&str>) -> Actor {
        Actor::Person(Person {
            id: AccountId([n; 16]),
            roles: roles.iter().copied().collect(),
            scope: agencies.map_or(Scope::All, |a| {
                Scope::Agencies(BTreeSet::from([a.to_owned()]))
            }),
            peer_uid: None,
            accompanied_by: None,
        })
    }

    fn filing(agency: &str) -> Filing<'_> {
        Filing {
            owner: AccountId([1; 16]),
            filer: AccountId([2; 16]),
            companion: Some(AccountId([3; 16])),
            agency,
        }
    }

    #[test]
    fn an_auditor_changes_nothing() {
        let auditor = actor(9, &[Auditor], None);
        let allowed: Vec<&str> = Permission::ALL
            .into_iter()
            .filter(|p| may(&auditor, *p).is_ok())
            .map(Permission::name)
            .collect();
        assert_eq!(
            allowed,
            [
                "read_accounts",
                "read_letters",
                "read_log",
                "export_log",
                "prove_log",
                "read_crls",
                "read_settings",
                "read_sessions",
                "read_reports",
                "read_mails",
                "check_store",
            ]
        );
    }

    #[test]
    fn each_sees_the_requests_that_concern_him() {
        let sees = |who: Actor| sees_request(&who, &filing("Dinas UJI"));
        assert!(sees(actor(1, &[Pemohon], None)));
        assert!(!sees(actor(4, &[Pemohon], None)));
        assert!(sees(actor(2, &[Pendamping], None)) && sees(actor(3, &[Pendamping], None)));
        assert!(!sees(actor(4, &[Pendamping], None)));
        assert!(sees(actor(4, &[Op], Some("dinas uji"))));
        assert!(!sees(actor(4, &[Op], Some("Dinas Lain"))));
        assert!(sees(actor(4, &[Auditor], None)) && sees(actor(4, &[Admin], None)));
    }

    #[test]
    fn a_letter_is_for_parties_officers_in_scope_and_auditors() {
        let reads = |who: Actor| may_read_letters(&who, &filing("Dinas UJI"));
        assert_eq!(reads(actor(1, &[Pemohon], None)), Ok(()));
        assert_eq!(reads(actor(4, &[Auditor], None)), Ok(()));
        assert_eq!(reads(actor(4, &[Pemohon], None)), Err(Refusal::NotYours));
        assert!(matches!(
            reads(actor(4, &[Admin], None)),
            Err(Refusal::RoleNeeded(_))
        ));
        assert!(matches!(
            reads(actor(4, &[Op], Some("Dinas Lain"))),
            Err(Refusal::OutsideScope { .. })
        ));
    }
}
