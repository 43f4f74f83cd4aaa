//! The ports: what the engine asks of the world, and what an app may ask of the engine.
//!
//! The five that an app uses, each usable without the others: [`Scheduler`], [`MediaPipeline`],
//! [`PlatformApi`], [`ContentEngine`], [`TokenManager`]. What they stand on: [`Store`] with its
//! repositories, [`JobQueue`], [`BlobStore`], [`Cache`], [`RateLimiter`], [`Sealer`],
//! [`PasswordHasher`], [`Transport`], [`TextModel`], [`ModelLedger`], [`TrendSource`], [`Clock`],
//! [`IdSource`], [`EventSink`].

mod analytics;
mod blob_store;
mod choices;
mod clock;
mod content_engine;
mod event_sink;
mod id_source;
mod job_queue;
mod media_pipeline;
mod media_work;
mod password_hasher;
mod people;
mod platform_api;
mod rate_limiter;
mod repositories;
mod scheduler;
mod sealer;
mod series;
mod slots;
mod store;
mod text_model;
mod token_manager;
mod transport;
mod trend_source;
mod uploads;
mod webhooks;
mod words;

pub use analytics::AnalyticsRepo;
pub use blob_store::{BlobError, BlobKey, BlobStore};
pub use choices::{Choice, ChoiceRepo};
pub use clock::{Clock, ManualClock, SystemClock};
pub use content_engine::{
    Brief, ContentEngine, ContentError, Hashtags, Picture, Suggestion, TagResult,
};
pub use event_sink::{Activity, EventSink, Silent};
pub use id_source::{IdSource, SeededIds, SystemIds};
pub use job_queue::{Backlog, Claim, ClaimRequest, JobQueue, ReadyJob};
pub use media_pipeline::{
    MediaError, MediaErrorKind, MediaPipeline, MediaSource, Processed, Progress, ThumbnailAt,
};
pub use media_work::{MediaWork, MediaWorkKind};
pub use password_hasher::{HashError, PasswordHasher};
pub use people::{InvitationRepo, PersonRepo, SessionRepo};
pub use platform_api::{
    AccountAuth, AccountInfo, Callback, Capabilities, FoundAccount, Left, PlatformApi, SignInCode,
    SignInRequest, SignedIn, Usage,
};
pub use rate_limiter::{Cache, Quota, RateLimiter};
pub use repositories::{
    AccountRepo, AttemptRepo, AuditRepo, ConfirmationRepo, DeliveryRepo, Gate, GrantRepo, JobRepo,
    KeptAnswer, KeyRepo, MediaRepo, Near, Nearby, OutboxRepo, PostFilter, PostRepo, RequestKey,
    RequestKeyRepo, SignIn, SignInRepo, WorkspaceRepo,
};
pub use scheduler::{PostRequest, Scheduler, Submit, When};
pub use sealer::{SealError, Sealed, Sealer, WrappedKey};
pub use series::{QuietRepo, SeriesRepo};
pub use slots::SlotRepo;
pub use store::{Store, StoreError, UnitOfWork};
pub use text_model::{Completion, ModelError, ModelLedger, OnPiece, Prompt, TextModel, Tokens};
pub use token_manager::{NewGrant, TokenManager};
pub use transport::{
    Body, BodyPart, DEFAULT_TIMEOUT, Request, Response, Sent, Streamed, Transport, TransportError,
};
pub use trend_source::{Trend, TrendError, TrendSource};
pub use uploads::UploadRepo;
pub use webhooks::{MessageFilter, WebhookRepo};
pub use words::WordsRepo;
