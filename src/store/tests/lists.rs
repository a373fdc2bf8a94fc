//! What lists, pages, counts and unique keys do.

use super::samples::*;
use crate::domain::instant::{DAY, HOUR};
use crate::domain::request::{Claim, Notice};
use crate::domain::{CertificateStatus, MailId, RequestNumber, Revocation, Role, Standing, State};
use crate::domain::{CrlNumber, ReasonCode, Timestamp};
use crate::store::*;

fn write<T>(store: &Store, change: impl FnOnce(&mut Writer) -> Result<T, StoreError>) -> T {
    store.write(change).unwrap()
}

#[test]
fn an_account_is_found_by_each_of_its_names_and_keeps_them_to_itself() {
    let store = Store::in_memory().unwrap();
    let mut budi = account(1);
    budi.uid = Some(1001);
    write(&store, |w| w.put_account(&budi));
    write(&store, |w| w.put_account(&account(2)));
    let r = store.read().unwrap();
    let nip = budi.nip.clone().unwrap();
    assert_eq!(
        r.account_by_username(&budi.username).unwrap(),
        Some(budi.clone())
    );
    assert_eq!(r.account_by_uid(1001).unwrap(), Some(budi.clone()));
    assert_eq!(r.account_by_nip(&nip).unwrap(), Some(budi.clone()));
    let found = r.account_by_email("ORANG1@dinas-uji.example ").unwrap();
    assert_eq!(found, Some(budi.clone()));
    assert_eq!(r.active_with_role(Role::Pemohon).unwrap(), 2);

    let mut thief = account(2);
    thief.email = budi.email.to_uppercase();
    let refused = store.write(|w| w.put_account(&thief));
    assert!(matches!(
        refused,
        Err(StoreError::Duplicate {
            index: "accounts.email"
        })
    ));
    assert_eq!(
        store.read().unwrap().account(thief.id).unwrap(),
        Some(account(2))
    );

    budi.uid = None;
    budi.username = crate::domain::Username::parse("budi.baru").unwrap();
    write(&store, |w| w.put_account(&budi));
    let r = store.read().unwrap();
    assert_eq!(r.account_by_uid(1001).unwrap(), None);
    assert_eq!(r.accounts("budi", &Window::first(9)).unwrap().rows, [budi]);
    assert_eq!(r.accounts("orang001", &Window::first(9)).unwrap().rows, []);
}

#[test]
fn a_list_is_walked_in_pages_in_both_directions_and_from_any_row() {
    let store = Store::in_memory().unwrap();
    write(&store, |w| {
        (0..25).try_for_each(|n| w.put_account(&account(n)))
    });
    let r = store.read().unwrap();
    let names = |page: &Page<crate::domain::Account>| -> Vec<u32> {
        page.rows
            .iter()
            .map(|a| a.username.as_str()[5..].parse().unwrap())
            .collect()
    };
    let first = r.accounts("", &Window::first(10)).unwrap();
    assert_eq!(names(&first), (0..10).collect::<Vec<_>>());
    let second = r
        .accounts("", &Window::first(10).after(first.next.unwrap()))
        .unwrap();
    let third = r
        .accounts("", &Window::first(10).after(second.next.clone().unwrap()))
        .unwrap();
    assert_eq!((names(&third), third.next), ((20..25).collect(), None));
    let back = r
        .accounts("", &Window::last(10).after(second.start.unwrap()))
        .unwrap();
    assert_eq!((names(&back), back.next), ((0..10).rev().collect(), None));
    let last = r.accounts("", &Window::last(5)).unwrap();
    assert_eq!(names(&last), [24, 23, 22, 21, 20]);
    let full = r.accounts("", &Window::first(25)).unwrap();
    assert_eq!((full.rows.len(), full.next), (25, None));

    // A cursor outlives its row, and one behind the end of another list gives nothing.
    let cursor = r.accounts("", &Window::first(3)).unwrap().next.unwrap();
    let beyond = r
        .accounts("orang000", &Window::first(3).after(cursor))
        .unwrap();
    assert_eq!((beyond.rows, beyond.next), (vec![], None));
}

