//! Changing, pausing and ending a series.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;

use super::reach::Reach;
use super::{SeriesView, check, find, made, named, request_of, time_of};
use crate::domain::series::{Occurrence, Repeat, Series, SeriesStatus};
use crate::domain::{JobTask, MediaRef, Override, Platform, SeriesId, Target, WorkspaceId};
use crate::engine::posts::schedule::refuse;
use crate::engine::posts::{PostView, Posts};
use crate::engine::resolve::resolve;
use crate::engine::{Error, Missing};
use crate::ports::UnitOfWork;

/// What to change of a series; what is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct SeriesEdit {
    /// Another text.
    pub content: Option<String>,
    /// Other networks and accounts, in place of all it had.
    pub targets: Option<Vec<Target>>,
    /// Other media, in order, in place of all it had.
    pub media: Option<Vec<MediaRef>>,
    /// What single networks get instead, in place of all it had.
    pub overrides: Option<BTreeMap<Platform, Override>>,
    /// When it comes from now on.
    pub repeat: Option<Repeat>,
    /// Whether a person must approve each occurrence.
    pub approval: Option<bool>,
}

impl Posts {
    /// Changes a series: all that is to come of it, or one occurrence and all that follow. These
    /// then are a series of their own, which is what is given back. Posts that were made ahead are
    /// called off and made anew; one that somebody took in hand stays as it is.
    ///
    /// # Errors
    /// [`Error::Stale`] where `version` is not the series'; [`Error::Refused`] where it has ended,
    /// would never come, or the occurrence has passed; [`Error::Invalid`] and [`Error::Budget`] of
    /// what comes next; where there is no such series or occurrence, or of the store.
    pub async fn edit_series(
        &self,
        ws: WorkspaceId,
        id: SeriesId,
        version: Option<i64>,
        reach: Reach,
        edit: SeriesEdit,
    ) -> Result<SeriesView, Error> {
        let mut unit = self.ports.store.begin().await?;
        let mut series = self.take_in_hand(&mut *unit, ws, id, version).await?;
        if let Reach::Following(wall) = reach {
            let rest = self.part(&mut *unit, &mut series, wall).await?;
            self.plan_series(&mut *unit, &mut series).await?;
            series = rest;
        } else {
            let from = self.still_to_come(&series);
            self.withdraw(&mut *unit, &series, from).await?;
        }
        self.apply(&mut *unit, &mut series, edit).await?;
        if let Reach::Following(wall) = reach {
            let recurrence = &mut series.repeat.recurrence;
            recurrence.from = recurrence.from.max(wall.date());
            unit.series().insert(&series).await?;
        }
        if series.status == SeriesStatus::Active {
            let (_, next) = self.next(&mut *unit, &series).await?;
            let resolved = resolve(&self.ports, &mut *unit, &next, None, &self.budget).await?;
            self.afford(&mut *unit, &next, resolved.due_at, None).await?;
            refuse(&resolved, next.submit)?;
        }
        self.plan_series(&mut *unit, &mut series).await?;
        self.record(&mut *unit, ws, "series.edit", &series.id.to_string()).await?;
        let view = self.view_series(&mut *unit, series).await?;
        unit.commit().await?;
        Ok(view)
    }

    /// Stops a series for a while: what was made ahead is called off. Pausing what is paused is no
    /// error.
    ///
    /// # Errors
    /// [`Error::Refused`] where it has ended; where there is none, or of the store.
    pub async fn pause_series(&self, ws: WorkspaceId, id: SeriesId) -> Result<SeriesView, Error> {
        self.stand(ws, id, SeriesStatus::Paused).await
    }

    /// Lets a series come again. What would have come meanwhile was not missed.
    ///
    /// # Errors
    /// [`Error::Refused`] where it has ended; where there is none, or of the store.
    pub async fn resume_series(&self, ws: WorkspaceId, id: SeriesId) -> Result<SeriesView, Error> {
        self.stand(ws, id, SeriesStatus::Active).await
    }

