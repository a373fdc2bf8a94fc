//! Commands as people give them: mostly well-formed, at times not.

use std::collections::BTreeSet;

use ams::domain::instant::{DAY, MINUTE};
use ams::domain::reason::{ReasonCode, ReasonId};
use ams::domain::request::{
    Closing, FieldChange, Item, LetterKind, LetterVersion, Misuse, RequesterKind,
};
use ams::domain::workflow::Act;
use ams::domain::{
    AccountId, Command, CrlNumber, Day, LetterId, RequestId, RequestNumber, Timestamp,
};

use super::chance::Chance;
use super::people::{self, EVERYBODY, OFFICERS};
use super::world::World;

/// The hash of the certificate's DER.
pub const DER: [u8; 32] = [5; 32];
pub const LAST_FOUR: &str = "3d4e";

const REASONS: [&[&str]; 14] = [
    &["lupa-passphrase"],
    &["kehilangan"],
    &["kehilangan", "lupa-passphrase"],
    &["kompromi-kunci"],
    &["kompromi-kunci", "mutasi"],
    &["mutasi"],
    &["berhenti", "digantikan"],
    &["lainnya"],
    &["penangguhan"],
    &["penangguhan"],
    &["penangguhan", "mutasi"],
    &["penyalahgunaan"],
    &["tidak-dikenal"],
    &[],
];

/// A command for this act.
pub fn make(world: &mut World, act: Act) -> Command {
    let now = world.now;
    let not_after = world.case.certificate.not_after;
    let not_before = world.case.certificate.not_before;
    world.next_id = world.next_id.wrapping_add(1);
    let next_id = world.next_id;
    let chance = &mut world.chance;
    let good = !chance.permille(120);
    match act {
        Act::Draft => Command::Draft {
            id: RequestId([next_id; 16]),
            requester: if good && chance.permille(700) {
                RequesterKind::Subscriber
            } else {
                *chance.pick(&RequesterKind::ALL)
            },
            companion: somebody(chance, 250),
        },
        Act::Edit => Command::Edit(field(chance, now, not_before)),
        Act::AttachLetter | Act::FollowLetter => Command::AttachLetter(LetterVersion {
            id: LetterId([next_id; 16]),
            version: 99,
            kind: LetterKind::Pdf,
            bytes: if good { 1000 } else { *chance.pick(&[0, 1001]) },
            pages: 1,
            digest: [next_id; 32],
            attached_at: Timestamp(0),
            attached_by: people::id(12),
        }),
        Act::Submit | Act::SubmitUrgent | Act::Resubmit => Command::Submit {
            number: RequestNumber {
                year: 2026,
                sequence: u32::from(next_id),
            },
            signature_verified: if good {
                Some(true)
            } else {
                *chance.pick(&[Some(false), None])
            },
        },
        Act::ConsentToWithdraw => Command::ConsentToWithdraw,
        Act::Withdraw => Command::Withdraw,
        Act::Claim => Command::Claim,
        Act::Release => Command::Release,
        Act::Touch => Command::Touch,
        Act::Return => Command::Return {
            items: if good {
                BTreeSet::from([Item::Letter])
            } else {
                BTreeSet::new()
            },
            note: note(chance),
        },
        Act::ReturnMismatch => Command::Return {
            items: BTreeSet::from([Item::Dn]),
            note: note(chance),
        },
        Act::Recall => Command::Recall { mail_waiting: good },
        Act::Reject => Command::Reject { note: note(chance) },
        Act::Verify => Command::Verify {
            checked: Item::ALL
                .into_iter()
                .filter(|_| good || chance.permille(700))
                .collect(),
            accept_missing_letter: chance.permille(700),
        },
        Act::ChangeReason => Command::ChangeReason {
            code: *chance.pick(&ReasonCode::ALL),
            note: note(chance),
            invalidity_date: date(chance, now, not_before),
        },
        Act::Match => Command::Match {
            der_sha256: if chance.permille(130) { [6; 32] } else { DER },
            signature_verified: if good {
                Some(true)
            } else {
                *chance.pick(&[Some(false), None])
            },
            names_agree: !chance.permille(150),
        },
        Act::Approve => Command::Approve {
            password_confirmed: good,
        },
        Act::Revoke => Command::Revoke {
            last_four: last_four(chance),
            password_confirmed: good,
            effective: None,
        },
        Act::Schedule => Command::Revoke {
            last_four: last_four(chance),
            password_confirmed: good,
            effective: Some(match chance.below(6) {
                0 => now.plus(-MINUTE),
                1 => now,
                2 => not_after.plus(MINUTE),
                _ => now.plus(chance.between(MINUTE, 3 * DAY)),
            }),
        },
        Act::RevokeScheduled => Command::RevokeScheduled,
        Act::Publish => Command::Published {
            number: CrlNumber::from(chance.below(1000) as u64),
        },
        Act::Notify => Command::MailAccepted,
        Act::RecordNotice => Command::RecordNotice {
            channel: if good {
                "telepon".to_owned()
            } else {
                text(chance)
            },
        },
        Act::Acknowledge => Command::Acknowledge,
        Act::CloseRevoked => Command::Close(Closing::AlreadyRevoked(None)),
        Act::CloseExpired => Command::Close(Closing::Expired),
        Act::Hold => Command::Hold {
            last_four: last_four(chance),
            password_confirmed: good,
            approved_by: if chance.permille(600) {
                Some(people::id(*chance.pick(&OFFICERS)))
            } else {
                somebody(chance, 500)
            },
        },
        Act::ReleaseHold => Command::ReleaseHold {
            last_four: last_four(chance),
            password_confirmed: good,
            approved_by: if chance.permille(600) {
                Some(people::id(*chance.pick(&OFFICERS)))
            } else {
                somebody(chance, 500)
            },
        },
    }
}

