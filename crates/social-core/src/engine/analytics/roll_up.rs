//! Rolling numbers up by day.

use std::time::Duration;

use super::Analytics;
use crate::domain::{JobId, JobTask, NewJob, WorkspaceId};
use crate::engine::{Error, Ports};
use crate::ports::UnitOfWork;

/// How many deliveries are rolled up in one transaction.
const BATCH: u32 = 1000;

/// How long numbers that were read wait for others to be rolled up with.
const GATHER: Duration = Duration::from_secs(5);

/// How many workspaces are looked after at once.
const WORKSPACES: u32 = 100;

impl Analytics {
    /// Rolls up all of a workspace that is new since it was last rolled up; how many deliveries that
    /// was. Doing it again changes nothing, and numbers that come late put their day right.
    ///
    /// # Errors
    /// Of the store.
    pub async fn roll_up(&self, ws: WorkspaceId) -> Result<u64, Error> {
        let mut all = 0;
        loop {
            let mut unit = self.0.store.begin().await?;
            let rolled = unit.analytics().roll_up(ws, BATCH).await?;
            unit.commit().await?;
            all += rolled;
            if rolled < u64::from(BATCH) {
                return Ok(all);
            }
        }
    }
}

/// Has a workspace rolled up, with whatever else comes in meanwhile.
pub(super) async fn roll_up_soon(
    ports: &Ports,
    unit: &mut dyn UnitOfWork,
    workspace: WorkspaceId,
) -> Result<(), Error> {
    let now = ports.clock.now();
    let job = NewJob {
        id: JobId::from_uuid(ports.ids.uuid(now)),
        workspace_id: workspace,
        task: JobTask::RollUp { workspace },
        lane: None,
        platform: None,
        due_at: now + GATHER,
        max_attempts: ports.config.max_attempts,
    };
    unit.jobs().enqueue(&job).await?;
    Ok(())
}

/// Has those workspaces rolled up whose numbers came just as a roll-up ended, or whose job was lost.
pub(in crate::engine) async fn roll_up_stale(ports: &Ports) -> Result<(), Error> {
    let mut unit = ports.store.begin().await?;
    let stale = unit.analytics().stale(WORKSPACES).await?;
    if stale.is_empty() {
        return Ok(());
    }
    for workspace in stale {
        roll_up_soon(ports, &mut *unit, workspace).await?;
    }
    Ok(unit.commit().await?)
}
