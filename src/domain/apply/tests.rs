//! The stopwatch and the versions: what events leave behind besides the state.

use std::collections::BTreeSet;

use super::*;
use crate::domain::account::{Person, Role, Scope};
use crate::domain::certificate::CertificateKey;
use crate::domain::distinguished_name::DistinguishedName;
use crate::domain::identifiers::{
    AccountId, CrlNumber, IssuerId, LetterId, RequestId, RequestNumber, Serial,
};
use crate::domain::instant::MINUTE;
use crate::domain::reason::ReasonId;
use crate::domain::request::{
    CertificateCheck, Channel, DataCheck, Decision, LetterKind, RequesterKind, Return,
};

const OFFICER: AccountId = AccountId([3; 16]);

struct Play {
    case: Case,
    now: Timestamp,
}

impl Play {
    fn begin() -> Self {
        let now = Timestamp(1_800_000_000_000);
        let certificate = Certificate {
            key: CertificateKey {
                issuer: IssuerId([1; 16]),
                serial: Serial::parse("0a").unwrap(),
            },
            subject: DistinguishedName::default(),
            issuer_name: DistinguishedName::default(),
            owner: Some(AccountId([1; 16])),
            not_before: Timestamp(0),
            not_after: now.plus(1000 * MINUTE),
            emails: Vec::new(),
            public_key_sha256: [0; 32],
            der_sha256: [0; 32],
            distribution_points: Vec::new(),
            standing: Standing::Active,
            version: 1,
        };
        let mut play = Self {
            case: Case::of_certificate(certificate, "UJI".to_owned()),
            now,
        };
        play.after(
            0,
            Event::Drafted {
                id: RequestId([2; 16]),
                owner: AccountId([1; 16]),
                agency: "UJI".to_owned(),
                filer: AccountId([1; 16]),
                requester: RequesterKind::Subscriber,
                companion: None,
            },
        );
        play
    }

    fn submitted() -> Self {
        let mut play = Self::begin();
        play.after(
            0,
            Event::Submitted {
                number: RequestNumber {
                    year: 2026,
                    sequence: 1,
                },
                proposed: ReasonCode::Superseded,
                urgent: false,
                due: None,
            },
        );
        play
    }

    /// Lets minutes pass, then takes in an event of the officer.
    fn after(&mut self, minutes: i64, event: Event) -> &mut Self {
        self.now = self.now.plus(minutes * MINUTE);
        let officer = Actor::Person(Person {
            id: OFFICER,
            roles: BTreeSet::from([Role::Op]),
            scope: Scope::All,
            peer_uid: None,
            accompanied_by: None,
        });
        apply(&mut self.case, &event, &officer, self.now);
        self
    }

    fn request(&self) -> &Request {
        self.case.request.as_ref().unwrap()
    }

    fn minutes(&self, step: Step) -> i64 {
        self.request().stopwatch.step(step).elapsed(self.now) / MINUTE
    }
}

fn claimed() -> Event {
    Event::Claimed { officer: OFFICER }
}

fn data_matched() -> Event {
    Event::DataMatched(DataCheck {
        by: OFFICER,
        at: Timestamp(0),
        without_letter: false,
    })
}

fn letter() -> LetterVersion {
    LetterVersion {
        id: LetterId([1; 16]),
        version: 1,
        kind: LetterKind::Png,
        bytes: 1,
        pages: 1,
        digest: [0; 32],
        attached_at: Timestamp(0),
        attached_by: OFFICER,
    }
}

#[test]
fn each_step_is_measured_between_its_ends() {
    let mut play = Play::submitted();
    play.after(60, claimed()).after(4, data_matched());
    play.after(
        1,
        Event::CertificateMatched(CertificateCheck {
            by: OFFICER,
            at: Timestamp(0),
            der_sha256: [0; 32],
        }),
    );
    let decision = Decision {
        by: Some(OFFICER),
        at: Timestamp(0),
        reason: ReasonCode::Superseded,
        invalidity_date: None,
        break_glass: false,
    };
    let revoked = Event::Revoked {
        decision,
        revocation_date: Timestamp(0),
    };
    play.after(3, revoked)
        .after(1, Event::OnCrl(CrlNumber::from(1)))
        .after(1, Event::Notified(Channel::Mail))
        .after(9, Event::Acknowledged(Acknowledgement::ByApplicant));
    let minutes: Vec<i64> = [
        Step::CheckData,
        Step::CheckCertificate,
        Step::Revoke,
        Step::Notify,
        Step::Receive,
    ]
    .map(|step| play.minutes(step))
    .to_vec();
    assert_eq!(minutes, [4, 1, 3, 2, 9]);
    play.now = play.now.plus(MINUTE);
    assert_eq!(play.minutes(Step::Receive), 9);
}

#[test]
fn time_released_or_returned_does_not_count() {
    let mut play = Play::submitted();
    play.after(0, claimed())
        .after(2, Event::Released { lapsed: false })
        .after(30, claimed())
        .after(
            1,
            Event::Returned(Return {
                by: OFFICER,
                at: Timestamp(0),
                items: BTreeSet::new(),
                note: String::new(),
            }),
        )
        .after(
            300,
            Event::Resubmitted {
                proposed: ReasonCode::Superseded,
                urgent: false,
            },
        )
        .after(10, claimed())
        .after(2, data_matched());
    assert_eq!(play.minutes(Step::CheckData), 5);
    assert!(play.request().stopwatch.step(Step::CheckData).finished);
}

#[test]
fn a_lapsed_claim_counts_up_to_its_last_activity() {
    let mut play = Play::submitted();
    play.after(0, claimed())
        .after(3, Event::Touched)
        .after(40, Event::Released { lapsed: true });
    assert_eq!(play.minutes(Step::CheckData), 3);
    assert_eq!(play.request().state, State::Diajukan);
}

#[test]
fn steps_3_and_4_are_measured_only_where_both_ends_were_seen() {
    let chosen = || Event::FieldSaved(FieldChange::Reasons(vec![ReasonId("mutasi".to_owned())]));
    let mut play = Play::begin();
    play.after(2, chosen())
        .after(1, Event::LetterAttached(letter()));
    play.after(5, Event::Touched);
    assert_eq!(
        (play.minutes(Step::File), play.minutes(Step::AttachLetter)),
        (2, 1)
    );
    let mut play = Play::begin();
    play.after(2, chosen()).after(
        1,
        Event::Submitted {
            number: RequestNumber {
                year: 2026,
                sequence: 1,
            },
            proposed: ReasonCode::KeyCompromise,
            urgent: true,
            due: Some(Timestamp(0)),
        },
    );
    let clocks = &play.request().stopwatch;
    assert!(clocks.step(Step::File).measured);
    assert!(!clocks.step(Step::AttachLetter).measured);
}

#[test]
fn an_unconfirmed_step_9_is_not_measured() {
    let mut play = Play::submitted();
    play.after(0, Event::Notified(Channel::Mail)).after(
        100,
        Event::Acknowledged(Acknowledgement::WithoutConfirmation),
    );
    assert!(!play.request().stopwatch.step(Step::Receive).measured);
}

#[test]
fn versions_count_changes_but_not_heartbeats() {
    let mut play = Play::submitted();
    let before = play.request().version;
    play.after(1, claimed()).after(1, Event::Touched);
    let request = play.request();
    assert_eq!(request.version, before + 1);
    assert_eq!(request.changed_at, play.now.plus(-MINUTE));
    assert_eq!(request.changed_by, Some(OFFICER));
    let claim = request.claim.as_ref().unwrap();
    assert_eq!(claim.last_activity, play.now);
}
