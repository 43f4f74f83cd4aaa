//! Which shape a network takes, and which part of a picture or clip has it.

use crate::domain::media::{Change, Crop, Focus};
use crate::rules::{Preset, Ratio};

/// The shape to bring it into where its own is not allowed, and the preset nearest to it.
pub(super) fn shape(
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
pub(super) fn cut(width: u32, height: u32, ratio: f64, focus: Option<Focus>) -> Crop {
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

/// How a person is told of a crop.
pub(super) fn cropped(width: u32, height: u32, crop: Crop) -> Change {
    let all = f64::from(width) * f64::from(height);
    let kept = f64::from(crop.width) * f64::from(crop.height);
    Change::Cropped { percent: (100.0 * (1.0 - kept / all)).round() as u8 }
}
