//! When posts did best.

use super::Posts;
use crate::Timestamp;
use crate::domain::{Account, Metric, Platform, PostingWindow};
use crate::engine::Error;
use crate::timing::{Fit, Observation, Question};

/// How many windows are named.
const WINDOWS: usize = 10;

impl Posts {
    pub(super) async fn best_times(
        &self,
        platform: &Platform,
        account: &Account,
    ) -> Result<Vec<PostingWindow>, Error> {
        let ws = account.workspace_id;
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin().await?;
        let snapshots = unit.analytics().latest(ws, Timestamp::UNIX_EPOCH, now).await?;
        let mut posts = Vec::new();
        for snapshot in &snapshots {
            // The widest number that the network gives stands for the reach of a post.
            let values = &snapshot.metrics.values;
            let reach = [Metric::Reach, Metric::Views, Metric::Impressions, Metric::Likes]
                .iter()
                .find_map(|metric| values.get(metric));
            let delivery = unit.deliveries().get(ws, snapshot.delivery_id).await?;
            if let (Some(reach), Some(delivery)) = (reach, delivery) {
                posts.push(Observation {
                    account: snapshot.account_id,
                    at: delivery
                        .published
                        .as_ref()
                        .map_or(delivery.due_at, |published| published.at),
                    platform: delivery.platform,
                    reach: *reach as f64,
                });
            }
        }
        let question = Question::new(account.id, platform.clone());
        Ok(Fit::new(&question, &posts).windows(WINDOWS))
    }
}
