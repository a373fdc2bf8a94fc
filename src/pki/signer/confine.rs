//! Locks a signing process in before it is given a key: no core file, no debugger, no file, no network. One that loads
//! a PKCS#11 module keeps files, threads and outgoing connections, which a vendor's library needs, and loses the rest.
//! What a kernel lacks is reported, and the rest still holds.

use std::collections::BTreeMap;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, Ruleset, RulesetAttr,
    RulesetStatus, Scope,
};
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};
use serde::{Deserialize, Serialize};

use super::LONGEST_TBS;
use super::material::Custody;

/// What holds a signing process.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Confinement {
    /// No core file, no debugger of the same user, no memory read through /proc.
    pub sealed: bool,
    /// Memory, descriptors, file size and processes are capped (as far as a module allows).
    pub rlimits: bool,
    pub landlock: Landlock,
    /// The system-call filter is in force.
    pub seccomp: bool,
}

impl Confinement {
    /// Whether everything but Landlock holds, which an older kernel may not have.
    pub const fn is_whole(self) -> bool {
        self.sealed && self.rlimits && self.seccomp
    }
}

/// How much of its Landlock rules the kernel enforces.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Landlock {
    Full,
    /// An older kernel, to which newer rights are not known.
    Partial,
    #[default]
    Absent,
}

/// Confines the calling thread, which is to be the only one, for good.
pub fn confine(custody: Custody) -> Confinement {
    let sealed = seal().is_ok();
    // Landlock before the limits, since it opens a descriptor; the filter last, since it forbids the others.
    let landlock = deny(custody).unwrap_or_default();
    let rlimits = cap(custody).is_ok();
    let seccomp = filter(custody).is_ok();
    Confinement {
        sealed,
        rlimits,
        landlock,
        seccomp,
    }
}

fn seal() -> rustix::io::Result<()> {
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    limit(Resource::Core, 0)
}

fn limit(resource: Resource, most: u64) -> rustix::io::Result<()> {
    setrlimit(
        resource,
        Rlimit {
            current: Some(most),
            maximum: Some(most),
        },
    )
}

fn cap(custody: Custody) -> rustix::io::Result<()> {
    if custody == Custody::Token {
        return Ok(());
    }
    // The longest list, room for reading it, and what a key's scrypt may take.
    limit(Resource::As, LONGEST_TBS + (1 << 30))?;
    // Two slots of numbers.
    limit(Resource::Fsize, 4 << 20)?;
    limit(Resource::Nproc, 0)?;
    // Descriptors 0, 1 and 2 stay; no other can be opened.
    limit(Resource::Nofile, 3)
}

/// Rules without a single exception: everything that they handle is denied.
fn deny(custody: Custody) -> Result<Landlock, landlock::RulesetError> {
    let abi = ABI::V6;
    let files: BitFlags<AccessFs> = match custody {
        Custody::File => AccessFs::from_all(abi),
        Custody::Token => AccessFs::Execute | AccessFs::MakeChar | AccessFs::MakeBlock,
    };
    let network: BitFlags<AccessNet> = match custody {
        Custody::File => AccessNet::from_all(abi),
        // A network HSM is called; nobody calls us.
        Custody::Token => AccessNet::BindTcp.into(),
    };
    let scope: BitFlags<Scope> = match custody {
        Custody::File => Scope::from_all(abi),
        Custody::Token => Scope::Signal.into(),
    };
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(files)?
        .handle_access(network)?
        .scope(scope)?
        .create()?
        .restrict_self()?;
    Ok(match status.ruleset {
        RulesetStatus::FullyEnforced => Landlock::Full,
        RulesetStatus::PartiallyEnforced => Landlock::Partial,
        RulesetStatus::NotEnforced => Landlock::Absent,
    })
}

