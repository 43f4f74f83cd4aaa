//! Calling a post off.

use super::{Posts, find};
use crate::domain::{DeliveryEvent, DeliveryStatus, Happened, PostId, WorkspaceId};
use crate::engine::Error;

impl Posts {
    pub(super) async fn cancel(&self, ws: WorkspaceId, id: PostId) -> Result<(), Error> {
        let mut unit = self.ports.store.begin().await?;
        let mut post = find(&mut *unit, ws, id).await?;
        let deliveries = unit.deliveries().of_post(ws, id).await?;
        if !deliveries.is_empty()
            && deliveries.iter().all(|d| d.status == DeliveryStatus::Published)
        {
            return Err(Error::Refused(format!("post {id} is published: delete it instead")));
        }
        let mut too_late = None;
        let mut changed = false;
        for mut delivery in deliveries {
            match delivery.status.apply(DeliveryEvent::Cancel) {
                Ok(status) => {
                    delivery.status = status;
                    unit.deliveries().update(&mut delivery).await?;
                    self.unplan(&mut *unit, &delivery).await?;
                    changed = true;
                }
                Err(_) if delivery.status == DeliveryStatus::Publishing => {
                    too_late = Some(delivery.platform);
                }
                Err(_) => {}
            }
        }
        if let Some(platform) = too_late {
            let message =
                format!("post {id} is being published on {platform}: too late to call off");
            return Err(Error::Refused(message));
        }
        if changed {
            unit.posts().update(&mut post).await?;
            self.tell(&mut *unit, ws, Happened::PostCancelled { post: id }).await?;
            self.record(&mut *unit, ws, "post.cancel", &id.to_string()).await?;
        }
        unit.commit().await?;
        Ok(())
    }
}
