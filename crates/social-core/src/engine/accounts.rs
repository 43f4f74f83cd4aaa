//! Connecting accounts: a person signs in, and what they may publish to is kept.

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::audit::note;
use super::workspaces::workspace;
use super::{Choosing, Error, Missing, Ports, Tokens};
use crate::Timestamp;
use crate::domain::{Account, AccountId, EventId, Happened, OutboxEvent, Platform, WorkspaceId};
use crate::ports::{
    NewGrant, SignIn, SignInCode, SignInRequest, SignedIn, TokenManager as _, UnitOfWork,
};

/// Where a person goes to sign in.
#[derive(Debug, Clone)]
pub struct SignInLink {
    /// The address to open in a browser.
    pub url: Url,
    /// The secret by which [`Accounts::sign_in_page`] knows it.
    pub state: SecretString,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// What a sign-in connected.
#[derive(Debug, Clone)]
pub struct Connected {
    /// The network.
    pub platform: Platform,
    /// The accounts. Empty: the person has none there that can be published to.
    pub accounts: Vec<Account>,
    /// Scopes that publishing needs and the person did not grant.
    pub missing_scopes: Vec<String>,
}

/// What a sign-in ended with.
#[derive(Debug, Clone)]
pub enum SignInEnd {
    /// What it brought is connected: one account, or none.
    Connected(Connected),
    /// It brought several accounts. Nothing is connected until somebody chooses.
    Choose(Choosing),
}

/// Signs in, lists and disconnects.
#[derive(Debug, Clone)]
pub struct Accounts {
    pub(super) ports: Ports,
    actor: Option<String>,
}

impl Accounts {
    /// Accounts over `ports`, of nobody in particular.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self { ports, actor: None }
    }

    /// The same for somebody (`key_…`, a person's id), whose acts are put on record, each in the
    /// transaction that does it.
    #[must_use]
    pub fn by(mut self, actor: impl Into<String>) -> Self {
        self.actor = Some(actor.into());
        self
    }

    /// Begins a sign-in: the person opens the link, and the network sends them to `redirect_uri`.
    ///
    /// # Errors
    /// For an unknown network, or of the store.
    pub async fn connect(
        &self,
        ws: WorkspaceId,
        platform: &Platform,
        redirect_uri: &Url,
    ) -> Result<SignInLink, Error> {
        let api = self.ports.platforms.get(platform)?;
        let state = self.ports.ids.secret();
        let verifier = SecretString::from(self.ports.ids.secret());
        let url = api.sign_in_url(&SignInRequest {
            redirect_uri: redirect_uri.clone(),
            state: state.clone(),
            verifier: verifier.clone(),
        })?;
        let expires_at = self.ports.clock.now() + self.ports.config.sign_in_ttl;
        let mut unit = self.ports.store.begin().await?;
        let key = workspace(&mut *unit, ws).await?.data_key;
        let link = SignInLink { url, state: state.as_str().into(), expires_at };
        let sign_in = SignIn {
            verifier: self.ports.sealer.seal(&key, &format!("signin/{state}"), &verifier)?,
            state,
            workspace_id: ws,
            platform: platform.clone(),
            redirect_uri: redirect_uri.to_string(),
            expires_at,
        };
        unit.sign_ins().insert(&sign_in).await?;
        self.record(&mut *unit, ws, "account.connect", platform.as_str()).await?;
        unit.commit().await?;
        Ok(link)
    }

    /// Where the person of a sign-in under way goes to, for a page of the app's own that sends them
    /// on and so knows their browser when they come back.
    ///
    /// # Errors
    /// [`Error::Refused`] where there is no such sign-in any more; of the store.
    pub async fn sign_in_page(&self, state: &str) -> Result<Url, Error> {
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin().await?;
        let found = unit.sign_ins().get(state, now).await?.ok_or_else(stale)?;
        let key = workspace(&mut *unit, found.workspace_id).await?.data_key;
        drop(unit);
        let place = format!("signin/{state}");
        Ok(self.ports.platforms.get(&found.platform)?.sign_in_url(&SignInRequest {
            redirect_uri: Url::parse(&found.redirect_uri).map_err(|_| stale())?,
            state: found.state,
            verifier: self.ports.sealer.open(&key, &place, &found.verifier)?,
        })?)
    }

    /// Ends a sign-in with the address that the network sent the person to. Several accounts are
    /// not connected silently: they wait for a choice.
    ///
    /// # Errors
    /// Where the person refused, the link is unknown, used or expired, or the network refuses.
    pub async fn finish(&self, callback: &Url) -> Result<SignInEnd, Error> {
        let (ws, platform, signed_in) = self.signed_in(callback).await?;
        if signed_in.accounts.len() > 1 {
            return self.offer(ws, platform, signed_in).await.map(SignInEnd::Choose);
        }
        let mut unit = self.ports.store.begin().await?;
        let connected = self.keep(&mut *unit, ws, platform, signed_in).await?;
        unit.commit().await?;
        Ok(SignInEnd::Connected(connected))
    }

    /// The same, and connects all that came: for an app that asked its user before, and for tests.
    ///
    /// # Errors
    /// As [`Accounts::finish`].
    pub async fn finish_with_all(&self, callback: &Url) -> Result<Connected, Error> {
        let (ws, platform, signed_in) = self.signed_in(callback).await?;
        let mut unit = self.ports.store.begin().await?;
        let connected = self.keep(&mut *unit, ws, platform, signed_in).await?;
        unit.commit().await?;
        Ok(connected)
    }

