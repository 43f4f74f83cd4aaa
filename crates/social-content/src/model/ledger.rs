//! What models cost, counted in memory.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use social_core::domain::WorkspaceId;
use social_core::ports::{ModelLedger, StoreError, Tokens};

/// What a model's tokens cost, in millionths of the currency for a million of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Price {
    /// Those read.
    pub input: u64,
    /// Those written.
    pub output: u64,
}

impl Price {
    /// What `tokens` cost, in millionths, rounded up.
    #[must_use]
    pub fn of(self, tokens: Tokens) -> u64 {
        let sum = u128::from(tokens.input) * u128::from(self.input)
            + u128::from(tokens.output) * u128::from(self.output);
        u64::try_from(sum.div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }
}

/// A ledger of one process, gone with it.
#[derive(Debug, Default)]
pub struct MemoryLedger(Mutex<BTreeMap<(WorkspaceId, i64), u64>>);

impl MemoryLedger {
    fn with<T>(&self, change: impl FnOnce(&mut BTreeMap<(WorkspaceId, i64), u64>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

#[async_trait]
impl ModelLedger for MemoryLedger {
    async fn reserve(
        &self,
        ws: WorkspaceId,
        day: i64,
        most: u64,
        budget: u64,
    ) -> Result<bool, StoreError> {
        Ok(self.with(|days| {
            // Yesterday's sums are of no use.
            days.retain(|(_, known), _| *known >= day - 1);
            let sum = days.entry((ws, day)).or_default();
            let fits = sum.saturating_add(most) <= budget;
            *sum += if fits { most } else { 0 };
            fits
        }))
    }

    async fn settle(
        &self,
        ws: WorkspaceId,
        day: i64,
        reserved: u64,
        spent: u64,
    ) -> Result<(), StoreError> {
        self.with(|days| {
            let sum = days.entry((ws, day)).or_default();
            *sum = sum.saturating_sub(reserved).saturating_add(spent);
        });
        Ok(())
    }

    async fn spent(&self, ws: WorkspaceId, day: i64) -> Result<u64, StoreError> {
        Ok(self.with(|days| days.get(&(ws, day)).copied().unwrap_or_default()))
    }
}
