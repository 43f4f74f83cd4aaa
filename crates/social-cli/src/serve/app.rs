//! What is served: the one place that knows the routers.

use std::sync::Arc;

use axum::Router;
use metrics_exporter_prometheus::PrometheusHandle;
use social::Social;
use social::http::{Api, ApiConfig, OidcConfig};
use social::platforms::transport::{ReqwestTransport, Traced};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::settings::Settings;
use crate::failure::Failure;
use crate::skill;

/// All routes of the server, which this machine reaches at `address`.
pub(super) fn router(
    social: &Social,
    settings: &Settings,
    address: &Url,
    closing: CancellationToken,
    metrics: PrometheusHandle,
) -> Result<Router, Failure> {
    let mut config = ApiConfig::new(settings.public_url(address));
    config.skill = Some(skill::TEXT.into());
    config.metrics_token = settings.metrics_token.clone();
    config.allowed_hosts.clone_from(&settings.allowed_hosts);
    config.allowed_origins.clone_from(&settings.allowed_origins);
    config.body_limit = settings.limits.json_bytes;
    config.upload_limit = settings.limits.upload_bytes;
    config.uploads_limit = settings.limits.uploads_bytes;
    config.time_out = settings.limits.request;
    config.requests_at_once = settings.limits.requests_at_once;
    config.requests_per_minute = settings.limits.requests_per_minute;
    config.address_requests_per_minute = settings.limits.address_requests_per_minute;
    let content = match &settings.model {
        Some(model) => model.engine(social)?,
        None => social.content().clone(),
    };
    let mut api = Api::builder(social.ports().clone(), config)
        .content(content)
        .closing(closing)
        .metrics(move || metrics.render())
        .session_key(social.session_key().clone());
    if let Some(oidc) = &settings.oidc {
        let config = OidcConfig {
            name: oidc.name.clone(),
            issuer: oidc.issuer.clone(),
            client_id: oidc.client_id.clone(),
            client_secret: oidc.client_secret.clone(),
            workspace: social.workspace(),
            newcomers: oidc.newcomers,
            domains: oidc.domains.clone(),
        };
        let transport = ReqwestTransport::builder().build();
        let transport = transport.map_err(|error| Failure::later(error.to_string()))?;
        let traced = Traced::new(Arc::new(transport), social.ports().clock.clone());
        api = api.oidc(config, Arc::new(traced));
    }
    Ok(api.build())
}
