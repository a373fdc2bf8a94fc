//! The log, tasks and mails.

use super::samples::*;
use crate::domain::MailId;
use crate::store::*;

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
