//! The repositories of a unit of work: small, and each about one kind of row.
//!
//! `insert` refuses a row whose key exists with `Conflict`. `update` writes where the stored
//! version is the given row's `version`, stores it with the version risen by one and puts that
//! into the row; otherwise `Conflict`. Lists are in the order of ids, oldest first, unless said
//! otherwise.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Sealed, StoreError, WrappedKey};
use crate::Timestamp;
use crate::domain::{
    Account, AccountId, ApiKey, Asset, AssetId, Attempt, AttemptId, AuditEntry, Confirmation,
    Delivery, DeliveryId, DeliveryStatus, EventId, Grant, GrantId, JobId, JobTask, KeyId, Lease,
    NewJob, OutboxEvent, ParkedJob, Platform, Post, PostId, PostStatus, QueuedJob, Rendition, Said,
    Workspace, WorkspaceId,
};

type Result<T> = std::result::Result<T, StoreError>;

/// Tenants.
#[async_trait]
pub trait WorkspaceRepo: Send {
    /// A new tenant.
    async fn insert(&mut self, workspace: &Workspace) -> Result<()>;
    /// One tenant.
    async fn get(&mut self, id: WorkspaceId) -> Result<Option<Workspace>>;
    /// All tenants.
    async fn list(&mut self) -> Result<Vec<Workspace>>;
    /// The same data key, wrapped anew.
    async fn set_data_key(&mut self, id: WorkspaceId, key: &WrappedKey) -> Result<()>;
}

/// Connected destinations.
#[async_trait]
pub trait AccountRepo: Send {
    /// Inserts the account, or, where the workspace has one of the same network and remote id,
    /// overwrites all of that but its id and `connected_at`. Returns the id it then has.
    async fn upsert(&mut self, account: &Account) -> Result<AccountId>;
    /// One account, disconnected ones included.
    async fn get(&mut self, workspace: WorkspaceId, id: AccountId) -> Result<Option<Account>>;
    /// All accounts that are connected.
    async fn list(&mut self, workspace: WorkspaceId) -> Result<Vec<Account>>;
    /// All accounts, disconnected ones included.
    async fn all(&mut self, workspace: WorkspaceId) -> Result<Vec<Account>>;
    /// Marks an account as disconnected.
    async fn disconnect(
        &mut self,
        workspace: WorkspaceId,
        id: AccountId,
        at: Timestamp,
    ) -> Result<()>;
}

/// Authorisations.
#[async_trait]
pub trait GrantRepo: Send {
    /// A new grant.
    async fn insert(&mut self, grant: &Grant) -> Result<()>;
    /// One grant.
    async fn get(&mut self, workspace: WorkspaceId, id: GrantId) -> Result<Option<Grant>>;
    /// The grant of this person at this network, whatever its status.
    async fn by_subject(
        &mut self,
        workspace: WorkspaceId,
        platform: &Platform,
        subject: &str,
    ) -> Result<Option<Grant>>;
    /// All grants, whatever their status.
    async fn list(&mut self, workspace: WorkspaceId) -> Result<Vec<Grant>>;
    /// Compare-and-swap on the version.
    async fn update(&mut self, grant: &mut Grant) -> Result<()>;
}

/// A sign-in under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// The secret that comes back with the person.
    pub state: String,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// At which network.
    pub platform: Platform,
    /// Where the person comes back to.
    pub redirect_uri: String,
    /// The secret that proves who began, sealed for `signin/{state}`.
    pub verifier: Sealed,
    /// Until when it may be ended.
    pub expires_at: Timestamp,
}

/// Sign-ins under way.
#[async_trait]
pub trait SignInRepo: Send {
    /// A new one.
    async fn insert(&mut self, sign_in: &SignIn) -> Result<()>;
    /// The one of this state, where it has not expired before `now`.
    async fn get(&mut self, state: &str, now: Timestamp) -> Result<Option<SignIn>>;
    /// Takes it out, so that it is ended once at most. Removes those that expired before `now`.
    async fn take(&mut self, state: &str, now: Timestamp) -> Result<Option<SignIn>>;
}

/// Which posts to list.
#[derive(Debug, Clone, Default)]
pub struct PostFilter {
    /// Of this status as a whole.
    pub status: Option<PostStatus>,
    /// That have a delivery on this network.
    pub platform: Option<Platform>,
    /// Due at or after this.
    pub from: Option<Timestamp>,
    /// Due before this.
    pub to: Option<Timestamp>,
    /// Older than this one; where a page ended.
    pub before: Option<PostId>,
    /// At most so many; 0 means 20.
    pub limit: u32,
}

