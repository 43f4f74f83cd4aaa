//! One process of the worker, as the pipeline sees it.

use std::path::Path;
use std::process::Stdio;

use social_core::ports::{MediaError, Progress};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::find::Missing;
use super::order::{Answer, Order};
use super::wire::{FromWorker, PROTOCOL, ToWorker, frame, unframe};
use crate::errors::{codec, corrupt, io};

/// What it is told at its start, as arguments.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) memory: u64,
    pub(super) file_bytes: u64,
}

/// A running process. Dropping it kills it.
#[derive(Debug)]
pub(super) struct Worker {
    child: Child,
    to: ChildStdin,
    from: ChildStdout,
    pending: Vec<u8>,
    pub(super) orders: u32,
    pub(super) bytes: u64,
}

/// Why a worker cannot be asked again: what it says makes no sense, or it says nothing any more.
#[derive(Debug)]
pub(super) struct Lost;

impl Worker {
    /// Starts one that can read `input` and write `output`, and waits until it is ready.
    pub(super) async fn start(
        program: &Path,
        folders: (&Path, &Path),
        bounds: Bounds,
    ) -> Result<Self, MediaError> {
        let mut child = Command::new(program)
            .arg(folders.0)
            .arg(folders.1)
            .arg(bounds.memory.to_string())
            .arg(bounds.file_bytes.to_string())
            // Nothing of what this process knows is for a decoder of strangers' files.
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => {
                    let missing = Missing(program.to_path_buf());
                    crate::errors::unsupported(missing.to_string()).because(missing)
                }
                _ => io(&format!("{} cannot be started", program.display()), error),
            })?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(codec("the media worker has no standard input or output"));
        };
        let mut worker = Self { child, to, from, pending: Vec::new(), orders: 0, bytes: 0 };
        match worker.hear().await {
            Ok(FromWorker::Ready { protocol: PROTOCOL, open }) => {
                if !open.is_empty() {
                    tracing::debug!(?open, "the media worker could not shut itself off from all");
                }
                Ok(worker)
            }
            Ok(FromWorker::Ready { protocol, .. }) => Err(codec(format!(
                "{} is of another release (it speaks {protocol}, and {PROTOCOL} is needed): build \
                 both from the same source",
                program.display()
            ))),
            Ok(_) | Err(Lost) => Err(codec(format!(
                "{} does not start: run it by hand to see why",
                program.display()
            ))),
        }
    }

    /// The process, while it runs.
    pub(super) fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Has an order done. The outer error means that the worker is lost.
    pub(super) async fn ask(
        &mut self,
        order: Order,
        progress: &Progress,
    ) -> Result<Result<Answer, MediaError>, Lost> {
        self.orders += 1;
        self.bytes += std::fs::metadata(&order.input).map_or(0, |facts| facts.len());
        let order = frame(&ToWorker::Work(Box::new(order))).map_err(|_| Lost)?;
        self.to.write_all(&order).await.map_err(|_| Lost)?;
        loop {
            match self.hear().await? {
                FromWorker::Progress(done) => progress.at(done),
                FromWorker::Done(answer) => return Ok(Ok(answer)),
                FromWorker::Failed { kind, detail } => {
                    return Ok(Err(MediaError::new(kind, detail)));
                }
                FromWorker::Ready { .. } => return Err(Lost),
            }
        }
    }

    async fn hear(&mut self) -> Result<FromWorker, Lost> {
        loop {
            if let Some((message, length)) = unframe(&self.pending).map_err(|_| Lost)? {
                self.pending.drain(..length);
                return Ok(message);
            }
            if self.from.read_buf(&mut self.pending).await.map_err(|_| Lost)? == 0 {
                return Err(Lost);
            }
        }
    }

    /// Ends it and says what became of it.
    pub(super) async fn post_mortem(mut self) -> MediaError {
        // It may be alive and talk nonsense.
        let _ = self.child.start_kill();
        let ended = self.child.wait().await;
        let how = ended.map_or_else(|error| error.to_string(), |status| status.to_string());
        corrupt(format!(
            "the decoder ended while it read this file ({how}): the file is damaged, or made to do \
             harm; export it again"
        ))
    }
}
