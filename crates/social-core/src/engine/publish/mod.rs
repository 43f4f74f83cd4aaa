//! Publishing a delivery: one step after the other, each written down before the next leaves.
//!
//! ```text
//!           render ─► begin ─► steps that nobody sees ─► due time ─► fence ─► Commit
//!                                     ▲                                         │
//!                        absent ──────┘                   definite yes ─► published
//!                           │                             definite no  ─► failed, or later again
//!                       reconcile ◄── no definite answer, or a crash ───────────┘
//!                           └─► found ─► published      never known ─► unconfirmed
//! ```
//!
//! A worker may die anywhere here. What it leaves is a row that says how far it came, and, around
//! a Commit, an attempt that says `sending`: whoever finds that looks first and never sends first.

mod context;
mod doubt;
mod fence;
mod give_up;
mod journal;
mod passed;
mod settle;

use std::sync::Arc;
use std::time::Duration;

pub(super) use fence::is_definite;
pub(super) use give_up::{give_up, settle_given_up};
pub(super) use settle::settled;
use tracing::Instrument as _;

use super::hold::Hold;
use super::quota::Quotas;
use super::render::render;
use super::{Error, Ports, Tokens};
use crate::Timestamp;
use crate::domain::{Attempt, AttemptState, Delivery, DeliveryStatus, FlowRecord, LeasedJob};
use crate::error::{ErrorKind, PlatformError, Retry};
use crate::flow::{Call, Content, Effect, FlowState, Step};
use crate::measure::PlatformRequest;
use crate::ports::{AccountAuth, Activity, PlatformApi, Usage};

/// Brings the delivery of a publish job as far as it can come now.
///
/// # Errors
/// Where the store or the sealer fails; the job is then tried again.
pub(super) async fn publish(
    ports: &Ports,
    job: &LeasedJob,
    hold: &Hold,
    delivery: crate::domain::DeliveryId,
) -> Result<(), Error> {
    let found = {
        let mut unit = ports.store.begin().await?;
        unit.deliveries().get(job.workspace_id, delivery).await?
    };
    let Some(delivery) = found else {
        let mut unit = ports.store.begin().await?;
        unit.jobs().complete(job.lease).await?;
        return Ok(unit.commit().await?);
    };
    if passed::passed_over(ports, job, &delivery).await? {
        return Ok(());
    }
    let api = ports.platforms.get(&delivery.platform)?.clone();
    let span = tracing::info_span!(
        "delivery",
        id = %delivery.id,
        platform = %delivery.platform,
        account = %delivery.account_id,
    );
    let mut run = Run { ports, job, hold, api: &*api, delivery, over: None, auth: None };
    async {
        while run.turn().await? == Turn::Go {}
        Ok::<(), Error>(())
    }
    .instrument(span)
    .await?;
    Ok(())
}

/// Whether there is more to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// There is.
    Go,
    /// The job was settled or given back, or is no longer ours.
    Stop,
}

/// One worker at one delivery.
struct Run<'a> {
    ports: &'a Ports,
    job: &'a LeasedJob,
    hold: &'a Hold,
    api: &'a dyn PlatformApi,
    delivery: Delivery,
    /// A step that is over and that the next write takes along.
    over: Option<Attempt>,
    /// The token that the last step was taken with, and when it was read.
    auth: Option<(Timestamp, Arc<AccountAuth>)>,
}

