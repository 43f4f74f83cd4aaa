//! How much room what is made of media may take.

use std::time::Duration;

use serde_json::Value;
use social::core::engine::EngineConfig;

use super::reader::Reader;

/// What `[media]` says; what it does not say stays as the engine has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Room {
    days: Option<usize>,
    gigabytes: Option<usize>,
    reserve: Option<usize>,
}

impl Room {
    /// Reads `[media]`.
    pub(super) fn read(value: Value, problems: &mut Vec<String>) -> Self {
        let mut reader = Reader::new("media", value, problems);
        let room = Self {
            days: reader.count("renditions_days"),
            gigabytes: reader.count("renditions_gb"),
            reserve: reader.count("free_mb"),
        };
        reader.end();
        room
    }

    pub(super) fn set(self, config: &mut EngineConfig) {
        if let Some(days) = self.days {
            config.rendition_ttl = Duration::from_secs(days as u64 * 24 * 3600);
        }
        if let Some(gigabytes) = self.gigabytes {
            config.rendition_bytes = (gigabytes as u64) << 30;
        }
        if let Some(megabytes) = self.reserve {
            config.media_reserve = (megabytes as u64) << 20;
        }
    }
}
