//! The log rebuilds every state, and a log that contradicts itself says where.

use super::*;
use crate::audit::action::Action;
use crate::audit::object::ActorRef;
use crate::audit::word::RuleId;
use crate::domain::Timestamp;

const ISSUER: IssuerId = IssuerId([4; 16]);

fn moved(seq: u64, object: ObjectRef, from: Option<ObjectState>, to: Option<ObjectState>) -> Entry {
    Entry {
        from,
        to,
        ..Entry::new(seq, Timestamp(0), ActorRef::System, Action::DIAMBIL, object)
    }
}

fn request() -> ObjectRef {
    ObjectRef::Request(RequestId([2; 16]))
}

fn crl(number: u64) -> ObjectRef {
    ObjectRef::Crl {
        issuer: ISSUER,
        number: number.into(),
    }
}

#[test]
fn entries_add_up_to_states_statuses_and_numbers() {
    let certificate = ObjectRef::Certificate {
        issuer: ISSUER,
        serial: Serial::parse("0a").unwrap(),
    };
    let active = Some(CertificateStatus::Active.into());
    let revoked = Some(CertificateStatus::Revoked.into());
    let draft = Some(State::Draf.into());
    let filed = Some(State::Diajukan.into());
    let mut replay = Replay::default();
    for entry in [
        moved(0, certificate.clone(), None, active),
        moved(1, request(), None, draft),
        moved(2, request(), draft, filed),
        moved(3, request(), filed, None),
        moved(4, certificate, active, revoked),
        moved(5, crl(7), None, Some(ObjectState::CrlReserved)),
        moved(6, crl(9), None, Some(ObjectState::CrlReserved)),
        moved(7, crl(9), None, Some(ObjectState::CrlPublished)),
        moved(8, crl(9), None, Some(ObjectState::CrlPublished)),
        moved(9, ObjectRef::Desk, None, None),
    ] {
        replay.take(&entry).unwrap();
    }
    assert_eq!(replay.requests[&RequestId([2; 16])], State::Diajukan);
    let key = (ISSUER, Serial::parse("0a").unwrap());
    assert_eq!(replay.certificates[&key], CertificateStatus::Revoked);
    let nine = Some(CrlNumber::from(9));
    assert_eq!(
        replay.crls[&ISSUER],
        CrlNumbers {
            reserved: nine,
            published: nine
        }
    );
}

#[test]
fn a_step_from_a_state_that_was_not_there_is_named() {
    let mut replay = Replay::default();
    let filed = Some(State::Diajukan.into());
    let revoked = Some(State::Dicabut.into());
    let found = replay.take(&moved(3, request(), filed, revoked));
    assert_eq!(
        found,
        Err(Discrepancy::FromState {
            seq: 3,
            object: request(),
            from: filed,
            was: None
        })
    );
    assert_eq!(
        found.unwrap_err().to_string(),
        "entry 3 takes request:02020202020202020202020202020202 out of diajukan, but it was in no state"
    );
    assert!(replay.take(&moved(4, request(), revoked, revoked)).is_ok());
}

#[test]
fn a_certificate_of_an_import_begins_active_and_no_other_way() {
    let certificate = ObjectRef::Certificate {
        issuer: ISSUER,
        serial: Serial::parse("0a").unwrap(),
    };
    let status = |s: CertificateStatus| Some(ObjectState::from(s));
    let active = status(CertificateStatus::Active);
    let held = status(CertificateStatus::Held);
    let revoked = status(CertificateStatus::Revoked);
    let mut replay = Replay::default();
    replay
        .take(&moved(0, certificate.clone(), active, held))
        .unwrap();
    let again = replay.take(&moved(1, certificate.clone(), active, revoked));
    assert!(matches!(again, Err(Discrepancy::FromState { was, .. }) if was == held));
    let released = Replay::default().take(&moved(0, certificate, held, active));
    assert!(matches!(
        released,
        Err(Discrepancy::FromState { was: None, .. })
    ));
}

#[test]
fn a_number_that_does_not_rise_and_a_refusal_that_moved_are_named() {
    let mut replay = Replay::default();
    let reserved = Some(ObjectState::CrlReserved);
    let published = Some(ObjectState::CrlPublished);
    replay.take(&moved(0, crl(5), None, reserved)).unwrap();
    for (number, state) in [(5, reserved), (4, reserved)] {
        let found = replay.take(&moved(1, crl(number), None, state));
        assert!(matches!(found, Err(Discrepancy::NumberNotRising { .. })));
    }
    replay.take(&moved(2, crl(6), None, published)).unwrap();
    let found = replay.take(&moved(3, crl(5), None, published));
    assert!(matches!(found, Err(Discrepancy::NumberNotRising { .. })));

    let refused = Entry {
        refusal: Some(RuleId::constant("own_certificate")),
        ..moved(4, request(), None, Some(State::Dicabut.into()))
    };
    assert!(matches!(
        replay.take(&refused),
        Err(Discrepancy::RefusedButMoved { seq: 4, .. })
    ));
    assert!(matches!(
        replay.take(&moved(5, ObjectRef::Desk, None, reserved)),
        Err(Discrepancy::WrongKind { seq: 5, .. })
    ));
    assert!(replay.requests.is_empty());
}
