//! The first comment: said once the post is visible, at most once, and never a way back into
//! publishing.
//!
//! The same fence as around a post, in small: a row `sending` is committed before the request
//! leaves. Whoever finds one without an answer looks whether the comment is there; where nobody can
//! tell, it is not said again.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::hold::Hold;
use super::publish::is_definite;
use super::{Error, Ports, Tokens};
use crate::Timestamp;
use crate::domain::{
    Attempt, AttemptId, AttemptState, Delivery, DeliveryStatus, EventId, Happened, JobTask,
    LeasedJob, OutboxEvent, RequestTrace,
};
use crate::error::{ErrorKind, PlatformError, Retry};
use crate::flow::Effect;
use crate::ports::{Gate, TokenManager as _};
use crate::rules::options::PostOptions;

/// What a comment's rows in the journal are called.
pub(super) const OPERATION: &str = "first_comment";

/// How long to wait before looking for a comment whose answer was lost.
const LOOK_AFTER: Duration = Duration::from_secs(60);

/// How often it is tried that surely had no effect.
const TRIES: usize = 8;

/// Says the first comment of a published delivery. Returns when to come again, if ever.
///
/// # Errors
/// Of the store; the job is then tried again.
pub(super) async fn first_comment(
    ports: &Ports,
    job: &LeasedJob,
    hold: &Hold,
) -> Result<Option<Timestamp>, Error> {
    let JobTask::Comment { delivery } = job.task else { return Ok(None) };
    let ws = job.workspace_id;
    let (delivery, attempts) = {
        let mut unit = ports.store.begin().await?;
        let found = unit.deliveries().get(ws, delivery).await?;
        let Some(found) = found.filter(|it| it.status == DeliveryStatus::Published) else {
            return Ok(None);
        };
        let mut attempts = unit.attempts().of_delivery(ws, delivery).await?;
        attempts.retain(|attempt| attempt.operation == OPERATION);
        (found, attempts)
    };
    let options = PostOptions::read(&delivery.platform, &delivery.options);
    let text = options.ok().and_then(|options| options.first_comment().map(str::to_owned));
    let remote_id = delivery.published.as_ref().and_then(|published| published.remote_id.clone());
    let (Some(text), Some(remote_id)) = (text, remote_id) else { return Ok(None) };
    let tries = attempts.len();
    let said = Saying { ports, job, hold, delivery, text, remote_id, tries };
    let open = |attempt: &&Attempt| {
        matches!(attempt.state, AttemptState::Sending | AttemptState::Ambiguous)
    };
    if attempts
        .iter()
        .any(|attempt| matches!(attempt.state, AttemptState::Accepted | AttemptState::Resolved))
    {
        return Ok(None);
    }
    match attempts.iter().find(open) {
        Some(doubted) => said.look(doubted.clone()).await,
        None => said.send().await,
    }
}

struct Saying<'a> {
    ports: &'a Ports,
    job: &'a LeasedJob,
    hold: &'a Hold,
    delivery: Delivery,
    text: String,
    remote_id: String,
    tries: usize,
}

