//! The life of tokens: sealed, renewed ahead of time by one at a time, given back.

use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};

use super::audit::note;
use super::workspaces::workspace;
use super::{Error, Missing, Ports};
use crate::Timestamp;
use crate::domain::{
    AccountId, EventId, Grant, GrantId, GrantStatus, Happened, JobId, JobTask, NewJob, OutboxEvent,
    Platform, TokenSet, WorkspaceId,
};
use crate::error::{ErrorKind, PlatformError};
use crate::ports::{AccountAuth, Callback, NewGrant, Sealed, TokenManager, UnitOfWork, WrappedKey};

/// What an account is called whose person wants their data gone.
const ERASED: &str = "(erased at the person's request)";

/// For how long one worker alone may renew a grant: longer than any answer takes.
const REFRESH_LEASE: Duration = Duration::from_secs(90);

/// The [`TokenManager`] over a store and a sealer.
#[derive(Debug, Clone)]
pub struct Tokens(Ports);

impl Tokens {
    /// Tokens over `ports`.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self(ports)
    }

    /// Keeps a grant within a unit that also keeps its accounts.
    pub(super) async fn store_in(
        &self,
        unit: &mut dyn UnitOfWork,
        new: &NewGrant,
    ) -> Result<GrantId, Error> {
        let now = self.0.clock.now();
        let key = workspace(unit, new.workspace).await?.data_key;
        let found = unit.grants().by_subject(new.workspace, &new.platform, &new.subject).await?;
        let id = match &found {
            Some(grant) => grant.id,
            None => GrantId::from_uuid(self.0.ids.uuid(now)),
        };
        let mut grant = Grant {
            id,
            workspace_id: new.workspace,
            platform: new.platform.clone(),
            subject: new.subject.clone(),
            scopes: Vec::new(),
            access: Sealed(Vec::new()),
            refresh: found.as_ref().and_then(|grant| grant.refresh.clone()),
            expires_at: None,
            refresh_expires_at: None,
            status: GrantStatus::Active,
            refreshing_until: None,
            version: found.as_ref().map_or(0, |grant| grant.version),
        };
        self.seal_into(&key, &mut grant, &new.tokens)?;
        if found.is_some() {
            unit.grants().update(&mut grant).await?;
        } else {
            unit.grants().insert(&grant).await?;
        }
        self.plan_refresh(unit, &grant).await?;
        Ok(id)
    }

    /// Forgets the tokens of a grant, whatever the network makes of it.
    pub(super) async fn forget(&self, ws: WorkspaceId, grant: GrantId) -> Result<(), Error> {
        let mut unit = self.0.store.begin().await?;
        let mut found = get(&mut *unit, ws, grant).await?;
        found.status = GrantStatus::Revoked;
        found.access = Sealed(Vec::new());
        found.refresh = None;
        unit.grants().update(&mut found).await?;
        unit.jobs().cancel(JobTask::Refresh { grant }).await?;
        unit.commit().await?;
        Ok(())
    }

    fn seal_into(
        &self,
        key: &WrappedKey,
        grant: &mut Grant,
        tokens: &TokenSet,
    ) -> Result<(), Error> {
        let sealer = &self.0.sealer;
        grant.access = sealer.seal(key, &format!("{}/access", grant.id), &tokens.access)?;
        // A network that answers a renewal without a refresh token, or with an empty one, means
        // the one we have: overwriting it would end the connection for good.
        if let Some(refresh) = tokens.refresh.as_ref().filter(|t| !t.expose_secret().is_empty()) {
            grant.refresh = Some(sealer.seal(key, &format!("{}/refresh", grant.id), refresh)?);
        }
        grant.expires_at = tokens.expires_at;
        grant.refresh_expires_at = tokens.refresh_expires_at.or(grant.refresh_expires_at);
        if !tokens.scopes.is_empty() {
            grant.scopes.clone_from(&tokens.scopes);
        }
        grant.status = GrantStatus::Active;
        grant.refreshing_until = None;
        Ok(())
    }

    async fn plan_refresh(&self, unit: &mut dyn UnitOfWork, grant: &Grant) -> Result<(), Error> {
        let can = self.0.platforms.get(&grant.platform).is_ok_and(|p| p.capabilities().refresh);
        let Some(expires_at) = grant.expires_at.filter(|_| can) else { return Ok(()) };
        let now = self.0.clock.now();
        let task = JobTask::Refresh { grant: grant.id };
        let due_at = (expires_at - self.0.config.refresh_ahead).max(now);
        unit.jobs().cancel(task).await?;
        unit.jobs()
            .enqueue(&NewJob {
                id: JobId::from_uuid(self.0.ids.uuid(now)),
                workspace_id: grant.workspace_id,
                task,
                lane: None,
                platform: None,
                due_at,
                max_attempts: self.0.config.max_attempts,
            })
            .await?;
        Ok(())
    }

    fn open(&self, key: &WrappedKey, grant: &Grant) -> Result<TokenSet, Error> {
        let open = |field: &str, sealed: &Sealed| {
            self.0.sealer.open(key, &format!("{}/{field}", grant.id), sealed)
        };
        Ok(TokenSet {
            access: open("access", &grant.access)?,
            refresh: grant.refresh.as_ref().map(|sealed| open("refresh", sealed)).transpose()?,
            expires_at: grant.expires_at,
            refresh_expires_at: grant.refresh_expires_at,
            scopes: grant.scopes.clone(),
        })
    }

    async fn read(&self, ws: WorkspaceId, id: GrantId) -> Result<(Grant, WrappedKey), Error> {
        let mut unit = self.0.store.begin().await?;
        let key = workspace(&mut *unit, ws).await?.data_key;
        let grant = get(&mut *unit, ws, id).await?;
        Ok((grant, key))
    }

    /// Renews the grant unless somebody else is at it: then `None`.
    async fn renew(&self, ws: WorkspaceId, id: GrantId) -> Result<Option<Grant>, Error> {
        let now = self.0.clock.now();
        let mut unit = self.0.store.begin().await?;
        let key = workspace(&mut *unit, ws).await?.data_key;
        let mut grant = get(&mut *unit, ws, id).await?;
        ensure_active(&grant)?;
        if grant.refreshing_until.is_some_and(|until| until > now) {
            return Ok(None);
        }
        grant.refreshing_until = Some(now + REFRESH_LEASE);
        unit.grants().update(&mut grant).await?;
        unit.commit().await?;

        let api = self.0.platforms.get(&grant.platform)?;
        let outcome = api.refresh(&self.open(&key, &grant)?).await;

        // The version that took the lease must still stand: a person may have signed in anew
        // meanwhile, and their grant is the better one.
        let mut unit = self.0.store.begin().await?;
        match outcome {
            Ok(tokens) => {
                self.seal_into(&key, &mut grant, &tokens)?;
                unit.grants().update(&mut grant).await?;
                unit.commit().await?;
                Ok(Some(grant))
            }
            Err(error) => {
                grant.refreshing_until = None;
                if error.kind == ErrorKind::Auth {
                    self.give_up(&mut *unit, &mut grant, &error).await?;
                } else {
                    unit.grants().update(&mut grant).await?;
                }
                unit.commit().await?;
                Err(error.into())
            }
        }
    }

    async fn give_up(
        &self,
        unit: &mut dyn UnitOfWork,
        grant: &mut Grant,
        error: &PlatformError,
    ) -> Result<(), Error> {
        grant.status = GrantStatus::NeedsReauth;
        unit.grants().update(grant).await?;
        let now = self.0.clock.now();
        unit.outbox()
            .append(&OutboxEvent {
                id: EventId::from_uuid(self.0.ids.uuid(now)),
                workspace_id: grant.workspace_id,
                at: now,
                what: Happened::ReauthNeeded {
                    platform: grant.platform.clone(),
                    reason: error.to_string(),
                },
            })
            .await?;
        Ok(())
    }

    /// A network said, while publishing, that the grant is over. Whether it is: a token that was
    /// issued just now is called revoked for some seconds by some, so the network is asked once
    /// more, in the way that is made for the question.
    pub(super) async fn lost(
        &self,
        ws: WorkspaceId,
        account: AccountId,
        error: &PlatformError,
    ) -> Result<bool, Error> {
        let found = {
            let mut unit = self.0.store.begin().await?;
            unit.accounts().get(ws, account).await?
        };
        let Some(account) = found else { return Ok(true) };
        let (grant, key) = self.read(ws, account.grant_id).await?;
        if grant.status != GrantStatus::Active {
            return Ok(true);
        }
        // The question is about the person's token, and says nothing of a page's own.
        if account.token.is_none() {
            let api = self.0.platforms.get(&grant.platform)?;
            if api.validate(&self.open(&key, &grant)?).await.unwrap_or(false) {
                return Ok(false);
            }
        }
        let mut unit = self.0.store.begin().await?;
        let mut grant = get(&mut *unit, ws, account.grant_id).await?;
        if grant.status == GrantStatus::Active {
            self.give_up(&mut *unit, &mut grant, error).await?;
            unit.commit().await?;
        }
        Ok(true)
    }

    /// Acts on what a network told by itself: a person who took the grant back is asked to sign in
    /// again, in every workspace that had it. Returns in how many.
    ///
    /// # Errors
    /// Of the store.
    pub async fn called(&self, platform: &Platform, callback: &Callback) -> Result<usize, Error> {
        let Callback::Deauthorized { subject } = callback else { return Ok(0) };
        let workspaces = {
            let mut unit = self.0.store.begin().await?;
            unit.workspaces().list().await?
        };
        let taken =
            PlatformError::new(platform.clone(), ErrorKind::Auth, "the person took it back");
        let mut count = 0;
        for workspace in workspaces {
            let mut unit = self.0.store.begin().await?;
            let grant = unit.grants().by_subject(workspace.id, platform, subject).await?;
            let Some(mut grant) = grant.filter(|grant| grant.status == GrantStatus::Active) else {
                continue;
            };
            self.give_up(&mut *unit, &mut grant, &taken).await?;
            unit.commit().await?;
            count += 1;
        }
        Ok(count)
    }

    /// Does what a person asked of a network: everything that came from it about them is wiped
    /// out, in every workspace: tokens, accounts' names and handles. Their accounts take no more
    /// posts; what was published stays. Returns how many accounts that were.
    ///
    /// # Errors
    /// Of the store.
    pub async fn erase(&self, platform: &Platform, subject: &str) -> Result<usize, Error> {
        let workspaces = {
            let mut unit = self.0.store.begin().await?;
            unit.workspaces().list().await?
        };
        let mut count = 0;
        for workspace in workspaces {
            let mut unit = self.0.store.begin().await?;
            let grant = unit.grants().by_subject(workspace.id, platform, subject).await?;
            let Some(grant) = grant else { continue };
            let now = self.0.clock.now();
            for mut account in unit.accounts().list(workspace.id).await? {
                if account.grant_id != grant.id {
                    continue;
                }
                account.name = ERASED.to_owned();
                (account.handle, account.token) = (None, None);
                account.attributes.clear();
                account.disconnected_at = Some(now);
                let subject = unit.accounts().upsert(&account).await?.to_string();
                let actor = format!("network:{platform}");
                note(&mut *unit, now, workspace.id, &actor, "account.erased", &subject).await?;
                count += 1;
            }
            unit.commit().await?;
            self.forget(workspace.id, grant.id).await?;
        }
        Ok(count)
    }

    /// Does a refresh job: renews where that is still due, and plans the next time. Returns when
    /// to come again, where somebody else is at it.
    pub(super) async fn refresh_due(
        &self,
        ws: WorkspaceId,
        id: GrantId,
    ) -> Result<Option<Timestamp>, Error> {
        let now = self.0.clock.now();
        let (grant, _) = self.read(ws, id).await?;
        let wanted = grant.expires_at.map(|at| at - self.0.config.refresh_ahead);
        match wanted {
            _ if grant.status != GrantStatus::Active => return Ok(None),
            None => return Ok(None),
            Some(at) if at > now => return Ok(Some(at)),
            Some(_) => {}
        }
        Ok(match self.renew(ws, id).await? {
            Some(grant) => {
                grant.expires_at.map(|at| (at - self.0.config.refresh_ahead).max(now + MIN_AHEAD))
            }
            None => Some(now + REFRESH_LEASE),
        })
    }
}

