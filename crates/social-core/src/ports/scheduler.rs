//! Planning posts.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::domain::series::Repeat;
use crate::domain::{
    Account, MediaRef, Override, Platform, PostId, PostingWindow, Target, WorkspaceId,
};
use crate::engine::Error;

/// When a post shall be visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// As soon as it is prepared.
    Now,
    /// At this instant.
    At(Timestamp),
    /// At the next free slot of its accounts.
    NextSlot,
    /// At this slot, which was the next one when somebody was shown it. Refused where another post
    /// took it meanwhile.
    Slot(Timestamp),
}

/// How far a post goes by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Submit {
    /// It is kept, and goes nowhere until it is submitted.
    Draft,
    /// A person must approve it first.
    Approval,
    /// It goes out at its time.
    #[default]
    Schedule,
}

/// A post to be scheduled.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PostRequest {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// The text, unless a network has its own.
    pub content: String,
    /// Where it goes.
    pub targets: Vec<Target>,
    /// When. Of a post that comes again, its recurrence says so.
    pub when: When,
    /// How it comes again, where it does: this is then the first of a series.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
    /// The media, in order.
    pub media: Vec<MediaRef>,
    /// What single networks get instead.
    pub overrides: BTreeMap<Platform, Override>,
    /// What it is part of, for reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    /// Asking again with the same key gives the first post and makes no second one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
    /// How far it goes by itself.
    pub submit: Submit,
    /// Whether it may say what another post says to the same account within a day.
    #[serde(skip)]
    pub allow_duplicate: bool,
    /// For how long a post for now can be called off before it goes out. `None` means what the
    /// engine is set up with.
    #[serde(skip)]
    pub undo: Option<Duration>,
}

impl PostRequest {
    /// A post of `content` to `targets`, now.
    pub fn new<T: Into<Target>>(
        workspace: WorkspaceId,
        content: impl Into<String>,
        targets: impl IntoIterator<Item = T>,
    ) -> Self {
        Self {
            workspace,
            content: content.into(),
            targets: targets.into_iter().map(Into::into).collect(),
            when: When::Now,
            repeat: None,
            media: Vec::new(),
            overrides: BTreeMap::new(),
            campaign: None,
            idempotency_key: None,
            submit: Submit::default(),
            allow_duplicate: false,
            undo: None,
        }
    }

    /// The same at `time`.
    #[must_use]
    pub fn at(mut self, time: Timestamp) -> Self {
        self.when = When::At(time);
        self
    }

    /// The same again and again.
    #[must_use]
    pub fn repeated(mut self, repeat: impl Into<Repeat>) -> Self {
        self.repeat = Some(repeat.into());
        self
    }

    /// The same with one more media item.
    #[must_use]
    pub fn with_media(mut self, media: MediaRef) -> Self {
        self.media.push(media);
        self
    }
}

/// Plans posts and calls them off.
///
/// Contract: what preflight finds wrong is refused before anything is stored, all of it at once; a
/// draft alone is kept with what is wrong in its words and media. The same text and media to the same
/// account within a day are refused, unless that is meant. A post, its deliveries and their jobs
/// are stored in one transaction, which also finds the slot: there is no post without its job, and
/// no two posts get one slot. Cancelling and moving race safely with a worker: either they win and nothing becomes
/// visible, or they are refused.
#[async_trait]
pub trait Scheduler: Debug + Send + Sync + 'static {
    /// Schedules a post.
    async fn schedule_post(&self, request: PostRequest) -> Result<PostId, Error>;

    /// Moves a post whose deliveries all still wait, drafts included.
    async fn reschedule_post(
        &self,
        workspace: WorkspaceId,
        post: PostId,
        at: Timestamp,
    ) -> Result<(), Error>;

    /// Calls off all deliveries that still wait. Calling off what is called off is no error; what
    /// is or may be visible is refused.
    async fn cancel_scheduled_post(
        &self,
        workspace: WorkspaceId,
        post: PostId,
    ) -> Result<(), Error>;

    /// When posts of this account do best, best first: learnt from its own history and, where that
    /// says little, from the workspace's other accounts. Each window says what stands behind it
    /// and how sure it is ([`PostingWindow::evidence`]).
    async fn optimal_post_times(
        &self,
        platform: &Platform,
        account: &Account,
    ) -> Result<Vec<PostingWindow>, Error>;
}
