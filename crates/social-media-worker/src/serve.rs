//! The worker's life: shut in, say ready, do one order after another until nobody is there.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use social_core::ports::Progress;
use social_media::native::{FromWorker, PROTOCOL, ToWorker, frame, unframe};
use tokio_util::sync::CancellationToken;

use crate::sandbox;
use crate::work::work;

/// What it is told at its start.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    /// The folder that it may read.
    pub(crate) from: PathBuf,
    /// The folder that it may also write.
    pub(crate) to: PathBuf,
    /// The most bytes of memory.
    pub(crate) memory: u64,
    /// The most bytes of a file it writes.
    pub(crate) file_bytes: u64,
}

impl Bounds {
    fn read() -> Option<Self> {
        let mut words = std::env::args_os().skip(1);
        let (from, to) = (words.next()?.into(), words.next()?.into());
        let mut number = || words.next()?.to_str()?.parse().ok();
        let (memory, file_bytes) = (number()?, number()?);
        Some(Self { from, to, memory, file_bytes })
    }
}

/// How often progress is told, so that it costs nothing.
const TOLD_EVERY: Duration = Duration::from_millis(50);

/// Serves orders until standard input ends.
#[must_use]
#[allow(clippy::print_stderr, reason = "a person has started it by hand")]
pub fn serve() -> ExitCode {
    let Some(bounds) = Bounds::read() else {
        eprintln!("social-media-worker is started by the media pipeline, not by hand");
        return ExitCode::from(2);
    };
    let open = sandbox::shut_in(&bounds);
    if say(&FromWorker::Ready { protocol: PROTOCOL, open }).is_none() {
        return ExitCode::FAILURE;
    }
    let mut pending = Vec::new();
    let mut chunk = vec![0; 16 << 10];
    loop {
        match unframe::<ToWorker>(&pending) {
            Ok(Some((ToWorker::Work(order), length))) => {
                pending.drain(..length);
                let last = Mutex::new(None::<Instant>);
                let progress = Progress::new(move |done| {
                    let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
                    if last.is_none_or(|last| last.elapsed() >= TOLD_EVERY) {
                        *last = Some(Instant::now());
                        // Nobody is there any more: nothing is worth going on.
                        if say(&FromWorker::Progress(done)).is_none() {
                            std::process::exit(1);
                        }
                    }
                });
                let answer = match work(&order, &progress, &CancellationToken::new()) {
                    Ok(answer) => FromWorker::Done(answer),
                    Err(error) => FromWorker::Failed { kind: error.kind, detail: error.detail },
                };
                if say(&answer).is_none() {
                    return ExitCode::FAILURE;
                }
            }
            Ok(None) => match std::io::stdin().read(&mut chunk) {
                Ok(0) => return ExitCode::SUCCESS,
                Ok(length) => pending.extend_from_slice(&chunk[..length]),
                Err(_) => return ExitCode::FAILURE,
            },
            Err(_) => return ExitCode::FAILURE,
        }
    }
}

/// `None` where nobody listens.
fn say(message: &FromWorker) -> Option<()> {
    let bytes = frame(message).ok()?;
    let mut out = std::io::stdout().lock();
    out.write_all(&bytes).ok()?;
    out.flush().ok()
}
