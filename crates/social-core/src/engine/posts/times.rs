//! When posts did best.

use std::collections::BTreeMap;

use super::Posts;
use crate::Timestamp;
use crate::domain::{Account, Metric, Platform, PostingWindow};
use crate::engine::Error;

impl Posts {
    pub(super) async fn best_times(
        &self,
        platform: &Platform,
        account: &Account,
    ) -> Result<Vec<PostingWindow>, Error> {
        use chrono::{Datelike as _, Timelike as _};
        let ws = account.workspace_id;
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin().await?;
        let snapshots = unit.analytics().latest(ws, Timestamp::UNIX_EPOCH, now).await?;
        // The widest number that the network gives stands for the reach of a post.
        let mut reach = Vec::new();
        for snapshot in snapshots.iter().filter(|s| s.account_id == account.id) {
            let values = &snapshot.metrics.values;
            let best = [Metric::Reach, Metric::Views, Metric::Impressions, Metric::Likes]
                .iter()
                .find_map(|metric| values.get(metric));
            let delivery = unit.deliveries().get(ws, snapshot.delivery_id).await?;
            if let (Some(best), Some(delivery)) = (best, delivery)
                && delivery.platform == *platform
            {
                let at = delivery.due_at.as_datetime();
                let window = (at.weekday().num_days_from_monday() as u8, at.hour() as u8);
                reach.push((window, *best as f64));
            }
        }
        let usual = reach.iter().map(|(_, n)| n).sum::<f64>() / reach.len().max(1) as f64;
        let mut windows = BTreeMap::<(u8, u8), Vec<f64>>::new();
        for (window, n) in reach {
            windows.entry(window).or_default().push(n);
        }
        let mut best: Vec<_> = windows
            .into_iter()
            .filter(|_| usual > 0.0)
            .map(|((weekday, hour), all)| PostingWindow {
                weekday,
                hour,
                factor: all.iter().sum::<f64>() / all.len() as f64 / usual,
                posts: all.len() as u32,
            })
            .collect();
        best.sort_by(|a, b| b.factor.total_cmp(&a.factor));
        Ok(best)
    }
}
