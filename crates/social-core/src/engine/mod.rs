//! The use cases: scheduling, publishing exactly once, keeping tokens.
//!
//! Each is a struct over [`Ports`], and each works without the others: [`Posts`] is the
//! [`Scheduler`](crate::ports::Scheduler), [`Tokens`] the
//! [`TokenManager`](crate::ports::TokenManager), [`Accounts`] signs in, [`Library`] takes media,
//! and [`Worker`] does what is due.

mod accounts;
mod analytics;
mod config;
mod drive;
mod error;
mod explain;
mod flights;
mod library;
mod parts;
mod posts;
mod publish;
mod registry;
mod render;
mod resolve;
mod tokens;
mod worker;
mod workspaces;

pub use accounts::{Accounts, Connected, SignInLink};
pub use analytics::Analytics;
pub use config::EngineConfig;
pub(crate) use drive::drive;
pub use error::Error;
pub use explain::{Explanation, explain};
pub use flights::Flights;
pub use library::Library;
pub use parts::Ports;
pub use posts::{DeliveryPreview, PostView, Posts, Preview};
pub use registry::Registry;
pub use tokens::Tokens;
pub use worker::Worker;
pub use workspaces::Workspaces;
