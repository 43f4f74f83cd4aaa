//! Finding out whether something became visible whose answer never came.

use super::{Run, Turn};
use crate::domain::{AttemptState, DeliveryEvent, DeliveryStatus, FlowRecord};
use crate::engine::Error;
use crate::error::PlatformError;
use crate::flow::{CommitTrace, Content, Effect, FlowState, Step};
use crate::ports::AccountAuth;

impl Run<'_> {
    /// From here on the delivery is only looked up. The first look comes after a while: the
    /// network may still be at it, and an answer that is asked for too soon says nothing.
    pub(super) async fn doubt(&mut self) -> Result<Turn, Error> {
        let publish = match self.delivery.flow.take() {
            Some(FlowRecord::Publish { state }) => state,
            Some(FlowRecord::Reconcile { publish, .. }) => publish,
            None => FlowState(serde_json::Value::Null),
        };
        self.delivery.flow = Some(FlowRecord::Reconcile { state: None, publish, looks: 0 });
        self.delivery.failures = 0;
        self.wait_until(self.now() + self.look_delay(0)).await
    }

    /// Begins a look.
    pub(super) async fn look(
        &mut self,
        auth: &AccountAuth,
        content: &Content,
        publish: FlowState,
        looks: u32,
    ) -> Result<Turn, Error> {
        let unsettled = self.unsettled().await?;
        let now = self.now();
        let trace = CommitTrace {
            first_sent_at: unsettled.first().map_or(now, |attempt| attempt.started_at),
            last_sent_at: unsettled.last().map_or(now, |attempt| attempt.started_at),
            looks,
        };
        match self.api.reconcile(&self.context(auth, content), &publish, &trace) {
            Ok(state) => {
                let state = Some(state);
                self.delivery.flow = Some(FlowRecord::Reconcile { state, publish, looks });
                Ok(Turn::Go)
            }
            Err(error) => self.look_again(Some(&error)).await,
        }
    }

    /// A look ended without an answer: another one later, or a person must look.
    pub(super) async fn look_again(
        &mut self,
        error: Option<&PlatformError>,
    ) -> Result<Turn, Error> {
        if let Some(error) = error {
            self.delivery.failure = Some(error.failure());
        }
        let Some(FlowRecord::Reconcile { state, looks, .. }) = &mut self.delivery.flow else {
            return self.unconfirmed().await;
        };
        *state = None;
        *looks += 1;
        let looks = *looks;
        self.delivery.failures = 0;
        if looks >= self.ports.config.max_looks {
            return self.unconfirmed().await;
        }
        self.wait_until(self.now() + self.look_delay(looks)).await
    }

    /// It is surely not there: what was in doubt is settled, and publishing goes on.
    pub(super) async fn absent(&mut self, state: FlowState) -> Result<Turn, Error> {
        self.delivery.flow = Some(FlowRecord::Publish { state });
        self.delivery.failures = 0;
        let before = self.delivery.status;
        if before == DeliveryStatus::Publishing {
            self.delivery.status = self.apply(DeliveryEvent::Postpone)?;
        }
        let doubted = self.out().await?;
        self.settle_doubt(doubted, None, before).await
    }

    /// The network refuses to show it twice: send the Commit again, at once, so that nothing can
    /// change between this verdict and the request.
    pub(super) async fn repeat(
        &mut self,
        state: FlowState,
        auth: &AccountAuth,
        content: &Content,
    ) -> Result<Turn, Error> {
        match self.api.next(&self.context(auth, content), &state) {
            Ok(Step::Send(call)) if call.effect == Effect::Commit => {
                self.delivery.flow = Some(FlowRecord::Publish { state });
                self.commit(*call, auth, content).await
            }
            Ok(_) => self.malformed("only a Commit can be repeated").await,
            Err(error) => self.look_again(Some(&error)).await,
        }
    }

    /// Marks the Commits that were in doubt as resolved.
    pub(super) fn resolved(attempts: Vec<crate::domain::Attempt>) -> Vec<crate::domain::Attempt> {
        attempts
            .into_iter()
            .map(|attempt| crate::domain::Attempt { state: AttemptState::Resolved, ..attempt })
            .collect()
    }
}
