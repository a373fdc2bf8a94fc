//! The CA's side of the command line: CAs with their keys, certificates, CRLs.

use clap::Subcommand;

use crate::desk::ISSUER_SETTINGS;
use crate::domain::CertificateStatus;

fn keys_of_a_ca() -> String {
    let keys: Vec<&str> = ISSUER_SETTINGS.iter().map(|s| s.key).collect();
    format!("One of: {}", keys.join(", "))
}

#[derive(Subcommand, Debug)]
pub enum Ca {
    /// Take in a CA with its key
    Add {
        /// The CA's certificate (PEM or DER)
        #[arg(long, value_name = "F")]
        cert: String,
        /// Its private key (PKCS#8, may be encrypted)
        #[arg(long, value_name = "F")]
        key: Option<String>,
        /// Where its private key is on a token (RFC 7512): pkcs11:token=…;object=…
        #[arg(long, value_name = "URI", conflicts_with = "key")]
        pkcs11: Option<String>,
        /// File with the key's passphrase or the token's PIN in its first line; - reads standard input
        #[arg(long, value_name = "F|-", visible_alias = "pin-file")]
        passphrase_file: Option<String>,
        /// File descriptor to read the passphrase or PIN from
        #[arg(long, value_name = "N", visible_alias = "pin-fd")]
        passphrase_fd: Option<i32>,
        /// A name for lists
        #[arg(long)]
        label: Option<String>,
        /// The CRL that stands published: its entries and its number are taken over first
        #[arg(long, value_name = "F")]
        crl: Option<String>,
        /// The last number given to a CRL, or openssl's crlnumber file
        #[arg(long, value_name = "F|N")]
        crl_number: Option<String>,
        /// index.txt of openssl ca or EasyRSA: its revocations are taken over first
        #[arg(long, value_name = "F")]
        index: Option<String>,
    },
    /// List the CAs
    List,
    /// Make one more demo CA (demo folders only)
    Demo,
    /// How a CA's CRLs are made, and the distribution points its certificates name
    Show {
        /// Id or part of the name; may be left out where there is one CA
        issuer: Option<String>,
    },
    /// Change how a CA's CRLs are made: periods, URLs, delta, partitions
    Set {
        /// Id or part of the name
        issuer: String,
        #[arg(help = keys_of_a_ca())]
        key: String,
        /// The new value; nothing ("") for the desk's own where that applies
        value: String,
    },
    /// Open a locked key
    Unlock {
        /// Id or part of the name; may be left out where there is one CA
        issuer: Option<String>,
        /// File with the passphrase or PIN in its first line; - reads standard input
        #[arg(long, value_name = "F|-", visible_alias = "pin-file")]
        passphrase_file: Option<String>,
        /// File descriptor to read the passphrase or PIN from
        #[arg(long, value_name = "N", visible_alias = "pin-fd")]
        passphrase_fd: Option<i32>,
        /// Make the last try that the token's PIN has; a wrong one locks the token
        #[arg(long)]
        last_try: bool,
    },
}

#[derive(Subcommand, Debug)]
pub enum Cert {
    /// Take in certificates: PEM, DER, PKCS#7, folders with all below them; - reads standard input. Of an index.txt of
    /// openssl or EasyRSA and of a CRL, the revocations are adopted
    Import {
        #[arg(required_unless_present = "watch")]
        files: Vec<String>,
        /// Have the running desk take in whatever another CA program keeps writing to this folder (an absolute path)
        #[arg(long, value_name = "DIR", conflicts_with_all = ["files", "dry_run", "verify"])]
        watch: Option<String>,
        /// How the owner is found
        #[arg(long, value_name = "HOW", value_parser = ["email", "uid", "cn"], default_value = "email")]
        owner_by: String,
        /// Count and name, but keep nothing
        #[arg(long)]
        dry_run: bool,
        /// Verify each signature against its issuer
        #[arg(long)]
        verify: bool,
        /// Whose index.txt it is; needed where several issuers could be meant
        #[arg(long, value_name = "I")]
        issuer: Option<String>,
    },
    /// List certificates
    List {
        #[arg(long, value_name = "U")]
        owner: Option<String>,
        /// active, held, revoked or expired
        #[arg(long, value_name = "S", value_parser = status_word)]
        status: Option<String>,
        /// As in the browser: gita status:aktif instansi:kesehatan, 35133f6b, nip:1987
        #[arg(long, value_name = "Q")]
        filter: Option<String>,
    },
    /// Show one certificate
    Show {
        /// The whole serial, or its first or last digits, four at least, where only one has them
        serial: String,
        /// Id, or part of the name, of the CA that is meant
        #[arg(long, value_name = "I")]
        issuer: Option<String>,
    },
    /// List the watched folders and what was seen there
    Watched,
    /// Give a watched folder up
    Unwatch { dir: String },
    /// List adopted revocations: decided elsewhere, found on a published CRL, confirmed by nobody yet
    Adopted {
        /// Id, or part of the name, of the CA that is meant
        #[arg(long, value_name = "I")]
        issuer: Option<String>,
    },
    /// Confirm adopted revocations
    Confirm {
        #[arg(
            required_unless_present = "all",
            conflicts_with = "all",
            value_name = "SERIAL"
        )]
        serials: Vec<String>,
        /// All of the issuer
        #[arg(long)]
        all: bool,
        /// Id, or part of the name, of the CA that is meant
        #[arg(long, value_name = "I")]
        issuer: Option<String>,
    },
    /// Suspend an active certificate (policy allow_hold)
    Hold {
        serial: String,
        /// Id, or part of the name, of the CA that is meant
        #[arg(long, value_name = "I")]
        issuer: Option<String>,
        /// Last four hex digits of the serial
        #[arg(long, value_name = "LAST4")]
        confirm: String,
        /// Only say yes to it, as the second officer
        #[arg(long)]
        approve: bool,
    },
    /// Release a suspended certificate
    Release {
        serial: String,
        /// Id, or part of the name, of the CA that is meant
        #[arg(long, value_name = "I")]
        issuer: Option<String>,
        /// Last four hex digits of the serial
        #[arg(long, value_name = "LAST4")]
        confirm: String,
        /// Only say yes to it, as the second officer
        #[arg(long)]
        approve: bool,
    },
}

#[derive(Subcommand, Debug)]
pub enum Crl {
    /// Make and publish a CRL now
    Issue {
        /// Id, or part of the name, of the CA that is meant
        #[arg(long, value_name = "I")]
        issuer: Option<String>,
    },
    /// Say that the desk's clock is right, after it jumped
    ConfirmClock,
    /// Published CRLs
    List,
    /// What stands on a CRL: a file, a number, or the newest
    Show { what: Option<String> },
    /// Compare two CRL files
    Diff { a: String, b: String },
    /// Check a CRL against RFC 5280
    Check {
        /// The issuer's certificate
        #[arg(long, value_name = "C")]
        issuer_cert: Option<String>,
        what: String,
    },
}

/// A certificate's status in either language.
fn status_word(text: &str) -> Result<String, String> {
    match CertificateStatus::parse(text) {
        Some(status) => Ok(status.name().to_owned()),
        None => Err("active, held, revoked, expired".to_owned()),
    }
}
