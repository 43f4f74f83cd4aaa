//! `GET /api/events`: what happens, as it happens (server-sent events), told from the outbox, so
//! that a listener who comes back hears what was missed.

#![allow(unused_qualifications, reason = "the macros of utoipa write them")]

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use futures::stream;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::json;
use social_core::Timestamp;
use social_core::domain::{EventId, Happened, OutboxEvent, WorkspaceId};
use social_core::ports::StoreError;
use tokio::sync::watch;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::Caller;
use super::extract::Asked;
use super::{codes, table};
use crate::Problem;

/// How often a silent stream says that it lives.
const PULSE: Duration = Duration::from_secs(15);

/// How often a listener looks for events of other processes.
const LOOK: Duration = Duration::from_secs(1);

/// How long a stream lasts at most. Clients come back with their last id, and are asked anew who
/// they are.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// How many events are read at once.
const BATCH: u32 = 100;

/// How many streams one key or person may have.
const STREAMS: usize = 8;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(events))
}

/// Where to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct GoOn {
    /// The id of the last event heard; the header `Last-Event-ID` goes before it. Without either,
    /// events are told from now on.
    last_event_id: Option<String>,
}

/// Listen to what happens to posts and accounts. Each event has an id to go on after, for seven
/// days. A stream ends after a quarter of an hour: come back with the last id.
#[utoipa::path(
    get, path = "/api/events", tag = "events", params(GoOn),
    responses((
        status = 200, content_type = "text/event-stream", body = String,
        description = "`event: delivery` with post_id, delivery_id, account_id, platform, status, at, url, reason; `post.scheduled`, `post.approval_needed`, `post.cancelled`, `series.missed`, `account.connected`, `account.reauth_needed`, `webhook.paused`; `missed` where some are not there any more: read the posts again",
    )),
)]
pub(crate) async fn events(
    State(app): State<App>,
    caller: Caller,
    Asked(go_on): Asked<GoOn>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let seat = app.listeners.sit(caller.actor())?;
    let ws = caller.workspace();
    let header = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let asked = header.map(str::to_owned).or(go_on.last_event_id).filter(|id| !id.is_empty());
    let mut ready = VecDeque::new();
    let last = match asked.map(|id| id.parse()) {
        Some(Ok(last)) => Some(last),
        asked => {
            let last = last(&app, ws).await.map_err(|error| table::store(&error))?;
            if asked.is_some() {
                ready.push_back(missed(last));
            }
            last
        }
    };
    let listener = Listener {
        news: app.ports.store.news(),
        until: app.now() + LONGEST,
        app,
        ws,
        last,
        ready,
        _seat: seat,
    };
    let events = stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok(event), listener))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(PULSE)))
}

/// One open stream.
struct Listener {
    app: App,
    ws: WorkspaceId,
    /// The last event that was read.
    last: Option<EventId>,
    ready: VecDeque<Event>,
    news: watch::Receiver<u64>,
    until: Timestamp,
    _seat: Seat,
}

impl Listener {
    /// The next event; none once the stream has lasted long enough or the server stops.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.app.closing.is_cancelled() || self.app.now() >= self.until {
                return None;
            }
            // Before reading, so that what is appended meanwhile is news.
            self.news.borrow_and_update();
            match self.read().await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => {
                    tracing::warn!(%error, "a listener is sent away: it comes back");
                    return None;
                }
            }
            let look = self.app.now() + LOOK;
            tokio::select! {
                () = self.app.closing.cancelled() => return None,
                Ok(()) = self.news.changed() => {}
                () = self.app.ports.clock.sleep_until(look) => {}
            }
        }
    }

    /// Reads what came after the last event. Returns how many events that were.
    async fn read(&mut self) -> Result<usize, StoreError> {
        let mut unit = self.app.ports.store.begin().await?;
        let Some(events) = unit.outbox().since(self.ws, self.last, BATCH).await? else {
            self.last = unit.outbox().last(self.ws).await?;
            self.ready.push_back(missed(self.last));
            return Ok(1);
        };
        drop(unit);
        for event in &events {
            self.last = Some(event.id);
            self.ready.extend(told(event));
        }
        Ok(events.len())
    }
}

async fn last(app: &App, ws: WorkspaceId) -> Result<Option<EventId>, StoreError> {
    let mut unit = app.ports.store.begin().await?;
    unit.outbox().last(ws).await
}

/// An event as it is told, where listeners are told of it.
fn told(event: &OutboxEvent) -> Option<Event> {
    let kind = event.kind()?;
    let name = match event.what {
        Happened::DeliverySettled { .. } | Happened::LinkFound { .. } => "delivery",
        _ => kind.as_str(),
    };
    let mut data = event.data();
    data.insert("type".to_owned(), kind.as_str().into());
    let data = serde_json::Value::Object(data).to_string();
    Some(Event::default().id(event.id.to_string()).event(name).data(data))
}

fn missed(last: Option<EventId>) -> Event {
    let data = json!({ "fix": "Some events are not there any more: read the posts again." });
    let event = Event::default().event("missed").data(data.to_string());
    match last {
        Some(last) => event.id(last.to_string()),
        None => event,
    }
}

/// How many streams each key and person has.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listeners(Arc<Mutex<BTreeMap<String, usize>>>);

impl Listeners {
    fn sit(&self, who: String) -> Result<Seat, Problem> {
        let mut seats = self.seats();
        let taken = seats.entry(who.clone()).or_default();
        if *taken >= STREAMS {
            let detail = format!("{STREAMS} streams are open already");
            let fix = "Close one, or share one among those who listen.";
            return Err(codes::RATE_LIMITED.problem(detail).fix(fix).retry_after(15));
        }
        *taken += 1;
        Ok(Seat { of: self.clone(), who })
    }

    fn seats(&self) -> MutexGuard<'_, BTreeMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of the streams that somebody may have; free again once dropped.
#[derive(Debug)]
struct Seat {
    of: Listeners,
    who: String,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut seats = self.of.seats();
        if let Some(taken) = seats.get_mut(&self.who) {
            *taken -= 1;
            if *taken == 0 {
                seats.remove(&self.who);
            }
        }
    }
}
