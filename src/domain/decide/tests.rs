//! One test a rule of DOMAIN. The scene below plays a case forward through `decide` and `apply` alone.

mod closing;
mod decision;
mod filing;
mod review;

use std::collections::BTreeSet;

use crate::domain::account::{Actor, Person, Role, Scope};
use crate::domain::apply::apply;
use crate::domain::case::Case;
use crate::domain::certificate::{Certificate, CertificateKey, Revocation, Standing};
use crate::domain::command::Command;
use crate::domain::decide::decide;
use crate::domain::distinguished_name::DistinguishedName;
use crate::domain::event::Event;
use crate::domain::identifiers::{
    AccountId, CrlNumber, IssuerId, LetterId, RequestId, RequestNumber, Serial,
};
use crate::domain::instant::{DAY, Day, HOUR, MINUTE, Timestamp};
use crate::domain::policy::Policy;
use crate::domain::reason::{ReasonCode, ReasonId};
use crate::domain::refusal::Refusal;
use crate::domain::request::{
    FieldChange, Item, LetterKind, LetterVersion, Misuse, Request, RequesterKind, State,
};

const AGENCY: &str = "Dinas UJI";
const LAST_FOUR: &str = "c3d4";
const NUMBER: RequestNumber = RequestNumber {
    year: 2026,
    sequence: 1,
};

fn start() -> Timestamp {
    Timestamp::parse_rfc3339("2026-11-20T02:00:00Z").unwrap()
}

fn id(n: u8) -> AccountId {
    AccountId([n; 16])
}

fn person(n: u8, roles: &[Role]) -> Person {
    Person {
        id: id(n),
        roles: roles.iter().copied().collect(),
        scope: Scope::All,
        peer_uid: None,
        accompanied_by: None,
    }
}

fn applicant() -> Actor {
    Actor::Person(person(1, &[Role::Pemohon]))
}

fn companion() -> Actor {
    Actor::Person(person(2, &[Role::Pendamping, Role::Op]))
}

fn op() -> Actor {
    Actor::Person(person(3, &[Role::Op]))
}

fn op2() -> Actor {
    Actor::Person(person(4, &[Role::Op]))
}

fn auditor() -> Actor {
    Actor::Person(person(5, &[Role::Auditor]))
}

fn admin() -> Actor {
    Actor::Person(person(6, &[Role::Admin]))
}

fn stranger() -> Actor {
    Actor::Person(person(7, &[Role::Pemohon]))
}

fn elsewhere() -> Actor {
    let scope = Scope::Agencies(BTreeSet::from(["Dinas Lain UJI".to_owned()]));
    Actor::Person(Person {
        scope,
        ..person(8, &[Role::Op])
    })
}

fn owner_who_is_op() -> Actor {
    Actor::Person(person(1, &[Role::Pemohon, Role::Op]))
}

fn letter(bytes: u64) -> Command {
    Command::AttachLetter(LetterVersion {
        id: LetterId([9; 16]),
        version: 77,
        kind: LetterKind::Pdf,
        bytes,
        pages: 1,
        digest: [8; 32],
        attached_at: Timestamp(0),
        attached_by: id(99),
    })
}

fn submit() -> Command {
    Command::Submit {
        number: NUMBER,
        signature_verified: Some(true),
    }
}

fn verify() -> Command {
    Command::Verify {
        checked: Item::CHECKLIST.into_iter().collect(),
        accept_missing_letter: false,
    }
}

fn match_it() -> Command {
    Command::Match {
        der_sha256: [5; 32],
        signature_verified: Some(true),
        names_agree: true,
    }
}

fn revoke() -> Command {
    Command::Revoke {
        last_four: LAST_FOUR.to_owned(),
        password_confirmed: true,
        effective: None,
    }
}

fn revoke_at(effective: Timestamp) -> Command {
    Command::Revoke {
        last_four: LAST_FOUR.to_owned(),
        password_confirmed: true,
        effective: Some(effective),
    }
}

fn approve() -> Command {
    Command::Approve {
        password_confirmed: true,
    }
}

