//! Random changes, random aborts: indexes and counters always agree with the rows, and every list with a naive one.

use proptest::prelude::*;

use super::samples::*;
use crate::domain::account::AccountStatus;
use crate::domain::request::Claim;
use crate::domain::{Request, Revocation, Role, Standing, State};
use crate::store::*;

#[derive(Clone, Debug)]
enum Change {
    Account {
        n: u32,
        names: u32,
        uid: Option<u32>,
        role: usize,
        active: bool,
    },
    Add {
        serials: Vec<u16>,
        common: u8,
    },
    Certificate {
        serial: u16,
        standing: u8,
        days: i64,
        owner: Option<u32>,
    },
    Request {
        n: u32,
        state: usize,
        urgent: bool,
        serial: u16,
        claim: Option<u32>,
        agency: u8,
    },
    DeleteRequest(u32),
    Revoked {
        serial: u16,
        pending: bool,
        adopted: bool,
        octets: usize,
    },
    Unrevoked(u16),
    Task {
        key: u8,
        due: i64,
    },
    Done(u8),
    Mail {
        n: u32,
        status: usize,
        at: i64,
    },
}

fn change() -> impl Strategy<Value = Change> {
    let serial = || 1u16..12;
    prop_oneof![
        (
            0u32..5,
            0u32..6,
            proptest::option::of(0u32..3),
            0usize..5,
            any::<bool>()
        )
            .prop_map(|(n, names, uid, role, active)| Change::Account {
                n,
                names,
                uid,
                role,
                active
            }),
        (proptest::collection::vec(serial(), 1..5), any::<u8>())
            .prop_map(|(serials, common)| Change::Add { serials, common }),
        (serial(), 0u8..3, -3i64..3, proptest::option::of(0u32..4)).prop_map(
            |(serial, standing, days, owner)| Change::Certificate {
                serial,
                standing,
                days,
                owner
            }
        ),
        (
            0u32..8,
            0usize..13,
            any::<bool>(),
            serial(),
            proptest::option::of(0u32..3),
            0u8..3
        )
            .prop_map(
                |(n, state, urgent, serial, claim, agency)| Change::Request {
                    n,
                    state,
                    urgent,
                    serial,
                    claim,
                    agency
                }
            ),
        (0u32..8).prop_map(Change::DeleteRequest),
        (serial(), any::<bool>(), any::<bool>(), 1usize..9000).prop_map(
            |(serial, pending, adopted, octets)| {
                Change::Revoked {
                    serial,
                    pending,
                    adopted,
                    octets,
                }
            }
        ),
        serial().prop_map(Change::Unrevoked),
        (0u8..4, 0i64..9).prop_map(|(key, due)| Change::Task { key, due }),
        (0u8..4).prop_map(Change::Done),
        (0u32..6, 0usize..4, 0i64..9).prop_map(|(n, status, at)| Change::Mail { n, status, at }),
    ]
}

fn serial_text(n: u16) -> String {
    format!("{:x}", u32::from(n) * 0x1357)
}

