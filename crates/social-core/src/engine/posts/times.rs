//! When posts did best.

use std::time::Duration;

use super::Posts;
use crate::Timestamp;
use crate::domain::{Account, PostingWindow, TimeSpan, Zone};
use crate::engine::Error;
use crate::timing::{Fit, Question, QuietHours};

/// How many windows are named.
const WINDOWS: usize = 10;

/// Posts older than this tell nothing of today's audience.
const MEMORY: Duration = Duration::from_secs(365 * 24 * 3600);

/// Posts younger than this are still being seen: they cannot be held against older ones.
const YOUNG: Duration = Duration::from_secs(2 * 24 * 3600);

/// What is asked about the best times of an account.
#[derive(Debug, Clone, Default)]
pub struct TimesRequest {
    /// Where the audience lives; `None` means the zone of the account's slots, else UTC.
    pub zone: Option<Zone>,
    /// Hours at which nothing is to go out, by the clocks of the zone.
    pub quiet: Option<QuietHours>,
    /// At most so many windows; 0 means 10.
    pub limit: usize,
    /// Whether to choose by how likely each is to be the best, so that posting finds out what the
    /// history does not tell.
    pub explore: bool,
}

impl Posts {
    /// When posts of an account do best, as
    /// [`optimal_post_times`](crate::ports::Scheduler::optimal_post_times), with a say in it.
    ///
    /// # Errors
    /// Of the store.
    pub async fn best_times(
        &self,
        account: &Account,
        request: &TimesRequest,
    ) -> Result<Vec<PostingWindow>, Error> {
        let ws = account.workspace_id;
        let now = self.ports.clock.now();
        let span = TimeSpan { from: (now - MEMORY).max(Timestamp::UNIX_EPOCH), to: now - YOUNG };
        let (posts, plan) = {
            let mut unit = self.ports.store.read().await?;
            let plan = unit.slots().get(ws, account.id).await?;
            (unit.analytics().reached(ws, span).await?, plan)
        };
        let zone = request.zone.or(plan.map(|plan| plan.zone)).unwrap_or(Zone::UTC);
        let question = Question {
            zone: zone.tz(),
            quiet: request.quiet,
            ..Question::new(account.id, account.platform.clone())
        };
        let limit = if request.limit == 0 { WINDOWS } else { request.limit };
        let fit = Fit::new(&question, &posts);
        Ok(match request.explore {
            true => fit.explore(&*self.ports.ids, limit),
            false => fit.windows(limit),
        })
    }
}
