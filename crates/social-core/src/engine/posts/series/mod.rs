//! Posts that come again: each occurrence is an ordinary post.
//!
//! ```text
//! begin ─► series + its first post ─► job ─► makes what comes within `series_ahead` ─► job …
//!                                              │
//!            one row for each occurrence that was seen to: nothing makes it twice
//! ```
//!
//! A post that somebody edited, moved, approved or called off is theirs from then on: changes of
//! the series pass it by.

mod ahead;
mod change;
mod quiet;
mod reach;

use chrono::NaiveDateTime;
use uuid::Uuid;

pub(in crate::engine) use ahead::{come_again, stuck};
pub use change::SeriesEdit;
pub use reach::Reach;
use serde::Serialize;

use super::schedule::refuse;
use super::{PostView, Posts};
use crate::Timestamp;
use crate::domain::series::{
    Occurrence, OccurrenceRef, OccurrenceRow, QuietPlan, Recurrence, Repeat, Series, SeriesStatus,
};
use crate::domain::{JobId, JobTask, NewJob, PostId, SeriesId, Target, WorkspaceId};
use crate::engine::resolve::{account, resolve};
use crate::engine::{Error, Missing};
use crate::ports::{PostRequest, Submit, UnitOfWork, When};

/// How many occurrences a view names.
const SHOWN: usize = 10;

/// A series with what comes next.
#[derive(Debug, Clone, Serialize)]
pub struct SeriesView {
    /// The series.
    pub series: Series,
    /// What comes next, ten at most; nothing of one that is paused.
    pub upcoming: Vec<Upcoming>,
}

/// An occurrence that is to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Upcoming {
    /// Which one: what the author's clock is meant to show.
    pub wall: NaiveDateTime,
    /// When it goes out, as far as is known.
    pub at: Timestamp,
    /// The post that it is already.
    pub post: Option<PostId>,
    /// Why it cannot become one, and what to do.
    pub trouble: Option<String>,
}

impl Posts {
    /// The first occurrence of a series that a request asks for, as a request of its own.
    pub(super) async fn first_of(
        &self,
        unit: &mut dyn UnitOfWork,
        request: &PostRequest,
        repeat: &Repeat,
    ) -> Result<PostRequest, Error> {
        // Jitter goes by the id of the series, which there is none of yet.
        let repeat = Repeat { jitter: std::time::Duration::ZERO, ..repeat.clone() };
        let series = self.draft(unit, request, &repeat, SeriesId::from_uuid(Uuid::nil())).await?;
        self.next(unit, &series).await.map(|(_, request)| request)
    }

    /// Stores a series with its first post.
    pub(super) async fn begin_series(
        &self,
        unit: &mut dyn UnitOfWork,
        request: &PostRequest,
        repeat: &Repeat,
    ) -> Result<PostView, Error> {
        let now = self.ports.clock.now();
        let id = SeriesId::from_uuid(self.ports.ids.uuid(now));
        let series = self.draft(unit, request, repeat, id).await?;
        let (occurrence, first) = self.next(unit, &series).await?;
        unit.series().insert(&series).await?;
        let view = self.make_post(unit, &first, &series, &occurrence).await?;
        let row = made(&series, &occurrence, &view);
        self.keep_occurrence(unit, &row).await?;
        self.look_at(unit, &series, now).await?;
        self.record(unit, series.workspace_id, "series.begin", &id.to_string()).await?;
        Ok(view)
    }

    /// The series that a request asks for, with its accounts found as far as they can be.
    async fn draft(
        &self,
        unit: &mut dyn UnitOfWork,
        request: &PostRequest,
        repeat: &Repeat,
        id: SeriesId,
    ) -> Result<Series, Error> {
        check(repeat)?;
        if request.submit == Submit::Draft {
            let message = "a series is no draft: a dry run shows what would come of it";
            return Err(Error::Refused(message.to_owned()));
        }
        let now = self.ports.clock.now();
        Ok(Series {
            id,
            workspace_id: request.workspace,
            content: request.content.clone(),
            targets: named(unit, request.workspace, &request.targets).await?,
            overrides: request.overrides.clone(),
            media: request.media.clone(),
            repeat: repeat.clone(),
            approval: request.submit == Submit::Approval,
            budget: self.budget.clone(),
            status: SeriesStatus::Active,
            done: now,
            created_at: now,
            version: 0,
        })
    }

    /// What comes next of a series, as a request.
    async fn next(
        &self,
        unit: &mut dyn UnitOfWork,
        series: &Series,
    ) -> Result<(Occurrence, PostRequest), Error> {
        let now = self.ports.clock.now();
        let next = series.repeat.recurrence.next_after(now).ok_or_else(|| {
            Error::Refused("it never comes: its last day has passed, or no day fits".to_owned())
        })?;
        let quiet = unit.quiet().list(series.workspace_id).await?;
        let at = time_of(series, &next, &quiet)?;
        Ok((next, request_of(series, at)))
    }

    /// Checks what an occurrence would become as any post is, and stores it.
    async fn make_post(
        &self,
        unit: &mut dyn UnitOfWork,
        request: &PostRequest,
        series: &Series,
        occurrence: &Occurrence,
    ) -> Result<PostView, Error> {
        let resolved = resolve(&self.ports, unit, request, None, &self.budget).await?;
        self.afford(unit, request, resolved.due_at, None).await?;
        refuse(&resolved, request.submit)?;
        let of = OccurrenceRef { series: series.id, wall: occurrence.wall };
        self.store(unit, request, resolved, Some(of)).await
    }

