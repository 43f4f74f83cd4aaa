//! JPEGs with segments written by hand.

use image::{DynamicImage, ImageFormat as Codec, Rgb, RgbImage};

use crate::helpers::encoded;

pub(crate) const RED: [u8; 3] = [220, 30, 30];
pub(crate) const GREEN: [u8; 3] = [30, 200, 30];
pub(crate) const BLUE: [u8; 3] = [30, 30, 220];
pub(crate) const GREY: [u8; 3] = [128, 128, 128];

/// Upright: red and green above, blue and grey below.
pub(crate) fn quadrants(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb(match (x < width / 2, y < height / 2) {
            (true, true) => RED,
            (false, true) => GREEN,
            (true, false) => BLUE,
            (false, false) => GREY,
        })
    })
}

/// The pixels as a camera stores them so that `orientation` sets them upright.
pub(crate) fn stored(upright: &RgbImage, orientation: u8) -> RgbImage {
    use image::imageops::{flip_horizontal, flip_vertical, rotate90, rotate180, rotate270};
    match orientation {
        2 => flip_horizontal(upright),
        3 => rotate180(upright),
        4 => flip_vertical(upright),
        5 => flip_horizontal(&rotate90(upright)),
        6 => rotate270(upright),
        7 => flip_horizontal(&rotate270(upright)),
        8 => rotate90(upright),
        _ => upright.clone(),
    }
}

/// A JPEG of `upright`, stored turned and tagged with `orientation`; its thumbnail's directory
/// says upright, as some cameras have it.
pub(crate) fn tagged(upright: &RgbImage, orientation: u8) -> Vec<u8> {
    let jpeg = encoded(&DynamicImage::ImageRgb8(stored(upright, orientation)), Codec::Jpeg);
    with_segment(&jpeg, 0xe1, &exif(orientation, 1))
}

/// Puts a segment behind the start of a JPEG.
pub(crate) fn with_segment(jpeg: &[u8], marker: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 2).unwrap().to_be_bytes();
    let mut out = jpeg[..2].to_vec();
    out.extend([0xff, marker]);
    out.extend(length);
    out.extend(payload);
    out.extend(&jpeg[2..]);
    out
}

/// An EXIF block whose first directory says `primary` and whose second says `thumbnail`.
fn exif(primary: u8, thumbnail: u8) -> Vec<u8> {
    let mut out = b"Exif\0\0MM\0\x2a\0\0\0\x08".to_vec();
    for (orientation, next) in [(primary, 26_u32), (thumbnail, 0)] {
        out.extend([0, 1]);
        out.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
        out.extend(next.to_be_bytes());
    }
    out
}
