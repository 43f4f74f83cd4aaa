//! Clips, and pictures whose decoders are not let into this process: what is asked of whoever runs
//! them, and what is made of the answers.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use social_core::domain::media::{ImageFormat, ImageProbe, MediaProbe, VideoPlan, VideoProbe};
use social_core::ports::{
    MediaError, MediaErrorKind, MediaSource, Processed, Progress, ThumbnailAt,
};
use tempfile::TempPath;
use tokio_util::sync::CancellationToken;

use crate::builder::CLIP;
use crate::errors::{Result, codec, corrupt, io};
use crate::image::{Orientation, Raster, jpeg_processed};
use crate::native::{Answer, Facts, Order, Pixels, Task, folders};
use crate::pipeline::{LocalMedia, Workshop};
use crate::queue::Ticket;

/// A source as a file.
struct Local {
    path: PathBuf,
    _written: Option<TempPath>,
}

/// What a clip is.
pub(crate) async fn probe(media: &LocalMedia, source: &MediaSource) -> Result<VideoProbe> {
    match media.quick(source, |_| Task::Probe).await?.0 {
        Answer::Clip(probe) => Ok(probe),
        _ => Err(nonsense()),
    }
}

/// Makes clips from one decode.
pub(crate) async fn process(
    media: &LocalMedia,
    source: &MediaSource,
    plans: &[VideoPlan],
    progress: &Progress,
    ticket: Arc<Ticket>,
) -> Result<Vec<Processed>> {
    let slot = media.videos.enter(&progress.cancel, CLIP).await?;
    ticket.begin();
    let local = local(&media.workshop, source, media.workshop.budget.video_bytes).await?;
    let mut files = Vec::with_capacity(plans.len());
    for _ in plans {
        files.push(output(&media.workshop, ".mp4")?);
    }
    let wanted = plans.iter().zip(&files).map(|(plan, to)| (plan.clone(), to.to_path_buf()));
    let order = media.workshop.order(&local.path, Task::Clips(wanted.collect()));
    let watched = {
        let (seen, ticket) = (progress.clone(), ticket.clone());
        let mut watched = Progress::new(move |done| {
            ticket.at(done);
            seen.at(done);
        });
        watched.cancel = progress.cancel.clone();
        watched
    };
    let answer = media.timed(media.workshop.budget.video_time, order, &watched).await?;
    drop(slot);
    let Answer::Clips(made) = answer else { return Err(nonsense()) };
    if made.len() != plans.len() {
        return Err(nonsense());
    }
    progress.at(1.0);
    let outcomes = made.into_iter().zip(files).map(|(made, file)| {
        let mime = mime(&made.probe.container).to_owned();
        let (content, guard) = if made.kept {
            (source.clone(), None)
        } else {
            let guard: Arc<TempPath> = Arc::new(file);
            (MediaSource::File(guard.to_path_buf()), Some(guard as Arc<_>))
        };
        Processed { content, mime, probe: MediaProbe::Video(made.probe), guard }
    });
    Ok(outcomes.collect())
}

/// A JPEG of a frame.
pub(crate) async fn still(
    media: &LocalMedia,
    source: &MediaSource,
    at: ThumbnailAt,
    max_width: u32,
) -> Result<Processed> {
    let to = output(&media.workshop, ".rgb")?;
    let local = local(&media.workshop, source, media.workshop.budget.video_bytes).await?;
    let task = Task::Still { at, max_width, to: to.to_path_buf() };
    let order = media.workshop.order(&local.path, task);
    let cancel = CancellationToken::new();
    let slot = media.images.enter(&cancel, 64 << 20).await?;
    let answer = media.timed(media.workshop.budget.picture_time, order, &Progress::none()).await?;
    drop(slot);
    let Answer::Pixels(pixels) = answer else { return Err(nonsense()) };
    let shop = media.workshop.clone();
    let work = move |token: &CancellationToken| {
        let turn = Orientation::new(pixels.orientation.into());
        let (raster, _) = rows(pixels, &to)?;
        jpeg_processed(turn.upright(raster), &shop.budget, token)
    };
    media.images.run(&cancel, 16 << 20, work).await
}

impl LocalMedia {
    /// What a picture is whose decoder runs elsewhere.
    pub(crate) async fn describe(
        &self,
        source: &MediaSource,
        format: ImageFormat,
    ) -> Result<ImageProbe> {
        let (answer, bytes) = self.quick(source, |_| Task::Describe).await?;
        let Answer::Picture(Facts { width, height, alpha, colour, metadata }) = answer else {
            return Err(nonsense());
        };
        self.workshop.budget.check_image_size(width, height, 1)?;
        Ok(ImageProbe {
            format,
            width,
            height,
            bytes,
            orientation: 1,
            alpha,
            animated: false,
            colour,
            metadata,
            motion: None,
            focus: None,
        })
    }

