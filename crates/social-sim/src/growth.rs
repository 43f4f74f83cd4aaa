//! How the numbers of a post grow: a pure function of seed, post, metric and age.

use std::time::Duration;

use social_core::Timestamp;

use crate::ids::draw;

/// Half of everything a post will ever get has come after this long.
const HALF_LIFE_SECS: u64 = 6 * 3600;

/// The value of `metric` for the post `id` at `age`.
///
/// It never shrinks with age and never passes its ceiling, which lies between `low` and `high`
/// and is drawn from the seed.
pub(crate) fn count(
    seed: u64,
    id: &str,
    metric: &str,
    age: Duration,
    (low, high): (u64, u64),
) -> u64 {
    let ceiling = low + draw(seed, &[id, metric]) % (high - low).max(1);
    let age = age.as_secs();
    ceiling.saturating_mul(age) / (age + HALF_LIFE_SECS)
}

/// The usual span of a metric's ceiling, by what its name says: many look, few like, fewer speak.
pub(crate) fn span(metric: &str) -> (u64, u64) {
    let has = |part: &str| metric.contains(part);
    // One person may look twice: the spans do not meet, so reach never passes views.
    if has("reach") || has("REACHED") || has("unique") {
        (2_000, 5_500)
    } else if has("view") || has("impression") || has("IMPRESSION") {
        (6_000, 14_000)
    } else if has("time") {
        (3_000, 90_000)
    } else if has("comment") || has("COMMENT") || has("repl") {
        (4, 60)
    } else if has("share") || has("SHARE") || has("repost") {
        (3, 80)
    } else if has("save") || has("SAVE") || has("follow") || has("FOLLOW") {
        (2, 50)
    } else {
        (40, 800)
    }
}

/// What came to `metric` of the post `id`, made at `made`, in `from..to`.
pub(crate) fn between(
    seed: u64,
    id: &str,
    metric: &str,
    made: Timestamp,
    (from, to): (Timestamp, Timestamp),
) -> u64 {
    let by = |at: Timestamp| count(seed, id, metric, at.since(made), span(metric));
    by(to).saturating_sub(by(from))
}
