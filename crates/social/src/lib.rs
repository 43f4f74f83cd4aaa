//! The one dependency an app adds to publish to social networks.
//!
//! ```no_run
//! use social::{AppCredentials, Platform, PostRequest, Scheduler as _, Social};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let social = Social::builder()
//!     .app(Platform::FACEBOOK, AppCredentials::new("app-id", "app-secret"))
//!     .build()
//!     .await?;
//!
//! // Once: a person signs in, and the network sends them back to this address.
//! let back = "https://example.com/callback".parse()?;
//! let link = social.accounts().connect(social.workspace(), &Platform::FACEBOOK, &back).await?;
//! println!("open {}", link.url);
//! // social.accounts().finish(&address_they_came_back_to).await?;
//!
//! // From then on:
//! let worker = social.start();
//! let request = PostRequest::new(social.workspace(), "Good morning!", [Platform::FACEBOOK]);
//! let post = social.posts().schedule_post(request).await?;
//! let view = social.wait_for(post).await?;
//! println!("{:?}", view.status);
//! worker.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! [`Social::builder`] has a default for everything: a SQLite file and a folder of media in
//! `./social-data`, a key file beside them, the machine's clock. Each of the pieces can be taken
//! alone: see [`core`] for the ports and use cases.
//!
//! With the feature `sim`, the networks' simulators are at [`sim`], and `Builder::simulators`
//! points all four clients at them: everything runs without an account anywhere.

mod activities;
mod builder;
mod storage;
mod worker;

use std::sync::Arc;

pub use builder::{BuildError, Builder};
pub use social_content as content;
pub use social_core as core;
pub use social_core::domain::series;
pub use social_core::domain::{
    Account, AccountId, Asset, AssetId, Delivery, DeliveryId, DeliveryStatus, MediaRef, Metric,
    Metrics, Override, Platform, Post, PostId, PostKind, PostStatus, Target, TimeSpan, WorkspaceId,
};
pub use social_core::engine::{
    Accounts, AgentGateway, Analytics, Archive, Audit, Confirmations, EngineConfig, Error,
    Explanation, Jobs, Keys, Library, NewKey, NewWebhook, People, PostEdit, PostView, Posts,
    Preview, Promise, Reach, SeriesEdit, SeriesView, Tokens, WebhookChange, Webhooks,
};
pub use social_core::ports::{
    Activity, ContentEngine, MediaPipeline, PlatformApi, PostRequest, Scheduler, Submit,
    TokenManager, When,
};
pub use social_core::preflight::{Code, Finding, Fix, Severity};
pub use social_core::{ErrorKind, Failure, Timestamp};
#[cfg(feature = "http")]
pub use social_http as http;
pub use social_media as media;
#[cfg(feature = "video")]
pub use social_media_worker::InProcess;
pub use social_platforms as platforms;
pub use social_platforms::AppCredentials;
#[cfg(feature = "sim")]
pub use social_sim as sim;
pub use social_store as store;
pub use worker::RunningWorker;

use activities::Activities;
use secrecy::SecretSlice;
use social_core::engine::{Ports, Worker};

/// The engine, wired. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Social {
    ports: Ports,
    workspace: WorkspaceId,
    content: Arc<dyn ContentEngine>,
    activities: Arc<Activities>,
    session_key: SecretSlice<u8>,
}

impl Social {
    /// Begins to wire an engine; everything has a default.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The workspace that an app with one tenant uses.
    #[must_use]
    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// Connecting accounts.
    #[must_use]
    pub fn accounts(&self) -> Accounts {
        Accounts::new(self.ports.clone())
    }

    /// Taking media in.
    #[must_use]
    pub fn library(&self) -> Library {
        Library::new(self.ports.clone())
    }

    /// Planning posts, once or again and again ([`PostRequest::repeated`]): the [`Scheduler`].
    #[must_use]
    pub fn posts(&self) -> Posts {
        Posts::new(self.ports.clone())
    }

    /// Reading numbers.
    #[must_use]
    pub fn analytics(&self) -> Analytics {
        Analytics::new(self.ports.clone())
    }

    /// The life of tokens: the [`TokenManager`].
    #[must_use]
    pub fn tokens(&self) -> Tokens {
        Tokens::new(self.ports.clone())
    }

    /// API keys.
    #[must_use]
    pub fn keys(&self) -> Keys {
        Keys::new(self.ports.clone())
    }

    /// Promises that somebody saw a preview.
    #[must_use]
    pub fn confirmations(&self) -> Confirmations {
        Confirmations::new(self.ports.clone())
    }

    /// Webhooks: telling other programs what happens.
    #[must_use]
    pub fn webhooks(&self) -> Webhooks {
        Webhooks::new(self.ports.clone())
    }

    /// The queue, for those who run it.
    #[must_use]
    pub fn jobs(&self) -> Jobs {
        Jobs::new(self.ports.clone())
    }

    /// Exporting and importing everything.
    #[must_use]
    pub fn archive(&self) -> Archive {
        Archive::new(&self.ports)
    }

    /// The record of who did what.
    #[must_use]
    pub fn audit(&self) -> Audit {
        Audit::new(self.ports.clone())
    }

    /// People: who may sign in.
    #[must_use]
    pub fn people(&self) -> People {
        People::new(self.ports.clone())
    }

    /// The key that signs people's access tokens, for the adapter that issues them. It outlives the
    /// process where the engine keeps keys in its data folder.
    #[must_use]
    pub fn session_key(&self) -> &SecretSlice<u8> {
        &self.session_key
    }

    /// Words: the [`ContentEngine`].
    #[must_use]
    pub fn content(&self) -> &Arc<dyn ContentEngine> {
        &self.content
    }

    /// What the use cases stand on, for adapters.
    #[must_use]
    pub fn ports(&self) -> &Ports {
        &self.ports
    }

    /// One delivery's story: what was sent, what came back, is it live, what now.
    ///
    /// # Errors
    /// Where there is no such delivery, or of the store.
    pub async fn explain(&self, delivery: DeliveryId) -> Result<Explanation, Error> {
        social_core::engine::explain(&self.ports, self.workspace, delivery).await
    }

    /// A worker that an app drives itself.
    #[must_use]
    pub fn worker(&self) -> Worker {
        Worker::new(self.ports.clone())
    }

    /// Starts a worker in the background; it works until it is stopped.
    #[must_use]
    pub fn start(&self) -> RunningWorker {
        RunningWorker::start(self.worker())
    }

    /// What is going on, from now on. A listener that falls behind misses some of it.
    #[must_use]
    pub fn activities(&self) -> tokio::sync::broadcast::Receiver<Activity> {
        self.activities.subscribe()
    }

    /// Waits until all deliveries of a post are settled. A worker must be running somewhere.
    ///
    /// # Errors
    /// Where there is no such post, or of the store.
    pub async fn wait_for(&self, post: PostId) -> Result<PostView, Error> {
        let mut activities = self.activities();
        loop {
            let view = self.posts().get(self.workspace, post).await?;
            if view.deliveries.iter().all(|delivery| delivery.status.is_settled()) {
                return Ok(view);
            }
            // Another process may be the one that works, so look from time to time as well.
            let later = self.ports.clock.now() + self.ports.config.poll;
            tokio::select! {
                () = self.ports.clock.sleep_until(later) => {}
                () = Activities::status_change(&mut activities) => {}
            }
        }
    }
}
