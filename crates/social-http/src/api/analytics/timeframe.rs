//! From when to when.

use std::time::Duration;

use social_core::Timestamp;

use super::super::codes;
use super::super::extract::{field, time};
use crate::Problem;

/// The shortest time there is here; what was read this very instant counts.
pub(super) const TICK: Duration = Duration::from_millis(1);

/// From when, up to before when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Timeframe {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

impl Timeframe {
    pub(super) fn read(text: &str, now: Timestamp) -> Result<Self, Problem> {
        let wrong = |why: &str| Err(field(&codes::TIMEFRAME_INVALID, "timeframe", why));
        let hours = match text {
            "24h" => 24,
            "7d" => 7 * 24,
            "30d" => 30 * 24,
            "90d" => 90 * 24,
            text => {
                let Some((from, to)) = text.split_once('/') else {
                    return wrong("it is neither a span nor <from>/<to>");
                };
                let (from, to) = (time(from, "timeframe")?, time(to, "timeframe")?);
                if from >= to {
                    return wrong("it ends before it begins");
                }
                return Ok(Self { from, to });
            }
        };
        let to = now + TICK;
        Ok(Self { from: to - Duration::from_secs(hours * 3600), to })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeframe_is_a_span_or_two_instants() {
        let now = Timestamp::from_secs(1_800_000_000);
        let day = Timeframe::read("24h", now).unwrap();
        assert_eq!(day.to.since(day.from), Duration::from_secs(24 * 3600));
        let code = |text: &str| Timeframe::read(text, now).unwrap_err().code();
        assert!(Timeframe::read("2026-11-01T00:00:00Z/2026-11-02T00:00:00Z", now).is_ok());
        assert_eq!(code("a week"), "timeframe_invalid");
        assert_eq!(code("2026-11-02T00:00:00Z/2026-11-01T00:00:00Z"), "timeframe_invalid");
        assert_eq!(code("2026-11-01T00:00:00/2026-11-02T00:00:00"), "time_without_offset");
    }
}
