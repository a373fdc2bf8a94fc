//! Tokens of a running desk: where their module lies, whether a key on one is an issuer's, a PIN that lies in a file, and
//! the note that a PIN was refused, which outlives the process because tokens count.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::domain::IssuerId;
use crate::pki::issuer::Issuer;
use crate::pki::pkcs11::{TokenFault, TokenUri};
use crate::pki::signer::SignerError;
use crate::pki::signer::client::SignerChild;
use crate::pki::signer::material::{KeyMaterial, PinBy};

use super::{Desk, DeskError};

impl Desk {
    /// Whether the key that the URI names opens with this PIN and is the issuer's. A wrong PIN counts at the token.
    pub(super) fn try_token(
        &self,
        issuer: &Issuer,
        uri: &str,
        pin: &SecretString,
    ) -> Result<(), DeskError> {
        let module = self.module_of(&TokenUri::parse(uri)?)?;
        let none = rustix::fs::memfd_create("numbers", rustix::fs::MemfdFlags::CLOEXEC);
        let none = File::from(none.map_err(|e| DeskError::io("memory", e.into()))?);
        let material = KeyMaterial::Token {
            uri,
            module: &module,
            pin: Some(pin.expose_secret()),
            by: PinBy::Hand { last_try: false },
        };
        let certificate = issuer.certificate().der();
        SignerChild::start(&self.inner.program, none, certificate, material, || {})?;
        Ok(())
    }

    /// Where the module of a token lies: the URI says it, or the setting.
    pub(super) fn module_of(&self, uri: &TokenUri) -> Result<String, TokenFault> {
        let setting = self.settings().pkcs11_module.clone();
        uri.module_path
            .clone()
            .or_else(|| setting.map(|path| path.display().to_string()))
            .ok_or(TokenFault::NoModule)
    }

    /// Whether the key of an issuer could sign now: a token is looked for. `None` where there is nothing to ask.
    pub fn probe_token(&self, id: IssuerId) -> Option<Result<(), SignerError>> {
        let state = self.issuer_state(id)?;
        if state.key.is_on_token() {
            state.key.probe()
        } else {
            None
        }
    }

    /// Whether its PIN was refused when no person had given it.
    pub(super) fn pin_was_refused(&self, id: IssuerId) -> bool {
        self.inner.folder.pin_refused(id).exists()
    }

    /// Notes whether a token took its PIN: one that was refused is not tried again by itself, over restarts too.
    pub(super) fn note_pin(&self, id: IssuerId, taken: bool) {
        let note = self.inner.folder.pin_refused(id);
        let noted = match taken {
            true => match std::fs::remove_file(&note) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            },
            false => self.inner.folder.write_private(&note, b""),
        };
        if let Err(error) = noted {
            tracing::error!(%error, %id, "whether the PIN was refused could not be noted");
        }
    }
}

/// No PIN is longer.
const LONGEST_PIN: u64 = 256;

/// The PIN in a file's first line. The file must be root's or the desk's and nobody else's to read.
pub(super) fn pin_of_file(path: &str) -> io::Result<SecretString> {
    let file = std::fs::OpenOptions::new()
        .read(true)
        .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed())
        .open(path)?;
    let metadata = file.metadata()?;
    let own = [0, rustix::process::geteuid().as_raw()].contains(&metadata.uid());
    if !metadata.is_file() || !own || metadata.mode() & 0o077 != 0 {
        let what = "it must be the desk's own file and readable by nobody else";
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, what));
    }
    let mut octets = Zeroizing::new(Vec::with_capacity(LONGEST_PIN as usize));
    file.take(LONGEST_PIN).read_to_end(&mut octets)?;
    let line = octets.split(|octet| *octet == b'\n').next();
    let line = line.unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = std::str::from_utf8(line).map_err(|_| io::ErrorKind::InvalidData)?;
    Ok(SecretString::from(text))
}
