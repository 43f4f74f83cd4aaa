//! Reading the numbers of posts as they grow older: often at first, then seldom, and those of one
//! account together where its network tells of several at once.

use std::time::Duration;

use super::Analytics;
use super::roll_up::roll_up_soon;
use crate::Timestamp;
use crate::domain::{
    Account, Delivery, DeliveryId, Measured, Metrics, Snapshot, WorkspaceId, Zone,
};
use crate::engine::quota::Quotas;
use crate::engine::{Error, Tokens};
use crate::ports::{PlatformApi, TokenManager as _, UnitOfWork};

/// For how long posts that are read along with another are left alone by all others.
const HELD: Duration = Duration::from_secs(5 * 60);

/// From this age on the numbers of a network that tells of several posts at once are read at full
/// hours, so that they are read together.
const TOGETHER: Duration = Duration::from_secs(6 * 3600);

const HOUR: i64 = 3600;

impl Analytics {
    /// Reads the numbers of a delivery where that is due, and of others of its account along with
    /// it. When to come again, if ever.
    pub(in crate::engine) async fn collect_due(
        &self,
        ws: WorkspaceId,
        id: DeliveryId,
    ) -> Result<Option<Timestamp>, Error> {
        let now = self.0.clock.now();
        let Some((measured, account)) = self.due(ws, id).await? else { return Ok(None) };
        // It may have been read along with another.
        let Some(due) = measured.next_at else { return Ok(None) };
        if due > now {
            return Ok(Some(due));
        }
        let api = self.0.platforms.get(&measured.platform)?;
        if !api.capabilities().analytics || measured.remote_id.is_none() {
            self.read_next(ws, [(id, None)]).await?;
            return Ok(None);
        }
        let quotas = Quotas::of(&self.0, api.platform(), measured.account_id);
        if let Some(until) = quotas.take_to_read(api.analytics_calls(&account)).await? {
            return Ok(Some(until));
        }
        let most = api.analytics_batch(&account);
        let next = self.age_after(&measured, most > 1, now);
        let batch = self.batch(measured, most, now).await?;
        let read = self.read(ws, &**api, &batch).await;
        match read {
            Ok(numbers) => {
                let mut unit = self.0.store.begin().await?;
                for (measured, metrics) in batch.iter().zip(numbers) {
                    unit.analytics().put(&snapshot(measured, now, metrics)).await?;
                    let next = self.age_after(measured, most > 1, now);
                    unit.analytics().read_next(ws, measured.delivery_id, next).await?;
                }
                roll_up_soon(&self.0, &mut *unit, ws).await?;
                unit.commit().await?;
                return Ok(next);
            }
            Err(Error::NeedsReauth { .. }) => {}
            Err(Error::Platform(error)) => {
                if let Some(until) = quotas.refused_to_tell(&error).await? {
                    return Ok(Some(until));
                }
                // A number that cannot be had now is had at the next age, or never: a post is
                // published all the same.
                tracing::warn!(delivery = %id, %error, "the numbers could not be read");
            }
            Err(error) => return Err(error),
        }
        // Of the others nobody knows whether they are what was refused: each is read by its own job.
        self.read_next(ws, [(id, next)]).await?;
        Ok(next)
    }

    /// A delivery that is measured from now on, and its account, where it still is there.
    async fn due(
        &self,
        ws: WorkspaceId,
        id: DeliveryId,
    ) -> Result<Option<(Measured, Account)>, Error> {
        let mut unit = self.0.store.begin().await?;
        let Some(delivery) = unit.deliveries().get(ws, id).await? else { return Ok(None) };
        let Some(account) = unit.accounts().get(ws, delivery.account_id).await? else {
            return Ok(None);
        };
        let Some(measured) = self.begin(&mut *unit, &delivery).await? else { return Ok(None) };
        unit.commit().await?;
        Ok(account.disconnected_at.is_none().then_some((measured, account)))
    }

