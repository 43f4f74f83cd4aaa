//! Units of work in the queue.

use serde::{Deserialize, Serialize};

use super::{AccountId, DeliveryId, GrantId, JobId, MessageId, Platform, SeriesId, WorkspaceId};
use crate::Timestamp;

/// What is to be done. Each job names rows; what they say is read when the job runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JobTask {
    /// Bring a delivery a step further, until it is settled.
    Publish {
        /// Which one.
        delivery: DeliveryId,
    },
    /// Make a delivery's media fit, ahead of time.
    Render {
        /// Which one.
        delivery: DeliveryId,
    },
    /// Find the address of a published delivery.
    Permalink {
        /// Which one.
        delivery: DeliveryId,
    },
    /// Read the numbers of a published delivery.
    Analytics {
        /// Which one.
        delivery: DeliveryId,
    },
    /// Roll the numbers of a workspace up by day.
    RollUp {
        /// Which one.
        workspace: WorkspaceId,
    },
    /// Say what its author wants said under a published delivery.
    Comment {
        /// Which one.
        delivery: DeliveryId,
    },
    /// Renew a grant's token ahead of its end.
    Refresh {
        /// Which one.
        grant: GrantId,
    },
    /// Make the next posts of a series.
    Series {
        /// Which one.
        series: SeriesId,
    },
    /// Tell a webhook what happened.
    Webhook {
        /// Which message.
        message: MessageId,
    },
}

impl JobTask {
    /// The priority of telling webhooks, the least urgent of all: what waits for somebody else's
    /// server must never keep a post waiting.
    pub const TELLING: i16 = 5;

    /// From this priority on a job gives way to all others while more is due than workers take:
    /// reading numbers and telling can wait, a post and a token cannot.
    pub const BACKGROUND: i16 = 4;

    /// The task's name in the store: `publish`, `render`, …
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Publish { .. } => "publish",
            Self::Render { .. } => "render",
            Self::Permalink { .. } => "permalink",
            Self::Analytics { .. } => "analytics",
            Self::RollUp { .. } => "roll_up",
            Self::Comment { .. } => "comment",
            Self::Refresh { .. } => "refresh",
            Self::Series { .. } => "series",
            Self::Webhook { .. } => "webhook",
        }
    }

    /// The name under which the queue holds at most one such job.
    #[must_use]
    pub fn key(self) -> String {
        match self {
            Self::Publish { delivery }
            | Self::Render { delivery }
            | Self::Permalink { delivery }
            | Self::Comment { delivery }
            | Self::Analytics { delivery } => format!("{}:{delivery}", self.kind()),
            Self::RollUp { workspace } => format!("roll_up:{workspace}"),
            Self::Refresh { grant } => format!("refresh:{grant}"),
            Self::Series { series } => format!("series:{series}"),
            Self::Webhook { message } => format!("webhook:{message}"),
        }
    }

    /// Of jobs due at once the lower goes first: publishing before renewing before reading.
    #[must_use]
    pub fn priority(self) -> i16 {
        match self {
            Self::Publish { .. } => 0,
            Self::Refresh { .. } => 1,
            Self::Render { .. } | Self::Series { .. } => 2,
            Self::Permalink { .. } | Self::Comment { .. } => 3,
            Self::Analytics { .. } | Self::RollUp { .. } => 4,
            Self::Webhook { .. } => Self::TELLING,
        }
    }
}

/// A job to be put in the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// Its id.
    pub id: JobId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// What is to be done.
    pub task: JobTask,
    /// Jobs of one lane run one at a time, in the order they are due.
    pub lane: Option<AccountId>,
    /// The network that a job of a lane goes to.
    pub platform: Option<Platform>,
    /// When it may run.
    pub due_at: Timestamp,
    /// How often it may be begun before it is parked.
    pub max_attempts: u32,
}

/// A job that a worker holds for a while.
#[derive(Debug, Clone, PartialEq)]
pub struct LeasedJob {
    /// The right to write what comes of it.
    pub lease: Lease,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// What is to be done.
    pub task: JobTask,
    /// Its lane.
    pub lane: Option<AccountId>,
    /// The network that it goes to.
    pub platform: Option<Platform>,
    /// When it was to run.
    pub due_at: Timestamp,
    /// How often it was begun since it last made progress, this time among them.
    pub starts: u32,
    /// It was begun as often as it may be without progress: it is handed out once more so that
    /// what hangs on it is settled and it is parked, in one transaction.
    pub spent: bool,
}

/// A worker's right to a job: void once another worker holds a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lease {
    /// Which job.
    pub job: JobId,
    /// Rises with each claim: the fencing token.
    pub attempt: u32,
}

/// A job that waits or runs, as it is told to people.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuedJob {
    /// Which job.
    pub id: JobId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// What is to be done.
    pub task: JobTask,
    /// Its lane.
    pub lane: Option<AccountId>,
    /// The network that it goes to.
    pub platform: Option<Platform>,
    /// When it may run, or was to.
    pub due_at: Timestamp,
    /// How often it may be begun before it is parked.
    pub max_attempts: u32,
    /// How often it was begun since it last made progress.
    pub starts: u32,
    /// Until when a worker holds it.
    pub leased_until: Option<Timestamp>,
}

/// A job that ran too often without an end, with its story.
#[derive(Debug, Clone, PartialEq)]
pub struct ParkedJob {
    /// Which job.
    pub id: JobId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// What was to be done.
    pub task: JobTask,
    /// Why it is parked.
    pub story: String,
    /// Since when.
    pub parked_at: Timestamp,
}
