//! Taking away what is visible.

use super::{Posts, find};
use crate::domain::{Delivery, DeliveryStatus, Platform, PostId, WorkspaceId};
use crate::engine::{Error, Tokens};
use crate::error::{ErrorKind, PlatformError};
use crate::ports::TokenManager as _;

/// What became of one network's copy.
#[derive(Debug)]
pub struct Removal {
    /// The network.
    pub platform: Platform,
    /// Whether it is gone there, and why not.
    pub outcome: Result<(), Error>,
}

impl Posts {
    /// Takes a post away from the networks where it is visible, one after the other. What was
    /// taken away before is left alone, so asking again does what is left. A delivery that is gone
    /// stays published, and says when it was taken away.
    ///
    /// # Errors
    /// Where there is no such post, or of the store. What a network refuses stands in its place in
    /// the list.
    pub async fn remove(&self, ws: WorkspaceId, id: PostId) -> Result<Vec<Removal>, Error> {
        let deliveries = {
            let mut unit = self.ports.store.begin().await?;
            find(&mut *unit, ws, id).await?;
            unit.deliveries().of_post(ws, id).await?
        };
        let visible =
            |d: &&Delivery| d.status == DeliveryStatus::Published && d.removed_at.is_none();
        let mut removals = Vec::new();
        for delivery in deliveries.iter().filter(visible) {
            let outcome = self.remove_one(delivery).await;
            if outcome.is_ok() {
                let mut unit = self.ports.store.begin().await?;
                // Others may have written to it since: its address, say.
                if let Some(mut delivery) = unit.deliveries().get(ws, delivery.id).await? {
                    delivery.removed_at = Some(self.ports.clock.now());
                    unit.deliveries().update(&mut delivery).await?;
                }
                self.record(&mut *unit, ws, "post.remove", &delivery.id.to_string()).await?;
                unit.commit().await?;
            }
            removals.push(Removal { platform: delivery.platform.clone(), outcome });
        }
        Ok(removals)
    }

    async fn remove_one(&self, delivery: &Delivery) -> Result<(), Error> {
        let api = self.ports.platforms.get(&delivery.platform)?;
        let remote_id = delivery.published.as_ref().and_then(|p| p.remote_id.as_deref());
        let Some(remote_id) = remote_id.filter(|_| api.capabilities().delete) else {
            let platform = delivery.platform.clone();
            let detail = "it cannot be deleted there from outside";
            return Err(PlatformError::new(platform, ErrorKind::Unsupported, detail)
                .action("Delete it there by hand.")
                .into());
        };
        let tokens = Tokens::new(self.ports.clone());
        let auth = tokens.account_auth(delivery.workspace_id, delivery.account_id).await?;
        Ok(api.delete_post(&auth, remote_id).await?)
    }
}