/// A change that a unique index refuses is aborted whole: `Ok` either way.
fn make(w: &mut Writer, change: &Change) -> Result<(), StoreError> {
    match change {
        Change::Account {
            n,
            names,
            uid,
            role,
            active,
        } => {
            let mut row = account(*names);
            row.id = account_id(*n);
            row.uid = *uid;
            row.roles = [Role::ALL[*role], Role::Pemohon].into();
            row.status = if *active {
                AccountStatus::Active
            } else {
                AccountStatus::Disabled
            };
            w.put_account(&row)
        }
        Change::Add { serials, common } => {
            let batch: Vec<_> = serials
                .iter()
                .map(|s| {
                    certificate(
                        u32::from(s % 2),
                        &serial_text(*s),
                        &format!("Orang {common}"),
                    )
                })
                .collect();
            w.add_certificates(&batch).map(drop)
        }
        Change::Certificate {
            serial,
            standing,
            days,
            owner,
        } => {
            let key = certificate_key(u32::from(serial % 2), &serial_text(*serial));
            let Some(mut row) = w.certificate(&key)? else {
                return Ok(());
            };
            let revocation = Revocation {
                date: NOW,
                reason: crate::domain::ReasonCode::Superseded,
                invalidity_date: None,
                on_crl: None,
            };
            row.standing = match standing {
                0 => Standing::Active,
                1 => Standing::Held(revocation),
                _ => Standing::Revoked(revocation),
            };
            row.not_after = NOW.plus(days * crate::domain::instant::DAY);
            row.owner = owner.map(account_id);
            w.update_certificate(&row)
        }
        Change::Request {
            n,
            state,
            urgent,
            serial,
            claim,
            agency,
        } => {
            let key = certificate_key(u32::from(serial % 2), &serial_text(*serial));
            let mut row = request(*n, State::ALL[*state], key);
            row.urgent = *urgent;
            row.agency = format!("Dinas {agency}");
            row.claim = claim.map(|officer| Claim {
                officer: account_id(officer),
                since: NOW,
                last_activity: NOW,
            });
            row.number = (row.state != State::Draf).then_some(crate::domain::RequestNumber {
                year: 2026,
                sequence: *n,
            });
            w.put_request(&row)
        }
        Change::DeleteRequest(n) => w.delete_request(request_id(*n)).map(drop),
        Change::Revoked {
            serial,
            pending,
            adopted,
            octets,
        } => {
            let mut row = revoked(u32::from(serial % 2), &serial_text(*serial));
            row.der = entry(&serial_text(*serial), *octets);
            row.facts.on_crl = (!pending).then_some(crate::domain::CrlNumber::from(3));
            row.facts.adopted = *adopted;
            w.put_revoked(&row)
        }
        Change::Unrevoked(serial) => {
            let key = certificate_key(u32::from(serial % 2), &serial_text(*serial));
            w.remove_revoked(&key, LeftBecause::Expired, NOW).map(drop)
        }
        Change::Task { key, due } => w.ask_task("publish", &[*key], NOW.plus(*due), NOW),
        Change::Done(key) => match w.task("publish", &[*key])? {
            Some(task) => w.finish_task(&task).map(drop),
            None => Ok(()),
        },
        Change::Mail { n, status, at } => w.put_mail(&MailRecord {
            id: crate::domain::MailId(id(0xd0, *n)),
            status: MailStatus::ALL[*status],
            request: n.checked_sub(3).map(request_id),
            created_at: NOW.plus(*at),
            next_attempt: NOW.plus(*at),
            attempts: 0,
            body: Vec::new(),
        }),
    }
}

/// All pages of `limit` rows, forward.
fn walk(r: &Reader, list: &RequestList, limit: usize) -> Vec<Request> {
    let mut window = Window::first(limit);
    let mut rows = Vec::new();
    loop {
        let page = r.requests(list, &window).unwrap();
        assert!(page.rows.len() <= limit);
        rows.extend(page.rows);
        match page.next {
            Some(next) => window = window.after(next),
            None => return rows,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_written_or_aborted_indexes_and_counters_agree(
        transactions in proptest::collection::vec(
            (proptest::collection::vec(change(), 1..6), any::<bool>()), 1..14
        )
    ) {
        let store = Store::in_memory().unwrap();
        for (changes, commit) in &transactions {
            let before = commit.then_some(()).ok_or(()).err().map(|()| store.read().unwrap().check().unwrap());
            let outcome = store.write(|w| {
                for change in changes {
                    make(w, change)?;
                }
                if *commit { Ok(()) } else { Err(StoreError::Erased) }
            });
            let refused = matches!(outcome, Err(StoreError::Duplicate { .. } | StoreError::Erased));
            prop_assert!(outcome.is_ok() || refused);
            let report = store.read().unwrap().check().unwrap();
            prop_assert_eq!(&report.problems, &[]);
            if let Some(before) = before {
                prop_assert_eq!(before, report);
            }
        }

        let r = store.read().unwrap();
        let mut all = Vec::new();
        r.each_row(|row: Request| { all.push(row); Ok(()) }).unwrap();
        for state in State::ALL {
            let mut naive: Vec<_> = all.iter().filter(|q| q.state == state).cloned().collect();
            naive.sort_by_key(|q| (!q.urgent, q.first_submitted_at.unwrap_or(q.created_at), q.id));
            prop_assert_eq!(&walk(&r, &RequestList::State(state), 2), &naive);
            let count = r.request_counts().unwrap().into_iter().find(|c| c.state == state).unwrap();
            prop_assert_eq!(count.all, naive.len() as u64);
        }
        let naive: Vec<_> = all.iter().filter(|q| q.agency == "Dinas 1").map(|q| q.id).collect();
        let mut listed: Vec<_> = walk(&r, &RequestList::Agency("dinas 1".into()), 3).iter().map(|q| q.id).collect();
        listed.sort_unstable();
        prop_assert_eq!(listed, naive);
    }
}
