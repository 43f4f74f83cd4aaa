//! The vocabulary, ports and use cases of the publishing engine; no network, no SQL, no web.

pub mod domain;
pub mod ports;
pub mod rules;
mod time;

pub use time::{ParseTimestampError, Timestamp};