/// What authors wrote.
#[async_trait]
pub trait PostRepo: Send {
    /// A new post.
    async fn insert(&mut self, post: &Post) -> Result<()>;
    /// One post.
    async fn get(&mut self, workspace: WorkspaceId, id: PostId) -> Result<Option<Post>>;
    /// Compare-and-swap on the version.
    async fn update(&mut self, post: &mut Post) -> Result<()>;
    /// Posts, newest first.
    async fn list(&mut self, workspace: WorkspaceId, filter: &PostFilter) -> Result<Vec<Post>>;
}

/// Where to look on an account.
#[derive(Debug, Clone, Copy)]
pub struct Near {
    /// Around this time.
    pub at: Timestamp,
    /// So far on both sides, and not at the very ends.
    pub within: Duration,
    /// Besides this post.
    pub except: Option<PostId>,
    /// What says the same.
    pub said: Option<Said>,
}

/// What stands near a time on an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Nearby {
    /// How many are due at the time or before it.
    pub before: u64,
    /// How many are due after it.
    pub after: u64,
    /// One that says the same, and was not removed from the network since.
    pub twin: Option<PostId>,
}

impl Nearby {
    /// How many the fullest rolling day has that would hold one more at the time: at least as many
    /// as each half around it.
    #[must_use]
    pub fn fullest_day(&self) -> u64 {
        self.before.max(self.after)
    }
}

/// Posts on accounts.
#[async_trait]
pub trait DeliveryRepo: Send {
    /// A new delivery.
    async fn insert(&mut self, delivery: &Delivery) -> Result<()>;
    /// One delivery.
    async fn get(&mut self, workspace: WorkspaceId, id: DeliveryId) -> Result<Option<Delivery>>;
    /// Compare-and-swap on the version.
    async fn update(&mut self, delivery: &mut Delivery) -> Result<()>;
    /// All of a post.
    async fn of_post(&mut self, workspace: WorkspaceId, post: PostId) -> Result<Vec<Delivery>>;
    /// Those of an account that are due in `from..to`, in the order they are due. Nobody else adds
    /// to the account until the unit is over, so that who looks first may rely on what it saw.
    async fn of_account(
        &mut self,
        workspace: WorkspaceId,
        account: AccountId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Delivery>>;
    /// What stands near a time on an account. What was called off or failed does not.
    async fn nearby(
        &mut self,
        workspace: WorkspaceId,
        account: AccountId,
        near: &Near,
    ) -> Result<Nearby>;
    /// How many there are of each status.
    async fn count_by_status(
        &mut self,
        workspace: WorkspaceId,
    ) -> Result<Vec<(DeliveryStatus, u64)>>;
}

/// The journal.
#[async_trait]
pub trait AttemptRepo: Send {
    /// A step that is about to leave.
    async fn insert(&mut self, attempt: &Attempt) -> Result<()>;
    /// Overwrites what is known of a step.
    async fn update(&mut self, attempt: &Attempt) -> Result<()>;
    /// One step.
    async fn get(&mut self, workspace: WorkspaceId, id: AttemptId) -> Result<Option<Attempt>>;
    /// The steps of a delivery, in the order they happened.
    async fn of_delivery(
        &mut self,
        workspace: WorkspaceId,
        delivery: DeliveryId,
    ) -> Result<Vec<Attempt>>;
}

/// Whether a worker may still do what it is about to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// It holds the lease.
    Go,
    /// Another worker took the job, or it was cancelled: stop, and write nothing.
    Lost,
}

