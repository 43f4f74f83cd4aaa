//! The decoders in the process of the app.

use async_trait::async_trait;
use social_core::ports::{MediaError, Progress};
use social_media::errors::{cancelled, corrupt};
use social_media::native::{Answer, Native, Order};

use crate::work::work;

/// Runs orders on the blocking threads of the app's own process: nothing to install and nothing to
/// start, but no limits either. Cancelling takes effect at the next packet or frame.
#[derive(Debug, Clone, Copy, Default)]
pub struct InProcess;

#[async_trait]
impl Native for InProcess {
    async fn run(&self, order: Order, progress: &Progress) -> Result<Answer, MediaError> {
        let token = progress.cancel.child_token();
        // A caller that stops waiting drops this future, and with it this guard.
        let _stop = token.clone().drop_guard();
        let progress = progress.clone();
        let task = tokio::task::spawn_blocking(move || work(&order, &progress, &token));
        match task.await {
            Ok(done) => done,
            Err(error) if error.is_panic() => {
                let told = "this file breaks the decoder: it is damaged; export it again";
                Err(corrupt(told).because(error))
            }
            Err(_) => Err(cancelled()),
        }
    }
}
