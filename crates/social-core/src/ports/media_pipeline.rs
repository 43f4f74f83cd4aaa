//! Fitting pictures and clips to what a network takes.

use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::MediaWork;
use crate::domain::media::{ImageFormat, ImagePlan, MediaProbe, VideoAction, VideoPlan};
use crate::rules::{MediaRule, Plan, plan_media};

/// Where the bytes are.
#[derive(Debug, Clone)]
pub enum MediaSource {
    /// In memory.
    Bytes(Bytes),
    /// In a file, which the pipeline reads and never changes.
    File(PathBuf),
}

/// A picture or a clip made fit.
///
/// A file made by the pipeline lives as long as this value (and its clones): keep it until the
/// bytes are stored elsewhere.
#[derive(Debug, Clone)]
pub struct Processed {
    /// The bytes.
    pub content: MediaSource,
    /// The media type of the bytes.
    pub mime: String,
    /// What probing the result finds.
    pub probe: MediaProbe,
    /// Keeps the file behind `content` until nobody needs it.
    pub guard: Option<Arc<dyn Debug + Send + Sync>>,
}

/// Which frame a thumbnail shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThumbnailAt {
    /// The key frame nearest to this time: the fastest way.
    KeyFrame(Duration),
    /// The very frame that is shown at this time, such as a cover that a person chose.
    Time(Duration),
    /// The best of the key frames: sharp, bright, not black.
    Best,
}

/// How far a piece of media work has come, and how to stop it.
///
/// `report` gets the part done, from 0.0 to 1.0, often enough to draw a bar and from any thread.
#[derive(Clone)]
pub struct Progress {
    report: Arc<dyn Fn(f64) + Send + Sync>,
    /// Cancel this to stop the work; it then ends with [`MediaErrorKind::Cancelled`].
    pub cancel: CancellationToken,
}

impl Progress {
    /// Calls `report` with the part done.
    pub fn new(report: impl Fn(f64) + Send + Sync + 'static) -> Self {
        Self { report: Arc::new(report), cancel: CancellationToken::new() }
    }

    /// Nobody looks.
    #[must_use]
    pub fn none() -> Self {
        Self::new(|_| {})
    }

    /// Says that the part `done` (0.0 to 1.0) is done.
    pub fn at(&self, done: f64) {
        (self.report)(done.clamp(0.0, 1.0));
    }
}

impl Debug for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Progress").field("cancelled", &self.cancel.is_cancelled()).finish()
    }
}

/// Why media could not be worked.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub struct MediaError {
    /// What kind of failure.
    pub kind: MediaErrorKind,
    /// What went wrong and what to do, for a person.
    pub detail: String,
    /// The cause.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Kinds of failures of media work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MediaErrorKind {
    /// Not a picture or clip that this build reads.
    Unsupported,
    /// It says it is one, but its bytes do not hold what it says.
    Corrupt,
    /// More bytes, pixels, frames or seconds than the budget allows.
    TooLarge,
    /// It cannot be made to fit, such as a file that stays too large at the lowest quality.
    CannotFit,
    /// Somebody cancelled the work.
    Cancelled,
    /// The file could not be read or written.
    Io,
    /// It took longer than the budget allows.
    TimedOut,
    /// The codec library failed.
    Codec,
}

impl MediaError {
    /// An error of `kind` that says `detail`.
    pub fn new(kind: MediaErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), source: None }
    }

    /// The same with its cause.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

/// Reads, fits and shows media.
///
/// Contract: what a file is follows from its bytes, never from its name. Budgets on bytes, pixels
/// and duration are checked before anything is decoded. Heavy work never runs on the async
/// runtime's threads. The same source and plan give the same rendition. Work is cancelled by
/// [`Progress::cancel`], and a cancelled or failed call leaves no file behind.
#[async_trait]
pub trait MediaPipeline: Debug + Send + Sync + 'static {
    /// What the file is.
    async fn probe(&self, source: &MediaSource) -> Result<MediaProbe, MediaError>;

    /// Makes the picture that `plan` describes: upright, in sRGB, without metadata.
    async fn process_image(
        &self,
        source: &MediaSource,
        plan: &ImagePlan,
    ) -> Result<Processed, MediaError>;

    /// Makes the clip that `plan` describes.
    async fn process_video(
        &self,
        source: &MediaSource,
        plan: &VideoPlan,
        progress: &Progress,
    ) -> Result<Processed, MediaError>;

    /// A JPEG of at most `max_width` pixels across: of a clip the chosen frame, of a picture all.
    async fn generate_thumbnail(
        &self,
        source: &MediaSource,
        at: ThumbnailAt,
        max_width: u32,
    ) -> Result<Processed, MediaError>;

    /// A small JPEG of what a plan would make, at most `max_width` pixels across: the picture with
    /// the same crop and the same room around it, or the best frame of the clip with the same crop.
    async fn preview(
        &self,
        source: &MediaSource,
        plan: &Plan,
        max_width: u32,
    ) -> Result<Processed, MediaError> {
        let smaller = |width: u32, height: u32| {
            let to = width.min(max_width).max(1);
            let tall = f64::from(height) * f64::from(to) / f64::from(width.max(1));
            (to, (tall.round() as u32).max(1))
        };
        match plan {
            Plan::Image(plan) => {
                let (width, height) = smaller(plan.width, plan.height);
                let (format, keep) = (ImageFormat::Jpeg, false);
                let small = ImagePlan { keep, format, width, height, ..plan.clone() };
                self.process_image(source, &small).await
            }
            Plan::Video(plan) => {
                let VideoAction::Transcode { crop: Some(crop), .. } = plan.action else {
                    return self.generate_thumbnail(source, ThumbnailAt::Best, max_width).await;
                };
                // As large as the clip, so that the crop is told in its pixels.
                let still = self.generate_thumbnail(source, ThumbnailAt::Best, u32::MAX).await?;
                let (width, height) = smaller(crop.width, crop.height);
                let shown = ImagePlan::scaled(width, height, ImageFormat::Jpeg);
                let shown = ImagePlan { crop: Some(crop), ..shown };
                self.process_image(&still.content, &shown).await
            }
            Plan::AsItIs => Err(MediaError::new(
                MediaErrorKind::Unsupported,
                "a file that is sent as it is has no preview: open the file itself",
            )),
        }
    }

    /// What waits and what runs, oldest first. A pipeline that does not know shows nothing.
    fn queue(&self) -> Vec<MediaWork> {
        Vec::new()
    }

    /// Probes, plans by `rule`, and does what the plan says.
    async fn optimize_for_platform(
        &self,
        source: &MediaSource,
        rule: &MediaRule,
        progress: &Progress,
    ) -> Result<Processed, MediaError> {
        let probe = self.probe(source).await?;
        match plan_media(&probe, rule) {
            Ok(Plan::Image(plan)) => self.process_image(source, &plan).await,
            Ok(Plan::Video(plan)) => self.process_video(source, &plan, progress).await,
            Ok(Plan::AsItIs) => {
                let mime = match &probe {
                    MediaProbe::Document(file) => file.format.mime(),
                    _ => "application/octet-stream",
                };
                let (content, mime) = (source.clone(), mime.to_owned());
                Ok(Processed { content, mime, probe, guard: None })
            }
            Err(refused) => Err(MediaError::new(MediaErrorKind::CannotFit, refused.to_string())),
        }
    }
}
