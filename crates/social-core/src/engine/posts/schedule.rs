//! Taking a post in.

use std::collections::BTreeSet;

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};

use super::once::{Asked, Once, before};
use super::{PostView, Posts, TimesRequest, ensure_waiting, find};
use crate::Timestamp;
use crate::domain::series::OccurrenceRef;
use crate::domain::{
    Account, Delivery, DeliveryId, DeliveryStatus, Happened, Platform, Post, PostId, PostingWindow,
    WorkspaceId,
};
use crate::engine::Error;
use crate::engine::resolve::{Resolved, resolve};
use crate::ports::{KeptAnswer, PostRequest, Scheduler, Submit, UnitOfWork};
use crate::preflight::{Code, Finding, Severity};

#[async_trait]
impl Scheduler for Posts {
    async fn schedule_post(&self, request: PostRequest) -> Result<PostId, Error> {
        let asked = fingerprint(&request)?;
        let once = request.idempotency_key.as_deref().map(|key| Once {
            key,
            request: &asked,
            answer: &|_| KeptAnswer::default(),
        });
        self.schedule(&request, once).await.map(|asked| asked.post())
    }

    async fn reschedule_post(
        &self,
        ws: WorkspaceId,
        id: PostId,
        at: Timestamp,
    ) -> Result<(), Error> {
        let now = self.ports.clock.now();
        if at < now {
            let message = format!("{at} has passed (it is {now}): choose a later time");
            return Err(Error::Refused(message));
        }
        let mut unit = self.ports.store.begin().await?;
        let mut post = find(&mut *unit, ws, id).await?;
        let deliveries = unit.deliveries().of_post(ws, id).await?;
        ensure_waiting(&deliveries)?;
        post.due_at = at;
        unit.posts().update(&mut post).await?;
        for mut delivery in deliveries {
            delivery.due_at = at;
            // What was prepared for the earlier time may expire before the new one.
            delivery.flow = None;
            unit.deliveries().update(&mut delivery).await?;
            self.unplan(&mut *unit, &delivery).await?;
            if delivery.status == DeliveryStatus::Scheduled {
                self.plan(&mut *unit, &delivery).await?;
            }
        }
        self.record(&mut *unit, ws, "post.move", &id.to_string()).await?;
        unit.commit().await?;
        Ok(())
    }

    async fn cancel_scheduled_post(&self, ws: WorkspaceId, id: PostId) -> Result<(), Error> {
        self.cancel(ws, id).await
    }

    async fn optimal_post_times(
        &self,
        _: &Platform,
        account: &Account,
    ) -> Result<Vec<PostingWindow>, Error> {
        self.best_times(account, &TimesRequest::default()).await
    }
}

impl Posts {
    /// Schedules a post, or begins a series with its first one, once for each idempotency key. All
    /// of it is one transaction: what was asked before, the token that confirms it, the slot, the
    /// budget, the post with its jobs, what the caller answers, and the record.
    ///
    /// # Errors
    /// [`Error::KeyReused`], [`Error::Unconfirmed`], [`Error::Budget`], [`Error::SlotTaken`],
    /// [`Error::Invalid`], [`Error::Duplicate`], or of the store: its `Conflict` means that another
    /// request with this key is just being done.
    pub async fn schedule(
        &self,
        request: &PostRequest,
        once: Option<Once<'_>>,
    ) -> Result<Asked, Error> {
        let mut unit = self.ports.store.begin().await?;
        if let Some(once) = &once
            && let Some(done) =
                before(&mut *unit, request.workspace, once.key, once.request).await?
        {
            return Ok(Asked::Before(done));
        }
        self.redeem(&mut *unit, request.workspace).await?;
        let view = match &request.repeat {
            Some(repeat) => self.begin_series(&mut *unit, request, repeat).await?,
            None => self.schedule_one(&mut *unit, request).await?,
        };
        if let Some(once) = &once {
            self.keep(&mut *unit, once, &view).await?;
        }
        unit.commit().await?;
        Ok(Asked::New(view))
    }

    async fn schedule_one(
        &self,
        unit: &mut dyn UnitOfWork,
        request: &PostRequest,
    ) -> Result<PostView, Error> {
        let resolved = resolve(&self.ports, unit, request, None, &self.budget).await?;
        self.afford(unit, request, resolved.due_at, None).await?;
        refuse(&resolved, request.submit)?;
        if !request.allow_duplicate
            && let Some((target, existing)) =
                resolved.targets.iter().find_map(|target| Some((target, target.twin?)))
        {
            let platform = target.account.platform.clone();
            return Err(Error::Duplicate { existing, platform });
        }
        self.store(unit, request, resolved, None).await
    }

