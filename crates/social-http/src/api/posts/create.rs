//! `POST /api/posts`: exactly once, and never unseen.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};
use http::{HeaderMap, HeaderName, StatusCode, header};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde_json::{Value, json};
use social_core::domain::{Permission, Scope, WritePolicy};
use social_core::engine::{Error, PostView, Preview, Redeemed};
use social_core::ports::{Scheduler as _, StoreError, Submit, When};
use social_core::preflight::{Finding, Severity};
use utoipa::ToSchema;

use super::super::app::App;
use super::super::auth::Caller;
use super::super::extract::JsonBody;
use super::super::{access, codes, table};
use super::answer::{PostAnswer, View, etag};
use super::body::{Asked, NewPost};
use super::wait;
use crate::Problem;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// How soon to look again after a post that is still under way.
const AGAIN: u64 = 2;

/// What a post would become.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DryRun {
    dry_run: bool,
    /// Whether nothing stops it.
    valid: bool,
    /// When it would be visible.
    time: String,
    /// What each network would get.
    #[schema(value_type = Vec<Object>)]
    previews: Vec<Value>,
    /// What stops it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    errors: Vec<crate::problem::Flaw>,
    /// Good once, for the same content, networks, time and media.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirm: Option<String>,
    /// Until when `confirm` is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
}

/// Write a post: for a time, for now, or as a draft.
#[utoipa::path(
    post, path = "/api/posts", tag = "posts", request_body = NewPost,
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "One key a post that is meant; the same one to repeat the request"),
        ("Prefer" = Option<String>, Header, description = "`wait=10`: wait for the outcome of a post for now"),
    ),
    responses(
        (status = 200, description = "A dry run: nothing is stored", body = DryRun),
        (status = 201, description = "Stored, or published while you waited", body = PostAnswer),
        (status = 202, description = "Under way, or waiting for a person", body = PostAnswer),
    ),
)]
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    JsonBody(body): JsonBody<NewPost>,
) -> Result<Response, Problem> {
    let key = idempotency_key(&headers, body.idempotency_key.as_deref())?;
    let mut asked = body.asked(&app, &caller).await?;
    if body.dry_run {
        let preview = preview(&app, &asked).await?;
        return dry_run(&app, &caller, &asked, &preview).await;
    }
    if !body.draft {
        may_publish(&caller, asked.request.when)?;
    }
    asked.request.submit = match caller.policy {
        _ if body.draft => Submit::Draft,
        WritePolicy::Approve => Submit::Approval,
        _ => Submit::Schedule,
    };
    // A key is the API key's own: two programs may well count their posts alike.
    asked.request.idempotency_key = key.map(|key| format!("{}/{key}", caller.id));
    // Nobody waits for what is due some day.
    let wait = match asked.request.when {
        When::Now => wait::preferred(&headers),
        When::At(_) => Duration::ZERO,
    };
    if let Some(first) = known(&app, &asked).await? {
        if asked.chosen {
            // The slot that was chosen then is taken by the very post that is asked for again.
            asked.request.when = When::At(first.post.due_at);
        }
        let id = schedule(&app, &asked).await?;
        let view = wait::settled(&app, caller.workspace(), id, wait).await?;
        let mut response = answer(&app, &view, asked.request.when);
        response.headers_mut().insert(REPLAYED, header::HeaderValue::from_static("true"));
        return Ok(response);
    }
    let spent = app.posts().spend(caller.workspace(), &caller.budget, &asked.request).await;
    spent.map_err(table::problem)?;
    confirm(&app, &caller, &body, &mut asked).await?;
    let id = schedule(&app, &asked).await?;
    // It is on record already, by the very transaction that stored it.
    let view = wait::settled(&app, caller.workspace(), id, wait).await?;
    Ok(answer(&app, &view, asked.request.when))
}

/// What a key needs besides posts:write for something that becomes visible.
pub(crate) fn may_publish(caller: &Caller, when: When) -> Result<(), Problem> {
    access::scope(caller, Scope::PostsPublish).map_err(|problem| {
        problem.fix("Send it with draft: true, or ask the user for a key with posts:publish.")
    })?;
    access::allowed(caller, Permission::WebAccess)?;
    match when {
        When::Now => Ok(()),
        When::At(_) => access::allowed(caller, Permission::Scheduler),
    }
}

fn idempotency_key(headers: &HeaderMap, body: Option<&str>) -> Result<Option<String>, Problem> {
    let header = headers.get(IDEMPOTENCY_KEY).map(|key| key.to_str().unwrap_or_default());
    // The draft of the standard writes the key as a quoted string, most clients without quotes.
    let header = header.map(|key| key.trim().trim_matches('"'));
    let key = match (header, body) {
        (Some(header), Some(body)) if header != body => {
            let detail = "the header and the body name different idempotency keys";
            return Err(codes::IDEMPOTENCY_KEY_CONFLICT.problem(detail));
        }
        (key, None) | (_, key) => key,
    };
    match key {
        Some(key) if key.is_empty() || key.len() > 255 => {
            let detail = format!("an idempotency key of {} characters", key.len());
            Err(codes::IDEMPOTENCY_KEY_MISSING.problem(detail))
        }
        key => Ok(key.map(str::to_owned)),
    }
}

/// What was done under this key before.
async fn known(app: &App, asked: &Asked) -> Result<Option<PostView>, Problem> {
    let Some(key) = &asked.request.idempotency_key else { return Ok(None) };
    let ws = asked.request.workspace;
    let found = {
        let mut unit = app.ports.store.begin().await.map_err(|error| table::store(&error))?;
        unit.request_keys().get(ws, key).await.map_err(|error| table::store(&error))?
    };
    match found {
        Some(done) => app.posts().get(ws, done.post).await.map(Some).map_err(table::problem),
        None => Ok(None),
    }
}

