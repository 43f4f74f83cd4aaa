//! A unit of work: one transaction on the writer.

use std::fmt::Display;
use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, Row};
use social_core::ports::{
    AccountRepo, AnalyticsRepo, AttemptRepo, AuditRepo, ChoiceRepo, ConfirmationRepo, DeliveryRepo,
    GrantRepo, InvitationRepo, JobRepo, KeyRepo, MediaRepo, OutboxRepo, PersonRepo, PostRepo,
    QuietRepo, RequestKeyRepo, SeriesRepo, SessionRepo, SignInRepo, SlotRepo, StoreError,
    UnitOfWork, UploadRepo, WebhookRepo, WordsRepo, WorkspaceRepo,
};
use tokio::sync::{Notify, watch};
use tokio::task::coop::consume_budget;

use super::columns::Columns;
use super::readers::Reading;
use super::statement::Statement;
use super::writer::Transaction;
use crate::shared::poisoned;

type Result<T> = std::result::Result<T, StoreError>;

/// A unit of work.
pub(super) struct SqliteUnit {
    ground: Ground,
    /// Whether something failed, or was begun and never came to its end.
    failed: bool,
    woken: Arc<Notify>,
    /// Whether a job may have become due earlier.
    pub(super) wakes: bool,
    news: Arc<watch::Sender<u64>>,
    /// Whether something happened that others are told of.
    pub(super) appended: bool,
}

/// What a unit stands on.
pub(super) enum Ground {
    Writing(Transaction),
    Reading(Reading),
}

impl Ground {
    fn conn(&self) -> Result<&Connection> {
        match self {
            Self::Writing(transaction) => transaction.conn(),
            Self::Reading(reading) => reading.conn(),
        }
    }
}

impl From<Transaction> for Ground {
    fn from(transaction: Transaction) -> Self {
        Self::Writing(transaction)
    }
}

impl From<Reading> for Ground {
    fn from(reading: Reading) -> Self {
        Self::Reading(reading)
    }
}

impl SqliteUnit {
    pub(super) fn new(ground: Ground, woken: Arc<Notify>, news: Arc<watch::Sender<u64>>) -> Self {
        Self { ground, failed: false, woken, wakes: false, news, appended: false }
    }

    fn each(
        &mut self,
        statement: &Statement,
        what: &impl Display,
        read: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<u64> {
        let touched = self.ground.conn().and_then(|conn| statement.each(conn, what, read));
        self.failed |= touched.is_err();
        touched
    }

    /// Lets others have the thread now and then in a unit of many statements. One that is begun
    /// and dropped here was not run, and the unit does not commit without it.
    async fn breathe(&mut self) {
        let before = self.enter();
        consume_budget().await;
        self.leave(before);
    }

    /// Runs a statement; gives back how many rows it touched.
    pub(super) async fn run(
        &mut self,
        statement: Statement,
        what: &(impl Display + Sync),
    ) -> Result<u64> {
        self.breathe().await;
        self.each(&statement, what, |_| Ok(()))
    }

    /// Reads rows, `table` being what they are of.
    pub(super) async fn all<T>(
        &mut self,
        statement: Statement,
        table: &'static str,
        read: fn(&Columns<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.breathe().await;
        let mut rows = Vec::new();
        self.each(&statement, &table, |row| {
            rows.push(read(&Columns { table, row })?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Reads a row, if there is one.
    pub(super) async fn one<T>(
        &mut self,
        statement: Statement,
        table: &'static str,
        read: fn(&Columns<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.all(statement, table, read).await?.pop())
    }

    /// Runs a compare-and-swap: no row touched is a conflict.
    pub(super) async fn swap(
        &mut self,
        statement: Statement,
        what: &(impl Display + Sync),
    ) -> Result<()> {
        if self.run(statement, what).await? == 0 {
            return self.fail(StoreError::Conflict(what.to_string()));
        }
        Ok(())
    }

    /// Runs a change of a row that must be there.
    pub(super) async fn change(
        &mut self,
        statement: Statement,
        what: &(impl Display + Sync),
    ) -> Result<()> {
        if self.run(statement, what).await? == 0 {
            return Err(StoreError::NotFound(what.to_string()));
        }
        Ok(())
    }

    /// Passes an error on; the unit cannot commit any more.
    pub(super) fn fail<T>(&mut self, error: StoreError) -> Result<T> {
        self.failed = true;
        Err(error)
    }

    /// Marks the unit as half-way through several statements that belong together.
    pub(super) fn enter(&mut self) -> bool {
        std::mem::replace(&mut self.failed, true)
    }

    /// Ends what [`Self::enter`] began.
    pub(super) fn leave(&mut self, failed_before: bool) {
        self.failed = failed_before;
    }

    /// Makes it last, or none of it.
    pub(super) async fn end(self) -> Result<()> {
        if self.failed {
            return Err(poisoned());
        }
        if let Ground::Writing(transaction) = self.ground {
            transaction.commit().await?;
        }
        if self.wakes {
            // All who wait, and the next who will: a wake must not be lost on a busy worker.
            self.woken.notify_waiters();
            self.woken.notify_one();
        }
        if self.appended {
            self.news.send_modify(|count| *count += 1);
        }
        Ok(())
    }
}

#[async_trait]
impl UnitOfWork for SqliteUnit {
    fn workspaces(&mut self) -> &mut dyn WorkspaceRepo {
        self
    }
    fn accounts(&mut self) -> &mut dyn AccountRepo {
        self
    }
    fn grants(&mut self) -> &mut dyn GrantRepo {
        self
    }
    fn sign_ins(&mut self) -> &mut dyn SignInRepo {
        self
    }
    fn posts(&mut self) -> &mut dyn PostRepo {
        self
    }
    fn choices(&mut self) -> &mut dyn ChoiceRepo {
        self
    }
    fn uploads(&mut self) -> &mut dyn UploadRepo {
        self
    }
    fn series(&mut self) -> &mut dyn SeriesRepo {
        self
    }
    fn quiet(&mut self) -> &mut dyn QuietRepo {
        self
    }
    fn slots(&mut self) -> &mut dyn SlotRepo {
        self
    }
    fn deliveries(&mut self) -> &mut dyn DeliveryRepo {
        self
    }
    fn attempts(&mut self) -> &mut dyn AttemptRepo {
        self
    }
    fn jobs(&mut self) -> &mut dyn JobRepo {
        self
    }
    fn media(&mut self) -> &mut dyn MediaRepo {
        self
    }
    fn analytics(&mut self) -> &mut dyn AnalyticsRepo {
        self
    }
    fn words(&mut self) -> &mut dyn WordsRepo {
        self
    }
    fn outbox(&mut self) -> &mut dyn OutboxRepo {
        self
    }
    fn webhooks(&mut self) -> &mut dyn WebhookRepo {
        self
    }
    fn people(&mut self) -> &mut dyn PersonRepo {
        self
    }
    fn sessions(&mut self) -> &mut dyn SessionRepo {
        self
    }
    fn invitations(&mut self) -> &mut dyn InvitationRepo {
        self
    }
    fn keys(&mut self) -> &mut dyn KeyRepo {
        self
    }
    fn audit(&mut self) -> &mut dyn AuditRepo {
        self
    }
    fn confirmations(&mut self) -> &mut dyn ConfirmationRepo {
        self
    }
    fn request_keys(&mut self) -> &mut dyn RequestKeyRepo {
        self
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        self.end().await
    }
}
