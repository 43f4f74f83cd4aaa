//! The name of a network.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A network, by a short lower-case name such as `instagram`.
///
/// Open on purpose: an app adds a network of its own by choosing a name and registering a
/// [`PlatformApi`](crate::ports::PlatformApi) under it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Platform(Cow<'static, str>);

impl Platform {
    /// Instagram, professional accounts.
    pub const INSTAGRAM: Self = Self(Cow::Borrowed("instagram"));
    /// Facebook Pages.
    pub const FACEBOOK: Self = Self(Cow::Borrowed("facebook"));
    /// LinkedIn, members and organisations.
    pub const LINKEDIN: Self = Self(Cow::Borrowed("linkedin"));
    /// TikTok.
    pub const TIKTOK: Self = Self(Cow::Borrowed("tiktok"));

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name that no network can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no name of a network: use lower-case letters, digits and `_`, at most 32")]
pub struct BadPlatform(pub String);

impl FromStr for Platform {
    type Err = BadPlatform;
    fn from_str(name: &str) -> Result<Self, BadPlatform> {
        let good = (1..=32).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if good { Ok(Self(Cow::Owned(name.to_owned()))) } else { Err(BadPlatform(name.to_owned())) }
    }
}

impl TryFrom<String> for Platform {
    type Error = BadPlatform;
    fn try_from(name: String) -> Result<Self, BadPlatform> {
        name.parse()
    }
}

impl From<Platform> for String {
    fn from(platform: Platform) -> Self {
        platform.0.into_owned()
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
