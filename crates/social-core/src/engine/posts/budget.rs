//! What a key may spend.

use std::time::Duration;

use chrono::Timelike as _;

use super::Posts;
use crate::Timestamp;
use crate::domain::{Budget, PostId};
use crate::engine::resolve::{DAY, account};
use crate::engine::{EngineConfig, Error};
use crate::ports::{Near, PostRequest, UnitOfWork};

impl Budget {
    /// For how long a post for now can be called off: as long as it says, and where it does not,
    /// as the engine is set up; never less than the budget wants.
    pub(in crate::engine) fn undo(
        &self,
        asked: Option<Duration>,
        config: &EngineConfig,
    ) -> Duration {
        let least = Duration::from_secs(self.undo_seconds.unwrap_or(0).into());
        asked.unwrap_or(config.undo).max(least)
    }
}

impl Posts {
    /// Whether the budget allows a post that is due then: the networks, the hour, and how many
    /// posts each account has in the fullest day around it, whoever made them. Asked in the unit
    /// that stores the post, so that of two requests for the last place one gets it. A draft is
    /// held to it as well: submitting it later then spends nothing more. A post that is changed
    /// does not count beside itself (`except`).
    pub(super) async fn afford(
        &self,
        unit: &mut dyn UnitOfWork,
        request: &PostRequest,
        due_at: Timestamp,
        except: Option<PostId>,
    ) -> Result<(), Error> {
        let (budget, ws) = (&self.budget, request.workspace);
        if let Some((from, to)) = budget.quiet_hours
            && is_quiet(from, to, due_at)
        {
            return Err(Error::Budget(format!(
                "nothing goes out between {from:02}:00 and {to:02}:00 UTC with this key, and the \
                 post is due at {due_at}: choose another time"
            )));
        }
        for target in &request.targets {
            let platform = &target.platform;
            if !budget.platforms.is_empty() && !budget.platforms.contains(platform) {
                let all: Vec<_> = budget.platforms.iter().map(ToString::to_string).collect();
                let all = all.join(", ");
                return Err(Error::Budget(format!(
                    "this key does not post to {platform}, only to {all}: leave it out, or ask the \
                     owner of the key"
                )));
            }
        }
        let Some(limit) = budget.posts_per_day else { return Ok(()) };
        let accounts = unit.accounts().list(ws).await?;
        for target in &request.targets {
            // What no account is found for is refused by preflight, which says why.
            let Ok(account) = account(&accounts, target, "") else { continue };
            let near = Near { at: due_at, within: DAY, except, said: None };
            let there = unit.deliveries().nearby(ws, account.id, &near).await?.fullest_day();
            if there >= u64::from(limit) {
                return Err(Error::Budget(format!(
                    "{} has {there} posts in the day around {due_at}, and this key allows {limit}: \
                     choose another day, or ask the owner of the key",
                    account.name
                )));
            }
        }
        Ok(())
    }
}

/// Whether an instant lies in quiet hours, which may go over midnight.
pub(super) fn is_quiet(from: u8, to: u8, at: Timestamp) -> bool {
    let hour = at.as_datetime().hour();
    let (from, to) = (u32::from(from), u32::from(to));
    if from <= to { (from..to).contains(&hour) } else { hour >= from || hour < to }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_go_over_midnight() {
        let at = |hour: i64| Timestamp::from_secs(1_800_000_000 / 86_400 * 86_400 + hour * 3600);
        for (from, to, quiet) in [
            (22, 6, vec![0, 1, 2, 3, 4, 5, 22, 23]),
            (9, 11, vec![9, 10]),
            (0, 24, (0..24).collect()),
            (7, 7, vec![]),
        ] {
            let found: Vec<i64> = (0..24).filter(|hour| is_quiet(from, to, at(*hour))).collect();
            assert_eq!(found, quiet, "{from} to {to}");
        }
    }
}
