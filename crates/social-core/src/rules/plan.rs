//! What must be done with a picture or a clip so that a network takes it: pure, so that preflight
//! shows exactly what the pipeline will do.

use std::time::Duration;

use super::{ImageRule, MediaRule, Preset, Ratio, VideoRule};
use crate::domain::media::{
    Change, ColourProfile, Crop, Focus, ImageFormat, ImagePlan, ImageProbe, MediaProbe,
    VideoAction, VideoPlan, VideoProbe,
};
use crate::domain::{Fit, Wishes};

/// Bits that H.264 needs at most for a pixel that looks as good as the original.
const AMPLE_BITS_PER_PIXEL: f64 = 0.15;

/// A plan for a picture or a clip.
#[derive(Debug, Clone, PartialEq)]
pub enum Plan {
    /// Of a picture.
    Image(ImagePlan),
    /// Of a clip.
    Video(VideoPlan),
    /// Of a file of pages: it goes as it is.
    AsItIs,
}

impl Plan {
    /// What a person would want to know of it.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        match self {
            Self::Image(plan) => &plan.changes,
            Self::Video(plan) => &plan.changes,
            Self::AsItIs => &[],
        }
    }
}

/// Why nothing makes a file fit.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// A clip where a picture belongs.
    #[error("this is a video, and a picture is needed here")]
    NotAnImage,
    /// A picture where a clip belongs.
    #[error("this is a picture, and a video is needed here")]
    NotAVideo,
    /// Neither a picture nor a clip, or the other way round.
    #[error("this is another kind of file than is needed here")]
    WrongFile,
    /// A file of pages of a format that the network does not take.
    #[error("the network takes no such files: save it as a PDF")]
    Format,
    /// A file of pages with too many bytes.
    #[error("the file has {actual} bytes of at most {most}: make it smaller")]
    TooLarge {
        /// How many bytes it has.
        actual: u64,
        /// How many it may have.
        most: u64,
    },
    /// Too short, and nothing makes a clip longer.
    #[error("the video runs {:.1} s; it must run at least {:.0} s: use a longer one", .actual.as_secs_f64(), .least.as_secs_f64())]
    TooShort {
        /// How long it is.
        actual: Duration,
        /// How long it must be.
        least: Duration,
    },
}

/// Plans a picture or a clip by the rule for it.
///
/// # Errors
/// [`Refused`] where nothing makes the file fit.
pub fn plan_media(probe: &MediaProbe, rule: &MediaRule) -> Result<Plan, Refused> {
    plan_media_as(probe, rule, &Wishes::default())
}

/// Plans a picture or a clip by the rule for it and by what a person wants.
///
/// # Errors
/// [`Refused`] where nothing makes the file fit.
pub fn plan_media_as(
    probe: &MediaProbe,
    rule: &MediaRule,
    wishes: &Wishes,
) -> Result<Plan, Refused> {
    match (probe, rule) {
        (MediaProbe::Image(probe), MediaRule::Image(rule)) => {
            Ok(Plan::Image(plan_image_as(probe, rule, wishes)))
        }
        (MediaProbe::Image(ImageProbe { motion: Some(_), .. }), MediaRule::Video(rule)) => {
            let MediaProbe::Image(picture) = probe else { return Err(Refused::NotAVideo) };
            plan_video(&moving(picture), rule).map(Plan::Video)
        }
        (MediaProbe::Video(probe), MediaRule::Video(rule)) => {
            plan_video(probe, rule).map(Plan::Video)
        }
        (MediaProbe::Document(probe), MediaRule::Document(rule)) => {
            if !rule.formats.contains(&probe.format) {
                Err(Refused::Format)
            } else if probe.bytes > rule.max_bytes {
                Err(Refused::TooLarge { actual: probe.bytes, most: rule.max_bytes })
            } else {
                Ok(Plan::AsItIs)
            }
        }
        (MediaProbe::Document(_), _) | (_, MediaRule::Document(_)) => Err(Refused::WrongFile),
        (MediaProbe::Video(_), MediaRule::Image(_)) => Err(Refused::NotAnImage),
        (MediaProbe::Image(_), MediaRule::Video(_)) => Err(Refused::NotAVideo),
    }
}

