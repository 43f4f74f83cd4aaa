//! The fence around what makes a post visible.

use super::{Run, Turn};
use crate::domain::{AttemptState, DeliveryEvent};
use crate::engine::Error;
use crate::error::{ErrorKind, PlatformError, Retry};
use crate::flow::{Call, Content, Step};
use crate::ports::{AccountAuth, Gate};

impl Run<'_> {
    /// Sends what makes the delivery visible, exactly once.
    ///
    /// Before it leaves, an attempt `sending` is committed together with the status `publishing`;
    /// the same transaction refuses a delivery that was called off or moved meanwhile and a job
    /// that another worker holds. After the answer, what it means is committed. Whatever happens
    /// between the two leaves `sending` behind, and that is only ever looked up.
    pub(super) async fn commit(
        &mut self,
        call: Call,
        auth: &AccountAuth,
        content: &Content,
    ) -> Result<Turn, Error> {
        self.activity(call.operation);
        let mut attempt = self.attempt(&call);
        let now = self.now();
        let status = match self.delivery.status.apply(DeliveryEvent::Send) {
            Ok(status) => status,
            Err(_) => return Ok(Turn::Stop),
        };
        if !self.hold.is_sure(now) {
            return Ok(Turn::Stop);
        }
        let before = self.delivery.status;
        self.delivery.status = status;
        let is_first = self.delivery.sent_at.is_none();
        self.delivery.sent_at.get_or_insert(now);
        let mut unit = self.ports.store.begin().await?;
        if unit.jobs().gate(self.job.lease).await? == Gate::Lost {
            return Ok(Turn::Stop);
        }
        if let Some(over) = self.over.take() {
            unit.attempts().insert(&over).await?;
        }
        unit.deliveries().update(&mut self.delivery).await?;
        unit.attempts().insert(&attempt).await?;
        unit.commit().await?;
        self.status_changed(before);
        // Nothing may come between this and the request: who takes the job over from here on finds
        // an attempt that was sent, and looks; once it has found nothing, it sends.
        if !self.hold.is_sure(self.now()) {
            tracing::warn!("the fence took as long as the lease; nothing is sent");
            return Ok(Turn::Stop);
        }

        let outcome = self.ask(call, auth, content, &mut attempt).await;
        match outcome {
            Ok(next) => {
                attempt.state = AttemptState::Accepted;
                self.set_state(next);
                self.delivery.failures = 0;
                self.delivery.failure = None;
                // Where none left before, none can be in doubt.
                let doubted = if is_first { Vec::new() } else { self.unsettled().await? };
                // Where the answer says all, the outcome is written in the same transaction.
                let cx = self.context(auth, content);
                let step = self.state().map(|state| self.api.next(&cx, state));
                match step {
                    Some(Ok(Step::Done(published))) => {
                        self.published_with(published, doubted, Some(&attempt)).await
                    }
                    _ => self.settle_doubt(doubted, Some(&attempt), self.delivery.status).await,
                }
            }
            Err(error) if is_definite(&error) => {
                attempt.state = AttemptState::Rejected;
                attempt.failure = Some(error.failure());
                if self.note(&attempt).await? == Turn::Stop {
                    return Ok(Turn::Stop);
                }
                // A no to a repetition says nothing of the Commit that was repeated.
                if self.unsettled().await?.is_empty() {
                    self.refused(error).await
                } else {
                    self.delivery.failure = Some(error.failure());
                    self.doubt().await
                }
            }
            Err(error) => {
                attempt.state = AttemptState::Ambiguous;
                attempt.failure = Some(error.failure());
                self.delivery.failure = Some(error.failure());
                if self.note(&attempt).await? == Turn::Stop {
                    return Ok(Turn::Stop);
                }
                self.doubt().await
            }
        }
    }
}

/// Whether an error is a definite no, so that nothing can be visible. A network's table may say
/// that a request had no effect; an answer that is missing, garbled or of a server in trouble
/// says nothing, whatever the table says.
pub(in crate::engine) fn is_definite(error: &PlatformError) -> bool {
    let sure = match error.kind {
        ErrorKind::OutcomeUnknown | ErrorKind::Malformed => false,
        // Only a request that never left is sure to have done nothing at a server in trouble.
        ErrorKind::Unavailable => error.source.as_ref().is_some_and(|source| {
            source
                .downcast_ref::<crate::ports::TransportError>()
                .is_some_and(|error| error.sent == crate::ports::Sent::No)
        }),
        _ => true,
    };
    sure && error.retry != Retry::ReconcileFirst
}
