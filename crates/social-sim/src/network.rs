//! Which network a thing belongs to.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A simulated network, as a person would name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Network {
    /// Instagram, reached through Facebook Login.
    Instagram,
    /// A Facebook Page.
    Facebook,
    /// LinkedIn members and organisations.
    Linkedin,
    /// TikTok creators.
    Tiktok,
}

impl Network {
    /// Every network there is.
    pub const ALL: [Self; 4] = [Self::Instagram, Self::Facebook, Self::Linkedin, Self::Tiktok];

    /// The lower-case name used in operations, URLs and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Instagram => "instagram",
            Self::Facebook => "facebook",
            Self::Linkedin => "linkedin",
            Self::Tiktok => "tiktok",
        }
    }

    /// The name as the network writes it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Instagram => "Instagram",
            Self::Facebook => "Facebook",
            Self::Linkedin => "LinkedIn",
            Self::Tiktok => "TikTok",
        }
    }

    /// The network of that lower-case name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|network| network.as_str() == name)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
