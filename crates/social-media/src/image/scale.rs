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

/// The most bytes between scaling across and scaling down.
const BETWEEN: f64 = 4.0 * 1024.0 * 1024.0;

/// Scales `window` of a picture of the size `from` to the size `to`, by Lanczos' filter.
pub(super) fn scale(
    scaler: &mut Resizer,
    data: &[u8],
    from: (u32, u32),
    channels: Channels,
    window: Window,
    to: (u32, u32),
) -> Result<Vec<u8>> {
    let window = window.within(from.0, from.1);
    // By name and not by a value: otherwise the filters are compiled for all kinds of pixels.
    match channels {
        Channels::One => one(scaler, data, from, window, to),
        Channels::Rgb => of::<U8x3>(scaler, data, from, false, window, to),
        Channels::Rgba => of::<U8x4>(scaler, data, from, true, window, to),
        Channels::Inks => of::<U8x4>(scaler, data, from, false, window, to),
    }
}

/// One channel: down first and then across, since across costs some times as much for each byte, and
/// is done on the few rows that are left then.
fn one(
    scaler: &mut Resizer,
    data: &[u8],
    from: (u32, u32),
    window: Window,
    to: (u32, u32),
) -> Result<Vec<u8>> {
    if window.height < 1.2 * f64::from(to.1) {
        return of::<U8>(scaler, data, from, false, window, to);
    }
    // As far to the sides as the filter looks.
    let reach = 3.0 * (window.width / f64::from(to.0)).max(1.0) + 1.0;
    let x = (window.x - reach).max(0.0).floor();
    let width = (window.x + window.width + reach).min(f64::from(from.0)).ceil() - x;
    let down = Window { x, width, ..window };
    let low = of::<U8>(scaler, data, from, false, down, (width as u32, to.1))?;
    let across = Window { x: window.x - x, y: 0.0, width: window.width, height: to.1.into() };
    let made = of::<U8>(scaler, &low, (width as u32, to.1), false, across, to);
    spare::give(low);
    made
}

/// Across and down, in bands of rows, so that what is between stays small and near.
fn of<P: PixelTrait>(
    scaler: &mut Resizer,
    data: &[u8],
    from: (u32, u32),
    alpha: bool,
    window: Window,
    to: (u32, u32),
) -> Result<Vec<u8>> {
    let row = to.0 as usize * P::size();
    let mut made = spare::room(row * to.1 as usize);
    let source = TypedImageRef::<P>::from_buffer(from.0, from.1, data).map_err(failed)?;
    let how = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .use_alpha(alpha);
    // What is transparent is weighed for all of the picture at once.
    let both = !alpha && (window.width - f64::from(to.0)).abs() > f64::EPSILON;
    let bands = if both { (window.height * row as f64 / BETWEEN).ceil().max(1.0) } else { 1.0 };
    let rows = (f64::from(to.1) / bands).ceil().max(1.0) as u32;
    let step = window.height / f64::from(to.1);
    for top in (0..to.1).step_by(rows as usize) {
        let high = rows.min(to.1 - top);
        let band = &mut made[top as usize * row..(top + high) as usize * row];
        let mut target = TypedImage::<P>::from_buffer(to.0, high, band).map_err(failed)?;
        let y = window.y + f64::from(top) * step;
        let height = (f64::from(high) * step).min(f64::from(from.1) - y);
        let how = how.crop(window.x, y, window.width, height);
        scaler.resize_typed(&source, &mut target, &how).map_err(failed)?;
    }
    Ok(made)
}

fn failed(cause: impl std::error::Error + Send + Sync + 'static) -> MediaError {
    codec(format!("the picture cannot be scaled: {cause}")).because(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(length: usize) -> Vec<u8> {
        let mut state = 7_u32;
        let next = |_| {
            state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            64 + (state >> 17) as u8 % 128
        };
        (0..length).map(next).collect()
    }

    /// Bands have no seams, and down before across is the same as across before down.
    #[test]
    fn it_is_as_if_scaled_at_once() {
        let (from, to) = ((700, 4000), (500, 1700));
        let window = Window { x: 20.4, y: 33.7, width: 640.2, height: 3900.5 };
        for (channels, depth) in [(Channels::Rgb, 3), (Channels::One, 1)] {
            let data = noise(from.0 as usize * from.1 as usize * depth);
            let made = scale(&mut Resizer::new(), &data, from, channels, window, to).unwrap();
            let mut whole = vec![0; to.0 as usize * to.1 as usize * depth];
            let how = ResizeOptions::new()
                .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
                .crop(window.x, window.y, window.width, window.height);
            let mut scaler = Resizer::new();
            if depth == 3 {
                let source = TypedImageRef::<U8x3>::from_buffer(from.0, from.1, &data).unwrap();
                let mut target = TypedImage::<U8x3>::from_buffer(to.0, to.1, &mut whole).unwrap();
                scaler.resize_typed(&source, &mut target, &how).unwrap();
            } else {
                let source = TypedImageRef::<U8>::from_buffer(from.0, from.1, &data).unwrap();
                let mut target = TypedImage::<U8>::from_buffer(to.0, to.1, &mut whole).unwrap();
                scaler.resize_typed(&source, &mut target, &how).unwrap();
            }
            let apart = made.iter().zip(&whole).map(|(a, b)| a.abs_diff(*b)).max();
            assert!(apart <= Some(2), "{channels:?}: {apart:?}");
        }
    }
}
