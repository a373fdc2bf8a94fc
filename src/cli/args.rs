//! The command line as data: every subcommand and option of the contract, a file for each thing that they are about.
//! Parsing only; nothing is opened here.

mod authority;
mod deploy;
mod desk;
mod letters;
mod named;
mod people;
mod records;
mod requests;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use authority::{Ca, Cert, Crl};
pub use deploy::{Deploy, Part};
pub use desk::{Config, Demo, Init, Serve};
pub use letters::Letter;
pub use named::is_number;
pub use people::{Account, AddAccount, Session};
pub use records::{Log, Mail, Report};
pub use requests::{BatchFile, DATE, NewRequest, Request, RequestBatch};

/// The revocation desk of a certificate authority in a terminal.
#[derive(Parser, Debug)]
#[command(name = "ams", version, max_term_width = 100)]
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
