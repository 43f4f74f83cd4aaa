//! Doing what is ordered.

use std::path::Path;

use social_core::ports::{MediaError, Progress};
use social_media::errors::io;
use social_media::native::{Answer, Order, Task};
use tokio_util::sync::CancellationToken;

use crate::heif;
use crate::video::{self, Job};

/// Does what `order` says on this thread, until `token` fires.
pub(crate) fn work(
    order: &Order,
    progress: &Progress,
    token: &CancellationToken,
) -> Result<Answer, MediaError> {
    let Order { input, budget, threads, task } = order;
    let job = Job { budget, threads: *threads, token, progress };
    match task {
        Task::Probe => video::probe(job, input).map(Answer::Clip),
        Task::Clips(plans) => video::process(job, input, plans).map(Answer::Clips),
        Task::Still { at, max_width, to } => {
            let (pixels, rows) = video::still(job, input, *at, *max_width)?;
            write(to, &rows)?;
            Ok(Answer::Pixels(pixels))
        }
        Task::Describe => heif::describe(input, budget).map(Answer::Picture),
        Task::Decode { to } => {
            let (pixels, rows) = heif::decode(input, budget)?;
            write(to, &rows)?;
            Ok(Answer::Pixels(pixels))
        }
    }
}

fn write(to: &Path, rows: &[u8]) -> Result<(), MediaError> {
    std::fs::write(to, rows).map_err(|error| io("the decoded picture cannot be written", error))
}
