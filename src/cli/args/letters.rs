//! Statement letters on the command line.

use clap::Subcommand;

#[derive(Subcommand, Debug)]
pub enum Letter {
    /// Write the statement-letter form as a PDF
    Form {
        #[arg(long, value_name = "U")]
        owner: Option<String>,
        #[arg(long, value_name = "S")]
        serial: Option<String>,
        /// Of several issuers' certificates the one whose id or name contains this
        #[arg(long, value_name = "I", requires = "serial")]
        issuer: Option<String>,
        #[arg(long = "reason", value_name = "R", num_args = 1..)]
        reasons: Vec<String>,
        /// File to write; - (the default) is standard output
        #[arg(long, short, value_name = "F", default_value = "-")]
        output: String,
    },
    /// Write a request's newest letter to standard output
    Get {
        number: String,
        /// An older version
        #[arg(long)]
        version: Option<u32>,
    },
    /// Attach the letter on standard input
    Put { number: String },
    /// What is known of a request's letters
    Show { number: String },
    /// What a file is, without a desk
    Inspect { file: String },
}
