//! The queue, the lists of requests and their numbers.

use super::samples::*;
use crate::domain::instant::DAY;
use crate::domain::request::{Claim, Notice};
use crate::domain::{RequestNumber, State};
use crate::store::*;

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
