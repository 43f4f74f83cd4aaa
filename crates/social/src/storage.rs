//! Where rows and blobs are kept and what processes share, each by its address.

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use social_core::ports::{BlobStore, Clock, IdSource, JobQueue, RateLimiter, Store};

use crate::builder::BuildError;

/// Put before what this engine keeps in Redis, so that the server may hold other things too.
#[cfg(feature = "redis")]
const PREFIX: &str = "social";

/// Addresses. They may hold passwords.
#[derive(Debug, Default)]
pub(crate) struct Storage {
    pub(crate) database: Option<SecretString>,
    pub(crate) redis: Option<SecretString>,
    pub(crate) blobs: Option<SecretString>,
}

/// A store with what hands out its jobs and knows who must be left alone.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) queue: Arc<dyn JobQueue>,
    pub(crate) limiter: Arc<dyn RateLimiter>,
    /// The clock that all who share the store go by, where it has one.
    pub(crate) clock: Option<Arc<dyn Clock>>,
}

impl Opened {
    pub(crate) fn of<S: Store + JobQueue + RateLimiter>(store: Arc<S>) -> Self {
        Self { store: store.clone(), queue: store.clone(), limiter: store, clock: None }
    }
}

/// What an address of a database leads to.
#[derive(Debug, PartialEq, Eq)]
enum Database<'a> {
    Postgres(&'a str),
    Sqlite(PathBuf),
}

impl Database<'_> {
    fn of(address: &str) -> Result<Database<'_>, BuildError> {
        match address.split_once(':') {
            Some(("postgres" | "postgresql", _)) => Ok(Database::Postgres(address)),
            Some(("sqlite", path)) => {
                Ok(Database::Sqlite(path.strip_prefix("//").unwrap_or(path).into()))
            }
            // A drive of Windows is one letter.
            Some((scheme, rest)) if scheme.len() > 1 && rest.starts_with("//") => {
                Err(BuildError::Address {
                    what: "database",
                    why: format!(
                        "`{scheme}:` is none that is known: give postgres://… or a SQLite file"
                    ),
                })
            }
            _ => Ok(Database::Sqlite(address.into())),
        }
    }
}

impl Storage {
    /// Reads the addresses without going there: what is wrong with each.
    pub(crate) fn wrong(&self, clock: &Arc<dyn Clock>) -> Vec<BuildError> {
        let database = |address: &SecretString| match Database::of(address.expose_secret())? {
            Database::Postgres(url) => readable(url),
            Database::Sqlite(_) => Ok(()),
        };
        let redis = |url: &SecretString| limiter(url.expose_secret(), clock).map(drop);
        [
            ("database", self.database.as_ref().map_or(Ok(()), database)),
            ("redis", self.redis.as_ref().map_or(Ok(()), redis)),
            ("bucket", self.bucket().map(drop)),
        ]
        .into_iter()
        .filter_map(|(what, read)| Some((what, read.err()?)))
        .map(|(what, error)| match error {
            known @ (BuildError::Address { .. } | BuildError::NoFeature(_)) => known,
            other => BuildError::Address { what, why: other.to_string() },
        })
        .collect()
    }

    /// Opens the database, where one is named.
    pub(crate) async fn store(&self, clock: &Arc<dyn Clock>) -> Result<Option<Opened>, BuildError> {
        let Some(address) = &self.database else { return Ok(None) };
        match Database::of(address.expose_secret())? {
            Database::Postgres(url) => postgres(url, clock).await.map(Some),
            Database::Sqlite(path) => sqlite(path, clock).await.map(Some),
        }
    }

    /// Shares quotas, wake-ups and what is due through Redis, where one is named.
    pub(crate) fn share(
        &self,
        opened: Opened,
        clock: &Arc<dyn Clock>,
        ids: &dyn IdSource,
    ) -> Result<Opened, BuildError> {
        match &self.redis {
            Some(url) => shared(url.expose_secret(), opened, clock, ids),
            None => Ok(opened),
        }
    }

    /// The bucket, where one is named.
    pub(crate) fn bucket(&self) -> Result<Option<Arc<dyn BlobStore>>, BuildError> {
        let Some(address) = &self.blobs else { return Ok(None) };
        bucket(address.expose_secret()).map(Some)
    }
}

