//! Room around a picture.

use fast_image_resize::Resizer;
use social_core::domain::media::Backdrop;

use super::raster::Raster;
use super::scale::{Channels, Window, scale};
use crate::errors::Result;

/// Pixels of the long side of the copy that a blurred backdrop is made of: so few that nothing but
/// soft colours is left.
const SOFT: f64 = 24.0;
/// How bright a blurred backdrop is, in 256ths: darker than what stands on it.
const DIM: u32 = 190;

/// The largest size of the shape of `picture` within `frame`.
pub(super) fn inside(picture: (u32, u32), frame: (u32, u32)) -> (u32, u32) {
    let across = f64::from(frame.0) / f64::from(picture.0);
    let down = f64::from(frame.1) / f64::from(picture.1);
    let fit =
        |side: u32, most: u32| ((f64::from(side) * across.min(down)).round() as u32).clamp(1, most);
    (fit(picture.0, frame.0), fit(picture.1, frame.1))
}

/// `picture`, which has no transparency, in the middle of a frame.
pub(super) fn pad(
    scaler: &mut Resizer,
    picture: &Raster,
    frame: (u32, u32),
    backdrop: Backdrop,
) -> Result<Raster> {
    let (width, height) = frame;
    let mut data = match backdrop {
        Backdrop::Colour(colour) => colour.repeat(width as usize * height as usize),
        Backdrop::Blur => blurred(scaler, picture, frame)?,
    };
    let left = ((width - picture.width) / 2) as usize;
    let top = ((height - picture.height) / 2) as usize;
    let row = picture.width as usize * 3;
    for (y, line) in picture.data.chunks_exact(row).enumerate() {
        let at = ((top + y) * width as usize + left) * 3;
        data[at..at + row].copy_from_slice(line);
    }
    Ok(Raster { width, height, alpha: false, data })
}

/// The part of the picture that fills the frame, blurred and dimmed.
fn blurred(scaler: &mut Resizer, picture: &Raster, frame: (u32, u32)) -> Result<Vec<u8>> {
    let (w, h) = (f64::from(picture.width), f64::from(picture.height));
    let shape = f64::from(frame.0) / f64::from(frame.1);
    let (width, height) = if w / h > shape { (h * shape, h) } else { (w, w / shape) };
    let window = Window { x: (w - width) / 2.0, y: (h - height) / 2.0, width, height };
    let long = f64::from(frame.0.max(frame.1));
    let small = |side: u32| ((f64::from(side) * SOFT / long).round() as u32).max(1);
    let tiny = (small(frame.0), small(frame.1));
    let from = (picture.width, picture.height);
    let soft = scale(scaler, &picture.data, from, Channels::Rgb, window, tiny)?;
    let whole = Window { x: 0.0, y: 0.0, width: tiny.0.into(), height: tiny.1.into() };
    let mut data = scale(scaler, &soft, tiny, Channels::Rgb, whole, frame)?;
    data.iter_mut().for_each(|value| *value = ((u32::from(*value) * DIM) >> 8) as u8);
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_stands_in_the_middle_and_whole() {
        assert_eq!(inside((4000, 1000), (1080, 1080)), (1080, 270));
        assert_eq!(inside((1, 1000), (100, 100)), (1, 100));
        let picture = Raster { width: 2, height: 1, alpha: false, data: vec![9; 6] };
        let framed =
            pad(&mut Resizer::new(), &picture, (4, 3), Backdrop::Colour([1, 2, 3])).unwrap();
        assert_eq!(framed.data[..3], [1, 2, 3]);
        assert_eq!(framed.data[(4 + 1) * 3..(4 + 3) * 3], [9; 6]);
        let soft = pad(&mut Resizer::new(), &picture, (40, 30), Backdrop::Blur).unwrap();
        assert_eq!(soft.data.len(), 40 * 30 * 3);
    }
}
