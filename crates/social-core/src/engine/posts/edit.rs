//! Changing a post before anything of it goes out.

use std::collections::BTreeMap;

use super::schedule::refuse;
use super::{PostView, Posts, ensure_waiting, find};
use crate::Timestamp;
use crate::domain::{
    Delivery, DeliveryEvent, DeliveryStatus, MediaRef, Override, Platform, Post, PostId, Target,
    WorkspaceId,
};
use crate::engine::Error;
use crate::engine::resolve::resolve;
use crate::ports::{PostRequest, Submit, When};

/// What to change of a post; what is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct PostEdit {
    /// Another text.
    pub content: Option<String>,
    /// Another time.
    pub time: Option<When>,
    /// Other media, in order, in place of all it had.
    pub media: Option<Vec<MediaRef>>,
    /// What single networks get instead, in place of all it had.
    pub overrides: Option<BTreeMap<Platform, Override>>,
    /// Submit a draft, ask for approval (again), or take it back to being a draft.
    pub submit: Option<Submit>,
}

impl PostEdit {
    /// The post as it would be asked for now.
    pub(super) fn onto(&self, post: &Post, deliveries: &[Delivery], now: Timestamp) -> PostRequest {
        let targets = deliveries.iter().map(|delivery| Target {
            platform: delivery.platform.clone(),
            account: Some(delivery.account_id),
        });
        let content = self.content.as_ref().unwrap_or(&post.content);
        let mut request = PostRequest::new(post.workspace_id, content, targets);
        // A time that passed while it was written or waited for a person means: as soon as can be.
        let kept = if post.due_at > now { When::At(post.due_at) } else { When::Now };
        request.when = self.time.unwrap_or(kept);
        request.media.clone_from(self.media.as_ref().unwrap_or(&post.media));
        request.overrides.clone_from(self.overrides.as_ref().unwrap_or(&post.overrides));
        request
    }
}

impl Posts {
    /// Changes a post of which nothing was sent yet, and gives it back as it then stands.
    ///
    /// What preflight finds wrong is refused as in
    /// [`schedule_post`](crate::ports::Scheduler::schedule_post), and nothing is changed then. It
    /// races safely with a worker: one that prepares the post right now loses its lease, and its
    /// work begins anew with what the post says now. The guard against doubles does not stand here:
    /// whoever changes a post knows that there is one.
    ///
    /// # Errors
    /// [`Error::Stale`] where `version` is not the post's; [`Error::Unconfirmed`]; [`Error::Budget`];
    /// [`Error::Refused`] once any delivery is publishing or settled, and for scheduling what waits
    /// for approval; [`Error::Invalid`]; where there is no such post, or of the store.
    pub async fn edit(
        &self,
        ws: WorkspaceId,
        id: PostId,
        version: Option<i64>,
        edit: PostEdit,
    ) -> Result<PostView, Error> {
        let mut unit = self.ports.store.begin().await?;
        let mut post = find(&mut *unit, ws, id).await?;
        if let Some(version) = version.filter(|version| *version != post.version) {
            let now = post.version;
            return Err(Error::Stale(format!(
                "post {id} was changed meanwhile (version {now}, not {version}): read it again and \
                 repeat the change"
            )));
        }
        self.redeem(&mut *unit, ws).await?;
        let mut deliveries = unit.deliveries().of_post(ws, id).await?;
        ensure_waiting(&deliveries)?;
        for delivery in &mut deliveries {
            delivery.status = submitted(delivery, edit.submit)?;
        }
        let draft = deliveries.iter().all(|d| d.status == DeliveryStatus::Draft);
        let request = edit.onto(&post, &deliveries, self.ports.clock.now());
        let resolved = resolve(&self.ports, &mut *unit, &request, Some(id), &self.budget).await?;
        if !draft {
            self.afford(&mut *unit, &request, resolved.due_at, Some(id)).await?;
        }
        refuse(&resolved, if draft { Submit::Draft } else { Submit::Schedule })?;

        post.content = request.content;
        post.media = request.media;
        post.overrides = request.overrides;
        post.due_at = resolved.due_at;
        unit.posts().update(&mut post).await?;
        for target in resolved.targets {
            let Some(kind) = target.verdict.kind else { continue };
            let mut of_account =
                deliveries.iter_mut().filter(|d| d.account_id == target.account.id);
            let Some(delivery) = of_account.next() else { continue };
            delivery.kind = kind;
            delivery.text = target.text;
            delivery.options = target.options;
            delivery.media.clone_from(&post.media);
            delivery.due_at = post.due_at;
            // All that was made and prepared was of the post as it stood.
            delivery.rendered = None;
            delivery.flow = None;
            delivery.failures = 0;
            delivery.failure = None;
            delivery.sent_at = None;
            unit.deliveries().update(delivery).await?;
            self.unplan(&mut *unit, delivery).await?;
            if delivery.status == DeliveryStatus::Scheduled {
                self.plan(&mut *unit, delivery).await?;
            }
        }
        if let Some(submit) = edit.submit {
            self.tell_submitted(&mut *unit, &post, submit).await?;
        }
        self.record(&mut *unit, ws, "post.edit", &id.to_string()).await?;
        unit.commit().await?;
        Ok(PostView::of(post, deliveries))
    }
}

/// How a delivery stands after its post is submitted so.
fn submitted(delivery: &Delivery, submit: Option<Submit>) -> Result<DeliveryStatus, Error> {
    let Some(submit) = submit else { return Ok(delivery.status) };
    if delivery.status == DeliveryStatus::PendingApproval && submit == Submit::Schedule {
        let id = delivery.post_id;
        return Err(Error::Refused(format!("post {id} waits for a person: approve it instead")));
    }
    let refused = |error: crate::domain::InvalidTransition| Error::Refused(error.to_string());
    let draft = delivery.status.apply(DeliveryEvent::Withdraw).map_err(refused)?;
    match submit {
        Submit::Draft => Ok(draft),
        Submit::Approval => draft.apply(DeliveryEvent::SubmitForApproval).map_err(refused),
        Submit::Schedule => draft.apply(DeliveryEvent::Submit).map_err(refused),
    }
}
