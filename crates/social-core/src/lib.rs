//! The vocabulary, ports and use cases of the publishing engine; no network, no SQL, no web.

#[cfg(feature = "conformance")]
pub mod conformance;
pub mod domain;
pub mod engine;
mod error;
pub mod flow;
pub mod ports;
pub mod preflight;
pub mod rules;
mod time;

pub use error::{BoxError, ErrorKind, Failure, PlatformError, Retry};
pub use time::{ParseTimestampError, Timestamp};
