//! The vocabulary, ports and use cases of the publishing engine; no network, no SQL, no web.
//!
//! - [`domain`]: what posts, deliveries, accounts and media are
//! - [`rules`]: what each network takes, as data
//! - [`preflight`]: what would fail, found before anything is stored
//! - [`flow`]: publishing as a state machine that can be written down between any two steps
//! - [`ports`]: what the engine asks of the world, and what an app asks of the engine
//! - [`statistics`]: what numbers say, by day and group, and of two variants
//! - [`calendar`]: days worth a post
//! - [`timing`]: when posts do well, learnt from how they did
//! - [`engine`]: the use cases
//! - [`measure`]: counters of what the engine does, for whoever operates it
//!
//! Much of it is pure, and usable alone. What would Instagram say to a text without a picture?
//!
//! ```
//! use social_core::Timestamp;
//! use social_core::preflight::{Code, Draft, check};
//! use social_core::rules::instagram;
//!
//! let rules = instagram();
//! let now: Timestamp = "2026-11-23T09:00:00+01:00".parse()?;
//! let verdict = check(&Draft {
//!     rules: &rules,
//!     text: "Fresh beans at nine.",
//!     media: &[],
//!     at: now,
//!     now,
//!     token_ends: None,
//!     options: &Default::default(),
//!     unreachable: Default::default(),
//!     posts_that_day: 0,
//! });
//! assert!(!verdict.is_valid());
//! assert_eq!(verdict.findings[0].code, Code::KindUnsupported);
//! assert!(verdict.findings[0].message.contains("add one"));
//! # Ok::<(), social_core::ParseTimestampError>(())
//! ```

pub mod calendar;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod domain;
pub mod engine;
mod error;
pub mod flow;
pub mod measure;
pub mod ports;
pub mod preflight;
pub mod redact;
pub mod rules;
pub mod statistics;
mod time;
pub mod timing;

pub use error::{BoxError, ErrorKind, Failure, PlatformError, Retry};
pub use time::{ParseTimestampError, Timestamp};
