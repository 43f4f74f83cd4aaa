//! Making, changing and removing webhooks.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::sign::new_secret;
use crate::domain::{
    DueSecret, EventKind, PauseReason, Webhook, WebhookId, WebhookKind, WebhookStatus, WorkspaceId,
};
use crate::engine::audit::note;
use crate::engine::workspaces::workspace;
use crate::engine::{Error, Missing, Ports};
use crate::ports::UnitOfWork;

/// How many webhooks a workspace may have.
const MOST: usize = 50;

/// For how long messages are signed with the former secret as well.
const OVERLAP: Duration = Duration::from_secs(24 * 3600);

/// A webhook to be made.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    /// Where the receiver is: http or https, and public unless the operator allows it.
    pub url: Url,
    /// What it is for, for people.
    pub description: String,
    /// What it is told of; empty means everything.
    pub events: BTreeSet<EventKind>,
}

/// What changes of a webhook; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct WebhookChange {
    /// Where the receiver is.
    pub url: Option<Url>,
    /// What it is for.
    pub description: Option<String>,
    /// What it is told of; empty means everything.
    pub events: Option<BTreeSet<EventKind>>,
    /// Whether it is told anything.
    pub active: Option<bool>,
}

/// Makes webhooks, changes them, and looks after what they are told.
#[derive(Debug, Clone)]
pub struct Webhooks {
    pub(super) ports: Ports,
    actor: Option<String>,
}

