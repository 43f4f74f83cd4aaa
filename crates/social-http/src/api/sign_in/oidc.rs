//! Signing in by an OpenID provider: out to it, and back.

use axum::extract::{Query, RawQuery, State};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode, header};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use social_core::engine::{Error, OpenSession};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::app::App;
use super::super::auth::Address;
use super::super::pages::Page;
use super::super::{codes, table};
use super::cookies;
use crate::Problem;
use crate::oidc::{Back, Oidc, OidcError, Pending};

/// What the browser's note is signed for.
const NOTE: &str = "oidc";

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(start)).routes(routes!(callback))
}

/// Where to go afterwards.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Next {
    /// A path of this server, such as `approvals/post_…`.
    #[serde(default)]
    next: String,
}

/// Sign in by the OpenID provider: it sends the browser there.
#[utoipa::path(
    get, path = "/api/auth/oidc/start", operation_id = "auth_oidc_start", tag = "auth",
    security(()), params(Next),
    responses((status = 303, description = "To the provider")),
)]
pub(crate) async fn start(
    State(app): State<App>,
    _: Address,
    Query(Next { next }): Query<Next>,
) -> Result<Response, Problem> {
    let oidc = configured(&app)?;
    let now = app.now();
    let begun = oidc.begin(&app.config.link(BACK), local(next), now).await;
    let (url, pending) = match begun {
        Ok(begun) => begun,
        Err(error) => return Ok(refused(&error)),
    };
    let until = now + cookies::PROVIDER.lasts();
    let note = app.signer.sign(NOTE, until, pending);
    let note =
        note.map_err(|error| table::hidden(&codes::INTERNAL, "no note could be made", &error))?;
    let set = [(header::SET_COOKIE, cookies::PROVIDER.set(&app, &note))];
    Ok((set, Redirect::to(url.as_str())).into_response())
}

const BACK: &str = "api/auth/oidc/callback";

/// Where the provider sends the browser back to. It signs the person in by cookies, and sends the
/// browser on.
#[utoipa::path(
    get, path = "/api/auth/oidc/callback", operation_id = "auth_oidc_callback", tag = "auth",
    security(()),
    responses(
        (status = 303, description = "Signed in, and on"),
        (status = 403, description = "A page that says why not", body = String, content_type = "text/html"),
    ),
)]
pub(crate) async fn callback(
    State(app): State<App>,
    _: Address,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let oidc = configured(&app)?;
    let clear = || (header::SET_COOKIE, cookies::PROVIDER.clear(&app));
    let (open, next) = match come_back(&app, oidc, &headers, query.as_deref()).await {
        Ok(Ok(done)) => done,
        Ok(Err(error)) => {
            return Ok((AppendHeaders([clear()]), refused(&error)).into_response());
        }
        Err(Error::Denied(why)) => {
            let page = Page::new("Not signed in").line(&format!("You are not let in: {why}."));
            let page = page.answer(StatusCode::FORBIDDEN);
            return Ok((AppendHeaders([clear()]), page).into_response());
        }
        Err(error) => return Err(table::problem(error)),
    };
    let access = app.signer.access(&open, app.now());
    let access = access
        .map_err(|error| table::hidden(&codes::INTERNAL, "no token could be made", &error))?;
    let set = AppendHeaders([
        clear(),
        (header::SET_COOKIE, cookies::REFRESH.set(&app, open.refresh.expose_secret())),
        (header::SET_COOKIE, cookies::PAGES.set(&app, &access)),
    ]);
    let on = format!("{}{next}", app.config.base());
    Ok((set, Redirect::to(&on)).into_response())
}

/// A session for whom the provider vouches for, and where they wanted to go.
async fn come_back(
    app: &App,
    oidc: &Oidc,
    headers: &HeaderMap,
    query: Option<&str>,
) -> Result<Result<(OpenSession, String), OidcError>, Error> {
    let now = app.now();
    let note = cookies::PROVIDER.read(headers);
    let pending = note.and_then(|note| app.signer.read::<Pending>(NOTE, &note, now));
    let Some(pending) = pending else { return Ok(Err(OidcError::Foreign)) };
    let came = back(query.unwrap_or_default());
    let finished = oidc.finish(&app.config.link(BACK), &came, &pending, now).await;
    let newcomer = match finished {
        Ok(newcomer) => newcomer,
        Err(error) => return Ok(Err(error)),
    };
    let config = oidc.config();
    let person = app.people().vouched(config.workspace, newcomer, config.newcomers).await?;
    let open = app.sessions().open(person.workspace_id, person.id, "session.login_oidc").await?;
    Ok(Ok((open, pending.next)))
}

fn back(query: &str) -> Back {
    let mut back = Back::default();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let value = Some(value.into_owned());
        match &*name {
            "code" => back.code = value,
            "state" => back.state = value,
            "iss" => back.iss = value,
            "error" => back.error = value,
            _ => {}
        }
    }
    back
}

/// A path of this server, and no way out of it.
fn local(next: String) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_/".contains(c);
    let inside = !next.starts_with('/') && next.chars().all(plain);
    if inside { next } else { String::new() }
}

fn refused(error: &OidcError) -> Response {
    tracing::warn!(%error, "somebody was not let in by their provider");
    let status = match error {
        OidcError::Provider(_) => StatusCode::BAD_GATEWAY,
        _ => StatusCode::FORBIDDEN,
    };
    Page::new("Not signed in").line(&format!("You are not signed in: {error}.")).answer(status)
}

fn configured(app: &App) -> Result<&Oidc, Problem> {
    let missing = || codes::NOT_FOUND.problem("no OpenID provider is set up here");
    app.oidc.as_ref().ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_server() {
        assert_eq!(local("approvals/post_1".into()), "approvals/post_1");
        for out in ["//evil.example", "/\\evil.example", "https://evil.example", "a?b", "../x"] {
            assert_eq!(local(out.into()), "", "{out}");
        }
    }
}
