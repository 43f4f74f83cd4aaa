//! Clips: kept, repacked or encoded anew.

use std::time::Duration;

use super::Refused;
use super::shape::{cropped, cut, shape};
use crate::domain::media::{Change, ImageProbe, VideoAction, VideoPlan, VideoProbe};
use crate::rules::{Preset, VideoRule};

/// Bits that H.264 needs at most for a pixel that looks as good as the original.
const AMPLE_BITS_PER_PIXEL: f64 = 0.15;

/// Plans a clip: kept, repacked or encoded anew, whatever is the least that suffices.
///
/// # Errors
/// [`Refused::TooShort`], since nothing makes a clip longer.
pub fn plan_video(probe: &VideoProbe, rule: &VideoRule) -> Result<VideoPlan, Refused> {
    if probe.duration < rule.duration.0 {
        return Err(Refused::TooShort { actual: probe.duration, least: rule.duration.0 });
    }
    let mut changes = Vec::new();
    let trim = (probe.duration > rule.duration.1).then_some(rule.duration.1);
    if let Some(to) = trim {
        changes.push(Change::Trimmed { from: probe.duration, to });
    }
    let length = trim.unwrap_or(probe.duration).as_secs_f64().max(0.1);
    let (wanted, aim) = shape(probe.width, probe.height, Some(rule.ratio), &rule.presets);
    let crop = wanted.map(|ratio| cut(probe.width, probe.height, ratio, None));
    let (from_width, from_height) =
        crop.map_or((probe.width, probe.height), |c| (c.width, c.height));
    let (width, height) = bound(from_width, from_height, rule, aim);
    let fps = probe.fps.clamp(rule.fps.0.max(1.0), rule.fps.1);
    let fps = if (fps - probe.fps).abs() < 0.01 { probe.fps } else { fps };
    let codec_fits = rule.codecs.contains(&probe.codec)
        // Ten bits a colour (`yuv420p10le`) are HDR, which no network takes as it is.
        && matches!(&*probe.pixel_format, "yuv420p" | "yuvj420p");
    let audio_fits = probe.audio.as_ref().is_none_or(|audio| {
        rule.audio_codecs.contains(&audio.codec)
            && audio.channels <= 2
            && audio.sample_rate <= rule.max_sample_rate
    });
    let encode = trim.is_some()
        || crop.is_some()
        || (width, height) != (from_width, from_height)
        || !codec_fits
        || probe.rotation != 0
        || (fps - probe.fps).abs() >= 0.01
        || probe.bitrate > rule.max_bitrate
        || probe.bytes > rule.max_bytes;
    let sound = probe.audio.as_ref();
    let name = |codec: &str, audio: Option<String>| match audio {
        Some(audio) => format!("{codec} + {audio}"),
        None => codec.to_owned(),
    };
    let spoken = |codec: &str, channels| format!("{codec} {channels}ch");
    let heard = sound.map(|a| spoken(&a.codec, a.channels));
    let spoken_after = sound.map(|a| spoken("aac", a.channels.clamp(1, 2)));
    let sample_rate = sound.map_or(48_000, |a| a.sample_rate.min(rule.max_sample_rate));
    let channels = sound.map_or(2, |a| a.channels.clamp(1, 2));
    let action = if encode {
        if probe.rotation != 0 {
            changes.push(Change::Turned);
        }
        if let Some(crop) = crop {
            changes.push(cropped(probe.width, probe.height, crop));
        }
        if (width, height) != (from_width, from_height) {
            changes.push(Change::Scaled { from: (from_width, from_height), to: (width, height) });
        }
        let from = name(&probe.codec, heard);
        let to = name("h264", spoken_after);
        if from != to {
            changes.push(Change::Converted { from, to });
        }
        if (fps - probe.fps).abs() >= 0.01 {
            changes.push(Change::Refitted { from_fps: probe.fps, to_fps: fps });
        }
        // A tenth is left for the sound and the container.
        let by_size = rule.max_bytes as f64 * 8.0 * 0.9 / length;
        // More than this no eye sees, and networks encode anew anyway. It also makes the plans of
        // several networks alike, so that one encoding serves them all.
        let ample = f64::from(width) * f64::from(height) * fps * AMPLE_BITS_PER_PIXEL;
        VideoAction::Transcode {
            crop,
            width,
            height,
            fps,
            max_bitrate: (rule.max_bitrate as f64 * 0.9).min(by_size).min(ample) as u64,
            sample_rate,
            channels,
        }
    } else if !audio_fits {
        // The picture is most of the work and loses by every encoding: it is left alone.
        let (from, to) = (name(&probe.codec, heard), name(&probe.codec, spoken_after));
        changes.push(Change::Converted { from, to });
        VideoAction::Sound { sample_rate, channels }
    } else if !rule.containers.contains(&probe.container)
        || (rule.streamable && (!probe.index_first || probe.edit_list))
    {
        changes.push(Change::Repacked);
        VideoAction::Remux
    } else {
        VideoAction::Keep
    };
    Ok(VideoPlan { action, trim, max_bytes: rule.max_bytes, changes })
}

/// A moving picture as the clip that it could be.
pub(super) fn moving(picture: &ImageProbe) -> VideoProbe {
    let (frames, duration) = picture.motion.map_or((1, Duration::ZERO), |m| (m.frames, m.duration));
    let seconds = duration.as_secs_f64().max(0.01);
    VideoProbe {
        container: picture.format.extension().to_owned(),
        codec: picture.format.extension().to_owned(),
        pixel_format: "bgra".to_owned(),
        audio: None,
        width: picture.width,
        height: picture.height,
        rotation: 0,
        duration,
        fps: f64::from(frames) / seconds,
        bitrate: (picture.bytes as f64 * 8.0 / seconds) as u64,
        bytes: picture.bytes,
        index_first: false,
        edit_list: false,
    }
}

/// The size of a clip in the end: never larger than it is but where the network asks for more.
fn bound(width: u32, height: u32, rule: &VideoRule, aim: Option<&Preset>) -> (u32, u32) {
    let most = |limit: u32, preset: Option<u32>| preset.map_or(limit, |p| p.min(limit).max(1));
    let (most_wide, most_tall) = if f64::from(width) / f64::from(height.max(1)) >= 1.0 {
        // A landscape clip on a network that aims at portrait may use the long side across.
        let long = aim.map(|p| p.width.max(p.height));
        (most(rule.width.1, long), most(rule.height.1, long))
    } else {
        (most(rule.width.1, aim.map(|p| p.width)), most(rule.height.1, aim.map(|p| p.height)))
    };
    let down = (f64::from(most_wide) / f64::from(width))
        .min(f64::from(most_tall) / f64::from(height))
        .min(1.0);
    let up = (f64::from(rule.width.0) / f64::from(width))
        .max(f64::from(rule.height.0) / f64::from(height))
        .max(down);
    let even = |side: u32| ((f64::from(side) * up / 2.0).round() as u32 * 2).max(2);
    if (up - 1.0).abs() < f64::EPSILON && width.is_multiple_of(2) && height.is_multiple_of(2) {
        (width, height)
    } else {
        (even(width), even(height))
    }
}
