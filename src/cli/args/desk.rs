//! A desk on the command line: how it is made, runs, is tried and set.

use clap::{Args, Subcommand};

#[derive(Args, Debug)]
pub struct Init {
    /// User name of the first admin
    #[arg(long, default_value = "admin")]
    pub admin: String,
    /// Full name of the first admin
    #[arg(long, default_value = "Administrator")]
    pub name: String,
    /// E-mail address of the first admin
    #[arg(long, default_value = "")]
    pub email: String,
}

#[derive(Args, Debug)]
pub struct Serve {
    /// File descriptor to read a passphrase from that opens every locked key
    #[arg(long, value_name = "N")]
    pub passphrase_fd: Option<i32>,
    /// File descriptor to read a PIN from that is given to every token that waits for one
    #[arg(long, value_name = "N")]
    pub pin_fd: Option<i32>,
}

#[derive(Args, Debug, Default)]
pub struct Demo {
    /// Open as this demo account without logging in
    #[arg(long, value_name = "USER")]
    pub r#as: Option<String>,
    /// Screen to open on
    #[arg(long, value_name = "NAME")]
    pub screen: Option<String>,
    /// Start over
    #[arg(long)]
    pub reset: bool,
    /// Make the folder, print the accounts and leave
    #[arg(long)]
    pub no_open: bool,
    /// How many requests to make
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub requests: Option<u32>,
    /// A fixed clock (RFC 3339), for pictures and tests
    #[arg(long, value_name = "T")]
    pub now: Option<String>,
}

#[derive(Subcommand, Debug)]
pub enum Config {
    /// List every setting
    List,
    /// Show one setting
    Get { key: String },
    /// Change a setting; - reads the value from standard input
    Set {
        key: String,
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
}
