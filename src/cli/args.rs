//! The command line as data: every subcommand and option of the contract. Parsing only; nothing is opened here.

mod authority;
mod named;
mod requests;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use authority::{Ca, Cert, Crl};
pub use named::is_number;
pub use requests::{BatchFile, NewRequest, Request, RequestBatch};

/// The revocation desk of a certificate authority in a terminal.
#[derive(Parser, Debug)]
#[command(
    name = "ams",
    version,
    disable_help_subcommand = true,
    max_term_width = 100
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options that may stand before or after the subcommand.
#[derive(Args, Debug, Clone, Default)]
pub struct Global {
    /// Data folder
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "AMS_DATA",
        hide_env_values = true
    )]
    pub data: Option<PathBuf>,
    /// Socket of the running desk
    #[arg(
        long,
        global = true,
        value_name = "PATH",
        env = "AMS_SOCKET",
        hide_env_values = true
    )]
    pub socket: Option<PathBuf>,
    /// Account to act as
    #[arg(long, global = true, value_name = "NAME")]
    pub user: Option<String>,
    /// File with the password in its first line; - reads standard input
    #[arg(long, global = true, value_name = "F|-", allow_hyphen_values = true)]
    pub password_file: Option<String>,
    /// One-time code of the second factor
    #[arg(long, global = true, value_name = "CODE")]
    pub totp: Option<String>,
    /// Language of messages: id or en
    #[arg(long, global = true, value_name = "id|en", value_parser = ["id", "en"])]
    pub lang: Option<String>,
    /// Machine-readable output
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Make a data folder and the first admin
    Init(Init),
    /// Be the desk: answer screens and commands on the socket until told to stop
    Serve(Serve),
    /// Try it: a demo folder with a CA, people, certificates and requests
    Demo(Demo),
    /// Show and change settings
    #[command(subcommand)]
    Config(Config),
    /// Certification authorities
    #[command(subcommand)]
    Ca(Ca),
    /// Certificates
    #[command(subcommand)]
    Cert(Cert),
    /// Accounts
    #[command(subcommand)]
    Account(Account),
    /// Revocation requests
    #[command(subcommand)]
    Request(Request),
    /// Statement letters
    #[command(subcommand)]
    Letter(Letter),
    /// Certificate revocation lists
    #[command(subcommand)]
    Crl(Crl),
    /// Outgoing mail
    #[command(subcommand)]
    Mail(Mail),
    /// The verifiable log
    #[command(subcommand)]
    Log(Log),
    /// Who is at the desk
    #[command(subcommand)]
    Session(Session),
    /// Reports
    #[command(subcommand)]
    Report(Report),
    /// Check that database, indexes and log agree
    Check,
    /// Copy the data folder's database while the desk runs
    Backup { dest: String },
    /// Bring a backup back into a data folder whose desk is stopped; - reads standard input
    Restore {
        src: String,
        /// The last number given to a CRL, where no published copy is left
        #[arg(long, value_name = "N")]
        last_crl_number: Option<String>,
        /// A copy of a published CRL; may stand several times
        #[arg(long = "crl", value_name = "F")]
        crls: Vec<String>,
    },
    /// Look at everything that a desk stands on, and say what to do
    Doctor {
        /// Asked by another `ams doctor` of the desk that runs
        #[arg(long, hide = true)]
        at_desk: bool,
    },
    /// Print the files that put the desk behind sshd and systemd
    #[command(subcommand)]
    Deploy(Deploy),
}

#[derive(Subcommand, Debug)]
pub enum Deploy {
    /// For sshd_config.d: a group of users who get the desk and nothing else
    Sshd {
        /// Unix group of officers
        #[arg(long, value_name = "NAME", default_value = "ams-petugas")]
        group: String,
        /// Absolute path of ams there; this very program when left out
        #[arg(long, value_name = "F")]
        program: Option<String>,
    },
    /// For ~/.ssh/config on the officers' machines
    SshClient {
        /// What to type after ssh
        #[arg(long, value_name = "NAME", default_value = "desk")]
        host: String,
        /// The desk's address
        #[arg(long, value_name = "NAME", default_value = "desk.example")]
        hostname: String,
        /// Unix user there
        #[arg(long, value_name = "NAME", default_value = "petugas")]
        login: String,
    },
    /// The desk as a service
    Systemd {
        /// Which file: the unit, sysusers.d or tmpfiles.d
        #[arg(long, value_enum, default_value = "unit")]
        part: Part,
        /// Unix group of officers, who reach the socket
        #[arg(long, value_name = "NAME", default_value = "ams-petugas")]
        group: String,
        /// Absolute path of ams there; this very program when left out
        #[arg(long, value_name = "F")]
        program: Option<String>,
        /// Data folder, below /var/lib
        #[arg(long, value_name = "DIR", default_value = "/var/lib/ams")]
        state: String,
        /// Folder that CRLs are published to, where it lies outside the data folder
        #[arg(long, value_name = "DIR")]
        publish: Option<String>,
        /// File with the passphrase of the CA key, handed over by systemd
        #[arg(long, value_name = "F")]
        passphrase: Option<String>,
        /// File with the PIN of the CA key's token, handed over by systemd
        #[arg(long, value_name = "F")]
        pin: Option<String>,
    },
    /// A web server for the folder that CRLs are published to
    Nginx {
        /// Folder that CRLs are published to
        #[arg(long, value_name = "DIR", default_value = "/srv/crl")]
        publish: String,
        /// Host name in the CRL's URL
        #[arg(long, value_name = "NAME", default_value = "crl.example")]
        server_name: String,
        /// Path before the file name in the CRL's URL
        #[arg(long, value_name = "PATH", default_value = "/")]
        path: String,
        /// Port, or address and port; may be given more than once
        #[arg(long, value_name = "ADDRESS", default_values = ["80", "[::]:80"])]
        listen: Vec<String>,
    },
}

