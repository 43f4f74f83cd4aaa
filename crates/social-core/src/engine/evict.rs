//! Letting go of renditions, which can be made again of the original at any time.

use super::{Error, Ports};
use crate::domain::WorkspaceId;
use crate::ports::{BlobError, UnitOfWork};

/// How many are let go at once.
const BATCH: u32 = 100;

/// Lets go of a small batch of renditions: of those that rested too long, and, where all of them have
/// too many bytes or the disk runs short, also of younger ones, the longest unused first. What a
/// post that waits was made of stays. Returns how many went.
pub(super) async fn evict(ports: &Ports) -> Result<usize, Error> {
    let (now, config) = (ports.clock.now(), &ports.config);
    let short = match ports.blobs.room().await? {
        Some(room) => config.media_reserve.saturating_sub(room),
        None => 0,
    };
    let mut unit = ports.store.begin().await?;
    let all = unit.media().rendition_bytes().await?;
    let mut excess = all.saturating_sub(config.rendition_bytes).max(short);
    let rest = if excess > 0 { config.rendition_rest } else { config.rendition_ttl };
    let by_age = excess == 0;
    let mut gone = 0;
    for (ws, rendition) in unit.media().resting_renditions(now - rest, BATCH).await? {
        if !by_age && excess == 0 {
            break;
        }
        let (source, plan) = (&rendition.source, &rendition.plan);
        if waits(&mut *unit, ws, source).await? {
            unit.media().use_rendition(ws, source, plan, now).await?;
            continue;
        }
        // The bytes first: a row without bytes is made anew, bytes without a row stay for ever.
        if unit.media().remove_rendition(ws, source, plan).await? {
            ports.blobs.delete(&rendition.key).await?;
            excess = excess.saturating_sub(rendition.probe.bytes());
        }
        gone += 1;
    }
    unit.commit().await?;
    Ok(gone)
}

/// Refuses new media where they would take what is kept free: of the disk that is full, the database
/// beside them mostly lives too.
pub(super) async fn has_room(ports: &Ports, bytes: u64) -> Result<(), Error> {
    match ports.blobs.room().await? {
        Some(room) if room < ports.config.media_reserve.saturating_add(bytes) => {
            Err(BlobError::Full.into())
        }
        _ => Ok(()),
    }
}

/// Whether a post that is not settled uses the original.
async fn waits(unit: &mut dyn UnitOfWork, ws: WorkspaceId, source: &str) -> Result<bool, Error> {
    let Some(asset) = unit.media().asset_by_hash(ws, source).await? else { return Ok(false) };
    Ok(unit.media().waiting_post(ws, asset.id).await?.is_some())
}