    /// Keeps what became of an occurrence. That another made a post of it meanwhile ends the unit.
    async fn keep_occurrence(
        &self,
        unit: &mut dyn UnitOfWork,
        row: &OccurrenceRow,
    ) -> Result<(), Error> {
        if unit.series().put_occurrence(row).await? {
            return Ok(());
        }
        let what = format!("{} at {}", row.series_id, row.wall);
        Err(crate::ports::StoreError::Conflict(what).into())
    }

    /// Has a worker look at a series at `at`.
    async fn look_at(
        &self,
        unit: &mut dyn UnitOfWork,
        series: &Series,
        at: Timestamp,
    ) -> Result<(), Error> {
        let job = NewJob {
            id: JobId::from_uuid(self.ports.ids.uuid(self.ports.clock.now())),
            workspace_id: series.workspace_id,
            task: JobTask::Series { series: series.id },
            lane: None,
            platform: None,
            due_at: at,
            max_attempts: self.ports.config.max_attempts,
        };
        unit.jobs().enqueue(&job).await?;
        Ok(())
    }

    /// A series with what comes next.
    ///
    /// # Errors
    /// Where there is none, or of the store.
    pub async fn series(&self, ws: WorkspaceId, id: SeriesId) -> Result<SeriesView, Error> {
        let mut unit = self.ports.store.read().await?;
        let series = find(&mut *unit, ws, id).await?;
        self.view_series(&mut *unit, series).await
    }

    /// Series, newest first: those older than `before`, at most `limit`.
    ///
    /// # Errors
    /// Of the store.
    pub async fn list_series(
        &self,
        ws: WorkspaceId,
        before: Option<SeriesId>,
        limit: u32,
    ) -> Result<Vec<SeriesView>, Error> {
        let mut unit = self.ports.store.read().await?;
        let mut views = Vec::new();
        for series in unit.series().list(ws, before, limit).await? {
            views.push(self.view_series(&mut *unit, series).await?);
        }
        Ok(views)
    }

    async fn view_series(
        &self,
        unit: &mut dyn UnitOfWork,
        series: Series,
    ) -> Result<SeriesView, Error> {
        let (ws, now) = (series.workspace_id, self.ports.clock.now());
        let quiet = unit.quiet().list(ws).await?;
        let mut upcoming = Vec::new();
        let shown = if series.status == SeriesStatus::Active { SHOWN } else { 0 };
        for occurrence in series.repeat.recurrence.after(now).take(shown) {
            let row = unit.series().occurrence(ws, series.id, occurrence.wall).await?;
            let at = match (&row, time_of(&series, &occurrence, &quiet)) {
                (Some(row), _) => row.at,
                (None, Ok(at)) => at,
                (None, Err(_)) => occurrence.at,
            };
            let (post, trouble) = row.map_or((None, None), |row| (row.post, row.trouble));
            upcoming.push(Upcoming { wall: occurrence.wall, at, post, trouble });
        }
        Ok(SeriesView { series, upcoming })
    }
}

async fn find(unit: &mut dyn UnitOfWork, ws: WorkspaceId, id: SeriesId) -> Result<Series, Error> {
    unit.series().get(ws, id).await?.ok_or(Error::NotFound(Missing::Series(id)))
}

fn check(repeat: &Repeat) -> Result<(), Error> {
    if repeat.jitter > Repeat::MOST_JITTER {
        let most = Repeat::MOST_JITTER.as_secs();
        return Err(Error::Refused(format!("jitter moves a post by {most} s at most")));
    }
    let Recurrence { from, until, .. } = &repeat.recurrence;
    if until.is_some_and(|until| until < *from) {
        return Err(Error::Refused("its last day is before its first".to_owned()));
    }
    Ok(())
}

/// Targets with their accounts, so that an account that is connected later changes nothing. What is
/// not found is left as it is, for preflight to say.
async fn named(
    unit: &mut dyn UnitOfWork,
    ws: WorkspaceId,
    targets: &[Target],
) -> Result<Vec<Target>, Error> {
    let accounts = unit.accounts().list(ws).await?;
    let named = targets.iter().map(|target| match account(&accounts, target, "") {
        Ok(found) => Target { platform: target.platform.clone(), account: Some(found.id) },
        Err(_) => target.clone(),
    });
    Ok(named.collect())
}

/// When an occurrence goes out: moved by jitter, and out of quiet hours.
fn time_of(
    series: &Series,
    occurrence: &Occurrence,
    quiet: &[QuietPlan],
) -> Result<Timestamp, Error> {
    let seed = series.id.to_string();
    let at = Recurrence::jittered(occurrence, series.repeat.jitter, &seed);
    let concerns = |plan: &&QuietPlan| {
        let of = |account| series.targets.iter().any(|target| target.account == Some(account));
        plan.account_id.is_none_or(of)
    };
    let plans: Vec<QuietPlan> = quiet.iter().filter(concerns).copied().collect();
    QuietPlan::first_loud(&plans, at).ok_or_else(|| {
        let message =
            "the quiet hours of the workspace and its accounts leave no time: shorten them";
        Error::Refused(message.to_owned())
    })
}

/// The post that an occurrence becomes, as a request. That it says what the last one said is meant.
fn request_of(series: &Series, at: Timestamp) -> PostRequest {
    let mut request =
        PostRequest::new(series.workspace_id, &series.content, series.targets.clone());
    request.when = When::At(at);
    request.media.clone_from(&series.media);
    request.overrides.clone_from(&series.overrides);
    request.submit = if series.approval { Submit::Approval } else { Submit::Schedule };
    request.allow_duplicate = true;
    request
}

/// What became of an occurrence: this post.
fn made(series: &Series, occurrence: &Occurrence, view: &PostView) -> OccurrenceRow {
    OccurrenceRow {
        workspace_id: series.workspace_id,
        series_id: series.id,
        wall: occurrence.wall,
        at: view.post.due_at,
        post: Some(view.post.id),
        version: view.post.version,
        trouble: None,
    }
}
