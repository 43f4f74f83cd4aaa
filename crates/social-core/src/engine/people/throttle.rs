//! Slowing down who guesses.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::Timestamp;

/// So many failures cost nothing: people mistype.
const FREE: u32 = 4;

/// The longest wait after a failure.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// After this long without a try all is forgotten.
const FORGOTTEN: Duration = Duration::from_secs(60 * 60);

/// Beyond so many names, those that nobody waits for are forgotten.
const REMEMBERED: usize = 10_000;

/// Makes each try wait longer than the one before, by name, within this process.
///
/// The name is who is tried *and* from where. Counted by the person alone, a stranger could lock
/// anybody out by failing in their name; counted by the address alone, one colleague could lock
/// out an office. Who guesses from many addresses is held by the slowness of the hash and by the
/// limit of requests that each address has.
#[derive(Debug, Clone, Default)]
pub struct Throttle(Arc<Mutex<HashMap<String, Tries>>>);

#[derive(Debug, Clone, Copy)]
struct Tries {
    failed: u32,
    next: Timestamp,
}

impl Throttle {
    /// Begins a try, which counts as failed until [`Throttle::passed`] is called: tries that run
    /// beside each other must not all go for one.
    ///
    /// # Errors
    /// How long to wait, where it is too soon.
    pub fn begin(&self, name: &str, now: Timestamp) -> Result<(), Duration> {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() > REMEMBERED {
            names.retain(|_, tries| tries.next > now);
        }
        let tries = names.entry(name.to_owned()).or_insert(Tries { failed: 0, next: now });
        if now.since(tries.next) > FORGOTTEN {
            *tries = Tries { failed: 0, next: now };
        }
        if tries.next > now {
            return Err(tries.next.since(now));
        }
        tries.failed = tries.failed.saturating_add(1);
        let doublings = tries.failed.checked_sub(FREE + 1);
        let wait = doublings.map_or(Duration::ZERO, |doublings| {
            Duration::from_secs(1_u64.checked_shl(doublings).unwrap_or(u64::MAX)).min(LONGEST)
        });
        tries.next = now + wait;
        Ok(())
    }

    /// The try was right: all is forgiven.
    pub fn passed(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_waits_twice_as_long_as_the_one_before() {
        let throttle = Throttle::default();
        let mut now = Timestamp::from_secs(1_000_000);
        for _ in 0..FREE {
            throttle.begin("ann", now).unwrap();
        }
        for wait in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            throttle.begin("ann", now).unwrap();
            let wait = Duration::from_secs(wait);
            assert_eq!(throttle.begin("ann", now), Err(wait));
            throttle.begin("bob", now).unwrap();
            throttle.passed("bob");
            now = now + wait;
        }
        throttle.passed("ann");
        throttle.begin("ann", now).unwrap();
        throttle.begin("ann", now).unwrap();
    }

    #[test]
    fn after_an_hour_of_rest_all_is_forgotten() {
        let throttle = Throttle::default();
        let now = Timestamp::from_secs(1_000_000);
        for _ in 0..=FREE {
            throttle.begin("ann", now).unwrap();
        }
        let later = now + FORGOTTEN + Duration::from_secs(2);
        for _ in 0..=FREE {
            throttle.begin("ann", later).unwrap();
        }
        assert!(throttle.begin("ann", later).is_err());
    }
}
