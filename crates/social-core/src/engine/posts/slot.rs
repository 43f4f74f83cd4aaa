//! The next slot: when a post goes out whose author named no time.
//!
//! Accounts with a plan post at its hours: the next slot is the first of any of the post's accounts
//! at which none of them has a post. Where none of them has a plan, it is the next full hour at
//! least one hour ahead. Quiet hours, of the key, the
//! workspace and the accounts, are left out.
//!
//! It is found in the transaction that stores the post, so that no two posts get one slot.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Posts;
use super::budget::is_quiet;
use crate::Timestamp;
use crate::domain::series::QuietPlan;
use crate::domain::{Account, AccountId, DeliveryStatus, Platform, PostId, SlotPlan, WorkspaceId};
use crate::engine::{Error, Missing};
use crate::ports::UnitOfWork;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// A planned slot is at least so far ahead, so that there is time to call the post off.
const LEAD: Duration = Duration::from_secs(10 * 60);

/// How far ahead planned slots are looked for.
const PLANNED: Duration = Duration::from_secs(90 * 24 * 3600);

/// For how many hours ahead a slot without a plan is looked for; a calendar that is full so long
/// gets the last.
const HORIZON: u32 = 14 * 24;

/// What a slot is looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SlotSearch<'a> {
    pub(crate) accounts: &'a [&'a Account],
    pub(crate) now: Timestamp,
    pub(crate) quiet: Option<(u8, u8)>,
    /// A post that is being moved does not stand in its own way.
    pub(crate) except: Option<PostId>,
}

/// What an account's calendar offers.
#[derive(Debug, Clone)]
pub struct NextSlots {
    /// The account.
    pub account: Account,
    /// The hours it likes to post at, where somebody set them.
    pub plan: Option<SlotPlan>,
    /// The next free slots.
    pub next: Vec<Timestamp>,
}

