//! Scaling rows of bytes.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use social_core::domain::media::Crop;
use social_core::ports::MediaError;

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
    let pixels = match channels {
        Channels::One => PixelType::U8,
        Channels::Rgb => PixelType::U8x3,
        Channels::Rgba | Channels::Inks => PixelType::U8x4,
    };
    let source = ImageRef::new(from.0, from.1, data, pixels).map_err(failed)?;
    let mut target = Image::new(to.0, to.1, pixels);
    let window = window.within(from.0, from.1);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(window.x, window.y, window.width, window.height)
        .use_alpha(channels == Channels::Rgba);
    scaler.resize(&source, &mut target, &options).map_err(failed)?;
    Ok(target.into_vec())
}

fn failed(cause: impl std::error::Error + Send + Sync + 'static) -> MediaError {
    codec(format!("the picture cannot be scaled: {cause}")).because(cause)
}