/// The queue's side of a transaction.
#[async_trait]
pub trait JobRepo: Send {
    /// Puts a job in, unless one with its task's key waits or runs. Whether it was put in.
    async fn enqueue(&mut self, job: &NewJob) -> Result<bool>;
    /// Puts jobs in, each unless one of its key is there. Which were put in, in their order. A
    /// store may do it faster than one by one.
    async fn enqueue_all(&mut self, jobs: &[NewJob]) -> Result<Vec<JobId>> {
        let mut new = Vec::new();
        for job in jobs {
            if self.enqueue(job).await? {
                new.push(job.id);
            }
        }
        Ok(new)
    }
    /// Whether the lease is still held.
    async fn gate(&mut self, lease: Lease) -> Result<Gate>;
    /// The job is done; it leaves the queue. `Lost` writes nothing.
    async fn complete(&mut self, lease: Lease) -> Result<Gate>;
    /// Those jobs are done. Which leases are lost: for them nothing is written. A store may do it
    /// faster than one by one.
    async fn complete_all(&mut self, leases: &[Lease]) -> Result<Vec<Lease>> {
        let mut lost = Vec::new();
        for lease in leases {
            if self.complete(*lease).await? == Gate::Lost {
                lost.push(*lease);
            }
        }
        Ok(lost)
    }
    /// The job shall run again at `due_at`; where it made progress, its attempts count from zero.
    async fn again(&mut self, lease: Lease, due_at: Timestamp, progress: bool) -> Result<Gate>;
    /// Takes the job out of the queue and keeps it aside with its story.
    async fn park(&mut self, lease: Lease, story: &str, at: Timestamp) -> Result<Gate>;
    /// Takes a waiting job out, or makes a running one lose its lease. Whether there was one.
    async fn cancel(&mut self, task: JobTask) -> Result<bool>;
    /// Moves a waiting job. Whether there was one waiting.
    async fn reschedule(&mut self, task: JobTask, due_at: Timestamp) -> Result<bool>;
    /// Jobs that ran too often, newest first.
    async fn parked(&mut self, workspace: WorkspaceId, limit: u32) -> Result<Vec<ParkedJob>>;
    /// A job that waits or runs.
    async fn queued(&mut self, workspace: WorkspaceId, id: JobId) -> Result<Option<QueuedJob>>;
    /// Jobs that wait or run, by due time and id: those after `after`, at most `limit`. It may look
    /// through every job, so it is for those who look from time to time.
    async fn list(
        &mut self,
        workspace: WorkspaceId,
        after: Option<(Timestamp, JobId)>,
        limit: u32,
    ) -> Result<Vec<QueuedJob>>;
    /// Takes a job out of the queue, whoever holds it, and keeps it aside with its story. What was
    /// to be done, where there was such a job.
    async fn set_aside(
        &mut self,
        workspace: WorkspaceId,
        id: JobId,
        story: &str,
        at: Timestamp,
    ) -> Result<Option<JobTask>>;
    /// Forgets a parked job. What was to be done, where there was one.
    async fn unpark(&mut self, workspace: WorkspaceId, id: JobId) -> Result<Option<JobTask>>;
}

/// Uploaded files and renditions.
#[async_trait]
pub trait MediaRepo: Send {
    /// A new asset.
    async fn insert_asset(&mut self, asset: &Asset) -> Result<()>;
    /// One asset.
    async fn asset(&mut self, workspace: WorkspaceId, id: AssetId) -> Result<Option<Asset>>;
    /// The asset with these bytes.
    async fn asset_by_hash(&mut self, workspace: WorkspaceId, hash: &str) -> Result<Option<Asset>>;
    /// Assets, newest first: those older than `before`, at most `limit`.
    async fn assets(
        &mut self,
        workspace: WorkspaceId,
        before: Option<AssetId>,
        limit: u32,
    ) -> Result<Vec<Asset>>;
    /// A post with a delivery that is not settled and uses the asset, if there is one.
    async fn waiting_post(&mut self, workspace: WorkspaceId, id: AssetId)
    -> Result<Option<PostId>>;
    /// Takes an asset out, if it is there.
    async fn remove_asset(&mut self, workspace: WorkspaceId, id: AssetId) -> Result<()>;
    /// Whether any workspace has an asset of these bytes.
    async fn is_held(&mut self, hash: &str) -> Result<bool>;
    /// Takes out all renditions of this source.
    async fn remove_renditions(
        &mut self,
        workspace: WorkspaceId,
        source: &str,
    ) -> Result<Vec<Rendition>>;
    /// Keeps a rendition, used at `at`; one of the same source and plan is overwritten.
    async fn put_rendition(
        &mut self,
        workspace: WorkspaceId,
        rendition: &Rendition,
        at: Timestamp,
    ) -> Result<()>;
    /// Notes that a rendition is used. Whether it is there.
    async fn use_rendition(
        &mut self,
        workspace: WorkspaceId,
        source: &str,
        plan: &str,
        at: Timestamp,
    ) -> Result<bool>;
    /// Renditions of all workspaces that were last used before `before`, those first that rest
    /// longest.
    async fn resting_renditions(
        &mut self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<(WorkspaceId, Rendition)>>;
    /// How many bytes the renditions of all workspaces have.
    async fn rendition_bytes(&mut self) -> Result<u64>;
    /// Takes a rendition out, if it is there. Whether no other workspace has the same, so that its
    /// bytes may go too.
    async fn remove_rendition(
        &mut self,
        workspace: WorkspaceId,
        source: &str,
        plan: &str,
    ) -> Result<bool>;
    /// The rendition of this source by this plan.
    async fn rendition(
        &mut self,
        workspace: WorkspaceId,
        source: &str,
        plan: &str,
    ) -> Result<Option<Rendition>>;
}

/// What happened: events on their way out, and those that were told lately.
#[async_trait]
pub trait OutboxRepo: Send {
    /// Adds an event.
    async fn append(&mut self, event: &OutboxEvent) -> Result<()>;
    /// The oldest events that are not marked yet, of all workspaces.
    async fn pending(&mut self, limit: u32) -> Result<Vec<OutboxEvent>>;
    /// Marks events as told. Of two units that read the same pending events and mark them, one
    /// waits for the other or fails.
    async fn mark(&mut self, ids: &[EventId], at: Timestamp) -> Result<()>;
    /// Marks at most `limit` events as told that nobody wants to hear: the oldest that are not
    /// marked, of workspaces that have no webhook. Returns how many.
    async fn mark_unheard(&mut self, at: Timestamp, limit: u32) -> Result<u64>;
    /// The events of a workspace that were appended after this one, told or not, oldest first;
    /// without one, from the oldest that is there. `None` where that event is not there any more,
    /// or never was in this workspace. An event never comes to be before one that was seen.
    async fn since(
        &mut self,
        workspace: WorkspaceId,
        after: Option<EventId>,
        limit: u32,
    ) -> Result<Option<Vec<OutboxEvent>>>;
    /// The last event of a workspace.
    async fn last(&mut self, workspace: WorkspaceId) -> Result<Option<EventId>>;
    /// Forgets at most `limit` events of all workspaces that were told before `before`, but never
    /// the last one of a workspace: whoever heard that one is up to date. Returns how many.
    async fn prune(&mut self, before: Timestamp, limit: u32) -> Result<u64>;
}

/// What a caller was answered, as it is to be answered again. The engine does not look into it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// The status, in the caller's own numbers.
    pub status: u16,
    /// What stood beside the body.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// A request that was done under an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestKey {
    /// The key the caller chose.
    pub key: String,
    /// SHA-256 of what was asked.
    pub request: String,
    /// What came of it.
    pub post: PostId,
    /// When.
    pub at: Timestamp,
    /// What the caller was answered first.
    pub answer: KeptAnswer,
    /// Whether nothing was left to happen to the post by itself when this was last looked at.
    pub settled: bool,
    /// When to look next whether it can be forgotten.
    pub look_at: Timestamp,
}

