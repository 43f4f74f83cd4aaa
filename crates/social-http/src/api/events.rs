//! `GET /api/events`: what happens to posts, as it happens (server-sent events).

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use futures::stream;
use serde_json::json;
use social_core::domain::{DeliveryId, WorkspaceId};
use social_core::ports::Activity;
use tokio::sync::broadcast::error::RecvError;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::Caller;
use super::codes;
use super::posts::word;
use crate::Problem;

/// How often a silent stream says that it lives.
const PULSE: Duration = Duration::from_secs(15);

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(events))
}

/// Listen to changes of posts. Nothing depends on it: after `missed`, or a lost connection, read
/// the posts again.
#[utoipa::path(
    get, path = "/api/events", tag = "events",
    responses((
        status = 200, content_type = "text/event-stream", body = String,
        description = "`event: delivery` with post_id, delivery_id, account_id, platform, status, at; `event: missed` where some were lost",
    )),
)]
pub(crate) async fn events(
    State(app): State<App>,
    caller: Caller,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let Some(subscribe) = &app.activities else {
        return Err(codes::UNAVAILABLE
            .problem("this server tells no events")
            .fix("Read the posts from time to time.")
            .retryable(false));
    };
    let heard = subscribe();
    let ws = caller.workspace();
    let events = stream::unfold((app.clone(), heard), move |(app, mut heard)| async move {
        loop {
            let event = match heard.recv().await {
                Ok(activity) => tell(&app, ws, &activity).await,
                Err(RecvError::Lagged(count)) => Some(
                    Event::default().event("missed").data(json!({ "count": count }).to_string()),
                ),
                Err(RecvError::Closed) => return None,
            };
            if let Some(event) = event {
                return Some((Ok(event), (app, heard)));
            }
        }
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(PULSE)))
}

/// The event of an activity, where it is of this workspace.
async fn tell(app: &App, ws: WorkspaceId, activity: &Activity) -> Option<Event> {
    let Activity::Status { delivery, account, platform, status, at } = activity else {
        return None;
    };
    let post = post_of(app, ws, *delivery).await?;
    let data = json!({
        "post_id": post,
        "delivery_id": delivery,
        "account_id": account,
        "platform": platform,
        "status": word(status),
        "at": at,
    });
    Some(Event::default().event("delivery").data(data.to_string()))
}

/// An activity does not say whose it is; the store does.
async fn post_of(app: &App, ws: WorkspaceId, delivery: DeliveryId) -> Option<String> {
    let mut unit = app.ports.store.begin().await.ok()?;
    let found = unit.deliveries().get(ws, delivery).await.ok()??;
    Some(found.post_id.to_string())
}
