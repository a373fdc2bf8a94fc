//! One case and what chance does to it: time passes, certificates are revoked elsewhere, officers and applicants try
//! what fits and what does not. Biased towards what fits, or nothing would ever be decided.

use std::collections::VecDeque;

use ams::domain::account::Actor;
use ams::domain::certificate::{Certificate, CertificateKey, Revocation, Standing};
use ams::domain::decide::{act_of, decide, may, permit};
use ams::domain::distinguished_name::DistinguishedName;
use ams::domain::instant::{DAY, HOUR, MINUTE, SECOND};
use ams::domain::reason::ReasonCode;
use ams::domain::request::State;
use ams::domain::workflow::{Act, Row, Who, rows};
use ams::domain::{
    Case, Command, CrlNumber, FourEyes, IssuerId, Policy, RequestId, Serial, Timestamp, apply,
};

use super::chance::Chance;
use super::commands;
use super::oracle::Oracle;
use super::people::{self, AGENCY, EVERYBODY, FIELD, OFFICERS, OTHER_AGENCY, OWNERS};
use super::rides;
use super::tally::Tally;

pub struct World {
    pub chance: Chance,
    pub case: Case,
    pub policy: Policy,
    pub now: Timestamp,
    pub next_id: u8,
    /// Commands that somebody is about to give one after the other.
    pub queue: VecDeque<(Actor, Command)>,
}

/// Plays one case for so many steps.
pub fn play(seed: u64, steps: usize, tally: &mut Tally) {
    let mut world = World::new(seed);
    if world.chance.permille(880) {
        rides::queue(&mut world);
    }
    let mut oracle = Oracle::default();
    let mut trail = Vec::new();
    for _ in 0..steps {
        if world.is_spent() {
            break;
        }
        world.pass_time();
        world.disturb(&mut oracle);
        let (actor, command) = world.next();
        world.look(&actor);
        let state = world.case.state();
        let answer = world.step(&actor, &command, &mut oracle, tally);
        trail.push((world.now, actor, state, command));
        if let Err(broken) = answer {
            panic!("seed {seed}: {broken}\n{}", world.story(&trail));
        }
    }
}

/// What was tried: when, by whom, in which state.
type Trail = [(Timestamp, Actor, Option<State>, Command)];

