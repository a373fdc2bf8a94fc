//! What a desk keeps of its work, on the command line: the mails it sent, its log, and what is reported from it.

use clap::Subcommand;

#[derive(Subcommand, Debug)]
pub enum Mail {
    /// The outbox
    List,
    /// Show one mail with its text and what the server answered
    Show { id: String },
    /// Send a failed mail again
    Retry { id: String },
    /// Send a test mail
    Test { address: String },
}

#[derive(Subcommand, Debug)]
pub enum Log {
    /// Newest entries first
    List {
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Show one entry
    Show { seq: u64 },
    /// Verify the desk's log, or an export with its public key
    Verify {
        #[arg(long, value_name = "F")]
        public_key: Option<String>,
        export: Option<String>,
    },
    /// Write every entry, one JSON line each
    Export,
    /// An applicant's receipt with its inclusion proofs
    Prove { number: String },
}

#[derive(Subcommand, Debug)]
pub enum Report {
    /// Times per SOP step
    Sop {
        #[arg(long, value_name = "YYYY-MM")]
        month: String,
        #[arg(long)]
        csv: bool,
    },
}
