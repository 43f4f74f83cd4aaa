//! Decoders written in C: what they are asked, and who answers.
//!
//! A clip, or a picture of a kind that needs such a decoder, is never opened by the process that
//! serves people. It becomes an [`Order`] for a [`Native`]: usually [`Workers`], which hands it to
//! a process of `social-media-worker`; an app that prefers to run the decoders itself gives the
//! pipeline another one.

mod find;
mod order;
mod wire;
mod worker;
mod workers;

use std::fmt::Debug;

use async_trait::async_trait;
use social_core::ports::{MediaError, Progress};

pub use find::{Missing, PROGRAM, program};
pub use order::{Answer, Facts, Made, Order, Pixels, Task};
pub use wire::{FromWorker, MOST, PROTOCOL, ToWorker, frame, unframe};
pub(crate) use workers::folders;
pub use workers::{Workers, WorkersBuilder};

/// Whoever runs decoders written in C.
///
/// Contract: an order that is cancelled, or whose future is dropped, stops at once and touches none
/// of its files after that. Files it is to write exist before and are the caller's to remove. A
/// decoder that crashes is an error of that one order.
#[async_trait]
pub trait Native: Debug + Send + Sync + 'static {
    /// Does what is ordered. [`Progress::at`] is told the part done, where that takes long.
    async fn run(&self, order: Order, progress: &Progress) -> Result<Answer, MediaError>;
}