/// System calls that only an exploit makes here: the kernel kills the process.
#[rustfmt::skip]
const FATAL: &[i64] = &[
    libc::SYS_execve, libc::SYS_execveat, libc::SYS_ptrace, libc::SYS_process_vm_readv, libc::SYS_process_vm_writev,
    libc::SYS_bpf, libc::SYS_io_uring_setup, libc::SYS_userfaultfd, libc::SYS_perf_event_open, libc::SYS_unshare,
    libc::SYS_setns, libc::SYS_mount, libc::SYS_umount2, libc::SYS_pivot_root, libc::SYS_init_module,
    libc::SYS_finit_module, libc::SYS_delete_module, libc::SYS_kexec_load, libc::SYS_reboot,
];

/// The same for a process without a module, which has no use for sockets, threads and files either.
#[rustfmt::skip]
const FATAL_WITHOUT_MODULE: &[i64] = &[
    libc::SYS_socket, libc::SYS_socketpair, libc::SYS_connect, libc::SYS_bind, libc::SYS_clone, libc::SYS_clone3,
    libc::SYS_openat, libc::SYS_openat2, libc::SYS_add_key, libc::SYS_keyctl,
];

/// System calls that receiving, signing, keeping a number and answering need. Any other fails with EPERM.
#[rustfmt::skip]
const PLAIN: &[i64] = &[
    libc::SYS_read, libc::SYS_readv, libc::SYS_write, libc::SYS_writev, libc::SYS_close,
    libc::SYS_pread64, libc::SYS_pwrite64, libc::SYS_fsync,
    libc::SYS_munmap, libc::SYS_mremap, libc::SYS_brk, libc::SYS_madvise,
    libc::SYS_futex, libc::SYS_clock_gettime, libc::SYS_getrandom, libc::SYS_sched_yield,
    libc::SYS_rt_sigreturn, libc::SYS_rt_sigaction, libc::SYS_rt_sigprocmask, libc::SYS_sigaltstack,
    libc::SYS_getpid, libc::SYS_gettid, libc::SYS_restart_syscall, libc::SYS_exit, libc::SYS_exit_group,
];

fn filter(custody: Custody) -> Result<(), seccompiler::Error> {
    let arch: TargetArch = std::env::consts::ARCH.try_into()?;
    let more = match custody {
        Custody::File => FATAL_WITHOUT_MODULE,
        Custody::Token => &[],
    };
    // A vendor's library that tries to start a program is refused; it need not die of it.
    let answer = match custody {
        Custody::File => SeccompAction::KillProcess,
        Custody::Token => SeccompAction::Errno(libc::EPERM as u32),
    };
    let fatal = FATAL.iter().chain(more);
    let fatal: BpfProgram = SeccompFilter::new(
        fatal.map(|call| (*call, Vec::new())).collect(),
        SeccompAction::Allow,
        answer,
        arch,
    )?
    .try_into()?;
    if custody == Custody::Token {
        return seccompiler::apply_filter(&fatal);
    }

    let mut allowed: BTreeMap<i64, Vec<SeccompRule>> =
        PLAIN.iter().map(|call| (*call, Vec::new())).collect();
    let argument = |number, operator, value| {
        SeccompCondition::new(number, SeccompCmpArgLen::Dword, operator, value)
    };
    let not_executable = SeccompCmpOp::MaskedEq(libc::PROT_EXEC as u64);
    let not_executable = SeccompRule::new(vec![argument(2, not_executable, 0)?])?;
    allowed.insert(libc::SYS_mmap, vec![not_executable.clone()]);
    allowed.insert(libc::SYS_mprotect, vec![not_executable]);
    // abort() signals its own process; no other.
    let own = argument(0, SeccompCmpOp::Eq, u64::from(std::process::id()))?;
    allowed.insert(libc::SYS_tgkill, vec![SeccompRule::new(vec![own])?]);
    let allowed: BpfProgram = SeccompFilter::new(
        allowed,
        SeccompAction::Errno(libc::EPERM as u32),
        SeccompAction::Allow,
        arch,
    )?
    .try_into()?;

    // Where both speak, the kernel takes the stricter word.
    seccompiler::apply_filter(&fatal)?;
    seccompiler::apply_filter(&allowed)
}

