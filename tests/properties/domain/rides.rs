//! Smooth rides: the commands that bring a request a random way along, given without a hitch. They too go through
//! decide and the oracle; what comes after them is chance again.

use ams::domain::account::Actor;
use ams::domain::reason::{ReasonCode, ReasonId};
use ams::domain::request::{FieldChange, Item, Misuse, RequesterKind};
use ams::domain::workflow::Act;
use ams::domain::{Command, CrlNumber, FourEyes, RequestNumber};

use super::commands::{self, DER, LAST_FOUR};
use super::people;
use super::world::World;

/// Queues a ride to somewhere between the draft and the notification.
pub fn queue(world: &mut World) {
    let owner = world.case.owner().map_or(1, people::number);
    let filer = *world.chance.pick(&[owner, owner, owner, 4, 11, 6]);
    let officer = *world.chance.pick(&[5, 5, 13, 6]);
    let second = *world.chance.pick(&[11, 6, 13]);
    let requester = if filer == owner || world.chance.permille(500) {
        RequesterKind::Subscriber
    } else {
        RequesterKind::Agency
    };
    let mut form = commands::form(&mut world.chance);
    let hurried = form.len() < 5;
    let deferred = world.chance.permille(450);
    if deferred {
        // A loss without misuse may wait: what is urgent and yet deferred.
        form[1] = Command::Edit(FieldChange::Misuse(Misuse::RuledOut));
        if hurried {
            let loss = vec![ReasonId("kehilangan".to_owned())];
            form[0] = Command::Edit(FieldChange::Reasons(loss));
        }
    }
    let companion = world.chance.permille(200).then(|| people::id(11));

    let filing = people::actor(filer);
    let checking = people::actor(officer);
    let mut ride: Vec<(Actor, Command)> = Vec::new();
    let draft = match commands::make(world, Act::Draft) {
        Command::Draft { id, .. } => Command::Draft {
            id,
            requester,
            companion,
        },
        other => other,
    };
    ride.push((filing.clone(), draft));
    ride.extend(form.into_iter().map(|c| (filing.clone(), c)));
    if !hurried {
        ride.push((filing.clone(), letter(world)));
    }
    ride.push((filing.clone(), submit()));
    let submitted = ride.len();

    ride.push((checking.clone(), Command::Claim));
    ride.push((checking.clone(), verify(hurried)));
    ride.push((checking.clone(), match_it()));
    if world.policy.four_eyes != FourEyes::Off && world.chance.permille(700) {
        let approve = Command::Approve {
            password_confirmed: true,
        };
        ride.push((people::actor(second), approve));
        if world.chance.permille(300) {
            let change = Command::ChangeReason {
                code: ReasonCode::PrivilegeWithdrawn,
                note: "data palsu".to_owned(),
                invalidity_date: None,
            };
            ride.push((checking.clone(), change));
        }
    }
    if deferred {
        let later = world.now.plus(world.chance.between(3_600_000, 80_000_000));
        ride.push((checking, revoke(Some(later))));
    } else {
        ride.push((checking, revoke(None)));
        let number = CrlNumber::from(9);
        ride.push((Actor::System, Command::Published { number }));
        ride.push((Actor::System, Command::MailAccepted));
    }
    let further = ride.len() - submitted + 1;
    let length = submitted + world.chance.below(further).max(world.chance.below(further));
    ride.truncate(length);
    world.queue.extend(ride);
}

fn letter(world: &mut World) -> Command {
    match commands::make(world, Act::AttachLetter) {
        Command::AttachLetter(mut letter) => {
            letter.bytes = 500;
            Command::AttachLetter(letter)
        }
        other => other,
    }
}

fn submit() -> Command {
    Command::Submit {
        number: RequestNumber {
            year: 2026,
            sequence: 5,
        },
        signature_verified: Some(true),
    }
}

fn verify(accept_missing_letter: bool) -> Command {
    Command::Verify {
        checked: Item::ALL.into_iter().collect(),
        accept_missing_letter,
    }
}

fn match_it() -> Command {
    Command::Match {
        der_sha256: DER,
        signature_verified: Some(true),
        names_agree: true,
    }
}

fn revoke(effective: Option<ams::domain::Timestamp>) -> Command {
    Command::Revoke {
        last_four: LAST_FOUR.to_owned(),
        password_confirmed: true,
        effective,
    }
}
