//! What account names, pages, settings, sessions and throttles do.

use super::samples::*;
use crate::domain::Role;
use crate::store::*;

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
fn an_account_is_found_by_the_beginning_of_any_word_of_name_and_agency_once() {
    let store = Store::in_memory().unwrap();
    let mut people: Vec<crate::domain::Account> = (0..4).map(account).collect();
    people[0].name = "Rahmi Wahyuni, S.Kom.".to_owned();
    people[1].name = "Wahyu Wahidin".to_owned();
    people[2].agency = "Dinas Kesehatan".to_owned();
    write(&store, |w| {
        people.iter().try_for_each(|one| w.put_account(one))
    });
    let found = |list: AccountList| -> Vec<String> {
        let reader = store.read().unwrap();
        let mut window = Window::first(1);
        let mut names = Vec::new();
        loop {
            let page = reader.accounts_of(&list, &window).unwrap();
            names.extend(page.rows.into_iter().map(|a| a.username.to_string()));
            match page.next {
                Some(next) => window = Window::first(1).after(next),
                None => return names,
            }
        }
    };
    let word = |word: &str| found(AccountList::NameWord(word.to_owned()));
    assert_eq!(word("kom"), ["orang000"]);
    // `wahidin` stands before `wahyu` and `wahyuni`.
    assert_eq!(word("Wah"), ["orang001", "orang000"]);
    assert_eq!(word("wahyu"), ["orang001", "orang000"]);
    assert_eq!(word("ahyu"), [""; 0]);
    let agency = |word: &str| found(AccountList::AgencyWord(word.to_owned()));
    assert_eq!(agency("keseh"), ["orang002"]);
    assert_eq!(agency("uji").len(), 3);
    assert_eq!(word("kesehatan"), [""; 0]);
    let nip = |digits: &str| found(AccountList::Nip(digits.to_owned()));
    assert_eq!(nip("198704122010010003"), ["orang003"]);
    assert_eq!(nip("1987").len(), 4);
    assert_eq!(found(AccountList::Username("orang00".into())).len(), 4);

    people[0].name = "Rahmi".to_owned();
    write(&store, |w| w.put_account(&people[0]));
    assert_eq!(word("kom"), [""; 0]);
    assert_eq!(store.read().unwrap().check().unwrap().problems, []);
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
