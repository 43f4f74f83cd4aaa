//! Which occurrences a change is about, and taking back posts that are not to be.

use std::time::Duration;

use chrono::NaiveDateTime;

use crate::domain::series::{OccurrenceRow, Series};
use crate::domain::{DeliveryEvent, DeliveryStatus, Happened};
use crate::engine::Error;
use crate::engine::posts::Posts;
use crate::ports::UnitOfWork;

/// Which occurrences of a series a change is about. One alone is a post, and changed as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// All that are to come.
    All,
    /// The one of this wall time and all that follow.
    Following(NaiveDateTime),
}

/// An occurrence may go out so much later than its wall time says.
const MOVED: Duration = Duration::from_secs(2 * 24 * 3600);

/// More posts than are ever made ahead.
const MANY: u32 = 1000;

impl Posts {
    /// The wall time from which on a series has posts that may not have gone out.
    pub(super) fn still_to_come(&self, series: &Series) -> NaiveDateTime {
        series.repeat.recurrence.wall(self.ports.clock.now() - MOVED)
    }

    /// Calls off the posts from a wall time on that nobody took in hand and of which nothing was
    /// sent, and forgets their occurrences. The wall times of those that stay.
    pub(super) async fn withdraw(
        &self,
        unit: &mut dyn UnitOfWork,
        series: &Series,
        from: NaiveDateTime,
    ) -> Result<Vec<NaiveDateTime>, Error> {
        let (ws, id) = (series.workspace_id, series.id);
        let mut stay = Vec::new();
        for row in unit.series().occurrences(ws, id, from, MANY).await? {
            if self.call_off(unit, &row).await? {
                unit.series().remove_occurrence(ws, id, row.wall).await?;
            } else {
                stay.push(row.wall);
            }
        }
        Ok(stay)
    }

    /// Calls off the post of an occurrence, if it may. Whether nothing of it goes out.
    async fn call_off(
        &self,
        unit: &mut dyn UnitOfWork,
        row: &OccurrenceRow,
    ) -> Result<bool, Error> {
        let (ws, Some(id)) = (row.workspace_id, row.post) else { return Ok(true) };
        let Some(mut post) = unit.posts().get(ws, id).await? else { return Ok(true) };
        let deliveries = unit.deliveries().of_post(ws, id).await?;
        let waits =
            |status| matches!(status, DeliveryStatus::Scheduled | DeliveryStatus::PendingApproval);
        if post.version != row.version || !deliveries.iter().all(|of| waits(of.status)) {
            return Ok(false);
        }
        for mut delivery in deliveries {
            let off = delivery.status.apply(DeliveryEvent::Cancel);
            delivery.status = off.map_err(|error| Error::Refused(error.to_string()))?;
            unit.deliveries().update(&mut delivery).await?;
            self.unplan(unit, &delivery).await?;
        }
        unit.posts().update(&mut post).await?;
        self.tell(unit, ws, Happened::PostCancelled { post: id }).await?;
        Ok(true)
    }
}