/// API keys.
#[async_trait]
pub trait KeyRepo: Send {
    /// A new key.
    async fn insert(&mut self, key: &ApiKey) -> Result<()>;
    /// The key of this hash, of whatever workspace, revoked and expired ones included.
    async fn by_hash(&mut self, hash: &str) -> Result<Option<ApiKey>>;
    /// All keys of a workspace.
    async fn list(&mut self, workspace: WorkspaceId) -> Result<Vec<ApiKey>>;
    /// Revokes a key. Revoking one again keeps the first time; `NotFound` where there is none.
    async fn revoke(&mut self, workspace: WorkspaceId, id: KeyId, at: Timestamp) -> Result<()>;
    /// Notes that a key was used.
    async fn touch(&mut self, workspace: WorkspaceId, id: KeyId, at: Timestamp) -> Result<()>;
}

/// The record of who did what. It only grows.
#[async_trait]
pub trait AuditRepo: Send {
    /// Adds an entry.
    async fn append(&mut self, entry: &AuditEntry) -> Result<()>;
    /// The latest entries before a place, newest first, each with its place. Later entries have
    /// higher places; which, is the store's own business.
    async fn latest(
        &mut self,
        workspace: WorkspaceId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<(u64, AuditEntry)>>;
    /// The first entries after a place, oldest first, each with its place.
    async fn onward(
        &mut self,
        workspace: WorkspaceId,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Vec<(u64, AuditEntry)>>;
}

/// Promises that somebody saw a preview.
#[async_trait]
pub trait ConfirmationRepo: Send {
    /// Keeps one.
    async fn insert(&mut self, confirmation: &Confirmation) -> Result<()>;
    /// Takes it out, so that it is good once. Removes those that expired before `now`.
    async fn take(
        &mut self,
        workspace: WorkspaceId,
        hash: &str,
        now: Timestamp,
    ) -> Result<Option<Confirmation>>;
}

/// Idempotency keys.
#[async_trait]
pub trait RequestKeyRepo: Send {
    /// Keeps a key.
    async fn insert(&mut self, workspace: WorkspaceId, key: &RequestKey) -> Result<()>;
    /// What was done under a key.
    async fn get(&mut self, workspace: WorkspaceId, key: &str) -> Result<Option<RequestKey>>;
    /// Overwrites what is known of a key; `NotFound` where there is none.
    async fn update(&mut self, workspace: WorkspaceId, key: &RequestKey) -> Result<()>;
    /// Keys of all workspaces that are to be looked at by `now`, those first that waited longest.
    async fn due(&mut self, now: Timestamp, limit: u32) -> Result<Vec<(WorkspaceId, RequestKey)>>;
    /// Forgets a key, if it is there.
    async fn remove(&mut self, workspace: WorkspaceId, key: &str) -> Result<()>;
}
