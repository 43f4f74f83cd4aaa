//! Which of several accounts a person wants connected.
//!
//! Until somebody says so nothing of a sign-in is kept but one sealed row, which expires: no grant,
//! no account. So what nobody chooses leaves nothing behind.

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use super::workspaces::workspace;
use super::{Accounts, Connected, Error, Missing, Ports};
use crate::Timestamp;
use crate::domain::{ChoiceOption, Platform, TokenSet, WorkspaceId};
use crate::ports::{Choice, FoundAccount, SignedIn};

/// How long a person has to choose.
const TTL: Duration = Duration::from_secs(15 * 60);

/// Accounts that a sign-in brought, and the right to choose among them.
#[derive(Debug, Clone)]
pub struct Choosing {
    /// The network.
    pub platform: Platform,
    /// What can be chosen.
    pub options: Vec<ChoiceOption>,
    /// Scopes that publishing needs and the person did not grant.
    pub missing_scopes: Vec<String>,
    /// Good once, for whoever signed in.
    pub token: SecretString,
    /// Until when.
    pub expires_at: Timestamp,
}

impl Accounts {
    /// Keeps what a sign-in brought until somebody chooses.
    pub(super) async fn offer(
        &self,
        ws: WorkspaceId,
        platform: Platform,
        signed_in: SignedIn,
    ) -> Result<Choosing, Error> {
        let token = self.ports.ids.secret();
        let hash = hash(&token);
        let expires_at = self.ports.clock.now() + TTL;
        let mut unit = self.ports.store.begin().await?;
        let key = workspace(&mut *unit, ws).await?.data_key;
        let known = unit.accounts().list(ws).await?;
        let is_known = |found: &FoundAccount| {
            known.iter().any(|a| a.platform == platform && a.remote_id == found.remote_id)
        };
        let option = |found: &FoundAccount| ChoiceOption {
            remote_id: found.remote_id.clone(),
            name: found.name.clone(),
            handle: found.handle.clone(),
            kind: found.kind.clone(),
            connected: is_known(found),
        };
        let options: Vec<ChoiceOption> = signed_in.accounts.iter().map(option).collect();
        let missing_scopes = signed_in.missing_scopes.clone();
        let secret = Secret::from(signed_in).write()?;
        let choice = Choice {
            secret: self.ports.sealer.seal(&key, &format!("choice/{hash}"), &secret)?,
            hash,
            workspace_id: ws,
            platform: platform.clone(),
            options: options.clone(),
            expires_at,
        };
        unit.choices().put(&choice).await?;
        unit.commit().await?;
        Ok(Choosing { platform, options, missing_scopes, token: token.into(), expires_at })
    }

    /// The choice that waits at a network, without the right to make it.
    ///
    /// # Errors
    /// Of the store.
    pub async fn pending_choice(
        &self,
        ws: WorkspaceId,
        platform: &Platform,
    ) -> Result<Option<Choice>, Error> {
        let mut unit = self.ports.store.begin().await?;
        Ok(unit.choices().pending(ws, platform, self.ports.clock.now()).await?)
    }

    /// Connects the chosen ones, by whoever signed in. Those that are not named are left alone,
    /// connected or not.
    ///
    /// # Errors
    /// [`Error::Refused`] for a token that is unknown, used or over, and for none or others than
    /// were offered: the choice then goes on waiting. Of the store.
    pub async fn choose(
        &self,
        token: &SecretString,
        chosen: &[String],
    ) -> Result<Connected, Error> {
        let mut unit = self.ports.store.begin().await?;
        let now = self.ports.clock.now();
        let found = unit.choices().get(&hash(token.expose_secret()), now).await?;
        drop(unit);
        let choice = found.ok_or_else(over)?;
        self.make(choice, chosen).await
    }

    /// Connects the chosen ones of the choice that waits at a network, by somebody of the
    /// workspace.
    ///
    /// # Errors
    /// As [`Accounts::choose`], and where none waits.
    pub async fn choose_pending(
        &self,
        ws: WorkspaceId,
        platform: &Platform,
        chosen: &[String],
    ) -> Result<Connected, Error> {
        let choice = self.pending_choice(ws, platform).await?;
        let choice = choice.ok_or_else(|| Error::NotFound(Missing::Choice(platform.clone())))?;
        self.make(choice, chosen).await
    }

