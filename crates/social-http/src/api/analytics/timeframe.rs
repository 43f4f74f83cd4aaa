//! From when to when.

use std::time::Duration;

use social_core::Timestamp;
use social_core::domain::TimeSpan;

use super::super::codes;
use super::super::extract::{field, time};
use crate::Problem;

/// The shortest time there is here; what was read this very instant counts.
const TICK: Duration = Duration::from_millis(1);

/// The longest time there is a report of: a leap year.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// A time as clients write it: from when, up to before when.
pub(super) fn read(text: &str, now: Timestamp) -> Result<TimeSpan, Problem> {
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
            if to.since(from) > LONGEST {
                return wrong("it is longer than a year");
            }
            return Ok(TimeSpan { from, to });
        }
    };
    let to = now + TICK;
    Ok(TimeSpan { from: to - Duration::from_secs(hours * 3600), to })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeframe_is_a_span_or_two_instants() {
        let now = Timestamp::from_secs(1_800_000_000);
        let day = read("24h", now).unwrap();
        assert_eq!(day.to.since(day.from), Duration::from_secs(24 * 3600));
        let code = |text: &str| read(text, now).unwrap_err().code();
        assert!(read("2026-11-01T00:00:00Z/2026-11-02T00:00:00Z", now).is_ok());
        assert_eq!(code("a week"), "timeframe_invalid");
        assert_eq!(code("2026-11-02T00:00:00Z/2026-11-01T00:00:00Z"), "timeframe_invalid");
        assert_eq!(code("2026-11-01T00:00:00/2026-11-02T00:00:00"), "time_without_offset");
    }
}