    /// Begins to measure a delivery, unless that was begun; none where it is not published.
    pub(super) async fn begin(
        &self,
        unit: &mut dyn UnitOfWork,
        delivery: &Delivery,
    ) -> Result<Option<Measured>, Error> {
        let ws = delivery.workspace_id;
        if let Some(measured) = unit.analytics().measured(ws, delivery.id).await? {
            return Ok(Some(measured));
        }
        let post = unit.posts().get(ws, delivery.post_id).await?;
        let campaign = post.as_ref().and_then(|post| post.campaign.as_deref());
        let plan = unit.slots().get(ws, delivery.account_id).await?;
        let zone = plan.map_or(Zone::UTC, |plan| plan.zone);
        let Some(mut measured) = Measured::of(delivery, campaign, zone) else { return Ok(None) };
        measured.next_at = Some(self.0.clock.now());
        unit.analytics().measure(&measured).await?;
        roll_up_soon(&self.0, unit, ws).await?;
        Ok(Some(measured))
    }

    /// Keeps the numbers of a delivery as they are now.
    pub(super) async fn keep(
        &self,
        unit: &mut dyn UnitOfWork,
        delivery: &Delivery,
        metrics: Metrics,
    ) -> Result<(), Error> {
        let snapshot = Snapshot {
            workspace_id: delivery.workspace_id,
            delivery_id: delivery.id,
            account_id: delivery.account_id,
            taken_at: self.0.clock.now(),
            metrics,
        };
        unit.analytics().put(&snapshot).await?;
        roll_up_soon(&self.0, unit, delivery.workspace_id).await
    }

    /// A delivery and those of its account that are due too, at most `most`, which nobody else reads
    /// meanwhile.
    async fn batch(
        &self,
        first: Measured,
        most: usize,
        now: Timestamp,
    ) -> Result<Vec<Measured>, Error> {
        let mut batch = vec![first];
        if most < 2 {
            return Ok(batch);
        }
        let (ws, account, id) = (batch[0].workspace_id, batch[0].account_id, batch[0].delivery_id);
        let mut unit = self.0.store.begin().await?;
        let limit = u32::try_from(most).unwrap_or(u32::MAX);
        let due = unit.analytics().due(ws, account, now, limit).await?;
        let others = due.into_iter().filter(|it| it.delivery_id != id && it.remote_id.is_some());
        batch.extend(others.take(most - 1));
        for other in &batch[1..] {
            unit.analytics().read_next(ws, other.delivery_id, Some(now + HELD)).await?;
        }
        unit.commit().await?;
        Ok(batch)
    }

    async fn read(
        &self,
        ws: WorkspaceId,
        api: &dyn PlatformApi,
        batch: &[Measured],
    ) -> Result<Vec<Metrics>, Error> {
        let Some(first) = batch.first() else { return Ok(Vec::new()) };
        let auth = Tokens::new(self.0.clone()).account_auth(ws, first.account_id).await?;
        let ids: Vec<&str> = batch.iter().filter_map(|it| it.remote_id.as_deref()).collect();
        Ok(match ids.as_slice() {
            [only] => vec![api.post_analytics(&auth, only).await?],
            several => api.posts_analytics(&auth, several).await?,
        })
    }

    async fn read_next(
        &self,
        ws: WorkspaceId,
        next: impl IntoIterator<Item = (DeliveryId, Option<Timestamp>)> + Send,
    ) -> Result<(), Error> {
        let mut unit = self.0.store.begin().await?;
        let next: Vec<_> = next.into_iter().collect();
        for (id, next) in next {
            unit.analytics().read_next(ws, id, next).await?;
        }
        Ok(unit.commit().await?)
    }

    /// When the numbers of a delivery are to be read after `now`, if ever again.
    fn age_after(&self, measured: &Measured, together: bool, now: Timestamp) -> Option<Timestamp> {
        let at = measured.published_at;
        let mut ages = self.0.config.analytics_ages.iter().map(|age| (*age, at + *age));
        let (age, next) = ages.find(|(_, time)| *time > now)?;
        Some(if together && age >= TOGETHER { full_hour(next) } else { next })
    }
}

/// The first full hour that is not before `at`.
fn full_hour(at: Timestamp) -> Timestamp {
    let hour = Timestamp::from_secs(at.as_secs().div_euclid(HOUR) * HOUR);
    if hour < at { hour + Duration::from_secs(3600) } else { hour }
}

fn snapshot(measured: &Measured, now: Timestamp, metrics: Metrics) -> Snapshot {
    Snapshot {
        workspace_id: measured.workspace_id,
        delivery_id: measured.delivery_id,
        account_id: measured.account_id,
        taken_at: now,
        metrics,
    }
}
