//! The words of an alarm: what is wrong, and for whom it waits. Raised and taken back by the desk alone.

use crate::desk::Alarm;
use crate::domain::distinguished_name::printable;
use crate::tui::errors;
use crate::tui::i18n::Value;
use crate::tui::look::Look;

/// One sentence.
pub fn sentence(look: &Look, alarm: &Alarm) -> String {
    let (texts, format) = (look.texts, look.format());
    let issuer = |id: &str, issuer: &str| texts.with(id, &[("issuer", Value::from(issuer))]);
    match alarm {
        Alarm::KeyLocked { issuer: name } => issuer("alarm-key-locked", name),
        Alarm::CaExpired { issuer: name } => issuer("alarm-ca-expired", name),
        Alarm::SignerEnded {
            issuer: name,
            locked: true,
        } => issuer("alarm-signer-ended-locked", name),
        Alarm::SignerEnded {
            issuer: name,
            locked: false,
        } => issuer("alarm-signer-ended", name),
        Alarm::CrlExpiring {
            issuer,
            next_update,
        } => texts.with(
            "alarm-crl-expiring",
            &[
                ("issuer", Value::from(issuer.as_str())),
                ("at", Value::from(format.short(*next_update))),
            ],
        ),
        Alarm::CrlNotPublished { issuer, problem } => texts.with(
            "alarm-crl-not-published",
            &[
                ("issuer", Value::from(issuer.as_str())),
                (
                    "problem",
                    Value::from(errors::not_published(format, problem)),
                ),
            ],
        ),
        Alarm::CrlNotSeen {
            issuer,
            number,
            url,
            problem,
        } => texts.with(
            "alarm-crl-not-seen",
            &[
                ("issuer", Value::from(issuer.as_str())),
                ("number", Value::from(number.to_string())),
                ("url", Value::from(url.as_str())),
                ("problem", Value::from(errors::not_seen(texts, problem))),
            ],
        ),
        Alarm::HistoryNotKept { problem } => texts.with(
            "alarm-history-not-kept",
            &[("problem", Value::from(problem.as_str()))],
        ),
        Alarm::UnknownRevoked { issuer, count } => texts.with(
            "alarm-unknown-revoked",
            &[
                ("issuer", Value::from(issuer.as_str())),
                ("count", Value::from(format.count(*count))),
            ],
        ),
        Alarm::WatchedFolderGone { path } => texts.with(
            "alarm-watched-folder-gone",
            &[("path", Value::from(printable(path)))],
        ),
        Alarm::MailFailing { count } => texts.with(
            "alarm-mail-failing",
            &[("count", Value::from(format.count(*count)))],
        ),
        Alarm::MailServiceDown { answer } => texts.with(
            "alarm-mail-down",
            &[("answer", Value::from(answer.as_str()))],
        ),
        Alarm::BreakGlass { number } => texts.with(
            "alarm-break-glass",
            &[("number", Value::from(number.to_string()))],
        ),
        Alarm::HoldUndecided { serial } => texts.with(
            "alarm-hold-undecided",
            &[("serial", Value::from(serial.last_eight()))],
        ),
        Alarm::LetterOverdue { number } => texts.with(
            "alarm-letter-overdue",
            &[("number", Value::from(number.to_string()))],
        ),
        Alarm::GrantPending {
            username,
            effective_at,
        } => texts.with(
            "alarm-grant-pending",
            &[
                ("username", Value::from(username.as_str())),
                ("at", Value::from(format.short(*effective_at))),
            ],
        ),
        Alarm::ClockJumped { last } => texts.with(
            "alarm-clock-jumped",
            &[("at", Value::from(format.short(*last)))],
        ),
        Alarm::ClockBehind { issuer, published } => texts.with(
            "alarm-clock-behind",
            &[
                ("issuer", Value::from(issuer.as_str())),
                ("at", Value::from(format.short(*published))),
            ],
        ),
    }
}
