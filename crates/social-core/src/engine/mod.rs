//! The use cases: scheduling, publishing exactly once, keeping tokens.

mod drive;
mod error;

pub(crate) use drive::drive;
pub use error::Error;
