//! Planning posts: the [`Scheduler`](crate::ports::Scheduler).

mod approve;
mod budget;
mod cancel;
mod edit;
mod jobs;
mod once;
mod remove;
mod schedule;
mod series;
mod slot;
mod times;

use serde::Serialize;

pub use edit::PostEdit;
pub(super) use once::forget_keys;
pub use once::{Asked, Once};
pub use remove::Removal;
pub use series::{Reach, SeriesEdit, SeriesView, Upcoming};
pub(super) use series::{come_again, stuck};
pub use slot::NextSlots;
pub(super) use slot::SlotSearch;
pub use times::TimesRequest;

use super::audit::note;
use super::confirmations::redeem;
use super::publish::settled;
use super::resolve::{ResolvedTarget, resolve};
use super::{Error, Missing, Ports, Promise};
use crate::Timestamp;
use crate::domain::{
    AccountId, Budget, Delivery, DeliveryEvent, DeliveryId, DeliveryStatus, EventId, Happened,
    JobTask, OutboxEvent, Platform, Post, PostId, PostKind, PostStatus, WorkspaceId,
};
use crate::ports::{PostFilter, PostRequest, UnitOfWork};
use crate::preflight::{Finding, Severity};

/// What a post would become, before anything is stored.
#[derive(Debug, Clone, Serialize)]
pub struct Preview {
    /// When it would be visible.
    pub time: Timestamp,
    /// What each network would get.
    pub deliveries: Vec<DeliveryPreview>,
    /// What was found, all of it.
    pub findings: Vec<Finding>,
}

impl Preview {
    /// Whether nothing stops the post.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity != Severity::Error)
    }
}

/// What one account would get.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeliveryPreview {
    /// The network.
    pub platform: Platform,
    /// The account.
    pub account: AccountId,
    /// The account's name.
    pub name: String,
    /// The kind of post.
    pub kind: Option<PostKind>,
    /// The text.
    pub text: String,
    /// How long it is, as the network counts.
    pub length: u32,
    /// How long it may be.
    pub limit: u32,
    /// How many posts the network still takes of the account by then, this one among them, as far as
    /// that is known.
    pub posts_left: Option<u32>,
    /// What is changed on each media item, in words.
    pub media: Vec<Vec<String>>,
}

/// A post with its deliveries.
#[derive(Debug, Clone, Serialize)]
pub struct PostView {
    /// How it stands as a whole.
    pub status: PostStatus,
    /// What the author wrote.
    pub post: Post,
    /// Where it goes, and how that stands.
    pub deliveries: Vec<Delivery>,
}

/// The [`Scheduler`](crate::ports::Scheduler) over a store, with what belongs to a post beside it.
#[derive(Debug, Clone)]
pub struct Posts {
    ports: Ports,
    actor: Option<String>,
    budget: Budget,
    promise: Option<Promise>,
}

