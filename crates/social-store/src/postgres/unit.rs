//! A unit of work: one transaction on a connection of its own.
//!
//! The transaction begins with the first statement that changes or locks something. What is only
//! looked at before needs none: each statement sees what is committed when it begins
//! (`read committed`), within a transaction or without one.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::sync::Arc;

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{AccountId, OutboxEvent};
use social_core::ports::{
    AccountRepo, AnalyticsRepo, AttemptRepo, AuditRepo, ChoiceRepo, ConfirmationRepo, DeliveryRepo,
    GrantRepo, InvitationRepo, JobRepo, KeyRepo, MediaRepo, OutboxRepo, PersonRepo, PostRepo,
    QuietRepo, RequestKeyRepo, SeriesRepo, SessionRepo, SignInRepo, SlotRepo, StoreError,
    UnitOfWork, UploadRepo, WebhookRepo, WordsRepo, WorkspaceRepo,
};
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres, SqlSafeStr, SqlStr, Transaction, query};
use tokio::runtime::Handle;
use tokio::sync::watch;
use uuid::Uuid;

use super::columns::{Columns, json};
use super::error::{broken, failed};
use super::rollbacks::Rollbacks;
use super::sql;
use super::wakes::Wakes;
use crate::shared::poisoned;

type Result<T> = std::result::Result<T, StoreError>;

/// A statement with its values.
pub(super) type Query<'q> = query::Query<'q, Postgres, <Postgres as sqlx::Database>::Arguments>;

/// Rows that a unit may keep to itself until it is over: who looks at them and relies on what it
/// found takes them, and so does whoever adds to them.
#[derive(Clone, Copy)]
pub(super) enum Held {
    /// The deliveries of an account.
    Account,
    /// The events of a workspace; those who append some share it, in `append_events`.
    Events,
    /// The people of a workspace, and the links that let more in.
    People,
    /// The open uploads of a workspace.
    Uploads,
    /// The tallies of a workspace.
    Tallies,
}

impl Held {
    /// What the lock is told apart by.
    const fn number(self) -> i64 {
        match self {
            Self::Account => 1,
            Self::Events => 2,
            Self::People => 3,
            Self::Uploads => 4,
            Self::Tallies => 5,
        }
    }
}

/// What a unit does to its process once it is over.
pub(super) struct After {
    pub(super) wakes: Arc<Wakes>,
    pub(super) news: Arc<watch::Sender<u64>>,
    pub(super) rollbacks: Arc<Rollbacks>,
}

/// The connection of a unit.
enum Conn {
    /// Nothing was changed or locked by now.
    Free(PoolConnection<Postgres>),
    Within(Transaction<'static, Postgres>),
    /// The unit is over, or its transaction could not begin.
    Gone,
}

/// A unit of work.
pub(super) struct PostgresUnit {
    conn: Conn,
    /// Whether it only reads.
    reads: bool,
    /// Whether all it reads is of one instant, which has passed.
    of_one_instant: bool,
    /// Whether something failed, or was begun and never came to its end.
    failed: bool,
    /// Whether it holds or changed anything that another could trip over.
    pub(super) wrote: bool,
    /// Lanes whose jobs changed. They are put in order at the end, all at once.
    lanes: BTreeSet<AccountId>,
    /// When the earliest job that it put in or moved is due.
    pub(super) due: Option<Timestamp>,
    /// Whether a job may have become due earlier.
    pub(super) wakes: bool,
    /// Events to be written in the end, in their order.
    events: Vec<OutboxEvent>,
    /// Whether something happened that others are told of.
    appended: bool,
    after: After,
    runtime: Handle,
}

impl PostgresUnit {
    pub(super) fn new(conn: PoolConnection<Postgres>, after: After) -> Self {
        Self {
            conn: Conn::Free(conn),
            reads: false,
            of_one_instant: false,
            failed: false,
            wrote: false,
            lanes: BTreeSet::new(),
            due: None,
            wakes: false,
            events: Vec::new(),
            appended: false,
            after,
            runtime: Handle::current(),
        }
    }

