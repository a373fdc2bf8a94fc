//! An export is made, then altered in every way one can think of; each alteration shows, at its place.

use super::*;
use crate::audit::checkpoint::LogKey;
use crate::audit::export;
use crate::audit::object::ActorRef;
use crate::audit::tree::tests::MemoryHashes;
use crate::audit::tree::{append, root};
use crate::domain::{AccountId, RequestId, State, Timestamp};

/// A log with its heads, as a desk keeps it.
struct Log {
    hashes: MemoryHashes,
    rows: Vec<Vec<u8>>,
    heads: Vec<SignedCheckpoint>,
    origin: Origin,
}

fn key() -> LogKey {
    LogKey::from_seed(&Origin::new("uji.example/ams").unwrap(), &[7; 32]).unwrap()
}

fn entry(seq: u64) -> Entry {
    let at = Timestamp(1_795_341_600_000 + i64::try_from(seq).unwrap() * 1000);
    let actor = ActorRef::Account(AccountId([1; 16]));
    let object = ObjectRef::Request(RequestId([2; 16]));
    Entry {
        to: Some(State::Diajukan.into()),
        ..Entry::new(seq, at, actor, Action::PERMOHONAN_DIAJUKAN, object)
    }
}

impl Log {
    fn new(entries: u64, head_every: u64) -> Self {
        let mut log = Self {
            hashes: MemoryHashes::default(),
            rows: Vec::new(),
            heads: Vec::new(),
            origin: Origin::new("uji.example/ams").unwrap(),
        };
        for seq in 0..entries {
            log.append(&entry(seq));
            if (seq + 1) % head_every == 0 {
                log.sign();
            }
        }
        log
    }

    fn append(&mut self, entry: &Entry) {
        let row = entry.to_bytes();
        append(&mut self.hashes, self.rows.len() as u64, &row).unwrap();
        self.rows.push(row);
    }

    fn sign(&mut self) {
        let last = self.heads.last().map(|h| h.checkpoint().clone());
        let size = self.rows.len() as u64;
        let head = key().sign_head(&self.origin, size, &self.hashes, last.as_ref());
        self.heads.push(head.unwrap());
    }

