//! What a provider says of itself (OpenID Connect Discovery 1.0, 4).

use std::time::Duration;

use http::header;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use social_core::ports::{Body, Transport};
use url::Url;

use super::OidcError;

/// How long what a provider says of itself is taken to be so.
pub(super) const KEPT: Duration = Duration::from_secs(60 * 60);

/// More than any provider has to say.
const MOST: usize = 1 << 20;

/// What a provider says of itself, as far as we ask.
#[derive(Debug, Deserialize)]
pub(super) struct Provider {
    pub(super) issuer: String,
    pub(super) authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    pub(super) jwks_uri: Url,
    pub(super) userinfo_endpoint: Option<Url>,
    #[serde(default)]
    pub(super) token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// Asks the provider. Whose document it is must be who was asked, and its endpoints must be
/// beyond the reach of listeners.
pub(super) async fn fetch(transport: &dyn Transport, issuer: &str) -> Result<Provider, OidcError> {
    let at = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let provider: Provider = get(transport, &at, None).await?;
    if provider.issuer != issuer {
        return Err(OidcError::Provider("its document is of another issuer".to_owned()));
    }
    let endpoints =
        [&provider.authorization_endpoint, &provider.token_endpoint, &provider.jwks_uri];
    for endpoint in endpoints.into_iter().chain(&provider.userinfo_endpoint) {
        if !is_private(endpoint) {
            return Err(OidcError::Provider("one of its addresses is not https".to_owned()));
        }
    }
    Ok(provider)
}

/// TLS, or this very machine.
fn is_private(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && loopback)
}

/// A JSON document; some are told only to who has a token.
pub(super) async fn get<T: DeserializeOwned>(
    transport: &dyn Transport,
    at: &str,
    token: Option<&SecretString>,
) -> Result<T, OidcError> {
    let mut request = http::Request::get(at).header(header::ACCEPT, "application/json");
    if let Some(token) = token {
        let bearer = format!("Bearer {}", token.expose_secret());
        request = request.header(header::AUTHORIZATION, bearer);
    }
    let request =
        request.body(Body::empty()).map_err(|error| OidcError::Provider(error.to_string()))?;
    let response =
        transport.send(request).await.map_err(|error| OidcError::Provider(error.detail))?;
    if !response.status().is_success() {
        return Err(OidcError::Provider(format!("{at} answers {}", response.status())));
    }
    if response.body().len() > MOST {
        return Err(OidcError::Provider(format!("{at} answers too much")));
    }
    serde_json::from_slice(response.body())
        .map_err(|error| OidcError::Provider(format!("{at} is not as documented: {error}")))
}