    /// A unit that only reads, all of it as of the instant of its first look.
    pub(super) fn reading(conn: PoolConnection<Postgres>, after: After) -> Self {
        let mut unit = Self::new(conn, after);
        unit.reads = true;
        unit
    }

    /// Begins the transaction, unless it has.
    async fn begin(&mut self) -> Result<()> {
        if self.reads && matches!(self.conn, Conn::Free(_)) {
            self.of_one_instant = true;
            return self.begin_by(Some(sql::schema::READ.into_sql_str())).await;
        }
        self.begin_by(None).await
    }

    async fn begin_by(&mut self, how: Option<SqlStr>) -> Result<()> {
        self.conn = match std::mem::replace(&mut self.conn, Conn::Gone) {
            Conn::Free(conn) => Conn::Within(Transaction::begin(conn, how).await.map_err(broken)?),
            within => within,
        };
        Ok(())
    }

    /// Waits until nobody appends events to a workspace, and has all wait who mean to: what is read
    /// next has no gap that is filled later. Whoever looked at all as of one instant before cannot
    /// see what was appended since.
    pub(super) async fn hold_events(&mut self, workspace: Uuid) -> Result<()> {
        if self.of_one_instant {
            let why = "a unit that only reads asks for events before all else";
            return Err(StoreError::Backend(why.into()));
        }
        self.begin_by(None).await?;
        let hold = query(sql::schema::HOLD).bind(Held::Events.number()).bind(workspace);
        self.run(hold, &"the events").await.map(drop)
    }

    /// Whether it only reads.
    pub(super) fn reads(&self) -> bool {
        self.reads
    }

    /// Keeps rows to itself until it is over. Who only reads relies on nothing.
    pub(super) async fn hold(&mut self, what: Held, whose: Uuid) -> Result<()> {
        if self.reads {
            return Ok(());
        }
        let hold = query(sql::schema::HOLD).bind(what.number()).bind(whose);
        self.run(hold, &"a lock").await.map(drop)
    }

    fn conn(&mut self) -> Result<&mut PgConnection> {
        match &mut self.conn {
            Conn::Free(conn) => Ok(conn),
            Conn::Within(transaction) => Ok(transaction),
            Conn::Gone => Err(poisoned()),
        }
    }

    /// Runs a statement; gives back how many rows it touched.
    pub(super) async fn run(
        &mut self,
        query: Query<'_>,
        what: &(impl Display + Sync),
    ) -> Result<u64> {
        let fine = !std::mem::replace(&mut self.failed, true);
        self.wrote = true;
        self.begin().await?;
        let done = query.execute(self.conn()?).await;
        let done = done.map_err(|error| failed(error, what))?;
        self.failed = !fine;
        Ok(done.rows_affected())
    }

