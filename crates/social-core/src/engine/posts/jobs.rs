//! The jobs behind a post's deliveries.

use super::Posts;
use crate::Timestamp;
use crate::domain::{Delivery, JobId, JobTask, NewJob, Platform};
use crate::engine::Error;
use crate::ports::UnitOfWork;

impl Posts {
    pub(super) async fn enqueue(
        &self,
        unit: &mut dyn UnitOfWork,
        delivery: &Delivery,
        task: JobTask,
        due_at: Timestamp,
    ) -> Result<(), Error> {
        let lane = matches!(task, JobTask::Publish { .. }).then_some(delivery.account_id);
        let job = NewJob {
            id: JobId::from_uuid(self.ports.ids.uuid(self.ports.clock.now())),
            workspace_id: delivery.workspace_id,
            task,
            lane,
            platform: lane.is_some().then(|| delivery.platform.clone()),
            due_at,
            max_attempts: self.ports.config.max_attempts,
        };
        unit.jobs().enqueue(&job).await?;
        Ok(())
    }

    /// Puts in what publishes a scheduled delivery and, where there is time, makes its media fit
    /// before.
    pub(super) async fn plan(
        &self,
        unit: &mut dyn UnitOfWork,
        delivery: &Delivery,
    ) -> Result<(), Error> {
        let now = self.ports.clock.now();
        let begin_at = self.begin_at(&delivery.platform, delivery.due_at)?;
        let task = JobTask::Publish { delivery: delivery.id };
        self.enqueue(unit, delivery, task, begin_at).await?;
        if begin_at > now && !delivery.media.is_empty() && delivery.rendered.is_none() {
            let task = JobTask::Render { delivery: delivery.id };
            self.enqueue(unit, delivery, task, now).await?;
        }
        Ok(())
    }

    /// Takes out what [`Posts::plan`] put in. A worker that is at it right now loses its lease, so
    /// whatever it would write is refused.
    pub(super) async fn unplan(
        &self,
        unit: &mut dyn UnitOfWork,
        delivery: &Delivery,
    ) -> Result<(), Error> {
        unit.jobs().cancel(JobTask::Publish { delivery: delivery.id }).await?;
        unit.jobs().cancel(JobTask::Render { delivery: delivery.id }).await?;
        Ok(())
    }

    /// Preparing runs ahead of the due time, so that what makes it visible leaves on time.
    fn begin_at(&self, platform: &Platform, due_at: Timestamp) -> Result<Timestamp, Error> {
        let ahead = self.ports.platforms.get(platform)?.rules().prepare_ahead;
        Ok((due_at - ahead).max(self.ports.clock.now()))
    }
}
