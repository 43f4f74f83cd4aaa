//! The vocabulary: what posts, deliveries, accounts and media are.

pub mod media;
mod platform;

pub use platform::{BadPlatform, Platform};

use serde::{Deserialize, Serialize};

/// What kind of thing a post is on a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PostKind {
    /// Words alone.
    Text,
    /// One picture.
    Image,
    /// Several pictures.
    Carousel,
    /// One clip.
    Video,
}
