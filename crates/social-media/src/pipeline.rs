//! The pipeline of this machine.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use social_core::domain::media::{
    DocumentProbe, ImageFormat, ImagePlan, ImageProbe, MediaProbe, VideoPlan,
};
use social_core::ports::{
    MediaError, MediaPipeline, MediaSource, MediaWork, MediaWorkKind, Processed, Progress,
    ThumbnailAt,
};
use tokio_util::sync::CancellationToken;

use crate::budget::Budget;
use crate::builder::LocalMediaBuilder;
use crate::clip;
use crate::errors::{Result, codec, unsupported};
use crate::image::{self, Header};
use crate::native::Native;
use crate::pool::Pool;
use crate::queue::Queue;
use crate::sniff::Kind;
use crate::source::{classify, read_image};

/// Pictures and clips worked on this machine: see the [crate] page.
///
/// Cheap to clone; clones share the bounds on how much runs at once.
#[derive(Debug, Clone)]
pub struct LocalMedia {
    pub(crate) images: Pool,
    pub(crate) videos: Pool,
    pub(crate) queue: Queue,
    pub(crate) native: Arc<dyn Native>,
    pub(crate) workshop: Arc<Workshop>,
}

/// What a piece of work has to know of the pipeline.
#[derive(Debug)]
pub(crate) struct Workshop {
    pub(crate) budget: Budget,
    pub(crate) scratch: PathBuf,
    pub(crate) threads: usize,
}

/// A source once its first bytes are seen.
enum Opened {
    /// A picture that is decoded in this process.
    Picture(Bytes, Header),
    /// A picture whose decoder is not let in here.
    Foreign(ImageFormat),
    Clip,
    /// A file of pages, which is sent as it is.
    Document(DocumentProbe),
}

impl Default for LocalMedia {
    fn default() -> Self {
        Self::new()
    }
}

impl LocalMedia {
    /// A pipeline with a thread a core and the default [`Budget`].
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Starts setting one up.
    #[must_use]
    pub fn builder() -> LocalMediaBuilder {
        LocalMediaBuilder::default()
    }

    /// Makes every picture that the `plans` describe from one decode, in their order: for a post
    /// that goes to several networks, this takes little more than the dearest of them alone.
    ///
    /// # Errors
    /// As [`MediaPipeline::process_image`]; the first plan that cannot be done ends it, and the
    /// others are not handed out.
    pub async fn process_images(
        &self,
        source: &MediaSource,
        plans: &[ImagePlan],
    ) -> Result<Vec<Processed>, MediaError> {
        let ticket = self.queue.enter(MediaWorkKind::Picture);
        let cancel = CancellationToken::new();
        let plans = plans.to_vec();
        match self.open(source).await? {
            Opened::Clip => Err(unsupported("this is a clip, and a picture is needed here")),
            Opened::Document(_) => Err(unsupported("this is a file of pages, and no picture")),
            Opened::Foreign(format) => {
                let (raster, profile) = self.foreign(source, format).await?;
                let given = if plans.iter().any(|plan| plan.keep) {
                    Some((source.clone(), self.describe(source, format).await?))
                } else {
                    None
                };
                let (shop, cost) = (self.workshop.clone(), raster.data.len() as u64 * 2);
                let work = move |token: &CancellationToken| {
                    ticket.begin();
                    let changed: Vec<_> = plans.iter().filter(|plan| !plan.keep).cloned().collect();
                    let made = image::process_raster(
                        &raster,
                        profile,
                        format,
                        &changed,
                        &shop.budget,
                        token,
                    )?;
                    Ok(merge(&plans, made, given.as_ref()))
                };
                self.images.run(&cancel, cost, work).await
            }
            Opened::Picture(bytes, header) => {
                let (shop, given, cost) = (self.workshop.clone(), source.clone(), header.cost());
                let work = move |token: &CancellationToken| {
                    ticket.begin();
                    let changed: Vec<_> = plans.iter().filter(|plan| !plan.keep).cloned().collect();
                    let made = image::process_all(&bytes, &header, &changed, &shop.budget, token)?;
                    let given = match plans.iter().any(|plan| plan.keep) {
                        true => Some((given, image::probe(&bytes, &shop.budget)?)),
                        false => None,
                    };
                    Ok(merge(&plans, made, given.as_ref()))
                };
                self.images.run(&cancel, cost, work).await
            }
        }
    }

    /// Makes every clip that the `plans` describe from one decode, in their order.
    ///
    /// # Errors
    /// As [`MediaPipeline::process_video`]; the first plan that cannot be done ends it.
    pub async fn process_videos(
        &self,
        source: &MediaSource,
        plans: &[VideoPlan],
        progress: &Progress,
    ) -> Result<Vec<Processed>, MediaError> {
        let ticket = self.queue.enter(MediaWorkKind::Clip);
        match self.open(source).await? {
            Opened::Clip => {}
            Opened::Picture(_, header) if header.format == ImageFormat::Gif => {}
            _ => return Err(unsupported("this is a picture, and a clip is needed here")),
        }
        clip::process(self, source, plans, progress, ticket).await
    }

