//! Planning posts: the [`Scheduler`].

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::resolve::{Resolved, ResolvedTarget, resolve};
use super::{Error, Ports};
use crate::Timestamp;
use crate::domain::{
    Account, AccountId, Delivery, DeliveryEvent, DeliveryId, DeliveryStatus, EventId, Happened,
    JobId, JobTask, Metric, NewJob, OutboxEvent, Platform, Post, PostId, PostKind, PostStatus,
    PostingWindow, WorkspaceId,
};
use crate::ports::{PostFilter, PostRequest, RequestKey, Scheduler, UnitOfWork};
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

/// The [`Scheduler`] over a store.
#[derive(Debug, Clone)]
pub struct Posts(Ports);

impl Posts {
    /// Posts over `ports`.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self(ports)
    }

    /// What a request would become. Nothing is stored.
    ///
    /// # Errors
    /// Of the store.
    pub async fn preview(&self, request: &PostRequest) -> Result<Preview, Error> {
        let mut unit = self.0.store.begin().await?;
        let resolved = resolve(&self.0, &mut *unit, request).await?;
        Ok(Preview {
            time: resolved.due_at,
            deliveries: resolved.targets.iter().map(ResolvedTarget::preview).collect(),
            findings: resolved.findings,
        })
    }

    /// A post with its deliveries.
    ///
    /// # Errors
    /// Where there is none, or of the store.
    pub async fn get(&self, ws: WorkspaceId, id: PostId) -> Result<PostView, Error> {
        let mut unit = self.0.store.begin().await?;
        let post = find(&mut *unit, ws, id).await?;
        view(&mut *unit, post).await
    }

    /// Posts, newest first.
    ///
    /// # Errors
    /// Of the store.
    pub async fn list(&self, ws: WorkspaceId, filter: &PostFilter) -> Result<Vec<PostView>, Error> {
        let mut unit = self.0.store.begin().await?;
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
        let now = self.0.clock.now();
        let mut unit = self.0.store.begin().await?;
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
        let mut unit = self.0.store.begin().await?;
        let found = unit.deliveries().get(ws, id).await?;
        let mut delivery = found.ok_or_else(|| Error::NotFound(format!("delivery {id}")))?;
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
        unit.commit().await?;
        Ok(())
    }

    async fn enqueue(
        &self,
        unit: &mut dyn UnitOfWork,
        delivery: &Delivery,
        task: JobTask,
        due_at: Timestamp,
    ) -> Result<(), Error> {
        let lane = matches!(task, JobTask::Publish { .. }).then_some(delivery.account_id);
        let job = NewJob {
            id: JobId::from_uuid(self.0.ids.uuid(self.0.clock.now())),
            workspace_id: delivery.workspace_id,
            task,
            lane,
            due_at,
            max_attempts: self.0.config.max_attempts,
        };
        unit.jobs().enqueue(&job).await?;
        Ok(())
    }

    /// Preparing runs ahead of the due time, so that what makes it visible leaves on time.
    fn begin_at(&self, platform: &Platform, due_at: Timestamp) -> Result<Timestamp, Error> {
        let ahead = self.0.platforms.get(platform)?.rules().prepare_ahead;
        Ok((due_at - ahead).max(self.0.clock.now()))
    }

    async fn store(
        &self,
        unit: &mut dyn UnitOfWork,
        request: &PostRequest,
        resolved: Resolved,
    ) -> Result<PostId, Error> {
        let now = self.0.clock.now();
        let ws = request.workspace;
        let post = Post {
            id: PostId::from_uuid(self.0.ids.uuid(now)),
            workspace_id: ws,
            content: request.content.clone(),
            overrides: request.overrides.clone(),
            media: request.media.clone(),
            due_at: resolved.due_at,
            created_at: now,
            version: 0,
        };
        unit.posts().insert(&post).await?;
        for target in resolved.targets {
            let Some(kind) = target.verdict.kind else { continue };
            let delivery = Delivery {
                id: DeliveryId::from_uuid(self.0.ids.uuid(now)),
                workspace_id: ws,
                post_id: post.id,
                account_id: target.account.id,
                platform: target.account.platform,
                kind,
                text: target.text,
                media: request.media.clone(),
                options: target.options,
                status: DeliveryStatus::Scheduled,
                due_at: post.due_at,
                rendered: None,
                flow: None,
                failures: 0,
                sent_at: None,
                published: None,
                failure: None,
                version: 0,
            };
            unit.deliveries().insert(&delivery).await?;
            let begin_at = self.begin_at(&delivery.platform, delivery.due_at)?;
            let task = JobTask::Publish { delivery: delivery.id };
            self.enqueue(unit, &delivery, task, begin_at).await?;
            if begin_at > now && !delivery.media.is_empty() {
                let task = JobTask::Render { delivery: delivery.id };
                self.enqueue(unit, &delivery, task, now).await?;
            }
        }
        let event = OutboxEvent {
            id: EventId::from_uuid(self.0.ids.uuid(now)),
            workspace_id: ws,
            at: now,
            what: Happened::PostScheduled { post: post.id, due_at: post.due_at },
        };
        unit.outbox().append(&event).await?;
        Ok(post.id)
    }
}

async fn find(unit: &mut dyn UnitOfWork, ws: WorkspaceId, id: PostId) -> Result<Post, Error> {
    unit.posts().get(ws, id).await?.ok_or_else(|| Error::NotFound(format!("post {id}")))
}

async fn view(unit: &mut dyn UnitOfWork, post: Post) -> Result<PostView, Error> {
    let deliveries = unit.deliveries().of_post(post.workspace_id, post.id).await?;
    let statuses: Vec<_> = deliveries.iter().map(|delivery| delivery.status).collect();
    Ok(PostView { status: PostStatus::of(&statuses), post, deliveries })
}

