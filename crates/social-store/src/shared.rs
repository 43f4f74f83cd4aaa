//! What the stores say alike.

use social_core::Timestamp;
use social_core::domain::DeliveryStatus;
use social_core::ports::StoreError;

/// The order in which statuses are counted.
pub(crate) const STATUSES: [DeliveryStatus; 8] = [
    DeliveryStatus::Draft,
    DeliveryStatus::PendingApproval,
    DeliveryStatus::Scheduled,
    DeliveryStatus::Publishing,
    DeliveryStatus::Published,
    DeliveryStatus::Failed,
    DeliveryStatus::Unconfirmed,
    DeliveryStatus::Cancelled,
];

/// How many posts a page holds where nobody says.
pub(crate) const PAGE: u32 = 20;

/// Why a unit does not commit.
#[derive(Debug, thiserror::Error)]
#[error("something failed in this unit of work before: begin a new one and do it all again")]
pub(crate) struct Poisoned;

/// The refusal to commit a unit that failed.
pub(crate) fn poisoned() -> StoreError {
    StoreError::Backend(Box::new(Poisoned))
}

/// What is told of a job that ran too often.
pub(crate) struct Story {
    /// How often it was begun since it last made progress.
    pub(crate) starts: u32,
    /// How often it may be.
    pub(crate) max_attempts: u32,
    /// How many of these were never heard of again.
    pub(crate) lapses: u32,
    /// Its last fencing token.
    pub(crate) attempt: u32,
    /// When it was last due.
    pub(crate) due_at: Timestamp,
}

impl Story {
    /// The story as a sentence.
    pub(crate) fn tell(&self) -> String {
        let Self { starts, max_attempts, lapses, attempt, due_at } = self;
        format!(
            "begun {starts} times without progress ({max_attempts} are allowed); {lapses} of them \
             ended with a lease that ran out; the last was attempt {attempt}, and it was due at \
             {due_at}"
        )
    }
}
