//! Setting a pipeline up.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::available_parallelism;

use crate::budget::Budget;
use crate::native::{Native, Workers};
use crate::pipeline::{LocalMedia, Workshop};
use crate::pool::Pool;
use crate::queue::Queue;

/// What a clip takes of the memory while it is encoded, at 1080p and with room to spare.
pub(crate) const CLIP: u64 = 700 << 20;

/// Sets a [`LocalMedia`] up.
#[derive(Debug, Clone, Default)]
pub struct LocalMediaBuilder {
    scratch: Option<PathBuf>,
    worker: Option<PathBuf>,
    native: Option<Arc<dyn Native>>,
    budget: Budget,
    threads: Option<usize>,
    clips: Option<usize>,
    memory: Option<u64>,
}

impl LocalMediaBuilder {
    /// Where clips and decoded stills are written; `social-media` in the system's directory for
    /// temporary files unless said. Best on the file system of the media: an input is lent to the
    /// worker by a link then, and not by a copy.
    #[must_use]
    pub fn scratch_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.scratch = Some(path.into());
        self
    }

    /// Where the program `social-media-worker` is; beside the executable that runs unless said.
    #[must_use]
    pub fn worker(mut self, path: impl Into<PathBuf>) -> Self {
        self.worker = Some(path.into());
        self
    }

    /// Runs decoders written in C by this in place of processes of their own.
    #[must_use]
    pub fn native(mut self, native: Arc<dyn Native>) -> Self {
        self.native = Some(native);
        self
    }

    /// How much a file may ask.
    #[must_use]
    pub fn budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// How many pictures are worked at once (at least 1, the number of cores unless said), and
    /// with how many threads a clip is encoded.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads.max(1));
        self
    }

    /// How many clips are worked at once; half as many as there are threads unless said.
    #[must_use]
    pub fn clips(mut self, clips: usize) -> Self {
        self.clips = Some(clips.max(1));
        self
    }

    /// How many bytes the pictures may take together that are decoded at once, and how many the
    /// clips: by estimates of their headers. 512 MiB unless said, and for clips what their number
    /// takes.
    #[must_use]
    pub fn memory(mut self, bytes: u64) -> Self {
        self.memory = Some(bytes);
        self
    }

    /// The pipeline.
    #[must_use]
    pub fn build(self) -> LocalMedia {
        let cores = || available_parallelism().map_or(1, usize::from);
        let threads = self.threads.unwrap_or_else(cores);
        let clips = self.clips.unwrap_or(threads / 2).max(1);
        let scratch = self.scratch.unwrap_or_else(|| std::env::temp_dir().join("social-media"));
        let native = self.native.unwrap_or_else(|| {
            let mut workers = Workers::builder(&scratch);
            if let Some(program) = self.worker {
                workers = workers.program(program);
            }
            Arc::new(workers.idle(clips + 1).build())
        });
        LocalMedia {
            images: Pool::new(threads, self.memory.unwrap_or(512 << 20)),
            videos: Pool::new(clips, self.memory.unwrap_or(clips as u64 * CLIP)),
            queue: Queue::default(),
            native,
            workshop: Arc::new(Workshop { budget: self.budget, scratch, threads }),
        }
    }
}
