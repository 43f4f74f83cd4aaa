//! Files that exist only as long as they are needed.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use social_core::ports::MediaSource;
use tempfile::{Builder, TempPath};

use crate::errors::{Result, io};
use crate::pipeline::Workshop;

/// A clip as a file: FFmpeg reads those best, and asks for the size of nothing else so cheaply.
pub(super) enum Local {
    /// The caller's own.
    Given(PathBuf),
    /// Ours, gone when this is dropped.
    Written(TempPath),
}

impl Local {
    pub(super) fn of(shop: &Workshop, source: &MediaSource) -> Result<Self> {
        match source {
            MediaSource::File(path) => Ok(Self::Given(path.clone())),
            MediaSource::Bytes(bytes) => {
                shop.budget.check_video_bytes(bytes.len() as u64)?;
                let mut file = builder(shop)?
                    .tempfile_in(&shop.scratch)
                    .map_err(|error| io("no scratch file can be made", error))?;
                file.write_all(bytes)
                    .map_err(|error| io("the scratch file cannot be written", error))?;
                Ok(Self::Written(file.into_temp_path()))
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Given(path) => path,
            Self::Written(path) => path,
        }
    }
}

/// An empty file to write an MP4 to.
pub(super) fn output(shop: &Workshop) -> Result<TempPath> {
    let file = builder(shop)?
        .suffix(".mp4")
        .tempfile_in(&shop.scratch)
        .map_err(|error| io("no scratch file can be made", error))?;
    Ok(file.into_temp_path())
}

/// The finished file as what the caller gets, and what keeps it alive.
pub(super) fn hand_out(path: TempPath) -> (MediaSource, Arc<TempPath>) {
    (MediaSource::File(path.to_path_buf()), Arc::new(path))
}

fn builder(shop: &Workshop) -> Result<Builder<'static, 'static>> {
    std::fs::create_dir_all(&shop.scratch)
        .map_err(|error| io("the scratch directory cannot be made", error))?;
    let mut builder = Builder::new();
    builder.prefix("social-media-");
    Ok(builder)
}
