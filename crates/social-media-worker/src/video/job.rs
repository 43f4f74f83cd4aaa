//! What a piece of work on a clip carries along, and what its errors become.

use ffmpeg_next::Error;
use social_core::ports::{MediaError, Progress};
use tokio_util::sync::CancellationToken;

use social_media::Budget;
use social_media::errors::{Result, cancelled, codec, corrupt, too_large, unsupported};

/// Numbers of the system's errors.
const ENOMEM: i32 = 12;
const EFBIG: i32 = 27;

/// One piece of work.
#[derive(Clone, Copy)]
pub(crate) struct Job<'a> {
    pub(crate) budget: &'a Budget,
    pub(crate) threads: usize,
    pub(crate) token: &'a CancellationToken,
    pub(crate) progress: &'a Progress,
}

impl Job<'_> {
    /// Asked for every packet and frame.
    pub(super) fn check(&self) -> Result<()> {
        if self.token.is_cancelled() { Err(cancelled()) } else { Ok(()) }
    }

    /// The part done; the end is told by whoever knows that all is well.
    pub(super) fn at(&self, seconds: f64, of: f64) {
        if of > 0.0 {
            self.progress.at((seconds / of).min(0.99));
        }
    }
}

/// An error of FFmpeg while doing `what`.
pub(super) fn failed(what: &'static str) -> impl Fn(Error) -> MediaError {
    move |error| {
        let here = match error {
            // What interrupted reads end with.
            Error::Exit => cancelled(),
            Error::Other { errno: ENOMEM } => too_large(format!(
                "{what} takes more memory than is allowed: make the clip smaller first"
            )),
            Error::Other { errno: EFBIG } => {
                too_large("the new clip is larger than any that is allowed: cut it shorter")
            }
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
