//! Memory, files and processor time, by resource limits.
#![allow(unsafe_code, reason = "calls of the system")]

use crate::serve::Bounds;

/// Files that are open at once: the input, the outputs, and the three it is given.
const FILES: u64 = 64;

pub(super) fn set(bounds: &Bounds) -> Result<(), String> {
    limit(libc::RLIMIT_AS, bounds.memory)?;
    limit(libc::RLIMIT_FSIZE, bounds.file_bytes)?;
    limit(libc::RLIMIT_NOFILE, FILES)?;
    // A crash leaves no copy of somebody's media on the disk.
    limit(libc::RLIMIT_CORE, 0)?;
    // SAFETY: no pointers. A file that grows too large is an error of writing then, and what serves
    // people comes first.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
        libc::setpriority(libc::PRIO_PROCESS, 0, 5);
    }
    // SAFETY: no pointers. The worker ends with whoever has started it, even if that one is killed
    // while an order runs.
    if unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL, 0, 0, 0) } != 0 {
        return Err(std::io::Error::last_os_error().to_string());
    }
    Ok(())
}

fn limit(what: libc::__rlimit_resource_t, most: u64) -> Result<(), String> {
    let limit = libc::rlimit { rlim_cur: most, rlim_max: most };
    // SAFETY: the structure lives as long as the call.
    match unsafe { libc::setrlimit(what, &raw const limit) } {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error().to_string()),
    }
}
