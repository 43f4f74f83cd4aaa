//! What follows publishing: the address people see it at, and the numbers.
//!
//! Numbers are read as a post grows older ([`collect`]), each reading is kept, and all are rolled up
//! by day ([`roll_up`]); reports are made from the roll-up alone ([`report`]).

mod collect;
mod report;
mod roll_up;

pub use report::{Report, ReportRequest};
pub(super) use roll_up::roll_up_stale;

use super::quota::Quotas;
use super::{Error, Missing, Ports, Tokens};
use crate::domain::{
    AccountId, Delivery, DeliveryId, EventId, Happened, Metrics, OutboxEvent, Snapshot, TimeSpan,
    WorkspaceId,
};
use crate::error::{ErrorKind, PlatformError, Retry};
use crate::ports::TokenManager as _;

/// Reads the numbers of published deliveries and of accounts.
#[derive(Debug, Clone)]
pub struct Analytics(Ports);

impl Analytics {
    /// Analytics over `ports`.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self(ports)
    }

    /// Reads the numbers of a delivery now, and keeps them.
    ///
    /// # Errors
    /// Where it is not published or its id is unknown, and of the network.
    pub async fn collect(&self, ws: WorkspaceId, id: DeliveryId) -> Result<Metrics, Error> {
        let (delivery, remote_id) = self.live(ws, id).await?;
        let api = self.0.platforms.get(&delivery.platform)?;
        let auth = Tokens::new(self.0.clone()).account_auth(ws, delivery.account_id).await?;
        let metrics = api.post_analytics(&auth, &remote_id).await?;
        let mut unit = self.0.store.begin().await?;
        self.begin(&mut *unit, &delivery).await?;
        self.keep(&mut *unit, &delivery, metrics.clone()).await?;
        unit.commit().await?;
        Ok(metrics)
    }

    /// The numbers of an account over a time, asked of its network now: it keeps them, and answers
    /// for any time. Takes part of what publishing leaves of the network's quotas.
    ///
    /// # Errors
    /// Where there is no such account, it needs a person, or the network gives none; `RateLimited`
    /// with the time to wait where what is left of a quota is publishing's.
    pub async fn of_account(
        &self,
        ws: WorkspaceId,
        id: AccountId,
        span: TimeSpan,
    ) -> Result<Metrics, Error> {
        let account = {
            let mut unit = self.0.store.read().await?;
            unit.accounts().get(ws, id).await?
        };
        let account = account.filter(|account| account.disconnected_at.is_none());
        let account = account.ok_or(Error::NotFound(Missing::Account(id)))?;
        let api = self.0.platforms.get(&account.platform)?;
        let quotas = Quotas::of(&self.0, &account.platform, id);
        if let Some(until) = quotas.take_to_read(api.analytics_calls(&account)).await? {
            let wait = until.since(self.0.clock.now());
            let kind = ErrorKind::RateLimited;
            let detail = "what is left of its quota is kept for publishing";
            let error = PlatformError::new(account.platform, kind, detail);
            return Err(error.retry(Retry::After(wait)).into());
        }
        let auth = Tokens::new(self.0.clone()).account_auth(ws, id).await?;
        let read = api.account_analytics(&auth, span).await;
        if let Err(error) = &read {
            quotas.refused_to_tell(error).await?;
        }
        Ok(read?)
    }

    /// The numbers that were read of a delivery, oldest first.
    ///
    /// # Errors
    /// Of the store.
    pub async fn history(&self, ws: WorkspaceId, id: DeliveryId) -> Result<Vec<Snapshot>, Error> {
        let mut unit = self.0.store.begin().await?;
        Ok(unit.analytics().of_delivery(ws, id).await?)
    }

    /// Asks where people see a delivery, and keeps the answer. Whether the network knows by now.
    ///
    /// # Errors
    /// Where it is not published or its id is unknown, and of the network.
    pub async fn find_permalink(&self, ws: WorkspaceId, id: DeliveryId) -> Result<bool, Error> {
        let (delivery, remote_id) = self.live(ws, id).await?;
        let api = self.0.platforms.get(&delivery.platform)?;
        let auth = Tokens::new(self.0.clone()).account_auth(ws, delivery.account_id).await?;
        let Some(permalink) = api.permalink(&auth, &remote_id).await? else { return Ok(false) };
        let mut unit = self.0.store.begin().await?;
        // Read again: what was read before the network answered may have changed.
        if let Some(mut delivery) = unit.deliveries().get(ws, id).await?
            && let Some(published) = &mut delivery.published
        {
            let new = published.permalink.is_none();
            published.permalink = Some(permalink.clone());
            unit.deliveries().update(&mut delivery).await?;
            if new {
                let now = self.0.clock.now();
                let event = OutboxEvent {
                    id: EventId::from_uuid(self.0.ids.uuid(now)),
                    workspace_id: ws,
                    at: now,
                    what: Happened::LinkFound {
                        delivery: id,
                        post: delivery.post_id,
                        account: delivery.account_id,
                        platform: delivery.platform,
                        permalink,
                    },
                };
                unit.outbox().append(&event).await?;
            }
            unit.commit().await?;
        }
        Ok(true)
    }

    async fn live(&self, ws: WorkspaceId, id: DeliveryId) -> Result<(Delivery, String), Error> {
        let mut unit = self.0.store.begin().await?;
        let found = unit.deliveries().get(ws, id).await?;
        let delivery = found.ok_or_else(|| Error::NotFound(Missing::Delivery(id)))?;
        let remote_id = delivery.published.as_ref().and_then(|p| p.remote_id.clone());
        match remote_id {
            Some(remote_id) => Ok((delivery, remote_id)),
            None => Err(Error::Refused(format!(
                "delivery {id} is {:?}, and no id of it at the network is known",
                delivery.status
            ))),
        }
    }
}