#[cfg(feature = "postgres")]
async fn postgres(url: &str, clock: &Arc<dyn Clock>) -> Result<Opened, BuildError> {
    let store = Arc::new(social_store::PostgresStore::connect(url, clock.clone()).await?);
    let clock: Arc<dyn Clock> = store.clock();
    Ok(Opened { clock: Some(clock), ..Opened::of(store) })
}

#[cfg(feature = "postgres")]
fn readable(url: &str) -> Result<(), BuildError> {
    Ok(social_store::PostgresStore::check_address(url)?)
}

#[cfg(not(feature = "postgres"))]
fn readable(_: &str) -> Result<(), BuildError> {
    Err(BuildError::NoFeature("postgres"))
}

#[cfg(not(feature = "postgres"))]
async fn postgres(_: &str, _: &Arc<dyn Clock>) -> Result<Opened, BuildError> {
    Err(BuildError::NoFeature("postgres"))
}

#[cfg(feature = "sqlite")]
pub(crate) async fn sqlite(path: PathBuf, clock: &Arc<dyn Clock>) -> Result<Opened, BuildError> {
    let store = social_store::SqliteStore::open(path, clock.clone()).await?;
    Ok(Opened::of(Arc::new(store)))
}

#[cfg(not(feature = "sqlite"))]
pub(crate) async fn sqlite(_: PathBuf, _: &Arc<dyn Clock>) -> Result<Opened, BuildError> {
    Err(BuildError::NoFeature("sqlite"))
}

#[cfg(feature = "redis")]
fn shared(
    url: &str,
    opened: Opened,
    clock: &Arc<dyn Clock>,
    ids: &dyn IdSource,
) -> Result<Opened, BuildError> {
    let limiter = limiter(url, clock)?;
    let queue = social_store::RedisWakes::new(opened.queue, url, PREFIX, clock.clone(), ids)?;
    let queue = social_store::RedisQueue::new(Arc::new(queue), url, PREFIX, clock.clone())?;
    Ok(Opened { queue: Arc::new(queue), limiter: Arc::new(limiter), ..opened })
}

#[cfg(feature = "redis")]
fn limiter(url: &str, clock: &Arc<dyn Clock>) -> Result<social_store::RedisShared, BuildError> {
    Ok(social_store::RedisShared::new(url, PREFIX, clock.clone())?)
}

#[cfg(not(feature = "redis"))]
fn limiter(_: &str, _: &Arc<dyn Clock>) -> Result<(), BuildError> {
    Err(BuildError::NoFeature("redis"))
}

#[cfg(not(feature = "redis"))]
fn shared(_: &str, _: Opened, _: &Arc<dyn Clock>, _: &dyn IdSource) -> Result<Opened, BuildError> {
    Err(BuildError::NoFeature("redis"))
}

#[cfg(feature = "s3")]
fn bucket(address: &str) -> Result<Arc<dyn BlobStore>, BuildError> {
    let settings = social_store::S3Settings::from_url(address)?;
    Ok(Arc::new(social_store::S3Blobs::new(settings)?))
}

#[cfg(not(feature = "s3"))]
fn bucket(_: &str) -> Result<Arc<dyn BlobStore>, BuildError> {
    Err(BuildError::NoFeature("s3"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_postgres_or_to_a_file() {
        for (address, path) in [
            ("posts.db", "posts.db"),
            ("/var/lib/social/social.db", "/var/lib/social/social.db"),
            ("sqlite:posts.db", "posts.db"),
            ("sqlite:///var/lib/social.db", "/var/lib/social.db"),
            (r"C:\social\social.db", r"C:\social\social.db"),
        ] {
            assert_eq!(Database::of(address).ok(), Some(Database::Sqlite(path.into())));
        }
        for address in ["postgres://me:secret@host/name", "postgresql:///name"] {
            assert_eq!(Database::of(address).ok(), Some(Database::Postgres(address)));
        }
        let error = Database::of("mysql://me:secret@host/name").map_err(|error| error.to_string());
        let error = error.err().unwrap_or_default();
        assert!(error.contains("mysql") && !error.contains("secret"), "{error}");
    }
}
