//! What is served: the one place that knows the routers.

use axum::Router;
use social::Social;
use social::http::{Api, ApiConfig};
use url::Url;

use super::settings::Settings;
use crate::skill;

/// All routes of the server, which this machine reaches at `address`.
pub(super) fn router(social: &Social, settings: &Settings, address: &Url) -> Router {
    let public_url = settings.public_url.clone().unwrap_or_else(|| address.clone());
    let mut config = ApiConfig::new(public_url);
    config.skill = Some(skill::TEXT.into());
    let heard = social.clone();
    Api::builder(social.ports().clone(), config)
        .content(social.content().clone())
        .activities(move || heard.activities())
        .build()
}
