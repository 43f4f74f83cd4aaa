//! The networks' clients, their OAuth, and the HTTP transport with its decorators.
//!
//! Each client implements [`PlatformApi`](social_core::ports::PlatformApi). Publishing is a state
//! machine that is stored between any two steps; each request says what it may do, and only one
//! kind, a Commit, makes something visible. After a Commit without a definite answer the client
//! finds out what became of it, by what the network offers: Instagram's container, Facebook's
//! `is_published`, LinkedIn's refusal of a duplicate, TikTok's publish id.
//!
//! ```
//! use std::sync::Arc;
//!
//! use social_core::ports::{Clock, PlatformApi, SignInRequest, SystemClock, Transport};
//! use social_platforms::transport::{ReqwestTransport, Traced};
//! use social_platforms::{AppCredentials, Config, TikTok};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
//! let http: Arc<dyn Transport> = Arc::new(ReqwestTransport::builder().build()?);
//! let transport: Arc<dyn Transport> = Arc::new(Traced::new(http, clock.clone()));
//!
//! let app = AppCredentials::new("my-client-key", "my-client-secret");
//! let tiktok = TikTok::new(Config::new(app), transport, clock);
//! let page = tiktok.sign_in_url(&SignInRequest {
//!     redirect_uri: "https://app.example/callback".parse()?,
//!     state: "a fresh secret".to_owned(),
//!     verifier: "another fresh secret".into(),
//! })?;
//! assert_eq!(page.host_str(), Some("www.tiktok.com"));
//! # Ok(())
//! # }
//! ```

mod callbacks;
mod config;
mod endpoint;
mod facebook;
mod http;
mod instagram;
mod linkedin;
mod meta;
mod multipart;
mod networks;
mod oauth;
mod options;
mod state;
#[cfg(test)]
mod testing;
mod tiktok;
pub mod transport;
mod verdict;
mod versions;

pub use config::{AppCredentials, Config, LinkedInEndpoints, MetaEndpoints, TikTokEndpoints};
pub use facebook::Facebook;
pub use instagram::Instagram;
pub use linkedin::LinkedIn;
pub use networks::{Networks, all};
pub use tiktok::TikTok;
pub use versions::ApiVersion;