#[test]
fn certificates_are_listed_by_serial_name_owner_key_and_end() {
    let store = Store::in_memory().unwrap();
    let serials = [
        "0a01",
        "c301ff",
        "c30f00",
        "30ff",
        "c3",
        "aabbccddeeff00112233",
    ];
    let mut batch: Vec<NewCertificate> = serials
        .iter()
        .enumerate()
        .map(|(i, s)| certificate(1 + (i as u32) % 2, s, &format!("Orang {i}")))
        .collect();
    batch[0].certificate.owner = Some(account_id(5));
    batch[1].certificate.subject = name("budi  Santoso UJI");
    batch[2].certificate.public_key_sha256[31] = 1;
    let added = write(&store, |w| w.add_certificates(&batch));
    assert_eq!(added, [Added::New; 6]);
    let r = store.read().unwrap();
    let list = |list: CertificateList| -> Vec<String> {
        let page = r.certificates(&list, &Window::first(50)).unwrap();
        page.rows.iter().map(|c| c.key.serial.to_string()).collect()
    };
    assert_eq!(
        list(CertificateList::All),
        [
            "c3",
            "0a01",
            "c30f00",
            "30ff",
            "c301ff",
            "aabbccddeeff00112233"
        ]
    );
    assert_eq!(
        list(CertificateList::Issuer(issuer(2))),
        ["30ff", "c301ff", "aabbccddeeff00112233"]
    );
    assert_eq!(
        list(CertificateList::SerialPrefix("C3".into())),
        ["c3", "c30f00", "c301ff"]
    );
    assert_eq!(
        list(CertificateList::SerialPrefix("c:30".into())),
        ["c30f00", "c301ff"]
    );
    assert_eq!(
        list(CertificateList::SerialPrefix("c30f".into())),
        ["c30f00"]
    );
    let mut ends = list(CertificateList::SerialSuffix("ff".into()));
    ends.sort();
    assert_eq!(ends, ["30ff", "c301ff"]);
    assert_eq!(
        list(CertificateList::SerialSuffix("1FF".into())),
        ["c301ff"]
    );
    assert_eq!(list(CertificateList::SerialSuffix("00c3".into())), ["c3"]);
    assert_eq!(
        list(CertificateList::SerialSuffix("eeff00112233".into())),
        ["aabbccddeeff00112233"]
    );
    assert_eq!(
        list(CertificateList::SerialSuffix("eeee00112233".into())),
        [""; 0]
    );
    assert_eq!(list(CertificateList::Name("BUDI san".into())), ["c301ff"]);
    assert_eq!(list(CertificateList::Owner(account_id(5))), ["0a01"]);
    assert_eq!(list(CertificateList::PublicKey([7; 32])).len(), 5);
    assert_eq!(
        r.distribution_points(issuer(1)).unwrap(),
        [("http://crl.uji.example/a.crl".into(), 3)]
    );
    let key = &batch[3].certificate.key;
    assert_eq!(
        r.certificate(key).unwrap().as_ref(),
        Some(&batch[3].certificate)
    );
    assert_eq!(
        r.certificate_der(key).unwrap().as_deref(),
        Some(&b"DER of 30ff"[..])
    );
}

#[test]
fn a_certificate_comes_in_once_and_another_under_its_serial_is_told_apart() {
    let store = Store::in_memory().unwrap();
    let first = certificate(1, "0a01", "Satu");
    let mut other = certificate(1, "0a01", "Dua");
    other.certificate.der_sha256 = [9; 32];
    let batch = [first.clone(), first.clone(), other.clone()];
    let added = write(&store, |w| w.add_certificates(&batch));
    assert_eq!(added, [Added::New, Added::Known, Added::Conflict]);
    let again = write(&store, |w| w.add_certificates(&[other, first.clone()]));
    assert_eq!(again, [Added::Conflict, Added::Known]);
    let r = store.read().unwrap();
    assert_eq!(
        r.certificate(&first.certificate.key).unwrap(),
        Some(first.certificate)
    );
    assert_eq!(r.certificate_counts(NOW).unwrap().total(), 1);
}