    async fn open(&self, source: &MediaSource) -> Result<Opened> {
        let (shop, source) = (self.workshop.clone(), source.clone());
        let work = move |_: &CancellationToken| match classify(&source)? {
            (Kind::Image(format), _) if is_foreign(format) => Ok(Opened::Foreign(format)),
            (Kind::Document(format), bytes) => {
                Ok(Opened::Document(DocumentProbe { format, bytes }))
            }
            (Kind::Image(_), _) => {
                let bytes = read_image(&source, &shop.budget)?;
                let header = image::header(&bytes, &shop.budget)?;
                Ok(Opened::Picture(bytes, header))
            }
            _ => Ok(Opened::Clip),
        };
        self.images.run(&CancellationToken::new(), 0, work).await
    }
}

/// Whether a picture is decoded in a process of its own.
fn is_foreign(format: ImageFormat) -> bool {
    matches!(format, ImageFormat::Heic | ImageFormat::Avif)
}

/// What was made and what is kept as it is, in the order of their plans.
fn merge(
    plans: &[ImagePlan],
    made: Vec<Processed>,
    given: Option<&(MediaSource, ImageProbe)>,
) -> Vec<Processed> {
    let mut made = made.into_iter();
    plans
        .iter()
        .filter_map(|plan| match given {
            Some((content, probe)) if plan.keep => Some(Processed {
                content: content.clone(),
                mime: probe.format.mime().to_owned(),
                probe: MediaProbe::Image(probe.clone()),
                guard: None,
            }),
            _ => made.next(),
        })
        .collect()
}

#[async_trait]
impl MediaPipeline for LocalMedia {
    fn queue(&self) -> Vec<MediaWork> {
        self.queue.show()
    }

    async fn probe(&self, source: &MediaSource) -> Result<MediaProbe, MediaError> {
        match self.open(source).await? {
            Opened::Clip => clip::probe(self, source).await.map(MediaProbe::Video),
            Opened::Document(probe) => Ok(MediaProbe::Document(probe)),
            Opened::Foreign(format) => {
                let probe = self.describe(source, format).await?;
                let (raster, _) = self.foreign(source, format).await?;
                let cost = raster.data.len() as u64;
                let work = move |_: &CancellationToken| image::focus_in(raster);
                let focus = self.images.run(&CancellationToken::new(), cost, work).await?;
                Ok(MediaProbe::Image(ImageProbe { focus, ..probe }))
            }
            Opened::Picture(bytes, header) => {
                let (shop, cancel) = (self.workshop.clone(), CancellationToken::new());
                let work = move |_: &CancellationToken| {
                    image::probe_with_focus(&bytes, &shop.budget).map(MediaProbe::Image)
                };
                self.images.run(&cancel, header.cost() / 4, work).await
            }
        }
    }

    async fn process_image(
        &self,
        source: &MediaSource,
        plan: &ImagePlan,
    ) -> Result<Processed, MediaError> {
        let mut done = self.process_images(source, std::slice::from_ref(plan)).await?;
        done.pop().ok_or_else(|| codec("the picture was not made"))
    }

    async fn process_video(
        &self,
        source: &MediaSource,
        plan: &VideoPlan,
        progress: &Progress,
    ) -> Result<Processed, MediaError> {
        let mut done = self.process_videos(source, std::slice::from_ref(plan), progress).await?;
        done.pop().ok_or_else(|| codec("the clip was not made"))
    }

    async fn generate_thumbnail(
        &self,
        source: &MediaSource,
        at: ThumbnailAt,
        max_width: u32,
    ) -> Result<Processed, MediaError> {
        let (max_width, cancel) = (max_width.max(1), CancellationToken::new());
        let shop = self.workshop.clone();
        match self.open(source).await? {
            Opened::Clip => clip::still(self, source, at, max_width).await,
            Opened::Document(_) => Err(unsupported("a file of pages has no still picture")),
            Opened::Foreign(format) => {
                let (raster, profile) = self.foreign(source, format).await?;
                let cost = raster.data.len() as u64 * 2;
                let work = move |token: &CancellationToken| {
                    image::thumbnail_of(&raster, profile, format, max_width, &shop.budget, token)
                };
                self.images.run(&cancel, cost, work).await
            }
            Opened::Picture(bytes, header) => {
                let cost = header.cost();
                let work = move |token: &CancellationToken| {
                    image::thumbnail(&bytes, &header, max_width, &shop.budget, token)
                };
                self.images.run(&cancel, cost, work).await
            }
        }
    }
}
