//! What a command line names outside the desk: files to read and to write, descriptors, standard input. From it comes
//! what a caller opens for a desk, what is refused over SSH, and how often standard input is asked for.

use crate::pki::pkcs11::TokenUri;

use super::{Account, Ca, Cert, Cli, Command, Config, Crl, Letter, Log, Request};

/// What stands for standard input or output.
const STANDARD: &str = "-";

/// Names on a command line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Named {
    /// Files and folders to read; `-` is standard input.
    pub inputs: Vec<String>,
    /// Files to write; `-` is standard output.
    pub outputs: Vec<String>,
    /// File descriptors to read.
    pub descriptors: Vec<i32>,
    /// Files that the desk itself would open on its host.
    pub on_host: Vec<String>,
}

impl Named {
    fn read<'a>(&mut self, names: impl IntoIterator<Item = &'a String>) {
        self.inputs.extend(names.into_iter().cloned());
    }

    /// How many parts of the command line want standard input; more than one is a mistake.
    pub fn standard_input_uses(&self) -> usize {
        self.inputs.iter().filter(|name| *name == STANDARD).count()
    }

    /// The first name that is anything but a standard stream.
    pub fn first_path(&self) -> Option<String> {
        self.inputs
            .iter()
            .chain(&self.outputs)
            .chain(&self.on_host)
            .find(|name| *name != STANDARD)
            .cloned()
            .or_else(|| {
                self.descriptors
                    .first()
                    .map(|number| format!("fd {number}"))
            })
    }
}

impl Cli {
    /// Every file, stream and descriptor that this command line names.
    pub fn named(&self) -> Named {
        let mut named = Named::default();
        named.read(&self.global.password_file);
        match &self.command {
            Some(Command::Config(Config::Set { value, .. })) if value == STANDARD => {
                named.read([value]);
            }
            Some(Command::Ca(command)) => ca(command, &mut named),
            Some(Command::Serve(serve)) => {
                named.descriptors.extend(serve.passphrase_fd);
                named.descriptors.extend(serve.pin_fd);
            }
            Some(Command::Cert(Cert::Import { files, watch, .. })) => {
                named.read(files);
                // The desk itself looks into it: named here so that nobody sets it over SSH.
                named.read(watch);
            }
            Some(Command::Cert(Cert::Unwatch { dir })) => named.read([dir]),
            Some(Command::Account(Account::Passwd {
                new_password_file, ..
            })) => named.read(new_password_file),
            Some(Command::Account(Account::Import { csv })) => named.read([csv]),
            Some(Command::Request(Request::New(new))) => named.read(&new.letter),
            Some(Command::Request(Request::Batch(batch))) => {
                named.read([&batch.file().file]);
                named.outputs.extend(batch.file().result.clone());
            }
            Some(Command::Letter(Letter::Put { .. })) => named.read([&STANDARD.to_owned()]),
            Some(Command::Letter(Letter::Inspect { file })) => named.read([file]),
            Some(Command::Letter(Letter::Form { output, .. })) => {
                named.outputs.push(output.clone());
            }
            Some(Command::Crl(command)) => crl(command, &mut named),
            Some(Command::Log(Log::Verify { public_key, export })) => {
                // A public key may stand on the command line itself.
                named.read(public_key.iter().filter(|text| !text.contains('+')));
                named.read(export);
            }
            Some(Command::Restore { src, crls, .. }) => {
                named.read([src]);
                named.read(crls);
            }
            Some(Command::Backup { dest }) => named.outputs.push(dest.clone()),
            _ => {}
        }
        named
    }
}

fn ca(command: &Ca, named: &mut Named) {
    match command {
        Ca::Add {
            cert,
            key,
            pkcs11,
            passphrase_file,
            passphrase_fd,
            crl,
            crl_number,
            index,
            ..
        } => {
            if let Some(Ok(uri)) = pkcs11.as_deref().map(TokenUri::parse) {
                named
                    .on_host
                    .extend(uri.module_path.into_iter().chain(uri.pin_source));
            }
            named.read([cert]);
            named.read(crl);
            named.read(crl_number.iter().filter(|word| !is_number(word)));
            named.read(index);
            named.read(key);
            named.read(passphrase_file);
            named.descriptors.extend(passphrase_fd);
        }
        Ca::Unlock {
            passphrase_file,
            passphrase_fd,
            ..
        } => {
            named.read(passphrase_file);
            named.descriptors.extend(passphrase_fd);
        }
        _ => {}
    }
}

/// Whether a word is a number rather than a file.
pub fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
}

fn crl(command: &Crl, named: &mut Named) {
    match command {
        Crl::Show { what } => named.read(what.iter().filter(|what| !is_number(what))),
        Crl::Diff { a, b } => named.read([a, b]),
        Crl::Check { issuer_cert, what } => {
            named.read(issuer_cert);
            named.read([what].into_iter().filter(|what| !is_number(what)));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn named(line: &str) -> Named {
        Cli::try_parse_from(line.split_whitespace())
            .unwrap()
            .named()
    }

    #[test]
    fn every_dash_is_counted() {
        let uses = |line| named(line).standard_input_uses();
        assert_eq!(uses("ams --password-file - letter put PC-2026-000001"), 2);
        assert_eq!(uses("ams --password-file - request list"), 1);
        assert_eq!(uses("ams cert import - -"), 2);
        assert_eq!(uses("ams ca add --cert - --key - --passphrase-file -"), 3);
        assert_eq!(uses("ams crl diff - b.crl"), 1);
        assert_eq!(uses("ams config set desk.name -"), 1);
    }

    #[test]
    fn a_path_is_found_wherever_it_stands() {
        for line in [
            "ams --password-file pw request list",
            "ams cert import - b.pem",
            "ams ca add --cert - --key k.pem",
            "ams ca unlock --passphrase-fd 3",
            "ams account import people.csv",
            "ams account passwd --new-password-file pw",
            "ams request new --owner u --serial 01 --reason lupa --letter s.pdf",
            "ams letter inspect /etc/passwd",
            "ams letter form -o out.pdf",
            "ams crl show a.crl",
            "ams crl check --issuer-cert c.pem 5",
            "ams log verify --public-key key.pub -",
            "ams backup /tmp/b",
        ] {
            assert!(named(line).first_path().is_some(), "{line}");
        }
        for line in [
            "ams request list",
            "ams letter get PC-2026-000001",
            "ams letter put K7QF",
            "ams letter form",
            "ams crl show 5",
            "ams crl check 5",
            "ams cert import -",
            "ams --password-file - request claim PC-2026-000001",
            "ams config set desk.name Meja",
        ] {
            assert_eq!(named(line).first_path(), None, "{line}");
        }
    }
}