#[test]
fn certificates_are_counted_by_status_as_the_clock_goes() {
    let store = Store::in_memory().unwrap();
    let revocation = Revocation {
        date: NOW,
        reason: ReasonCode::Superseded,
        invalidity_date: None,
        on_crl: None,
    };
    let ends = [
        NOW.plus(-3 * DAY),
        NOW.plus(-HOUR),
        NOW,
        NOW.plus(HOUR),
        NOW.plus(DAY),
    ];
    let mut batch = Vec::new();
    for (i, end) in ends.iter().enumerate() {
        for (j, standing) in [
            Standing::Active,
            Standing::Held(revocation.clone()),
            Standing::Revoked(revocation.clone()),
        ]
        .into_iter()
        .enumerate()
        {
            let mut new = certificate(1, &format!("0a{i}{j}"), "Orang");
            new.certificate.not_after = *end;
            new.certificate.standing = standing;
            batch.push(new);
        }
    }
    write(&store, |w| w.add_certificates(&batch));
    let r = store.read().unwrap();
    for now in [
        NOW.plus(-9 * DAY),
        NOW,
        NOW.plus(HOUR),
        NOW.plus(HOUR + 1),
        NOW.plus(9 * DAY),
    ] {
        let counts = r.certificate_counts(now).unwrap();
        for status in CertificateStatus::ALL {
            let expected = batch
                .iter()
                .filter(|n| n.certificate.status(now) == status)
                .count();
            assert_eq!(counts.of(status), expected as u64, "{status:?}");
            let listed = r
                .certificates(&CertificateList::Status(status, now), &Window::first(99))
                .unwrap();
            assert_eq!(listed.rows.len(), expected);
            assert!(listed.rows.iter().all(|c| c.status(now) == status));
            let mut rest = Window::last(2);
            let mut backward = Vec::new();
            loop {
                let page = r
                    .certificates(&CertificateList::Status(status, now), &rest)
                    .unwrap();
                backward.extend(page.rows);
                match page.next {
                    Some(next) => rest = rest.after(next),
                    None => break,
                }
            }
            backward.reverse();
            assert_eq!(backward, listed.rows);
        }
    }
    let soon = CertificateList::Expiring {
        from: NOW,
        to: NOW.plus(HOUR),
    };
    assert_eq!(
        r.certificates(&soon, &Window::first(9)).unwrap().rows.len(),
        2
    );
}

#[test]
fn the_queue_puts_urgent_first_and_then_the_longest_waiting() {
    let store = Store::in_memory().unwrap();
    let put = |n: u32, state, urgent| {
        let mut r = request(n, state, certificate_key(1, &format!("0a{n:02}")));
        r.urgent = urgent;
        r.number = (state != State::Draf).then_some(RequestNumber {
            year: 2026,
            sequence: n,
        });
        write(&store, |w| w.put_request(&r));
        r
    };
    put(1, State::Diajukan, false);
    put(2, State::Draf, true);
    put(3, State::DnCocok, false);
    put(4, State::Diajukan, true);
    put(5, State::Dicabut, true);
    put(6, State::Dikembalikan, false);
    let r = store.read().unwrap();
    let list = |list: &RequestList| -> Vec<u8> {
        let page = r.requests(list, &Window::first(9)).unwrap();
        page.rows.iter().map(|r| r.id.0[15]).collect()
    };
    assert_eq!(list(&RequestList::Queue), [4, 1, 3]);
    assert_eq!(list(&RequestList::State(State::Diajukan)), [4, 1]);
    assert_eq!(list(&RequestList::Number), [1, 3, 4, 5, 6]);
    assert_eq!(list(&RequestList::Agency("dinas  uji".into())).len(), 6);
    assert_eq!(list(&RequestList::Agency("dinas".into())).len(), 0);
    assert_eq!(r.request_list_len(&RequestList::Queue).unwrap(), 3);
    let counts = r.request_counts().unwrap();
    let diajukan = counts.iter().find(|c| c.state == State::Diajukan).unwrap();
    assert_eq!((diajukan.all, diajukan.urgent), (2, 1));
    let jump = r.requests_from(&RequestList::Number, 2).unwrap().unwrap();
    let page = r
        .requests(&RequestList::Number, &Window::first(2).after(jump))
        .unwrap();
    assert_eq!(
        page.rows.iter().map(|r| r.id.0[15]).collect::<Vec<_>>(),
        [4, 5]
    );
    assert_eq!(r.requests_from(&RequestList::Number, 0).unwrap(), None);
    let mut rows = Vec::new();
    r.for_each_request_row(|row| rows.push(row.id.0[15]))
        .unwrap();
    assert_eq!(rows, [1, 2, 3, 4, 5, 6]);
}

