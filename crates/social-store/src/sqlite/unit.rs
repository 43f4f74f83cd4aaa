//! A unit of work: one transaction on the writer.

use std::fmt::Display;
use std::sync::Arc;

use async_trait::async_trait;
use futures::StreamExt as _;
use social_core::ports::{
    AccountRepo, AnalyticsRepo, AttemptRepo, AuditRepo, ChoiceRepo, ConfirmationRepo, DeliveryRepo,
    GrantRepo, InvitationRepo, JobRepo, KeyRepo, MediaRepo, OutboxRepo, PersonRepo, PostRepo,
    QuietRepo, RequestKeyRepo, SeriesRepo, SessionRepo, SignInRepo, SlotRepo, StoreError,
    UnitOfWork, UploadRepo, WebhookRepo, WorkspaceRepo,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{Either, Executor as _, SqliteConnection};
use tokio::sync::{Notify, watch};

use super::columns::Columns;
use super::error::failed;
use super::readers::Reading;
use super::statement::{Batch, Statement};
use super::writer::Transaction;
use crate::shared::poisoned;

type Result<T> = std::result::Result<T, StoreError>;

/// A unit of work.
pub(super) struct SqliteUnit {
    transaction: Ground,
    /// Statements whose answer nobody needs yet, each with what it is about.
    waiting: Vec<(Statement, String)>,
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
    fn conn(&mut self) -> Result<(Option<&'static str>, &mut SqliteConnection)> {
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
    pub(super) fn new(
        transaction: Ground,
        woken: Arc<Notify>,
        news: Arc<watch::Sender<u64>>,
    ) -> Self {
        Self {
            transaction,
            waiting: Vec::new(),
            failed: false,
            woken,
            wakes: false,
            news,
            appended: false,
        }
    }

    /// Sends what waits, then the given statements, of which the last is about `what`, then `end`.
    /// Gives back the rows of all, and how many rows the last of the statements touched.
    async fn send(
        &mut self,
        statements: impl IntoIterator<Item = Statement>,
        what: &(impl Display + Sync),
        end: Option<&'static str>,
    ) -> Result<(Vec<SqliteRow>, u64)> {
        let fine = !std::mem::replace(&mut self.failed, true);
        let mut batch = Batch::default();
        let (first, conn) = self.transaction.conn()?;
        first.into_iter().for_each(|first| batch.push_plain(first));
        let mut about = Vec::new();
        for (statement, what) in self.waiting.drain(..) {
            batch.push(statement)?;
            about.push(what);
        }
        for statement in statements {
            batch.push(statement)?;
        }
        end.into_iter().for_each(|end| batch.push_plain(end));
        let (mut rows, mut touched, mut done) = (Vec::new(), 0, 0_usize);
        let query = batch.query();
        let mut answers = conn.fetch_many(query);
        while let Some(answer) = answers.next().await {
            match answer {
                Ok(Either::Right(row)) => rows.push(row),
                Ok(Either::Left(result)) => {
                    touched = result.rows_affected();
                    done += 1;
                }
                Err(error) => {
                    let place = done.checked_sub(usize::from(first.is_some()));
                    let waited = place.and_then(|place| about.get(place));
                    return Err(match waited {
                        Some(waited) => failed(error, waited),
                        None => failed(error, what),
                    });
                }
            }
        }
        self.failed = !fine;
        Ok((rows, touched))
    }

    /// Lets a statement go along with the next one, or with the commit, which then tell what is
    /// wrong with it.
    pub(super) fn later(&mut self, statement: Statement, what: &impl Display) {
        self.waiting.push((statement, what.to_string()));
    }

    /// Runs a statement; gives back how many rows it touched.
    pub(super) async fn run(
        &mut self,
        statement: Statement,
        what: &(impl Display + Sync),
    ) -> Result<u64> {
        self.send([statement], what, None).await.map(|(_, touched)| touched)
    }

    /// Reads rows, `what` being the table.
    pub(super) async fn all<T>(
        &mut self,
        statement: Statement,
        table: &'static str,
        read: fn(&Columns<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.all_of([statement], table, read).await
    }

    /// Reads the rows that any of these statements gives back.
    pub(super) async fn all_of<T>(
        &mut self,
        statements: impl IntoIterator<Item = Statement>,
        table: &'static str,
        read: fn(&Columns<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let (rows, _) = self.send(statements, &table, None).await?;
        let read = rows.iter().map(|row| read(&Columns { table, row })).collect::<Result<_>>();
        self.failed |= read.is_err();
        read
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
    pub(super) async fn end(mut self) -> Result<()> {
        if self.failed {
            return Err(poisoned());
        }
        let last = match &self.transaction {
            Ground::Writing(transaction) => transaction.last(),
            Ground::Reading(_) => None,
        };
        if last.is_some() || !self.waiting.is_empty() {
            self.send([], &"the unit", last).await?;
        }
        if let Ground::Writing(transaction) = self.transaction {
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