    async fn stand(
        &self,
        ws: WorkspaceId,
        id: SeriesId,
        status: SeriesStatus,
    ) -> Result<SeriesView, Error> {
        let mut unit = self.ports.store.begin().await?;
        let mut series = self.take_in_hand(&mut *unit, ws, id, None).await?;
        if series.status != status {
            series.status = status;
            if status == SeriesStatus::Paused {
                let from = self.still_to_come(&series);
                self.withdraw(&mut *unit, &series, from).await?;
            } else {
                series.done = self.ports.clock.now();
            }
            let paused = status == SeriesStatus::Paused;
            let action = if paused { "series.pause" } else { "series.resume" };
            self.record(&mut *unit, ws, action, &id.to_string()).await?;
        }
        self.plan_series(&mut *unit, &mut series).await?;
        let view = self.view_series(&mut *unit, series).await?;
        unit.commit().await?;
        Ok(view)
    }

    /// Ends a series for good, before the occurrence at `from` or, without one, now. What was made
    /// ahead from then on is called off, but what somebody took in hand. Ending what has ended is
    /// no error.
    ///
    /// # Errors
    /// Where there is no such series or occurrence, or of the store.
    pub async fn end_series(
        &self,
        ws: WorkspaceId,
        id: SeriesId,
        from: Option<NaiveDateTime>,
    ) -> Result<SeriesView, Error> {
        let mut unit = self.ports.store.begin().await?;
        let mut series = find(&mut *unit, ws, id).await?;
        if series.status != SeriesStatus::Ended {
            series = self.take_in_hand(&mut *unit, ws, id, None).await?;
            match from {
                Some(wall) => drop(self.part(&mut *unit, &mut series, wall).await?),
                None => {
                    series.status = SeriesStatus::Ended;
                    let from = self.still_to_come(&series);
                    self.withdraw(&mut *unit, &series, from).await?;
                }
            }
            self.plan_series(&mut *unit, &mut series).await?;
            self.record(&mut *unit, ws, "series.end", &id.to_string()).await?;
        }
        let view = self.view_series(&mut *unit, series).await?;
        unit.commit().await?;
        Ok(view)
    }

    /// The post of one occurrence that is to come, made now if it is none yet: so it can be edited
    /// or moved alone.
    ///
    /// # Errors
    /// [`Error::Invalid`] and [`Error::Budget`]; where there is no such series or occurrence, or of
    /// the store.
    pub async fn occurrence(
        &self,
        ws: WorkspaceId,
        id: SeriesId,
        wall: NaiveDateTime,
    ) -> Result<PostView, Error> {
        let mut unit = self.ports.store.begin().await?;
        let series = find(&mut *unit, ws, id).await?;
        let row = unit.series().occurrence(ws, id, wall).await?;
        if let Some(post) = row.and_then(|row| row.post) {
            let post = super::super::find(&mut *unit, ws, post).await?;
            return super::super::view(&mut *unit, post).await;
        }
        let occurrence = self.to_come(&series, wall)?;
        let quiet = unit.quiet().list(ws).await?;
        let request = request_of(&series, time_of(&series, &occurrence, &quiet)?);
        let maker = self.clone().within(series.budget.clone());
        let view = maker.make_post(&mut *unit, &request, &series, &occurrence).await?;
        self.keep_occurrence(&mut *unit, &made(&series, &occurrence, &view)).await?;
        unit.commit().await?;
        Ok(view)
    }

    /// Leaves one occurrence out. One that is a post already is called off.
    ///
    /// # Errors
    /// [`Error::Refused`] where it is too late; where there is no such series or occurrence, or of
    /// the store.
    pub async fn leave_out(
        &self,
        ws: WorkspaceId,
        id: SeriesId,
        wall: NaiveDateTime,
    ) -> Result<SeriesView, Error> {
        let mut unit = self.ports.store.begin().await?;
        let mut series = find(&mut *unit, ws, id).await?;
        let row = unit.series().occurrence(ws, id, wall).await?;
        if let Some(post) = row.and_then(|row| row.post) {
            drop(unit);
            // The row stays, so nothing makes it again.
            self.cancel(ws, post).await?;
            return self.series(ws, id).await;
        }
        if !series.repeat.recurrence.except.contains(&wall) {
            self.to_come(&series, wall)?;
            series.repeat.recurrence.leave_out(wall);
            unit.series().remove_occurrence(ws, id, wall).await?;
            unit.series().update(&mut series).await?;
            self.record(&mut *unit, ws, "series.leave_out", &id.to_string()).await?;
        }
        let view = self.view_series(&mut *unit, series).await?;
        unit.commit().await?;
        Ok(view)
    }

