//! Processes of the worker, kept warm.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use social_core::ports::{MediaError, Progress};
use tempfile::TempPath;
use tokio_util::sync::CancellationToken;

use super::Native;
use super::find::program;
use super::order::{Answer, Order};
use super::worker::{Bounds, Lost, Worker};
use crate::errors::{Result, cancelled, io};

/// Runs orders in processes of `social-media-worker`, each of which does one at a time.
///
/// A worker that is done waits for the next order; after so many orders or bytes it is replaced, so
/// that what leaks does not add up. Cancelling an order, or dropping its future, kills its worker:
/// nothing that a decoder is busy with can delay that. Cheap to clone; clones share the workers.
#[derive(Debug, Clone)]
pub struct Workers {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    config: WorkersBuilder,
    idle: Mutex<Vec<Worker>>,
    busy: Mutex<Vec<u32>>,
}

/// Sets [`Workers`] up.
#[derive(Debug, Clone)]
pub struct WorkersBuilder {
    program: Option<PathBuf>,
    scratch: PathBuf,
    memory: u64,
    file_bytes: u64,
    orders: u32,
    bytes: u64,
    idle: usize,
}

impl WorkersBuilder {
    /// Where the program is. Default: where SOCIAL_MEDIA_WORKER says, or beside the
    /// executable that runs.
    #[must_use]
    pub fn program(mut self, path: impl Into<PathBuf>) -> Self {
        self.program = Some(path.into());
        self
    }

    /// The most bytes of memory of one worker. Default: 3 GiB of addresses, of which a clip of 1080p
    /// fills about 0.7.
    #[must_use]
    pub fn memory(mut self, bytes: u64) -> Self {
        self.memory = bytes;
        self
    }

    /// After so many orders, or so many bytes read, a worker is replaced. Default: 200 and 8 GiB.
    #[must_use]
    pub fn recycle(mut self, orders: u32, bytes: u64) -> Self {
        (self.orders, self.bytes) = (orders.max(1), bytes);
        self
    }

    /// How many workers wait for orders at most. Default: 2.
    #[must_use]
    pub fn idle(mut self, workers: usize) -> Self {
        self.idle = workers;
        self
    }

    /// The workers; none is started before there is an order.
    #[must_use]
    pub fn build(self) -> Workers {
        let (idle, busy) = (Mutex::default(), Mutex::default());
        Workers { shared: Arc::new(Shared { config: self, idle, busy }) }
    }
}

impl Workers {
    /// Workers that read from the folder `in` and write to the folder `out` in `scratch`, and reach
    /// nothing else where the system lets them shut themselves in. Best on the file system of the
    /// media, so that an input is a link instead of a copy.
    #[must_use]
    pub fn builder(scratch: impl Into<PathBuf>) -> WorkersBuilder {
        WorkersBuilder {
            program: None,
            scratch: scratch.into(),
            memory: 3 << 30,
            file_bytes: 4 << 30,
            orders: 200,
            bytes: 8 << 30,
            idle: 2,
        }
    }

    /// The processes that run, by their numbers.
    #[must_use]
    pub fn processes(&self) -> Vec<u32> {
        let mut all = locked(&self.shared.busy).clone();
        all.extend(locked(&self.shared.idle).iter().filter_map(Worker::id));
        all
    }

    async fn worker(&self) -> Result<Worker> {
        let idle = locked(&self.shared.idle).pop();
        if let Some(worker) = idle {
            return Ok(worker);
        }
        let config = &self.shared.config;
        let (from, to) = folders(&config.scratch)?;
        let program = config.program.clone().unwrap_or_else(program);
        let bounds = Bounds { memory: config.memory, file_bytes: config.file_bytes };
        Worker::start(&program, (&from, &to), bounds).await
    }

    /// Keeps a worker for the next order, unless it has done enough.
    fn back(&self, worker: Worker) {
        let config = &self.shared.config;
        let mut idle = locked(&self.shared.idle);
        let tired = worker.orders >= config.orders || worker.bytes >= config.bytes;
        if !tired && idle.len() < config.idle {
            idle.push(worker);
        }
    }

    async fn attempt(&self, order: Order, progress: &Progress) -> Result<Answer> {
        let worker = self.worker().await?;
        let warm = worker.orders > 0;
        match self.ask(worker, order.clone(), progress).await {
            Ok(answer) => answer,
            // One that waited may have died meanwhile, which is no fault of this file.
            Err(_) if warm => {
                locked(&self.shared.idle).clear();
                match self.ask(self.worker().await?, order, progress).await {
                    Ok(answer) => answer,
                    Err(worker) => Err(worker.post_mortem().await),
                }
            }
            Err(worker) => Err(worker.post_mortem().await),
        }
    }

    /// Gives the worker back where it is lost.
    async fn ask(
        &self,
        mut worker: Worker,
        order: Order,
        progress: &Progress,
    ) -> Result<Result<Answer>, Worker> {
        let _busy = worker.id().map(|id| Busy::note(&self.shared, id));
        match worker.ask(order, progress).await {
            Ok(answer) => {
                self.back(worker);
                Ok(answer)
            }
            Err(Lost) => Err(worker),
        }
    }
}

#[async_trait]
impl Native for Workers {
    async fn run(&self, mut order: Order, progress: &Progress) -> Result<Answer, MediaError> {
        let (shared, input) = (self.shared.clone(), order.input.clone());
        let lent = tokio::task::spawn_blocking(move || lend(&shared.config.scratch, &input));
        let lent = lent.await.map_err(|_| cancelled())??;
        order.input = lent.to_path_buf();
        let cancel: CancellationToken = progress.cancel.clone();
        tokio::select! {
            biased;
            // Dropping the other branch drops the worker, and so kills it.
            () = cancel.cancelled() => Err(cancelled()),
            done = self.attempt(order, progress) => done,
        }
    }
}

/// The number of a process that works, as long as it does.
struct Busy<'a>(&'a Shared, u32);

impl<'a> Busy<'a> {
    fn note(shared: &'a Shared, id: u32) -> Self {
        locked(&shared.busy).push(id);
        Self(shared, id)
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        locked(&self.0.busy).retain(|id| *id != self.1);
    }
}

/// Where workers read and write.
pub(crate) fn folders(scratch: &Path) -> Result<(PathBuf, PathBuf)> {
    let folders = (scratch.join("in"), scratch.join("out"));
    for folder in [&folders.0, &folders.1] {
        std::fs::create_dir_all(folder)
            .map_err(|error| io("the scratch folder cannot be made", error))?;
    }
    Ok(folders)
}

/// The file under a name in the folder that workers can read: by a link where that can be had.
fn lend(scratch: &Path, input: &Path) -> Result<TempPath> {
    let (from, _) = folders(scratch)?;
    let unreadable = |error| io(&format!("{} cannot be opened", input.display()), error);
    let whole = std::fs::canonicalize(input).map_err(unreadable)?;
    let name = tempfile::Builder::new()
        .prefix("social-media-")
        .make_in(&from, |to| std::fs::hard_link(&whole, to));
    match name {
        Ok(linked) => Ok(linked.into_temp_path()),
        Err(_) => {
            let copy = tempfile::Builder::new()
                .prefix("social-media-")
                .tempfile_in(&from)
                .map_err(|error| io("no scratch file can be made", error))?
                .into_temp_path();
            std::fs::copy(&whole, &copy).map_err(unreadable)?;
            Ok(copy)
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
