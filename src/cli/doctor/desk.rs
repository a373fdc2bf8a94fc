//! What the doctor asks of the desk itself: that it opens, that each CRL is current, that the mail server answers.

use crate::desk::{KeyState, MailRoute};
use crate::domain::instant::HOUR;
use crate::tui::defects;

use super::{DeskState, Said, Scene, Seen};

/// A CRL that ends within this time alarms.
const NEAR_END: i64 = 12 * HOUR;

pub fn database(scene: &Scene) -> Vec<Seen> {
    vec![match &scene.desk {
        DeskState::Here(_) => Seen::ok(Said::plain("cli-doctor-database")),
        DeskState::Broken(failure) => {
            let why = failure
                .say(scene.out.format, &|id| id.to_string())
                .map_or_else(String::new, |(what, _)| what);
            Seen::action(Said::plain("cli-doctor-database-broken").with("why", why))
        }
        DeskState::Running(_) | DeskState::None(_) => match scene.desk() {
            Err(seen) => seen,
            Ok(_) => return Vec::new(),
        },
    }]
}

pub fn crls(scene: &Scene) -> Vec<Seen> {
    let desk = match scene.desk() {
        Ok(desk) => desk,
        Err(seen) => return vec![seen],
    };
    let issuers = match desk.issuers() {
        Ok(issuers) => issuers,
        Err(error) => {
            let said = Said::plain("cli-doctor-database-broken").with("why", error);
            return vec![Seen::action(said)];
        }
    };
    if issuers.is_empty() {
        return vec![Seen::action(Said::plain("cli-doctor-no-ca"))];
    }
    let now = desk.now();
    issuers
        .iter()
        .map(|issuer| {
            let said = |id: &'static str| Said::plain(id).with("ca", &issuer.label);
            match (issuer.key, issuer.next_update) {
                (KeyState::Expired, _) if issuer.history_only => {
                    Seen::ok(said("cli-doctor-ca-history"))
                }
                (KeyState::Expired, _) => Seen::action(said("cli-doctor-ca-expired")),
                (_, None) => Seen::action(said("cli-doctor-crl-none")),
                (key, Some(next)) => {
                    let number = issuer.last_number.map(|n| n.to_string());
                    let said = |id| {
                        said(id)
                            .with("number", number.as_deref().unwrap_or_default())
                            .with("until", scene.time(next))
                    };
                    if next <= now {
                        Seen::action(said("cli-doctor-crl-overdue"))
                    } else if next.since(now) < NEAR_END {
                        Seen::action(said("cli-doctor-crl-near-end"))
                    } else if key == KeyState::Open {
                        Seen::ok(said("cli-doctor-crl"))
                    } else {
                        // Current still, but nobody can renew it.
                        Seen::action(said("cli-doctor-crl-locked"))
                    }
                }
            }
        })
        .collect()
}

/// Each token: whether it is there, open, and has the key.
pub fn tokens(scene: &Scene) -> Vec<Seen> {
    let desk = match scene.desk() {
        Ok(desk) => desk,
        Err(seen) => return vec![seen],
    };
    // That the issuers do not read is told by the check of the CRLs.
    let issuers = desk.issuers().unwrap_or_default();
    let on_tokens = issuers.iter().filter(|issuer| issuer.on_token);
    on_tokens
        .map(|issuer| {
            let said = |id: &'static str| Said::plain(id).with("ca", &issuer.label);
            match (issuer.key, desk.probe_token(issuer.id)) {
                (KeyState::Expired, _) => Seen::not_checked(said("cli-doctor-ca-expired")),
                (_, Some(Ok(()))) => Seen::ok(said("cli-doctor-token")),
                (_, Some(Err(error))) => {
                    let (why, _) = defects::signer(scene.out.format, &error);
                    Seen::action(said("cli-doctor-token-fails").with("why", why))
                }
                (KeyState::Open, None) => Seen::not_checked(said("cli-doctor-token-unused")),
                (_, None) => Seen::action(said("cli-doctor-token-locked")),
            }
        })
        .collect()
}

pub fn mail(scene: &Scene) -> Vec<Seen> {
    let desk = match scene.desk() {
        Ok(desk) => desk,
        Err(seen) => return vec![seen],
    };
    vec![match desk.try_mail() {
        Ok(MailRoute::Folder) if desk.folder().is_demo() => {
            Seen::ok(Said::plain("cli-doctor-mail-folder"))
        }
        Ok(MailRoute::Folder) => Seen::action(Said::plain("cli-doctor-mail-none")),
        Ok(MailRoute::Server { host, port, tried }) => {
            let said = |id: &'static str| Said::plain(id).with("host", &host).with("port", port);
            match tried {
                Ok(()) => Seen::ok(said("cli-doctor-mail-answers")),
                Err(error) => Seen::action(said("cli-doctor-mail-silent").with("why", error)),
            }
        }
        Err(error) => Seen::action(Said::plain("cli-doctor-mail-settings").with("why", error)),
    }]
}