#[test]
fn a_request_moves_between_lists_as_it_changes() {
    let store = Store::in_memory().unwrap();
    let mut r = request(1, State::Diajukan, certificate_key(1, "0a01"));
    r.companion = Some(account_id(8));
    r.letter_due = Some(NOW.plus(DAY));
    write(&store, |w| w.put_request(&r));
    r.state = State::Diperiksa;
    r.claim = Some(Claim {
        officer: account_id(9),
        since: NOW,
        last_activity: NOW,
    });
    write(&store, |w| w.put_request(&r));
    let has = |list: &RequestList| {
        let reader = store.read().unwrap();
        reader.requests(list, &Window::first(9)).unwrap().rows == [r.clone()]
    };
    assert!(has(&RequestList::ClaimedBy(account_id(9))) && has(&RequestList::Claimed));
    assert!(has(&RequestList::FiledOrAccompanied(account_id(8))) && has(&RequestList::LetterDue));
    assert!(
        has(&RequestList::Owner(account_id(1)))
            && has(&RequestList::Certificate(certificate_key(1, "0a01")))
    );
    assert!(
        !has(&RequestList::State(State::Diajukan))
            && !has(&RequestList::FiledOrAccompanied(account_id(1)))
    );
    let open = store.read().unwrap().open_request(&r.certificate).unwrap();
    assert_eq!(open, Some(r.clone()));
    let second = request(2, State::Draf, certificate_key(1, "0a01"));
    let refused = store.write(|w| w.put_request(&second));
    assert!(matches!(
        refused,
        Err(StoreError::Duplicate {
            index: "requests.open_certificate"
        })
    ));

    r.state = State::Diberitahukan;
    r.claim = None;
    r.letter_due = None;
    r.notice = Some(Notice {
        at: NOW,
        channel: crate::domain::request::Channel::Mail,
    });
    write(&store, |w| w.put_request(&r));
    write(&store, |w| w.put_request(&second));
    let reader = store.read().unwrap();
    assert_eq!(
        reader
            .requests(&RequestList::Claimed, &Window::first(9))
            .unwrap()
            .rows,
        []
    );
    assert_eq!(
        reader
            .requests(&RequestList::LetterDue, &Window::first(9))
            .unwrap()
            .rows,
        []
    );
    assert_eq!(
        reader
            .requests(&RequestList::Unacknowledged, &Window::first(9))
            .unwrap()
            .rows,
        [r]
    );
    assert!(write(&store, |w| w.delete_request(second.id)));
    assert!(!write(&store, |w| w.delete_request(second.id)));
}

#[test]
fn request_numbers_count_up_within_a_year_and_an_aborted_one_is_free_again() {
    let store = Store::in_memory().unwrap();
    let first = write(&store, |w| w.next_request_number(2026));
    let aborted = store.write(|w| {
        w.next_request_number(2026)?;
        Err::<(), _>(StoreError::Erased)
    });
    assert!(aborted.is_err());
    let second = write(&store, |w| w.next_request_number(2026));
    let other = write(&store, |w| w.next_request_number(2027));
    assert_eq!([first.sequence, second.sequence, other.sequence], [1, 2, 1]);
}

#[test]
fn revoked_entries_are_visited_in_the_order_of_a_crl() {
    let store = Store::in_memory().unwrap();
    for (n, serial) in [
        (1, "ff"),
        (1, "0100"),
        (1, "7f"),
        (2, "01"),
        (1, "0102030405"),
    ] {
        write(&store, |w| w.put_revoked(&revoked(n, serial)));
    }
    let mut seen = Vec::new();
    let r = store.read().unwrap();
    r.for_each_revoked(issuer(1), |e| {
        seen.push((
            hex::encode(e.serial),
            String::from_utf8_lossy(e.der).into_owned(),
        ));
        assert_eq!(e.facts()?.reason, ReasonCode::Superseded);
        Ok::<_, StoreError>(())
    })
    .unwrap();
    let order = ["7f", "ff", "0100", "0102030405"];
    assert_eq!(seen, order.map(|s| (s.to_owned(), format!("entry {s}"))));
    let totals = r.revoked_totals(issuer(1)).unwrap();
    assert_eq!(
        (totals.entries, totals.bytes),
        (4, seen.iter().map(|(_, d)| d.len() as u64).sum())
    );
}

