//! What a piece of work on a clip carries along, and what its errors become.

use ffmpeg_next::Error;
use social_core::ports::{MediaError, Progress};
use tokio_util::sync::CancellationToken;

use crate::budget::Budget;
use crate::errors::{Result, cancelled, codec, corrupt, unsupported};
use crate::pipeline::Workshop;

/// One piece of work.
#[derive(Clone, Copy)]
pub(super) struct Job<'a> {
    pub(super) shop: &'a Workshop,
    pub(super) token: &'a CancellationToken,
    pub(super) progress: Option<&'a Progress>,
}

impl<'a> Job<'a> {
    pub(super) fn quiet(shop: &'a Workshop, token: &'a CancellationToken) -> Self {
        Self { shop, token, progress: None }
    }

    pub(super) fn budget(&self) -> &Budget {
        &self.shop.budget
    }

    /// Asked for every packet and frame.
    pub(super) fn check(&self) -> Result<()> {
        if self.token.is_cancelled() { Err(cancelled()) } else { Ok(()) }
    }

    /// The part done; the end is told by whoever knows that all is well.
    pub(super) fn at(&self, seconds: f64, of: f64) {
        if let Some(progress) = self.progress
            && of > 0.0
        {
            progress.at((seconds / of).min(0.99));
        }
    }
}

/// An error of FFmpeg while doing `what`.
pub(super) fn failed(what: &'static str) -> impl Fn(Error) -> MediaError {
    move |error| {
        let here = match error {
            // What interrupted reads end with.
            Error::Exit => cancelled(),
            Error::InvalidData | Error::Eof => {
                corrupt(format!("{what} failed: the clip is damaged or cut off; export it again"))
            }
            Error::DecoderNotFound | Error::DemuxerNotFound | Error::PatchWelcome => unsupported(
                format!("{what} failed: this kind of clip is not read here; use H.264 in an MP4"),
            ),
            Error::EncoderNotFound | Error::FilterNotFound | Error::MuxerNotFound => {
                codec(format!(
                    "{what} failed: the FFmpeg of this machine lacks a part ({error}); install the \
                 full build"
                ))
            }
            _ => codec(format!("{what} failed: {error}")),
        };
        here.because(error)
    }
}
