//! What numbers say, and what they do not: pure functions over snapshots.
//!
//! - [`days`], [`Engagement`], [`group`]: numbers by day, by network, by hashtag, …
//! - [`csv`]: a table that a person opens in a spreadsheet
//! - [`experiment`]: two variants, compared honestly
//!
//! Missing is missing, with a reason: it is never counted as zero.
//!
//! ```
//! use social_core::statistics::experiment::{Verdict, compare};
//! use social_core::statistics::experiment::Result as Shown;
//!
//! // Of one post each nobody can tell.
//! let one = [Shown { reached: 1000, acted: 50 }];
//! let other = [Shown { reached: 1000, acted: 60 }];
//! assert!(matches!(compare(&one, &other).verdict, Verdict::NotEnough { .. }));
//! ```

mod csv;
mod day;
mod engagement;
pub mod experiment;

pub use csv::csv;
pub use day::{DayRow, days, midnight, utc_day};
pub use engagement::{Engagement, Group, NoRate, group, growth};
