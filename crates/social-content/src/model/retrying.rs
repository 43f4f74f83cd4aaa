//! The one place that asks a model again.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use social_core::Retry;
use social_core::ports::{Clock, Completion, IdSource, ModelError, OnPiece, Prompt, TextModel};

/// The longest wait that a provider may ask for; a person waits for the answer.
const LONGEST: Duration = Duration::from_secs(20);

/// Asks a model again where that may help: after the time that the provider names, else after a
/// second that doubles, with jitter.
#[derive(Debug, Clone)]
pub struct Retrying {
    model: Arc<dyn TextModel>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    tries: u32,
}

impl Retrying {
    /// Asks `model` up to `tries` times.
    #[must_use]
    pub fn new(
        model: Arc<dyn TextModel>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        tries: u32,
    ) -> Self {
        Self { model, clock, ids, tries: tries.max(1) }
    }
}

#[async_trait]
impl TextModel for Retrying {
    fn name(&self) -> &str {
        self.model.name()
    }

    fn sees(&self) -> bool {
        self.model.sees()
    }

    async fn complete(
        &self,
        prompt: &Prompt,
        on: &mut OnPiece<'_>,
    ) -> Result<Completion, ModelError> {
        let mut tried = 0;
        loop {
            let error = match self.model.complete(prompt, on).await {
                Ok(completion) => return Ok(completion),
                Err(error) => error,
            };
            tried += 1;
            let wait = match error.retry {
                Retry::Never => return Err(error),
                Retry::After(wait) => wait,
                Retry::Backoff | Retry::ReconcileFirst => {
                    let most = Duration::from_secs(1 << tried.min(5)) / 2;
                    let millis = u64::try_from(most.as_millis()).unwrap_or(1000);
                    most / 2 + Duration::from_millis(self.ids.below(millis / 2 + 1))
                }
            };
            if tried >= self.tries || wait > LONGEST {
                return Err(error);
            }
            tracing::debug!(model = self.model.name(), %error, ?wait, "the model is asked again");
            self.clock.sleep_until(self.clock.now() + wait).await;
        }
    }
}
