//! Instants, and the only place that knows which time library stands behind them.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An instant in UTC, kept to the millisecond.
///
/// Written as RFC 3339 with `Z`. Parsing demands an offset: a wall time alone is not an instant,
/// and guessing the zone is how posts go out hours off.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// The Unix epoch.
    pub const UNIX_EPOCH: Self = Self(DateTime::UNIX_EPOCH);

    /// The instant `millis` milliseconds after the Unix epoch, or the epoch where out of range.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self(DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::UNIX_EPOCH))
    }

    /// The instant `secs` seconds after the Unix epoch, or the epoch where out of range.
    #[must_use]
    pub fn from_secs(secs: i64) -> Self {
        Self(DateTime::from_timestamp(secs, 0).unwrap_or(DateTime::UNIX_EPOCH))
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub fn as_millis(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// Whole seconds since the Unix epoch.
    #[must_use]
    pub fn as_secs(self) -> i64 {
        self.0.timestamp()
    }

    /// The time from `earlier` to `self`, or zero where `earlier` is the later one.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.as_millis() - earlier.as_millis()).unwrap_or(0))
    }

    /// The same instant as a value of the time library.
    #[must_use]
    pub fn as_datetime(self) -> DateTime<Utc> {
        self.0
    }

    /// As in the answers of the Graph API: `2026-09-12T23:17:39+0000`.
    #[must_use]
    pub fn to_graph(self) -> String {
        self.0.format("%Y-%m-%dT%H:%M:%S+0000").to_string()
    }

    /// Reads the offset form without a colon that the Graph API uses, or RFC 3339.
    ///
    /// # Errors
    /// [`ParseTimestampError`] where the text is neither.
    pub fn from_graph(text: &str) -> Result<Self, ParseTimestampError> {
        DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%z")
            .map(|t| Self::from(t.with_timezone(&Utc)))
            .or_else(|_| text.parse())
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(value: DateTime<Utc>) -> Self {
        Self::from_millis(value.timestamp_millis())
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, rhs: Duration) -> Self {
        let millis = i64::try_from(rhs.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.as_millis().saturating_add(millis))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, rhs: Duration) -> Self {
        let millis = i64::try_from(rhs.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.as_millis().saturating_sub(millis))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text is not a [`Timestamp`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseTimestampError {
    /// A date and time that lacks its offset.
    #[error(
        "`{0}` has no offset: write the time as in 2026-11-23T09:00:00+01:00, or with Z for UTC"
    )]
    WithoutOffset(String),
    /// Anything else.
    #[error("`{0}` is not a time: write it as in 2026-11-23T09:00:00+01:00")]
    Malformed(String),
}

impl FromStr for Timestamp {
    type Err = ParseTimestampError;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        if let Ok(time) = DateTime::parse_from_rfc3339(s) {
            return Ok(time.with_timezone(&Utc).into());
        }
        let naive =
            ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"]
                .iter()
                .any(|format| chrono::NaiveDateTime::parse_from_str(s, format).is_ok());
        if naive {
            Err(ParseTimestampError::WithoutOffset(s.to_owned()))
        } else {
            Err(ParseTimestampError::Malformed(s.to_owned()))
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_an_offset_is_refused_by_name() {
        for text in ["2026-11-23T09:00:00", "2026-11-23 09:00"] {
            let error = text.parse::<Timestamp>().unwrap_err();
            assert_eq!(error, ParseTimestampError::WithoutOffset(text.to_owned()));
        }
        assert!(matches!("tomorrow".parse::<Timestamp>(), Err(ParseTimestampError::Malformed(_))));
    }

    #[test]
    fn offsets_are_taken_off() {
        let time: Timestamp = "2026-11-23T09:00:00+01:00".parse().unwrap();
        assert_eq!(time.to_string(), "2026-11-23T08:00:00Z");
        assert_eq!(Timestamp::from_graph("2026-11-23T08:00:00+0000").unwrap(), time);
        assert_eq!(time.to_graph(), "2026-11-23T08:00:00+0000");
    }
}