#[test]
fn an_entry_waits_until_a_crl_carries_it_and_is_remembered_when_it_leaves() {
    let store = Store::in_memory().unwrap();
    let mut held = revoked(1, "0a");
    held.facts.kind = RevokedKind::Held;
    let mut adopted = revoked(1, "0b");
    adopted.facts.adopted = true;
    write(&store, |w| {
        w.put_revoked(&held)?;
        w.put_revoked(&adopted)
    });
    let keys =
        |page: Page<RevokedEntry>| -> Vec<_> { page.rows.into_iter().map(|e| e.key).collect() };
    let pending = store
        .read()
        .unwrap()
        .revoked_pending(issuer(1), &Window::first(9))
        .unwrap();
    let pending = keys(pending);
    assert_eq!(pending, [held.key.clone(), adopted.key.clone()]);
    write(&store, |w| w.set_on_crl(&pending, CrlNumber::from(4)));
    write(&store, |w| w.set_on_crl(&pending, CrlNumber::from(5)));
    let r = store.read().unwrap();
    assert_eq!(
        r.revoked(&held.key).unwrap().unwrap().facts.on_crl,
        Some(CrlNumber::from(4))
    );
    assert_eq!(
        keys(r.revoked_pending(issuer(1), &Window::first(9)).unwrap()),
        []
    );
    assert_eq!(
        keys(r.revoked_adopted(issuer(1), &Window::first(9)).unwrap()),
        [adopted.key]
    );

    assert!(write(&store, |w| w.remove_revoked(
        &held.key,
        LeftBecause::Released,
        NOW
    )));
    assert!(!write(&store, |w| w.remove_revoked(
        &held.key,
        LeftBecause::Released,
        NOW
    )));
    let left = store.read().unwrap().revoked_left(issuer(1)).unwrap();
    assert_eq!(
        left.iter().map(|l| (&l.key, l.because)).collect::<Vec<_>>(),
        [(&held.key, LeftBecause::Released)]
    );
    write(&store, |w| w.put_revoked(&held));
    assert_eq!(store.read().unwrap().revoked_left(issuer(1)).unwrap(), []);
}

#[test]
fn a_reserved_crl_number_is_never_given_again() {
    let store = Store::in_memory().unwrap();
    let reserve = |floor: u64| {
        write(&store, |w| {
            w.reserve_crl_number(issuer(1), CrlNumber::from(floor))
        })
    };
    assert_eq!(reserve(0), CrlNumber::from(1));
    assert_eq!(reserve(0), CrlNumber::from(2));
    assert_eq!(reserve(40), CrlNumber::from(41));
    write(&store, |w| {
        w.raise_crl_number(issuer(1), CrlNumber::from(7))
    });
    assert_eq!(reserve(0), CrlNumber::from(42));
    write(&store, |w| w.put_crl(&crl(90, NOW)));
    assert_eq!(reserve(0), CrlNumber::from(91));
    let top = CrlNumber::parse("730750818665451459101842416358141509827966271487").unwrap();
    let refused = store.write(|w| w.reserve_crl_number(issuer(1), top));
    assert!(matches!(refused, Err(StoreError::Exhausted { .. })));
}

fn crl(number: u64, at: Timestamp) -> CrlRecord {
    CrlRecord {
        issuer: issuer(1),
        kind: CrlKind::Complete,
        number: CrlNumber::from(number),
        this_update: at,
        next_update: at.plus(48 * HOUR),
        entries: 3,
        bytes: 500,
        sha256: [1; 32],
        file: None,
        published_at: at,
        regular: true,
    }
}

