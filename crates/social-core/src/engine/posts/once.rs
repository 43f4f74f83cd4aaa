//! A request that is done once, however often it is asked.

use std::fmt;
use std::time::Duration;

use super::{PostView, Posts};
use crate::Timestamp;
use crate::domain::{PostId, WorkspaceId};
use crate::engine::{Error, Ports};
use crate::ports::{KeptAnswer, RequestKey, UnitOfWork};

/// At most so many keys are looked at in one go, so that nobody waits for it.
const BATCH: u32 = 200;

/// An idempotency key, and what its caller asks and answers under it.
#[derive(Clone, Copy)]
pub struct Once<'a> {
    /// The key, as far as it is the caller's own.
    pub key: &'a str,
    /// SHA-256 of what was asked, as the caller counts requests as the same.
    pub request: &'a str,
    /// What the caller answers, to be answered again. Called in the transaction that stores the
    /// post.
    pub answer: &'a (dyn Fn(&PostView) -> KeptAnswer + Send + Sync),
}

impl fmt::Debug for Once<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").field("key", &self.key).finish_non_exhaustive()
    }
}

/// What came of asking for a post.
#[derive(Debug, Clone)]
pub enum Asked {
    /// It is stored, as it stood then.
    New(PostView),
    /// It was asked for before, and nothing was done now.
    Before(RequestKey),
}

impl Asked {
    /// Which post.
    #[must_use]
    pub fn post(&self) -> PostId {
        match self {
            Self::New(view) => view.post.id,
            Self::Before(key) => key.post,
        }
    }
}

impl Posts {
    /// What was done under an idempotency key before.
    ///
    /// # Errors
    /// [`Error::KeyReused`] where something else was asked under it, or of the store.
    pub async fn asked_before(
        &self,
        ws: WorkspaceId,
        key: &str,
        request: &str,
    ) -> Result<Option<RequestKey>, Error> {
        let mut unit = self.ports.store.read().await?;
        before(&mut *unit, ws, key, request).await
    }

    /// Puts another answer in the place of the first: of a post for now, the one that told its
    /// end. Nothing where the key is forgotten.
    ///
    /// # Errors
    /// Of the store.
    pub async fn answered(
        &self,
        ws: WorkspaceId,
        key: &str,
        answer: KeptAnswer,
    ) -> Result<(), Error> {
        let mut unit = self.ports.store.begin().await?;
        let Some(kept) = unit.request_keys().get(ws, key).await? else { return Ok(()) };
        unit.request_keys().update(ws, &RequestKey { answer, ..kept }).await?;
        unit.commit().await?;
        Ok(())
    }

    /// Keeps what is answered to a post that is stored in this unit.
    pub(super) async fn keep(
        &self,
        unit: &mut dyn UnitOfWork,
        once: &Once<'_>,
        view: &PostView,
    ) -> Result<(), Error> {
        let at = self.ports.clock.now();
        let key = RequestKey {
            key: once.key.to_owned(),
            request: once.request.to_owned(),
            post: view.post.id,
            at,
            answer: (once.answer)(view),
            settled: false,
            look_at: view.post.due_at.max(at) + self.ports.config.key_ttl,
        };
        Ok(unit.request_keys().insert(view.post.workspace_id, &key).await?)
    }
}

/// What was done under a key, where the same was asked.
pub(super) async fn before(
    unit: &mut dyn UnitOfWork,
    ws: WorkspaceId,
    key: &str,
    request: &str,
) -> Result<Option<RequestKey>, Error> {
    match unit.request_keys().get(ws, key).await? {
        Some(done) if done.request == request => Ok(Some(done)),
        Some(_) => Err(Error::KeyReused(key.to_owned())),
        None => Ok(None),
    }
}

/// Forgets keys whose posts have been settled for long enough: one that is found settled is looked
/// at once more after that time, and goes if it still is. Returns how many went.
///
/// # Errors
/// Of the store.
pub(in crate::engine) async fn forget_keys(ports: &Ports) -> Result<usize, Error> {
    let now = ports.clock.now();
    let mut unit = ports.store.begin().await?;
    let mut gone = 0;
    for (ws, mut key) in unit.request_keys().due(now, BATCH).await? {
        let deliveries = unit.deliveries().of_post(ws, key.post).await?;
        let settled = deliveries.iter().all(|delivery| delivery.status.is_settled());
        if settled && key.settled {
            unit.request_keys().remove(ws, &key.key).await?;
            gone += 1;
            continue;
        }
        key.settled = settled;
        key.look_at = look_again(now, &deliveries.iter().map(|d| d.due_at).collect::<Vec<_>>())
            + ports.config.key_ttl;
        unit.request_keys().update(ws, &key).await?;
    }
    unit.commit().await?;
    Ok(gone)
}

/// A post that was moved is not looked at before its new time.
fn look_again(now: Timestamp, due: &[Timestamp]) -> Timestamp {
    due.iter().copied().fold(now, Timestamp::max).min(now + YEAR)
}

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);
