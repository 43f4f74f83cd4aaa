//! What the sign-ins of all networks share, and the standard parts by the `oauth2` crate.

use std::sync::Arc;
use std::time::Duration;

use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::{
    AuthType, AuthUrl, Client, ClientId, ClientSecret, EndpointNotSet, EndpointSet,
    ExtraTokenFields, HttpRequest, HttpResponse, RequestTokenError, StandardRevocableToken,
    StandardTokenResponse, TokenResponse as _, TokenUrl,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use social_core::domain::{Platform, TokenSet};
use social_core::ports::{Body, Sent, Transport, TransportError};
use social_core::{ErrorKind, PlatformError, Retry, Timestamp};
use url::Url;

use crate::config::AppCredentials;
use crate::endpoint;
use crate::http::redact;

pub(crate) const SIGN_IN: &str = "Sign in again.";

/// What some networks tell besides the standard.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Extra {
    #[serde(default)]
    refresh_token_expires_in: Option<u64>,
}

impl ExtraTokenFields for Extra {}

pub(crate) type Answer = StandardTokenResponse<Extra, BasicTokenType>;

pub(crate) type StandardClient = Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

pub(crate) type StandardError = RequestTokenError<TransportError, BasicErrorResponse>;

/// A client of RFC 6749 that sends its secret in the form.
pub(crate) fn client(app: &AppCredentials, authorize: Url, token: Url) -> StandardClient {
    Client::new(ClientId::new(app.client_id.clone()))
        .set_client_secret(ClientSecret::new(app.client_secret.expose_secret().to_owned()))
        .set_auth_type(AuthType::RequestBody)
        .set_auth_uri(AuthUrl::from_url(authorize))
        .set_token_uri(TokenUrl::from_url(token))
}

/// Sends a request of the `oauth2` crate through the transport.
pub(crate) async fn send(
    transport: Arc<dyn Transport>,
    platform: Platform,
    request: HttpRequest,
) -> Result<HttpResponse, TransportError> {
    let request = request.map(Body::from);
    let response = endpoint::send(&*transport, &platform, "oauth_token", request).await?;
    // LinkedIn may leave out the type, which the standard demands.
    Ok(response.map(|body| with_token_type(&body)))
}

fn with_token_type(body: &[u8]) -> Vec<u8> {
    match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(serde_json::Value::Object(mut map)) if map.contains_key("access_token") => {
            map.entry("token_type").or_insert_with(|| "bearer".into());
            serde_json::Value::Object(map).to_string().into_bytes()
        }
        _ => body.to_vec(),
    }
}

/// The tokens of a standard answer.
pub(crate) fn tokens(answer: &Answer, now: Timestamp) -> TokenSet {
    let scopes = answer.scopes().into_iter().flatten().map(|scope| scope.as_str());
    TokenSet {
        access: answer.access_token().secret().as_str().into(),
        refresh: answer
            .refresh_token()
            .map(|token| token.secret().as_str())
            .filter(|token| !token.is_empty())
            .map(SecretString::from),
        expires_at: Some(now + answer.expires_in().unwrap_or(CAUTIOUS)),
        refresh_expires_at: answer
            .extra_fields()
            .refresh_token_expires_in
            .map(|secs| now + Duration::from_secs(secs)),
        scopes: scopes.flat_map(split_scopes).collect(),
    }
}

/// How long a token is taken to live whose answer does not say it.
pub(crate) const CAUTIOUS: Duration = Duration::from_secs(3600);

/// Scopes as networks write them: with commas, with spaces, or both.
pub(crate) fn split_scopes(text: &str) -> Vec<String> {
    let parts = text.split([',', ' ']).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Those of `wanted` that are not in `granted`.
pub(crate) fn missing(wanted: &[&str], granted: &[String]) -> Vec<String> {
    let lacks = |scope: &&&str| !granted.iter().any(|has| has == **scope);
    wanted.iter().filter(lacks).map(|&scope| scope.to_owned()).collect()
}

/// What went wrong at a standard exchange.
pub(crate) fn refused(platform: &Platform, error: StandardError) -> PlatformError {
    match error {
        RequestTokenError::ServerResponse(answer) => {
            let code = answer.error().to_string();
            let detail = answer.error_description().map_or(code.clone(), |text| redact(text));
            by_code(platform, &code, &detail)
        }
        RequestTokenError::Request(error) => no_answer(platform, error),
        RequestTokenError::Parse(error, _) => PlatformError::new(
            platform.clone(),
            ErrorKind::Malformed,
            format!("the answer of the sign-in is not as documented, at `{}`", error.path()),
        ),
        RequestTokenError::Other(detail) => {
            PlatformError::new(platform.clone(), ErrorKind::Malformed, redact(&detail))
        }
    }
}

/// What the error `code` of RFC 6749 means.
pub(crate) fn by_code(platform: &Platform, code: &str, detail: &str) -> PlatformError {
    let (kind, action) = match code {
        "invalid_grant" | "access_denied" => (ErrorKind::Auth, SIGN_IN),
        // LinkedIn says so of a code or token that is spent; of a missing field it names it.
        "invalid_request" if !detail.contains("is missing") => (ErrorKind::Auth, SIGN_IN),
        // LinkedIn's one answer to a spent code and to an address that is not registered.
        "invalid_redirect_uri" => (
            ErrorKind::Auth,
            "Sign in again. If that does not help, register the redirect address of this program with the app at the network.",
        ),
        "invalid_client" | "unauthorized_client" => {
            (ErrorKind::Rejected, "Check the app's id and secret in the configuration.")
        }
        "invalid_scope" => (
            ErrorKind::Permission,
            "Ask the network to approve the app for these scopes, or configure fewer.",
        ),
        "server_error" | "temporarily_unavailable" => (
            ErrorKind::Unavailable,
            "Nothing: the network is not well, and it is tried again by itself.",
        ),
        "unsupported_grant_type" | "unsupported_response_type" | "invalid_request" => (
            ErrorKind::Rejected,
            "Update this program: the network no longer takes this way to sign in.",
        ),
        _ => (ErrorKind::Rejected, "Begin the sign-in again."),
    };
    PlatformError::new(platform.clone(), kind, detail).code(code, None::<&str>).action(action)
}

/// A refresh without an answer: the network may have spent the old token.
fn no_answer(platform: &Platform, error: TransportError) -> PlatformError {
    let retry = if error.sent == Sent::No { Retry::Backoff } else { Retry::ReconcileFirst };
    PlatformError::transport(platform.clone(), error).retry(retry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_however_they_are_separated() {
        assert_eq!(split_scopes("openid,profile  email"), ["openid", "profile", "email"]);
        assert_eq!(missing(&["a", "b"], &["b".to_owned()]), ["a"]);
    }

    #[test]
    fn only_the_networks_own_word_asks_for_a_new_sign_in() {
        let kind = |code, detail| by_code(&Platform::LINKEDIN, code, detail).kind;
        assert_eq!(kind("invalid_grant", ""), ErrorKind::Auth);
        assert_eq!(kind("invalid_request", "the refresh token is expired"), ErrorKind::Auth);
        assert_eq!(
            kind("invalid_request", "A required parameter \"code\" is missing"),
            ErrorKind::Rejected
        );
        assert_eq!(kind("server_error", ""), ErrorKind::Unavailable);
    }
}