/// A network that hands out tokens that end at once is not asked more often than this.
const MIN_AHEAD: Duration = Duration::from_secs(60);

async fn get(unit: &mut dyn UnitOfWork, ws: WorkspaceId, id: GrantId) -> Result<Grant, Error> {
    unit.grants().get(ws, id).await?.ok_or_else(|| Error::NotFound(Missing::Grant(id)))
}

fn ensure_active(grant: &Grant) -> Result<(), Error> {
    if grant.status == GrantStatus::Active {
        return Ok(());
    }
    Err(needs_reauth(&grant.platform, "the connection has ended"))
}

fn needs_reauth(platform: &Platform, reason: &str) -> Error {
    Error::NeedsReauth { platform: platform.clone(), reason: reason.to_owned() }
}

#[async_trait]
impl TokenManager for Tokens {
    async fn store_token(&self, grant: NewGrant) -> Result<GrantId, Error> {
        let mut unit = self.0.store.begin().await?;
        let id = self.store_in(&mut *unit, &grant).await?;
        unit.commit().await?;
        Ok(id)
    }

    async fn refresh_token(&self, workspace: WorkspaceId, grant: GrantId) -> Result<(), Error> {
        self.renew(workspace, grant).await.map(drop)
    }

    async fn revoke_token(&self, workspace: WorkspaceId, grant: GrantId) -> Result<(), Error> {
        let (found, key) = self.read(workspace, grant).await?;
        let api = self.0.platforms.get(&found.platform)?;
        match api.revoke(&self.open(&key, &found)?).await {
            // What the network already took back, or never takes back, is forgotten all the same.
            Ok(()) => {}
            Err(e) if matches!(e.kind, ErrorKind::Auth | ErrorKind::Unsupported) => {}
            Err(error) => return Err(error.into()),
        }
        self.forget(workspace, grant).await
    }