fn fingerprint(request: &PostRequest) -> Result<String, Error> {
    let json = serde_json::to_vec(request).map_err(|e| Error::Refused(e.to_string()))?;
    Ok(hex::encode(Sha256::digest(json)))
}

#[async_trait]
impl Scheduler for Posts {
    async fn schedule_post(&self, request: PostRequest) -> Result<PostId, Error> {
        let mut unit = self.0.store.begin().await?;
        let asked = fingerprint(&request)?;
        if let Some(key) = &request.idempotency_key
            && let Some(done) = unit.request_keys().get(request.workspace, key).await?
        {
            let same = done.request == asked;
            return if same { Ok(done.post) } else { Err(Error::KeyReused(key.clone())) };
        }
        let resolved = resolve(&self.0, &mut *unit, &request).await?;
        let mut findings = resolved.findings.clone();
        findings.retain(|finding| finding.severity == Severity::Error);
        if !findings.is_empty() {
            return Err(Error::Invalid(findings));
        }
        let post = self.store(&mut *unit, &request, resolved).await?;
        if let Some(key) = request.idempotency_key {
            let at = self.0.clock.now();
            let key = RequestKey { key, request: asked, post, at };
            unit.request_keys().insert(request.workspace, &key).await?;
        }
        unit.commit().await?;
        Ok(post)
    }

    async fn reschedule_post(
        &self,
        ws: WorkspaceId,
        id: PostId,
        at: Timestamp,
    ) -> Result<(), Error> {
        let now = self.0.clock.now();
        if at < now {
            let message = format!("{at} has passed (it is {now}): choose a later time");
            return Err(Error::Refused(message));
        }
        let mut unit = self.0.store.begin().await?;
        let mut post = find(&mut *unit, ws, id).await?;
        let deliveries = unit.deliveries().of_post(ws, id).await?;
        if let Some(gone) = deliveries.iter().find(|d| d.status != DeliveryStatus::Scheduled) {
            let message =
                format!("post {id} is {:?} on {}: it moves no more", gone.status, gone.platform);
            return Err(Error::Refused(message));
        }
        post.due_at = at;
        unit.posts().update(&mut post).await?;
        for mut delivery in deliveries {
            delivery.due_at = at;
            // What was prepared for the earlier time may expire before the new one.
            delivery.flow = None;
            unit.deliveries().update(&mut delivery).await?;
            // A worker that prepares it right now loses its lease, and the job starts anew.
            let task = JobTask::Publish { delivery: delivery.id };
            unit.jobs().cancel(task).await?;
            let begin_at = self.begin_at(&delivery.platform, at)?;
            self.enqueue(&mut *unit, &delivery, task, begin_at).await?;
        }
        unit.commit().await?;
        Ok(())
    }

    async fn cancel_scheduled_post(&self, ws: WorkspaceId, id: PostId) -> Result<(), Error> {
        let mut unit = self.0.store.begin().await?;
        find(&mut *unit, ws, id).await?;
        let deliveries = unit.deliveries().of_post(ws, id).await?;
        if !deliveries.is_empty()
            && deliveries.iter().all(|d| d.status == DeliveryStatus::Published)
        {
            return Err(Error::Refused(format!("post {id} is published: delete it instead")));
        }
        let mut too_late = None;
        for mut delivery in deliveries {
            match delivery.status.apply(DeliveryEvent::Cancel) {
                Ok(status) => {
                    delivery.status = status;
                    unit.deliveries().update(&mut delivery).await?;
                    unit.jobs().cancel(JobTask::Publish { delivery: delivery.id }).await?;
                    unit.jobs().cancel(JobTask::Render { delivery: delivery.id }).await?;
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
        unit.commit().await?;
        Ok(())
    }

    async fn optimal_post_times(
        &self,
        platform: &Platform,
        account: &Account,
    ) -> Result<Vec<PostingWindow>, Error> {
        use chrono::{Datelike as _, Timelike as _};
        let ws = account.workspace_id;
        let now = self.0.clock.now();
        let mut unit = self.0.store.begin().await?;
        let snapshots = unit.analytics().latest(ws, Timestamp::UNIX_EPOCH, now).await?;
        // The widest number that the network gives stands for the reach of a post.
        let mut reach = Vec::new();
        for snapshot in snapshots.iter().filter(|s| s.account_id == account.id) {
            let values = &snapshot.metrics.values;
            let best = [Metric::Reach, Metric::Views, Metric::Impressions, Metric::Likes]
                .iter()
                .find_map(|metric| values.get(metric));
            let delivery = unit.deliveries().get(ws, snapshot.delivery_id).await?;
            if let (Some(best), Some(delivery)) = (best, delivery)
                && delivery.platform == *platform
            {
                let at = delivery.due_at.as_datetime();
                let window = (at.weekday().num_days_from_monday() as u8, at.hour() as u8);
                reach.push((window, *best as f64));
            }
        }
        let usual = reach.iter().map(|(_, n)| n).sum::<f64>() / reach.len().max(1) as f64;
        let mut windows = BTreeMap::<(u8, u8), Vec<f64>>::new();
        for (window, n) in reach {
            windows.entry(window).or_default().push(n);
        }
        let mut best: Vec<_> = windows
            .into_iter()
            .filter(|_| usual > 0.0)
            .map(|((weekday, hour), all)| PostingWindow {
                weekday,
                hour,
                factor: all.iter().sum::<f64>() / all.len() as f64 / usual,
                posts: all.len() as u32,
            })
            .collect();
        best.sort_by(|a, b| b.factor.total_cmp(&a.factor));
        Ok(best)
    }
}
