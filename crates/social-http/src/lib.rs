//! The axum adapter over the engine: routers built from ports, to be nested in any axum app.
//!
//! [`api`] is the whole HTTP API. What other servers may want of it stands alone as well: the media
//! that networks fetch, the networks' limits as data, and the server's health. Everything is a
//! function from ports to a [`Router`](axum::Router), so an app takes what it needs:
//!
//! ```
//! use std::sync::Arc;
//! use social_store::MemoryBlobs;
//!
//! let app: axum::Router = axum::Router::new()
//!     .merge(social_http::media(Arc::new(MemoryBlobs::new())))
//!     .merge(social_http::platforms(social_core::engine::Registry::default()));
//! ```

mod api;
pub mod call;
mod health;
pub mod mcp;
mod media;
mod oidc;
mod platforms;
mod problem;

pub use api::{Api, ApiConfig, api};
pub use health::health;
pub use media::media;
pub use oidc::OidcConfig;
pub use platforms::platforms;
pub use problem::{Flaw, Problem};
