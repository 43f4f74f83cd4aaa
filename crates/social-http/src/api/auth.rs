//! Who asks: `Authorization: Bearer` with a key or a person's access token, and nothing else.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderValue, header};
use secrecy::{ExposeSecret as _, SecretString};
use social_core::domain::{ApiKey, Budget, PersonId, Role, SessionId, WorkspaceId, WritePolicy};

use super::app::App;
use super::sign_in::signer;
use super::{access, codes, table};
use crate::Problem;

/// Who a request comes from, and was let in.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    /// A program, by its key.
    Key(Arc<ApiKey>),
    /// A person who signed in.
    Person(Arc<Visitor>),
}

/// A person in one session.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) workspace: WorkspaceId,
    pub(crate) person: PersonId,
    pub(crate) session: SessionId,
    pub(crate) role: Role,
}

/// People post as they like.
static NO_BUDGET: Budget = Budget {
    posts_per_day: None,
    platforms: BTreeSet::new(),
    quiet_hours: None,
    undo_seconds: None,
};

impl Caller {
    pub(crate) fn workspace(&self) -> WorkspaceId {
        match self {
            Self::Key(key) => key.workspace_id,
            Self::Person(person) => person.workspace,
        }
    }

    /// By which name it stands on record.
    pub(crate) fn actor(&self) -> String {
        match self {
            Self::Key(key) => key.id.to_string(),
            Self::Person(person) => person.person.to_string(),
        }
    }

    /// What must happen before its posts go out.
    pub(crate) fn policy(&self) -> WritePolicy {
        match self {
            Self::Key(key) => key.policy,
            // They see what they send.
            Self::Person(_) => WritePolicy::None,
        }
    }

    /// What it may spend.
    pub(crate) fn budget(&self) -> &Budget {
        match self {
            Self::Key(key) => &key.budget,
            Self::Person(_) => &NO_BUDGET,
        }
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
    tracing::Span::current().record("caller", tracing::field::display(caller.actor()));
    parts.extensions.insert(caller);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    standing.write(response.headers_mut());
    response
}

/// Lets in whoever holds a key or a session, whatever it allows: each question inside is asked of the API, which
/// looks at who asks once more.
pub(crate) async fn with_any_key(State(app): State<App>, request: Request, next: Next) -> Response {
    let secret = address(request.extensions())
        .map_or(Ok(()), |address| app.limits.address(address).map(drop))
        .and_then(|()| bearer(request.headers(), request.uri().query()));
    let known = match secret {
        Ok(secret) => identify(&app, &secret).await,
        Err(problem) => Err(problem),
    };
    match known {
        Ok(_) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

async fn recognise(
    app: &App,
    request: &Parts,
) -> Result<(Caller, super::limits::Standing), Problem> {
    // Before anything is looked up, so that guessing is slow.
    if let Some(address) = address(&request.extensions) {
        app.limits.address(address)?;
    }
    let secret = bearer(&request.headers, request.uri.query())?;
    let caller = identify(app, &secret).await?;
    let standing = app.limits.caller(&caller)?;
    let matched = request.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let rule = access::find(request.method.as_str(), matched)
        .ok_or_else(|| codes::PERMISSION_MISSING.problem("nobody may do this"))?;
    rule.check(&caller)?;
    Ok((caller, standing))
}

/// Whose secret it is.
async fn identify(app: &App, secret: &SecretString) -> Result<Caller, Problem> {
    if signer::is_access(secret.expose_secret()) {
        let visitor = visitor(app, secret.expose_secret()).await?;
        let ended = || refuse(&codes::SESSION_ENDED, "the access token or its session is over");
        return visitor.map(|visitor| Caller::Person(Arc::new(visitor))).ok_or_else(ended);
    }
    let found = app.recognise(secret).await.map_err(table::problem)?;
    let unknown = "the token is unknown, revoked or expired";
    let key = found.ok_or_else(|| refuse(&codes::TOKEN_INVALID, unknown))?;
    Ok(Caller::Key(Arc::new(key)))
}

/// The person of an access token, while their session is good. What they may is what their row
/// says now, and not what the token said when it was issued.
pub(crate) async fn visitor(app: &App, token: &str) -> Result<Option<Visitor>, Problem> {
    let Some(access) = app.signer.read::<signer::Access>("access", token, app.now()) else {
        return Ok(None);
    };
    let found = app.sessions().recognise(access.workspace, access.session).await;
    Ok(found.map_err(table::problem)?.map(|(person, session)| Visitor {
        workspace: person.workspace_id,
        person: person.id,
        session: session.id,
        role: person.role,
    }))
}

/// Where a request comes from, as far as it is known, for routes that ask for no token: it counts
/// for the limit of the address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Address(pub(crate) Option<IpAddr>);

impl FromRequestParts<App> for Address {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let address = address(&parts.extensions);
        if let Some(address) = address {
            app.limits.address(address)?;
        }
        Ok(Self(address))
    }
}

fn address(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())
}

fn refuse(known: &codes::Known, detail: &str) -> Problem {
    let realm = if known.code != codes::TOKEN_MISSING.code {
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
