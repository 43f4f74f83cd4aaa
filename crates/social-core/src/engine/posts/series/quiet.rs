//! The hours in which nothing goes out by itself.

use crate::domain::WorkspaceId;
use crate::domain::series::QuietPlan;
use crate::engine::posts::Posts;
use crate::engine::{Error, Missing};

impl Posts {
    /// The hours in which nothing goes out by itself, of the workspace and of its accounts.
    /// Occurrences of series that fall into them go out after them, and no slot is among them; a
    /// time that an author names is their word.
    ///
    /// # Errors
    /// Of the store.
    pub async fn quiet_hours(&self, ws: WorkspaceId) -> Result<Vec<QuietPlan>, Error> {
        Ok(self.ports.store.read().await?.quiet().list(ws).await?)
    }

    /// Keeps quiet hours; those from a time until the same are taken away. What is planned already
    /// stays where it is.
    ///
    /// # Errors
    /// Where there is no such connected account, or of the store.
    pub async fn set_quiet_hours(&self, plan: &QuietPlan) -> Result<(), Error> {
        let ws = plan.workspace_id;
        let mut unit = self.ports.store.begin().await?;
        if let Some(id) = plan.account_id {
            let account = unit.accounts().get(ws, id).await?;
            account
                .filter(|account| account.disconnected_at.is_none())
                .ok_or(Error::NotFound(Missing::Account(id)))?;
        }
        if plan.hours.from == plan.hours.until {
            unit.quiet().remove(ws, plan.account_id).await?;
        } else {
            unit.quiet().put(plan).await?;
        }
        let subject = plan.account_id.map_or_else(|| ws.to_string(), |id| id.to_string());
        self.record(&mut *unit, ws, "quiet_hours.set", &subject).await?;
        unit.commit().await?;
        Ok(())
    }
}
