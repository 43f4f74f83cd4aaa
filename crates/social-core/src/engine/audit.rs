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
        self.page(ws, None, limit).await.map(|page| page.entries)
    }

    /// At most `limit` entries, newest first, from where the page before ended.
    ///
    /// # Errors
    /// Of the store.
    pub async fn page(
        &self,
        ws: WorkspaceId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<AuditPage, Error> {
        let mut unit = self.0.store.read().await?;
        // One more than asked for tells whether there is another page.
        let mut found = unit.audit().latest(ws, before, limit.saturating_add(1)).await?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = found.last().map(|(place, _)| *place).filter(|_| more);
        Ok(AuditPage { entries: found.into_iter().map(|(_, entry)| entry).collect(), next })
    }
}

/// A part of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    /// Newest first.
    pub entries: Vec<AuditEntry>,
    /// Where the next page begins; none on the last.
    pub next: Option<u64>,
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
