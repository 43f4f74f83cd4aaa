//! From pixels to bytes.

use bytes::Bytes;
use image::codecs::gif::GifEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageError};
use social_core::domain::media::{ImageFormat, ImagePlan, MediaProbe};
use social_core::ports::{MediaError, MediaSource, Processed};
use tokio_util::sync::CancellationToken;

use super::probe::probe;
use super::raster::Raster;
use super::spare;
use super::turbo::{self, Aim, Picture};
use crate::budget::Budget;
use crate::errors::{Result, cannot_fit, codec, size, unsupported};

/// Writes `raster` in the plan's format within its bytes.
pub(super) fn encode(
    raster: Raster,
    plan: &ImagePlan,
    token: &CancellationToken,
) -> Result<Vec<u8>> {
    let ImagePlan { format, max_bytes, background, smallest, .. } = *plan;
    let mut out = Vec::new();
    let (width, height) = (raster.width, raster.height);
    let channels = if raster.alpha { ExtendedColorType::Rgba8 } else { ExtendedColorType::Rgb8 };
    match format {
        ImageFormat::Jpeg => {
            let data = raster.flattened(background).data;
            let picture = Picture::Rgb(width, height, &data);
            let file = turbo::encode(picture, Aim { max_bytes, smallest }, token);
            spare::give(data);
            return file;
        }
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

/// A JPEG of `raster`, ready to hand out.
pub(crate) fn jpeg_processed(
    raster: Raster,
    budget: &Budget,
    token: &CancellationToken,
) -> Result<Processed> {
    let plan = ImagePlan::scaled(raster.width, raster.height, ImageFormat::Jpeg);
    let out = encode(raster, &plan, token)?;
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
