//! Making the clips that plans describe.

use std::path::{Path, PathBuf};

use social_core::domain::media::{VideoAction, VideoPlan, VideoProbe};
use social_core::ports::MediaError;
use social_media::errors::{Result, cannot_fit, codec, size};
use social_media::native::Made;

use super::job::Job;
use super::probe::file;
use super::remux::{Copied, remux};
use super::sound::BITRATE;
use super::spec::{Spec, fraction};
use super::transcode::transcode;

/// How often the bitrate gives way where the file came out too large.
const TRIES: u32 = 3;

/// Does what the plans say, each into its file; what has to be encoded is decoded once.
pub(crate) fn process(
    job: Job<'_>,
    from: &Path,
    plans: &[(VideoPlan, PathBuf)],
) -> Result<Vec<Made>> {
    job.check()?;
    let probe = file(job, from)?;
    let mut made = vec![None; plans.len()];
    let mut specs = Vec::new();
    for (number, (plan, to)) in plans.iter().enumerate() {
        let length = length(plan, &probe);
        match plan.action {
            VideoAction::Keep if plan.trim.is_none() => {
                made[number] = Some(Made { kept: true, probe: probe.clone() });
            }
            VideoAction::Keep | VideoAction::Remux => {
                remux(job, from, to, plan.trim, Copied::All, length)?;
            }
            VideoAction::Sound { sample_rate, channels } => {
                let copied = Copied::Picture { sample_rate, channels };
                remux(job, from, to, plan.trim, copied, length)?;
            }
            VideoAction::Transcode { .. } => specs.push((number, spec(job, plan, length)?)),
        }
    }
    if !specs.is_empty() {
        let all: Vec<_> = specs.iter().map(|(at, spec)| (spec, plans[*at].1.as_path())).collect();
        transcode(job, from, &all)?;
    }
    for (number, (plan, to)) in plans.iter().enumerate() {
        if made[number].is_none() {
            let spec = specs.iter().find(|(at, _)| *at == number).map(|(_, spec)| spec.clone());
            made[number] = Some(Made { kept: false, probe: fitted(job, from, to, plan, spec)? });
        }
    }
    made.into_iter().map(|made| made.ok_or_else(lost)).collect()
}

fn lost() -> MediaError {
    codec("a clip was not made")
}

fn length(plan: &VideoPlan, probe: &VideoProbe) -> f64 {
    plan.trim.map_or(probe.duration, |trim| trim.min(probe.duration)).as_secs_f64()
}

fn spec(job: Job<'_>, plan: &VideoPlan, length: f64) -> Result<Spec> {
    let VideoAction::Transcode { crop, width, height, fps, max_bitrate, sample_rate, channels } =
        plan.action
    else {
        return Err(cannot_fit("the plan says nothing of encoding: plan again"));
    };
    if width == 0 || height == 0 || width % 2 == 1 || height % 2 == 1 {
        return Err(cannot_fit("sides of a clip must be even: plan again"));
    }
    job.budget.check_video_size(width, height)?;
    Ok(Spec {
        crop,
        width,
        height,
        fps: fraction(fps),
        max_bitrate,
        sample_rate,
        channels,
        trim: plan.trim,
        length,
    })
}

/// What was made, encoded once more with fewer bits where it came out too large.
fn fitted(
    job: Job<'_>,
    from: &Path,
    to: &Path,
    plan: &VideoPlan,
    mut spec: Option<Spec>,
) -> Result<VideoProbe> {
    let mut found = file(job, to)?;
    for _ in 1..TRIES {
        let Some(spec) = spec.as_mut().filter(|_| found.bytes > plan.max_bytes) else { break };
        // The sound keeps its bits; the picture gives way.
        let heard = found.audio.as_ref().map_or(0.0, |a| f64::from(a.channels));
        let sound = heard * BITRATE as f64 / 8.0 * spec.length;
        let (now, room) = (found.bytes as f64 - sound, plan.max_bytes as f64 - sound);
        if room <= 0.0 || now <= 0.0 {
            break;
        }
        let used = (now * 8.0 / spec.length.max(0.1)).min(spec.max_bitrate as f64);
        spec.max_bitrate = (used * room / now * 0.85) as u64;
        tracing::debug!(spec.max_bitrate, "the clip came out too large; encoding it again");
        transcode(job, from, &[(&*spec, to)])?;
        found = file(job, to)?;
    }
    if found.bytes > plan.max_bytes {
        return Err(cannot_fit(format!(
            "the new clip has {}, more than the {} allowed: cut it shorter",
            size(found.bytes),
            size(plan.max_bytes),
        )));
    }
    Ok(found)
}
