//! The columns of numbers: their names in statements, and what stands in them.
//!
//! A number that is the last known of several is found by one `max`: the time goes into the bits
//! above the number's, so the latest is the greatest, and what is null is passed over. A number has
//! 36 bits there, which is 68 billion.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use social_core::Timestamp;
use social_core::domain::{Counted, DeliveryId, Dimension, Gained, Metric, Platform, Sum, Sums};
use social_core::ports::StoreError;
use social_core::statistics::{DayRow, midnight, utc_day};
use uuid::Uuid;

use crate::columns::{Columns, Read, Row};

type Result<T> = std::result::Result<T, StoreError>;

/// The text once for each number with its name put between the pieces, commas between them. Texts
/// of statements are constants, so no function can do it.
macro_rules! each {
    ($($piece:literal),+) => {
        concat!(
            $crate::numbers::named!("impressions"; $($piece),+), ", ",
            $crate::numbers::named!("reach"; $($piece),+), ", ",
            $crate::numbers::named!("views"; $($piece),+), ", ",
            $crate::numbers::named!("likes"; $($piece),+), ", ",
            $crate::numbers::named!("comments"; $($piece),+), ", ",
            $crate::numbers::named!("shares"; $($piece),+), ", ",
            $crate::numbers::named!("saves"; $($piece),+), ", ",
            $crate::numbers::named!("clicks"; $($piece),+), ", ",
            $crate::numbers::named!("followers"; $($piece),+)
        )
    };
}
macro_rules! named {
    ($name:literal; $last:literal) => { $last };
    ($name:literal; $first:literal, $($rest:literal),+) => {
        concat!($first, $name, $crate::numbers::named!($name; $($rest),+))
    };
}
pub(crate) use {each, named};

/// The number of a day: days since 1970.
pub(crate) fn number_of(day: NaiveDate) -> i64 {
    midnight(day).as_secs() / 86_400
}

fn day_of(number: i64) -> NaiveDate {
    utc_day(Timestamp::from_secs(number * 86_400))
}

/// What a database keeps of a number.
pub(crate) fn kept(values: &BTreeMap<Metric, u64>, metric: Metric) -> Option<i64> {
    values.get(&metric).map(|value| i64::try_from(*value).unwrap_or(i64::MAX))
}

impl<R: Row> Columns<'_, R>
where
    i64: Read<R>,
    Option<i64>: Read<R>,
    String: Read<R>,
    Uuid: Read<R>,
{
    fn day(&self) -> Result<NaiveDate> {
        self.get("day").map(day_of)
    }

    pub(crate) fn platform(&self) -> Result<Platform> {
        self.word("platform")
    }

    /// The numbers of one post, as far as they are known.
    pub(crate) fn values(&self) -> Result<BTreeMap<Metric, u64>> {
        let mut values = BTreeMap::new();
        for metric in Metric::ALL {
            let value: Option<i64> = self.get(metric.as_str())?;
            values.extend(value.and_then(|value| Some((metric, u64::try_from(value).ok()?))));
        }
        Ok(values)
    }

    /// What posts come to.
    pub(crate) fn sums(&self) -> Result<Sums> {
        let mut of = BTreeMap::new();
        for metric in Metric::ALL {
            let sum = self.sum(metric.as_str())?;
            if sum.posts > 0 {
                of.insert(metric, sum);
            }
        }
        Ok(Sums {
            posts: self.count("posts")?,
            of,
            shown: self.sum("shown")?,
            acts: self.count("acts")?,
            seen: self.count("seen")?,
            rated: self.count("rated")?,
            read_at: self.maybe_time("read_at")?,
        })
    }

    fn sum(&self, name: &str) -> Result<Sum> {
        Ok(Sum { value: self.count(name)?, posts: self.count(&format!("{name}_of"))? })
    }

    /// Posts that have a key in common.
    pub(crate) fn counted(&self) -> Result<Counted> {
        Ok(Counted {
            platform: self.platform()?,
            day: None,
            dimension: self.word("dimension")?,
            key: self.get("key")?,
            sums: self.sums()?,
        })
    }

    /// All posts of a day.
    pub(crate) fn counted_daily(&self) -> Result<Counted> {
        let (dimension, key) = (Dimension::All, String::new());
        let day = Some(self.day()?);
        Ok(Counted { platform: self.platform()?, day, dimension, key, sums: self.sums()? })
    }

    pub(crate) fn gained(&self) -> Result<Gained> {
        let mut values = BTreeMap::new();
        for metric in Metric::ALL {
            let value: i64 = self.get(metric.as_str())?;
            values.insert(metric, value);
        }
        Ok(Gained { day: self.day()?, platform: self.platform()?, values })
    }

    /// A delivery's day, without the reasons for what is missing.
    pub(crate) fn day_row(&self) -> Result<DayRow> {
        let mut gained = BTreeMap::new();
        for metric in Metric::ALL {
            let value: Option<i64> = self.get(&format!("{}_gained", metric.as_str()))?;
            gained.extend(value.map(|value| (metric, value)));
        }
        Ok(DayRow {
            day: self.day()?,
            delivery: self.id("delivery_id", DeliveryId::from_uuid)?,
            total: self.values()?,
            gained,
            missing: BTreeMap::new(),
        })
    }
}
