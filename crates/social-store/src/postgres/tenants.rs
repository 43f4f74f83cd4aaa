//! Workspaces, accounts, grants and sign-ins in PostgreSQL.

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{Account, AccountId, Grant, GrantId, Platform, Workspace, WorkspaceId};
use social_core::ports::{
    AccountRepo, GrantRepo, Sealed, SignIn, SignInRepo, StoreError, WorkspaceRepo, WrappedKey,
};
use sqlx::query;

use super::columns::{Columns, json, millis, word};
use super::sql::tenants as sql;
use super::unit::PostgresUnit;

type Result<T> = std::result::Result<T, StoreError>;

fn workspace(row: &Columns<'_>) -> Result<Workspace> {
    Ok(Workspace {
        id: row.id("id", WorkspaceId::from_uuid)?,
        name: row.get("name")?,
        data_key: WrappedKey(row.get("data_key")?),
        created_at: row.time("created_at")?,
    })
}

fn account(row: &Columns<'_>) -> Result<Account> {
    Ok(Account {
        id: row.id("id", AccountId::from_uuid)?,
        workspace_id: row.id("workspace_id", WorkspaceId::from_uuid)?,
        grant_id: row.id("grant_id", GrantId::from_uuid)?,
        platform: row.word("platform")?,
        remote_id: row.get("remote_id")?,
        name: row.get("name")?,
        handle: row.get("handle")?,
        kind: row.get("kind")?,
        token: row.get::<Option<Vec<u8>>>("token")?.map(Sealed),
        attributes: row.json("attributes")?,
        connected_at: row.time("connected_at")?,
        disconnected_at: row.maybe_time("disconnected_at")?,
    })
}

fn grant(row: &Columns<'_>) -> Result<Grant> {
    Ok(Grant {
        id: row.id("id", GrantId::from_uuid)?,
        workspace_id: row.id("workspace_id", WorkspaceId::from_uuid)?,
        platform: row.word("platform")?,
        subject: row.get("subject")?,
        scopes: row.json("scopes")?,
        access: Sealed(row.get("access")?),
        refresh: row.get::<Option<Vec<u8>>>("refresh")?.map(Sealed),
        expires_at: row.maybe_time("expires_at")?,
        refresh_expires_at: row.maybe_time("refresh_expires_at")?,
        status: row.word("status")?,
        refreshing_until: row.maybe_time("refreshing_until")?,
        version: row.get("version")?,
    })
}

fn sign_in(row: &Columns<'_>) -> Result<SignIn> {
    Ok(SignIn {
        state: row.get("state")?,
        workspace_id: row.id("workspace_id", WorkspaceId::from_uuid)?,
        platform: row.word("platform")?,
        redirect_uri: row.get("redirect_uri")?,
        verifier: Sealed(row.get("verifier")?),
        expires_at: row.time("expires_at")?,
    })
}

#[async_trait]
impl WorkspaceRepo for PostgresUnit {
    async fn insert(&mut self, workspace: &Workspace) -> Result<()> {
        let insert = query(sql::WORKSPACE_INSERT)
            .bind(workspace.id.as_uuid())
            .bind(&workspace.name)
            .bind(&workspace.data_key.0)
            .bind(workspace.created_at.as_millis());
        self.run(insert, &workspace.id).await.map(drop)
    }

    async fn get(&mut self, id: WorkspaceId) -> Result<Option<Workspace>> {
        self.see_one(query(sql::WORKSPACE_GET).bind(id.as_uuid()), "workspace", workspace).await
    }

    async fn list(&mut self) -> Result<Vec<Workspace>> {
        self.all(query(sql::WORKSPACE_LIST), "workspace", workspace).await
    }

    async fn set_data_key(&mut self, id: WorkspaceId, key: &WrappedKey) -> Result<()> {
        let set = query(sql::WORKSPACE_SET_KEY).bind(id.as_uuid()).bind(&key.0);
        self.change(set, &id).await
    }
}

#[async_trait]
impl AccountRepo for PostgresUnit {
    async fn upsert(&mut self, account: &Account) -> Result<AccountId> {
        let upsert = query(sql::ACCOUNT_UPSERT)
            .bind(account.workspace_id.as_uuid())
            .bind(account.id.as_uuid())
            .bind(account.grant_id.as_uuid())
            .bind(account.platform.as_str())
            .bind(&account.remote_id)
            .bind(&account.name)
            .bind(&account.handle)
            .bind(&account.kind)
            .bind(account.token.as_ref().map(|token| &token.0))
            .bind(json(&account.attributes)?)
            .bind(account.connected_at.as_millis())
            .bind(millis(account.disconnected_at));
        self.wrote = true;
        let id = self.one(upsert, "account", |row| row.id("id", AccountId::from_uuid)).await?;
        Ok(id.unwrap_or(account.id))
    }

