//! Where a person approves a post: they sign in, see what would go out, and decide.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode, header};
use secrecy::SecretString;
use serde::Deserialize;
use social_core::domain::{Delivery, DeliveryStatus};
use social_core::engine::{Login, PostView};
use url::form_urlencoded;

use super::super::app::App;
use super::super::auth::{self, Address, Caller};
use super::super::posts::{self, word};
use super::super::sign_in::{cookies, email};
use super::super::{access, codes, table};
use super::{Page, escape, words};
use crate::Problem;

const STYLE: &str = "../docs/page.css";

/// For how long the pictures of a page can be seen.
const PICTURES: Duration = Duration::from_secs(10 * 60);

/// What the forms send.
#[derive(Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub(crate) enum Act {
    SignIn { email: String, password: String },
    Approve,
    Reject,
}

pub(crate) async fn show(
    State(app): State<App>,
    _: Address,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(caller) = who(&app, &headers).await? else { return Ok(door(&app, &id, None)) };
    match posts::find(&app, &caller, &id).await {
        Ok(view) => paper(&app, &caller, &view, None).await,
        Err(problem) => Ok(told(&problem)),
    }
}

pub(crate) async fn act(
    State(app): State<App>,
    Address(address): Address,
    Path(id): Path<String>,
    headers: HeaderMap,
    act: Result<Form<Act>, FormRejection>,
) -> Result<Response, Problem> {
    cookies::of_our_page(&headers)?;
    let approved = match act {
        Ok(Form(Act::SignIn { email: text, password })) => {
            return match enter(&app, address, &text, password.into()).await {
                Ok(cookie) => {
                    let id: String = form_urlencoded::byte_serialize(id.as_bytes()).collect();
                    let back = Redirect::to(&format!("{}approvals/{id}", app.config.base()));
                    Ok(([(header::SET_COOKIE, cookie)], back).into_response())
                }
                Err(problem) if problem.status().is_server_error() => Err(problem),
                Err(problem) => Ok(door(&app, &id, Some(&problem))),
            };
        }
        Ok(Form(Act::Approve)) => true,
        Ok(Form(Act::Reject)) => false,
        Err(_) => return Ok(told(&codes::INVALID_FIELD.problem("this is no form of ours"))),
    };
    let Some(caller) = who(&app, &headers).await? else { return Ok(door(&app, &id, None)) };
    match posts::decide(&app, &caller, &id, approved).await {
        Ok(view) => {
            let done = if approved { "You approved it." } else { "You rejected it." };
            paper(&app, &caller, &view, Some(done)).await
        }
        Err(problem) => Ok(told(&problem)),
    }
}

/// Who looks, where they signed in here and may approve.
async fn who(app: &App, headers: &HeaderMap) -> Result<Option<Caller>, Problem> {
    let Some(token) = cookies::PAGES.read(headers) else { return Ok(None) };
    let Some(visitor) = auth::visitor(app, &token).await? else { return Ok(None) };
    let caller = Caller::Person(Arc::new(visitor));
    access::find("POST", "/api/posts/{id}/approve")
        .ok_or_else(|| codes::PERMISSION_MISSING.problem("nobody may do this"))?
        .check(&caller)?;
    Ok(Some(caller))
}

/// Signs in for as long as an access token is good.
async fn enter(
    app: &App,
    address: Option<std::net::IpAddr>,
    text: &str,
    password: SecretString,
) -> Result<http::HeaderValue, Problem> {
    let login = Login { email: email(text)?, password, address };
    let open = app.sessions().log_in(login).await.map_err(table::problem)?;
    let token = app.signer.access(&open, app.now());
    let token =
        token.map_err(|error| table::hidden(&codes::INTERNAL, "no token could be made", &error))?;
    Ok(cookies::PAGES.set(app, &token))
}

/// The form to sign in by. It says nothing about the post, not even whether there is one.
fn door(app: &App, id: &str, problem: Option<&Problem>) -> Response {
    let mut page = Page::new("Sign in to approve").style(STYLE);
    if let Some(problem) = problem {
        page = page.line(&format!("You are not signed in: {}.", words(problem).0));
    }
    if let Some(oidc) = &app.oidc {
        let name = escape(&oidc.config().name);
        let next: String = form_urlencoded::byte_serialize(id.as_bytes()).collect();
        page = page.html(&format!(
            "<p><a href=\"../api/auth/oidc/start?next=approvals/{next}\">Sign in with {name}</a>\
             </p>\n"
        ));
    }
    page.html(
        "<form method=\"post\">\n\
         <label>E-mail address <input name=\"email\" type=\"email\" autocomplete=\"username\" \
         required></label>\n\
         <label>Password <input name=\"password\" type=\"password\" \
         autocomplete=\"current-password\" required></label>\n\
         <button name=\"act\" value=\"sign_in\">Sign in</button>\n</form>\n",
    )
    .answer(problem.map_or(StatusCode::OK, Problem::status))
}

/// The post as it would go out, and what can be done with it.
async fn paper(
    app: &App,
    caller: &Caller,
    view: &PostView,
    done: Option<&str>,
) -> Result<Response, Problem> {
    let waits = view.deliveries.iter().any(|d| d.status == DeliveryStatus::PendingApproval);
    let title = if waits { "A post waits for you" } else { "This post waits for nobody" };
    let mut page = Page::new(title).style(STYLE);
    if let Some(done) = done {
        page = page.line(done);
    }
    page = page.line(&format!("It is {}; its time is {}.", word(&view.status), view.post.due_at));
    for delivery in &view.deliveries {
        page = preview(app, caller, page, delivery).await?;
    }
    if waits {
        page = page.html(
            "<form method=\"post\">\n<button name=\"act\" value=\"approve\">Approve</button>\n\
             <button name=\"act\" value=\"reject\">Reject</button>\n</form>\n",
        );
    }
    Ok(page.answer(StatusCode::OK))
}

async fn preview(
    app: &App,
    caller: &Caller,
    mut page: Page,
    delivery: &Delivery,
) -> Result<Page, Problem> {
    let (platform, text) = (escape(delivery.platform.as_str()), escape(&delivery.text));
    let status = word(&delivery.status);
    page = page.html(&format!("<h2>{platform}</h2>\n<p>{status}</p>\n<pre>{text}</pre>\n"));
    for media in &delivery.media {
        let asset = app.library().get(caller.workspace(), media.asset).await;
        let asset = asset.map_err(table::problem)?;
        let alt = media.alt.as_deref().unwrap_or("no description");
        let url = app.ports.blobs.public_url(&asset.key, PICTURES).await;
        let url = url.map_err(|error| table::problem(error.into()))?;
        page = match url {
            Some(url) if asset.mime.starts_with("image/") => page.picture(&url, alt),
            _ => {
                let name = asset.name.as_deref().unwrap_or("without a name");
                page.line(&format!("A file, {name} ({}): {alt}", asset.mime))
            }
        };
    }
    Ok(page)
}

fn told(problem: &Problem) -> Response {
    let (detail, fix) = words(problem);
    Page::new("It was not done").style(STYLE).line(&detail).line(&fix).answer(problem.status())
}