#[cfg(test)]
mod tests {
    //! Each test starts this test binary once more for itself alone; there it locks itself in, for good, and tries.

    use std::os::unix::fs::FileExt;
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command, ExitStatus};

    use super::*;

    const INSIDE: &str = "AMS_TEST_SIGNER_ATTEMPT";
    const REFUSED: i32 = 40;
    const DONE: i32 = 41;
    const NOT_HELD: i32 = 42;

    /// Runs this test alone in a process of its own, where it makes `attempt`; how that ended.
    fn alone(test: &str, attempt: &str) -> ExitStatus {
        let name = format!("{}::{test}", module_path!().split_once("::").unwrap().1);
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &name, "--nocapture"])
            .env(INSIDE, attempt)
            .output()
            .unwrap()
            .status
    }

    /// Locks this process in and makes the attempt, if it is one of those processes.
    fn inside(custody: Custody, attempt: impl FnOnce(&str) -> bool) {
        if let Ok(what) = std::env::var(INSIDE) {
            if !confine(custody).is_whole() {
                std::process::exit(NOT_HELD);
            }
            std::process::exit(if attempt(&what) { DONE } else { REFUSED });
        }
    }

    fn program() -> bool {
        Command::new("/bin/true").status().is_ok()
    }

    fn thread() -> bool {
        std::thread::Builder::new().spawn(|| ()).is_ok()
    }

    #[test]
    fn what_reaches_beyond_key_and_numbers_ends_the_process() {
        inside(Custody::File, |what| match what {
            "file" => std::fs::File::open("/etc/passwd").is_ok(),
            "folder" => std::fs::read_dir("/").is_ok(),
            "socket" => std::net::UdpSocket::bind("127.0.0.1:0").is_ok(),
            "unix" => std::os::unix::net::UnixStream::pair().is_ok(),
            "program" => program(),
            _ => thread(),
        });
        for attempt in ["file", "folder", "socket", "unix", "program", "thread"] {
            let end = alone(
                "what_reaches_beyond_key_and_numbers_ends_the_process",
                attempt,
            );
            assert_eq!(end.signal(), Some(libc::SIGSYS), "{attempt}: {end}");
        }
    }

    #[test]
    fn what_signing_needs_still_works() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("numbers");
        let file = std::fs::File::create(&path).unwrap();
        inside(Custody::File, |_| {
            let list = vec![7; 60 << 20];
            let (ca, key) = crate::pki::demo_ca::DemoCa::create(
                &crate::pki::demo_ca::DemoSubject {
                    common_name: "CA UJI".to_owned(),
                    ..Default::default()
                },
                &crate::domain::Serial::parse("01").unwrap(),
                crate::domain::Timestamp::default(),
            )
            .unwrap();
            let key = crate::pki::key::PrivateKey::read(&key, None).unwrap();
            let signed = key.sign(&list).is_ok() && !ca.certificate_der().is_empty();
            signed && file.write_all_at(b"12", 1 << 20).is_ok() && file.sync_all().is_ok()
        });
        let end = alone("what_signing_needs_still_works", "sign");
        assert_eq!(end.code(), Some(DONE), "{end}");
    }

    #[test]
    fn a_module_may_open_files_and_call_out_and_start_nothing() {
        inside(Custody::Token, |what| match what {
            "file" => std::fs::File::open("/etc/passwd").is_ok(),
            "call" => std::net::UdpSocket::bind("127.0.0.1:0").is_ok(),
            "thread" => thread(),
            _ => program(),
        });
        let test = "a_module_may_open_files_and_call_out_and_start_nothing";
        for (attempt, expected) in [
            ("file", DONE),
            ("call", DONE),
            ("thread", DONE),
            ("program", REFUSED),
        ] {
            assert_eq!(alone(test, attempt).code(), Some(expected), "{attempt}");
        }
    }
}
