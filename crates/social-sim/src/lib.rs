//! Simulators of Instagram, Facebook Pages, LinkedIn and TikTok, so that everything runs on a
//! laptop with no account anywhere.
//!
//! A [`Sim`] is a function from request to reply over state in memory. It keeps to what the
//! networks document, and to what their clients trip over: containers that are not ready yet,
//! empty answers with the id in a header, errors with HTTP 200, texts cut without a word.
//! Everything that became visible stands in its [`Ledger`], which is how a test can tell whether
//! a post went out once, twice or never. [`Fault`]s lose answers, fail before or after the deed,
//! throttle and expire, by plan.
//!
//! Served by a [`SimServer`] it is one HTTP server for all networks, with feeds to look at under
//! `/__sim/`; behind a [`SimTransport`] it needs no socket and no time.
//!
//! ```
//! use std::sync::Arc;
//!
//! use social_core::Timestamp;
//! use social_core::ports::ManualClock;
//! use social_sim::{Network, Sim, SimConfig};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let clock = Arc::new(ManualClock::new(Timestamp::from_secs(1_800_000_000)));
//! let sim = Sim::new(SimConfig::default(), clock);
//!
//! let page = sim.accounts().into_iter().find(|a| a.platform == Network::Facebook).unwrap();
//! let token = sim.grant(Network::Facebook, &page.id).unwrap().access_token;
//! let feed = sim.hosts().graph.join(&format!("v26.0/{}/feed", page.id))?;
//! let request = http::Request::post(feed.as_str())
//!     .header("authorization", format!("Bearer {token}"))
//!     .header("content-type", "application/json")
//!     .body(r#"{"message": "Fresh beans at nine."}"#.into())?;
//!
//! let answer = sim.handle(request).await.into_answer().unwrap();
//! assert_eq!(answer.status(), 200);
//! assert_eq!(sim.ledger().entries[0].text, "Fresh beans at nine.");
//! assert!(sim.ledger().duplicates().is_empty());
//! # Ok(())
//! # }
//! ```

mod call;
mod callbacks;
mod config;
mod consent;
mod facebook;
mod fault;
mod fetch;
mod grants;
mod growth;
mod hosts;
mod ids;
mod instagram;
mod ledger;
mod linkedin;
pub mod media;
mod meta;
mod network;
pub mod operations;
mod params;
mod people;
mod reply;
mod routing;
mod server;
mod sim;
mod state;
mod tiktok;
mod tokens;
mod transport;
mod web;

pub use callbacks::SignedCall;
pub use config::{LinkedinConfig, MetaConfig, SecondPublish, SimClient, SimConfig, TiktokConfig};
pub use fault::{Fault, FaultKind, FaultMatch};
pub use fetch::{FetchedMedia, Fetcher, HttpFetcher, NoFetcher, TableFetcher};
pub use hosts::Hosts;
pub use ledger::{Ledger, LedgerEntry, LedgerMedia};
pub use network::Network;
pub use people::{
    FacebookPage, FacebookUser, InstagramAccount, LinkedinMember, LinkedinOrganization,
    TiktokCreator,
};
pub use reply::{Outcome, SimReply};
pub use server::{SimServer, StartError};
pub use sim::Sim;
pub use state::{CallRecord, SimAccount};
pub use tokens::IssuedGrant;
pub use transport::SimTransport;
