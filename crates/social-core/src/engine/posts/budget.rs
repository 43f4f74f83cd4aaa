//! What a key may spend.

use chrono::Timelike as _;

use super::schedule::asked_before;
use super::{PostEdit, Posts, find};
use crate::Timestamp;
use crate::domain::{Budget, PostId, WorkspaceId};
use crate::engine::Error;
use crate::engine::resolve::{account, fullest_day, neighbours};
use crate::ports::{PostRequest, UnitOfWork, When};

impl Posts {
    /// Whether a budget allows a request: the networks, the hour it is due, and how many posts each
    /// account has in the fullest day around it, whoever made them. A draft is held to it as well:
    /// submitting it later then spends nothing more. A request that was done under its idempotency
    /// key is always allowed, since asking again makes no second post.
    ///
    /// # Errors
    /// [`Error::Budget`] where it does not, or of the store.
    pub async fn spend(
        &self,
        ws: WorkspaceId,
        budget: &Budget,
        request: &PostRequest,
    ) -> Result<(), Error> {
        let mut unit = self.0.store.begin().await?;
        if asked_before(&mut *unit, request).await?.is_some() {
            return Ok(());
        }
        self.afford(&mut *unit, ws, budget, request, None).await
    }

    /// Whether a budget allows a post as it would be after `edit`.
    ///
    /// # Errors
    /// [`Error::Budget`] where it does not, where there is no such post, or of the store.
    pub async fn spend_edit(
        &self,
        ws: WorkspaceId,
        budget: &Budget,
        id: PostId,
        edit: &PostEdit,
    ) -> Result<(), Error> {
        let mut unit = self.0.store.begin().await?;
        let post = find(&mut *unit, ws, id).await?;
        let deliveries = unit.deliveries().of_post(ws, id).await?;
        let request = edit.onto(&post, &deliveries, self.0.clock.now());
        self.afford(&mut *unit, ws, budget, &request, Some(id)).await
    }

    async fn afford(
        &self,
        unit: &mut dyn UnitOfWork,
        ws: WorkspaceId,
        budget: &Budget,
        request: &PostRequest,
        except: Option<PostId>,
    ) -> Result<(), Error> {
        let due_at = match request.when {
            When::Now => self.0.clock.now(),
            When::At(at) => at,
        };
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
            let near = neighbours(unit, ws, account.id, due_at, except).await?;
            let there = fullest_day(&near, due_at);
            if there >= usize::try_from(limit).unwrap_or(usize::MAX) {
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
fn is_quiet(from: u8, to: u8, at: Timestamp) -> bool {
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
