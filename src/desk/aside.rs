//! Work that would hold up a session's screen, done in a thread of its own: a CRL of a million entries, a token that
//! takes its time, the whole log read anew. Whoever began it hears of its end as of any change ([`Change::Aside`]). It
//! goes on where nobody waits any more.

use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

use super::view::Change;
use super::{Desk, DeskError};

/// Work under way.
pub struct Aside<T> {
    result: Receiver<T>,
}

impl<T> Aside<T> {
    /// What came of it; `None` while it is under way. To be asked for once.
    ///
    /// # Errors
    /// [`DeskError::WorkBroken`] where the work broke down and left nothing.
    pub fn result(&self) -> Option<Result<T, DeskError>> {
        match self.result.try_recv() {
            Ok(result) => Some(Ok(result)),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(DeskError::WorkBroken)),
        }
    }
}

/// Tells of the end, also of one by a panic.
struct Telling<T> {
    /// Gone before anybody is told.
    result: Option<Sender<T>>,
    desk: Desk,
}

impl<T> Drop for Telling<T> {
    fn drop(&mut self) {
        self.result = None;
        self.desk.announce(&[Change::Aside]);
    }
}

impl Desk {
    /// Begins `work` beside the caller.
    ///
    /// # Errors
    /// [`DeskError::Io`] where the system gives no thread.
    pub fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<Aside<T>, DeskError> {
        let (sender, result) = channel();
        let telling = Telling {
            result: Some(sender),
            desk: self.clone(),
        };
        std::thread::Builder::new()
            .name("desk-aside".to_owned())
            .spawn(move || {
                let done = work(&telling.desk);
                if let Some(result) = &telling.result {
                    // Nobody waits any more where this fails.
                    let _gone = result.send(done);
                }
            })
            .map_err(|e| DeskError::io("thread", e))?;
        Ok(Aside { result })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::desk::demo::{DemoOptions, prepare};

    use super::*;

    #[test]
    fn whoever_began_it_hears_of_its_end_also_where_it_breaks_down() {
        let home = tempfile::tempdir().unwrap();
        let options = DemoOptions {
            requests: Some(1),
            ..DemoOptions::default()
        };
        let (desk, _) = prepare(&home.path().join("demo"), options).unwrap();
        let changes = desk.subscribe();
        let ended = || {
            let heard = |change| change == Change::Aside;
            while !heard(changes.recv_timeout(Duration::from_secs(60)).unwrap()) {}
        };
        let counted = desk.aside(|desk| desk.issuers().unwrap().len()).unwrap();
        ended();
        assert_eq!(counted.result().unwrap().unwrap(), 1);
        let broken = desk.aside(|_| -> u8 { panic!("on purpose") }).unwrap();
        ended();
        assert!(matches!(broken.result(), Some(Err(DeskError::WorkBroken))));
    }
}