    /// A series that is to be changed, out of the workers' hands. Its job goes first: a worker that
    /// is at it holds that first too.
    async fn take_in_hand(
        &self,
        unit: &mut dyn UnitOfWork,
        ws: WorkspaceId,
        id: SeriesId,
        version: Option<i64>,
    ) -> Result<Series, Error> {
        unit.jobs().cancel(JobTask::Series { series: id }).await?;
        let series = find(unit, ws, id).await?;
        if let Some(version) = version.filter(|version| *version != series.version) {
            let now = series.version;
            return Err(Error::Stale(format!(
                "series {id} was changed meanwhile (version {now}, not {version}): read it again \
                 and repeat the change"
            )));
        }
        if series.status == SeriesStatus::Ended {
            return Err(Error::Refused(format!("series {id} has ended: begin a new one")));
        }
        Ok(series)
    }

    /// Ends a series before an occurrence, and gives back what comes from then on as a series of
    /// its own, which is not stored yet.
    async fn part(
        &self,
        unit: &mut dyn UnitOfWork,
        series: &mut Series,
        wall: NaiveDateTime,
    ) -> Result<Series, Error> {
        self.to_come(series, wall)?;
        let stay = self.withdraw(unit, series, wall).await?;
        let now = self.ports.clock.now();
        let mut rest = series.clone();
        rest.id = SeriesId::from_uuid(self.ports.ids.uuid(now));
        rest.repeat.recurrence = series.repeat.recurrence.split(wall);
        (rest.done, rest.created_at, rest.version) = (now, now, 0);
        for wall in stay {
            rest.repeat.recurrence.leave_out(wall);
        }
        Ok(rest)
    }

    async fn apply(
        &self,
        unit: &mut dyn UnitOfWork,
        series: &mut Series,
        edit: SeriesEdit,
    ) -> Result<(), Error> {
        let SeriesEdit { content, targets, media, overrides, repeat, approval } = edit;
        if let Some(targets) = targets {
            series.targets = named(unit, series.workspace_id, &targets).await?;
        }
        if let Some(repeat) = repeat {
            check(&repeat)?;
            let except = std::mem::take(&mut series.repeat.recurrence.except);
            series.repeat = repeat;
            series.repeat.recurrence.except.extend(except);
            // What the new rule would have had before was not missed.
            series.done = self.ports.clock.now();
        }
        series.content = content.unwrap_or_else(|| series.content.clone());
        series.media = media.unwrap_or_else(|| series.media.clone());
        series.overrides = overrides.unwrap_or_else(|| series.overrides.clone());
        series.approval = approval.unwrap_or(series.approval);
        series.budget = self.budget.clone();
        Ok(())
    }

    /// Writes a series, makes what is near of it, and has a worker look again.
    async fn plan_series(
        &self,
        unit: &mut dyn UnitOfWork,
        series: &mut Series,
    ) -> Result<(), Error> {
        if series.status != SeriesStatus::Active {
            return Ok(unit.series().update(series).await?);
        }
        if let Some(at) = self.make_ahead(unit, series).await? {
            self.look_at(unit, series, at).await?;
        }
        Ok(())
    }

    /// An occurrence that is to come.
    fn to_come(&self, series: &Series, wall: NaiveDateTime) -> Result<Occurrence, Error> {
        let recurrence = &series.repeat.recurrence;
        let at = recurrence.instant(wall);
        if !recurrence.comes_at(wall) {
            return Err(Error::NotFound(Missing::Occurrence(series.id, wall)));
        }
        if at <= self.ports.clock.now() {
            let when = wall.format("%FT%T");
            return Err(Error::Refused(format!("the occurrence at {when} has passed")));
        }
        Ok(Occurrence { at, wall, shifted: recurrence.wall(at) != wall })
    }
}
