//! Clearing away what is over.

use super::analytics::roll_up_stale;
use super::choices::forget_choices;
use super::evict::evict;
use super::posts::forget_keys;
use super::uploads::forget_expired;
use super::webhooks::forget;
use super::{Error, Ports};

/// What was cleared away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Idempotency keys whose posts ended long enough ago.
    pub keys: usize,
    /// Uploads that nobody went on with.
    pub uploads: usize,
    /// Choices of accounts that nobody made.
    pub choices: u64,
    /// Messages that webhooks were told long ago.
    pub messages: u64,
    /// Events that were told long ago.
    pub events: u64,
    /// Renditions that rested too long, or for which there was no room.
    pub renditions: usize,
}

/// Clears away a small batch of what is over, and sees to it that numbers are rolled up. A worker does so from time to time; it does no harm
/// when several do.
///
/// # Errors
/// Of the stores.
pub async fn tidy(ports: &Ports) -> Result<Tidied, Error> {
    let keys = forget_keys(ports).await?;
    let uploads = forget_expired(ports).await?;
    let choices = forget_choices(ports).await?;
    let (messages, events) = forget(ports).await?;
    let renditions = evict(ports).await?;
    roll_up_stale(ports).await?;
    Ok(Tidied { keys, uploads, choices, messages, events, renditions })
}
