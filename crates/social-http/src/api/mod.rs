//! The HTTP API: posts, accounts, media, numbers, keys, words.
//!
//! Everything under `/api` asks for `Authorization: Bearer`, answers errors as
//! `application/problem+json`, and never answers about another workspace than the key's.

mod access;
mod accounts;
mod analytics;
mod app;
mod auth;
mod callback;
mod codes;
mod config;
mod confirm;
mod content;
mod cors;
mod docs;
mod edge;
mod events;
mod extract;
mod keys;
mod limits;
mod media;
mod openapi;
mod posts;
mod preflight;
mod skill;
mod table;

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use social_core::engine::Ports;
use social_core::ports::{Activity, ContentEngine};
use tokio::sync::broadcast;
use url::Url;
use utoipa_axum::router::OpenApiRouter;

use app::{App, Shared, Subscribe};
pub use config::ApiConfig;
use limits::Limits;

/// Builds the router of the whole API.
pub struct Api {
    ports: Ports,
    config: ApiConfig,
    content: Option<Arc<dyn ContentEngine>>,
    activities: Option<Subscribe>,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("config", &self.config).finish_non_exhaustive()
    }
}

/// The whole API over `ports`, for clients that come by the address that `config` names. For
/// words and events, see [`Api::builder`].
pub fn api(ports: Ports, config: ApiConfig) -> Router {
    Api::builder(ports, config).build()
}

impl Api {
    /// The API over `ports`, for clients that come by the address that `config` names.
    #[must_use]
    pub fn builder(ports: Ports, config: ApiConfig) -> Self {
        Self { ports, config, content: None, activities: None }
    }

    /// Writes text by this engine. Default: `/api/content` says that there is none.
    #[must_use]
    pub fn content(mut self, content: Arc<dyn ContentEngine>) -> Self {
        self.content = Some(content);
        self
    }

    /// Tells listeners of `/api/events` what this hears: called once for each of them. Default:
    /// it says that nothing is told.
    #[must_use]
    pub fn activities(
        mut self,
        subscribe: impl Fn() -> broadcast::Receiver<Activity> + Send + Sync + 'static,
    ) -> Self {
        self.activities = Some(Arc::new(subscribe));
        self
    }

    /// The router. It serves `/api`, `/media`, `/healthz`, `/readyz`, `/openapi.json`, `/docs` and
    /// `/skill/SKILL.md`, and says in its own form what it does not serve; nest it, or serve it
    /// alone.
    pub fn build(self) -> Router {
        let Self { ports, config, content, activities } = self;
        let limits = Limits::new(
            ports.clock.clone(),
            config.requests_per_minute,
            config.address_requests_per_minute,
        );
        let cors = cors::layer(&config);
        let app = App::new(Shared { ports, config, content, activities, limits });
        let (closed, mut document) = OpenApiRouter::with_openapi(openapi::head())
            .merge(posts::routes())
            .merge(preflight::routes())
            .merge(media::routes())
            .merge(accounts::routes())
            .merge(analytics::routes())
            .merge(content::routes())
            .merge(events::routes())
            .merge(keys::routes())
            .split_for_parts();
        let closed = closed.route_layer(from_fn_with_state(app.clone(), auth::authenticate));
        let (open, more) = callback::routes().split_for_parts();
        document.merge(more);
        let document = openapi::finish(document);
        let ports = &app.ports;
        Router::new()
            .merge(closed)
            .merge(open)
            .merge(skill::routes())
            .merge(docs::routes(&document))
            .with_state(app.clone())
            .merge(crate::platforms(ports.platforms.clone()))
            .merge(crate::media(ports.blobs.clone()))
            .merge(crate::health(ports.queue.clone(), ports.clock.clone()))
            .fallback(edge::not_found)
            .method_not_allowed_fallback(edge::method_not_allowed)
            .layer(cors)
            .layer(from_fn_with_state(app, edge::edge))
    }

    /// Where networks send people back to, as it is to be registered with them.
    #[must_use]
    pub fn callback_url(&self) -> Url {
        self.config.callback()
    }
}