/// A file of the service.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    Unit,
    Sysusers,
    Tmpfiles,
}

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

#[derive(Subcommand, Debug)]
pub enum Account {
    /// Add an account; prints its one-time password
    Add {
        username: String,
        #[arg(long)]
        name: String,
        #[arg(long)]
        email: String,
        #[arg(long)]
        nip: Option<String>,
        #[arg(long)]
        nik: Option<String>,
        #[arg(long, default_value = "")]
        agency: String,
        #[arg(long, default_value = "")]
        unit: String,
        #[arg(long, default_value = "")]
        position: String,
        #[arg(long = "role", required = true)]
        roles: Vec<String>,
        /// Agencies an op may decide for; all when left out
        #[arg(long = "scope")]
        scope: Vec<String>,
    },
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
        #[arg(long = "scope")]
        scope: Vec<String>,
    },
    /// Second admin's word on a waiting change
    Approve {
        #[arg(id = "account", value_name = "USER")]
        user: String,
    },
    Disable {
        #[arg(id = "account", value_name = "USER")]
        user: String,
    },
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

#[derive(Subcommand, Debug)]
pub enum Letter {
    /// Write the statement-letter form as a PDF
    Form {
        #[arg(long, value_name = "U")]
        owner: Option<String>,
        #[arg(long, value_name = "S")]
        serial: Option<String>,
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

#[derive(Subcommand, Debug)]
pub enum Mail {
    /// The outbox
    List,
    Show {
        id: String,
    },
    /// Send a failed mail again
    Retry {
        id: String,
    },
    /// Send a test mail
    Test {
        address: String,
    },
}

#[derive(Subcommand, Debug)]
pub enum Log {
    /// Newest entries first
    List {
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    Show {
        seq: u64,
    },
    /// Verify the desk's log, or an export with its public key
    Verify {
        #[arg(long, value_name = "F")]
        public_key: Option<String>,
        export: Option<String>,
    },
    /// Write every entry, one JSON line each
    Export,
    /// An applicant's receipt with its inclusion proofs
    Prove {
        number: String,
    },
}

#[derive(Subcommand, Debug)]
pub enum Session {
    /// Screens that are open, and those that were left and may be taken up again
    List,
    /// End one: its screen closes, and what it left is forgotten
    End { id: String },
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn global_options_stand_before_or_after_the_subcommand() {
        for line in [
            ["ams", "--json", "--user", "op", "request", "list"],
            ["ams", "request", "list", "--user", "op", "--json"],
        ] {
            let cli = Cli::try_parse_from(line).unwrap();
            assert!(cli.global.json && cli.global.user.as_deref() == Some("op"));
        }
    }

    #[test]
    fn an_account_named_is_not_the_one_who_asks() {
        let cli = Cli::try_parse_from("ams --user admin account show op".split(' ')).unwrap();
        assert_eq!(cli.global.user.as_deref(), Some("admin"));
        assert!(matches!(
            cli.command,
            Some(Command::Account(Account::Show { user })) if user == "op"
        ));
    }

    #[test]
    fn no_option_of_a_subcommand_bears_the_name_of_a_global_one() {
        fn look(command: &clap::Command, global: &[String]) {
            for sub in command.get_subcommands() {
                for argument in sub.get_arguments().filter(|a| !a.is_global_set()) {
                    let id = argument.get_id().to_string();
                    assert!(!global.contains(&id), "{}: {id}", sub.get_name());
                }
                look(sub, global);
            }
        }
        let command = Cli::command();
        let global: Vec<String> = command
            .get_arguments()
            .filter(|a| a.is_global_set())
            .map(|a| a.get_id().to_string())
            .collect();
        assert_eq!(global.len(), 7);
        look(&command, &global);
    }

    #[test]
    fn several_reasons_and_items_may_follow_one_option() {
        let cli = Cli::try_parse_from(
            "ams request new --owner u --serial 01 --reason mutasi lainnya --letter-follows"
                .split_whitespace(),
        )
        .unwrap();
        let Some(Command::Request(Request::New(new))) = cli.command else {
            panic!("another command");
        };
        assert_eq!(new.reasons, ["mutasi", "lainnya"]);
        assert!(new.letter_follows);
    }
}
