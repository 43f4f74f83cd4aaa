//! Attempts, numbers, events and request keys in memory.

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{
    Attempt, AttemptId, DeliveryId, EventId, OutboxEvent, Snapshot, WorkspaceId,
};
use social_core::ports::{
    AnalyticsRepo, AttemptRepo, OutboxRepo, RequestKey, RequestKeyRepo, StoreError,
};

use super::unit::MemoryUnit;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl AttemptRepo for MemoryUnit {
    async fn insert(&mut self, attempt: &Attempt) -> Result<()> {
        let key = (attempt.workspace_id, attempt.id);
        self.put_new(|s| &mut s.attempts, key, attempt.clone(), attempt.id)?;
        let place = self.next_place();
        let key = (attempt.workspace_id, attempt.delivery_id, place);
        self.put(|s| &mut s.attempts_of, key, attempt.id);
        Ok(())
    }

    async fn update(&mut self, attempt: &Attempt) -> Result<()> {
        let key = (attempt.workspace_id, attempt.id);
        if !self.state.attempts.contains_key(&key) {
            return Err(StoreError::NotFound(attempt.id.to_string()));
        }
        self.put(|s| &mut s.attempts, key, attempt.clone());
        Ok(())
    }

    async fn get(&mut self, workspace: WorkspaceId, id: AttemptId) -> Result<Option<Attempt>> {
        Ok(self.state.attempts.get(&(workspace, id)).cloned())
    }

    async fn of_delivery(
        &mut self,
        workspace: WorkspaceId,
        delivery: DeliveryId,
    ) -> Result<Vec<Attempt>> {
        let all = (workspace, delivery, 0)..=(workspace, delivery, u64::MAX);
        let places = self.state.attempts_of.range(all);
        let mut found: Vec<Attempt> = places
            .filter_map(|(_, id)| self.state.attempts.get(&(workspace, *id)))
            .cloned()
            .collect();
        // Stable: those of one instant stay in the order they were written.
        found.sort_by_key(|attempt| attempt.started_at);
        Ok(found)
    }
}

#[async_trait]
impl AnalyticsRepo for MemoryUnit {
    async fn put(&mut self, snapshot: &Snapshot) -> Result<()> {
        let key = (snapshot.workspace_id, snapshot.delivery_id, snapshot.taken_at);
        MemoryUnit::put(self, |s| &mut s.snapshots, key, snapshot.clone());
        Ok(())
    }

    async fn of_delivery(
        &mut self,
        workspace: WorkspaceId,
        delivery: DeliveryId,
    ) -> Result<Vec<Snapshot>> {
        let rows = self.state.snapshots.values();
        Ok(rows
            .filter(|row| row.workspace_id == workspace && row.delivery_id == delivery)
            .cloned()
            .collect())
    }

    async fn latest(
        &mut self,
        workspace: WorkspaceId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Snapshot>> {
        let rows = self.state.snapshots.values();
        let mut found: Vec<Snapshot> = Vec::new();
        for row in rows.filter(|row| {
            row.workspace_id == workspace && row.taken_at >= from && row.taken_at < to
        }) {
            // The table is in the order of deliveries and then of time.
            match found.last_mut() {
                Some(last) if last.delivery_id == row.delivery_id => *last = row.clone(),
                _ => found.push(row.clone()),
            }
        }
        Ok(found)
    }
}

#[async_trait]
impl OutboxRepo for MemoryUnit {
    async fn append(&mut self, event: &OutboxEvent) -> Result<()> {
        let place = self.next_place();
        self.put_new(|s| &mut s.outbox_places, event.id, place, event.id)?;
        MemoryUnit::put(self, |s| &mut s.outbox, place, event.clone());
        Ok(())
    }

    async fn pending(&mut self, limit: u32) -> Result<Vec<OutboxEvent>> {
        let rows = self.state.outbox.values();
        Ok(rows.take(usize::try_from(limit).unwrap_or(usize::MAX)).cloned().collect())
    }

    async fn mark(&mut self, ids: &[EventId], at: Timestamp) -> Result<()> {
        for id in ids {
            let place = self.state.outbox_places.get(id).copied();
            if let Some(place) = place
                && self.take(|s| &mut s.outbox, place).is_some()
            {
                MemoryUnit::put(self, |s| &mut s.told, *id, at);
            }
        }
        Ok(())
    }
}

#[async_trait]
impl RequestKeyRepo for MemoryUnit {
    async fn insert(&mut self, workspace: WorkspaceId, key: &RequestKey) -> Result<()> {
        let row = (workspace, key.key.clone());
        self.put_new(|s| &mut s.request_keys, row, key.clone(), format!("the key `{}`", key.key))
    }

    async fn get(&mut self, workspace: WorkspaceId, key: &str) -> Result<Option<RequestKey>> {
        Ok(self.state.request_keys.get(&(workspace, key.to_owned())).cloned())
    }
}
