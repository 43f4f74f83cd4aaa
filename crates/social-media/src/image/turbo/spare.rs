//! Room for decoded pictures, kept by the thread that works them.
//!
//! The system hands out memory of this size page by page, each with a detour through the kernel and
//! wiped; for one photograph that is thousands of detours, and the next one needs the same again.
//! The threads that work pictures end when they have been idle for some seconds, and the room goes
//! with them.

use std::cell::RefCell;

/// The most bytes that a thread keeps.
const MOST: usize = 48 << 20;

thread_local! {
    static SPARE: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// An empty buffer with room for `length` bytes: the tightest of those at hand.
pub(super) fn take(length: usize) -> Vec<u8> {
    let found = SPARE.with_borrow_mut(|spare| {
        let fitting = spare.iter().enumerate().filter(|(_, buffer)| buffer.capacity() >= length);
        let (place, _) = fitting.min_by_key(|(_, buffer)| buffer.capacity())?;
        Some(spare.swap_remove(place))
    });
    found.unwrap_or_else(|| {
        // What is too small now would only stand beside the larger one.
        SPARE.with_borrow_mut(|spare| spare.retain(|buffer| buffer.capacity() < length / 8));
        Vec::with_capacity(length)
    })
}

/// Takes a buffer back for the next picture, unless it makes too many.
pub(super) fn give(mut buffer: Vec<u8>) {
    buffer.clear();
    SPARE.with_borrow_mut(|spare| {
        let kept: usize = spare.iter().map(Vec::capacity).sum();
        if buffer.capacity() > 0 && kept + buffer.capacity() <= MOST {
            spare.push(buffer);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_used_again_and_never_piles_up() {
        give(Vec::with_capacity(1000));
        give(Vec::with_capacity(100));
        let tight = take(90);
        assert!(tight.is_empty() && (90..1000).contains(&tight.capacity()));
        assert!(take(2000).capacity() >= 2000, "nothing fits");
        give(Vec::with_capacity(MOST + 1));
        assert!(SPARE.with_borrow(|spare| spare.iter().all(|b| b.capacity() <= MOST)));
    }
}