    /// What the network gave for the code that came back.
    async fn signed_in(&self, callback: &Url) -> Result<(WorkspaceId, Platform, SignedIn), Error> {
        let query = |name: &str| {
            callback.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        let state = query("state").ok_or_else(stale)?;
        let now = self.ports.clock.now();
        let (sign_in, key) = {
            let mut unit = self.ports.store.begin().await?;
            let taken = unit.sign_ins().take(&state, now).await?.ok_or_else(stale)?;
            let key = workspace(&mut *unit, taken.workspace_id).await?.data_key;
            unit.commit().await?;
            (taken, key)
        };
        if let Some(error) = query("error") {
            let why = query("error_description").unwrap_or(error);
            return Err(Error::Refused(format!(
                "{} did not connect: {why}. Begin again and allow what is asked",
                sign_in.platform
            )));
        }
        let code = query("code").ok_or_else(stale)?;
        let redirect_uri = Url::parse(&sign_in.redirect_uri).map_err(|_| stale())?;
        let place = format!("signin/{state}");
        let verifier = self.ports.sealer.open(&key, &place, &sign_in.verifier)?;
        let api = self.ports.platforms.get(&sign_in.platform)?;
        let signed_in =
            api.authenticate(&SignInCode { code: code.into(), redirect_uri, verifier }).await?;

        Ok((sign_in.workspace_id, sign_in.platform, signed_in))
    }

    /// Keeps a grant with the accounts that live by it.
    pub(super) async fn keep(
        &self,
        unit: &mut dyn UnitOfWork,
        ws: WorkspaceId,
        platform: Platform,
        signed_in: SignedIn,
    ) -> Result<Connected, Error> {
        let now = self.ports.clock.now();
        let key = workspace(unit, ws).await?.data_key;
        let grant = NewGrant {
            workspace: ws,
            platform: platform.clone(),
            subject: signed_in.subject,
            tokens: signed_in.tokens,
        };
        let grant_id = Tokens::new(self.ports.clone()).store_in(unit, &grant).await?;
        let known = unit.accounts().list(ws).await?;
        let mut accounts = Vec::new();
        for found in signed_in.accounts {
            // A token is sealed for the row it lies in, so the row's id must be known first.
            let id = known
                .iter()
                .find(|a| a.platform == platform && a.remote_id == found.remote_id)
                .map_or_else(|| AccountId::from_uuid(self.ports.ids.uuid(now)), |a| a.id);
            let seal =
                |token: &SecretString| self.ports.sealer.seal(&key, &format!("{id}/token"), token);
            let token = found.token.filter(|token| !token.expose_secret().is_empty());
            let mut account = Account {
                id,
                workspace_id: ws,
                grant_id,
                platform: platform.clone(),
                remote_id: found.remote_id,
                name: found.name,
                handle: found.handle,
                kind: found.kind,
                token: token.as_ref().map(seal).transpose()?,
                attributes: found.attributes,
                connected_at: now,
                disconnected_at: None,
            };
            let stored = unit.accounts().upsert(&account).await?;
            if stored != id {
                // It was connected before and disconnected since: it keeps its old id.
                account.id = stored;
                account.token = token
                    .as_ref()
                    .map(|token| self.ports.sealer.seal(&key, &format!("{stored}/token"), token))
                    .transpose()?;
                unit.accounts().upsert(&account).await?;
            }
            let event = OutboxEvent {
                id: EventId::from_uuid(self.ports.ids.uuid(now)),
                workspace_id: ws,
                at: now,
                what: Happened::AccountConnected {
                    account: account.id,
                    platform: account.platform.clone(),
                },
            };
            unit.outbox().append(&event).await?;
            self.record(unit, ws, "account.connected", &account.id.to_string()).await?;
            accounts.push(account);
        }
        let missing_scopes = signed_in.missing_scopes;
        Ok(Connected { platform, accounts, missing_scopes })
    }

    /// The connected accounts.
    ///
    /// # Errors
    /// Of the store.
    pub async fn list(&self, ws: WorkspaceId) -> Result<Vec<Account>, Error> {
        let mut unit = self.ports.store.begin().await?;
        Ok(unit.accounts().list(ws).await?)
    }

    /// Disconnects an account: it takes no more posts. What was published stays. With the last
    /// account that lives by it the grant is given back to the network; where the network does not
    /// answer, it is forgotten here all the same.
    ///
    /// # Errors
    /// Where there is no such account, or of the store.
    pub async fn disconnect(&self, ws: WorkspaceId, id: AccountId) -> Result<(), Error> {
        let mut unit = self.ports.store.begin().await?;
        let account = unit.accounts().get(ws, id).await?;
        let account = account.ok_or(Error::NotFound(Missing::Account(id)))?;
        unit.accounts().disconnect(ws, id, self.ports.clock.now()).await?;
        self.record(&mut *unit, ws, "account.disconnect", &id.to_string()).await?;
        let left = unit.accounts().list(ws).await?;
        unit.commit().await?;
        if left.iter().any(|other| other.grant_id == account.grant_id) {
            return Ok(());
        }
        let tokens = Tokens::new(self.ports.clone());
        match tokens.revoke_token(ws, account.grant_id).await {
            Ok(()) => Ok(()),
            Err(error @ (Error::Store(_) | Error::Seal(_))) => Err(error),
            Err(error) => {
                tracing::warn!(%error, grant = %account.grant_id, "not given back, only forgotten");
                tokens.forget(ws, account.grant_id).await
            }
        }
    }

    /// Puts on record what somebody does, in the unit that does it.
    pub(super) async fn record(
        &self,
        unit: &mut dyn UnitOfWork,
        ws: WorkspaceId,
        action: &str,
        subject: &str,
    ) -> Result<(), Error> {
        let Some(actor) = &self.actor else { return Ok(()) };
        note(unit, self.ports.clock.now(), ws, actor, action, subject).await
    }
}

fn stale() -> Error {
    Error::Refused("this sign-in is unknown, was used already or took too long: begin again".into())
}
