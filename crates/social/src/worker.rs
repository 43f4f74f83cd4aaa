//! A worker in the background.

use social_core::engine::Worker;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A worker in the background. Dropped, it stops as soon as what it began has ended; call
/// [`RunningWorker::stop`] to wait for that.
#[derive(Debug)]
pub struct RunningWorker {
    shutdown: CancellationToken,
    task: Option<JoinHandle<()>>,
}

impl RunningWorker {
    pub(crate) fn start(worker: Worker) -> Self {
        let shutdown = CancellationToken::new();
        let task = tokio::spawn(worker.run(shutdown.clone()));
        Self { shutdown, task: Some(task) }
    }

    /// Lets what was begun end, and returns then.
    pub async fn stop(mut self) {
        self.shutdown.cancel();
        if let Some(task) = self.task.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the worker ended by a panic");
        }
    }
}

impl Drop for RunningWorker {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}
