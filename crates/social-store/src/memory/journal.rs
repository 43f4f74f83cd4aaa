//! Attempts, events and request keys in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{
    Attempt, AttemptId, DeliveryId, EventId, OutboxEvent, WebhookId, WorkspaceId,
};
use social_core::ports::{AttemptRepo, OutboxRepo, RequestKey, RequestKeyRepo, StoreError};
use uuid::Uuid;

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
impl OutboxRepo for MemoryUnit {
    async fn append(&mut self, event: &OutboxEvent) -> Result<()> {
        let place = self.next_place();
        self.put_new(|s| &mut s.event_places, event.id, place, event.id)?;
        MemoryUnit::put(self, |s| &mut s.events, place, event.clone());
        MemoryUnit::put(self, |s| &mut s.pending, place, ());
        self.appended = true;
        Ok(())
    }

    async fn pending(&mut self, limit: u32) -> Result<Vec<OutboxEvent>> {
        let places = self.state.pending.keys().take(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(places.filter_map(|place| self.state.events.get(place)).cloned().collect())
    }

    async fn mark(&mut self, ids: &[EventId], at: Timestamp) -> Result<()> {
        for id in ids {
            let place = self.state.event_places.get(id).copied();
            if let Some(place) = place
                && self.take(|s| &mut s.pending, place).is_some()
            {
                MemoryUnit::put(self, |s| &mut s.told, place, at);
            }
        }
        Ok(())
    }

    async fn mark_unheard(&mut self, at: Timestamp, limit: u32) -> Result<u64> {
        let state = &self.state;
        let heard = |ws| {
            let all = (ws, WebhookId::from_uuid(Uuid::nil()))..;
            state.webhooks.range(all).next().is_some_and(|((of, _), _)| *of == ws)
        };
        let unheard =
            |place: &&u64| state.events.get(place).is_some_and(|event| !heard(event.workspace_id));
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let places: Vec<u64> = state.pending.keys().filter(unheard).take(limit).copied().collect();
        for place in &places {
            self.take(|s| &mut s.pending, *place);
            MemoryUnit::put(self, |s| &mut s.told, *place, at);
        }
        Ok(places.len().try_into().unwrap_or(u64::MAX))
    }

    async fn since(
        &mut self,
        workspace: WorkspaceId,
        after: Option<EventId>,
        limit: u32,
    ) -> Result<Option<Vec<OutboxEvent>>> {
        let place = match after {
            None => 0,
            Some(after) => {
                let place = self.state.event_places.get(&after).copied();
                let event = place.and_then(|place| self.state.events.get(&place));
                match (place, event.filter(|event| event.workspace_id == workspace)) {
                    (Some(place), Some(_)) => place + 1,
                    _ => return Ok(None),
                }
            }
        };
        let later = self.state.events.range(place..).map(|(_, event)| event);
        let its = later.filter(|event| event.workspace_id == workspace);
        Ok(Some(its.take(usize::try_from(limit).unwrap_or(usize::MAX)).cloned().collect()))
    }

    async fn last(&mut self, workspace: WorkspaceId) -> Result<Option<EventId>> {
        let mut events = self.state.events.values().rev();
        Ok(events.find(|event| event.workspace_id == workspace).map(|event| event.id))
    }

    async fn prune(&mut self, before: Timestamp, limit: u32) -> Result<u64> {
        let last: BTreeMap<WorkspaceId, u64> =
            self.state.events.iter().map(|(place, event)| (event.workspace_id, *place)).collect();
        let old: Vec<u64> = self
            .state
            .told
            .iter()
            .filter(|(place, at)| **at < before && !last.values().any(|last| last == *place))
            .map(|(place, _)| *place)
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .collect();
        for place in &old {
            self.take(|s| &mut s.told, *place);
            if let Some(event) = self.take(|s| &mut s.events, *place) {
                self.take(|s| &mut s.event_places, event.id);
            }
        }
        Ok(old.len() as u64)
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

    async fn update(&mut self, workspace: WorkspaceId, key: &RequestKey) -> Result<()> {
        let row = (workspace, key.key.clone());
        if !self.state.request_keys.contains_key(&row) {
            return Err(StoreError::NotFound(format!("the key `{}`", key.key)));
        }
        MemoryUnit::put(self, |s| &mut s.request_keys, row, key.clone());
        Ok(())
    }

    async fn due(&mut self, now: Timestamp, limit: u32) -> Result<Vec<(WorkspaceId, RequestKey)>> {
        let rows = self.state.request_keys.iter().filter(|(_, key)| key.look_at <= now);
        let mut due: Vec<_> = rows.map(|((ws, _), key)| (*ws, key.clone())).collect();
        due.sort_by_key(|(_, key)| key.look_at);
        due.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(due)
    }

    async fn remove(&mut self, workspace: WorkspaceId, key: &str) -> Result<()> {
        self.take(|s| &mut s.request_keys, (workspace, key.to_owned()));
        Ok(())
    }
}