    async fn make(&self, choice: Choice, chosen: &[String]) -> Result<Connected, Error> {
        let offered = |id: &String| choice.options.iter().any(|option| option.remote_id == *id);
        if chosen.is_empty() || !chosen.iter().all(offered) {
            let message = "choose at least one of the accounts that are offered, and no others";
            return Err(Error::Refused(message.into()));
        }
        let ws = choice.workspace_id;
        let mut unit = self.ports.store.begin().await?;
        if !unit.choices().take(ws, &choice.hash).await? {
            return Err(over());
        }
        let key = workspace(&mut *unit, ws).await?.data_key;
        let place = format!("choice/{}", choice.hash);
        let secret = self.ports.sealer.open(&key, &place, &choice.secret)?;
        let mut signed_in = SignedIn::from(Secret::read(&secret)?);
        signed_in.accounts.retain(|found| chosen.contains(&found.remote_id));
        let connected = self.keep(&mut *unit, ws, choice.platform, signed_in).await?;
        unit.commit().await?;
        Ok(connected)
    }
}

/// Forgets choices that nobody made.
pub(super) async fn forget_choices(ports: &Ports) -> Result<u64, Error> {
    let mut unit = ports.store.begin().await?;
    let gone = unit.choices().expire(ports.clock.now()).await?;
    unit.commit().await?;
    Ok(gone)
}

fn over() -> Error {
    Error::Refused("this choice was made already or took too long: begin again".into())
}

fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}

/// What a sign-in gave, as it is sealed: the only place where tokens are written out.
#[derive(Serialize, Deserialize)]
struct Secret {
    subject: String,
    access: Bare,
    refresh: Option<Bare>,
    expires_at: Option<Timestamp>,
    refresh_expires_at: Option<Timestamp>,
    scopes: Vec<String>,
    missing_scopes: Vec<String>,
    accounts: Vec<SecretAccount>,
}

#[derive(Serialize, Deserialize)]
struct SecretAccount {
    remote_id: String,
    name: String,
    handle: Option<String>,
    kind: String,
    token: Option<Bare>,
    attributes: BTreeMap<String, String>,
}

struct Bare(SecretString);

impl Serialize for Bare {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose_secret())
    }
}

impl<'de> Deserialize<'de> for Bare {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(text.into()))
    }
}

impl Secret {
    fn write(&self) -> Result<SecretString, Error> {
        serde_json::to_string(self).map(Into::into).map_err(|_| damaged())
    }

    fn read(text: &SecretString) -> Result<Self, Error> {
        serde_json::from_str(text.expose_secret()).map_err(|_| damaged())
    }
}

/// The cause may quote what it could not read, and so a secret.
fn damaged() -> Error {
    Error::Refused("what the network gave cannot be kept: begin again".into())
}

impl From<SignedIn> for Secret {
    fn from(from: SignedIn) -> Self {
        let account = |found: FoundAccount| SecretAccount {
            remote_id: found.remote_id,
            name: found.name,
            handle: found.handle,
            kind: found.kind,
            token: found.token.map(Bare),
            attributes: found.attributes,
        };
        Self {
            subject: from.subject,
            access: Bare(from.tokens.access),
            refresh: from.tokens.refresh.map(Bare),
            expires_at: from.tokens.expires_at,
            refresh_expires_at: from.tokens.refresh_expires_at,
            scopes: from.tokens.scopes,
            missing_scopes: from.missing_scopes,
            accounts: from.accounts.into_iter().map(account).collect(),
        }
    }
}

impl From<Secret> for SignedIn {
    fn from(from: Secret) -> Self {
        let account = |found: SecretAccount| FoundAccount {
            remote_id: found.remote_id,
            name: found.name,
            handle: found.handle,
            kind: found.kind,
            token: found.token.map(|bare| bare.0),
            attributes: found.attributes,
        };
        Self {
            subject: from.subject,
            tokens: TokenSet {
                access: from.access.0,
                refresh: from.refresh.map(|bare| bare.0),
                expires_at: from.expires_at,
                refresh_expires_at: from.refresh_expires_at,
                scopes: from.scopes,
            },
            accounts: from.accounts.into_iter().map(account).collect(),
            missing_scopes: from.missing_scopes,
        }
    }
}
