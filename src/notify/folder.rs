//! Mails as `.eml` files in a folder: the default of a desk without a mail server, and of demonstrations.
//! A file is whole or not there; its name is the mail's id, so that a repeat replaces it by itself.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::address::Sender;
use super::message::OutboxMail;
use super::transport::{Answer, SendError, Transport};

/// A folder that takes mails.
#[derive(Debug)]
pub struct MailFolder {
    folder: PathBuf,
    sender: Sender,
}

impl MailFolder {
    /// The folder is made, for its owner alone, when the first mail comes.
    pub fn new(folder: &Path, sender: Sender) -> Self {
        Self {
            folder: folder.to_owned(),
            sender,
        }
    }

    fn write(&self, name: &str, octets: &[u8]) -> io::Result<()> {
        if !self.folder.is_dir() {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(&self.folder)?;
        }
        let temporary = self.folder.join(format!(".{name}.part"));
        // What a killed desk left behind; create_new then refuses whatever else stands there, links too.
        match fs::remove_file(&temporary) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&temporary)?;
        file.set_permissions(Permissions::from_mode(0o600))?;
        file.write_all(octets)?;
        file.sync_all()?;
        fs::rename(&temporary, self.folder.join(name))?;
        File::open(&self.folder)?.sync_all()
    }
}

impl Transport for MailFolder {
    fn send(&self, mail: &OutboxMail) -> Result<Answer, SendError> {
        let message = mail.message(&self.sender)?;
        let name = format!("{}.eml", mail.id);
        self.write(&name, &message.formatted())
            .map_err(|e| SendError::NoService(Answer::new(&e.to_string())))?;
        Ok(Answer::new(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::message::tests::{mail, sender};

    fn files(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_mail_becomes_one_private_file_however_often_it_is_sent() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("surel/keluar");
        let transport = MailFolder::new(&folder, sender());
        let answer = transport.send(&mail(1)).unwrap();
        // A desk killed while writing left this behind.
        let name = format!("{}.eml", "01".repeat(16));
        fs::write(folder.join(format!(".{name}.part")), "half").unwrap();
        transport.send(&mail(1)).unwrap();
        assert_eq!(files(&folder), std::slice::from_ref(&name));
        assert_eq!(answer.as_str(), name);

        let file = folder.join(&name);
        let mode = |p: &Path| fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file), mode(&folder)), (0o600, 0o700));
        let written = fs::read(&file).unwrap();
        assert_eq!(written, mail(1).message(&sender()).unwrap().formatted());
        transport.send(&mail(2)).unwrap();
        assert_eq!(files(&folder).len(), 2);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_no_fault_of_the_mail() {
        let home = tempfile::tempdir().unwrap();
        let taken = home.path().join("surel");
        fs::write(&taken, "a file").unwrap();
        let refused = MailFolder::new(&taken, sender()).send(&mail(1));
        assert!(
            matches!(refused, Err(SendError::NoService(_))),
            "{refused:?}"
        );
    }
}
