//! What DOMAIN.md demands, said a second time from what was seen to happen. It keeps its own book of each request
//! (who filed, who holds the claim, what was approved) and trusts neither decide's guards nor the request's own fields
//! where it can know better.

mod book;
mod judge;
mod people;
mod seen;

use ams::domain::account::Actor;
use ams::domain::instant::{MINUTE, SECOND};
use ams::domain::reason::{ReasonCode, ReasonId};
use ams::domain::request::State;
use ams::domain::{Case, Command, Event, Policy, Timestamp};

use book::Book;
use seen::Seen;

use State::{
    DataSesuai, Diajukan, Diberitahukan, Dicabut, Dikembalikan, Diperiksa, Ditarik, Ditolak,
    Ditutup, DnCocok, Draf, Selesai, Terjadwal,
};

/// Every legal change of state: the arrows of DOMAIN's table, and the return or rejection taken back.
const ARROWS: [(State, State); 30] = [
    (Draf, Diajukan),
    (Draf, Ditarik),
    (Draf, Ditutup),
    (Diajukan, Ditarik),
    (Diajukan, Diperiksa),
    (Diajukan, Ditutup),
    (Diperiksa, Diajukan),
    (Diperiksa, Dikembalikan),
    (Diperiksa, Ditolak),
    (Diperiksa, DataSesuai),
    (Diperiksa, Ditutup),
    (Dikembalikan, Diajukan),
    (Dikembalikan, Ditarik),
    (Dikembalikan, Ditutup),
    (Dikembalikan, Diperiksa),
    (Ditolak, Diperiksa),
    (DataSesuai, Dikembalikan),
    (DataSesuai, Ditolak),
    (DataSesuai, DnCocok),
    (DataSesuai, Ditutup),
    (DnCocok, Dikembalikan),
    (DnCocok, Ditolak),
    (DnCocok, Dicabut),
    (DnCocok, Terjadwal),
    (DnCocok, Ditutup),
    (Terjadwal, Dicabut),
    (Terjadwal, Ditarik),
    (Terjadwal, Ditutup),
    (Dicabut, Diberitahukan),
    (Diberitahukan, Selesai),
];

const BREAK_GLASS: i64 = 30 * MINUTE;
const LEASE: i64 = 15 * MINUTE;
const SEND_DELAY: i64 = 30 * SECOND;

#[derive(Default)]
pub struct Oracle {
    book: Book,
}

fn ensure(holds: bool, rule: &str) -> Result<(), String> {
    if holds {
        Ok(())
    } else {
        Err(format!("BROKEN: {rule}"))
    }
}

/// What the SOP's and the desk's reasons mean to a CRL, gravest first.
fn code_of(reasons: &[ReasonId], ruled_out: bool) -> Option<ReasonCode> {
    let has = |id: &str| reasons.iter().any(|r| r.0 == id);
    let loss = has("kehilangan");
    Some(if has("kompromi-kunci") || (loss && !ruled_out) {
        ReasonCode::KeyCompromise
    } else if has("penyalahgunaan") {
        ReasonCode::PrivilegeWithdrawn
    } else if has("perubahan-data") || has("mutasi") {
        ReasonCode::AffiliationChanged
    } else if has("berhenti") {
        ReasonCode::CessationOfOperation
    } else if has("lupa-passphrase") || has("digantikan") || loss {
        ReasonCode::Superseded
    } else if has("penangguhan") {
        ReasonCode::CertificateHold
    } else if has("lainnya") {
        ReasonCode::Unspecified
    } else {
        return None;
    })
}

/// Claims of loss or compromise: urgent, and withdrawn only with consent.
fn is_loss(reasons: &[ReasonId]) -> bool {
    reasons
        .iter()
        .any(|r| matches!(r.0.as_str(), "kehilangan" | "kompromi-kunci"))
}

fn sane_text(text: &str, longest: usize, newline: bool) -> bool {
    text.chars().count() <= longest
        && text
            .chars()
            .all(|c| (!c.is_control() && c != '\u{202e}') || (newline && c == '\n'))
}

impl Oracle {
    pub fn forget(&mut self) {
        self.book = Book::default();
    }

    /// Each single event changes the state along an arrow or not at all.
    pub fn transition(
        &mut self,
        from: Option<State>,
        to: Option<State>,
        event: &Event,
    ) -> Result<(), String> {
        let legal = match (from, to) {
            (None, Some(Draf)) => matches!(event, Event::Drafted { .. }),
            (Some(Dikembalikan | Ditolak), Some(Diperiksa)) => {
                matches!(event, Event::Recalled { .. })
            }
            (Some(a), Some(b)) => a == b || ARROWS.contains(&(a, b)),
            (None, None) => matches!(event, Event::Held { .. } | Event::HoldReleased { .. }),
            _ => false,
        };
        ensure(
            legal,
            &format!("illegal state: {from:?} → {to:?} by {event:?}"),
        )
    }

    /// Judges an accepted command, then books it.
    #[allow(clippy::too_many_arguments)]
    pub fn accepted(
        &mut self,
        before: &Case,
        command: &Command,
        actor: &Actor,
        policy: &Policy,
        now: Timestamp,
        events: &[Event],
        after: &Case,
    ) -> Result<(), String> {
        let seen = Seen {
            before,
            actor,
            policy,
            now,
        };
        seen.versions(command, after)?;
        seen.standing(command, after)?;
        seen.people(&self.book, command)?;
        seen.content(command)?;
        for event in events {
            self.book.judge(&seen, event)?;
            self.book.note(event, actor, now);
        }
        self.book.refresh(actor, now);
        Ok(())
    }
}