    async fn get(&mut self, workspace: WorkspaceId, id: AccountId) -> Result<Option<Account>> {
        let get = query(sql::ACCOUNT_GET).bind(workspace.as_uuid()).bind(id.as_uuid());
        self.see_one(get, "account", account).await
    }

    async fn list(&mut self, workspace: WorkspaceId) -> Result<Vec<Account>> {
        self.see(query(sql::ACCOUNT_LIST).bind(workspace.as_uuid()), "account", account).await
    }

    async fn all(&mut self, workspace: WorkspaceId) -> Result<Vec<Account>> {
        let all = query(sql::ACCOUNT_ALL).bind(workspace.as_uuid());
        PostgresUnit::all(self, all, "account", account).await
    }

    async fn disconnect(
        &mut self,
        workspace: WorkspaceId,
        id: AccountId,
        at: Timestamp,
    ) -> Result<()> {
        let disconnect = query(sql::ACCOUNT_DISCONNECT)
            .bind(workspace.as_uuid())
            .bind(id.as_uuid())
            .bind(at.as_millis());
        self.change(disconnect, &id).await
    }
}

#[async_trait]
impl GrantRepo for PostgresUnit {
    async fn insert(&mut self, grant: &Grant) -> Result<()> {
        let insert = query(sql::GRANT_INSERT)
            .bind(grant.workspace_id.as_uuid())
            .bind(grant.id.as_uuid())
            .bind(grant.platform.as_str())
            .bind(&grant.subject)
            .bind(json(&grant.scopes)?)
            .bind(&grant.access.0)
            .bind(grant.refresh.as_ref().map(|token| &token.0))
            .bind(millis(grant.expires_at))
            .bind(millis(grant.refresh_expires_at))
            .bind(word(&grant.status)?)
            .bind(millis(grant.refreshing_until))
            .bind(grant.version);
        self.run(insert, &grant.id).await.map(drop)
    }

    async fn get(&mut self, workspace: WorkspaceId, id: GrantId) -> Result<Option<Grant>> {
        let get = query(sql::GRANT_GET).bind(workspace.as_uuid()).bind(id.as_uuid());
        self.see_one(get, "grants", grant).await
    }

    async fn by_subject(
        &mut self,
        workspace: WorkspaceId,
        platform: &Platform,
        subject: &str,
    ) -> Result<Option<Grant>> {
        let get = query(sql::GRANT_BY_SUBJECT)
            .bind(workspace.as_uuid())
            .bind(platform.as_str())
            .bind(subject);
        self.one(get, "grants", grant).await
    }

    async fn list(&mut self, workspace: WorkspaceId) -> Result<Vec<Grant>> {
        self.all(query(sql::GRANT_LIST).bind(workspace.as_uuid()), "grants", grant).await
    }

    async fn update(&mut self, grant: &mut Grant) -> Result<()> {
        let update = query(sql::GRANT_UPDATE)
            .bind(grant.workspace_id.as_uuid())
            .bind(grant.id.as_uuid())
            .bind(grant.platform.as_str())
            .bind(&grant.subject)
            .bind(json(&grant.scopes)?)
            .bind(&grant.access.0)
            .bind(grant.refresh.as_ref().map(|token| &token.0))
            .bind(millis(grant.expires_at))
            .bind(millis(grant.refresh_expires_at))
            .bind(word(&grant.status)?)
            .bind(millis(grant.refreshing_until))
            .bind(grant.version);
        self.swap(update, &grant.id).await?;
        grant.version += 1;
        Ok(())
    }
}

#[async_trait]
impl SignInRepo for PostgresUnit {
    async fn insert(&mut self, sign_in: &SignIn) -> Result<()> {
        let insert = query(sql::SIGN_IN_INSERT)
            .bind(&sign_in.state)
            .bind(sign_in.workspace_id.as_uuid())
            .bind(sign_in.platform.as_str())
            .bind(&sign_in.redirect_uri)
            .bind(&sign_in.verifier.0)
            .bind(sign_in.expires_at.as_millis());
        // The state is a secret: the error does not name it.
        self.run(insert, &"the sign-in").await.map(drop)
    }

    async fn get(&mut self, state: &str, now: Timestamp) -> Result<Option<SignIn>> {
        let get = query(sql::SIGN_IN_GET).bind(state).bind(now.as_millis());
        self.one(get, "sign_in", sign_in).await
    }

    async fn take(&mut self, state: &str, now: Timestamp) -> Result<Option<SignIn>> {
        let expire = query(sql::SIGN_IN_EXPIRE).bind(now.as_millis());
        self.run(expire, &"the sign-in").await?;
        self.one(query(sql::SIGN_IN_TAKE).bind(state), "sign_in", sign_in).await
    }
}
