//! What of a desk's surroundings is printed: the files for sshd, ssh, systemd and a web server.

use clap::{Subcommand, ValueEnum};

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
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    Unit,
    Sysusers,
    Tmpfiles,
}