impl World {
    fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let now = Timestamp(1_790_000_000_000 + chance.between(0, 300 * DAY));
        let mut policy = people::policy();
        policy.four_eyes = *chance.pick(&[FourEyes::Off, FourEyes::Normal, FourEyes::Always]);
        policy.companion_may_decide = chance.permille(150);
        policy.allow_hold = chance.permille(600);
        policy.keep_expired = chance.permille(500);
        let agency = if chance.permille(850) {
            AGENCY
        } else {
            OTHER_AGENCY
        };
        let owner = *chance.pick(&OWNERS);
        let certificate = Certificate {
            key: CertificateKey {
                issuer: IssuerId([1; 16]),
                serial: Serial::parse("0a1b2c3d4e").expect("a serial"),
            },
            subject: DistinguishedName::default(),
            issuer_name: DistinguishedName::default(),
            owner: (!chance.permille(20)).then(|| people::id(owner)),
            not_before: now.plus(-400 * DAY),
            not_after: now.plus(if chance.permille(100) {
                chance.between(HOUR, 3 * DAY)
            } else {
                chance.between(20 * DAY, 400 * DAY)
            }),
            emails: Vec::new(),
            public_key_sha256: [2; 32],
            der_sha256: commands::DER,
            distribution_points: Vec::new(),
            standing: standing(&mut chance, now),
            version: 1,
        };
        Self {
            chance,
            case: Case::of_certificate(certificate, agency.to_owned()),
            policy,
            now,
            next_id: 1,
            queue: VecDeque::new(),
        }
    }

    /// Nothing can come of this certificate any more; most cases end here.
    fn is_spent(&mut self) -> bool {
        let certificate = &self.case.certificate;
        let dead = self.now > certificate.not_after
            || matches!(&certificate.standing, Standing::Revoked(r) if r.reason == ReasonCode::KeyCompromise);
        dead && self.case.request.is_none() && self.chance.permille(400)
    }

    /// The last commands before something broke, for the reader.
    fn story(&self, trail: &Trail) -> String {
        let policy = &self.policy;
        let mut story = format!(
            "policy: four eyes {:?}, companion {}, hold {}",
            policy.four_eyes, policy.companion_may_decide, policy.allow_hold
        );
        for (at, actor, state, command) in &trail[trail.len().saturating_sub(14)..] {
            let who = actor.account().map(people::number);
            story += &format!("\n{at} {who:?} {state:?}: {command:?}");
        }
        story
    }

    /// Mostly seconds; at times a lease, a break-glass time, a wait or an expiry.
    fn pass_time(&mut self) {
        if !self.queue.is_empty() {
            self.now = self.now.plus(self.chance.between(SECOND, 10 * SECOND));
            return;
        }
        let waits = match self.case.state() {
            Some(State::Terjadwal) => 3 * DAY,
            Some(State::Diberitahukan) => 14 * DAY,
            _ => 0,
        };
        let expires = match self.case.state() {
            Some(State::Terjadwal) => 25,
            Some(State::Diajukan) => 10,
            _ => 0,
        };
        if self.chance.permille(expires) {
            self.now = self.now.max(self.case.certificate.not_after.plus(HOUR));
            return;
        }
        if waits > 0 && self.chance.permille(100) {
            self.now = self.now.plus(waits);
            return;
        }
        let millis = match self.chance.below(1000) {
            0..780 => self.chance.between(0, 20 * SECOND),
            780..880 => self.chance.between(MINUTE, 10 * MINUTE),
            880..950 => self.chance.between(16 * MINUTE, 40 * MINUTE),
            950..980 => self.chance.between(HOUR, 2 * DAY),
            980..994 => self.chance.between(3 * DAY, 20 * DAY),
            994..996 => self.chance.between(30 * DAY, 100 * DAY),
            _ => self.chance.between(200 * DAY, 500 * DAY),
        };
        self.now = self.now.plus(millis);
    }

    /// What happens without a command: policy changes, the CRL of another desk, a second request.
    fn disturb(&mut self, oracle: &mut Oracle) {
        self.case.open_request = None;
        if !self.queue.is_empty() {
            return;
        }
        if self.chance.permille(10) {
            self.policy.allow_hold = !self.policy.allow_hold;
        }
        let open = self.chance.permille(25);
        self.case.open_request = open.then_some((RequestId([0xEE; 16]), None));
        let scheduled = self.case.state() == Some(State::Terjadwal);
        if self.chance.permille(if scheduled { 60 } else { 10 })
            && self.case.certificate.standing == Standing::Active
        {
            let reason = *self
                .chance
                .pick(&[ReasonCode::Superseded, ReasonCode::KeyCompromise]);
            self.case.certificate.standing = Standing::Revoked(Revocation {
                date: self.now.whole_second(),
                reason,
                invalidity_date: None,
                on_crl: None,
            });
            self.case.certificate.version += 1;
        }
        if let Standing::Held(r) = &mut self.case.certificate.standing
            && self.chance.permille(300)
        {
            r.on_crl = r.on_crl.or(Some(CrlNumber::from(1)));
        }
        let over = self.case.state().is_none_or(State::is_final);
        let waits_for_letter = self.case.request.as_ref().is_some_and(|r| r.letter_follows);
        let leaves = if waits_for_letter { 80 } else { 350 };
        if over && self.case.request.is_some() && self.chance.permille(leaves) {
            self.case.request = None;
            oracle.forget();
        }
    }

    /// The version that the actor saw: none, the right one, now and then an older one.
    fn look(&mut self, actor: &Actor) {
        let version = self
            .case
            .request
            .as_ref()
            .map_or(self.case.certificate.version, |r| r.version);
        self.case.seen_version = match self.chance.below(20) {
            _ if *actor == Actor::System => None,
            0..11 => None,
            11 => Some(version.saturating_sub(1)),
            _ => Some(version),
        };
    }

    /// Who tries what next.
    fn next(&mut self) -> (Actor, Command) {
        if let Some(planned) = self.queue.pop_front() {
            return planned;
        }
        if self.overtaken() && self.chance.permille(300) {
            let act = *self.chance.pick(&[Act::CloseExpired, Act::CloseRevoked]);
            return (Actor::System, commands::make(self, act));
        }
        let held = matches!(self.case.certificate.standing, Standing::Held(_));
        let fitting: Vec<&'static Row> = rows()
            .iter()
            .filter(|row| row.from.holds(self.case.state()))
            .filter(|row| row.act != Act::ReleaseHold || held)
            .flat_map(|row| std::iter::repeat_n(row, weight(row.act)))
            .collect();
        if fitting.is_empty() || self.chance.permille(120) {
            let act = *self.chance.pick(&Act::ALL);
            let actor = self.anybody();
            return (actor, commands::make(self, act));
        }
        let row = *self.chance.pick(&fitting);
        let actor = if self.chance.permille(880) {
            let who = *self.chance.pick(row.who);
            self.somebody(who)
        } else {
            self.anybody()
        };
        let command = commands::make(self, row.act);
        if row.act == Act::Draft && self.chance.permille(800) {
            let form = commands::form(&mut self.chance);
            self.queue
                .extend(form.into_iter().map(|c| (actor.clone(), c)));
        }
        (actor, command)
    }

    /// The certificate of an open request was revoked or has expired.
    fn overtaken(&self) -> bool {
        let over = matches!(self.case.certificate.standing, Standing::Revoked(_))
            || self.now > self.case.certificate.not_after;
        over && self.case.state().is_some_and(State::is_open)
    }

    fn anybody(&mut self) -> Actor {
        if self.chance.permille(60) {
            return Actor::System;
        }
        people::actor(*self.chance.pick(&EVERYBODY))
    }

    /// Somebody who may well be `who`.
    fn somebody(&mut self, who: Who) -> Actor {
        let owner = self.case.owner().map_or(1, people::number);
        let request = self.case.request.as_ref();
        let number = match who {
            Who::System => return Actor::System,
            Who::Applicant | Who::Owner => owner,
            Who::OnBehalf => *self.chance.pick(&FIELD),
            Who::Filer => request.map_or(owner, |r| people::number(r.filer)),
            Who::Companion => request
                .and_then(|r| r.companion)
                .map_or(owner, people::number),
            Who::Officer => match request.and_then(|r| r.claim.as_ref()) {
                Some(claim) if self.chance.permille(850) => people::number(claim.officer),
                _ => self.officer_like_the_last(),
            },
            Who::Recorder | Who::SecondOfficer => *self.chance.pick(&OFFICERS),
            Who::Admin => *self.chance.pick(&people::ADMINS),
        };
        let mut person = people::person(number);
        if number == owner && self.chance.permille(60) {
            person.accompanied_by = Some(people::id(*self.chance.pick(&[4, 11, 5])));
        }
        Actor::Person(person)
    }

    /// Who returned or rejected tries to take it back; else any officer.
    fn officer_like_the_last(&mut self) -> u8 {
        let last = self.case.request.as_ref().and_then(|r| match r.state {
            State::Ditolak => r.rejection.as_ref().map(|x| x.by),
            State::Dikembalikan => r.returns.last().map(|x| x.by),
            _ => None,
        });
        match last {
            Some(by) if self.chance.permille(700) => people::number(by),
            _ => *self.chance.pick(&OFFICERS),
        }
    }

    /// Asks, lets the oracle judge, and takes the events in.
    fn step(
        &mut self,
        actor: &Actor,
        command: &Command,
        oracle: &mut Oracle,
        tally: &mut Tally,
    ) -> Result<(), String> {
        let before = self.case.clone();
        let answer = decide(&before, command, actor, &self.policy, self.now);
        let events = match answer {
            Ok(events) => events,
            Err(refusal) => {
                tally.refused(&refusal);
                return Ok(());
            }
        };
        for event in &events {
            let from = self.case.state();
            apply(&mut self.case, event, actor, self.now);
            oracle.transition(from, self.case.state(), event)?;
        }
        oracle.accepted(
            &before,
            command,
            actor,
            &self.policy,
            self.now,
            &events,
            &self.case,
        )?;
        if events.is_empty() {
            return Ok(());
        }

        let way = permit(&before, command, actor, &self.policy, self.now)
            .map_err(|refusal| format!("decided, but not permitted: {refusal}"))?;
        let act = act_of(&before, command);
        may(&before, act, actor, &self.policy, self.now)
            .map_err(|refusal| format!("decided, but shown as refused: {refusal}"))?;
        let logged: Vec<_> = events.iter().map(|e| e.log_action()).collect();
        if !logged.contains(&way.row.log) {
            return Err(format!("the row logs {:?}, not {logged:?}", way.row.log));
        }
        tally.accepted(way.row, before.state());
        Ok(())
    }
}

