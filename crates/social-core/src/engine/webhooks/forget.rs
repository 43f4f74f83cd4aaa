//! Forgetting what is old.

use crate::engine::{Error, Ports};

/// How many rows one transaction forgets, so that nobody waits long for it.
const BATCH: u32 = 500;

/// Forgets a batch of messages and of events that are older than the configuration says. Returns
/// how many of each.
///
/// # Errors
/// Of the store.
pub(in crate::engine) async fn forget(ports: &Ports) -> Result<(u64, u64), Error> {
    let now = ports.clock.now();
    let (messages, events) = (now - ports.config.message_log, now - ports.config.event_window);
    let mut unit = ports.store.begin().await?;
    let messages = unit.webhooks().prune_messages(messages, BATCH).await?;
    let events = unit.outbox().prune(events, BATCH).await?;
    unit.commit().await?;
    Ok((messages, events))
}