fn give_back(items: &[Item]) -> Command {
    Command::Return {
        items: items.iter().copied().collect(),
        note: "surat belum ditandatangani".to_owned(),
    }
}

fn change_reason(code: ReasonCode) -> Command {
    Command::ChangeReason {
        code,
        note: "menurut surat".to_owned(),
        invalidity_date: None,
    }
}

fn reasons(names: &[&str]) -> Command {
    let ids = names.iter().map(|n| ReasonId((*n).to_owned())).collect();
    Command::Edit(FieldChange::Reasons(ids))
}

/// A case with its clock and policy.
struct Scene {
    case: Case,
    policy: Policy,
    now: Timestamp,
}

impl Scene {
    fn new() -> Self {
        let now = start();
        let certificate = Certificate {
            key: CertificateKey {
                issuer: IssuerId([1; 16]),
                serial: Serial::parse("a1b2c3d4").unwrap(),
            },
            subject: DistinguishedName::default(),
            issuer_name: DistinguishedName::default(),
            owner: Some(id(1)),
            not_before: now.plus(-400 * DAY),
            not_after: now.plus(300 * DAY),
            emails: Vec::new(),
            public_key_sha256: [4; 32],
            der_sha256: [5; 32],
            distribution_points: Vec::new(),
            standing: Standing::Active,
            version: 1,
        };
        Self {
            case: Case::of_certificate(certificate, AGENCY.to_owned()),
            policy: Policy::default(),
            now,
        }
    }

    fn request(&self) -> &Request {
        self.case.request.as_ref().unwrap()
    }

    fn state(&self) -> State {
        self.request().state
    }

    fn wait(&mut self, millis: i64) -> &mut Self {
        self.now = self.now.plus(millis);
        self
    }

    fn ask(&self, actor: &Actor, command: &Command) -> Result<Vec<Event>, Refusal> {
        decide(&self.case, command, actor, &self.policy, self.now)
    }

    fn refusal(&self, actor: &Actor, command: &Command) -> Refusal {
        self.ask(actor, command).unwrap_err()
    }

    fn does(&mut self, actor: &Actor, command: &Command) -> Vec<Event> {
        let events = self.ask(actor, command).unwrap();
        for event in &events {
            apply(&mut self.case, event, actor, self.now);
        }
        events
    }

    fn draft_by(&mut self, actor: &Actor, requester: RequesterKind) -> &mut Self {
        self.does(
            actor,
            &Command::Draft {
                id: RequestId([2; 16]),
                requester,
                companion: None,
            },
        );
        self
    }

    fn fill_by(&mut self, actor: &Actor, reason: &str) -> &mut Self {
        self.does(actor, &reasons(&[reason]));
        for change in [
            FieldChange::Misuse(Misuse::Possible),
            FieldChange::LetterNumber("800/017/UJI/2026".to_owned()),
            FieldChange::LetterDate(Day::parse("2026-11-19")),
            FieldChange::SuperiorName("Atasan UJI".to_owned()),
            FieldChange::SuperiorNip("196903151994031005".to_owned()),
            FieldChange::SuperiorApproved(true),
        ] {
            self.does(actor, &Command::Edit(change));
        }
        self
    }

    fn submit_by(&mut self, actor: &Actor, reason: &str) -> &mut Self {
        self.fill_by(actor, reason);
        self.does(actor, &letter(1000));
        self.does(actor, &submit());
        self
    }

    /// A submitted request of the applicant himself.
    fn submitted(reason: &str) -> Self {
        let mut scene = Self::new();
        scene
            .draft_by(&applicant(), RequesterKind::Subscriber)
            .submit_by(&applicant(), reason);
        scene
    }

    /// A submitted urgent request whose letter is to follow.
    fn urgent() -> Self {
        let mut scene = Self::new();
        scene.draft_by(&applicant(), RequesterKind::Subscriber);
        scene.does(&applicant(), &reasons(&["kompromi-kunci"]));
        scene.does(
            &applicant(),
            &Command::Edit(FieldChange::LetterFollows(true)),
        );
        scene.does(&applicant(), &submit());
        scene
    }

