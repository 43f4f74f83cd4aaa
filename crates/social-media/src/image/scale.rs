//! Scaling rows of bytes.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U8x3, U8x4};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};
use social_core::domain::media::Crop;
use social_core::ports::MediaError;

use super::spare;
use crate::errors::{Result, codec};

/// What the bytes of a pixel are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channels {
    /// One alone.
    One,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, and how opaque: what cannot be seen weighs nothing.
    Rgba,
    /// Four inks.
    Inks,
}

/// A part of a picture, which may begin and end within a pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Window {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Window {
    pub(super) fn of(crop: Crop) -> Self {
        Self {
            x: crop.x.into(),
            y: crop.y.into(),
            width: crop.width.into(),
            height: crop.height.into(),
        }
    }

    /// All of a picture.
    pub(super) fn whole(width: u32, height: u32) -> Self {
        Self { x: 0.0, y: 0.0, width: width.into(), height: height.into() }
    }

    /// The same part of the picture where its sides are `across` and `down` times shorter.
    pub(super) fn divided(self, across: f64, down: f64) -> Self {
        Self {
            x: self.x / across,
            y: self.y / down,
            width: self.width / across,
            height: self.height / down,
        }
    }

    /// Cut to what there is: rounding may reach a little over an edge.
    fn within(self, width: u32, height: u32) -> Self {
        let (x, y) = (self.x.max(0.0), self.y.max(0.0));
        Self {
            x,
            y,
            width: self.width.min(f64::from(width) - x),
            height: self.height.min(f64::from(height) - y),
        }
    }
}

/// Scales `window` of a picture of the size `from` to the size `to`, by Lanczos' filter.
pub(super) fn scale(
    scaler: &mut Resizer,
    data: &[u8],
    from: (u32, u32),
    channels: Channels,
    window: Window,
    to: (u32, u32),
) -> Result<Vec<u8>> {
    let how = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .use_alpha(channels == Channels::Rgba);
    let window = window.within(from.0, from.1);
    let how = how.crop(window.x, window.y, window.width, window.height);
    // By name and not by a value: otherwise the filters are compiled for all kinds of pixels.
    match channels {
        Channels::One => one(scaler, data, from, window, &how, to),
        Channels::Rgb => of::<U8x3>(scaler, data, from, &how, to),
        Channels::Rgba | Channels::Inks => of::<U8x4>(scaler, data, from, &how, to),
    }
}

/// One channel: down first and then across, since across costs some times as much for each byte, and
/// is done on the few rows that are left then.
fn one(
    scaler: &mut Resizer,
    data: &[u8],
    from: (u32, u32),
    window: Window,
    how: &ResizeOptions,
    to: (u32, u32),
) -> Result<Vec<u8>> {
    if window.height < 1.2 * f64::from(to.1) {
        return of::<U8>(scaler, data, from, how, to);
    }
    // As far to the sides as the filter looks.
    let reach = 3.0 * (window.width / f64::from(to.0)).max(1.0) + 1.0;
    let left = (window.x - reach).max(0.0).floor();
    let right = (window.x + window.width + reach).min(f64::from(from.0)).ceil();
    let down = how.crop(left, window.y, right - left, window.height);
    let wide = (right - left) as u32;
    let low = of::<U8>(scaler, data, from, &down, (wide, to.1))?;
    let across = how.crop(window.x - left, 0.0, window.width, to.1.into());
    let made = of::<U8>(scaler, &low, (wide, to.1), &across, to);
    spare::give(low);
    made
}

fn of<P: PixelTrait>(
    scaler: &mut Resizer,
    data: &[u8],
    from: (u32, u32),
    how: &ResizeOptions,
    to: (u32, u32),
) -> Result<Vec<u8>> {
    let mut made = spare::room(to.0 as usize * to.1 as usize * P::size());
    let source = TypedImageRef::<P>::from_buffer(from.0, from.1, data).map_err(failed)?;
    let mut target = TypedImage::<P>::from_buffer(to.0, to.1, &mut made).map_err(failed)?;
    scaler.resize_typed(&source, &mut target, how).map_err(failed)?;
    Ok(made)
}

fn failed(cause: impl std::error::Error + Send + Sync + 'static) -> MediaError {
    codec(format!("the picture cannot be scaled: {cause}")).because(cause)
}