impl Webhooks {
    /// Webhooks over `ports`, of nobody in particular: nothing is put on record.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self { ports, actor: None }
    }

    /// The same for somebody (`key_…`, a person's id): what they do is put on record, each in the
    /// transaction that does it.
    #[must_use]
    pub fn by(mut self, actor: impl Into<String>) -> Self {
        self.actor = Some(actor.into());
        self
    }

    /// Puts on record what somebody does, in the unit that does it.
    pub(super) async fn record(
        &self,
        unit: &mut dyn UnitOfWork,
        ws: WorkspaceId,
        action: &str,
        subject: impl fmt::Display + Send,
    ) -> Result<(), Error> {
        let Some(actor) = &self.actor else { return Ok(()) };
        note(unit, self.ports.clock.now(), ws, actor, action, &subject.to_string()).await
    }

    /// A new webhook, and the secret it signs with, which is not shown again.
    ///
    /// # Errors
    /// [`Error::Refused`] for an address that is not called, and for one webhook too many; of the
    /// store.
    pub async fn create(
        &self,
        ws: WorkspaceId,
        new: NewWebhook,
    ) -> Result<(Webhook, SecretString), Error> {
        self.check(&new.url)?;
        let secret = new_secret(&*self.ports.ids);
        let mut unit = self.ports.store.begin().await?;
        if unit.webhooks().list(ws).await?.len() >= MOST {
            let message = format!("a workspace has {MOST} webhooks at most: remove one first");
            return Err(Error::Refused(message));
        }
        let webhook = self.build(&mut *unit, ws, WebhookKind::Standard, new, &secret).await?;
        unit.webhooks().insert(&webhook).await?;
        self.record(&mut *unit, ws, "webhook.create", webhook.id).await?;
        unit.commit().await?;
        Ok((webhook, secret))
    }

    pub(super) async fn build(
        &self,
        unit: &mut dyn UnitOfWork,
        ws: WorkspaceId,
        kind: WebhookKind,
        new: NewWebhook,
        secret: &SecretString,
    ) -> Result<Webhook, Error> {
        let now = self.ports.clock.now();
        let id = WebhookId::from_uuid(self.ports.ids.uuid(now));
        let key = workspace(unit, ws).await?.data_key;
        Ok(Webhook {
            id,
            workspace_id: ws,
            kind,
            url: new.url,
            description: new.description,
            events: new.events,
            secret: self.ports.sealer.seal(&key, &secret_place(id), secret)?,
            former: None,
            status: WebhookStatus::Active,
            failing_since: None,
            created_at: now,
            version: 0,
        })
    }

    /// All webhooks of a workspace, without their secrets.
    ///
    /// # Errors
    /// Of the store.
    pub async fn list(&self, ws: WorkspaceId) -> Result<Vec<Webhook>, Error> {
        let mut unit = self.ports.store.begin().await?;
        Ok(unit.webhooks().list(ws).await?)
    }

    /// One webhook.
    ///
    /// # Errors
    /// Where there is none, or of the store.
    pub async fn get(&self, ws: WorkspaceId, id: WebhookId) -> Result<Webhook, Error> {
        let mut unit = self.ports.store.begin().await?;
        find(&mut *unit, ws, id).await
    }

    /// Changes a webhook. Made active again, it is told what happens from then on; what it missed
    /// is replayed where that is asked for.
    ///
    /// # Errors
    /// [`Error::Refused`] for an address that is not called, and where the configuration says what
    /// it is; where there is none, or of the store.
    pub async fn change(
        &self,
        ws: WorkspaceId,
        id: WebhookId,
        change: WebhookChange,
    ) -> Result<Webhook, Error> {
        if let Some(url) = &change.url {
            self.check(url)?;
        }
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin().await?;
        let mut webhook = find(&mut *unit, ws, id).await?;
        if change.url.is_some() || change.events.is_some() {
            ensure_standard(&webhook)?;
        }
        if let Some(url) = change.url {
            webhook.url = url;
        }
        if let Some(description) = change.description {
            webhook.description = description;
        }
        if let Some(events) = change.events {
            webhook.events = events;
        }
        match (change.active, webhook.status) {
            (Some(true), WebhookStatus::Paused { .. }) => {
                webhook.status = WebhookStatus::Active;
                webhook.failing_since = None;
            }
            (Some(false), WebhookStatus::Active) => {
                webhook.status = WebhookStatus::Paused { reason: PauseReason::Asked, since: now };
            }
            _ => {}
        }
        unit.webhooks().update(&mut webhook).await?;
        self.record(&mut *unit, ws, "webhook.change", id).await?;
        unit.commit().await?;
        Ok(webhook)
    }

    /// A fresh secret, which is not shown again. For a day messages are signed with the former one
    /// as well, so that the receiver can change over without missing any.
    ///
    /// # Errors
    /// Where there is none, for an agent's hook, or of the store.
    pub async fn rotate(
        &self,
        ws: WorkspaceId,
        id: WebhookId,
    ) -> Result<(Webhook, SecretString), Error> {
        let secret = new_secret(&*self.ports.ids);
        let mut unit = self.ports.store.begin().await?;
        let mut webhook = find(&mut *unit, ws, id).await?;
        ensure_standard(&webhook)?;
        let key = workspace(&mut *unit, ws).await?.data_key;
        let sealer = &self.ports.sealer;
        let former = sealer.open(&key, &secret_place(id), &webhook.secret)?;
        webhook.former = Some(DueSecret {
            secret: sealer.seal(&key, &former_place(id), &former)?,
            until: self.ports.clock.now() + OVERLAP,
        });
        webhook.secret = sealer.seal(&key, &secret_place(id), &secret)?;
        unit.webhooks().update(&mut webhook).await?;
        self.record(&mut *unit, ws, "webhook.rotate", id).await?;
        unit.commit().await?;
        Ok((webhook, secret))
    }

    /// Removes a webhook with its log. What is on its way to it is not sent any more.
    ///
    /// # Errors
    /// Where there is none, for an agent's hook, or of the store.
    pub async fn remove(&self, ws: WorkspaceId, id: WebhookId) -> Result<(), Error> {
        let mut unit = self.ports.store.begin().await?;
        ensure_standard(&find(&mut *unit, ws, id).await?)?;
        unit.webhooks().remove(ws, id).await?;
        self.record(&mut *unit, ws, "webhook.remove", id).await?;
        unit.commit().await?;
        Ok(())
    }

    /// Whether an address can be called at all, so that a slip shows at once.
    pub(super) fn check(&self, url: &Url) -> Result<(), Error> {
        let refused = |why: String| Error::Refused(format!("`{url}` is not called: {why}"));
        let uri = http::Uri::try_from(url.as_str()).map_err(|error| refused(error.to_string()))?;
        self.ports.outbound.check(&uri).map_err(|error| refused(error.to_string()))
    }
}

/// The place that a webhook's secret is sealed for.
pub(super) fn secret_place(id: WebhookId) -> String {
    format!("{id}/secret")
}

/// The place that a webhook's former secret is sealed for.
pub(super) fn former_place(id: WebhookId) -> String {
    format!("{id}/former")
}

pub(super) async fn find(
    unit: &mut dyn UnitOfWork,
    ws: WorkspaceId,
    id: WebhookId,
) -> Result<Webhook, Error> {
    let found = unit.webhooks().get(ws, id).await?;
    found.ok_or(Error::NotFound(Missing::Webhook(id)))
}

fn ensure_standard(webhook: &Webhook) -> Result<(), Error> {
    match webhook.kind {
        WebhookKind::Standard => Ok(()),
        WebhookKind::AgentHook => Err(Error::Refused(
            "the agent's hook is what the server's configuration says: change it there".to_owned(),
        )),
    }
}
