//! Making a delivery's media fit, once for each source and plan.

use std::time::Instant;

use sha2::{Digest as _, Sha256};

use super::{Error, Missing, Ports};
use crate::domain::media::{ImagePlan, MediaProbe, VideoPlan};
use crate::domain::{Asset, Delivery, RenderedMedia, Rendition, Wishes, WorkspaceId};
use crate::error::{ErrorKind, PlatformError};
use crate::measure;
use crate::ports::{Activity, BlobKey, MediaSource, Progress};
use crate::rules::{MediaRule, Plan, plan_media_as};

/// Rises when the pipeline makes other bytes of the same plan, so that old renditions are not
/// taken for new ones.
const PIPELINE: u32 = 3;

/// Makes all of a delivery's media fit. What was made before is used again, so doing it twice, or
/// being stopped half way, does no harm.
pub(super) async fn render(
    ports: &Ports,
    delivery: &Delivery,
) -> Result<Vec<RenderedMedia>, Error> {
    let api = ports.platforms.get(&delivery.platform)?;
    let mut rendered = Vec::new();
    for (item, media) in delivery.media.iter().enumerate() {
        let asset = {
            let mut unit = ports.store.begin().await?;
            unit.media().asset(delivery.workspace_id, media.asset).await?
        };
        let asset = asset.ok_or_else(|| Error::NotFound(Missing::Media(media.asset)))?;
        let rule = api.rules().kind_with(delivery.kind, Some(&asset.probe));
        let rule = rule
            .and_then(|rule| rule.media.as_ref())
            .ok_or_else(|| rejected(delivery, "the network takes no media here"))?;
        let (rendition, changes) = fit(ports, delivery, item, &asset, rule, &media.wishes).await?;
        rendered.push(RenderedMedia {
            bytes: rendition.probe.bytes(),
            key: rendition.key,
            mime: rendition.mime,
            probe: rendition.probe,
            alt: media.alt.clone(),
            changes,
        });
    }
    Ok(rendered)
}

async fn fit(
    ports: &Ports,
    delivery: &Delivery,
    item: usize,
    asset: &Asset,
    rule: &MediaRule,
    wishes: &Wishes,
) -> Result<(Rendition, Vec<crate::domain::media::Change>), Error> {
    let ws = delivery.workspace_id;
    let plan = plan_media_as(&asset.probe, rule, wishes)
        .map_err(|error| rejected(delivery, error.to_string()))?;
    let changes = plan.changes().to_vec();
    if plan == Plan::AsItIs {
        let Asset { hash: source, key, mime, probe, .. } = asset.clone();
        return Ok((Rendition { source, plan: "as it is".into(), key, mime, probe }, changes));
    }
    let (recipe, max_bytes) = recipe(&plan);
    let mut name = hex::encode(Sha256::digest(format!("{PIPELINE}:{recipe}")));
    // Several networks often want the very same: the first to come makes it, the others wait.
    let _alone = ports.flights.enter(&format!("{}:{name}", asset.hash)).await;
    if let Some(rendition) = made(ports, ws, &asset.hash, &name).await? {
        if rendition.probe.bytes() <= max_bytes {
            return Ok((rendition, changes));
        }
        // The same for a network that takes less: made once more, within its budget.
        name = hex::encode(Sha256::digest(format!("{PIPELINE}:{recipe}:{max_bytes}")));
        if let Some(rendition) = made(ports, ws, &asset.hash, &name).await? {
            return Ok((rendition, changes));
        }
    }
    let source = match ports.blobs.local_path(&asset.key) {
        Some(path) => MediaSource::File(path),
        None => MediaSource::Bytes(ports.blobs.get(&asset.key).await?),
    };
    let progress = Progress::new({
        let (events, id, platform) = (ports.events.clone(), delivery.id, delivery.platform.clone());
        move |done| {
            let platform = platform.clone();
            events.emit(&Activity::Rendering { delivery: id, platform, item, done });
        }
    });
    progress.at(0.0);
    let start = Instant::now();
    let (kind, processed) = match &plan {
        Plan::Image(plan) => ("image", ports.media.process_image(&source, plan).await?),
        Plan::Video(plan) => ("video", ports.media.process_video(&source, plan, &progress).await?),
        Plan::AsItIs => return Err(rejected(delivery, "a file of pages is not made anew")),
    };
    progress.at(1.0);
    measure::rendered(kind, start.elapsed(), asset.probe.bytes(), processed.probe.bytes());
    let extension = match &processed.probe {
        MediaProbe::Image(image) => image.format.extension(),
        MediaProbe::Video(_) => "mp4",
        MediaProbe::Document(file) => file.format.extension(),
    };
    let short = &name[..16];
    let key = BlobKey::new(format!(
        "renditions/{}/{}-{short}.{extension}",
        &asset.hash[..2],
        asset.hash
    ))?;
    match &processed.content {
        MediaSource::Bytes(bytes) => ports.blobs.put(&key, bytes.clone()).await?,
        MediaSource::File(path) => ports.blobs.put_file(&key, path).await?,
    }
    let rendition = Rendition {
        source: asset.hash.clone(),
        plan: name,
        key,
        mime: processed.mime,
        probe: processed.probe,
    };
    let mut unit = ports.store.begin().await?;
    unit.media().put_rendition(ws, &rendition, ports.clock.now()).await?;
    unit.commit().await?;
    Ok((rendition, changes))
}

async fn made(
    ports: &Ports,
    ws: WorkspaceId,
    source: &str,
    name: &str,
) -> Result<Option<Rendition>, Error> {
    let mut unit = ports.store.begin().await?;
    let Some(rendition) = unit.media().rendition(ws, source, name).await? else { return Ok(None) };
    // Noted, so that it is not let go while it is in use.
    if !unit.media().use_rendition(ws, source, name, ports.clock.now()).await? {
        return Ok(None);
    }
    unit.commit().await?;
    // The row may outlive the bytes, where somebody cleared the folder.
    let there = ports.blobs.len(&rendition.key).await?.is_some();
    Ok(there.then_some(rendition))
}

/// What decides the bytes of a rendition, as text, and how many there may be. What a person is
/// told of the plan does not belong to it.
fn recipe(plan: &Plan) -> (String, u64) {
    match plan {
        Plan::Image(plan) => {
            let ImagePlan { keep, crop, width, height, format, max_bytes, .. } = plan;
            let ImagePlan { pad, background, metadata, smallest, changes: _, .. } = plan;
            let made = format!("image {keep} {crop:?} {width}x{height} {format:?}");
            (format!("{made} {pad:?} {background:?} {metadata:?} {smallest}"), *max_bytes)
        }
        Plan::Video(plan) => {
            let VideoPlan { action, trim, max_bytes, changes: _ } = plan;
            (format!("video {action:?} {trim:?}"), *max_bytes)
        }
        Plan::AsItIs => ("as it is".to_owned(), u64::MAX),
    }
}

fn rejected(delivery: &Delivery, detail: impl Into<String>) -> Error {
    PlatformError::new(delivery.platform.clone(), ErrorKind::MediaRejected, detail).into()
}
