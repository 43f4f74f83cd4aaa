//! Trends that somebody wrote down.

use async_trait::async_trait;
use social_core::ports::{Trend, TrendError, TrendSource};

/// A fixed list: what an app knows by itself, and what tests need.
#[derive(Debug, Clone, Default)]
pub struct StaticTrends {
    trends: Vec<Trend>,
}

impl StaticTrends {
    /// A list of these.
    #[must_use]
    pub fn new(mut trends: Vec<Trend>) -> Self {
        trends.sort_by_key(|trend| std::cmp::Reverse(trend.at));
        Self { trends }
    }
}

#[async_trait]
impl TrendSource for StaticTrends {
    fn name(&self) -> &'static str {
        "list"
    }

    async fn trends(&self, limit: u32) -> Result<Vec<Trend>, TrendError> {
        Ok(self.trends.iter().take(limit as usize).cloned().collect())
    }
}
