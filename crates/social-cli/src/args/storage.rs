//! Where rows and blobs are kept and what processes share.

use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};
use social::Builder;

/// Addresses may hold passwords, and others see a command's line: say such a one by environment or
/// in the configuration.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Storage {
    /// The database: `postgres://user:password@host/name`, or a SQLite file. Default: `social.db`
    /// in the data folder.
    #[arg(long, value_name = "ADDRESS", env = "SOCIAL_DATABASE", hide_env_values = true)]
    pub database: Option<SecretString>,
    /// Redis or Valkey for quotas and wake-ups of many processes: `rediss://user:password@host`.
    /// Default: none.
    #[arg(long, value_name = "ADDRESS", env = "SOCIAL_REDIS", hide_env_values = true)]
    pub redis: Option<SecretString>,
    /// The bucket for media: `s3://KEY:SECRET@bucket/prefix?region=…&endpoint=https://…`. Default:
    /// the folder `media` in the data folder.
    #[arg(long, value_name = "ADDRESS", env = "SOCIAL_BUCKET", hide_env_values = true)]
    pub bucket: Option<SecretString>,
}

impl Storage {
    /// These where they are said, `other` where not.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            database: said(self.database).or(other.database),
            redis: said(self.redis).or(other.redis),
            bucket: said(self.bucket).or(other.bucket),
        }
    }

    /// The SQLite file that is named; `Some(None)` where a server is.
    pub(crate) fn sqlite(&self) -> Option<Option<PathBuf>> {
        let address = said(self.database.clone())?;
        let address = address.expose_secret();
        if address.starts_with("postgres") && address.contains("://") {
            return Some(None);
        }
        let path = address.strip_prefix("sqlite:").unwrap_or(address);
        Some(Some(path.strip_prefix("//").unwrap_or(path).into()))
    }

    /// Tells a builder.
    pub(crate) fn tell(self, mut builder: Builder) -> Builder {
        if let Some(database) = said(self.database) {
            builder = builder.database(database);
        }
        if let Some(redis) = said(self.redis) {
            builder = builder.redis(redis);
        }
        if let Some(bucket) = said(self.bucket) {
            builder = builder.bucket(bucket);
        }
        builder
    }
}

/// An environment that sets a variable to nothing says nothing.
fn said(address: Option<SecretString>) -> Option<SecretString> {
    address.filter(|address| !address.expose_secret().is_empty())
}