async fn schedule(app: &App, asked: &Asked) -> Result<social_core::domain::PostId, Problem> {
    let result = app.posts().schedule_post(asked.request.clone()).await;
    result.map_err(|error| match error {
        Error::Store(StoreError::Conflict(_)) if asked.request.idempotency_key.is_some() => {
            let detail = "the first request with this key is still running";
            codes::IDEMPOTENCY_IN_PROGRESS.problem(detail).retry_after(1)
        }
        error => table::problem(error),
    })
}

async fn preview(app: &App, asked: &Asked) -> Result<Preview, Problem> {
    app.posts().preview(&asked.request).await.map_err(table::problem)
}

/// Makes sure that somebody saw what goes out, where the key's policy wants that.
async fn confirm(
    app: &App,
    caller: &Caller,
    body: &NewPost,
    asked: &mut Asked,
) -> Result<(), Problem> {
    let now = asked.request.when == When::Now;
    let needed =
        now && caller.policy == WritePolicy::Confirm && asked.request.submit == Submit::Schedule;
    if body.draft || (body.confirm.is_none() && !needed) {
        return Ok(());
    }
    // What cannot be published needs no confirmation, and uses none up.
    let preview = preview(app, asked).await?;
    if !preview.is_valid() {
        return Err(table::invalid(&preview.findings));
    }
    let Some(token) = &body.confirm else {
        let (token, until) = issue(app, caller, asked).await?;
        let detail = "a post for now goes out only after somebody saw what goes out";
        return Err(codes::CONFIRMATION_REQUIRED
            .problem(detail)
            .with("time", preview.time.to_string())
            .with("previews", previews(&preview))
            .with("confirm", token)
            .with("expires_at", until));
    };
    let token = SecretString::from(token.as_str());
    // A slot may have passed between the dry run and now; what was shown is what is meant.
    let shown = asked.earlier.map(When::At).into_iter().chain([asked.request.when]);
    let mut unknown = false;
    for when in shown {
        let payload = asked.payload(when);
        let redeemed = app
            .confirmations()
            .redeem(caller.workspace(), &caller.actor(), &token, &payload)
            .await
            .map_err(table::problem)?;
        match redeemed {
            Redeemed::Yes => {
                asked.request.when = when;
                return Ok(());
            }
            Redeemed::Mismatch => {}
            Redeemed::Unknown => unknown = true,
        }
    }
    let detail = if unknown {
        "this confirmation is unknown, was used already or is over"
    } else {
        "what is asked is not what was confirmed"
    };
    Err(codes::CONFIRMATION_MISMATCH.problem(detail))
}

async fn issue(app: &App, caller: &Caller, asked: &Asked) -> Result<(String, String), Problem> {
    let payload = asked.payload(asked.request.when);
    let (token, until) = app
        .confirmations()
        .issue(caller.workspace(), &caller.actor(), &payload)
        .await
        .map_err(table::problem)?;
    Ok((token.expose_secret().to_owned(), until.to_string()))
}

async fn dry_run(
    app: &App,
    caller: &Caller,
    asked: &Asked,
    preview: &Preview,
) -> Result<Response, Problem> {
    let mut told = preview_answer(preview);
    if told.valid {
        let (token, until) = issue(app, caller, asked).await?;
        told.confirm = Some(token);
        told.expires_at = Some(until);
    }
    Ok(Json(told).into_response())
}

/// What a post would become, as it is told.
pub(crate) fn preview_answer(preview: &Preview) -> DryRun {
    let wrong = preview.findings.iter().filter(|found| found.severity == Severity::Error);
    DryRun {
        dry_run: true,
        valid: preview.is_valid(),
        time: preview.time.to_string(),
        previews: previews(preview),
        errors: wrong.map(table::flaw).collect(),
        confirm: None,
        expires_at: None,
    }
}

fn previews(preview: &Preview) -> Vec<Value> {
    let each = preview.deliveries.iter().map(|delivery| {
        let own = |found: &&Finding| {
            found.platform.is_none() || found.platform.as_ref() == Some(&delivery.platform)
        };
        let warning = |found: &&Finding| found.severity == Severity::Warning;
        let found = || preview.findings.iter().filter(own);
        json!({
            "platform": delivery.platform,
            "account_id": delivery.account,
            "account": delivery.name,
            "kind": delivery.kind,
            "text": delivery.text,
            "length": delivery.length,
            "limit": delivery.limit,
            "media": delivery.media,
            "warnings": found().filter(warning).map(|found| &found.message).collect::<Vec<_>>(),
            "fixes": found().filter_map(|found| found.fix.as_ref()).collect::<Vec<_>>(),
        })
    });
    each.collect()
}

/// The answer to a post that was stored.
pub(crate) fn answer(app: &App, view: &PostView, when: When) -> Response {
    let mut told = PostAnswer::of(view, View::Compact).asked_for(when);
    let status = match told.status.as_str() {
        "publishing" => StatusCode::ACCEPTED,
        "pending_approval" => {
            told.approve_url = Some(app.config.approval(&told.id).to_string());
            StatusCode::ACCEPTED
        }
        _ => StatusCode::CREATED,
    };
    let location = app.config.link(&format!("api/posts/{}", told.id)).to_string();
    let again = (told.status == "publishing").then(|| (header::RETRY_AFTER, AGAIN.to_string()));
    let mut response =
        (status, etag(view), [(header::LOCATION, location)], Json(told)).into_response();
    if let Some((name, seconds)) = again
        && let Ok(seconds) = seconds.parse()
    {
        response.headers_mut().insert(name, seconds);
    }
    response
}