    async fn validate_token(
        &self,
        workspace: WorkspaceId,
        grant: GrantId,
    ) -> Result<GrantStatus, Error> {
        let (mut found, key) = self.read(workspace, grant).await?;
        if found.status != GrantStatus::Active {
            return Ok(found.status);
        }
        let api = self.0.platforms.get(&found.platform)?;
        if api.validate(&self.open(&key, &found)?).await? {
            return Ok(GrantStatus::Active);
        }
        let error = PlatformError::new(
            found.platform.clone(),
            ErrorKind::Auth,
            "the network no longer takes the token",
        );
        let mut unit = self.0.store.begin().await?;
        self.give_up(&mut *unit, &mut found, &error).await?;
        unit.commit().await?;
        Ok(GrantStatus::NeedsReauth)
    }

    async fn account_auth(
        &self,
        workspace_id: WorkspaceId,
        account: AccountId,
    ) -> Result<AccountAuth, Error> {
        let now = self.0.clock.now();
        let mut unit = self.0.store.begin().await?;
        let found = unit.accounts().get(workspace_id, account).await?;
        let Some(found) = found.filter(|account| account.disconnected_at.is_none()) else {
            return Err(Error::NotFound(Missing::Account(account)));
        };
        let key = workspace(&mut *unit, workspace_id).await?.data_key;
        let mut grant = get(&mut *unit, workspace_id, found.grant_id).await?;
        drop(unit);
        ensure_active(&grant)?;
        let token: Option<SecretString> = found
            .token
            .as_ref()
            .map(|sealed| self.0.sealer.open(&key, &format!("{}/token", found.id), sealed))
            .transpose()?;
        // A page's own token outlives the person's; only the person's is ever renewed.
        let ends = |grant: &Grant| grant.expires_at.filter(|_| token.is_none());
        let api = self.0.platforms.get(&grant.platform)?;
        if api.capabilities().refresh
            && ends(&grant).is_some_and(|at| at - self.0.config.refresh_ahead <= now)
        {
            match self.renew(workspace_id, found.grant_id).await {
                Ok(Some(renewed)) => grant = renewed,
                // What is left of the old token is used up before anybody is bothered.
                Ok(None) | Err(_) if ends(&grant).is_some_and(|at| at > now) => {}
                Ok(None) => {
                    let busy = "the token is being renewed; it is used in a moment";
                    let kind = ErrorKind::Unavailable;
                    return Err(PlatformError::new(grant.platform, kind, busy).into());
                }
                Err(error) => return Err(error),
            }
        } else if ends(&grant).is_some_and(|at| at <= now) {
            return Err(needs_reauth(&grant.platform, "the connection has expired"));
        }
        let token = match token {
            Some(token) => token,
            None => self.open(&key, &grant)?.access,
        };
        Ok(AccountAuth {
            remote_id: found.remote_id,
            kind: found.kind,
            attributes: found.attributes,
            token,
            scopes: grant.scopes,
        })
    }
}
