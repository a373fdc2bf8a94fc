//! Requests on the command line, one by one and many at once.

use clap::{Args, Subcommand};

use crate::domain::{Item, ReasonCatalogue, ReasonCode, State};

/// The form of a date on the command line: a day of the desk's zone, or an instant.
pub const DATE: &str = "YYYY-MM-DD, YYYY-MM-DDTHH:MM:SS+07:00";

fn one_of<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

fn items_help(what: &str) -> String {
    format!("{what}: {}", one_of(Item::ALL.iter().map(|i| i.name())))
}

fn reasons_help() -> String {
    let catalogue = ReasonCatalogue::default();
    let words = one_of(catalogue.0.iter().map(|r| r.id.0.as_str()));
    format!("Why, one or several: {words}")
}

fn states_help() -> String {
    format!("Only: {}", one_of(State::ALL.iter().map(|s| s.name())))
}

fn codes_help() -> String {
    let words = one_of(ReasonCode::ALL.iter().map(|c| c.name()));
    format!("Reason code of RFC 5280: {words}")
}

fn date_help(what: &str) -> String {
    format!("{what}: {DATE}")
}

#[derive(Subcommand, Debug)]
pub enum Request {
    /// File a request
    New(Box<NewRequest>),
    /// List requests
    List {
        #[arg(long, value_name = "S", help = states_help())]
        state: Option<String>,
        /// As in the queue: instansi:kesehatan status:diajukan umur:>1d !budi
        #[arg(long, value_name = "Q")]
        filter: Option<String>,
    },
    /// Show one request
    Show { number: String },
    /// Submit a draft, or a returned request again
    Submit { number: String },
    /// Take a request back
    Withdraw { number: String },
    /// Take a request to work on it
    Claim { number: String },
    /// Give it back
    Release { number: String },
    /// Return it for correction
    Return {
        number: String,
        #[arg(long = "item", value_name = "I", required = true, num_args = 1.., help = items_help("What to correct"))]
        items: Vec<String>,
        #[arg(long)]
        note: String,
    },
    /// Turn it down for good
    Reject {
        number: String,
        #[arg(long)]
        note: String,
    },
    /// Change the reason code
    Reason {
        number: String,
        #[arg(long, help = codes_help())]
        code: String,
        #[arg(long)]
        note: String,
        #[arg(long, value_name = "D", help = date_help("Since when the key is in doubt"))]
        invalidity_date: Option<String>,
    },
    /// Step 5: data and letter are in order
    Verify {
        number: String,
        /// Every item of the checklist is in order
        #[arg(long)]
        all_checked: bool,
        #[arg(
            long = "item", value_name = "I", num_args = 1.., conflicts_with = "all_checked",
            help = items_help("Items in order, one by one")
        )]
        items: Vec<String>,
        /// The letter has not come yet; tick that as a deviation
        #[arg(long)]
        letter_follows: bool,
    },
    /// Step 6: compare the certificate
    Match { number: String },
    /// Second officer's approval
    Approve { number: String },
    /// Step 7: revoke
    Revoke {
        number: String,
        /// Last four hex digits of the serial
        #[arg(long, value_name = "LAST4")]
        confirm: String,
        #[arg(long, value_name = "DATE", help = date_help("Revoke then instead of now"))]
        effective: Option<String>,
    },
    /// Step 8 another way than by mail
    Notified {
        number: String,
        #[arg(long)]
        channel: String,
    },
    /// Step 9: the notification was received
    Acknowledge { number: String },
    /// The other certificates over the same public key, and with --file a request for each
    Shared {
        number: String,
        /// File a request for each that can still be revoked as compromised
        #[arg(long)]
        file: bool,
    },
    /// One decision over many requests from a file: a dry run, and with --apply the decision
    #[command(subcommand)]
    Batch(RequestBatch),
}

#[derive(Subcommand, Debug)]
pub enum RequestBatch {
    /// Step 7 for every row: revoke
    Revoke(BatchFile),
    /// Second officer's approval of every row
    Approve(BatchFile),
}

impl RequestBatch {
    pub const fn file(&self) -> &BatchFile {
        match self {
            Self::Revoke(file) | Self::Approve(file) => file,
        }
    }
}

#[derive(Args, Debug)]
pub struct BatchFile {
    /// CSV with a header: serial, and if wanted number, issuer, effective; - reads standard input
    #[arg(long, value_name = "CSV")]
    pub file: String,
    /// Do it; without this nothing is changed
    #[arg(long, requires = "confirm")]
    pub apply: bool,
    /// The count of the dry run
    #[arg(long, value_name = "COUNT", requires = "apply")]
    pub confirm: Option<usize>,
    /// Write what became of each row as CSV here; - writes standard output instead of the table
    #[arg(long, value_name = "F")]
    pub result: Option<String>,
}

#[derive(Args, Debug)]
pub struct NewRequest {
    /// User name of the certificate's owner
    #[arg(long, value_name = "U")]
    pub owner: String,
    /// The whole serial, or its first or last digits, four at least
    #[arg(long, value_name = "S")]
    pub serial: String,
    /// Of several issuers' certificates the one whose id or name contains this
    #[arg(long, value_name = "I")]
    pub issuer: Option<String>,
    #[arg(long = "reason", value_name = "R", required = true, num_args = 1.., help = reasons_help())]
    pub reasons: Vec<String>,
    /// Letter file; - reads standard input
    #[arg(long, value_name = "F")]
    pub letter: Option<String>,
    /// The letter comes later (urgent reasons)
    #[arg(long, conflicts_with = "letter")]
    pub letter_follows: bool,
    #[arg(long, value_name = "N")]
    pub letter_number: Option<String>,
    /// Date on the letter: YYYY-MM-DD
    #[arg(long, value_name = "D")]
    pub letter_date: Option<String>,
    /// Superior's name
    #[arg(long, value_name = "NAME")]
    pub superior: Option<String>,
    #[arg(long, value_name = "NIP")]
    pub superior_nip: Option<String>,
    #[arg(long, value_name = "D", help = date_help("Since when the key is in doubt"))]
    pub invalidity_date: Option<String>,
    /// After loss: may others be using the key?
    #[arg(long, value_parser = ["possible", "ruled-out"])]
    pub misuse: Option<String>,
    /// Officer beside the applicant
    #[arg(long, value_name = "U")]
    pub companion: Option<String>,
    /// In whose name: subscriber, agency, ca or third_party
    #[arg(long, default_value = "subscriber", value_parser = ["subscriber", "agency", "ca", "third_party"])]
    pub requester: String,
    /// After a compromise: file for every other certificate over the same key too
    #[arg(long, conflicts_with = "draft")]
    pub also_shared: bool,
    /// Keep it as a draft
    #[arg(long)]
    pub draft: bool,
}
