//! Where everything but media is kept.

use std::fmt::Debug;

use async_trait::async_trait;

use super::repositories::{
    AccountRepo, AnalyticsRepo, AttemptRepo, AuditRepo, ConfirmationRepo, DeliveryRepo, GrantRepo,
    JobRepo, KeyRepo, MediaRepo, OutboxRepo, PostRepo, RequestKeyRepo, SignInRepo, WorkspaceRepo,
};
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
}

/// A transaction with small repositories. Dropped without [`UnitOfWork::commit`], nothing of it
/// remains. After any error but `NotFound`, drop it: a unit that failed refuses to commit.
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
    /// Events on their way out.
    fn outbox(&mut self) -> &mut dyn OutboxRepo;
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