    /// Changes or locks rows of a table and reads them.
    pub(super) async fn all<T>(
        &mut self,
        query: Query<'_>,
        table: &'static str,
        read: fn(&Columns<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.begin().await?;
        self.see(query, table, read).await
    }

    /// Reads rows of a table as they stand, and relies on nothing: in a unit that may write, no
    /// transaction begins, so the statement must change and lock nothing.
    pub(super) async fn see<T>(
        &mut self,
        query: Query<'_>,
        table: &'static str,
        read: fn(&Columns<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        if self.reads {
            self.begin().await?;
        }
        self.glance(query, table, read).await
    }

    /// The same in a transaction only where one began.
    pub(super) async fn glance<T>(
        &mut self,
        query: Query<'_>,
        table: &'static str,
        read: fn(&Columns<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let fine = !std::mem::replace(&mut self.failed, true);
        let rows = query.fetch_all(self.conn()?).await;
        let rows = rows.map_err(|error| failed(error, &table))?;
        let rows = rows.iter().map(|row| read(&Columns { table, row })).collect::<Result<_>>()?;
        self.failed = !fine;
        Ok(rows)
    }

    /// The same of a row, if there is one.
    pub(super) async fn see_one<T>(
        &mut self,
        query: Query<'_>,
        table: &'static str,
        read: fn(&Columns<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.see(query, table, read).await?.pop())
    }

    /// Changes or locks a row and reads it, if there is one.
    pub(super) async fn one<T>(
        &mut self,
        query: Query<'_>,
        table: &'static str,
        read: fn(&Columns<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.all(query, table, read).await?.pop())
    }

    /// Runs a compare-and-swap: no row touched is a conflict.
    pub(super) async fn swap(
        &mut self,
        query: Query<'_>,
        what: &(impl Display + Sync),
    ) -> Result<()> {
        if self.run(query, what).await? == 0 {
            self.failed = true;
            return Err(StoreError::Conflict(what.to_string()));
        }
        Ok(())
    }

    /// Runs a change of a row that must be there.
    pub(super) async fn change(
        &mut self,
        query: Query<'_>,
        what: &(impl Display + Sync),
    ) -> Result<()> {
        if self.run(query, what).await? == 0 {
            return Err(StoreError::NotFound(what.to_string()));
        }
        Ok(())
    }

    /// Notes that jobs of a lane changed.
    pub(super) fn touch(&mut self, lane: Option<AccountId>) {
        self.lanes.extend(lane);
    }

    /// Notes that a job is due at `time`.
    pub(super) fn plan(&mut self, time: Timestamp) {
        self.due = Some(self.due.map_or(time, |due| due.min(time)));
        self.wakes = true;
    }

    /// Notes an event to be written in the end.
    pub(super) fn tell_last(&mut self, event: &OutboxEvent) {
        self.events.push(event.clone());
        self.appended = true;
    }

    /// Puts the lanes in order whose jobs changed, and writes the events that were noted: both at
    /// the end, since what they lock others wait for.
    pub(super) async fn finish(&mut self) -> Result<()> {
        if self.lanes.is_empty() && self.events.is_empty() {
            return Ok(());
        }
        let lanes: Vec<_> = std::mem::take(&mut self.lanes).iter().map(|l| l.as_uuid()).collect();
        let events = std::mem::take(&mut self.events);
        let docs = events.iter().map(json).collect::<Result<Vec<_>>>()?;
        let finish = query(sql::schema::FINISH)
            .bind(lanes)
            .bind(events.iter().map(|event| event.workspace_id.as_uuid()).collect::<Vec<_>>())
            .bind(events.iter().map(|event| event.id.as_uuid()).collect::<Vec<_>>())
            .bind(docs);
        self.run(finish, &"the end of a unit").await.map(drop)
    }

    /// Makes it last, or none of it.
    pub(super) async fn end(mut self) -> Result<()> {
        if self.failed {
            return Err(poisoned());
        }
        self.finish().await?;
        match std::mem::replace(&mut self.conn, Conn::Gone) {
            Conn::Within(transaction) => transaction.commit().await.map_err(broken)?,
            Conn::Free(_) => {}
            Conn::Gone => return Err(poisoned()),
        }
        if self.wakes {
            self.after.wakes.wake(self.due);
        }
        if self.appended {
            self.after.news.send_modify(|count| *count += 1);
        }
        Ok(())
    }
}

impl Drop for PostgresUnit {
    fn drop(&mut self) {
        // A connection goes back to its pool in the background.
        let _runtime = self.runtime.enter();
        if let Conn::Within(transaction) = std::mem::replace(&mut self.conn, Conn::Gone) {
            // Nothing can be awaited here. Whoever begins next in this process waits for it.
            let ending = self.wrote.then(|| self.after.rollbacks.begin());
            self.runtime.spawn(async move {
                if let Err(error) = transaction.rollback().await {
                    // The server does it itself once the connection is gone.
                    tracing::warn!(%error, "a unit of work could not be rolled back");
                }
                drop(ending);
            });
        }
    }
}

#[async_trait]
impl UnitOfWork for PostgresUnit {
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