    fn export(&self) -> Vec<String> {
        let rows = self.rows.iter().map(|r| Ok(r.clone()));
        let out = export::write(Vec::new(), &key().public(), &self.heads, rows).unwrap();
        let text = String::from_utf8(out).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

fn verdict_with(
    lines: &[String],
    known: &[Checkpoint],
    leaf: Option<&dyn Fn(u64) -> Option<Hash>>,
) -> Verdict {
    let key = key().public();
    let text = lines.join("\n") + "\n";
    let expected = Expected {
        key: &key,
        known,
        leaf,
    };
    verify_export(text.as_bytes(), &expected).unwrap()
}

/// The faults as `line id`.
fn faults(lines: &[String]) -> Vec<String> {
    shown(&verdict_with(lines, &[], None))
}

fn shown(verdict: &Verdict) -> Vec<String> {
    let problems = verdict.problems.iter();
    problems
        .map(|p| format!("{} {}", p.line, p.fault.id()))
        .collect()
}

/// 12 entries, heads after 4, 8 and 12: header, lines 2-5, head 6, 7-10, head 11, 12-15, head 16.
fn twelve() -> (Log, Vec<String>) {
    let log = Log::new(12, 4);
    let lines = log.export();
    assert_eq!(lines.len(), 16);
    (log, lines)
}

#[test]
fn an_untouched_export_is_sound_and_names_its_head() {
    let (log, lines) = twelve();
    let verdict = verdict_with(&lines, &[], None);
    assert!(verdict.is_sound(), "{:?}", verdict.problems);
    assert_eq!((verdict.entries, verdict.heads), (12, 3));
    let head = verdict.head.unwrap();
    assert_eq!(head.root, root(&log.hashes, 12).unwrap());
    assert_eq!(head.size, 12);
}

#[test]
fn an_export_is_verified_while_it_is_made_and_in_pieces_of_any_size() {
    let (log, lines) = twelve();
    let key = key().public();
    let expected = Expected {
        key: &key,
        known: &[],
        leaf: None,
    };
    let rows = log.rows.iter().map(|r| Ok(r.clone()));
    let run = export::write(Verification::new(&expected), &key, &log.heads, rows).unwrap();
    assert!(run.finish().is_sound());

    let text = lines.join("\n");
    for size in [1, 7, 4096] {
        let mut run = Verification::new(&expected);
        for piece in text.as_bytes().chunks(size) {
            run.write_all(piece).unwrap();
        }
        assert!(run.finish().is_sound());
    }
}

#[test]
fn an_empty_log_has_a_sound_export() {
    let mut log = Log::new(0, 1);
    log.sign();
    assert!(faults(&log.export()).is_empty());
}

#[test]
fn a_tail_cut_off_shows_whether_or_not_the_head_is_kept() {
    let (_, lines) = twelve();
    let without_last_two: Vec<_> = [&lines[..13], &lines[15..]].concat();
    assert_eq!(
        faults(&without_last_two),
        ["14 checkpoint-out-of-place", "15 count", "15 uncovered"]
    );
    assert_eq!(faults(&lines[..13]), ["14 count", "14 uncovered"]);
    assert_eq!(faults(&lines[..11]), ["12 count"]);
    assert_eq!(faults(&lines[..1]), ["2 count", "2 uncovered"]);
}

#[test]
fn an_old_export_passed_off_as_the_present_one_shows_against_a_known_head() {
    let (log, _) = twelve();
    let mut old = Log::new(8, 4);
    let known = [log.heads[2].checkpoint().clone()];
    assert!(faults(&old.export()).is_empty());
    let verdict = verdict_with(&old.export(), &known, None);
    assert_eq!(shown(&verdict), ["12 shorter-than-known"]);

    old.append(&Entry::new(
        8,
        Timestamp(0),
        ActorRef::System,
        Action::DESK_DIMULAI,
        ObjectRef::Desk,
    ));
    for seq in 9..12 {
        old.append(&entry(seq));
    }
    old.sign();
    assert!(faults(&old.export()).is_empty());
    let verdict = verdict_with(&old.export(), &known, None);
    assert_eq!(shown(&verdict), ["15 differs-from-known"]);
}

#[test]
fn a_rewritten_entry_shows_between_the_heads_around_it() {
    let (log, mut lines) = twelve();
    lines[7] = lines[7].replace("1795341605000", "1795341605001");
    let verdict = verdict_with(&lines, &[], None);
    assert_eq!(shown(&verdict), ["11 root-differs"]);
    assert!(matches!(
        verdict.problems[0].fault,
        Fault::RootDiffers { agreed: 4, size: 8 }
    ));

    let stored = |seq: u64| {
        let position = usize::try_from(crate::audit::tree::leaf_position(seq)).ok()?;
        log.hashes.0.get(position).copied()
    };
    let verdict = verdict_with(&lines, &[], Some(&stored));
    assert_eq!(shown(&verdict), ["8 leaf-differs", "11 root-differs"]);
    assert_eq!(verdict.problems[0].seq, Some(5));
}

#[test]
fn swapped_inserted_dropped_and_repeated_entries_show_at_their_lines() {
    let (_, lines) = twelve();
    let mut swapped = lines.clone();
    swapped.swap(7, 8);
    assert_eq!(faults(&swapped)[0], "8 out-of-order");

    let mut renumbered = lines.clone();
    let (a, b) = (lines[7].clone(), lines[8].clone());
    renumbered[7] = b.replace("\"seq\":6", "\"seq\":5");
    renumbered[8] = a.replace("\"seq\":5", "\"seq\":6");
    assert_eq!(faults(&renumbered), ["11 root-differs"]);

    let mut inserted = lines.clone();
    inserted.insert(7, String::from_utf8(entry(5).to_bytes()).unwrap());
    assert_eq!(
        faults(&inserted)[..2],
        ["9 out-of-order", "12 checkpoint-out-of-place"]
    );

    let mut dropped = lines.clone();
    dropped.remove(3);
    assert_eq!(
        faults(&dropped)[..2],
        ["4 out-of-order", "5 checkpoint-out-of-place"]
    );

    let mut repeated = lines.clone();
    repeated.insert(4, lines[3].clone());
    assert_eq!(faults(&repeated)[0], "5 out-of-order");
}

#[test]
fn a_replaced_signature_head_or_key_is_not_believed() {
    let (log, lines) = twelve();
    let forger = LogKey::from_seed(&log.origin, &[8; 32]).unwrap();
    let forged = forger
        .sign_head(&log.origin, 12, &log.hashes, None)
        .unwrap();
    let line = |note: &str| serde_json::json!({ "checkpoint": note }).to_string();

    let mut other_key = lines.clone();
    other_key[15] = line(forged.note());
    other_key[0] = lines[0].replace(&key().public().to_string(), &forger.public().to_string());
    assert_eq!(
        faults(&other_key),
        ["1 other-key", "16 checkpoint", "17 uncovered"]
    );

    let true_signature = log.heads[2].note().rsplit_once(' ').unwrap().1.trim();
    let false_signature = log.heads[1].note().rsplit_once(' ').unwrap().1.trim();
    let mut replaced = lines.clone();
    replaced[15] = lines[15].replace(true_signature, false_signature);
    let verdict = verdict_with(&replaced, &[], None);
    assert_eq!(shown(&verdict), ["16 checkpoint", "17 uncovered"]);
    assert!(matches!(
        verdict.problems[0].fault,
        Fault::Checkpoint(CheckpointError::BadSignature { .. })
    ));

    let mut garbled = lines.clone();
    garbled[15] = "{\"checkpoint\":7}".to_owned();
    assert_eq!(faults(&garbled), ["16 checkpoint", "17 uncovered"]);
}

#[test]
fn what_is_no_export_is_said_so() {
    let (_, lines) = twelve();
    assert_eq!(faults(&lines[1..])[0], "1 not-an-export");
    let nothing = verify_export(
        &b""[..],
        &Expected {
            key: &key().public(),
            known: &[],
            leaf: None,
        },
    );
    assert_eq!(shown(&nothing.unwrap())[0], "1 not-an-export");

    let mut strange = lines.clone();
    strange[0] = lines[0].replace("\"ams_log\":1", "\"ams_log\":9");
    assert_eq!(faults(&strange), ["1 version"]);
    strange = lines.clone();
    strange.insert(3, "# catatan \u{1b}[2J".to_owned());
    assert_eq!(faults(&strange), ["4 unknown-line"]);
    strange[3] = format!("{{\"v\":1,{}", " ".repeat(20_000));
    assert_eq!(faults(&strange), ["4 line-too-long"]);
    strange = lines.clone();
    strange[3] = lines[3].replace("\"v\":1,", "\"v\":1, ");
    assert_eq!(faults(&strange), ["4 entry", "6 root-differs"]);
}

#[test]
fn a_thousand_faults_are_counted_and_fifty_are_listed() {
    let log = Log::new(1000, 1000);
    let lines: Vec<String> = log
        .export()
        .iter()
        .map(|l| l.replace("\"v\":1,", "\"v\":1, "))
        .collect();
    let verdict = verdict_with(&lines, &[], None);
    assert_eq!(verdict.problems.len(), LISTED);
    assert_eq!(verdict.unlisted, 1000 + 1 - LISTED as u64);
}

/// A restore to 6 of 12 entries: the origin is closed, the next begins with an entry that names the lost head.
#[test]
fn a_restored_log_verifies_under_its_next_origin_and_shows_what_was_lost() {
    let (full, _) = twelve();
    let lost = full.heads[2].checkpoint().clone();
    let mut log = Log::new(6, 2);
    log.origin = log.origin.next();
    let restored = |generation: u32| Entry {
        related: Some(ObjectRef::Backup(Hash([9; 32]))),
        count: Some(lost.size),
        digest: Some(lost.root),
        ..Entry::new(
            6,
            Timestamp(9),
            ActorRef::System,
            Action::LOG_ASAL_BARU,
            ObjectRef::Log(generation),
        )
    };
    log.append(&restored(2));
    log.sign();
    let lines = log.export();
    let verdict = verdict_with(&lines, &[], None);
    assert!(verdict.is_sound(), "{:?}", verdict.problems);
    assert_eq!(verdict.clock_set_back, 1);
    assert_eq!(verdict.head.unwrap().origin, log.origin);

    let kept = full.heads[0].checkpoint().clone();
    let declared = [kept, lost.clone()];
    assert!(verdict_with(&lines, &declared, None).is_sound());
    let undeclared = [full.heads[1].checkpoint().clone()];
    let verdict = verdict_with(&lines, &undeclared, None);
    assert_eq!(verdict.problems.len(), 1);
    assert!(matches!(
        verdict.problems[0].fault,
        Fault::LostInRestore {
            known: 8,
            restored: 6
        }
    ));

    let mut silent = Log::new(6, 2);
    silent.origin = silent.origin.next();
    silent.append(&entry(6));
    silent.sign();
    assert_eq!(
        faults(&silent.export())[0],
        format!("{} origin-out-of-place", silent.export().len())
    );
    let mut skipping = Log::new(6, 2);
    skipping.append(&restored(3));
    skipping.sign();
    assert_eq!(faults(&skipping.export()), ["11 origin-out-of-place"]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    /// Any single changed octet of an export is found, wherever it lies.
    #[test]
    fn no_octet_of_an_export_can_be_changed_unseen(at: usize, octet: u8) {
        let mut bytes = (Log::new(9, 3).export().join("\n") + "\n").into_bytes();
        let at = at % bytes.len();
        // A last line without its newline is the same export.
        proptest::prop_assume!(bytes[at] != octet && at + 1 < bytes.len());
        bytes[at] = octet;
        let key = key().public();
        let expected = Expected { key: &key, known: &[], leaf: None };
        proptest::prop_assert!(!verify_export(&bytes[..], &expected).unwrap().is_sound());
    }
}
