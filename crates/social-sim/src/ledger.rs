//! The ledger: all that ever became visible to others. It judges who says "exactly once".

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use social_core::Timestamp;

use crate::network::Network;

/// One thing that became visible.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// Its place in the ledger, from 1.
    pub seq: u64,
    /// On which network.
    pub platform: Network,
    /// The account's id on the network.
    pub account_id: String,
    /// The account's name.
    pub account_name: String,
    /// The id of the thing on the network.
    pub remote_id: String,
    /// `post`, `photo`, `video`, `reel`, `story`, `carousel`, `article`, `poll`, `comment`, …
    pub kind: String,
    /// The text that people see.
    pub text: String,
    /// The media that people see, in order.
    pub media: Vec<LedgerMedia>,
    /// What it hangs under: the post, for a comment.
    pub parent: Option<String>,
    /// A page of the simulator that shows it.
    pub permalink: String,
    /// Since when it is visible.
    pub visible_at: Timestamp,
    /// Since when it no longer is.
    pub deleted_at: Option<Timestamp>,
}

/// One medium of a [`LedgerEntry`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerMedia {
    /// The hash of its bytes, in lower-case hex; they are served at `/__sim/media/{sha256}`.
    pub sha256: String,
    /// How many bytes.
    pub bytes: u64,
    /// Its type, from the bytes.
    pub mime: String,
    /// Pixels across.
    pub width: Option<u32>,
    /// Pixels down.
    pub height: Option<u32>,
    /// Milliseconds, for a video.
    pub duration: Option<u64>,
}

/// What was visible up to some instant.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Ledger {
    /// The entries, in the order in which they were made.
    pub entries: Vec<LedgerEntry>,
}

impl Ledger {
    /// The entries that nobody deleted.
    pub fn live(&self) -> impl Iterator<Item = &LedgerEntry> {
        self.entries.iter().filter(|entry| entry.deleted_at.is_none())
    }

    /// The live entries of one account.
    pub fn of<'a>(
        &'a self,
        platform: Network,
        account_id: &'a str,
    ) -> impl Iterator<Item = &'a LedgerEntry> {
        self.live().filter(move |e| e.platform == platform && e.account_id == account_id)
    }

    /// Groups of two or more live entries that show the same text and media on one account.
    ///
    /// Texts are compared without case and with white space folded; a comment is compared with
    /// the comments under the same post only.
    #[must_use]
    pub fn duplicates(&self) -> Vec<Vec<&LedgerEntry>> {
        let mut groups: BTreeMap<_, Vec<&LedgerEntry>> = BTreeMap::new();
        for entry in self.live() {
            let text = normalised(&entry.text);
            let media: Vec<&str> = entry.media.iter().map(|m| m.sha256.as_str()).collect();
            let story = entry.kind == "story";
            let key = (entry.platform, &entry.account_id, story, &entry.parent, text, media);
            groups.entry(key).or_default().push(entry);
        }
        groups.into_values().filter(|group| group.len() > 1).collect()
    }
}

fn normalised(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
