//! Rows for tests: fictional people of an UJI certificate authority, told apart by small numbers.

use crate::domain::account::AccountStatus;
use crate::domain::certificate::CertificateKey;
use crate::domain::distinguished_name::{Attribute, DistinguishedName, Rdn};
use crate::domain::instant::DAY;
use crate::domain::request::{LetterData, Misuse, RequesterKind};
use crate::domain::stopwatch::Stopwatch;
use crate::domain::{
    Account, AccountId, Certificate, IssuerId, Language, Nip, ReasonCode, ReasonId, Request,
    RequestId, Role, Scope, Serial, Standing, State, Timestamp, Username,
};
use crate::store::{
    NewCertificate, RevokedEntry, RevokedFacts, RevokedKind, Store, StoreError, Writer,
};

/// 2026-11-22T09:00:00Z.
pub const NOW: Timestamp = Timestamp(1_795_338_000_000);

pub fn id(kind: u8, n: u32) -> [u8; 16] {
    let mut id = [kind; 16];
    id[12..].copy_from_slice(&n.to_be_bytes());
    id
}

pub fn account_id(n: u32) -> AccountId {
    AccountId(id(0xa0, n))
}

pub fn request_id(n: u32) -> RequestId {
    RequestId(id(0xb0, n))
}

pub fn issuer(n: u32) -> IssuerId {
    IssuerId(id(0xc0, n))
}

pub fn certificate_key(issuer_number: u32, serial: &str) -> CertificateKey {
    CertificateKey {
        issuer: issuer(issuer_number),
        serial: Serial::parse(serial).unwrap(),
    }
}

pub fn name(common: &str) -> DistinguishedName {
    let rdn = |oid: &str, value: &str| {
        Rdn(vec![Attribute {
            oid: oid.to_owned(),
            value: value.to_owned(),
        }])
    };
    DistinguishedName {
        rdns: vec![
            rdn("2.5.4.6", "ID"),
            rdn("2.5.4.10", "Dinas UJI"),
            rdn("2.5.4.3", common),
        ],
    }
}

pub fn account(n: u32) -> Account {
    Account {
        id: account_id(n),
        username: Username::parse(&format!("orang{n:03}")).unwrap(),
        name: format!("Orang Rekaan {n}"),
        nip: Some(Nip::parse(&format!("19870412201001{n:04}")).unwrap()),
        agency: "Dinas UJI".to_owned(),
        unit: "Bidang Contoh".to_owned(),
        position: "Staf".to_owned(),
        email: format!("Orang{n}@dinas-uji.example"),
        roles: [Role::Pemohon].into(),
        scope: Scope::All,
        status: AccountStatus::Active,
        language: Language::Id,
        uid: None,
        created_at: NOW,
        must_change_password: false,
        totp_enrolled: false,
        pending: Vec::new(),
        version: 1,
    }
}

pub fn certificate(issuer_number: u32, serial: &str, common: &str) -> NewCertificate {
    NewCertificate {
        certificate: Certificate {
            key: certificate_key(issuer_number, serial),
            subject: name(common),
            issuer_name: name("CA UJI"),
            owner: None,
            not_before: NOW.plus(-DAY),
            not_after: NOW.plus(700 * DAY),
            emails: Vec::new(),
            public_key_sha256: [7; 32],
            der_sha256: [serial.len() as u8; 32],
            distribution_points: vec!["http://crl.uji.example/a.crl".to_owned()],
            standing: Standing::Active,
            version: 1,
        },
        der: format!("DER of {serial}").into_bytes(),
    }
}

pub fn request(n: u32, state: State, certificate: CertificateKey) -> Request {
    Request {
        id: request_id(n),
        number: None,
        state,
        certificate,
        owner: account_id(n),
        agency: "Dinas UJI".to_owned(),
        filer: account_id(n),
        requester: RequesterKind::Subscriber,
        companion: None,
        companions: [].into(),
        reasons: vec![ReasonId("lupa-passphrase".to_owned())],
        misuse: Misuse::Unanswered,
        proposed: Some(ReasonCode::Superseded),
        changed_reason: None,
        invalidity_date: None,
        urgent: false,
        letter_data: LetterData::default(),
        letters: Vec::new(),
        letter_follows: false,
        withdrawal_consent: None,
        letter_due: None,
        claim: None,
        data_check: None,
        certificate_check: None,
        approval: None,
        schedule: None,
        decision: None,
        returns: Vec::new(),
        letters_when_returned: 0,
        rejection: None,
        closing: None,
        crl_number: None,
        notice: None,
        acknowledgement: None,
        round: 0,
        created_at: NOW.plus(i64::from(n)),
        first_submitted_at: (state != State::Draf).then(|| NOW.plus(i64::from(n))),
        submitted_at: None,
        changed_at: NOW,
        changed_by: None,
        stopwatch: Stopwatch::default(),
        version: 1,
    }
}

/// What the store asks of an entry: a SEQUENCE that begins with the serial; and so many octets more.
pub fn entry(serial: &str, more: usize) -> Vec<u8> {
    let magnitude = certificate_key(1, serial).serial.magnitude().to_vec();
    let length = 2 + magnitude.len() + more;
    let header = match u8::try_from(length) {
        Ok(short @ ..=0x7f) => vec![0x30, short],
        Ok(long) => vec![0x30, 0x81, long],
        Err(_) => [&[0x30, 0x82][..], &(length as u16).to_be_bytes()].concat(),
    };
    let serial = [&[2, magnitude.len() as u8], magnitude.as_slice()].concat();
    [header, serial, vec![0xee; more]].concat()
}

pub fn revoked(issuer_number: u32, serial: &str) -> RevokedEntry {
    RevokedEntry {
        key: certificate_key(issuer_number, serial),
        der: entry(serial, 0),
        facts: RevokedFacts {
            kind: RevokedKind::Revoked,
            date: NOW,
            reason: ReasonCode::Superseded,
            invalidity_date: None,
            not_after: Some(NOW.plus(700 * DAY)),
            on_crl: None,
            adopted: false,
        },
    }
}

/// A change that must succeed.
pub fn write<T>(store: &Store, change: impl FnOnce(&mut Writer) -> Result<T, StoreError>) -> T {
    store.write(change).unwrap()
}