impl Saying<'_> {
    async fn send(&self) -> Result<Option<Timestamp>, Error> {
        let ports = self.ports;
        let auth = match Tokens::new(ports.clone())
            .account_auth(self.delivery.workspace_id, self.delivery.account_id)
            .await
        {
            Ok(auth) => auth,
            Err(Error::Platform(error)) => return self.refused(&error, self.tries + 1).await,
            Err(Error::NeedsReauth { reason, .. }) => return self.missing(&reason).await,
            Err(Error::NotFound(what)) => return self.missing(&what.to_string()).await,
            Err(error) => return Err(error),
        };
        let api = ports.platforms.get(&self.delivery.platform)?;
        let mut attempt = self.attempt();
        let mut unit = ports.store.begin().await?;
        if unit.jobs().gate(self.job.lease).await? == Gate::Lost {
            return Ok(None);
        }
        unit.attempts().insert(&attempt).await?;
        unit.commit().await?;
        // By now another may have looked and found nothing.
        if !self.hold.is_sure(ports.clock.now()) {
            return Ok(Some(ports.clock.now() + LOOK_AFTER));
        }

        let outcome = api.comment(&auth, &self.remote_id, &self.text).await;
        attempt.ended_at = Some(ports.clock.now());
        match outcome {
            Ok(()) => {
                attempt.state = AttemptState::Accepted;
                self.put(&attempt).await?;
                Ok(None)
            }
            Err(error) if is_definite(&error) => {
                attempt.state = AttemptState::Rejected;
                attempt.failure = Some(error.failure());
                self.put(&attempt).await?;
                self.refused(&error, self.tries + 1).await
            }
            Err(error) => {
                attempt.state = AttemptState::Ambiguous;
                attempt.failure = Some(error.failure());
                self.put(&attempt).await?;
                Ok(Some(ports.clock.now() + LOOK_AFTER))
            }
        }
    }

    /// Whether a comment is there whose answer never came.
    async fn look(&self, mut attempt: Attempt) -> Result<Option<Timestamp>, Error> {
        let (ports, now) = (self.ports, self.ports.clock.now());
        let at = attempt.started_at + LOOK_AFTER;
        if now < at {
            return Ok(Some(at));
        }
        let api = ports.platforms.get(&self.delivery.platform)?;
        let ws = self.delivery.workspace_id;
        let auth = Tokens::new(ports.clone()).account_auth(ws, self.delivery.account_id).await;
        let found = match auth {
            Ok(auth) => api.has_comment(&auth, &self.remote_id, &self.text).await,
            Err(Error::Platform(error)) => Err(error),
            Err(Error::NeedsReauth { .. } | Error::NotFound(_)) => Ok(None),
            Err(error) => return Err(error),
        };
        match found {
            Ok(Some(true)) => {
                attempt.state = AttemptState::Resolved;
                self.put(&attempt).await?;
                Ok(None)
            }
            Ok(Some(false)) => {
                attempt.state = AttemptState::Rejected;
                self.put(&attempt).await?;
                Ok(Some(now))
            }
            Ok(None) => {
                attempt.state = AttemptState::Ambiguous;
                self.put(&attempt).await?;
                self.missing("nobody can tell whether it was taken, so it is not said again").await
            }
            Err(error) if error.retry == Retry::Never => self.missing(&error.to_string()).await,
            Err(error) => self.refused(&error, self.tries).await,
        }
    }

    /// It surely had no effect: again later, or never.
    async fn refused(
        &self,
        error: &PlatformError,
        tries: usize,
    ) -> Result<Option<Timestamp>, Error> {
        let wait = match error.retry {
            Retry::Never if error.kind != ErrorKind::NotReady => None,
            Retry::After(time) if error.kind != ErrorKind::NotReady => Some(time),
            // A fresh post is not known at once: after 5, 10, 20 … seconds it is.
            _ => Some(Duration::from_secs(5 << tries.saturating_sub(1).min(6))),
        };
        match wait {
            Some(time) if tries < TRIES => Ok(Some(self.ports.clock.now() + time)),
            _ => self.missing(&error.to_string()).await,
        }
    }

    /// It is not there and will not be: whoever listens is told.
    async fn missing(&self, reason: &str) -> Result<Option<Timestamp>, Error> {
        let now = self.ports.clock.now();
        let event = OutboxEvent {
            id: EventId::from_uuid(self.ports.ids.uuid(now)),
            workspace_id: self.delivery.workspace_id,
            at: now,
            what: Happened::CommentMissing {
                delivery: self.delivery.id,
                platform: self.delivery.platform.clone(),
                reason: reason.to_owned(),
            },
        };
        let mut unit = self.ports.store.begin().await?;
        unit.outbox().append(&event).await?;
        unit.commit().await?;
        Ok(None)
    }

    async fn put(&self, attempt: &Attempt) -> Result<(), Error> {
        let mut unit = self.ports.store.begin().await?;
        unit.attempts().update(attempt).await?;
        Ok(unit.commit().await?)
    }

    fn attempt(&self) -> Attempt {
        let now = self.ports.clock.now();
        Attempt {
            id: AttemptId::from_uuid(self.ports.ids.uuid(now)),
            workspace_id: self.delivery.workspace_id,
            delivery_id: self.delivery.id,
            operation: OPERATION.to_owned(),
            effect: Effect::Commit,
            state: AttemptState::Sending,
            request: RequestTrace {
                method: "POST".to_owned(),
                address: format!("{}/comments", self.remote_id),
                fingerprint: hex::encode(Sha256::digest(&self.text)),
            },
            status: None,
            failure: None,
            started_at: now,
            ended_at: None,
        }
    }
}
