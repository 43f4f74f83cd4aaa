//! TIFF and BMP, whose headers are read by the decoders themselves.

use std::io::Cursor;

use image::codecs::bmp::BmpDecoder;
use image::codecs::tiff::TiffDecoder;
use image::{ImageDecoder, ImageResult};

use super::{Header, Walk};
use crate::image::orientation::Orientation;

/// The size, and where the picture is transparent.
pub(super) fn bmp(bytes: &[u8], header: &mut Header) -> Option<Walk> {
    note(BmpDecoder::new(Cursor::new(bytes)), header)
}

/// The same, and how a TIFF lies and which profile it has: it is EXIF's own container.
pub(super) fn tiff(bytes: &[u8], header: &mut Header) -> Option<Walk> {
    let walk = note(TiffDecoder::new(Cursor::new(bytes)), header)?;
    header.orientation = Orientation::from_exif(bytes);
    header.metadata = true;
    Some(walk)
}

fn note<D: ImageDecoder>(decoder: ImageResult<D>, header: &mut Header) -> Option<Walk> {
    let Ok(mut decoder) = decoder else { return Some(Walk::Damaged) };
    (header.width, header.height) = decoder.dimensions();
    header.alpha = decoder.color_type().has_alpha();
    header.icc = decoder.icc_profile().ok().flatten().is_some();
    Some(Walk::Whole)
}
