//! Signing in and out, by password and refresh token.
//!
//! An access token is sent as a key is, and is good for minutes. A refresh token is good once and
//! gives the next pair. Browsers get it as a cookie that no script reads and that is sent to
//! these routes alone; who asks with `"cookie": false` gets it in the answer, and sends it in the
//! body.

mod body;
pub(crate) mod cookies;
mod oidc;
pub(crate) mod signer;

use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};
use http::{HeaderMap, StatusCode, header};
use secrecy::SecretString;
use serde::Serialize;
use social_core::domain::Email;
use social_core::engine::{Error, Login, NewPerson};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::{Address, Caller, Visitor};
use super::extract::{JsonBody, field};
use super::people::PersonAnswer;
use super::{codes, table};
use crate::Problem;
use body::{
    AcceptRequest, LoginRequest, LogoutRequest, PasswordRequest, RefreshRequest, SignedIn,
    signed_in,
};

/// Routes that ask for no token.
pub(crate) fn open_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(login))
        .routes(routes!(refresh))
        .routes(routes!(logout))
        .routes(routes!(accept))
        .merge(oidc::routes())
}

/// Routes of who is signed in.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(me)).routes(routes!(password))
}

/// Sign in. Many wrong tries by one address for one person wait longer and longer.
#[utoipa::path(
    post, path = "/api/auth/login", operation_id = "auth_login", tag = "auth", security(()),
    request_body = LoginRequest,
    responses((status = 200, description = "Signed in", body = SignedIn)),
)]
pub(crate) async fn login(
    State(app): State<App>,
    Address(address): Address,
    JsonBody(asked): JsonBody<LoginRequest>,
) -> Result<Response, Problem> {
    let login = Login { email: email(&asked.email)?, password: asked.password, address };
    let open = app.sessions().log_in(login).await.map_err(table::problem)?;
    signed_in(&app, StatusCode::OK, open, asked.cookie)
}

/// Go on with a session. The refresh token is good once; one that comes again ends the session.
#[utoipa::path(
    post, path = "/api/auth/refresh", operation_id = "auth_refresh", tag = "auth", security(()),
    request_body = RefreshRequest,
    responses((status = 200, description = "The next tokens", body = SignedIn)),
)]
pub(crate) async fn refresh(
    State(app): State<App>,
    _: Address,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<RefreshRequest>,
) -> Result<Response, Problem> {
    let (token, cookie) = presented(&headers, asked.refresh_token)?;
    let token = token.ok_or_else(|| codes::SESSION_ENDED.problem("there is no refresh token"))?;
    match app.sessions().refresh(&token).await {
        Ok(open) => signed_in(&app, StatusCode::OK, open, cookie),
        Err(Error::Denied(why)) => {
            let mut response = codes::SESSION_ENDED.problem(why).into_response();
            if cookie {
                let clear = cookies::REFRESH.clear(&app);
                response.headers_mut().append(header::SET_COOKIE, clear);
            }
            Ok(response)
        }
        Err(error) => Err(table::problem(error)),
    }
}

/// Sign out, here or everywhere. It is no error to be signed out already.
#[utoipa::path(
    post, path = "/api/auth/logout", operation_id = "auth_logout", tag = "auth", security(()),
    request_body = Option<LogoutRequest>,
    responses((status = 204, description = "Signed out")),
)]
pub(crate) async fn logout(
    State(app): State<App>,
    _: Address,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<LogoutRequest>,
) -> Result<Response, Problem> {
    if let (Some(token), _) = presented(&headers, asked.refresh_token)? {
        app.sessions().log_out(&token, asked.everywhere).await.map_err(table::problem)?;
    }
    let clear = [(header::SET_COOKIE, cookies::REFRESH.clear(&app))];
    Ok((StatusCode::NO_CONTENT, clear).into_response())
}

/// Use a link: come in as a new person, or choose a new password. The link is used up.
#[utoipa::path(
    post, path = "/api/auth/accept", operation_id = "auth_accept", tag = "auth", security(()),
    request_body = AcceptRequest,
    responses((status = 201, description = "In, and signed in", body = SignedIn)),
)]
pub(crate) async fn accept(
    State(app): State<App>,
    _: Address,
    JsonBody(asked): JsonBody<AcceptRequest>,
) -> Result<Response, Problem> {
    let email = asked.email.as_deref().map(email).transpose()?;
    let new = NewPerson { name: asked.name, email, password: asked.password };
    let person = app.people().accept(&asked.token, new).await.map_err(table::problem)?;
    let open = app.sessions().open(person.workspace_id, person.id, "session.login").await;
    signed_in(&app, StatusCode::CREATED, open.map_err(table::problem)?, asked.cookie)
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    person: PersonAnswer,
    workspace_id: String,
    session_id: String,
}

/// Who you are.
#[utoipa::path(
    get, path = "/api/auth/me", tag = "auth",
    responses((status = 200, description = "The person of the access token", body = Me)),
)]
pub(crate) async fn me(State(app): State<App>, caller: Caller) -> Result<Json<Me>, Problem> {
    let visitor = visitor(&caller)?;
    let person = app.people().get(visitor.workspace, visitor.person).await;
    Ok(Json(Me {
        person: person.map_err(table::problem)?.into(),
        workspace_id: visitor.workspace.to_string(),
        session_id: visitor.session.to_string(),
    }))
}

/// Change your password. All other sessions of yours end.
#[utoipa::path(
    post, path = "/api/auth/password", tag = "auth", request_body = PasswordRequest,
    responses((status = 204, description = "Changed")),
)]
pub(crate) async fn password(
    State(app): State<App>,
    caller: Caller,
    JsonBody(asked): JsonBody<PasswordRequest>,
) -> Result<StatusCode, Problem> {
    let Visitor { workspace, person, session, .. } = *visitor(&caller)?;
    let changed =
        app.people().change_password(workspace, person, session, &asked.current, &asked.new).await;
    match changed {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        // They are signed in: a 401 would send them to sign in anew.
        Err(Error::Denied(why)) => Err(field(&codes::INVALID_FIELD, "/current", &why)),
        Err(error) => Err(table::problem(error)),
    }
}

fn visitor(caller: &Caller) -> Result<&Visitor, Problem> {
    match caller {
        Caller::Person(visitor) => Ok(visitor),
        Caller::Key(_) => Err(codes::PERMISSION_MISSING.problem("a key is no person")),
    }
}

pub(crate) fn email(text: &str) -> Result<Email, Problem> {
    text.parse().map_err(|error: social_core::domain::BadEmail| {
        field(&codes::INVALID_FIELD, "/email", &error.to_string())
    })
}

/// The refresh token of a request, and whether it came as a cookie.
fn presented(
    headers: &HeaderMap,
    body: Option<SecretString>,
) -> Result<(Option<SecretString>, bool), Problem> {
    if body.is_some() {
        return Ok((body, false));
    }
    let Some(token) = cookies::REFRESH.read(headers) else { return Ok((None, false)) };
    cookies::of_our_page(headers)?;
    Ok((Some(token.into()), true))
}
