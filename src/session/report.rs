//! Reports of panics (color-eyre): while a screen is open they are held back and printed once the terminal is restored,
//! so that they neither garble the screen nor vanish with it.

use std::sync::{Mutex, PoisonError};

/// Reports held back; `None` while no screen is open.
static HELD: Mutex<Option<Vec<String>>> = Mutex::new(None);

/// Makes color-eyre's reports those of this program.
pub fn install() -> color_eyre::Result<()> {
    let (panics, errors) = color_eyre::config::HookBuilder::default().into_hooks();
    errors.install()?;
    std::panic::set_hook(Box::new(move |info| {
        say(panics.panic_report(info).to_string());
    }));
    Ok(())
}

fn say(report: String) {
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    match held.as_mut() {
        Some(reports) => reports.push(report),
        None => eprintln!("{report}"),
    }
}

/// A screen opens: reports wait from here on.
pub(super) fn hold() {
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    held.get_or_insert_default();
}

/// The terminal is restored: prints what waited.
pub(super) fn release() {
    let held = HELD
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take()
        .unwrap_or_default();
    for report in held {
        eprintln!("{report}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_waits_while_a_screen_is_open() {
        hold();
        say("first".to_owned());
        let waiting = HELD.lock().unwrap_or_else(PoisonError::into_inner).clone();
        assert_eq!(waiting, Some(vec!["first".to_owned()]));
        release();
        assert!(
            HELD.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .is_none()
        );
    }
}