    fn claimed(reason: &str) -> Self {
        let mut scene = Self::submitted(reason);
        scene.does(&op(), &Command::Claim);
        scene
    }

    fn matched(reason: &str) -> Self {
        let mut scene = Self::claimed(reason);
        scene.check_by(&op());
        scene
    }

    fn check_by(&mut self, officer: &Actor) -> &mut Self {
        self.does(officer, &verify());
        self.does(officer, &match_it());
        self
    }

    fn revoked(reason: &str) -> Self {
        let mut scene = Self::matched(reason);
        scene.does(&op(), &revoke());
        scene
    }

    fn told(reason: &str) -> Self {
        let mut scene = Self::revoked(reason);
        let number = CrlNumber::from(7);
        scene.does(&Actor::System, &Command::Published { number });
        scene.does(&Actor::System, &Command::MailAccepted);
        scene
    }

    /// A certificate with this standing and no request.
    fn standing(reason: ReasonCode, held: bool) -> Self {
        let mut scene = Self::new();
        let revocation = Revocation {
            date: scene.now.plus(-10 * DAY),
            reason,
            invalidity_date: None,
            on_crl: Some(CrlNumber::from(3)),
        };
        scene.case.certificate.standing = if held {
            Standing::Held(revocation)
        } else {
            Standing::Revoked(revocation)
        };
        scene
    }
}

#[test]
fn a_request_goes_all_the_way() {
    let mut scene = Scene::told("lupa-passphrase");
    assert_eq!(scene.state(), State::Diberitahukan);
    scene.wait(HOUR).does(&applicant(), &Command::Acknowledge);
    assert_eq!(scene.state(), State::Selesai);
    let revocation = scene.case.certificate.revocation().unwrap();
    assert_eq!(revocation.reason, ReasonCode::Superseded);
    assert_eq!(revocation.on_crl, Some(CrlNumber::from(7)));
}

#[test]
fn acting_on_an_older_version_is_refused_with_who_changed_it() {
    let mut scene = Scene::submitted("mutasi");
    let seen = scene.request().version;
    scene.does(&op(), &Command::Claim);
    scene.case.seen_version = Some(seen);
    let refusal = scene.refusal(&op(), &verify());
    assert_eq!(
        refusal,
        Refusal::Stale {
            changed_by: Some(id(3))
        }
    );
    scene.case.seen_version = Some(scene.request().version);
    assert!(scene.ask(&op(), &verify()).is_ok());
}

#[test]
fn a_heartbeat_of_the_claim_makes_no_view_stale() {
    let mut scene = Scene::claimed("mutasi");
    let seen = scene.request().version;
    scene.wait(MINUTE).does(&op(), &Command::Touch);
    scene.case.seen_version = Some(seen);
    assert!(scene.ask(&op(), &verify()).is_ok());
}

#[test]
fn a_stranger_learns_nothing_of_the_state() {
    let mut scene = Scene::told("mutasi");
    scene.case.seen_version = Some(0);
    assert_eq!(
        scene.refusal(&stranger(), &Command::Withdraw),
        Refusal::NotYours
    );
    assert_eq!(
        scene.refusal(&auditor(), &Command::Claim),
        Refusal::RoleNeeded(vec![Role::Op])
    );
    assert_eq!(
        scene.refusal(&op(), &Command::MailAccepted),
        Refusal::SystemOnly
    );
}

#[test]
fn what_is_allowed_is_what_decide_would_say() {
    use crate::domain::workflow::{Act, allowed};
    let scene = Scene::claimed("mutasi");
    let answers = allowed(&op(), &scene.case, &scene.policy, scene.now);
    let answer = |act: Act| answers.iter().find(|(a, _)| *a == act).unwrap().1.clone();
    assert_eq!(answers.len(), Act::ALL.len());
    assert_eq!(answer(Act::Verify), Ok(()));
    assert_eq!(
        answer(Act::Revoke),
        Err(Refusal::StepSkipped {
            state: State::Diperiksa
        })
    );
    assert_eq!(answer(Act::Edit), Err(Refusal::NotYours));
}
