//! Where a network sends a person back to: a page that says in plain words what came of it, and
//! asks which accounts are wanted where the sign-in brought several.

use axum::extract::{Path, RawForm, RawQuery, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, StatusCode, header};
use secrecy::{ExposeSecret as _, SecretString};
use social_core::domain::Platform;
use social_core::engine::{Choosing, Connected, Error, SignInEnd};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::pages::{Page, escape};
use super::sign_in::cookies::{self, CONNECT};
use super::table;
use crate::Problem;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(connect)).routes(routes!(callback)).routes(routes!(choose))
}

/// Sends a person on to a network, and keeps in their browser which sign-in that is: it can come
/// back nowhere else.
#[utoipa::path(
    get, path = "/api/auth/connect/{state}", tag = "accounts", security(()),
    params(("state" = String, Path, description = "As `connect_url` has it")),
    responses((status = 303, description = "To the network")),
)]
pub(crate) async fn connect(State(app): State<App>, Path(state): Path<String>) -> Response {
    match app.accounts().sign_in_page(&state).await {
        Ok(page) => {
            let mut response = Redirect::to(page.as_str()).into_response();
            response.headers_mut().insert(header::SET_COOKIE, CONNECT.set(&app, &state));
            response
        }
        Err(error) => failure(error),
    }
}

/// Ends a sign-in. The secret in `state` says whose it is, so no token is asked for.
#[utoipa::path(
    get, path = "/api/auth/callback", tag = "accounts", security(()),
    responses((status = 200, description = "A page for the person", body = String, content_type = "text/html")),
)]
pub(crate) async fn callback(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let mut back = app.config.callback();
    back.set_query(query.as_deref());
    let state = back.query_pairs().find(|(name, _)| name == "state").map(|(_, state)| state);
    if app.config.binds_browsers() && CONNECT.read(&headers).as_deref() != state.as_deref() {
        let why = "this sign-in was begun in another browser, or took too long: open the link that \
                   you were given in this one";
        return failure(Error::Refused(why.into()));
    }
    match app.accounts().finish(&back).await {
        Ok(SignInEnd::Connected(connected)) => success(&connected),
        Ok(SignInEnd::Choose(choosing)) => {
            let action = app.config.link("api/auth/choose");
            offer(&choosing, action.as_str())
        }
        Err(error) => failure(error),
    }
}

/// Connects what a person chose on the page. The secret in the form says whose choice it is, and
/// is good once.
#[utoipa::path(
    post, path = "/api/auth/choose", tag = "accounts", security(()),
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "A page for the person", body = String, content_type = "text/html")),
)]
pub(crate) async fn choose(
    State(app): State<App>,
    headers: HeaderMap,
    RawForm(form): RawForm,
) -> Result<Response, Problem> {
    cookies::of_our_page(&headers)?;
    let mut token = SecretString::default();
    let mut chosen = Vec::new();
    for (name, value) in url::form_urlencoded::parse(&form) {
        match name.as_ref() {
            "token" => token = value.into_owned().into(),
            "account" => chosen.push(value.into_owned()),
            _ => {}
        }
    }
    Ok(match app.accounts().choose(&token, &chosen).await {
        Ok(connected) => success(&connected),
        Err(error) => failure(error),
    })
}

fn success(connected: &Connected) -> Response {
    let platform = &connected.platform;
    let good = !connected.accounts.is_empty() && connected.missing_scopes.is_empty();
    let mut page = Page::new(if good { "Connected" } else { "Not quite connected" });
    if connected.accounts.is_empty() {
        page = page
            .line(&format!(
                "You signed in at {platform}, but it shows no account of yours that can be \
                 published to."
            ))
            .line(nothing_there(platform));
    }
    for account in &connected.accounts {
        let handle = account.handle.as_deref().map(|handle| format!(" ({handle})"));
        let (name, handle) = (&account.name, handle.unwrap_or_default());
        page = page.line(&format!("Connected: {name}{handle}, a {} on {platform}.", account.kind));
    }
    lacking(page, platform, &connected.missing_scopes)
        .line("You may close this page.")
        .answer(StatusCode::OK)
}

/// Nothing is connected that nobody asked for: the person says what is wanted.
fn offer(choosing: &Choosing, action: &str) -> Response {
    let platform = &choosing.platform;
    let mut boxes = String::new();
    for option in &choosing.options {
        let (id, name) = (escape(&option.remote_id), escape(&option.name));
        let handle = option.handle.as_deref().map(|handle| format!(" ({})", escape(handle)));
        let (kind, handle) = (escape(&option.kind), handle.unwrap_or_default());
        let known = if option.connected { ", connected already" } else { "" };
        boxes.push_str(&format!(
            "<p><label><input type=\"checkbox\" name=\"account\" value=\"{id}\"> \
             {name}{handle}, a {kind}{known}</label></p>\n"
        ));
    }
    let (action, token) = (escape(action), escape(choosing.token.expose_secret()));
    let page = Page::new("Which accounts shall be connected?").line(&format!(
        "Your sign-in at {platform} brought several. Choose those that posts may go to; the others \
         are left alone. This page is good for 15 minutes."
    ));
    lacking(page, platform, &choosing.missing_scopes)
        .html(&format!(
            "<form method=\"post\" action=\"{action}\">\n{boxes}\
             <input type=\"hidden\" name=\"token\" value=\"{token}\">\n\
             <button>Connect</button>\n</form>\n"
        ))
        .answer(StatusCode::OK)
}

fn failure(error: Error) -> Response {
    let page = Page::new("Not connected");
    if let Error::Refused(why) = error {
        let why = format!("{why}.");
        return page.line(&why).line("You may close this page.").answer(StatusCode::BAD_REQUEST);
    }
    let problem = table::problem(error);
    let body = problem.body(None, None);
    let line = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    page.line(&line("detail"))
        .line(&line("fix"))
        .line("You may close this page.")
        .answer(problem.status())
}

fn lacking(page: Page, platform: &Platform, scopes: &[String]) -> Page {
    if scopes.is_empty() {
        return page;
    }
    page.line(&format!(
        "Some of what publishing at {platform} needs was not allowed: {}. Begin again, and leave \
         every box that {platform} shows ticked.",
        scopes.join(", ")
    ))
}

/// Why a sign-in brings nothing, as it mostly is.
fn nothing_there(platform: &Platform) -> &'static str {
    match platform.as_str() {
        "facebook" => {
            "Posts go to Pages, not to a person's own profile. Make sure that you manage a Page, \
             and begin again: on Facebook's second screen, tick the Pages that may be used."
        }
        "instagram" => {
            "Posts go to professional accounts alone. In the Instagram app, switch to a Business \
             or Creator account, and begin again. If it belongs to a Facebook Page, tick that \
             Page too."
        }
        "linkedin" => {
            "Posts go to yourself or to Pages of which you are an administrator. Ask an \
             administrator of the Page for that role, and begin again."
        }
        "tiktok" => {
            "TikTok showed no account. Sign in there with the account that posts shall go to, and \
             begin again."
        }
        _ => "Make sure that you may publish there, and begin again.",
    }
}
