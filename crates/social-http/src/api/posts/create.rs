//! `POST /api/posts`: exactly once, and never unseen.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};
use http::{HeaderMap, header};
use secrecy::{ExposeSecret as _, SecretString};
use social_core::Timestamp;
use social_core::domain::{Permission, Scope, WritePolicy};
use social_core::engine::{Asked as Outcome, Error, Once, PostView, Preview, Promise};
use social_core::ports::{KeptAnswer, RequestKey, StoreError, Submit, When};

use super::super::app::App;
use super::super::auth::Caller;
use super::super::extract::{AnyJson, typed};
use super::super::{access, codes, table};
use super::answer::{PostAnswer, View};
use super::body::{Asked, NewPost};
use super::idempotency::{self, Keyed, respond, tells_no_end};
use super::preview::{DryRun, preview_answer, previews};
use super::wait;
use crate::Problem;

/// How soon to look again after a post that is still under way.
const AGAIN: u64 = 2;

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
    AnyJson(raw): AnyJson,
) -> Result<Response, Problem> {
    let body: NewPost = typed(raw.clone())?;
    let when = body.when()?;
    let wait = wait::preferred(&headers);
    let keyed = Keyed::read(&caller, &headers, &raw)?.filter(|_| !body.dry_run);
    let _turn = keyed.as_ref().map(|keyed| app.running.begin(keyed)).transpose()?;
    if let Some(keyed) = &keyed {
        let posts = app.posts();
        let before = posts.asked_before(caller.workspace(), &keyed.key, &keyed.request);
        if let Some(kept) = before.await.map_err(table::problem)? {
            return replay(&app, &caller, kept, wait).await;
        }
    }
    if !body.draft && !body.dry_run {
        may_publish(&caller, when)?;
    }
    let mut asked = body.asked(&app, &caller).await?;
    if body.dry_run {
        let preview = preview(&app, &caller, &asked).await?;
        return dry_run(&app, &caller, &asked, &preview).await;
    }
    asked.request.submit = match caller.policy() {
        _ if body.draft => Submit::Draft,
        WritePolicy::Approve => Submit::Approval,
        _ => Submit::Schedule,
    };
    let promise = confirm(&app, &caller, &body, &mut asked).await?;
    let answer = |view: &PostView| rendered(&app, view, when);
    let once = keyed.as_ref().map(|keyed| Once {
        key: &keyed.key,
        request: &keyed.request,
        answer: &answer,
    });
    match app.posts_of(&caller).with(promise).schedule(&asked.request, once).await {
        Ok(Outcome::New(view)) => {
            let key = keyed.as_ref().map(|keyed| keyed.key.as_str());
            finish(&app, &caller, &view, key, answer(&view), wait)
                .await
                .map(|answer| respond(answer, false))
        }
        Ok(Outcome::Before(kept)) => replay(&app, &caller, kept, wait).await,
        Err(Error::Store(StoreError::Conflict(_))) if keyed.is_some() => {
            Err(idempotency::in_progress())
        }
        Err(error) => Err(table::problem(error)),
    }
}

/// The answer to a request that was done before.
async fn replay(
    app: &App,
    caller: &Caller,
    kept: RequestKey,
    wait: Duration,
) -> Result<Response, Problem> {
    let mut answer = kept.answer;
    if tells_no_end(&answer) {
        let view = app.posts().get(caller.workspace(), kept.post).await.map_err(table::problem)?;
        answer = finish(app, caller, &view, Some(&kept.key), answer, wait).await?;
    }
    Ok(respond(answer, true))
}

/// Waits for the end of a post for now as long as the client likes to. The answer that tells the
/// end is kept in the place of the one that did not.
async fn finish(
    app: &App,
    caller: &Caller,
    view: &PostView,
    key: Option<&str>,
    answer: KeptAnswer,
    wait: Duration,
) -> Result<KeptAnswer, Problem> {
    // Nobody waits for what is due some day, or not before it can be called off no more.
    if !tells_no_end(&answer)
        || (wait::under_way(view.status) && view.post.due_at > app.now() + wait)
    {
        return Ok(answer);
    }
    let view = wait::settled(app, caller.workspace(), view.post.id, wait).await?;
    if wait::under_way(view.status) {
        return Ok(answer);
    }
    let end = rendered(app, &view, When::Now);
    if let Some(key) = key {
        let kept = app.posts().answered(caller.workspace(), key, end.clone()).await;
        kept.map_err(table::problem)?;
    }
    Ok(end)
}

