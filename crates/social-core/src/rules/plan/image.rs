//! Pictures: which part, how large, in which format.

use super::shape::{cropped, cut, shape};
use crate::domain::media::{Change, ColourProfile, ImageFormat, ImagePlan, ImageProbe};
use crate::domain::{Fit, Wishes};
use crate::rules::{ImageRule, Preset, Ratio};

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