#[test]
fn crl_history_tells_scopes_apart_and_knows_the_last() {
    let store = Store::in_memory().unwrap();
    let mut delta = crl(300, NOW.plus(2));
    delta.kind = CrlKind::Delta {
        base: CrlNumber::from(255),
    };
    for record in [crl(255, NOW), crl(256, NOW.plus(1)), delta.clone()] {
        write(&store, |w| w.put_crl(&record));
    }
    let r = store.read().unwrap();
    let last = r.last_crl(issuer(1), &CrlKind::Complete).unwrap().unwrap();
    assert_eq!(last.number, CrlNumber::from(256));
    let any_base = CrlKind::Delta {
        base: CrlNumber::ZERO,
    };
    assert_eq!(
        r.last_crl(issuer(1), &any_base).unwrap(),
        Some(delta.clone())
    );
    assert_eq!(r.last_crl(issuer(2), &CrlKind::Complete).unwrap(), None);
    assert_eq!(r.crls(&Window::last(1)).unwrap().rows, [delta]);
    let numbers = r.crl_numbers(issuer(1)).unwrap();
    assert_eq!(
        (numbers.reserved, numbers.published),
        (CrlNumber::from(300), Some(CrlNumber::from(256)))
    );
}

#[test]
fn the_log_counts_up_is_found_by_object_and_its_hashes_do_not_change() {
    let store = Store::in_memory().unwrap();
    write(&store, |w| {
        for n in 0u8..5 {
            let objects: &[&[u8]] = if n % 2 == 0 { &[b"ab", b"x"] } else { &[b"a"] };
            assert_eq!(w.append_log(&[n], objects)?, u64::from(n));
        }
        w.put_log_hashes(0, &[[1; 32], [2; 32]])
    });
    let r = store.read().unwrap();
    let seqs = |page: Page<LogEntry>| -> Vec<u64> { page.rows.iter().map(|e| e.seq).collect() };
    assert_eq!(r.log_len().unwrap(), 5);
    assert_eq!(seqs(r.log_entries(&Window::last(2)).unwrap()), [4, 3]);
    assert_eq!(seqs(r.log_of(b"ab", &Window::first(9)).unwrap()), [0, 2, 4]);
    assert_eq!(seqs(r.log_of(b"a", &Window::last(1)).unwrap()), [3]);
    assert_eq!(r.log_entry(3).unwrap(), Some(vec![3]));
    assert_eq!(r.log_hashes(&[1, 0]).unwrap(), [[2; 32], [1; 32]]);
    assert!(r.log_hashes(&[2]).is_err());
    assert!(store.write(|w| w.put_log_hashes(1, &[[3; 32]])).is_err());
    for size in [300, 4] {
        write(&store, |w| {
            w.put_checkpoint(&Checkpoint {
                origin: "uji/log".into(),
                size,
                bytes: vec![1],
            })
        });
    }
    let last = store
        .read()
        .unwrap()
        .last_checkpoint("uji/log")
        .unwrap()
        .unwrap();
    assert_eq!(last.size, 300);
    assert_eq!(
        store.read().unwrap().last_checkpoint("uji/log/2").unwrap(),
        None
    );
}

#[test]
fn work_asked_for_again_while_it_is_done_is_not_lost() {
    let store = Store::in_memory().unwrap();
    let ask = |due| write(&store, |w| w.ask_task("publish", b"1", due, NOW));
    ask(NOW.plus(10));
    ask(NOW.plus(5));
    ask(NOW.plus(20));
    let r = store.read().unwrap();
    assert_eq!(r.next_task_due().unwrap(), Some(NOW.plus(5)));
    assert_eq!(r.due_tasks(NOW.plus(4), 9).unwrap(), []);
    let task = r.due_tasks(NOW.plus(5), 9).unwrap().pop().unwrap();
    ask(NOW.plus(30));
    assert!(!write(&store, |w| w.finish_task(&task)));
    let again = store
        .read()
        .unwrap()
        .task("publish", b"1")
        .unwrap()
        .unwrap();
    write(&store, |w| w.postpone_task(&task, NOW.plus(99)));
    assert_eq!(
        store.read().unwrap().task("publish", b"1").unwrap(),
        Some(again.clone())
    );
    write(&store, |w| w.postpone_task(&again, NOW.plus(99)));
    let late = store
        .read()
        .unwrap()
        .task("publish", b"1")
        .unwrap()
        .unwrap();
    assert_eq!((late.due, late.attempts), (NOW.plus(99), 1));
    assert!(write(&store, |w| w.finish_task(&late)));
    assert_eq!(store.read().unwrap().next_task_due().unwrap(), None);
}

