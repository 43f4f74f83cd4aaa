//! What would fail, found before anything is stored.

mod check;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::Platform;

pub use check::{Draft, DraftMedia, Unreachable, Verdict, check};

/// One thing that preflight found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What, for machines: `content_too_long`.
    pub code: Code,
    /// Whether it stops the post.
    pub severity: Severity,
    /// On which network.
    pub platform: Option<Platform>,
    /// Where in the request: `/content`, `/media/0`.
    pub pointer: String,
    /// What, for people, and what to do.
    pub message: String,
    /// The limit, where there is one.
    pub limit: Option<u64>,
    /// What there is, where there is a limit.
    pub actual: Option<u64>,
    /// What can be done about it by itself.
    pub fix: Option<Fix>,
}

/// Whether a finding stops a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It does.
    Error,
    /// It does not, and a person would want to know.
    Warning,
}

/// What preflight can find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Code {
    /// No network was named.
    NoTarget,
    /// A network that no client is registered for.
    PlatformUnknown,
    /// No account of the network is connected, or the named one is not.
    AccountNotConnected,
    /// Several accounts are connected and none was named.
    AccountAmbiguous,
    /// The account's grant is over.
    AccountNeedsReauth,
    /// The token will have ended by then.
    TokenExpires,
    /// The time has passed.
    TimeInPast,
    /// Too much text.
    ContentTooLong,
    /// Neither text nor media.
    ContentEmpty,
    /// More hashtags than the network takes.
    TooManyHashtags,
    /// More mentions than the network takes.
    TooManyMentions,
    /// A description of a picture that is too long.
    AltTooLong,
    /// The network has no such kind of post, such as words alone.
    KindUnsupported,
    /// More or fewer media items than the network takes.
    MediaCount,
    /// A media item that nothing makes fit.
    MediaUnsupported,
    /// A media item that is changed to fit.
    MediaChanged,
    /// No such media.
    MediaNotFound,
    /// The network fetches media by address, and the blob store has no public one.
    MediaNotPublic,
    /// More posts on that day than the network takes.
    DailyQuota,
    /// The same went to the same account within a day.
    Duplicate,
    /// An option that the network does not have, or that does not go with this post.
    OptionInvalid,
    /// The person did not grant what the post needs.
    ScopeMissing,
    /// A version of the network's API that will have ended by then, or soon after.
    VersionEnds,
    /// A text that this kind of post does not show.
    ContentDropped,
}

/// What can be done about a finding by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fix", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fix {
    /// Use this text instead.
    UseText {
        /// The text.
        text: String,
    },
    /// The pipeline changes the media item so, by itself.
    Process {
        /// How.
        changes: Vec<crate::domain::media::Change>,
    },
    /// Leave items out from this one on.
    DropMedia {
        /// The first to leave out.
        from: u32,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(platform) = &self.platform {
            write!(f, "{platform}: ")?;
        }
        f.write_str(&self.message)
    }
}
