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
mod cursor;
mod docs;
mod edge;
mod events;
mod examples;
mod experiments;
mod extract;
mod keys;
mod known;
mod limits;
mod mcp;
mod measured;
mod media;
mod media_preview;
mod metrics;
mod openapi;
mod pages;
mod people;
mod posts;
mod preflight;
mod series;
mod sign_in;
mod skill;
mod slots;
mod table;
mod times;
mod told;
mod uploads;
mod voice;
mod webhooks;

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use social_core::engine::Ports;
use social_core::ports::{ContentEngine, IdSource, Transport};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use url::Url;
use utoipa_axum::router::OpenApiRouter;

use crate::oidc::{Oidc, OidcConfig};
use app::{App, Shared};
pub use config::ApiConfig;
use limits::Limits;
use secrecy::{ExposeSecret as _, SecretSlice};
use sign_in::signer::Signer;

/// Builds the router of the whole API.
pub struct Api {
    ports: Ports,
    config: ApiConfig,
    content: Option<Arc<dyn ContentEngine>>,
    metrics: Option<metrics::Render>,
    closing: CancellationToken,
    session_key: Option<SecretSlice<u8>>,
    oidc: Option<(OidcConfig, Arc<dyn Transport>)>,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("config", &self.config).finish_non_exhaustive()
    }
}

/// The whole API over `ports`, for clients that come by the address that `config` names. For
/// words and more, see [`Api::builder`].
pub fn api(ports: Ports, config: ApiConfig) -> Router {
    Api::builder(ports, config).build()
}

impl Api {
    /// The API over `ports`, for clients that come by the address that `config` names.
    #[must_use]
    pub fn builder(ports: Ports, config: ApiConfig) -> Self {
        Self {
            ports,
            config,
            content: None,
            metrics: None,
            closing: CancellationToken::new(),
            session_key: None,
            oidc: None,
        }
    }

    /// Writes text by this engine. Default: `/api/content` says that there is none.
    #[must_use]
    pub fn content(mut self, content: Arc<dyn ContentEngine>) -> Self {
        self.content = Some(content);
        self
    }

    /// Ends the streams of `/api/events` once this is cancelled, so that a server can stop.
    /// Default: they end by themselves after a quarter of an hour.
    #[must_use]
    pub fn closing(mut self, closing: CancellationToken) -> Self {
        self.closing = closing;
        self
    }

    /// Serves at `/metrics` what `render` writes: the numbers that a recorder of the crate
    /// `metrics` kept. See [`ApiConfig::metrics_token`]. Default: there is no such route.
    #[must_use]
    pub fn metrics(mut self, render: impl Fn() -> String + Send + Sync + 'static) -> Self {
        self.metrics = Some(Arc::new(render));
        self
    }

    /// Signs people's access tokens with this key, so that several processes take each other's and
    /// a restart ends none. Default: a key of this process alone; people's clients refresh after a
    /// restart.
    #[must_use]
    pub fn session_key(mut self, key: SecretSlice<u8>) -> Self {
        self.session_key = Some(key);
        self
    }

    /// Lets people sign in by an OpenID provider, which is reached by `transport`. Default: by
    /// password alone.
    #[must_use]
    pub fn oidc(mut self, config: OidcConfig, transport: Arc<dyn Transport>) -> Self {
        self.oidc = Some((config, transport));
        self
    }

    /// The router. It serves `/api`, `/mcp`, `/media`, `/healthz`, `/readyz`, `/openapi.json`, `/docs`
    /// and `/skill/SKILL.md`, and says in its own form what it does not serve; nest it, or serve it
    /// alone.
    pub fn build(self) -> Router {
        let Self { ports, config, content, metrics, closing, session_key, oidc } = self;
        let session_key = session_key.unwrap_or_else(|| random_key(&*ports.ids));
        let signer = Signer::new(session_key.expose_secret());
        let oidc = oidc.map(|(config, way)| Oidc::new(config, way, ports.ids.clone()));
        let limits = Limits::new(
            ports.clock.clone(),
            config.requests_per_minute,
            config.address_requests_per_minute,
        );
        let places = Semaphore::new(config.requests_at_once);
        let cors = cors::layer(&config);
        let app = App::new(Shared {
            ports,
            config,
            content,
            closing,
            listeners: events::Listeners::default(),
            limits,
            places,
            known: known::Known::default(),
            signer,
            oidc,
            running: posts::Running::default(),
        });
        let (closed, mut document) = OpenApiRouter::with_openapi(openapi::head())
            .merge(posts::routes())
            .merge(preflight::routes())
            .merge(media::routes())
            .merge(media_preview::routes())
            .merge(uploads::routes())
            .merge(series::routes())
            .merge(slots::routes())
            .merge(accounts::routes())
            .merge(analytics::routes())
            .merge(content::routes())
            .merge(experiments::routes())
            .merge(voice::routes())
            .merge(times::routes())
            .merge(events::routes())
            .merge(webhooks::routes())
            .merge(keys::routes())
            .merge(people::routes())
            .merge(sign_in::routes())
            .split_for_parts();
        let closed = closed.route_layer(from_fn_with_state(app.clone(), auth::authenticate));
        let (open, more) = callback::routes()
            .merge(told::routes())
            .merge(sign_in::open_routes())
            .split_for_parts();
        document.merge(more);
        let document = openapi::finish(document);
        let ports = &app.ports;
        let api = Router::new()
            .merge(closed)
            .merge(open)
            .merge(pages::routes())
            .merge(skill::routes())
            .merge(metrics::routes(metrics))
            .merge(docs::routes(&document))
            .with_state(app.clone())
            .merge(crate::platforms(ports.platforms.clone()))
            .merge(crate::media(ports.blobs.clone()))
            .merge(crate::health(ports.clone()));
        let whole = |routes: Router| {
            routes
                .fallback(edge::not_found)
                .method_not_allowed_fallback(edge::method_not_allowed)
                .layer(cors.clone())
                .layer(from_fn_with_state(app.clone(), uploads::spoken))
                .layer(from_fn_with_state(app.clone(), edge::edge))
        };
        let tools = mcp::routes(whole(api.clone()), &app);
        whole(api.merge(tools))
    }

    /// Where networks send people back to, as it is to be registered with them.
    #[must_use]
    pub fn callback_url(&self) -> Url {
        self.config.callback()
    }
}

fn random_key(ids: &dyn IdSource) -> SecretSlice<u8> {
    let mut key = vec![0; 32];
    ids.fill(&mut key);
    key.into()
}
