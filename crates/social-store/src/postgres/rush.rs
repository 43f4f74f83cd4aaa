//! Claims that need not look first.

use std::sync::atomic::{AtomicI64, Ordering};

use social_core::Timestamp;

/// How many milliseconds after a look one can do without: by then a lease may have ended.
const KNOWN: i64 = 100;

/// Whether there is so much to do that to look for it, before it is taken, is a waste.
///
/// A look that finds nothing costs a tenth of a claim that does, so it mostly goes first.
#[derive(Debug)]
pub(super) struct Rush {
    looked: AtomicI64,
    /// Until when a claim goes without a look, where the last one got as much as it could.
    until: AtomicI64,
}

impl Default for Rush {
    fn default() -> Self {
        Self { looked: AtomicI64::new(i64::MIN), until: AtomicI64::new(i64::MIN) }
    }
}

impl Rush {
    pub(super) fn is_on(&self, now: Timestamp) -> bool {
        now.as_millis() < self.until.load(Ordering::Relaxed)
    }

    /// Notes a look.
    pub(super) fn looked(&self, now: Timestamp) {
        self.looked.store(now.as_millis(), Ordering::Relaxed);
    }

    /// Notes whether a claim got as much as it could.
    pub(super) fn took(&self, all: bool) {
        let looked = self.looked.load(Ordering::Relaxed);
        let until = if all { looked.saturating_add(KNOWN) } else { i64::MIN };
        self.until.store(until, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_good_for_a_while_and_only_where_much_is_to_do() {
        let at = Timestamp::from_millis;
        let rush = Rush::default();
        rush.took(true);
        assert!(!rush.is_on(at(0)));
        rush.looked(at(1000));
        assert!(!rush.is_on(at(1000)));
        rush.took(true);
        assert!(rush.is_on(at(1099)) && !rush.is_on(at(1100)));
        rush.took(false);
        assert!(!rush.is_on(at(1001)));
    }
}
