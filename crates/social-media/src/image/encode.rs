//! From pixels to bytes.

use bytes::Bytes;
use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageError};
use social_core::domain::media::{ImageFormat, MediaProbe};
use social_core::ports::{MediaError, MediaSource, Processed};
use tokio_util::sync::CancellationToken;

use super::probe::probe;
use super::raster::Raster;
use crate::budget::Budget;
use crate::errors::{Result, cancelled, cannot_fit, codec, size, unsupported};

/// Where quality begins, where it ends, and by how much it gives way: below the floor, artefacts
/// show on any screen.
const QUALITY: (u8, u8, usize) = (90, 40, 5);

/// Writes `raster` in `format` within `max_bytes`.
pub(super) fn encode(
    raster: Raster,
    format: ImageFormat,
    max_bytes: u64,
    token: &CancellationToken,
) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let (width, height) = (raster.width, raster.height);
    let channels = if raster.alpha { ExtendedColorType::Rgba8 } else { ExtendedColorType::Rgb8 };
    match format {
        ImageFormat::Jpeg => return jpeg(&raster.flattened(), max_bytes, token),
        ImageFormat::Png => {
            PngEncoder::new(&mut out).write_image(&raster.data, width, height, channels)
        }
        ImageFormat::Webp => {
            WebPEncoder::new_lossless(&mut out).write_image(&raster.data, width, height, channels)
        }
        ImageFormat::Gif => GifEncoder::new(&mut out).encode(&raster.data, width, height, channels),
        _ => return Err(unsupported("this kind of picture is not written here")),
    }
    .map_err(failed)?;
    if out.len() as u64 > max_bytes {
        return Err(cannot_fit(format!(
            "as a {} the picture has {}, more than the {} allowed: scale it down, or use a JPEG",
            format.extension().to_uppercase(),
            size(out.len() as u64),
            size(max_bytes),
        )));
    }
    Ok(out)
}

fn jpeg(raster: &Raster, max_bytes: u64, token: &CancellationToken) -> Result<Vec<u8>> {
    let (best, floor, step) = QUALITY;
    let mut smallest = 0;
    for quality in (floor..=best).rev().step_by(step) {
        if token.is_cancelled() {
            return Err(cancelled());
        }
        let mut out = Vec::new();
        JpegEncoder::new_with_quality(&mut out, quality)
            .encode(&raster.data, raster.width, raster.height, ExtendedColorType::Rgb8)
            .map_err(failed)?;
        if out.len() as u64 <= max_bytes {
            return Ok(out);
        }
        smallest = out.len();
    }
    Err(cannot_fit(format!(
        "even at the lowest quality the picture has {}, more than the {} allowed: scale it down",
        size(smallest as u64),
        size(max_bytes),
    )))
}

/// A JPEG of `raster`, ready to hand out.
#[cfg(feature = "video")]
pub(crate) fn jpeg_processed(
    raster: Raster,
    budget: &Budget,
    token: &CancellationToken,
) -> Result<Processed> {
    let out = encode(raster, ImageFormat::Jpeg, u64::MAX, token)?;
    processed(out, budget)
}

/// What was written, with what probing it finds.
pub(super) fn processed(out: Vec<u8>, budget: &Budget) -> Result<Processed> {
    // Ours may be larger than what may come in.
    let probe = probe(&out, &Budget { image_bytes: u64::MAX, ..*budget })?;
    Ok(Processed {
        content: MediaSource::Bytes(Bytes::from(out)),
        mime: probe.format.mime().to_owned(),
        probe: MediaProbe::Image(probe),
        guard: None,
    })
}

fn failed(error: ImageError) -> MediaError {
    codec(format!("the picture cannot be written: {error}")).because(error)
}
