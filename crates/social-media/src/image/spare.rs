//! Room for decoded pictures, kept from one to the next.
//!
//! The system hands out memory of this size page by page, each with a detour through the kernel and
//! wiped; for one photograph that is thousands of detours, and the next one needs the same again.
//! The threads that work pictures share what is kept: which of them takes the next is chance. They
//! end when they have been idle for some seconds, and the room goes with the last of them.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use fast_image_resize::Resizer;

/// The most bytes that are kept.
const MOST: usize = 64 << 20;
/// What nobody wanted for so long is given up when a thread ends.
const STALE: Duration = Duration::from_secs(5);

/// The most bytes that a scaler keeps for what it has between across and down.
const BETWEEN: usize = 16 << 20;

static SPARE: Mutex<Vec<(Instant, Vec<u8>)>> = Mutex::new(Vec::new());
static SCALERS: Mutex<Vec<(Instant, Resizer)>> = Mutex::new(Vec::new());

thread_local! {
    static AIR: Airing = const { Airing };
}

/// Clears up when its thread ends.
struct Airing;

impl Drop for Airing {
    fn drop(&mut self) {
        spare().retain(|(since, _)| since.elapsed() < STALE);
        scalers().retain(|(since, _)| since.elapsed() < STALE);
    }
}

fn spare() -> MutexGuard<'static, Vec<(Instant, Vec<u8>)>> {
    SPARE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn scalers() -> MutexGuard<'static, Vec<(Instant, Resizer)>> {
    SCALERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What scales, with the room it had for the picture before; given back when it is dropped.
pub(super) struct Scaler(Resizer);

impl Scaler {
    pub(super) fn take() -> Self {
        Self(scalers().pop().map(|(_, scaler)| scaler).unwrap_or_default())
    }
}

impl Deref for Scaler {
    type Target = Resizer;
    fn deref(&self) -> &Resizer {
        &self.0
    }
}

impl DerefMut for Scaler {
    fn deref_mut(&mut self) -> &mut Resizer {
        &mut self.0
    }
}

impl Drop for Scaler {
    fn drop(&mut self) {
        AIR.with(|_| {});
        if self.0.size_of_internal_buffers() <= BETWEEN {
            scalers().push((Instant::now(), std::mem::take(&mut self.0)));
        }
    }
}

/// An empty buffer with room for `length` bytes.
pub(super) fn take(length: usize) -> Vec<u8> {
    let mut buffer = find(length);
    buffer.clear();
    buffer
}

/// The tightest of the buffers at hand that have room for `length` bytes.
fn find(length: usize) -> Vec<u8> {
    let mut kept = spare();
    let fitting = kept.iter().enumerate().filter(|(_, (_, buffer))| buffer.capacity() >= length);
    let tightest = fitting.min_by_key(|(_, (_, buffer))| buffer.capacity()).map(|(at, _)| at);
    match tightest {
        Some(at) => kept.swap_remove(at).1,
        None => {
            // What is too small now would only stand beside the larger one.
            kept.retain(|(_, buffer)| buffer.capacity() < length / 8);
            drop(kept);
            Vec::with_capacity(length)
        }
    }
}

/// A buffer of `length` bytes to be written over: whatever was there before still is.
pub(super) fn room(length: usize) -> Vec<u8> {
    let mut buffer = find(length);
    buffer.resize(length, 0);
    buffer
}

/// Takes a buffer back for the next picture, unless it makes too many.
pub(super) fn give(buffer: Vec<u8>) {
    AIR.with(|_| {});
    let mut kept = spare();
    let all: usize = kept.iter().map(|(_, buffer)| buffer.capacity()).sum();
    if buffer.capacity() > 0 && all + buffer.capacity() <= MOST {
        kept.push((Instant::now(), buffer));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_used_again_and_never_piles_up() {
        give(Vec::with_capacity(1000));
        give(Vec::with_capacity(100));
        assert!(take(90).is_empty());
        assert!(take(2000).capacity() >= 2000, "nothing fits");
        give(Vec::with_capacity(MOST + 1));
        let all: usize = spare().iter().map(|(_, buffer)| buffer.capacity()).sum();
        assert!(all <= MOST);
    }
}