    /// Its pixels, upright, and the profile of their colours.
    pub(crate) async fn foreign(
        &self,
        source: &MediaSource,
        _format: ImageFormat,
    ) -> Result<(Raster, Option<Vec<u8>>)> {
        let to = output(&self.workshop, ".rgb")?;
        let path = to.to_path_buf();
        let (answer, _) = self.quick(source, move |_| Task::Decode { to: path }).await?;
        let Answer::Pixels(pixels) = answer else { return Err(nonsense()) };
        self.workshop.budget.check_image_size(pixels.width, pixels.height, 1)?;
        let cost = u64::from(pixels.width) * u64::from(pixels.height) * 4;
        let work = move |_: &CancellationToken| {
            let turn = Orientation::new(pixels.orientation.into());
            let (raster, profile) = rows(pixels, &to)?;
            Ok((turn.upright(raster), profile))
        };
        self.images.run(&CancellationToken::new(), cost, work).await
    }

    /// Something that takes no longer than a picture may, and how many bytes the file has.
    async fn quick(
        &self,
        source: &MediaSource,
        task: impl FnOnce(&Path) -> Task,
    ) -> Result<(Answer, u64)> {
        let local = local(&self.workshop, source, self.workshop.budget.video_bytes).await?;
        let unread = |error| io("the file cannot be read", error);
        let bytes = tokio::fs::metadata(&local.path).await.map_err(unread)?.len();
        let order = self.workshop.order(&local.path, task(&local.path));
        let _slot = self.images.enter(&CancellationToken::new(), 64 << 20).await?;
        let time = self.workshop.budget.picture_time;
        Ok((self.timed(time, order, &Progress::none()).await?, bytes))
    }

    /// Has an order done, but for no longer than `time`.
    async fn timed(&self, time: Duration, order: Order, progress: &Progress) -> Result<Answer> {
        let run = self.native.run(order, progress);
        // Giving up drops the future, and with it the work.
        tokio::time::timeout(time, run).await.unwrap_or_else(|_| {
            Err(MediaError::new(
                MediaErrorKind::TimedOut,
                format!(
                    "the file was not done within the {} s that it may take: make it shorter or \
                     smaller, or raise the budget",
                    time.as_secs()
                ),
            ))
        })
    }
}

impl Workshop {
    fn order(&self, input: &Path, task: Task) -> Order {
        let (input, budget) = (input.to_path_buf(), self.budget);
        Order { input, budget, threads: self.threads, task }
    }
}

/// The source as a file: native decoders read those best.
async fn local(shop: &Workshop, source: &MediaSource, most: u64) -> Result<Local> {
    match source {
        MediaSource::File(path) => Ok(Local { path: path.clone(), _written: None }),
        MediaSource::Bytes(bytes) => {
            if bytes.len() as u64 > most {
                shop.budget.check_video_bytes(bytes.len() as u64)?;
            }
            let written = output(shop, ".in")?;
            let failed = |error| io("the scratch file cannot be written", error);
            tokio::fs::write(&written, bytes).await.map_err(failed)?;
            Ok(Local { path: written.to_path_buf(), _written: Some(written) })
        }
    }
}

/// An empty file to write to, gone when it is dropped.
fn output(shop: &Workshop, suffix: &str) -> Result<TempPath> {
    let (_, to) = folders(&shop.scratch)?;
    let file = tempfile::Builder::new()
        .prefix("social-media-")
        .suffix(suffix)
        .tempfile_in(to)
        .map_err(|error| io("no scratch file can be made", error))?;
    Ok(file.into_temp_path())
}

/// The rows that a decoder wrote, as many as it says.
fn rows(pixels: Pixels, from: &Path) -> Result<(Raster, Option<Vec<u8>>)> {
    let Pixels { width, height, alpha, icc, .. } = pixels;
    let data = std::fs::read(from).map_err(|error| io("the picture cannot be read", error))?;
    let depth = if alpha { 4 } else { 3 };
    if width == 0 || data.len() as u64 != u64::from(width) * u64::from(height) * depth {
        return Err(corrupt("the decoder left out some of the picture: export it again"));
    }
    Ok((Raster { width, height, alpha, data }, icc))
}

fn nonsense() -> MediaError {
    codec("the media worker answered something else than it was asked: build it anew")
}

/// The media type of a container.
fn mime(container: &str) -> &'static str {
    match container {
        "mp4" => "video/mp4",
        "mov" => "video/quicktime",
        "webm" => "video/webm",
        "matroska" => "video/x-matroska",
        "avi" => "video/x-msvideo",
        "mpegts" => "video/mp2t",
        "mpeg" => "video/mpeg",
        "gif" => "image/gif",
        _ => "application/octet-stream",
    }
}
