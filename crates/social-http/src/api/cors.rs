//! Pages of other origins that may ask (CORS), by list.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::config::ApiConfig;

const PREFER: HeaderName = HeaderName::from_static("prefer");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// For how long a browser may remember the answer.
const REMEMBERED: Duration = Duration::from_secs(3600);

pub(crate) fn layer(config: &ApiConfig) -> CorsLayer {
    let origins = config.allowed_origins.iter().filter_map(|origin| origin.parse().ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins.collect::<Vec<HeaderValue>>()))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            PREFER,
            IDEMPOTENCY_KEY,
            REQUEST_ID,
            HeaderName::from_static("tus-resumable"),
            HeaderName::from_static("upload-checksum"),
            HeaderName::from_static("upload-length"),
            HeaderName::from_static("upload-metadata"),
            HeaderName::from_static("upload-offset"),
        ])
        .expose_headers([
            header::ETAG,
            header::LINK,
            header::LOCATION,
            header::RETRY_AFTER,
            REQUEST_ID,
            HeaderName::from_static("idempotency-replayed"),
            HeaderName::from_static("ratelimit"),
            HeaderName::from_static("ratelimit-policy"),
            HeaderName::from_static("media-id"),
            HeaderName::from_static("upload-expires"),
            HeaderName::from_static("upload-length"),
            HeaderName::from_static("upload-offset"),
        ])
        .max_age(REMEMBERED)
}
