//! Shutting the worker in, before it has read a byte that a stranger made.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod files;
#[cfg(target_os = "linux")]
mod limits;

use crate::serve::Bounds;

/// Gives up all that decoding does not need. Returns what this system did not let it give up.
#[cfg(target_os = "linux")]
pub(crate) fn shut_in(bounds: &Bounds) -> Vec<String> {
    // In this order: the last one forbids what the first two need.
    let done =
        [("limits", limits::set(bounds)), ("files", files::shut(bounds)), ("calls", calls::shut())];
    let failed = |(name, done): (&str, Result<(), String>)| {
        done.err().map(|error| format!("{name}: {error}"))
    };
    done.into_iter().filter_map(failed).collect()
}

/// Elsewhere there is the process boundary alone.
#[cfg(not(target_os = "linux"))]
pub(crate) fn shut_in(_: &Bounds) -> Vec<String> {
    vec!["this system offers no way to shut a process in that is known here".to_owned()]
}
