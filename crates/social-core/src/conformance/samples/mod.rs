//! Rows to test with: full of values, so that a column that is forgotten shows.

mod accounts;
mod media;
mod people;
mod posts;
mod series;
mod webhooks;

pub use series::wall;
use std::sync::atomic::{AtomicI64, Ordering};

use uuid::Uuid;

use crate::Timestamp;
use crate::domain::{AccountId, DeliveryId, JobId, JobTask, NewJob, Workspace, WorkspaceId};
use crate::ports::{IdSource as _, SeededIds, WrappedKey};

/// The instant `secs` seconds after the one that tests begin at.
#[must_use]
pub fn at(secs: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_123 + secs * 1000)
}

/// Makes rows; each id is greater than those before.
#[derive(Debug)]
pub struct Samples {
    ids: SeededIds,
    made: AtomicI64,
}

impl Default for Samples {
    fn default() -> Self {
        Self { ids: SeededIds::new(7), made: AtomicI64::new(0) }
    }
}

impl Samples {
    /// A fresh id.
    pub fn uuid(&self) -> Uuid {
        self.ids.uuid(at(self.made.fetch_add(1, Ordering::Relaxed)))
    }

    /// The id of a tenant.
    pub fn ws(&self) -> WorkspaceId {
        WorkspaceId::from_uuid(self.uuid())
    }

    /// A tenant.
    pub fn workspace(&self) -> Workspace {
        Workspace {
            id: WorkspaceId::from_uuid(self.uuid()),
            name: "Harbour Coffee \u{2615} 'quoted'".to_owned(),
            data_key: WrappedKey(vec![0, 1, 2, 255]),
            created_at: at(0),
        }
    }

    /// The task of publishing some delivery.
    pub fn publish(&self) -> JobTask {
        JobTask::Publish { delivery: DeliveryId::from_uuid(self.uuid()) }
    }

    /// A job that may be begun three times.
    pub fn job(&self, ws: WorkspaceId, task: JobTask, due_at: Timestamp) -> NewJob {
        NewJob {
            id: JobId::from_uuid(self.uuid()),
            workspace_id: ws,
            task,
            lane: None,
            platform: None,
            due_at,
            max_attempts: 3,
        }
    }

    /// A lane.
    pub fn lane(&self) -> AccountId {
        AccountId::from_uuid(self.uuid())
    }
}