impl SlotSearch<'_> {
    /// The next slot.
    pub(crate) async fn next(&self, unit: &mut dyn UnitOfWork) -> Result<Timestamp, Error> {
        let (free, last) = self.free(unit, 1).await?;
        Ok(free.into_iter().next().unwrap_or(last))
    }

    /// Whether nothing stands at this slot.
    pub(crate) async fn is_free(
        &self,
        unit: &mut dyn UnitOfWork,
        slot: Timestamp,
    ) -> Result<bool, Error> {
        let width = if self.planned(unit).await?.is_some() { MINUTE } else { HOUR };
        Ok(slot > self.now && !self.taken(unit, slot, width).await?)
    }

    /// The next `count` slots, and the one that a full calendar ends with.
    async fn free(
        &self,
        unit: &mut dyn UnitOfWork,
        count: usize,
    ) -> Result<(Vec<Timestamp>, Timestamp), Error> {
        let (slots, width) = match self.planned(unit).await? {
            Some(slots) => (slots.into_iter().collect(), MINUTE),
            None => {
                let first = full_hour(self.now + HOUR);
                ((0..HORIZON).map(|n| first + HOUR * n).collect::<Vec<_>>(), HOUR)
            }
        };
        let last = slots.last().map_or(full_hour(self.now + PLANNED), |last| *last + width);
        let plans = self.quiet_plans(unit).await?;
        let mut free = Vec::new();
        for slot in slots {
            if free.len() == count {
                break;
            }
            let quiet = self.quiet.is_some_and(|(from, to)| is_quiet(from, to, slot))
                || plans.iter().any(|plan| plan.hours.contains(slot));
            if !quiet && !self.taken(unit, slot, width).await? {
                free.push(slot);
            }
        }
        Ok((free, last))
    }

    /// The quiet hours of the accounts and their workspace.
    async fn quiet_plans(&self, unit: &mut dyn UnitOfWork) -> Result<Vec<QuietPlan>, Error> {
        let Some(first) = self.accounts.first() else { return Ok(Vec::new()) };
        let mut plans = unit.quiet().list(first.workspace_id).await?;
        plans.retain(|plan| {
            plan.account_id.is_none_or(|id| self.accounts.iter().any(|account| account.id == id))
        });
        Ok(plans)
    }

    /// The slots of those accounts that have a plan; `None` where none has.
    async fn planned(
        &self,
        unit: &mut dyn UnitOfWork,
    ) -> Result<Option<BTreeSet<Timestamp>>, Error> {
        let mut slots = None;
        for account in self.accounts {
            if let Some(plan) = unit.slots().get(account.workspace_id, account.id).await? {
                let ahead = plan.between(self.now + LEAD, self.now + PLANNED);
                slots.get_or_insert_with(BTreeSet::new).extend(ahead);
            }
        }
        Ok(slots)
    }

    async fn taken(
        &self,
        unit: &mut dyn UnitOfWork,
        slot: Timestamp,
        width: Duration,
    ) -> Result<bool, Error> {
        for account in self.accounts {
            let (ws, id) = (account.workspace_id, account.id);
            let found = unit.deliveries().of_account(ws, id, slot, slot + width).await?;
            let stands =
                |status| !matches!(status, DeliveryStatus::Cancelled | DeliveryStatus::Failed);
            let other = |post| Some(post) != self.except;
            if found.iter().any(|of| stands(of.status) && other(of.post_id)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Posts {
    /// The next `count` free slots of each connected account, or of those of one network.
    ///
    /// # Errors
    /// Of the store.
    pub async fn slots(
        &self,
        ws: WorkspaceId,
        platform: Option<&Platform>,
        count: usize,
    ) -> Result<Vec<NextSlots>, Error> {
        let mut unit = self.ports.store.begin().await?;
        let mut found = Vec::new();
        for account in unit.accounts().list(ws).await? {
            if platform.is_some_and(|platform| *platform != account.platform) {
                continue;
            }
            let plan = unit.slots().get(ws, account.id).await?;
            let search = SlotSearch {
                accounts: &[&account],
                now: self.ports.clock.now(),
                quiet: self.budget.quiet_hours,
                except: None,
            };
            let (next, _) = search.free(&mut *unit, count).await?;
            found.push(NextSlots { account, plan, next });
        }
        Ok(found)
    }

    /// Keeps the hours at which an account likes to post; one without any goes back to full hours.
    /// Posts that are planned already stay where they are.
    ///
    /// # Errors
    /// Where there is no such connected account, or of the store.
    pub async fn set_slots(&self, plan: &SlotPlan) -> Result<(), Error> {
        let (ws, id): (WorkspaceId, AccountId) = (plan.workspace_id, plan.account_id);
        let mut unit = self.ports.store.begin().await?;
        let account = unit.accounts().get(ws, id).await?;
        account
            .filter(|account| account.disconnected_at.is_none())
            .ok_or(Error::NotFound(Missing::Account(id)))?;
        if plan.slots.is_empty() {
            unit.slots().remove(ws, id).await?;
        } else {
            unit.slots().put(plan).await?;
        }
        self.record(&mut *unit, ws, "slots.set", &id.to_string()).await?;
        unit.commit().await?;
        Ok(())
    }
}

/// The first full hour that is not before `time`.
fn full_hour(time: Timestamp) -> Timestamp {
    let hour = HOUR.as_secs() as i64;
    let secs = (time.as_millis() + 999).div_euclid(1000);
    Timestamp::from_secs((secs + hour - 1).div_euclid(hour) * hour)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_without_a_plan_is_a_full_hour() {
        let time = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(full_hour(time("2026-11-23T09:00:00Z")), time("2026-11-23T09:00:00Z"));
        assert_eq!(full_hour(time("2026-11-23T09:00:00.001Z")), time("2026-11-23T10:00:00Z"));
        assert_eq!(full_hour(time("2026-11-23T09:59:59Z")), time("2026-11-23T10:00:00Z"));
    }
}
