//! Who asks: `Authorization: Bearer`, and nothing else.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};
use secrecy::SecretString;
use social_core::domain::{ApiKey, WorkspaceId};

use super::app::App;
use super::{access, codes, table};
use crate::Problem;

/// The key of a request that was let in.
#[derive(Debug, Clone)]
pub(crate) struct Caller(Arc<ApiKey>);

impl std::ops::Deref for Caller {
    type Target = ApiKey;
    fn deref(&self) -> &ApiKey {
        &self.0
    }
}

impl Caller {
    pub(crate) fn workspace(&self) -> WorkspaceId {
        self.0.workspace_id
    }

    /// By which name it stands on record.
    pub(crate) fn actor(&self) -> String {
        self.0.id.to_string()
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let found = parts.extensions.get::<Self>().cloned();
        found.ok_or_else(|| codes::INTERNAL.problem("nobody looked at who asks"))
    }
}

/// Lets in who may come in.
pub(crate) async fn authenticate(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let (caller, standing) = match recognise(&app, &parts).await {
        Ok(found) => found,
        Err(problem) => return problem.into_response(),
    };
    tracing::Span::current().record("key", tracing::field::display(caller.id));
    parts.extensions.insert(caller);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    standing.write(response.headers_mut());
    response
}

async fn recognise(
    app: &App,
    request: &Parts,
) -> Result<(Caller, super::limits::Standing), Problem> {
    // Before anything is looked up, so that guessing is slow.
    if let Some(address) = address(request) {
        app.limits.address(address)?;
    }
    let secret = bearer(&request.headers, request.uri.query())?;
    let found = app.keys().recognise(&secret).await.map_err(table::problem)?;
    let key = found
        .ok_or_else(|| refuse(&codes::TOKEN_INVALID, "the token is unknown, revoked or expired"))?;
    let standing = app.limits.key(key.id)?;
    let matched = request.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let rule = access::find(request.method.as_str(), matched)
        .ok_or_else(|| codes::PERMISSION_MISSING.problem("no key may do this"))?;
    rule.check(&key)?;
    Ok((Caller(Arc::new(key)), standing))
}

fn address(request: &Parts) -> Option<IpAddr> {
    request.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())
}

fn refuse(known: &codes::Known, detail: &str) -> Problem {
    let realm = if known.code == codes::TOKEN_INVALID.code {
        "Bearer realm=\"social\", error=\"invalid_token\""
    } else {
        "Bearer realm=\"social\""
    };
    known.problem(detail).header(header::WWW_AUTHENTICATE, realm)
}

fn bearer(headers: &HeaderMap, query: Option<&str>) -> Result<SecretString, Problem> {
    let named = |pair: &str| {
        matches!(pair.split('=').next(), Some("token" | "access_token" | "api_key" | "key"))
    };
    if query.is_some_and(|query| query.split('&').any(named)) {
        // Addresses stand in logs and histories: a secret that came so is spent.
        let detail = "a token in the address is not taken: send it as Authorization: Bearer";
        return Err(refuse(&codes::TOKEN_INVALID, detail));
    }
    let missing = || refuse(&codes::TOKEN_MISSING, "there is no Authorization: Bearer");
    let value: &HeaderValue = headers.get(header::AUTHORIZATION).ok_or_else(missing)?;
    let (scheme, token) =
        value.to_str().ok().and_then(|value| value.split_once(' ')).ok_or_else(missing)?;
    if !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() {
        return Err(missing());
    }
    Ok(SecretString::from(token.trim()))
}