fn standing(chance: &mut Chance, now: Timestamp) -> Standing {
    let date = now.plus(-10 * DAY).whole_second();
    let revocation = |reason, on_crl: bool| Revocation {
        date,
        reason,
        invalidity_date: None,
        on_crl: on_crl.then(|| CrlNumber::from(1)),
    };
    match chance.below(100) {
        0..78 => Standing::Active,
        78..90 => Standing::Held(revocation(
            ReasonCode::CertificateHold,
            chance.permille(600),
        )),
        90..97 => Standing::Revoked(revocation(ReasonCode::Superseded, true)),
        _ => Standing::Revoked(revocation(ReasonCode::KeyCompromise, true)),
    }
}

/// How much likelier than others an act is tried: those that lead on.
fn weight(act: Act) -> usize {
    match act {
        Act::Submit | Act::SubmitUrgent | Act::Resubmit => 6,
        Act::Claim | Act::Verify | Act::Match | Act::Revoke => 6,
        Act::FollowLetter => 5,
        Act::Edit | Act::ConsentToWithdraw => 3,
        Act::Schedule | Act::Approve | Act::Publish | Act::Notify | Act::AttachLetter => 4,
        Act::ChangeReason | Act::Recall | Act::RevokeScheduled | Act::Acknowledge => 4,
        Act::Return | Act::ReturnMismatch | Act::Reject | Act::RecordNotice => 2,
        _ => 1,
    }
}
