//! The record of who did what.

use super::{Error, Ports};
use crate::Timestamp;
use crate::domain::{AuditEntry, WorkspaceId};
use crate::ports::UnitOfWork;

/// Writes and reads the record of who did what. It only grows.
#[derive(Debug, Clone)]
pub struct Audit(Ports);

impl Audit {
    /// The record over `ports`.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self(ports)
    }

    /// Adds an entry: who (`key_…`, a person's id, `system`), what (`key.revoke`), to what.
    ///
    /// # Errors
    /// Of the store.
    pub async fn record(
        &self,
        ws: WorkspaceId,
        actor: &str,
        action: &str,
        subject: &str,
    ) -> Result<(), Error> {
        let mut unit = self.0.store.begin().await?;
        note(&mut *unit, self.0.clock.now(), ws, actor, action, subject).await?;
        unit.commit().await?;
        Ok(())
    }

    /// The latest entries, newest first.
    ///
    /// # Errors
    /// Of the store.
    pub async fn latest(&self, ws: WorkspaceId, limit: u32) -> Result<Vec<AuditEntry>, Error> {
        let mut unit = self.0.store.begin().await?;
        Ok(unit.audit().latest(ws, limit).await?)
    }
}

/// Adds an entry in the unit that does what it tells of.
pub(super) async fn note(
    unit: &mut dyn UnitOfWork,
    at: Timestamp,
    ws: WorkspaceId,
    actor: &str,
    action: &str,
    subject: &str,
) -> Result<(), Error> {
    let entry = AuditEntry {
        at,
        workspace_id: ws,
        actor: actor.to_owned(),
        action: action.to_owned(),
        subject: subject.to_owned(),
    };
    Ok(unit.audit().append(&entry).await?)
}
