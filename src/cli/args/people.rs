//! People on the command line: their accounts, and who of them is at the desk.

use clap::{Args, Subcommand};

#[derive(Subcommand, Debug)]
pub enum Account {
    /// Add an account; prints its one-time password
    Add(AddAccount),
    /// List accounts
    List,
    /// Show one account
    Show {
        #[arg(id = "account", value_name = "USER")]
        user: String,
    },
    /// Change a password: one's own, or a one-time password for another
    Passwd {
        #[arg(id = "account", value_name = "USER")]
        user: Option<String>,
        /// File with the new password in its first line; - reads standard input
        #[arg(long, value_name = "F|-", conflicts_with = "account")]
        new_password_file: Option<String>,
    },
    /// Enrol one's own second factor, or take another's away
    Totp {
        #[arg(id = "account", value_name = "USER")]
        user: Option<String>,
        /// The code shown by the authenticator, to finish enrolment
        #[arg(long, conflicts_with = "account")]
        code: Option<String>,
    },
    /// Change roles and scope
    Grant {
        #[arg(id = "account", value_name = "USER")]
        user: String,
        #[arg(long = "role", required = true)]
        roles: Vec<String>,
        /// Agencies an op may decide for; all when left out
        #[arg(long = "scope")]
        scope: Vec<String>,
    },
    /// Second admin's word on a waiting change
    Approve {
        #[arg(id = "account", value_name = "USER")]
        user: String,
    },
    /// Stop what waits: for one's own account, or as an admin for another's
    Cancel {
        #[arg(id = "account", value_name = "USER")]
        user: Option<String>,
    },
    /// Let nobody log in to an account any more
    Disable {
        #[arg(id = "account", value_name = "USER")]
        user: String,
    },
    /// Open a disabled account again
    Enable {
        #[arg(id = "account", value_name = "USER")]
        user: String,
    },
    /// Bind a unix user
    Bind {
        #[arg(id = "account", value_name = "USER")]
        user: String,
        uid: u32,
    },
    /// Take in accounts from CSV
    Import { csv: String },
}

#[derive(Args, Debug)]
pub struct AddAccount {
    pub username: String,
    #[arg(long)]
    pub name: String,
    #[arg(long)]
    pub email: String,
    #[arg(long)]
    pub nip: Option<String>,
    #[arg(long)]
    pub nik: Option<String>,
    #[arg(long, default_value = "")]
    pub agency: String,
    #[arg(long, default_value = "")]
    pub unit: String,
    #[arg(long, default_value = "")]
    pub position: String,
    #[arg(long = "role", required = true)]
    pub roles: Vec<String>,
    /// Agencies an op may decide for; all when left out
    #[arg(long = "scope")]
    pub scope: Vec<String>,
}

#[derive(Subcommand, Debug)]
pub enum Session {
    /// Screens that are open, and those that were left and may be taken up again
    List,
    /// End one: its screen closes, and what it left is forgotten
    End { id: String },
}
