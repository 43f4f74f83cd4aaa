//! Connecting accounts: a person signs in, and what they may publish to is kept.

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::workspaces::workspace;
use super::{Error, Ports, Tokens};
use crate::Timestamp;
use crate::domain::{Account, AccountId, EventId, Happened, OutboxEvent, Platform, WorkspaceId};
use crate::ports::{NewGrant, SignIn, SignInCode, SignInRequest};

/// Where a person goes to sign in.
#[derive(Debug, Clone)]
pub struct SignInLink {
    /// The address to open in a browser.
    pub url: Url,
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

/// Signs in, lists and disconnects.
#[derive(Debug, Clone)]
pub struct Accounts(Ports);

impl Accounts {
    /// Accounts over `ports`.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self(ports)
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
        let api = self.0.platforms.get(platform)?;
        let state = self.0.ids.secret();
        let verifier = SecretString::from(self.0.ids.secret());
        let url = api.sign_in_url(&SignInRequest {
            redirect_uri: redirect_uri.clone(),
            state: state.clone(),
            verifier: verifier.clone(),
        })?;
        let expires_at = self.0.clock.now() + self.0.config.sign_in_ttl;
        let mut unit = self.0.store.begin().await?;
        let key = workspace(&mut *unit, ws).await?.data_key;
        let sign_in = SignIn {
            verifier: self.0.sealer.seal(&key, &format!("signin/{state}"), &verifier)?,
            state,
            workspace_id: ws,
            platform: platform.clone(),
            redirect_uri: redirect_uri.to_string(),
            expires_at,
        };
        unit.sign_ins().insert(&sign_in).await?;
        unit.commit().await?;
        Ok(SignInLink { url, expires_at })
    }

    /// Ends a sign-in with the address that the network sent the person to.
    ///
    /// # Errors
    /// Where the person refused, the link is unknown, used or expired, or the network refuses.
    pub async fn finish(&self, callback: &Url) -> Result<Connected, Error> {
        let query = |name: &str| {
            callback.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        let stale = || {
            Error::Refused(
                "this sign-in is unknown, was used already or took too long: begin again".into(),
            )
        };
        let state = query("state").ok_or_else(stale)?;
        let now = self.0.clock.now();
        let (sign_in, key) = {
            let mut unit = self.0.store.begin().await?;
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
        let verifier = self.0.sealer.open(&key, &place, &sign_in.verifier)?;
        let api = self.0.platforms.get(&sign_in.platform)?;
        let signed_in =
            api.authenticate(&SignInCode { code: code.into(), redirect_uri, verifier }).await?;

        let ws = sign_in.workspace_id;
        let mut unit = self.0.store.begin().await?;
        let grant = NewGrant {
            workspace: ws,
            platform: sign_in.platform.clone(),
            subject: signed_in.subject,
            tokens: signed_in.tokens,
        };
        let grant_id = Tokens::new(self.0.clone()).store_in(&mut *unit, &grant).await?;
        let known = unit.accounts().list(ws).await?;
        let mut accounts = Vec::new();
        for found in signed_in.accounts {
            // A token is sealed for the row it lies in, so the row's id must be known first.
            let id = known
                .iter()
                .find(|a| a.platform == sign_in.platform && a.remote_id == found.remote_id)
                .map_or_else(|| AccountId::from_uuid(self.0.ids.uuid(now)), |a| a.id);
            let seal =
                |token: &SecretString| self.0.sealer.seal(&key, &format!("{id}/token"), token);
            let token = found.token.filter(|token| !token.expose_secret().is_empty());
            let mut account = Account {
                id,
                workspace_id: ws,
                grant_id,
                platform: sign_in.platform.clone(),
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
                    .map(|token| self.0.sealer.seal(&key, &format!("{stored}/token"), token))
                    .transpose()?;
                unit.accounts().upsert(&account).await?;
            }
            let event = OutboxEvent {
                id: EventId::from_uuid(self.0.ids.uuid(now)),
                workspace_id: ws,
                at: now,
                what: Happened::AccountConnected {
                    account: account.id,
                    platform: account.platform.clone(),
                },
            };
            unit.outbox().append(&event).await?;
            accounts.push(account);
        }
        unit.commit().await?;
        let missing_scopes = signed_in.missing_scopes;
        Ok(Connected { platform: sign_in.platform, accounts, missing_scopes })
    }

    /// The connected accounts.
    ///
    /// # Errors
    /// Of the store.
    pub async fn list(&self, ws: WorkspaceId) -> Result<Vec<Account>, Error> {
        let mut unit = self.0.store.begin().await?;
        Ok(unit.accounts().list(ws).await?)
    }

    /// Disconnects an account: it takes no more posts. What was published stays.
    ///
    /// # Errors
    /// Where there is no such account, or of the store.
    pub async fn disconnect(&self, ws: WorkspaceId, id: AccountId) -> Result<(), Error> {
        let mut unit = self.0.store.begin().await?;
        unit.accounts().disconnect(ws, id, self.0.clock.now()).await?;
        unit.commit().await?;
        Ok(())
    }
}
