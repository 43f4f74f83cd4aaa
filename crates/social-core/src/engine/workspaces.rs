//! Tenants.

use super::{Error, Missing, Ports};
use crate::domain::{Workspace, WorkspaceId};
use crate::ports::UnitOfWork;

/// Makes and finds workspaces.
#[derive(Debug, Clone)]
pub struct Workspaces(Ports);

impl Workspaces {
    /// Workspaces over `ports`.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self(ports)
    }

    /// A new workspace with a data key of its own.
    ///
    /// # Errors
    /// Where no key can be made, or of the store.
    pub async fn create(&self, name: impl Into<String> + Send) -> Result<WorkspaceId, Error> {
        let workspace = self.build(name.into())?;
        let mut unit = self.0.store.begin().await?;
        unit.workspaces().insert(&workspace).await?;
        unit.commit().await?;
        Ok(workspace.id)
    }

    /// The oldest workspace; a fresh store gets one named `default`.
    ///
    /// # Errors
    /// Where no key can be made, or of the store.
    pub async fn default(&self) -> Result<WorkspaceId, Error> {
        let mut unit = self.0.store.begin().await?;
        if let Some(workspace) = unit.workspaces().list().await?.first() {
            return Ok(workspace.id);
        }
        let workspace = self.build("default".into())?;
        unit.workspaces().insert(&workspace).await?;
        unit.commit().await?;
        Ok(workspace.id)
    }

    fn build(&self, name: String) -> Result<Workspace, Error> {
        let now = self.0.clock.now();
        Ok(Workspace {
            id: WorkspaceId::from_uuid(self.0.ids.uuid(now)),
            name,
            data_key: self.0.sealer.new_data_key()?,
            created_at: now,
        })
    }
}

/// The workspace's row, which must be there.
pub(super) async fn workspace(
    unit: &mut dyn UnitOfWork,
    id: WorkspaceId,
) -> Result<Workspace, Error> {
    unit.workspaces().get(id).await?.ok_or_else(|| Error::NotFound(Missing::Workspace(id)))
}
