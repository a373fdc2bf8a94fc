//! Locks the calling process in before it touches a stranger's bytes: Landlock takes away files, network and signals,
//! resource limits cap memory, time and descriptors, seccomp leaves only what reading and answering needs.
//! What a kernel lacks is reported, and the rest still holds.

use std::collections::BTreeMap;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetStatus,
    Scope,
};
use rustix::process::{Resource, Rlimit, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};
use serde::{Deserialize, Serialize};

use super::format::Limits;

/// What held a child while it read a letter.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Confinement {
    /// Memory, time, descriptors, file size and processes are capped.
    pub rlimits: bool,
    pub landlock: LandlockHold,
    /// The system-call filter is in force.
    pub seccomp: bool,
}

/// How much of the Landlock rule set the kernel enforces.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LandlockHold {
    /// No file, no TCP, no signal to others.
    Full,
    /// An older kernel: files are closed, newer rights are not known to it.
    Partial,
    /// The kernel has no Landlock, or it is switched off.
    #[default]
    Absent,
}

impl Confinement {
    /// Whether neither files nor network can be reached, by either means.
    pub const fn is_closed(self) -> bool {
        self.rlimits && self.seccomp
    }
}

/// Confines the calling thread, which is to be the only one, for good.
pub fn confine(limits: &Limits) -> Confinement {
    // Landlock first, since it opens a descriptor; the system-call filter last, since it forbids the others.
    let landlock = deny_files().unwrap_or_default();
    let rlimits = cap_resources(limits).is_ok();
    let seccomp = filter_system_calls().is_ok();
    Confinement {
        rlimits,
        landlock,
        seccomp,
    }
}

/// A Landlock rule set without a single rule: everything that it handles is denied.
fn deny_files() -> Result<LandlockHold, landlock::RulesetError> {
    let abi = ABI::V6;
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?
        .scope(Scope::from_all(abi))?
        .create()?
        .restrict_self()?;
    Ok(match status.ruleset {
        RulesetStatus::FullyEnforced => LandlockHold::Full,
        RulesetStatus::PartiallyEnforced => LandlockHold::Partial,
        RulesetStatus::NotEnforced => LandlockHold::Absent,
    })
}

fn cap_resources(limits: &Limits) -> rustix::io::Result<()> {
    let cap = |resource, soft, hard| {
        setrlimit(
            resource,
            Rlimit {
                current: Some(soft),
                maximum: Some(hard),
            },
        )
    };
    let memory = limits.memory_mebibytes << 20;
    cap(Resource::As, memory, memory)?;
    // One second between the two, so that the end is SIGXCPU, which tells more than SIGKILL.
    cap(Resource::Cpu, limits.seconds, limits.seconds + 1)?;
    cap(Resource::Core, 0, 0)?;
    cap(Resource::Fsize, 0, 0)?;
    cap(Resource::Nproc, 0, 0)?;
    // Descriptors 0, 1 and 2 stay; no other can be opened.
    cap(Resource::Nofile, 3, 3)
}

/// System calls that only an exploit makes here: the kernel kills the process.
#[rustfmt::skip]
const FATAL: &[i64] = &[
    libc::SYS_execve, libc::SYS_execveat, libc::SYS_ptrace, libc::SYS_process_vm_readv, libc::SYS_process_vm_writev,
    libc::SYS_socket, libc::SYS_socketpair, libc::SYS_connect, libc::SYS_bind, libc::SYS_clone, libc::SYS_clone3,
    libc::SYS_bpf, libc::SYS_io_uring_setup, libc::SYS_userfaultfd, libc::SYS_perf_event_open, libc::SYS_unshare,
    libc::SYS_setns, libc::SYS_mount, libc::SYS_init_module, libc::SYS_finit_module, libc::SYS_kexec_load,
    libc::SYS_add_key, libc::SYS_keyctl,
];

/// System calls that reading, thinking and answering need. Any other fails with EPERM.
#[rustfmt::skip]
const PLAIN: &[i64] = &[
    libc::SYS_read, libc::SYS_readv, libc::SYS_write, libc::SYS_writev, libc::SYS_close,
    libc::SYS_munmap, libc::SYS_mremap, libc::SYS_brk, libc::SYS_madvise,
    libc::SYS_futex, libc::SYS_clock_gettime, libc::SYS_getrandom, libc::SYS_sched_yield,
    libc::SYS_rt_sigreturn, libc::SYS_rt_sigaction, libc::SYS_rt_sigprocmask, libc::SYS_sigaltstack,
    libc::SYS_getpid, libc::SYS_gettid, libc::SYS_restart_syscall, libc::SYS_exit, libc::SYS_exit_group,
];

