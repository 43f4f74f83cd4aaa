//! The vocabulary: what posts, deliveries, accounts and media are.

mod account;
mod analytics;
mod asset;
mod attempt;
mod delivery;
mod event;
mod experiment;
mod identity;
mod ids;
mod job;
mod measured;
pub mod media;
mod person;
mod platform;
mod post;
mod said;
pub mod series;
mod slot;
mod upload;
mod voice;
mod webhook;
mod wishes;

use serde::{Deserialize, Serialize};

pub use account::{Account, ChoiceOption, Grant, GrantStatus, TokenSet, Workspace};
pub use analytics::{Basis, Metric, Metrics, PostingWindow, Snapshot, TimeSpan};
pub use asset::{Asset, Rendition};
pub use attempt::{Attempt, AttemptState, RequestTrace};
pub use delivery::{
    Delivery, DeliveryEvent, DeliveryStatus, FlowRecord, InvalidTransition, Published,
    RenderedMedia,
};
pub use event::{BadEventKind, EventKind, Happened, OutboxEvent};
pub use experiment::{Experiment, Goal, Trial};
pub use identity::{ApiKey, AuditEntry, Budget, Confirmation, Permission, Scope, WritePolicy};
pub use ids::{
    AccountId, AssetId, AttemptId, BadId, DeliveryId, EventId, ExperimentId, GrantId, JobId, KeyId,
    MessageId, PersonId, PostId, SeriesId, SessionId, UploadId, WebhookId, WorkspaceId,
};
pub use job::{JobTask, Lease, LeasedJob, NewJob, ParkedJob, QueuedJob};
pub use measured::{Best, Counted, Dimension, Gained, Measured, Sum, Sums};
pub use person::{
    BadEmail, Email, Invitation, PasswordHash, Person, Purpose, Role, Session, Subject,
};
pub use platform::{BadPlatform, Platform};
pub use post::{MediaRef, Override, Post, PostStatus, Target};
pub use said::Said;
pub use slot::{BadWallTime, BadZone, SlotPlan, WallTime, Weekday, WeeklySlot, Zone};
pub use upload::{Piece, Upload};
pub use voice::{HashtagPolicy, Voice, VoiceBreach};
pub use webhook::{
    DueSecret, MessageStatus, PauseReason, Webhook, WebhookAttempt, WebhookKind, WebhookMessage,
    WebhookOutcome, WebhookStatus,
};
pub use wishes::{Fit, Wishes};

/// What kind of thing a post is on a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PostKind {
    /// Words alone.
    Text,
    /// One picture.
    Image,
    /// Several pictures.
    Carousel,
    /// One clip.
    Video,
    /// One short clip in the form that the network has beside ordinary clips.
    Reel,
    /// A picture or clip that is seen for a day.
    Story,
    /// Pictures or a clip as a draft that a person finishes in the network's app.
    Inbox,
    /// A file of pages, such as a PDF.
    Document,
}
