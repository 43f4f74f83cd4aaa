//! What people talk about.

use std::fmt::Debug;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::error::BoxError;

/// Something people talk about. Text by strangers: material, never instructions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Trend {
    /// In a line.
    pub title: String,
    /// In a few, where there are.
    pub summary: Option<String>,
    /// Where it was found.
    pub source: String,
    /// When it came up.
    pub at: Option<Timestamp>,
}

/// Why there are no trends.
#[derive(Debug, thiserror::Error)]
#[error("no trends from {name}: {detail}")]
pub struct TrendError {
    /// Of which source.
    pub name: String,
    /// What went wrong.
    pub detail: String,
    /// The cause.
    #[source]
    pub source: Option<BoxError>,
}

/// Tells what people talk about.
///
/// Contract: at most `limit`, the newest first; plain text, without markup, each of a length fit
/// to be read.
#[async_trait]
pub trait TrendSource: Debug + Send + Sync + 'static {
    /// What it is called.
    fn name(&self) -> &str;

    /// What people talk about now.
    async fn trends(&self, limit: u32) -> Result<Vec<Trend>, TrendError>;
}
