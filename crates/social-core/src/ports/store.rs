//! Where everything but media is kept.

use std::fmt::Debug;

use async_trait::async_trait;
use tokio::sync::watch;

use super::analytics::AnalyticsRepo;
use super::choices::ChoiceRepo;
use super::people::{InvitationRepo, PersonRepo, SessionRepo};
use super::repositories::{
    AccountRepo, AttemptRepo, AuditRepo, ConfirmationRepo, DeliveryRepo, GrantRepo, JobRepo,
    KeyRepo, MediaRepo, OutboxRepo, PostRepo, RequestKeyRepo, SignInRepo, WorkspaceRepo,
};
use super::series::{QuietRepo, SeriesRepo};
use super::slots::SlotRepo;
use super::uploads::UploadRepo;
use super::webhooks::WebhookRepo;
use super::words::WordsRepo;
use crate::error::BoxError;

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// No such row in this workspace.
    #[error("there is no {0}")]
    NotFound(String),
    /// The row was changed by another since it was read, or a row with its key exists.
    #[error("{0} was changed meanwhile: read it again and repeat the change")]
    Conflict(String),
    /// Another process holds the database.
    #[error("the database is locked by another process: stop it, or try again in a moment")]
    Locked(#[source] BoxError),
    /// No room left.
    #[error("the disk that holds the database is full: free some space; nothing stored is lost")]
    Full(#[source] BoxError),
    /// The database was written by a newer release.
    #[error(
        "the database is of a newer release (schema {found}; this one knows {known}): \
         use that release; nothing was changed"
    )]
    Newer {
        /// The schema found.
        found: i64,
        /// The newest schema this release knows.
        known: i64,
    },
    /// A row does not read back.
    #[error("a row of {table} does not read back: {detail}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// Anything else of the database.
    #[error("the database failed: {0}")]
    Backend(#[source] BoxError),
}

/// Opens units of work.
///
/// Contract: a unit is a transaction of its own, as if no other ran beside it. What a committed
/// unit wrote survives a crash at once after `commit` returned.
#[async_trait]
pub trait Store: Debug + Send + Sync + 'static {
    /// A new unit. It may wait for another to end; keep units short and never hold one while
    /// waiting for anything else.
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError>;

    /// A new unit that only reads: it sees all that was committed before it began. It may be
    /// dropped or committed alike, and what it writes may be refused. Default: [`Store::begin`];
    /// a store whose readers need not wait for writers does better.
    async fn read(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        self.begin().await
    }

    /// A count that rises with each unit of this process that appended to the outbox and
    /// committed. A hint: events of other processes do not raise it, so listeners also look from
    /// time to time.
    fn news(&self) -> watch::Receiver<u64>;
}

/// A transaction with small repositories. Dropped without [`UnitOfWork::commit`], nothing of it
/// remains. After any error but `NotFound`, drop it: a unit that failed refuses to commit.
///
/// An insert that needs no answer may wait: that such a row is there already is then told by the
/// next call that reads, or by the commit.
///
/// Every method that names a workspace sees and changes rows of that workspace alone.
#[async_trait]
pub trait UnitOfWork: Send {
    /// Tenants.
    fn workspaces(&mut self) -> &mut dyn WorkspaceRepo;
    /// Connected destinations.
    fn accounts(&mut self) -> &mut dyn AccountRepo;
    /// Authorisations.
    fn grants(&mut self) -> &mut dyn GrantRepo;
    /// Sign-ins under way.
    fn sign_ins(&mut self) -> &mut dyn SignInRepo;
    /// What authors wrote.
    fn posts(&mut self) -> &mut dyn PostRepo;
    /// Accounts that wait for somebody to choose.
    fn choices(&mut self) -> &mut dyn ChoiceRepo;
    /// Files that come in pieces.
    fn uploads(&mut self) -> &mut dyn UploadRepo;
    /// Posts that come again.
    fn series(&mut self) -> &mut dyn SeriesRepo;
    /// The hours in which nothing goes out by itself.
    fn quiet(&mut self) -> &mut dyn QuietRepo;
    /// The hours at which accounts like to post.
    fn slots(&mut self) -> &mut dyn SlotRepo;
    /// Posts on accounts.
    fn deliveries(&mut self) -> &mut dyn DeliveryRepo;
    /// The journal.
    fn attempts(&mut self) -> &mut dyn AttemptRepo;
    /// The queue's side of this transaction.
    fn jobs(&mut self) -> &mut dyn JobRepo;
    /// Uploaded files and renditions.
    fn media(&mut self) -> &mut dyn MediaRepo;
    /// Numbers.
    fn analytics(&mut self) -> &mut dyn AnalyticsRepo;
    /// How workspaces sound, and what they try.
    fn words(&mut self) -> &mut dyn WordsRepo;
    /// Events on their way out.
    fn outbox(&mut self) -> &mut dyn OutboxRepo;
    /// Addresses that are told what happens.
    fn webhooks(&mut self) -> &mut dyn WebhookRepo;
    /// Who may sign in.
    fn people(&mut self) -> &mut dyn PersonRepo;
    /// Who is signed in.
    fn sessions(&mut self) -> &mut dyn SessionRepo;
    /// Links that let people in.
    fn invitations(&mut self) -> &mut dyn InvitationRepo;
    /// API keys.
    fn keys(&mut self) -> &mut dyn KeyRepo;
    /// The record of who did what.
    fn audit(&mut self) -> &mut dyn AuditRepo;
    /// Promises that somebody saw a preview.
    fn confirmations(&mut self) -> &mut dyn ConfirmationRepo;
    /// Idempotency keys.
    fn request_keys(&mut self) -> &mut dyn RequestKeyRepo;

    /// Makes all of it last, or none.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}
