//! Workspaces, accounts, grants and sign-ins in memory.

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{Account, AccountId, Grant, GrantId, Platform, Workspace, WorkspaceId};
use social_core::ports::{
    AccountRepo, GrantRepo, SignIn, SignInRepo, StoreError, WorkspaceRepo, WrappedKey,
};

use super::unit::MemoryUnit;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl WorkspaceRepo for MemoryUnit {
    async fn insert(&mut self, workspace: &Workspace) -> Result<()> {
        self.put_new(|s| &mut s.workspaces, workspace.id, workspace.clone(), workspace.id)
    }

    async fn get(&mut self, id: WorkspaceId) -> Result<Option<Workspace>> {
        Ok(self.state.workspaces.get(&id).cloned())
    }

    async fn list(&mut self) -> Result<Vec<Workspace>> {
        Ok(self.state.workspaces.values().cloned().collect())
    }

    async fn set_data_key(&mut self, id: WorkspaceId, key: &WrappedKey) -> Result<()> {
        let Some(mut workspace) = self.state.workspaces.get(&id).cloned() else {
            return Err(StoreError::NotFound(id.to_string()));
        };
        workspace.data_key = key.clone();
        self.put(|s| &mut s.workspaces, id, workspace);
        Ok(())
    }
}

#[async_trait]
impl AccountRepo for MemoryUnit {
    async fn upsert(&mut self, account: &Account) -> Result<AccountId> {
        let there = self.state.accounts.values().find(|row| {
            row.workspace_id == account.workspace_id
                && row.platform == account.platform
                && row.remote_id == account.remote_id
        });
        let Some(there) = there else {
            let key = (account.workspace_id, account.id);
            self.put_new(|s| &mut s.accounts, key, account.clone(), account.id)?;
            return Ok(account.id);
        };
        let row = Account { id: there.id, connected_at: there.connected_at, ..account.clone() };
        let id = row.id;
        self.put(|s| &mut s.accounts, (row.workspace_id, id), row);
        Ok(id)
    }

    async fn get(&mut self, workspace: WorkspaceId, id: AccountId) -> Result<Option<Account>> {
        Ok(self.state.accounts.get(&(workspace, id)).cloned())
    }

    async fn list(&mut self, workspace: WorkspaceId) -> Result<Vec<Account>> {
        let rows = self.state.accounts.values();
        Ok(rows
            .filter(|row| row.workspace_id == workspace && row.disconnected_at.is_none())
            .cloned()
            .collect())
    }

    async fn all(&mut self, workspace: WorkspaceId) -> Result<Vec<Account>> {
        let rows = self.state.accounts.values();
        Ok(rows.filter(|row| row.workspace_id == workspace).cloned().collect())
    }

    async fn disconnect(
        &mut self,
        workspace: WorkspaceId,
        id: AccountId,
        at: Timestamp,
    ) -> Result<()> {
        let Some(mut row) = self.state.accounts.get(&(workspace, id)).cloned() else {
            return Err(StoreError::NotFound(id.to_string()));
        };
        row.disconnected_at = row.disconnected_at.or(Some(at));
        self.put(|s| &mut s.accounts, (workspace, id), row);
        Ok(())
    }
}

#[async_trait]
impl GrantRepo for MemoryUnit {
    async fn insert(&mut self, grant: &Grant) -> Result<()> {
        let subject = self.by_subject(grant.workspace_id, &grant.platform, &grant.subject).await?;
        if subject.is_some() {
            return self.conflict(grant.id);
        }
        self.put_new(|s| &mut s.grants, (grant.workspace_id, grant.id), grant.clone(), grant.id)
    }

    async fn get(&mut self, workspace: WorkspaceId, id: GrantId) -> Result<Option<Grant>> {
        Ok(self.state.grants.get(&(workspace, id)).cloned())
    }

    async fn by_subject(
        &mut self,
        workspace: WorkspaceId,
        platform: &Platform,
        subject: &str,
    ) -> Result<Option<Grant>> {
        let mut rows = self.state.grants.values();
        Ok(rows
            .find(|row| {
                row.workspace_id == workspace && row.platform == *platform && row.subject == subject
            })
            .cloned())
    }

    async fn list(&mut self, workspace: WorkspaceId) -> Result<Vec<Grant>> {
        let rows = self.state.grants.values();
        Ok(rows.filter(|row| row.workspace_id == workspace).cloned().collect())
    }

    async fn update(&mut self, grant: &mut Grant) -> Result<()> {
        let key = (grant.workspace_id, grant.id);
        if self.state.grants.get(&key).is_none_or(|row| row.version != grant.version) {
            return self.conflict(grant.id);
        }
        let other = self.by_subject(grant.workspace_id, &grant.platform, &grant.subject).await?;
        if other.is_some_and(|other| other.id != grant.id) {
            return self.conflict(grant.id);
        }
        grant.version += 1;
        self.put(|s| &mut s.grants, key, grant.clone());
        Ok(())
    }
}

#[async_trait]
impl SignInRepo for MemoryUnit {
    async fn insert(&mut self, sign_in: &SignIn) -> Result<()> {
        let state = sign_in.state.clone();
        self.put_new(|s| &mut s.sign_ins, state, sign_in.clone(), "the sign-in")
    }

    async fn get(&mut self, state: &str, now: Timestamp) -> Result<Option<SignIn>> {
        Ok(self.state.sign_ins.get(state).filter(|row| row.expires_at >= now).cloned())
    }

    async fn take(&mut self, state: &str, now: Timestamp) -> Result<Option<SignIn>> {
        let rows = self.state.sign_ins.values();
        let expired: Vec<String> =
            rows.filter(|row| row.expires_at < now).map(|row| row.state.clone()).collect();
        for state in expired {
            MemoryUnit::take(self, |s| &mut s.sign_ins, state);
        }
        Ok(MemoryUnit::take(self, |s| &mut s.sign_ins, state.to_owned()))
    }
}
