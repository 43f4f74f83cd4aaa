//! Making the posts of a series, ahead of their time.

use std::time::Duration;

use super::{find, made, request_of, time_of};
use crate::Timestamp;
use crate::domain::series::{Occurrence, OccurrenceRow, QuietPlan, Series, SeriesStatus};
use crate::domain::{Happened, LeasedJob, SeriesId, WorkspaceId};
use crate::engine::posts::Posts;
use crate::engine::{Error, Ports};
use crate::ports::{Gate, UnitOfWork};

/// At most so many posts of a series are made ahead.
const MOST: usize = 30;

/// Of many occurrences that nobody was there for, at most so many go out late.
const LATE: usize = 24;

/// How soon an occurrence is tried again that could not become a post.
const AGAIN: Duration = Duration::from_secs(15 * 60);

/// Who is on record for what a series does by itself.
const SYSTEM: &str = "system";

/// Makes the next posts of a series, in one transaction with the job: a crash leaves all of it or
/// nothing.
///
/// # Errors
/// Of the store; the job is then done again.
pub(in crate::engine) async fn come_again(
    ports: &Ports,
    job: &LeasedJob,
    id: SeriesId,
) -> Result<(), Error> {
    let posts = Posts::new(ports.clone()).by(SYSTEM);
    let mut unit = ports.store.begin().await?;
    // Before the series is looked at, so that whoever changes it meanwhile and this one never wait
    // for each other.
    if unit.jobs().gate(job.lease).await? == Gate::Lost {
        return Ok(());
    }
    let series = unit.series().get(job.workspace_id, id).await?;
    let next = match series.filter(|series| series.status == SeriesStatus::Active) {
        Some(mut series) => posts.make_ahead(&mut *unit, &mut series).await?,
        None => None,
    };
    match next {
        Some(at) => unit.jobs().again(job.lease, at, true).await?,
        None => unit.jobs().complete(job.lease).await?,
    };
    Ok(unit.commit().await?)
}

/// A series whose job never came to an end is paused, in the unit that parks the job.
///
/// # Errors
/// Of the store.
pub(in crate::engine) async fn stuck(
    ports: &Ports,
    unit: &mut dyn UnitOfWork,
    ws: WorkspaceId,
    id: SeriesId,
    story: &str,
) -> Result<(), Error> {
    let Ok(mut series) = find(unit, ws, id).await else { return Ok(()) };
    series.status = SeriesStatus::Paused;
    unit.series().update(&mut series).await?;
    let reason = format!("the series is paused ({story}): look into the log, then resume it");
    let what = Happened::SeriesMissed { series: id, due_at: ports.clock.now(), reason };
    Posts::new(ports.clone()).tell(unit, ws, what).await
}

impl Posts {
    /// Makes a post of each occurrence that is near and none yet, and sees to those that nobody was
    /// there for. Writes the series. When to look again; where that is never, it has ended.
    pub(super) async fn make_ahead(
        &self,
        unit: &mut dyn UnitOfWork,
        series: &mut Series,
    ) -> Result<Option<Timestamp>, Error> {
        let (now, config) = (self.ports.clock.now(), &self.ports.config);
        let maker = self.clone().within(series.budget.clone());
        let quiet = unit.quiet().list(series.workspace_id).await?;
        let repeat = series.repeat.clone();
        let grace = config.series_grace + repeat.jitter;
        let late = repeat.recurrence.catch_up(series.done, now, repeat.missed, grace, LATE);
        let coming: Vec<Occurrence> = repeat.recurrence.after(now).take(MOST + 1).collect();
        let horizon = now + config.series_ahead;
        let near = coming.iter().take(MOST).take_while(|occurrence| occurrence.at <= horizon);
        let near = near.count();
        let mut trouble = false;
        for occurrence in late.run.iter().chain(&coming[..near]) {
            trouble |= !maker.make(unit, series, occurrence, &quiet).await?;
        }
        let mut next = match coming.get(near) {
            Some(further) if near < MOST => Some(further.at - config.series_ahead),
            // As one goes out, there is room for another.
            Some(_) => coming.first().map(|first| first.at),
            None => coming.last().map(|last| last.at),
        };
        if trouble {
            next = next.map(|next| next.min(now + AGAIN));
        }
        series.done = now;
        if next.is_none() {
            series.status = SeriesStatus::Ended;
        }
        unit.series().update(series).await?;
        Ok(next.map(|next| next.max(now + Duration::from_secs(1))))
    }

    /// Makes a post of an occurrence, unless it is one. Whether it is then; where it cannot become
    /// one, that is kept and told, once for each reason.
    async fn make(
        &self,
        unit: &mut dyn UnitOfWork,
        series: &Series,
        occurrence: &Occurrence,
        quiet: &[QuietPlan],
    ) -> Result<bool, Error> {
        let (ws, id) = (series.workspace_id, series.id);
        let before = unit.series().occurrence(ws, id, occurrence.wall).await?;
        if before.as_ref().is_some_and(|row| row.post.is_some()) {
            return Ok(true);
        }
        let now = self.ports.clock.now();
        let post = match time_of(series, occurrence, quiet) {
            Ok(at) => {
                let request = request_of(series, at.max(now));
                self.make_post(unit, &request, series, occurrence).await
            }
            Err(error) => Err(error),
        };
        let trouble = match post {
            Ok(view) => {
                self.keep_occurrence(unit, &made(series, occurrence, &view)).await?;
                return Ok(true);
            }
            // What is wrong with the post; all else is wrong with this machine, and passes.
            Err(error @ (Error::Invalid(_) | Error::Budget(_) | Error::Refused(_))) => {
                error.to_string()
            }
            Err(error) => return Err(error),
        };
        let told = before.and_then(|row| row.trouble).as_ref() == Some(&trouble);
        let row = OccurrenceRow {
            workspace_id: ws,
            series_id: id,
            wall: occurrence.wall,
            at: occurrence.at,
            post: None,
            version: 0,
            trouble: Some(trouble.clone()),
        };
        self.keep_occurrence(unit, &row).await?;
        if !told {
            let (due_at, reason) = (occurrence.at, trouble);
            self.tell(unit, ws, Happened::SeriesMissed { series: id, due_at, reason }).await?;
        }
        Ok(false)
    }
}