    /// Stores a post with its deliveries and jobs; where it is one of a series, with which.
    pub(super) async fn store(
        &self,
        unit: &mut dyn UnitOfWork,
        request: &PostRequest,
        resolved: Resolved,
        occurrence: Option<OccurrenceRef>,
    ) -> Result<PostView, Error> {
        let now = self.ports.clock.now();
        let ws = request.workspace;
        let post = Post {
            id: PostId::from_uuid(self.ports.ids.uuid(now)),
            workspace_id: ws,
            content: request.content.clone(),
            overrides: request.overrides.clone(),
            media: request.media.clone(),
            campaign: request.campaign.clone(),
            due_at: resolved.due_at,
            occurrence,
            created_at: now,
            version: 0,
        };
        unit.posts().insert(&post).await?;
        let mut deliveries = Vec::new();
        for target in resolved.targets {
            let Some(kind) = target.verdict.kind else { continue };
            let delivery = Delivery {
                id: DeliveryId::from_uuid(self.ports.ids.uuid(now)),
                workspace_id: ws,
                post_id: post.id,
                account_id: target.account.id,
                platform: target.account.platform,
                kind,
                text: target.text,
                media: request.media.clone(),
                options: target.options,
                status: request.submit.status(),
                due_at: post.due_at,
                rendered: None,
                flow: None,
                failures: 0,
                sent_at: None,
                published: None,
                removed_at: None,
                failure: None,
                version: 0,
            };
            unit.deliveries().insert(&delivery).await?;
            if delivery.status == DeliveryStatus::Scheduled {
                self.plan(unit, &delivery).await?;
            }
            deliveries.push(delivery);
        }
        self.record(unit, ws, request.submit.action(), &post.id.to_string()).await?;
        self.tell_submitted(unit, &post, request.submit).await?;
        // In the order in which they are read later.
        deliveries.sort_by_key(|delivery| delivery.id);
        Ok(PostView::of(post, deliveries))
    }

    /// Tells those who listen that a post goes out, or waits for a person. Nobody needs to know of
    /// a draft.
    pub(super) async fn tell_submitted(
        &self,
        unit: &mut dyn UnitOfWork,
        post: &Post,
        submit: Submit,
    ) -> Result<(), Error> {
        let (due_at, ws) = (post.due_at, post.workspace_id);
        let post = post.id;
        match submit {
            Submit::Draft => Ok(()),
            Submit::Approval => {
                self.tell(unit, ws, Happened::ApprovalNeeded { post, due_at }).await
            }
            Submit::Schedule => self.tell(unit, ws, Happened::PostScheduled { post, due_at }).await,
        }
    }
}

impl Submit {
    /// How a post's deliveries begin.
    fn status(self) -> DeliveryStatus {
        match self {
            Self::Draft => DeliveryStatus::Draft,
            Self::Approval => DeliveryStatus::PendingApproval,
            Self::Schedule => DeliveryStatus::Scheduled,
        }
    }

    /// What it is called in the record.
    fn action(self) -> &'static str {
        match self {
            Self::Draft => "post.draft",
            Self::Approval => "post.submit",
            Self::Schedule => "post.schedule",
        }
    }
}

/// Refuses what preflight found wrong, all of it at once. A draft is kept with what is wrong in
/// it, as far as it can be: it must be known where it goes, what kind of post it is there, and
/// which media it has.
pub(super) fn refuse(resolved: &Resolved, submit: Submit) -> Result<(), Error> {
    let kindless: BTreeSet<_> = resolved
        .targets
        .iter()
        .filter(|target| target.verdict.kind.is_none())
        .map(|target| &target.account.platform)
        .collect();
    let stops = |finding: &&Finding| match finding.code {
        _ if finding.severity != Severity::Error => false,
        _ if submit != Submit::Draft => true,
        Code::NoTarget
        | Code::PlatformUnknown
        | Code::AccountNotConnected
        | Code::AccountAmbiguous
        | Code::MediaNotFound => true,
        _ => finding.platform.as_ref().is_some_and(|platform| kindless.contains(platform)),
    };
    let findings: Vec<_> = resolved.findings.iter().filter(stops).cloned().collect();
    if findings.is_empty() { Ok(()) } else { Err(Error::Invalid(findings)) }
}

/// What was asked for, as a hash. Whether a second post of the same text is meant
/// (`allow_duplicate`) does not belong to it: it changes nothing of what is posted, and a caller
/// who repeats a request under the same key must get the first answer, whatever it learned
/// meanwhile. Whether it is a draft (`submit`) does belong to it.
fn fingerprint(request: &PostRequest) -> Result<String, Error> {
    let json = serde_json::to_vec(request).map_err(|e| Error::Refused(e.to_string()))?;
    Ok(hex::encode(Sha256::digest(json)))
}
