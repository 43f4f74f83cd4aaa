//! When a message is sent again.

use std::time::Duration;

use crate::ports::IdSource;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// How long to wait after each attempt, in seconds: over a day in all.
const WAITS: [u64; 7] = [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR];

/// A receiver may ask for no longer than this, and for no less than a second.
const LONGEST: Duration = Duration::from_secs(24 * HOUR);

/// How long to wait after the `tries`-th attempt, or `None` where that was the last one. What the
/// receiver asks for wins; else up to a tenth is added, so that messages that failed together do
/// not come back together.
pub(super) fn wait(tries: u32, asked: Option<Duration>, ids: &dyn IdSource) -> Option<Duration> {
    let at = usize::try_from(tries.saturating_sub(1)).ok()?;
    let planned = Duration::from_secs(*WAITS.get(at)?);
    if let Some(asked) = asked {
        return Some(asked.clamp(Duration::from_secs(1), LONGEST));
    }
    let millis = u64::try_from(planned.as_millis()).unwrap_or(u64::MAX);
    Some(planned + Duration::from_millis(ids.below(millis / 10)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ports::SeededIds;

    proptest! {
        #[test]
        fn the_plan_ends_and_never_hammers(
            seed in any::<u64>(),
            asked in prop::collection::vec(prop::option::of(0_u64..1_000_000), 0..20),
        ) {
            let ids = SeededIds::new(seed);
            let mut total = Duration::ZERO;
            let mut tries = 1;
            while let Some(wait) = wait(
                tries,
                asked.get(tries as usize).copied().flatten().map(Duration::from_secs),
                &ids,
            ) {
                prop_assert!(wait >= Duration::from_secs(1) && wait <= LONGEST);
                total += wait;
                tries += 1;
            }
            prop_assert_eq!(tries, 8);
            if asked.is_empty() {
                prop_assert!(total > Duration::from_secs(24 * HOUR));
                prop_assert!(total < Duration::from_secs(31 * HOUR));
            }
        }
    }

    #[test]
    fn what_the_receiver_asks_for_wins() {
        let ids = SeededIds::new(1);
        let minute = Some(Duration::from_secs(MINUTE));
        assert_eq!(wait(1, minute, &ids), minute);
        assert_eq!(wait(3, minute, &ids), minute);
        assert_eq!(wait(8, minute, &ids), None);
    }
}