#[test]
fn a_mail_is_due_until_it_was_sent() {
    let store = Store::in_memory().unwrap();
    let mut mail = MailRecord {
        id: MailId(id(0xd0, 1)),
        status: MailStatus::Waiting,
        request: Some(request_id(1)),
        created_at: NOW,
        next_attempt: NOW.plus(30),
        attempts: 0,
        body: b"body".to_vec(),
    };
    write(&store, |w| w.put_mail(&mail));
    let r = store.read().unwrap();
    assert_eq!(r.due_mails(NOW.plus(29), 9).unwrap(), []);
    assert_eq!(r.due_mails(NOW.plus(30), 9).unwrap(), [mail.clone()]);
    assert_eq!(r.next_mail_due().unwrap(), Some(NOW.plus(30)));
    mail.status = MailStatus::Sent;
    write(&store, |w| w.put_mail(&mail));
    let r = store.read().unwrap();
    assert_eq!(r.due_mails(NOW.plus(99), 9).unwrap(), []);
    assert_eq!(
        r.mails_of(request_id(1), &Window::first(9)).unwrap().rows,
        [mail]
    );
    let counts = MailStatus::ALL.map(|s| r.mail_count(s).unwrap());
    assert_eq!(counts, [0, 1, 0, 0]);
}

#[test]
fn settings_sessions_credentials_and_throttles_come_back_as_they_went() {
    let store = Store::in_memory().unwrap();
    let who = account_id(1);
    let door = ThrottleSubject::Account(who);
    let session = SavedSession {
        saved_at: NOW,
        peer_uid: Some(7),
        bytes: vec![1],
    };
    let throttle = Throttle {
        failures: 3,
        last_failure: NOW,
        blocked_until: NOW.plus(60),
    };
    write(&store, |w| {
        w.set_setting("sop.number", "UJI-1")?;
        w.put_session(who, &session)?;
        w.put_credentials(
            who,
            &Credentials {
                password: Some("$argon2id$".into()),
                ..Credentials::default()
            },
        )?;
        w.put_throttle(door, Some(7), &throttle)
    });
    let r = store.read().unwrap();
    assert_eq!(
        r.settings().unwrap(),
        [("sop.number".to_owned(), "UJI-1".to_owned())]
    );
    assert_eq!(r.session(who).unwrap(), Some(session));
    assert_eq!(r.throttle(door, Some(7)).unwrap(), throttle);
    assert_eq!(r.throttle(door, Some(8)).unwrap(), Throttle::default());
    assert_eq!(
        r.throttle(ThrottleSubject::Unknown(7), None).unwrap(),
        Throttle::default()
    );
    let take = |step| write(&store, |w| w.take_totp_step(who, step));
    assert_eq!(
        [take(100), take(100), take(99), take(101)],
        [true, false, false, true]
    );
    assert_eq!(write(&store, |w| w.forget_throttles(NOW)), 0);
    assert_eq!(write(&store, |w| w.forget_throttles(NOW.plus(1))), 1);
    assert_eq!(write(&store, |w| w.forget_sessions(NOW.plus(1))), 1);
    assert!(write(&store, |w| w.unset_setting("sop.number")));
    assert_eq!(store.read().unwrap().setting("sop.number").unwrap(), None);
}

#[test]
fn a_writer_reads_its_own_changes_and_a_snapshot_does_not() {
    let store = Store::in_memory().unwrap();
    let before = store.read().unwrap();
    write(&store, |w| {
        w.put_account(&account(1))?;
        assert_eq!(w.account(account_id(1))?, Some(account(1)));
        assert_eq!(w.accounts("", &Window::first(9))?.rows.len(), 1);
        assert_eq!(store.read()?.account(account_id(1))?, None);
        Ok(())
    });
    assert_eq!(before.account(account_id(1)).unwrap(), None);
}
