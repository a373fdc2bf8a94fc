//! The kind of transaction the desk makes, in steps that can be recognised afterwards: request, certificate, entry, log,
//! task and mail change together, or none does.

use super::samples::*;
use crate::domain::{MailId, RequestNumber, Revocation, Standing, State};
use crate::store::*;

/// Certificates there are from the start; `step` works on one after another.
pub const CERTIFICATES: u32 = 12;

fn serial(n: u32) -> String {
    format!("{:04x}", 0x0a00 + n)
}

/// The state before step 0.
pub fn prepare(store: &Store) -> Result<(), StoreError> {
    let batch: Vec<_> = (0..CERTIFICATES)
        .map(|n| certificate(1, &serial(n), &format!("Orang {n}")))
        .collect();
    store.write(|w| {
        w.add_certificates(&batch)?;
        w.put_account(&account(1))
    })
}

/// Step `n`, counted from 0: one revocation.
pub fn step(store: &Store, n: u32) -> Result<(), StoreError> {
    store.write(|w| {
        let key = certificate_key(1, &serial(n % CERTIFICATES));
        let mut r = request(n, State::Dicabut, key.clone());
        let number = w.next_request_number(2026)?;
        r.number = Some(number);
        w.put_request(&r)?;
        let mut c = w.certificate(&key)?.ok_or(StoreError::NoSuchRow {
            table: "certificates",
        })?;
        let entry = revoked(1, &serial(n % CERTIFICATES));
        c.standing = Standing::Revoked(Revocation {
            date: NOW,
            reason: entry.facts.reason,
            invalidity_date: None,
            on_crl: None,
        });
        c.version = u64::from(n) + 2;
        w.update_certificate(&c)?;
        w.put_revoked(&entry)?;
        let seq = w.append_log(&n.to_be_bytes(), &[&r.id.0, key.serial.magnitude()])?;
        w.put_log_hashes(seq, &[[n as u8; 32]])?;
        w.ask_task("publish", &key.issuer.0, NOW.plus(i64::from(n)), NOW)?;
        w.put_mail(&MailRecord {
            id: MailId(id(0xd0, n)),
            status: MailStatus::Waiting,
            request: Some(r.id),
            created_at: NOW,
            next_attempt: NOW,
            attempts: 0,
            body: vec![n as u8; 900],
        })
    })
}

/// How many steps the store has seen; panics if its parts do not agree on that.
pub fn steps_done(store: &Store) -> u32 {
    let r = store.read().unwrap();
    let report = r.check().unwrap();
    assert_eq!(report.problems, []);
    let n = r.log_len().unwrap() as u32;
    assert_eq!(r.mail_count(MailStatus::Waiting).unwrap(), u64::from(n));
    let revoked = r.revoked_totals(issuer(1)).unwrap().entries;
    assert_eq!(revoked, u64::from(n.min(CERTIFICATES)));
    assert_eq!(r.certificate_counts(NOW).unwrap().revoked, revoked);
    assert_eq!(
        r.task("publish", &issuer(1).0)
            .unwrap()
            .map_or(0, |t| t.generation + 1),
        u64::from(n)
    );
    if let Some(last) = n.checked_sub(1) {
        let number = RequestNumber {
            year: 2026,
            sequence: n,
        };
        assert_eq!(
            r.request_by_number(number).unwrap().unwrap().id,
            request_id(last)
        );
        assert_eq!(
            r.log_entry(u64::from(last)).unwrap().unwrap(),
            last.to_be_bytes()
        );
        let key = certificate_key(1, &serial(last % CERTIFICATES));
        assert_eq!(
            r.certificate(&key).unwrap().unwrap().version,
            u64::from(last) + 2
        );
        assert_eq!(
            r.log_hashes(&[u64::from(last)]).unwrap(),
            [[last as u8; 32]]
        );
    }
    assert_eq!(r.request(request_id(n)).unwrap(), None);
    n
}
