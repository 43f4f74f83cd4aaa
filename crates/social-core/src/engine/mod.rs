//! The use cases: scheduling, publishing exactly once, keeping tokens.
//!
//! Each is a struct over [`Ports`], and each works without the others: [`Posts`] is the
//! [`Scheduler`](crate::ports::Scheduler), [`Tokens`] the
//! [`TokenManager`](crate::ports::TokenManager), [`Accounts`] signs in, [`Library`] takes media,
//! and [`Worker`] does what is due.

mod accounts;
mod analytics;
mod audit;
mod comments;
mod config;
mod confirmations;
mod drive;
mod error;
mod explain;
mod flights;
mod keys;
mod library;
mod parts;
mod posts;
mod publish;
mod quota;
mod registry;
mod render;
mod resolve;
mod tokens;
mod worker;
mod workspaces;

pub use accounts::{Accounts, Connected, SignInLink};
pub use analytics::Analytics;
pub use audit::Audit;
pub use config::EngineConfig;
pub use confirmations::{Confirmations, Redeemed};
pub(crate) use drive::drive;
pub use error::Error;
pub use explain::{Explanation, explain};
pub use flights::Flights;
pub use keys::{Keys, NewKey};
pub use library::Library;
pub use parts::Ports;
pub use posts::{DeliveryPreview, PostEdit, PostView, Posts, Preview};
pub use registry::Registry;
pub use tokens::Tokens;
pub use worker::Worker;
pub use workspaces::Workspaces;
