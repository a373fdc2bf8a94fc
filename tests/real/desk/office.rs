//! The usual ways of a request, step by step as people take them, for scenarios that are about something else.

use ams::desk::Intent;
use ams::domain::request::{FieldChange, Misuse};
use ams::domain::workflow::Act;
use ams::domain::{CertificateKey, Day, Item, ReasonId, Request, RequestId, Role, State};

use super::fixture::{Office, SCAN, Someone, password_of};

/// Two officers, a field officer, and applicants.
pub const STAFF: [Someone; 6] = [
    Someone::new("rahmi", "Rahmi Contoh UJI", &[Role::Pemohon]),
    Someone::new("dodi", "Dodi Contoh UJI", &[Role::Pemohon]),
    Someone::new("lapangan", "Petugas Lapangan UJI", &[Role::Pendamping]),
    Someone::new("satu", "Petugas Satu UJI", &[Role::Op, Role::Pemohon]),
    Someone::new("dua", "Petugas Dua UJI", &[Role::Op]),
    Someone::new("tiga", "Petugas Tiga UJI", &[Role::Op]),
];

pub fn reasons(ids: &[&str]) -> Intent {
    let ids = ids.iter().map(|id| ReasonId((*id).to_owned())).collect();
    Intent::Edit(FieldChange::Reasons(ids))
}

pub fn letter_data() -> [FieldChange; 5] {
    [
        FieldChange::LetterNumber("800/12/UJI/2026".to_owned()),
        FieldChange::LetterDate(Day::parse("2026-11-16")),
        FieldChange::SuperiorName("Atasan Contoh UJI".to_owned()),
        FieldChange::SuperiorNip("197001011996011001".to_owned()),
        FieldChange::SuperiorApproved(true),
    ]
}

pub fn scan() -> Intent {
    Intent::AttachLetter {
        bytes: SCAN.to_vec(),
    }
}

pub fn verify() -> Intent {
    Intent::Verify {
        checked: Item::CHECKLIST.into(),
        accept_missing_letter: false,
    }
}

pub fn give_back() -> Intent {
    Intent::Return {
        items: [Item::Letter].into(),
        note: "Surat belum ditandatangani.".to_owned(),
    }
}

impl Office {
    pub fn edit(&self, who: &str, id: RequestId, change: FieldChange) {
        self.act(who, id, Act::Edit, Intent::Edit(change));
    }

    /// A draft with its reasons, letter and the letter's data, not yet submitted.
    pub fn filled(&self, who: &str, key: &CertificateKey, why: &[&str]) -> RequestId {
        let id = self.draft(who, key);
        self.act(who, id, Act::Edit, reasons(why));
        if why.contains(&"kehilangan") {
            self.edit(who, id, FieldChange::Misuse(Misuse::Possible));
        }
        for change in letter_data() {
            self.edit(who, id, change);
        }
        self.act(who, id, Act::AttachLetter, scan());
        id
    }

    pub fn submitted(&self, who: &str, key: &CertificateKey, why: &[&str]) -> RequestId {
        let id = self.filled(who, key, why);
        self.act(who, id, Act::Submit, Intent::Submit);
        id
    }

    /// Submitted before its letter.
    pub fn urgent(&self, who: &str, key: &CertificateKey) -> RequestId {
        let id = self.draft(who, key);
        self.act(who, id, Act::Edit, reasons(&["kompromi-kunci"]));
        self.edit(who, id, FieldChange::LetterFollows(true));
        self.act(who, id, Act::SubmitUrgent, Intent::Submit);
        id
    }

    pub fn claimed(&self, officer: &str, who: &str, why: &[&str]) -> RequestId {
        let id = self.submitted(who, &self.certificate(who), why);
        self.act(officer, id, Act::Claim, Intent::Claim);
        id
    }

    pub fn matched(&self, officer: &str, who: &str, why: &[&str]) -> RequestId {
        let id = self.claimed(officer, who, why);
        self.act(officer, id, Act::Verify, verify());
        self.act(officer, id, Act::Match, Intent::Match);
        id
    }

    /// The last four digits and the password, as the dialog asks.
    pub fn revoke_intent(&self, officer: &str, id: RequestId) -> Intent {
        Intent::Revoke {
            last_four: self.request(id).certificate.serial.last_four(),
            password: password_of(officer),
            effective: None,
        }
    }

    pub fn revoke(&self, officer: &str, id: RequestId) -> Request {
        let intent = self.revoke_intent(officer, id);
        self.act(officer, id, Act::Revoke, intent)
    }

    /// Revoked, on a CRL, and told by mail.
    pub fn told(&self, officer: &str, who: &str, why: &[&str]) -> RequestId {
        let id = self.matched(officer, who, why);
        self.revoke(officer, id);
        self.by_itself(id, Act::Publish);
        assert_eq!(self.request(id).state, State::Diberitahukan);
        id
    }
}
