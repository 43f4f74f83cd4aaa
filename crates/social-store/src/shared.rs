//! What the stores say alike.

#[cfg(any(feature = "sqlite", feature = "postgres"))]
use std::collections::HashMap;

#[cfg(any(feature = "sqlite", feature = "postgres"))]
use social_core::Timestamp;
use social_core::domain::DeliveryStatus;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
use social_core::domain::Said;
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

/// The instants of `buckets` in their order, out of those that were found.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) fn in_order(buckets: &[String], found: Vec<(String, i64)>) -> Vec<Option<Timestamp>> {
    let found: HashMap<_, _> = found.into_iter().collect();
    buckets.iter().map(|bucket| found.get(bucket).copied().map(Timestamp::from_millis)).collect()
}

/// A place of a row as databases count it.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) fn place(place: u64) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

/// What a delivery says, as long as it can be seen.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) fn said(delivery: &social_core::domain::Delivery) -> Option<Said> {
    delivery.removed_at.is_none().then(|| Said::of(&delivery.text, &delivery.media))
}

/// How an asset stands in the text of a delivery, where a quote inside a string has a backslash
/// before it: nothing that an author writes looks the same.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) fn named(asset: social_core::domain::AssetId) -> String {
    format!(r#""asset":"{asset}""#)
}

/// A wall time as databases keep and order it.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) fn wall_text(wall: social_core::domain::series::Wall) -> String {
    wall.format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// An account, or the id of none, which means all of them.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) fn everybody(account: Option<social_core::domain::AccountId>) -> uuid::Uuid {
    account.map_or(uuid::Uuid::nil(), social_core::domain::AccountId::as_uuid)
}
