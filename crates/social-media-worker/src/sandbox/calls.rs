//! No network, no other programs, no other processes, by seccomp.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter_all_threads,
};

/// What decoding never needs. Anything else stays allowed: which calls a C library makes differs from
/// one release to the next, and a decoder that dies of a harmless one helps nobody.
const NEVER: &[libc::c_long] = &[
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_io_uring_setup,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_setrlimit,
];

pub(super) fn shut() -> Result<(), String> {
    refuse(denied().map_err(|error| error.to_string())?, libc::EPERM)?;
    // Told that it is not there, the C library takes `clone`, whose flags can be looked at.
    refuse(BTreeMap::from([(libc::SYS_clone3, Vec::new())]), libc::ENOSYS)
}

/// All of them, and what is needed in another form.
fn denied() -> Result<BTreeMap<i64, Vec<SeccompRule>>, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        NEVER.iter().map(|call| (*call, Vec::new())).collect();
    #[cfg(target_arch = "x86_64")]
    rules.extend([(libc::SYS_fork, Vec::new()), (libc::SYS_vfork, Vec::new())]);
    // Processes, as opposed to threads; and new limits, as opposed to asking for the old ones.
    let thread = SeccompCmpOp::MaskedEq(libc::CLONE_THREAD as u64);
    let some = [(libc::SYS_clone, 0, thread), (libc::SYS_prlimit64, 2, SeccompCmpOp::Ne)];
    for (call, argument, compare) in some {
        let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Qword, compare, 0)?;
        rules.insert(call, vec![SeccompRule::new(vec![condition])?]);
    }
    Ok(rules)
}

fn refuse(calls: BTreeMap<i64, Vec<SeccompRule>>, code: i32) -> Result<(), String> {
    let arch = std::env::consts::ARCH.try_into().map_err(|_| "an unknown processor".to_owned())?;
    let refused = SeccompAction::Errno(code as u32);
    let filter = SeccompFilter::new(calls, SeccompAction::Allow, refused, arch);
    let program: BpfProgram = filter
        .and_then(TryInto::try_into)
        .map_err(|error: seccompiler::BackendError| error.to_string())?;
    apply_filter_all_threads(&program).map_err(|error| error.to_string())
}