impl Run<'_> {
    async fn turn(&mut self) -> Result<Turn, Error> {
        match self.delivery.status {
            DeliveryStatus::Scheduled | DeliveryStatus::Publishing => {}
            _ => return self.drop_job().await,
        }
        if let Some(until) = self.quotas().blocked().await? {
            return self.wait_until(until).await;
        }
        if self.delivery.media.is_empty() {
            self.delivery.rendered.get_or_insert_default();
        } else if self.delivery.rendered.is_none() {
            return self.render().await;
        }
        if self.is_in_doubt().await? {
            return self.doubt().await;
        }
        let auth = match self.auth().await {
            Ok(auth) => auth,
            Err(error) => return self.no_token(error).await,
        };
        let content = self.content().await?;
        if let Some(FlowRecord::Reconcile { state: None, publish, looks }) = &self.delivery.flow {
            return self.look(&auth, &content, publish.clone(), *looks).await;
        }
        if self.delivery.flow.is_none() {
            self.quotas().ask(self.api, &auth).await?;
        }
        let cx = self.context(&auth, &content);
        let step = match self.state() {
            Some(state) => self.api.next(&cx, state),
            None => self.api.begin(&cx).and_then(|state| {
                let step = self.api.next(&cx, &state);
                self.delivery.flow = Some(FlowRecord::Publish { state });
                step
            }),
        };
        match step {
            Ok(step) => self.take(step, &auth, &content).await,
            Err(error) => self.refused(error).await,
        }
    }

    async fn take(
        &mut self,
        step: Step,
        auth: &AccountAuth,
        content: &Content,
    ) -> Result<Turn, Error> {
        let reconciling = matches!(self.delivery.flow, Some(FlowRecord::Reconcile { .. }));
        match step {
            Step::Send(call) if call.effect == Effect::Commit && reconciling => {
                self.malformed("looking for a post must not publish one").await
            }
            Step::Send(call) if call.effect == Effect::Commit => {
                if self.now() < self.delivery.due_at {
                    return self.wait_until(self.delivery.due_at).await;
                }
                if let Some(until) = self.quotas().take(call.operation).await? {
                    return self.wait_until(until).await;
                }
                self.commit(*call, auth, content).await
            }
            Step::Send(call) => {
                if let Some(until) = self.quotas().take(call.operation).await? {
                    return self.wait_until(until).await;
                }
                self.send(*call, auth, content).await
            }
            Step::Wait(time) => self.wait_until(self.now() + time).await,
            Step::Done(published) => self.published(published).await,
            Step::Absent(state) if reconciling => self.absent(state).await,
            Step::Repeat(state) if reconciling => self.repeat(state, auth, content).await,
            Step::Unknown if reconciling => self.look_again(None).await,
            Step::Absent(_) | Step::Repeat(_) | Step::Unknown => {
                self.malformed("publishing ended as only looking may").await
            }
        }
    }

    async fn render(&mut self) -> Result<Turn, Error> {
        match render(self.ports, &self.delivery).await {
            Ok(rendered) => {
                self.delivery.rendered = Some(rendered);
                self.save().await
            }
            Err(Error::Platform(error)) => self.refused(error).await,
            Err(Error::Media(error)) => {
                let platform = self.delivery.platform.clone();
                let refused =
                    PlatformError::new(platform, ErrorKind::MediaRejected, error.to_string());
                self.refused(refused).await
            }
            Err(error) => Err(error),
        }
    }

    /// Whether a Commit left, nothing is known of it, and nobody began to look: the trace of a
    /// worker that died.
    async fn is_in_doubt(&self) -> Result<bool, Error> {
        let publishing = self.delivery.status == DeliveryStatus::Publishing
            && matches!(self.delivery.flow, Some(FlowRecord::Publish { .. }));
        Ok(publishing && !self.unsettled().await?.is_empty())
    }

    /// The Commits of which nobody knows whether they had their effect, in the order they left.
    async fn unsettled(&self) -> Result<Vec<Attempt>, Error> {
        let mut attempts = self.out().await?;
        attempts.retain(|attempt| attempt.state != AttemptState::Accepted);
        Ok(attempts)
    }

    /// The Commits that had or may have had their effect, in the order they left.
    async fn out(&self) -> Result<Vec<Attempt>, Error> {
        let mut unit = self.ports.store.begin().await?;
        let (ws, id) = (self.delivery.workspace_id, self.delivery.id);
        let mut attempts = unit.attempts().of_delivery(ws, id).await?;
        attempts.retain(|attempt| {
            attempt.effect == Effect::Commit
                && match attempt.state {
                    AttemptState::Sending | AttemptState::Ambiguous | AttemptState::Accepted => {
                        true
                    }
                    AttemptState::Rejected | AttemptState::Resolved => false,
                }
        });
        Ok(attempts)
    }

    /// The state that the next step follows from.
    fn state(&self) -> Option<&FlowState> {
        match &self.delivery.flow {
            Some(FlowRecord::Publish { state }) => Some(state),
            Some(FlowRecord::Reconcile { state, .. }) => state.as_ref(),
            None => None,
        }
    }

    /// Puts the state that follows in the place of the last one.
    fn set_state(&mut self, next: FlowState) {
        match &mut self.delivery.flow {
            Some(FlowRecord::Publish { state }) => *state = next,
            Some(FlowRecord::Reconcile { state, .. }) => *state = Some(next),
            none => *none = Some(FlowRecord::Publish { state: next }),
        }
    }

    /// No token: the delivery waits, fails, or stays in doubt.
    async fn no_token(&mut self, error: Error) -> Result<Turn, Error> {
        let refused = match error {
            Error::NeedsReauth { platform, reason } => {
                PlatformError::new(platform, ErrorKind::Auth, reason)
                    .action("Connect the account again, then retry the post.")
            }
            Error::NotFound(what) => PlatformError::new(
                self.delivery.platform.clone(),
                ErrorKind::Auth,
                format!("there is no {what}"),
            )
            .action("Connect the account again, then retry the post."),
            Error::Platform(error) => error,
            other => return Err(other),
        };
        self.refused(refused).await
    }

    async fn malformed(&mut self, detail: &str) -> Result<Turn, Error> {
        let platform = self.delivery.platform.clone();
        self.refused(PlatformError::new(platform, ErrorKind::Malformed, detail)).await
    }

    /// A step surely had no effect, or could not be taken at all.
    async fn refused(&mut self, mut error: PlatformError) -> Result<Turn, Error> {
        if error.kind == ErrorKind::Auth {
            let (ws, account) = (self.delivery.workspace_id, self.delivery.account_id);
            if !Tokens::new(self.ports.clone()).lost(ws, account, &error).await? {
                error.kind = ErrorKind::Unavailable;
                error.retry = Retry::Backoff;
            }
        }
        let reconciling = matches!(self.delivery.flow, Some(FlowRecord::Reconcile { .. }));
        let again = match error.retry {
            Retry::Never => None,
            Retry::After(time) => Some(time),
            // Nothing but a Commit does harm when it is done twice, and this was none.
            Retry::Backoff | Retry::ReconcileFirst => {
                let failures = self.delivery.failures + 1;
                Some(self.ports.config.backoff(failures, &*self.ports.ids))
            }
        };
        if error.kind == ErrorKind::RateLimited
            && let Some(time) = again
        {
            let bucket = self.quotas().account();
            self.ports.limiter.block(&bucket, self.now() + time).await?;
        }
        match again {
            // While in doubt a delivery never fails: it may be visible.
            None if reconciling => self.look_again(Some(&error)).await,
            None => self.failed(&error).await,
            // A network that wants to be left alone, or needs time, is no failure of the post.
            Some(time) if matches!(error.kind, ErrorKind::RateLimited | ErrorKind::NotReady) => {
                self.postpone(&error, time, false).await
            }
            Some(time) if self.delivery.failures < self.ports.config.max_failures => {
                self.postpone(&error, time, true).await
            }
            Some(_) if reconciling => self.look_again(Some(&error)).await,
            Some(_) => self.failed(&error).await,
        }
    }

    /// Sends what nobody sees.
    async fn send(
        &mut self,
        call: Call,
        auth: &AccountAuth,
        content: &Content,
    ) -> Result<Turn, Error> {
        // What was is written down before the next request leaves.
        if self.over.is_some() && self.save().await? == Turn::Stop {
            return Ok(Turn::Stop);
        }
        self.activity(call.operation);
        let mut attempt = self.attempt(&call);
        let outcome = self.ask(call, auth, content, &mut attempt).await;
        match outcome {
            Ok(next) => {
                attempt.state = AttemptState::Accepted;
                self.set_state(next);
                self.delivery.failures = 0;
                if attempt.effect == Effect::Prepare && self.commits_next(auth, content) {
                    self.over = Some(attempt);
                    return Ok(Turn::Go);
                }
                self.save_with(Some(&attempt)).await
            }
            Err(error) => {
                attempt.state = AttemptState::Rejected;
                attempt.failure = Some(error.failure());
                if self.note(&attempt).await? == Turn::Stop {
                    return Ok(Turn::Stop);
                }
                self.refused(error).await
            }
        }
    }

    /// Whether the Commit comes next. What was prepared for it is written down with it, or with
    /// the wait for its time: in doubt it is prepared again, and nobody sees that.
    fn commits_next(&self, auth: &AccountAuth, content: &Content) -> bool {
        let next = self.state().map(|state| self.api.next(&self.context(auth, content), state));
        matches!(next, Some(Ok(Step::Send(call))) if call.effect == Effect::Commit)
    }

    /// The request, its answer, and the state that follows.
    async fn ask(
        &self,
        call: Call,
        auth: &AccountAuth,
        content: &Content,
        attempt: &mut Attempt,
    ) -> Result<FlowState, PlatformError> {
        let asked = PlatformRequest::begin(&self.delivery.platform, call.operation);
        let span = tracing::info_span!("step", operation = call.operation, effect = ?call.effect);
        let answer = self.api.transport().send(call.request).instrument(span).await;
        asked.end(answer.as_ref());
        attempt.ended_at = Some(self.now());
        let response = match answer {
            Ok(response) => response,
            Err(error) => {
                let platform = self.delivery.platform.clone();
                let outcome = Err(PlatformError::transport(platform, error));
                self.learn(&[], &outcome).await;
                return outcome;
            }
        };
        attempt.status = Some(response.status().as_u16());
        let empty = FlowState(serde_json::Value::Null);
        let state = self.state().unwrap_or(&empty);
        let outcome = self.api.advance(&self.context(auth, content), state, &response);
        self.learn(&self.api.usage(&response), &outcome).await;
        outcome
    }

    fn quotas(&self) -> Quotas<'_> {
        Quotas::of(self.ports, &self.delivery.platform, self.delivery.account_id)
    }

    /// Learns from an answer. What cannot be noted here must not change what the answer means.
    async fn learn(&self, usages: &[Usage], outcome: &Result<FlowState, PlatformError>) {
        let quotas = self.quotas();
        let mut noted = quotas.learn(usages).await;
        if let Err(error) = outcome {
            noted = noted.and(quotas.failed(error).await);
        }
        if let Err(error) = noted {
            tracing::warn!(%error, "what the network says of its limits could not be noted");
        }
    }

    fn now(&self) -> Timestamp {
        self.ports.clock.now()
    }

    fn activity(&self, operation: &'static str) {
        self.ports.events.emit(&Activity::Step {
            delivery: self.delivery.id,
            platform: self.delivery.platform.clone(),
            operation,
            at: self.now(),
        });
    }

    /// How long to wait before the `looks`-th look: doubling, up to an hour.
    fn look_delay(&self, looks: u32) -> Duration {
        let doubled = self.ports.config.look_after.saturating_mul(1 << looks.min(12));
        doubled.min(Duration::from_secs(3600))
    }
}
