//! Making the clip that a plan describes.

use std::path::Path;

use social_core::domain::media::{MediaProbe, VideoAction, VideoPlan, VideoProbe};
use social_core::ports::{MediaSource, Processed, Progress};
use tempfile::TempPath;
use tokio_util::sync::CancellationToken;

use super::job::Job;
use super::probe::{file, mime};
use super::remux::remux;
use super::scratch::{Local, hand_out, output};
use super::sound::BITRATE;
use super::spec::{Spec, fraction};
use super::transcode::transcode;
use crate::errors::{Result, cannot_fit, size};
use crate::pipeline::Workshop;

/// How often the bitrate gives way where the file came out too large.
const TRIES: u32 = 3;

/// Does what `plan` says.
pub(crate) fn process(
    shop: &Workshop,
    source: MediaSource,
    _name: &str,
    plan: &VideoPlan,
    progress: &Progress,
    token: &CancellationToken,
) -> Result<Processed> {
    let job = Job { shop, token, progress: Some(progress) };
    job.check()?;
    let local = Local::of(shop, &source)?;
    let probe = file(job, local.path())?;
    if plan.action == VideoAction::Keep && plan.trim.is_none() {
        progress.at(1.0);
        let mime = mime(&probe.container).to_owned();
        let probe = MediaProbe::Video(probe);
        return Ok(Processed { content: source, mime, probe, guard: None });
    }
    let length = plan.trim.map_or(probe.duration, |trim| trim.min(probe.duration)).as_secs_f64();
    let (done, found) = match &plan.action {
        VideoAction::Keep | VideoAction::Remux => {
            let to = output(shop)?;
            remux(job, local.path(), &to, plan.trim, length)?;
            let found = file(job, &to)?;
            (to, found)
        }
        VideoAction::Transcode { .. } => fit(job, local.path(), plan, length)?,
    };
    if found.bytes > plan.max_bytes {
        return Err(cannot_fit(format!(
            "the new clip has {}, more than the {} allowed: cut it shorter",
            size(found.bytes),
            size(plan.max_bytes),
        )));
    }
    progress.at(1.0);
    let mime = mime(&found.container).to_owned();
    let (content, guard) = hand_out(done);
    Ok(Processed { content, mime, probe: MediaProbe::Video(found), guard: Some(guard) })
}

/// Encodes, and once more with fewer bits where the file came out too large.
fn fit(job: Job<'_>, from: &Path, plan: &VideoPlan, length: f64) -> Result<(TempPath, VideoProbe)> {
    let VideoAction::Transcode { crop, width, height, fps, mut max_bitrate, sample_rate, channels } =
        plan.action
    else {
        return Err(cannot_fit("the plan says nothing of encoding: plan again"));
    };
    if width == 0 || height == 0 || width % 2 == 1 || height % 2 == 1 {
        return Err(cannot_fit("sides of a clip must be even: plan again"));
    }
    job.budget().check_video_size(width, height)?;
    let mut tries = 0;
    loop {
        let spec = Spec {
            crop,
            width,
            height,
            fps: fraction(fps),
            max_bitrate,
            sample_rate,
            channels,
            trim: plan.trim,
            length,
        };
        let to = output(job.shop)?;
        transcode(job, from, &to, &spec)?;
        let found = file(job, &to)?;
        tries += 1;
        if found.bytes <= plan.max_bytes || tries == TRIES {
            return Ok((to, found));
        }
        // The sound keeps its bits; the picture gives way.
        let heard = found.audio.as_ref().map_or(0.0, |a| f64::from(a.channels));
        let sound = heard * BITRATE as f64 / 8.0 * length;
        let (now, room) = (found.bytes as f64 - sound, plan.max_bytes as f64 - sound);
        if room <= 0.0 || now <= 0.0 {
            return Ok((to, found));
        }
        let used = (now * 8.0 / length.max(0.1)).min(max_bitrate as f64);
        max_bitrate = (used * room / now * 0.85) as u64;
        tracing::debug!(max_bitrate, "the clip came out too large; encoding it again");
    }
}
