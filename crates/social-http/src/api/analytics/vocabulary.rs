//! All that is counted, by the names that all networks share, and why some of it is not told.

use std::collections::BTreeMap;

use serde::Serialize;
use social_core::domain::{Delivery, Metric, Metrics, Snapshot};
use utoipa::ToSchema;

/// What is counted, by the names that all networks share.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Vocabulary {
    /// impressions, reach, views, likes, comments, shares, saves, clicks and followers. Null: the
    /// network does not tell; `missing` says why.
    metrics: BTreeMap<&'static str, Option<u64>>,
    /// Why some are null.
    missing: BTreeMap<&'static str, String>,
    /// What the network said, in its own names; with `view=full` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    raw: Option<BTreeMap<String, serde_json::Value>>,
}

impl Vocabulary {
    /// As a network told it.
    pub(super) fn of(metrics: &Metrics, full: bool) -> Self {
        Self {
            metrics: Metric::ALL.map(|it| (it.as_str(), metrics.get(it).ok())).into(),
            missing: Metric::ALL
                .into_iter()
                .filter_map(|it| Some((it.as_str(), metrics.get(it).err()?.to_owned())))
                .collect(),
            raw: full.then(|| metrics.raw.clone()),
        }
    }

    /// Nothing, all for one reason.
    pub(super) fn none(why: &str) -> Self {
        Self::of(&Metrics::default().explained(|_| why), false)
    }
}

/// The numbers of a post on one network.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryNumbers {
    platform: String,
    account_id: String,
    /// When they were read; null: not yet.
    as_of: Option<String>,
    #[serde(flatten)]
    numbers: Vocabulary,
}

impl DeliveryNumbers {
    pub(super) fn of(delivery: &Delivery, latest: Option<&Snapshot>, full: bool) -> Self {
        Self {
            platform: delivery.platform.to_string(),
            account_id: delivery.account_id.to_string(),
            as_of: latest.map(|latest| latest.taken_at.to_string()),
            numbers: match latest {
                Some(latest) => Vocabulary::of(&latest.metrics, full),
                None => Vocabulary::none("the numbers were not read yet, or could not be"),
            },
        }
    }
}