fn somebody(chance: &mut Chance, permille: usize) -> Option<AccountId> {
    let who = people::id(*chance.pick(&EVERYBODY));
    chance.permille(permille).then_some(who)
}

fn last_four(chance: &mut Chance) -> String {
    let text = match chance.below(12) {
        0 => "0000",
        1 => "3D4E",
        _ => LAST_FOUR,
    };
    text.to_owned()
}

fn note(chance: &mut Chance) -> String {
    match chance.below(20) {
        0 => text(chance),
        1 => " ".to_owned(),
        _ => "lihat surat\nbaris kedua".to_owned(),
    }
}

/// A text that should be refused where it is written.
fn text(chance: &mut Chance) -> String {
    match chance.below(4) {
        0 => "\u{1b}]0;judul\u{7}".to_owned(),
        1 => "x".repeat(2001),
        2 => "\u{202e}terbalik".to_owned(),
        _ => String::new(),
    }
}

fn date(chance: &mut Chance, now: Timestamp, not_before: Timestamp) -> Option<Timestamp> {
    match chance.below(12) {
        0 => Some(not_before.plus(-DAY)),
        1 => Some(now.plus(DAY)),
        2..5 => Some(now.plus(-20 * DAY)),
        5 => Some(now.plus(-MINUTE)),
        _ => None,
    }
}

fn field(chance: &mut Chance, now: Timestamp, not_before: Timestamp) -> FieldChange {
    let bad = chance.permille(60);
    let line = |chance: &mut Chance, good: &str| {
        if bad { text(chance) } else { good.to_owned() }
    };
    match chance.below(30) {
        0..10 => {
            let ids = chance.pick(&REASONS);
            FieldChange::Reasons(ids.iter().map(|id| ReasonId((*id).to_owned())).collect())
        }
        10..13 => FieldChange::Misuse(*chance.pick(&[
            Misuse::Possible,
            Misuse::RuledOut,
            Misuse::Possible,
            Misuse::Unanswered,
        ])),
        13 => FieldChange::InvalidityDate(date(chance, now, not_before)),
        14..17 => FieldChange::LetterNumber(line(chance, "800/1/UJI")),
        17..20 => FieldChange::LetterDate((!bad).then_some(Day {
            year: 2026,
            month: 11,
            day: 20,
        })),
        20..22 => FieldChange::SuperiorName(line(chance, "Atasan UJI")),
        22..25 => FieldChange::SuperiorNip(if chance.permille(300) {
            "1234".to_owned()
        } else {
            line(chance, "196903151994031005")
        }),
        25..28 => FieldChange::SuperiorApproved(!bad),
        28 => FieldChange::LetterFollows(!bad),
        _ => FieldChange::Companion(somebody(chance, 700)),
    }
}

/// The form filled in at a sitting, as most people do.
pub fn form(chance: &mut Chance) -> Vec<Command> {
    let ids = *chance.pick(&REASONS[..10]);
    let reasons = ids.iter().map(|id| ReasonId((*id).to_owned())).collect();
    let misuse = *chance.pick(&[Misuse::Possible, Misuse::RuledOut]);
    let mut commands: Vec<Command> = [
        FieldChange::Reasons(reasons),
        FieldChange::Misuse(misuse),
        FieldChange::LetterNumber("800/2/UJI".to_owned()),
        FieldChange::LetterDate(Some(Day {
            year: 2026,
            month: 11,
            day: 20,
        })),
        FieldChange::SuperiorName("Atasan UJI".to_owned()),
        FieldChange::SuperiorNip("196903151994031005".to_owned()),
        FieldChange::SuperiorApproved(true),
    ]
    .into_iter()
    .map(Command::Edit)
    .collect();
    if chance.permille(350) {
        // In a hurry: the letter follows.
        commands.truncate(2);
        commands.push(Command::Edit(FieldChange::LetterFollows(true)));
    }
    commands
}
