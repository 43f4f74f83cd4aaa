//! A person's word on a post that waits for it.

use super::schedule::refuse;
use super::{PostEdit, PostView, Posts, find};
use crate::domain::{DeliveryEvent, DeliveryStatus, Happened, PostId, PostStatus, WorkspaceId};
use crate::engine::Error;
use crate::engine::resolve::resolve;
use crate::ports::Submit;

impl Posts {
    /// Schedules what waits for approval, or calls it off. A time that has passed meanwhile becomes
    /// now. What preflight finds wrong by now is refused, and the post goes on waiting.
    ///
    /// # Errors
    /// [`Error::Refused`] where nothing of the post waits for approval; [`Error::Invalid`]; where
    /// there is no such post, or of the store.
    pub async fn approve(
        &self,
        ws: WorkspaceId,
        id: PostId,
        approved: bool,
    ) -> Result<PostView, Error> {
        let mut unit = self.ports.store.begin().await?;
        let mut post = find(&mut *unit, ws, id).await?;
        let mut deliveries = unit.deliveries().of_post(ws, id).await?;
        let statuses: Vec<_> = deliveries.iter().map(|delivery| delivery.status).collect();
        if !statuses.contains(&DeliveryStatus::PendingApproval) {
            let status = format!("{:?}", PostStatus::of(&statuses)).to_lowercase();
            let message = format!("post {id} is {status}: nothing of it waits for approval");
            return Err(Error::Refused(message));
        }
        if approved {
            let request = PostEdit::default().onto(&post, &deliveries, self.ports.clock.now());
            let resolved =
                resolve(&self.ports, &mut *unit, &request, Some(id), &self.budget).await?;
            refuse(&resolved, Submit::Schedule)?;
            post.due_at = resolved.due_at;
        }
        unit.posts().update(&mut post).await?;
        let event = if approved { DeliveryEvent::Approve } else { DeliveryEvent::Cancel };
        for delivery in &mut deliveries {
            if delivery.status != DeliveryStatus::PendingApproval {
                continue;
            }
            delivery.status =
                delivery.status.apply(event).map_err(|error| Error::Refused(error.to_string()))?;
            delivery.due_at = post.due_at;
            unit.deliveries().update(delivery).await?;
            if approved {
                self.plan(&mut *unit, delivery).await?;
            }
        }
        if approved {
            self.tell_submitted(&mut *unit, &post, Submit::Schedule).await?;
        } else {
            self.tell(&mut *unit, ws, Happened::PostCancelled { post: id }).await?;
        }
        let action = if approved { "post.approve" } else { "post.refuse" };
        self.record(&mut *unit, ws, action, &id.to_string()).await?;
        unit.commit().await?;
        Ok(PostView::of(post, deliveries))
    }
}
