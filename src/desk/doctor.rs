//! What `ams doctor` asks of a desk that it has opened: the mail server, tried without a mail, and when the log was last
//! written. Nothing is changed.

use crate::audit::Entry;
use crate::domain::Timestamp;
use crate::notify::transport::SendError;
use crate::store::Window;

use super::{Desk, DeskError};

/// Where mail goes, and whether it would.
#[derive(Debug)]
pub enum MailRoute {
    Folder,
    Server {
        host: String,
        port: u16,
        tried: Result<(), SendError>,
    },
}

impl Desk {
    /// Connects to the mail server, with TLS and login as set, says EHLO and leaves. An error is one of the settings.
    pub fn try_mail(&self) -> Result<MailRoute, DeskError> {
        let settings = self.settings();
        Ok(match self.mail_server()? {
            None => MailRoute::Folder,
            Some(server) => MailRoute::Server {
                host: settings.mail.host.clone(),
                port: settings.mail.port,
                tried: server.probe(),
            },
        })
    }

    /// The time of the last log entry; `None` in an empty log.
    pub fn last_logged_at(&self) -> Result<Option<Timestamp>, DeskError> {
        let reader = self.inner.store.read()?;
        let last = reader.log_entries(&Window::last(1))?.rows.pop();
        last.map(|row| {
            Entry::from_bytes(&row.bytes)
                .map(|entry| entry.at)
                .map_err(|e| DeskError::Log(e.to_string()))
        })
        .transpose()
    }
}
