//! Accounts that wait for somebody to choose, in memory.

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{Platform, WorkspaceId};
use social_core::ports::{Choice, ChoiceRepo, StoreError};

use super::unit::MemoryUnit;

type Result<T> = std::result::Result<T, StoreError>;

impl MemoryUnit {
    fn choice(&self, wanted: impl Fn(&Choice) -> bool) -> Option<Choice> {
        self.state.choices.values().find(|row| wanted(row)).cloned()
    }
}

#[async_trait]
impl ChoiceRepo for MemoryUnit {
    async fn put(&mut self, choice: &Choice) -> Result<()> {
        let key = (choice.workspace_id, choice.platform.clone());
        MemoryUnit::put(self, |s| &mut s.choices, key, choice.clone());
        Ok(())
    }

    async fn get(&mut self, hash: &str, now: Timestamp) -> Result<Option<Choice>> {
        Ok(self.choice(|row| row.hash == hash && row.expires_at >= now))
    }

    async fn pending(
        &mut self,
        workspace: WorkspaceId,
        platform: &Platform,
        now: Timestamp,
    ) -> Result<Option<Choice>> {
        let found = self.state.choices.get(&(workspace, platform.clone()));
        Ok(found.filter(|row| row.expires_at >= now).cloned())
    }

    async fn take(&mut self, workspace: WorkspaceId, hash: &str) -> Result<bool> {
        let found = self.choice(|row| row.workspace_id == workspace && row.hash == hash);
        let Some(row) = found else { return Ok(false) };
        Ok(MemoryUnit::take(self, |s| &mut s.choices, (workspace, row.platform)).is_some())
    }

    async fn expire(&mut self, now: Timestamp) -> Result<u64> {
        let rows = self.state.choices.iter().filter(|(_, row)| row.expires_at < now);
        let keys: Vec<_> = rows.map(|(key, _)| key.clone()).collect();
        let gone = keys.len() as u64;
        for key in keys {
            MemoryUnit::take(self, |s| &mut s.choices, key);
        }
        Ok(gone)
    }
}
