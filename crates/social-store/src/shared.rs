//! What the stores say alike.

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

/// A time as databases and scripts count it.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "redis"))]
pub(crate) fn millis(time: std::time::Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
