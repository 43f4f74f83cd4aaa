//! A unit of work in memory: changes are made in place, and undone unless committed.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use async_trait::async_trait;
use social_core::domain::JobId;
use social_core::ports::{
    AccountRepo, AnalyticsRepo, AttemptRepo, AuditRepo, ChoiceRepo, ConfirmationRepo, DeliveryRepo,
    GrantRepo, InvitationRepo, JobRepo, KeyRepo, MediaRepo, OutboxRepo, PersonRepo, PostRepo,
    QuietRepo, RequestKeyRepo, SeriesRepo, SessionRepo, SignInRepo, SlotRepo, StoreError,
    UnitOfWork, UploadRepo, WebhookRepo, WordsRepo, WorkspaceRepo,
};
use tokio::sync::{Notify, OwnedMutexGuard, watch};

use super::jobs::Job;
use super::state::State;
use crate::shared::poisoned;

type Undo = Box<dyn FnOnce(&mut State) + Send>;

/// A table of the state.
pub(super) type Table<K, V> = fn(&mut State) -> &mut BTreeMap<K, V>;

/// A unit of work. It holds the state alone until it ends.
pub(super) struct MemoryUnit {
    pub(super) state: OwnedMutexGuard<State>,
    /// What takes back each change, latest last.
    undo: Vec<Undo>,
    failed: bool,
    woken: Arc<Notify>,
    /// Whether a job may have become due earlier.
    pub(super) wakes: bool,
    news: Arc<watch::Sender<u64>>,
    /// Whether something happened that others are told of.
    pub(super) appended: bool,
}

impl MemoryUnit {
    pub(super) fn new(
        state: OwnedMutexGuard<State>,
        woken: Arc<Notify>,
        news: Arc<watch::Sender<u64>>,
    ) -> Self {
        let undo = Vec::new();
        Self { state, undo, failed: false, woken, wakes: false, news, appended: false }
    }

    /// Writes a row, whether or not there is one.
    pub(super) fn put<K, V>(&mut self, table: Table<K, V>, key: K, value: V)
    where
        K: Ord + Clone + Send + 'static,
        V: Send + 'static,
    {
        let before = table(&mut self.state).insert(key.clone(), value);
        self.undo.push(Box::new(move |state| {
            match before {
                Some(before) => table(state).insert(key, before),
                None => table(state).remove(&key),
            };
        }));
    }

    /// Writes a row that must be new.
    pub(super) fn put_new<K, V>(
        &mut self,
        table: Table<K, V>,
        key: K,
        value: V,
        what: impl Display,
    ) -> Result<(), StoreError>
    where
        K: Ord + Clone + Send + 'static,
        V: Send + 'static,
    {
        if table(&mut self.state).contains_key(&key) {
            return self.conflict(what);
        }
        self.put(table, key, value);
        Ok(())
    }

    /// Takes a row out.
    pub(super) fn take<K, V>(&mut self, table: Table<K, V>, key: K) -> Option<V>
    where
        K: Ord + Send + 'static,
        V: Clone + Send + 'static,
    {
        let value = table(&mut self.state).remove(&key)?;
        let before = value.clone();
        self.undo.push(Box::new(move |state| {
            table(state).insert(key, before);
        }));
        Some(value)
    }

    /// Writes a job, or takes it out.
    pub(super) fn set_job(&mut self, id: JobId, job: Option<Job>) {
        let before = self.state.jobs.set(id, job);
        self.undo.push(Box::new(move |state| {
            state.jobs.set(id, before);
        }));
    }

    /// The next number of what is written.
    pub(super) fn next_place(&mut self) -> u64 {
        self.state.written += 1;
        self.state.written
    }

    /// Refuses a write; the unit cannot commit any more.
    pub(super) fn conflict<T>(&mut self, what: impl Display) -> Result<T, StoreError> {
        self.failed = true;
        Err(StoreError::Conflict(what.to_string()))
    }
}

impl Drop for MemoryUnit {
    fn drop(&mut self) {
        while let Some(undo) = self.undo.pop() {
            undo(&mut self.state);
        }
    }
}

#[async_trait]
impl UnitOfWork for MemoryUnit {
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

    async fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        if self.failed {
            return Err(poisoned());
        }
        self.undo.clear();
        if self.wakes {
            super::wake(&self.woken);
        }
        if self.appended {
            self.news.send_modify(|count| *count += 1);
        }
        Ok(())
    }
}
