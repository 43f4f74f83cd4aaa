//! What several tests need.

use std::io::Cursor;
use std::sync::Arc;

use image::{DynamicImage, ImageFormat as Codec, RgbImage};
use social_core::domain::media::{ImageFormat, ImagePlan, ImageProbe, MediaProbe};
use social_core::ports::{MediaError, MediaPipeline, MediaSource, Processed};
use social_media::LocalMedia;

/// A file of the demo media.
pub(crate) fn demo(name: &str) -> MediaSource {
    let media = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/media");
    MediaSource::File(std::path::Path::new(media).join(name))
}

pub(crate) fn source(bytes: impl Into<bytes::Bytes>) -> MediaSource {
    MediaSource::Bytes(bytes.into())
}

pub(crate) fn encoded(picture: &DynamicImage, codec: Codec) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, codec).unwrap();
    out.into_inner()
}

/// Smooth with a few edges, so that it shrinks as photographs do.
pub(crate) fn scene(width: u32, height: u32) -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| {
        let edge = if (x / 40 + y / 40) % 2 == 0 { 30 } else { 0 };
        image::Rgb([
            (x * 200 / width) as u8 + edge,
            (y * 200 / height) as u8 + edge,
            ((x + y) % 200) as u8,
        ])
    }))
}

/// What no encoder can make small.
pub(crate) fn noise(width: u32, height: u32) -> DynamicImage {
    let mut state = 0x2545_f491_u32;
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |_, _| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        image::Rgb([state as u8, (state >> 8) as u8, (state >> 16) as u8])
    }))
}

pub(crate) fn image_plan(width: u32, height: u32, format: ImageFormat) -> ImagePlan {
    ImagePlan { max_bytes: 8 << 20, ..ImagePlan::scaled(width, height, format) }
}

pub(crate) async fn probe_image(source: &MediaSource) -> Result<ImageProbe, MediaError> {
    match LocalMedia::new().probe(source).await? {
        MediaProbe::Image(probe) => Ok(probe),
        _ => unreachable!("a picture"),
    }
}

/// The pixels of an outcome.
pub(crate) fn pixels(processed: &Processed) -> RgbImage {
    match &processed.content {
        MediaSource::Bytes(bytes) => image::load_from_memory(bytes).unwrap().into_rgb8(),
        MediaSource::File(path) => image::open(path).unwrap().into_rgb8(),
    }
}

pub(crate) fn content(processed: &Processed) -> Arc<[u8]> {
    match &processed.content {
        MediaSource::Bytes(bytes) => bytes.to_vec().into(),
        MediaSource::File(path) => std::fs::read(path).unwrap().into(),
    }
}

/// Whether two colours look the same after a JPEG.
pub(crate) fn near(a: [u8; 3], b: [u8; 3]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) < 24)
}
