//! What several tests need.

use std::path::{Path, PathBuf};

use image::RgbImage;
use social_core::ports::{MediaSource, Processed};
use social_core::rules::{Rules, facebook, instagram, linkedin, tiktok};
use social_media::{LocalMedia, LocalMediaBuilder};

/// The executable.
pub(crate) const WORKER: &str = env!("CARGO_BIN_EXE_social-media-worker");

pub(crate) fn builder() -> LocalMediaBuilder {
    LocalMedia::builder().worker(WORKER)
}

pub(crate) fn media() -> LocalMedia {
    builder().build()
}

/// A file of the demo media.
pub(crate) fn demo(name: &str) -> MediaSource {
    MediaSource::File(demo_path(name))
}

pub(crate) fn demo_path(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/media")).join(name)
}

pub(crate) fn source(bytes: impl Into<bytes::Bytes>) -> MediaSource {
    MediaSource::Bytes(bytes.into())
}

pub(crate) fn networks() -> [Rules; 4] {
    [instagram(), facebook(), linkedin(), tiktok()]
}

/// The pixels of an outcome.
pub(crate) fn pixels(processed: &Processed) -> RgbImage {
    image::load_from_memory(&content(processed)).unwrap().into_rgb8()
}

pub(crate) fn content(processed: &Processed) -> Vec<u8> {
    match &processed.content {
        MediaSource::Bytes(bytes) => bytes.to_vec(),
        MediaSource::File(path) => std::fs::read(path).unwrap(),
    }
}
