//! The pipeline of this machine.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::available_parallelism;

use async_trait::async_trait;
use social_core::domain::media::{DocumentProbe, ImagePlan, MediaProbe, VideoPlan};
use social_core::ports::{
    MediaError, MediaPipeline, MediaSource, Processed, Progress, ThumbnailAt,
};
use tokio_util::sync::CancellationToken;

use crate::budget::Budget;
use crate::errors::{Result, codec, unsupported};
use crate::pool::Pool;
use crate::sniff::Kind;
use crate::source::{classify, read_image};
use crate::{image, video};

/// Pictures and clips worked on this machine: see the [crate] page.
///
/// Cheap to clone; clones share the bounds on how much runs at once.
#[derive(Debug, Clone)]
pub struct LocalMedia {
    images: Pool,
    videos: Pool,
    workshop: Arc<Workshop>,
}

/// What a piece of work has to know of the pipeline.
#[derive(Debug)]
pub(crate) struct Workshop {
    pub(crate) budget: Budget,
    #[cfg_attr(not(feature = "video"), allow(dead_code))]
    pub(crate) scratch: PathBuf,
    #[cfg_attr(not(feature = "video"), allow(dead_code))]
    pub(crate) threads: usize,
}

/// Sets a [`LocalMedia`] up.
#[derive(Debug, Clone, Default)]
pub struct LocalMediaBuilder {
    scratch: Option<PathBuf>,
    budget: Budget,
    threads: Option<usize>,
}

impl LocalMediaBuilder {
    /// Where clips are written; the system's directory for temporary files unless said.
    #[must_use]
    pub fn scratch_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.scratch = Some(path.into());
        self
    }

    /// How much a file may ask.
    #[must_use]
    pub fn budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// How many pictures are worked at once (at least 1, the number of cores unless said), and
    /// with how many threads a clip is encoded; half as many clips are worked at once.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads.max(1));
        self
    }

    /// The pipeline.
    #[must_use]
    pub fn build(self) -> LocalMedia {
        let cores = || available_parallelism().map_or(1, usize::from);
        let threads = self.threads.unwrap_or_else(cores);
        LocalMedia {
            images: Pool::new(threads),
            videos: Pool::new(threads / 2),
            workshop: Arc::new(Workshop {
                budget: self.budget,
                scratch: self.scratch.unwrap_or_else(std::env::temp_dir),
                threads,
            }),
        }
    }
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
        let cancel = CancellationToken::new();
        let plans = plans.to_vec();
        self.on(&self.images, source, &cancel, move |shop, source, token| {
            pictures(shop, &source, &plans, token)
        })
        .await
    }

    async fn on<T: Send + 'static>(
        &self,
        pool: &Pool,
        source: &MediaSource,
        cancel: &CancellationToken,
        work: impl FnOnce(&Workshop, MediaSource, &CancellationToken) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let workshop = self.workshop.clone();
        let source = source.clone();
        pool.run(cancel, move |token| work(&workshop, source, token)).await
    }
}

#[async_trait]
impl MediaPipeline for LocalMedia {
    async fn probe(&self, source: &MediaSource) -> Result<MediaProbe, MediaError> {
        let cancel = CancellationToken::new();
        self.on(&self.images, source, &cancel, |shop, source, token| probe(shop, &source, token))
            .await
    }

    async fn process_image(
        &self,
        source: &MediaSource,
        plan: &ImagePlan,
    ) -> Result<Processed, MediaError> {
        let cancel = CancellationToken::new();
        let plan = plan.clone();
        let done = self.on(&self.images, source, &cancel, move |shop, source, token| {
            pictures(shop, &source, &[plan], token)
        });
        done.await?.pop().ok_or_else(|| codec("the picture was not made"))
    }

    async fn process_video(
        &self,
        source: &MediaSource,
        plan: &VideoPlan,
        progress: &Progress,
    ) -> Result<Processed, MediaError> {
        let (plan, reporter) = (plan.clone(), progress.clone());
        self.on(&self.videos, source, &progress.cancel, move |shop, source, token| {
            let (Kind::Clip(name), _) = classify(&source)? else {
                return Err(unsupported("this is a picture, and a clip is needed here"));
            };
            video::process(shop, source, name, &plan, &reporter, token)
        })
        .await
    }

    async fn generate_thumbnail(
        &self,
        source: &MediaSource,
        at: ThumbnailAt,
        max_width: u32,
    ) -> Result<Processed, MediaError> {
        let cancel = CancellationToken::new();
        let max_width = max_width.max(1);
        self.on(&self.images, source, &cancel, move |shop, source, token| {
            match classify(&source)?.0 {
                Kind::Clip(name) => video::thumbnail(shop, &source, name, at, max_width, token),
                _ => {
                    let bytes = read_image(&source, &shop.budget)?;
                    image::thumbnail(&bytes, max_width, &shop.budget, token)
                }
            }
        })
        .await
    }
}

/// What the plans say of a picture: most are made from one decode, some keep the file as it is.
fn pictures(
    shop: &Workshop,
    source: &MediaSource,
    plans: &[ImagePlan],
    token: &CancellationToken,
) -> Result<Vec<Processed>> {
    let (Kind::Image(_), _) = classify(source)? else {
        return Err(unsupported("this is a clip, and a picture is needed here"));
    };
    let bytes = read_image(source, &shop.budget)?;
    let changed: Vec<_> = plans.iter().filter(|plan| !plan.keep).cloned().collect();
    let mut made = image::process_all(&bytes, &changed, &shop.budget, token)?.into_iter();
    let mut all = Vec::with_capacity(plans.len());
    for plan in plans {
        if plan.keep {
            let probe = image::probe(&bytes, &shop.budget)?;
            let mime = probe.format.mime().to_owned();
            let (content, probe) = (source.clone(), MediaProbe::Image(probe));
            all.push(Processed { content, mime, probe, guard: None });
        } else {
            all.extend(made.next());
        }
    }
    Ok(all)
}

fn probe(shop: &Workshop, source: &MediaSource, token: &CancellationToken) -> Result<MediaProbe> {
    match classify(source)? {
        (Kind::Clip(name), _) => video::probe(shop, source, name, token).map(MediaProbe::Video),
        (Kind::Document(format), bytes) => {
            Ok(MediaProbe::Document(DocumentProbe { format, bytes }))
        }
        _ => {
            let bytes = read_image(source, &shop.budget)?;
            image::probe(&bytes, &shop.budget).map(MediaProbe::Image)
        }
    }
}