/// A moving picture as the clip that it could be.
fn moving(picture: &ImageProbe) -> VideoProbe {
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

/// Plans a picture: kept where it fits already, else cropped to an allowed shape (nothing is cut
/// where the shape is allowed), scaled to the size the network shows, and written anew.
#[must_use]
pub fn plan_image(probe: &ImageProbe, rule: &ImageRule) -> ImagePlan {
    plan_image_as(probe, rule, &Wishes::default())
}

/// Plans a picture as a person wants it: see [`plan_image`].
#[must_use]
pub fn plan_image_as(probe: &ImageProbe, rule: &ImageRule, wishes: &Wishes) -> ImagePlan {
    let (wanted, aim) = shape(probe.width, probe.height, rule.ratio, &rule.presets);
    let focus = match wishes.fit {
        Fit::Crop => wishes.focus.or(probe.focus),
        Fit::Centre | Fit::Pad(_) => None,
    };
    let (crop, pad, (from_width, from_height)) = match (wanted, wishes.fit) {
        (Some(_), Fit::Pad(backdrop)) => {
            let frame = around(probe.width, probe.height, rule.ratio);
            (None, Some(backdrop), frame)
        }
        (Some(ratio), _) => {
            let crop = cut(probe.width, probe.height, ratio, focus);
            (Some(crop), None, (crop.width, crop.height))
        }
        (None, _) => (None, None, (probe.width, probe.height)),
    };
    // A preset of another shape says nothing of how large a padded picture is shown.
    let aim = if pad.is_some() { None } else { aim };
    let format_fits = rule.formats.contains(&probe.format);
    let still = !probe.animated || rule.animated;
    let pixels = u64::from(probe.width) * u64::from(probe.height);
    let keep = crop.is_none()
        && pad.is_none()
        && format_fits
        && still
        && probe.orientation == 1
        && !probe.metadata
        && probe.colour != ColourProfile::Other
        && probe.bytes <= rule.max_bytes
        && (rule.width.0..=rule.width.1).contains(&probe.width)
        && pixels <= rule.max_pixels;
    let mut changes = Vec::new();
    if keep {
        return ImagePlan {
            keep,
            crop: None,
            width: probe.width,
            height: probe.height,
            format: probe.format,
            max_bytes: rule.max_bytes,
            pad: None,
            background: wishes.background,
            metadata: wishes.metadata,
            smallest: wishes.smallest,
            changes,
        };
    }
    // Of a few pixels no crop has just the right shape: the last bit is stretched.
    let ratio = match (crop, aim) {
        (Some(_), Some(preset)) => f64::from(preset.height) / f64::from(preset.width),
        _ => f64::from(from_height) / f64::from(from_width.max(1)),
    };
    let (width, height) = scale(from_width, ratio, rule, aim);
    let format = rule.formats.first().copied().unwrap_or(ImageFormat::Jpeg);
    if probe.orientation != 1 {
        changes.push(Change::Turned);
    }
    if let Some(crop) = crop {
        changes.push(cropped(probe.width, probe.height, crop));
    }
    if pad.is_some() {
        let own = f64::from(probe.width) * f64::from(probe.height);
        let all = f64::from(from_width) * f64::from(from_height);
        changes.push(Change::Padded { percent: (100.0 * (1.0 - own / all)).round() as u8 });
    }
    if (width, height) != (from_width, from_height) {
        changes.push(Change::Scaled { from: (from_width, from_height), to: (width, height) });
    }
    if format != probe.format {
        let name = |format: ImageFormat| format.extension().to_uppercase();
        changes.push(Change::Converted { from: name(probe.format), to: name(format) });
    }
    if probe.colour == ColourProfile::Other {
        changes.push(Change::ColoursToSrgb);
    }
    if probe.alpha && format == ImageFormat::Jpeg {
        changes.push(Change::Flattened);
    }
    if !still {
        changes.push(Change::FirstFrameOnly);
    }
    if probe.metadata {
        changes.push(Change::MetadataRemoved);
    }
    let (max_bytes, background) = (rule.max_bytes, wishes.background);
    let Wishes { metadata, smallest, .. } = *wishes;
    ImagePlan {
        keep,
        crop,
        width,
        height,
        format,
        max_bytes,
        pad,
        background,
        metadata,
        smallest,
        changes,
    }
}

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

/// The shape to bring it into where its own is not allowed, and the preset nearest to it.
fn shape(
    width: u32,
    height: u32,
    window: Option<(Ratio, Ratio)>,
    presets: &[Preset],
) -> (Option<f64>, Option<&Preset>) {
    let own = f64::from(width) / f64::from(height.max(1));
    let distance = |p: &Preset| (own / (f64::from(p.width) / f64::from(p.height))).ln().abs();
    let nearest = presets.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
    // Presets are whole pixels: 1080x566 is 1.908, so the window is compared with some slack.
    let allowed = window.is_none_or(|(narrow, wide)| {
        (narrow.value() * 0.995..=wide.value() * 1.005).contains(&own)
    });
    if allowed {
        return (None, nearest);
    }
    let wanted = match (nearest, window) {
        (Some(preset), _) => f64::from(preset.width) / f64::from(preset.height),
        (None, Some((narrow, wide))) => own.clamp(narrow.value(), wide.value()),
        (None, None) => own,
    };
    (Some(wanted), nearest)
}

/// The largest part of that shape, as near to the focus as the edges let it be.
fn cut(width: u32, height: u32, ratio: f64, focus: Option<Focus>) -> Crop {
    let own = f64::from(width) / f64::from(height.max(1));
    let (w, h) = if own > ratio {
        (((f64::from(height) * ratio).round() as u32).clamp(1, width), height)
    } else {
        (width, ((f64::from(width) / ratio).round() as u32).clamp(1, height))
    };
    let place = |all: u32, part: u32, focus: Option<u16>| match focus {
        None => (all - part) / 2,
        Some(focus) => {
            let middle = f64::from(all) * f64::from(focus.min(1000)) / 1000.0;
            ((middle - f64::from(part) / 2.0).round().max(0.0) as u32).min(all - part)
        }
    };
    let (x, y) = (place(width, w, focus.map(|f| f.x)), place(height, h, focus.map(|f| f.y)));
    Crop { x, y, width: w, height: h }
}

/// The size of the smallest allowed frame around all of a picture.
fn around(width: u32, height: u32, window: Option<(Ratio, Ratio)>) -> (u32, u32) {
    let Some((narrow, wide)) = window else { return (width, height) };
    let own = f64::from(width) / f64::from(height.max(1));
    let ratio = own.clamp(narrow.value(), wide.value());
    if own < ratio {
        (((f64::from(height) * ratio).round() as u32).max(width), height)
    } else {
        (width, ((f64::from(width) / ratio).round() as u32).max(height))
    }
}

fn cropped(width: u32, height: u32, crop: Crop) -> Change {
    let all = f64::from(width) * f64::from(height);
    let kept = f64::from(crop.width) * f64::from(crop.height);
    Change::Cropped { percent: (100.0 * (1.0 - kept / all)).round() as u8 }
}

/// The size of a picture in the end: the preset's width where there are pixels enough.
fn scale(width: u32, ratio: f64, rule: &ImageRule, aim: Option<&Preset>) -> (u32, u32) {
    let most = aim.map_or(rule.width.1, |preset| preset.width.min(rule.width.1));
    let to = width.min(most).max(rule.width.0);
    let exact =
        aim.filter(|p| p.width == to && (f64::from(p.height) - f64::from(to) * ratio).abs() <= 1.0);
    let tall = exact.map_or_else(|| (f64::from(to) * ratio).round().max(1.0) as u32, |p| p.height);
    let pixels = u64::from(to) * u64::from(tall);
    if pixels <= rule.max_pixels {
        return (to, tall);
    }
    let factor = (rule.max_pixels as f64 / pixels as f64).sqrt();
    let shrink = |side: u32| ((f64::from(side) * factor).floor() as u32).max(1);
    (shrink(to), shrink(tall))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::PostKind;
    use crate::domain::media::Backdrop;
    use crate::rules::{facebook, instagram, linkedin, tiktok};

    fn photo(width: u32, height: u32) -> ImageProbe {
        ImageProbe {
            format: ImageFormat::Jpeg,
            width,
            height,
            bytes: 2_000_000,
            orientation: 1,
            alpha: false,
            animated: false,
            colour: ColourProfile::Untagged,
            metadata: false,
            motion: None,
            focus: None,
        }
    }

    fn clip() -> VideoProbe {
        VideoProbe {
            container: "mp4".into(),
            codec: "h264".into(),
            pixel_format: "yuv420p".into(),
            audio: None,
            width: 1080,
            height: 1920,
            rotation: 0,
            duration: Duration::from_secs(10),
            fps: 30.0,
            bitrate: 4_000_000,
            bytes: 5_000_000,
            index_first: true,
            edit_list: false,
        }
    }

    fn image_rule() -> ImageRule {
        match instagram().kind(PostKind::Image).unwrap().media.clone().unwrap() {
            MediaRule::Image(rule) => rule,
            _ => unreachable!(),
        }
    }

    fn video_rule() -> VideoRule {
        match instagram().kind(PostKind::Video).unwrap().media.clone().unwrap() {
            MediaRule::Video(rule) => rule,
            _ => unreachable!(),
        }
    }

    #[test]
    fn what_fits_is_kept() {
        assert!(plan_image(&photo(1080, 1350), &image_rule()).keep);
        assert_eq!(plan_video(&clip(), &video_rule()).unwrap().action, VideoAction::Keep);
    }

    #[test]
    fn a_phone_portrait_is_cropped_to_four_by_five() {
        let plan = plan_image(&photo(3024, 4032), &image_rule());
        assert_eq!((plan.width, plan.height), (1080, 1350));
        let crop = plan.crop.unwrap();
        assert_eq!((crop.x, crop.y, crop.width, crop.height), (0, 126, 3024, 3780));
        assert!(plan.changes.contains(&Change::Cropped { percent: 6 }));
    }

    #[test]
    fn a_photo_within_the_window_loses_nothing() {
        let plan = plan_image(&photo(5312, 2988), &image_rule());
        assert_eq!(plan.crop, None);
        assert_eq!((plan.width, plan.height), (1080, 608));
    }

    #[test]
    fn an_index_at_the_end_is_repacked_and_five_channels_encoded() {
        let late = VideoProbe { index_first: false, ..clip() };
        assert_eq!(plan_video(&late, &video_rule()).unwrap().action, VideoAction::Remux);
        let audio = crate::domain::media::AudioProbe {
            codec: "aac".into(),
            channels: 6,
            sample_rate: 48_000,
        };
        let plan = plan_video(&VideoProbe { audio: Some(audio), ..clip() }, &video_rule()).unwrap();
        assert!(matches!(plan.action, VideoAction::Sound { channels: 2, .. }), "the picture stays");
    }

    #[test]
    fn a_crop_keeps_the_focus_in_sight() {
        for (y, top) in [(0, 0), (300, 0), (500, 126), (900, 252)] {
            let probe = ImageProbe { focus: Some(Focus { x: 500, y }), ..photo(3024, 4032) };
            assert_eq!(plan_image(&probe, &image_rule()).crop.unwrap().y, top);
            let centre = Wishes { fit: Fit::Centre, ..Wishes::default() };
            assert_eq!(plan_image_as(&probe, &image_rule(), &centre).crop.unwrap().y, 126);
        }
    }

    #[test]
    fn padding_cuts_nothing_and_gives_an_allowed_shape() {
        let pad = Wishes { fit: Fit::Pad(Backdrop::Blur), ..Wishes::default() };
        for size in [(3024, 4032), (4000, 1000), (500, 2000)] {
            let plan = plan_image_as(&photo(size.0, size.1), &image_rule(), &pad);
            assert_eq!((plan.crop, plan.pad), (None, Some(Backdrop::Blur)));
            let ratio = f64::from(plan.width) / f64::from(plan.height);
            assert!((0.795..=1.92).contains(&ratio), "{size:?}: {ratio}");
            assert!(plan.changes.iter().any(|c| matches!(c, Change::Padded { .. })));
        }
        let plan = plan_image_as(&photo(1080, 1350), &image_rule(), &pad);
        assert!(plan.keep, "what fits needs no room around it");
    }

    #[test]
    fn a_moving_picture_can_become_a_clip() {
        let motion = crate::domain::media::Motion { frames: 60, duration: Duration::from_secs(6) };
        let (format, animated) = (ImageFormat::Gif, true);
        let gif = ImageProbe { format, animated, motion: Some(motion), ..photo(480, 480) };
        let rule = MediaRule::Video(video_rule());
        let Plan::Video(plan) = plan_media(&MediaProbe::Image(gif), &rule).unwrap() else {
            unreachable!()
        };
        assert!(matches!(plan.action, VideoAction::Transcode { .. }));
        let still = plan_media(&MediaProbe::Image(photo(480, 480)), &rule);
        assert_eq!(still, Err(Refused::NotAVideo));
    }

    #[test]
    fn too_short_is_refused_and_too_long_is_cut() {
        let short = VideoProbe { duration: Duration::from_secs(1), ..clip() };
        assert!(matches!(plan_video(&short, &video_rule()), Err(Refused::TooShort { .. })));
        let long = VideoProbe { duration: Duration::from_secs(3600), ..clip() };
        let plan = plan_video(&long, &video_rule()).unwrap();
        assert_eq!(plan.trim, Some(Duration::from_secs(900)));
    }

    proptest! {
        #[test]
        fn a_planned_picture_is_what_its_network_takes(width in 1_u32..9000, height in 1_u32..9000) {
            for rules in [instagram(), facebook(), linkedin(), tiktok()] {
                let kind = rules.kind(PostKind::Image).unwrap();
                let Some(MediaRule::Image(rule)) = &kind.media else { unreachable!() };
                let plan = plan_image(&photo(width, height), rule);
                prop_assert!(plan.width <= rule.width.1, "{plan:?}");
                prop_assert!(u64::from(plan.width) * u64::from(plan.height) <= rule.max_pixels);
                if let Some((narrow, wide)) = rule.ratio
                    && plan.height > 20
                {
                    let ratio = f64::from(plan.width) / f64::from(plan.height);
                    prop_assert!(ratio >= narrow.value() * 0.99, "{plan:?}");
                    prop_assert!(ratio <= wide.value() * 1.01, "{plan:?}");
                }
                if let Some(crop) = plan.crop {
                    prop_assert!(crop.x + crop.width <= width && crop.y + crop.height <= height);
                }
            }
        }

        #[test]
        fn a_planned_clip_is_even_and_within_bounds(width in 64_u32..6000, height in 64_u32..6000) {
            let probe = VideoProbe { width, height, ..clip() };
            for rules in [instagram(), facebook(), linkedin(), tiktok()] {
                let kind = rules.kind(PostKind::Video).unwrap();
                let Some(MediaRule::Video(rule)) = &kind.media else { unreachable!() };
                if let VideoAction::Transcode { width, height, crop, .. } =
                    plan_video(&probe, rule).unwrap().action
                {
                    prop_assert!(width % 2 == 0 && height % 2 == 0);
                    prop_assert!(width <= rule.width.1 + 1 && width + 1 >= rule.width.0);
                    prop_assert!(height <= rule.height.1 + 1 && height + 1 >= rule.height.0);
                    if let Some(crop) = crop {
                        prop_assert!(crop.x + crop.width <= probe.width);
                        prop_assert!(crop.y + crop.height <= probe.height);
                    }
                }
            }
        }
    }
}