impl Posts {
    /// Posts over `ports`, of nobody in particular: nothing is put on record, and nothing is spent.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self { ports, actor: None, budget: Budget::default(), promise: None }
    }

    /// The same for somebody (`key_…`, a person's id): what they do is put on record, each in the
    /// transaction that does it.
    #[must_use]
    pub fn by(mut self, actor: impl Into<String>) -> Self {
        self.actor = Some(actor.into());
        self
    }

    /// The same within a budget: what it does not allow is refused, in the transaction that would
    /// store it.
    #[must_use]
    pub fn within(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// The same with a token that was given to this somebody for what is scheduled or changed: it is
    /// used up in the transaction that stores that, so where nothing is stored it is still good.
    #[must_use]
    pub fn with(mut self, promise: Option<Promise>) -> Self {
        self.promise = promise;
        self
    }

    /// What a request would become; of a series, its first post, jitter aside. Nothing is stored.
    ///
    /// # Errors
    /// [`Error::Budget`] where the budget does not allow it, or of the store.
    pub async fn preview(&self, request: &PostRequest) -> Result<Preview, Error> {
        let mut unit = self.ports.store.read().await?;
        let first;
        let request = match &request.repeat {
            Some(repeat) => {
                first = self.first_of(&mut *unit, request, repeat).await?;
                &first
            }
            None => request,
        };
        let resolved = resolve(&self.ports, &mut *unit, request, None, &self.budget).await?;
        self.afford(&mut *unit, request, resolved.due_at, None).await?;
        let mut findings = resolved.findings;
        if !request.allow_duplicate {
            findings.extend(resolved.targets.iter().filter_map(ResolvedTarget::doubled));
        }
        Ok(Preview {
            time: resolved.due_at,
            deliveries: resolved.targets.iter().map(ResolvedTarget::preview).collect(),
            findings,
        })
    }

    /// A post with its deliveries.
    ///
    /// # Errors
    /// Where there is none, or of the store.
    pub async fn get(&self, ws: WorkspaceId, id: PostId) -> Result<PostView, Error> {
        let mut unit = self.ports.store.read().await?;
        let post = find(&mut *unit, ws, id).await?;
        view(&mut *unit, post).await
    }

    /// Posts, newest first.
    ///
    /// # Errors
    /// Of the store.
    pub async fn list(&self, ws: WorkspaceId, filter: &PostFilter) -> Result<Vec<PostView>, Error> {
        let mut unit = self.ports.store.read().await?;
        let mut views = Vec::new();
        for post in unit.posts().list(ws, filter).await? {
            views.push(view(&mut *unit, post).await?);
        }
        Ok(views)
    }

    /// Tries again what failed: never what is published, unconfirmed or called off. Returns how
    /// many deliveries that are.
    ///
    /// # Errors
    /// Where there is no such post, or of the store.
    pub async fn retry(&self, ws: WorkspaceId, id: PostId) -> Result<usize, Error> {
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin().await?;
        find(&mut *unit, ws, id).await?;
        let mut retried = 0;
        for mut delivery in unit.deliveries().of_post(ws, id).await? {
            let Ok(status) = delivery.status.apply(DeliveryEvent::Retry) else { continue };
            delivery.status = status;
            delivery.due_at = delivery.due_at.max(now);
            // The network refused it as it was prepared: prepare anew.
            delivery.flow = None;
            delivery.failures = 0;
            delivery.failure = None;
            delivery.sent_at = None;
            unit.deliveries().update(&mut delivery).await?;
            self.enqueue(&mut *unit, &delivery, JobTask::Publish { delivery: delivery.id }, now)
                .await?;
            retried += 1;
        }
        if retried > 0 {
            self.record(&mut *unit, ws, "post.retry", &id.to_string()).await?;
        }
        unit.commit().await?;
        Ok(retried)
    }

    /// A person looked, and says whether an unconfirmed delivery is visible.
    ///
    /// # Errors
    /// Where there is none, where it is not unconfirmed, or of the store.
    pub async fn confirm(
        &self,
        ws: WorkspaceId,
        id: DeliveryId,
        visible: bool,
    ) -> Result<(), Error> {
        let mut unit = self.ports.store.begin().await?;
        let found = unit.deliveries().get(ws, id).await?;
        let mut delivery = found.ok_or_else(|| Error::NotFound(Missing::Delivery(id)))?;
        if delivery.status != DeliveryStatus::Unconfirmed {
            let message = format!(
                "delivery {id} is {:?}: only an unconfirmed one is in doubt",
                delivery.status
            );
            return Err(Error::Refused(message));
        }
        let event = if visible { DeliveryEvent::Publish } else { DeliveryEvent::Fail };
        delivery.status =
            delivery.status.apply(event).map_err(|error| Error::Refused(error.to_string()))?;
        unit.deliveries().update(&mut delivery).await?;
        unit.outbox().append(&settled(&self.ports, &delivery)).await?;
        let action = if visible { "delivery.seen" } else { "delivery.not_seen" };
        self.record(&mut *unit, ws, action, &id.to_string()).await?;
        unit.commit().await?;
        Ok(())
    }

    /// Uses up the token that this is done with, in the unit that does it.
    async fn redeem(&self, unit: &mut dyn UnitOfWork, ws: WorkspaceId) -> Result<(), Error> {
        let Some(promise) = &self.promise else { return Ok(()) };
        let actor = self.actor.as_deref().unwrap_or_default();
        redeem(unit, self.ports.clock.now(), ws, actor, promise).await
    }

    /// Puts on record what somebody does, in the unit that does it.
    async fn record(
        &self,
        unit: &mut dyn UnitOfWork,
        ws: WorkspaceId,
        action: &str,
        subject: &str,
    ) -> Result<(), Error> {
        let Some(actor) = &self.actor else { return Ok(()) };
        note(unit, self.ports.clock.now(), ws, actor, action, subject).await
    }

    /// Tells those who listen what happened to a post.
    async fn tell(
        &self,
        unit: &mut dyn UnitOfWork,
        ws: WorkspaceId,
        what: Happened,
    ) -> Result<(), Error> {
        let at = self.ports.clock.now();
        let id = EventId::from_uuid(self.ports.ids.uuid(at));
        unit.outbox().append(&OutboxEvent { id, workspace_id: ws, at, what }).await?;
        Ok(())
    }
}

async fn find(unit: &mut dyn UnitOfWork, ws: WorkspaceId, id: PostId) -> Result<Post, Error> {
    unit.posts().get(ws, id).await?.ok_or_else(|| Error::NotFound(Missing::Post(id)))
}

async fn view(unit: &mut dyn UnitOfWork, post: Post) -> Result<PostView, Error> {
    let deliveries = unit.deliveries().of_post(post.workspace_id, post.id).await?;
    Ok(PostView::of(post, deliveries))
}

impl PostView {
    fn of(post: Post, deliveries: Vec<Delivery>) -> Self {
        let statuses: Vec<_> = deliveries.iter().map(|delivery| delivery.status).collect();
        Self { status: PostStatus::of(&statuses), post, deliveries }
    }
}

/// Refuses a change of a post of which something was sent or settled.
fn ensure_waiting(deliveries: &[Delivery]) -> Result<(), Error> {
    use DeliveryStatus as D;
    let waits = |d: &&Delivery| matches!(d.status, D::Draft | D::PendingApproval | D::Scheduled);
    let Some(gone) = deliveries.iter().find(|d| !waits(d)) else { return Ok(()) };
    let (id, platform) = (gone.post_id, &gone.platform);
    Err(Error::Refused(match gone.status {
        D::Publishing => format!(
            "post {id} is being published on {platform}: it changes no more; wait for its outcome"
        ),
        D::Failed => format!(
            "post {id} failed on {platform}: it changes no more; retry it, or write a new one"
        ),
        status => {
            let status = format!("{status:?}").to_lowercase();
            format!("post {id} is {status} on {platform}: it changes no more; write a new one")
        }
    }))
}
