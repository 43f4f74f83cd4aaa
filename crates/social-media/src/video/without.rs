//! Clips in a build that reads none.

use social_core::domain::media::{VideoPlan, VideoProbe};
use social_core::ports::{MediaError, MediaSource, Processed, Progress, ThumbnailAt};
use tokio_util::sync::CancellationToken;

use crate::errors::{Result, unsupported};
use crate::pipeline::Workshop;

pub(crate) fn probe(
    _: &Workshop,
    _: &MediaSource,
    name: &str,
    _: &CancellationToken,
) -> Result<VideoProbe> {
    Err(refused(name))
}

pub(crate) fn process(
    _: &Workshop,
    _: MediaSource,
    name: &str,
    _: &VideoPlan,
    _: &Progress,
    _: &CancellationToken,
) -> Result<Processed> {
    Err(refused(name))
}

pub(crate) fn thumbnail(
    _: &Workshop,
    _: &MediaSource,
    name: &str,
    _: ThumbnailAt,
    _: u32,
    _: &CancellationToken,
) -> Result<Processed> {
    Err(refused(name))
}

fn refused(name: &str) -> MediaError {
    unsupported(format!(
        "this is a clip ({name}), and this build reads pictures only: build with the feature \
         `video` of social-media, which needs the FFmpeg libraries (scripts/setup installs them)"
    ))
}