fn filter_system_calls() -> Result<(), seccompiler::Error> {
    let arch: TargetArch = std::env::consts::ARCH.try_into()?;
    let fatal = FATAL.iter().map(|call| (*call, Vec::new())).collect();
    let fatal: BpfProgram = SeccompFilter::new(
        fatal,
        SeccompAction::Allow,
        SeccompAction::KillProcess,
        arch,
    )?
    .try_into()?;

    let mut allowed: BTreeMap<i64, Vec<SeccompRule>> =
        PLAIN.iter().map(|call| (*call, Vec::new())).collect();
    let not_executable = SeccompRule::new(vec![SeccompCondition::new(
        2,
        SeccompCmpArgLen::Dword,
        SeccompCmpOp::MaskedEq(libc::PROT_EXEC as u64),
        0,
    )?])?;
    allowed.insert(libc::SYS_mmap, vec![not_executable.clone()]);
    allowed.insert(libc::SYS_mprotect, vec![not_executable]);
    // abort() signals its own process; no other.
    let own = SeccompRule::new(vec![SeccompCondition::new(
        0,
        SeccompCmpArgLen::Dword,
        SeccompCmpOp::Eq,
        u64::from(std::process::id()),
    )?])?;
    allowed.insert(libc::SYS_tgkill, vec![own]);
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
    //! Each test starts this test binary once more for itself alone; there it locks itself in, for good, and tries
    //! what must not work.

    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command, ExitStatus};

    use super::*;

    const INSIDE: &str = "AMS_TEST_CONFINED";
    const REFUSED: i32 = 40;
    const DONE: i32 = 41;

    /// Runs `attempt` confined in a process of its own and returns how that ended: it exits with [`REFUSED`] or
    /// [`DONE`].
    fn confined(test: &str, lock: impl FnOnce(), attempt: impl FnOnce() -> bool) -> ExitStatus {
        if std::env::var_os(INSIDE).is_some() {
            lock();
            std::process::exit(if attempt() { DONE } else { REFUSED });
        }
        let name = format!("{}::{test}", module_path!().split_once("::").unwrap().1);
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &name, "--nocapture"])
            .env(INSIDE, "1")
            .output()
            .unwrap()
            .status
    }

    fn all() {
        let held = confine(&Limits::default());
        assert!(held.is_closed(), "{held:?}");
    }

    #[test]
    fn a_confined_process_computes_and_allocates() {
        let end = confined("a_confined_process_computes_and_allocates", all, || {
            let words: Vec<String> = (0..200_000).map(|n| n.to_string()).collect();
            words.concat().len() > 1_000_000
        });
        assert_eq!(end.code(), Some(DONE));
    }

    #[test]
    fn a_confined_process_opens_no_file() {
        let end = confined("a_confined_process_opens_no_file", all, || {
            std::fs::File::open("/etc/passwd").is_ok() || std::fs::read_dir("/").is_ok()
        });
        assert_eq!(end.code(), Some(REFUSED));
    }

    #[test]
    fn landlock_alone_opens_no_file() {
        let lock = || match deny_files().unwrap_or_default() {
            LandlockHold::Full | LandlockHold::Partial => {}
            LandlockHold::Absent => std::process::exit(0),
        };
        let end = confined("landlock_alone_opens_no_file", lock, || {
            std::fs::File::open("/etc/passwd").is_ok()
        });
        if end.code() == Some(0) {
            println!("SKIPPED: this kernel has no Landlock (5.13 or newer with lsm=landlock has)");
        } else {
            assert_eq!(end.code(), Some(REFUSED));
        }
    }

    #[test]
    fn a_confined_process_signals_no_other() {
        let parent = rustix::process::getppid().unwrap();
        let end = confined("a_confined_process_signals_no_other", all, || {
            rustix::process::test_kill_process(parent).is_ok()
        });
        assert_eq!(end.code(), Some(REFUSED));
    }

    #[test]
    fn a_socket_a_program_or_a_thread_ends_the_confined_process() {
        let name = "a_socket_a_program_or_a_thread_ends_the_confined_process";
        for attempt in ["socket", "program", "thread"] {
            if std::env::var_os(INSIDE).is_some() {
                let attempt = std::env::var("AMS_TEST_ATTEMPT").unwrap();
                confined(name, all, || match attempt.as_str() {
                    "socket" => std::net::UdpSocket::bind("127.0.0.1:0").is_ok(),
                    "program" => Command::new("/bin/true").spawn().is_ok(),
                    _ => std::thread::Builder::new().spawn(|| ()).is_ok(),
                });
            }
            let name = format!("{}::{name}", module_path!().split_once("::").unwrap().1);
            let end = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", &name, "--nocapture"])
                .envs([(INSIDE, "1"), ("AMS_TEST_ATTEMPT", attempt)])
                .output()
                .unwrap()
                .status;
            assert_eq!(end.signal(), Some(libc::SIGSYS), "{attempt}: {end}");
        }
    }

    #[test]
    fn memory_ends_at_the_limit() {
        let end = confined("memory_ends_at_the_limit", all, || {
            let block = vec![1u8; 600 << 20];
            std::hint::black_box(&block).len() > 1
        });
        assert_eq!(end.signal(), Some(libc::SIGABRT));
    }
}