/// What a key needs besides posts:write for something that becomes visible.
pub(crate) fn may_publish(caller: &Caller, when: When) -> Result<(), Problem> {
    access::scope(caller, Scope::PostsPublish).map_err(|problem| {
        problem.fix("Send it with draft: true, or ask the user for a key with posts:publish.")
    })?;
    access::allowed(caller, Permission::WebAccess)?;
    match when {
        When::Now => Ok(()),
        When::At(_) | When::NextSlot | When::Slot(_) => {
            access::allowed(caller, Permission::Scheduler)
        }
    }
}

async fn preview(app: &App, caller: &Caller, asked: &Asked) -> Result<Preview, Problem> {
    app.posts_of(caller).preview(&asked.request).await.map_err(table::problem)
}

/// Makes sure that somebody says that they saw what goes out, where the key's policy wants that. What
/// comes back is held to that when the post is stored.
async fn confirm(
    app: &App,
    caller: &Caller,
    body: &NewPost,
    asked: &mut Asked,
) -> Result<Option<Promise>, Problem> {
    let now = asked.request.when == When::Now;
    let needed =
        now && caller.policy() == WritePolicy::Confirm && asked.request.submit == Submit::Schedule;
    if body.draft || (body.confirm.is_none() && !needed) {
        return Ok(None);
    }
    let token = body.confirm.as_deref().map(Token::read);
    if let (When::NextSlot, Some(Token { shown: Some(slot), .. })) = (asked.request.when, &token) {
        // What was shown is what is meant, also where an earlier slot became free meanwhile.
        asked.request.when = When::Slot(*slot);
    }
    // What cannot be published needs no confirmation, and uses none up.
    let preview = preview(app, caller, asked).await?;
    if !preview.is_valid() {
        return Err(table::invalid(&preview.findings));
    }
    let Some(token) = token else {
        let (token, until) = issue(app, caller, asked, &preview).await?;
        let detail = "a post for now goes out only after somebody saw what goes out";
        return Err(codes::CONFIRMATION_REQUIRED
            .problem(detail)
            .with("time", preview.time.to_string())
            .with("previews", previews(app, &asked.request, &preview))
            .with("confirm", token)
            .with("expires_at", until));
    };
    Ok(Some(Promise { token: token.secret, payload: asked.payload(&preview) }))
}

/// A confirmation as clients hold it. That of a slot ends with the slot that was shown, so that the
/// same words bring the same slot.
struct Token {
    secret: SecretString,
    shown: Option<Timestamp>,
}

impl Token {
    fn read(text: &str) -> Self {
        let (secret, shown) = match text.split_once('.') {
            Some((secret, shown)) => (secret, shown.parse().ok().map(Timestamp::from_secs)),
            None => (text, None),
        };
        Self { secret: secret.into(), shown }
    }
}

async fn issue(
    app: &App,
    caller: &Caller,
    asked: &Asked,
    preview: &Preview,
) -> Result<(String, String), Problem> {
    let payload = asked.payload(preview);
    let (token, until) = app
        .confirmations()
        .issue(caller.workspace(), &caller.actor(), &payload)
        .await
        .map_err(table::problem)?;
    let mut token = token.expose_secret().to_owned();
    if asked.request.when == When::NextSlot {
        token.push_str(&format!(".{}", preview.time.as_secs()));
    }
    Ok((token, until.to_string()))
}

async fn dry_run(
    app: &App,
    caller: &Caller,
    asked: &Asked,
    preview: &Preview,
) -> Result<Response, Problem> {
    let mut told = preview_answer(app, &asked.request, preview);
    if told.valid {
        let (token, until) = issue(app, caller, asked, preview).await?;
        told.confirm = Some(token);
        told.expires_at = Some(until);
    }
    Ok(Json(told).into_response())
}

/// The answer to a post that was stored.
fn rendered(app: &App, view: &PostView, when: When) -> KeptAnswer {
    let mut told = PostAnswer::of(view, View::Compact).asked_for(when, app.now());
    let mut again = None;
    let status = match told.status.as_str() {
        "pending_approval" => {
            told.approve_url = Some(app.config.approval(&told.id).to_string());
            202
        }
        "publishing" => {
            again = Some(AGAIN);
            202
        }
        "scheduled" if told.cancellable_until.is_some() => {
            again = Some(view.post.due_at.since(app.now()).as_secs() + AGAIN);
            202
        }
        _ => 201,
    };
    let location = app.config.link(&format!("api/posts/{}", told.id)).to_string();
    let mut headers = vec![
        (header::LOCATION.to_string(), location),
        (header::ETAG.to_string(), format!("\"{}\"", view.post.version)),
    ];
    headers.extend(again.map(|seconds| (header::RETRY_AFTER.to_string(), seconds.to_string())));
    let body = serde_json::to_string(&told).unwrap_or_default();
    KeptAnswer { status, headers, body }
}
