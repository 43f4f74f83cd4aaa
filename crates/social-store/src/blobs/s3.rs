//! Blobs in a bucket of S3, or of what speaks like it.

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as Place;
use object_store::signer::Signer as _;
use object_store::{
    ClientOptions, Error, GetOptions, GetRange, MultipartUpload, ObjectStore as _,
    ObjectStoreExt as _, RetryConfig,
};
use secrecy::{ExposeSecret as _, SecretString};
use social_core::ports::{BlobError, BlobKey, BlobStore};
use tokio::io::AsyncReadExt as _;
use url::Url;

use super::failed;

/// What is larger goes up in parts of this size or more; S3 takes none under 5 MiB but the last.
const PART: u64 = 8 << 20;
/// How many parts a blob may have: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>
const PARTS: u64 = 10_000;
/// How many parts are under way at once. So many are held in memory.
const AT_ONCE: usize = 3;
/// An address works for a week at most:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html>
const LONGEST: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How many bytes a chunk has at most that is read.
const CHUNK: usize = 1 << 20;

/// Where a bucket is, and who asks.
#[derive(Debug, Clone)]
pub struct S3Settings {
    /// The bucket, which must be there.
    pub bucket: String,
    /// Such as `eu-central-1`; servers that are not Amazon's mostly take `us-east-1` or `auto`.
    pub region: String,
    /// Where the server is, unless it is Amazon's: `https://minio.example.org`. Without TLS where
    /// it begins with `http:`.
    pub endpoint: Option<Url>,
    /// Who asks.
    pub access_key_id: String,
    /// The secret of who asks.
    pub secret_access_key: SecretString,
    /// Put before each key, so that a bucket may hold other things too.
    pub prefix: Option<String>,
}

/// Blobs in a bucket of S3, or of what speaks like it.
///
/// Large blobs go up in parts, a few at once, so that none is held in memory whole; a put that
/// fails leaves none of its parts behind, but a process that dies in the middle may: give the
/// bucket a rule that clears unfinished uploads. Nothing here relies on conditional writes, which
/// not every server keeps. Public addresses are signed by the bucket's own scheme and lead to it.
pub struct S3Blobs {
    bucket: AmazonS3,
    name: String,
    prefix: Option<String>,
}

impl S3Blobs {
    /// Blobs in the bucket of `settings`. Asks nothing yet.
    ///
    /// # Errors
    /// [`BlobError::Io`] where the settings make no sense.
    pub fn new(settings: S3Settings) -> Result<Self, BlobError> {
        // A part may take long on a slow line; a server that says nothing for a while is gone.
        let client = ClientOptions::new()
            .with_timeout_disabled()
            .with_connect_timeout(Duration::from_secs(10))
            .with_read_timeout(Duration::from_secs(60));
        let retry = RetryConfig {
            max_retries: 5,
            retry_timeout: Duration::from_secs(60),
            ..RetryConfig::default()
        };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&settings.bucket)
            .with_region(settings.region)
            .with_access_key_id(settings.access_key_id)
            .with_secret_access_key(settings.secret_access_key.expose_secret())
            .with_client_options(client)
            .with_retry(retry);
        if let Some(endpoint) = settings.endpoint {
            builder = builder
                .with_allow_http(endpoint.scheme() == "http")
                .with_endpoint(endpoint.as_str().trim_end_matches('/'))
                .with_virtual_hosted_style_request(false);
        }
        let bucket = builder.build().map_err(broken)?;
        Ok(Self { bucket, name: settings.bucket, prefix: settings.prefix })
    }

    fn place(&self, key: &BlobKey) -> Place {
        match &self.prefix {
            Some(prefix) => Place::from(format!("{}/{key}", prefix.trim_matches('/'))),
            None => Place::from(key.as_str()),
        }
    }

    async fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        match self.bucket.head(&self.place(key)).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(broken(error)),
        }
    }

    /// Uploads parts in their order. All of them or nothing.
    async fn upload(
        &self,
        key: &BlobKey,
        mut parts: BoxStream<'_, Result<Bytes, BlobError>>,
    ) -> Result<(), BlobError> {
        let mut upload = self.bucket.put_multipart(&self.place(key)).await.map_err(broken)?;
        let all = async {
            let mut under_way = stream::FuturesUnordered::new();
            while let Some(part) = parts.next().await {
                under_way.push(upload.put_part(part?.into()));
                if under_way.len() >= AT_ONCE
                    && let Some(done) = under_way.next().await
                {
                    done.map_err(broken)?;
                }
            }
            while let Some(done) = under_way.next().await {
                done.map_err(broken)?;
            }
            Ok(())
        };
        let done = match all.await {
            Ok(()) => upload.complete().await.map(drop).map_err(broken),
            Err(error) => Err(error),
        };
        if done.is_err() {
            forget(&mut *upload).await;
        }
        done
    }
}

/// Gives up the parts of an upload that failed.
async fn forget(upload: &mut dyn MultipartUpload) {
    if let Err(error) = upload.abort().await {
        tracing::warn!(%error, "the parts of an upload that failed are left in the bucket");
    }
}

fn broken(error: Error) -> BlobError {
    BlobError::Io(Box::new(error))
}

/// How large each part of a blob of `len` bytes is.
fn part(len: u64) -> usize {
    usize::try_from(PART.max(len.div_ceil(PARTS))).unwrap_or(usize::MAX)
}

#[async_trait]
impl BlobStore for S3Blobs {
    async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<(), BlobError> {
        let len = bytes.len() as u64;
        if len <= PART {
            let put = self.bucket.put(&self.place(key), bytes.into()).await;
            return put.map(drop).map_err(broken);
        }
        let (mut left, part) = (bytes, part(len));
        let parts = std::iter::from_fn(move || {
            let next = left.split_to(part.min(left.len()));
            (!next.is_empty()).then_some(Ok(next))
        });
        self.upload(key, stream::iter(parts).boxed()).await
    }

    async fn put_file(&self, key: &BlobKey, path: &Path) -> Result<(), BlobError> {
        let file = tokio::fs::File::open(path).await.map_err(failed)?;
        let len = file.metadata().await.map_err(failed)?.len();
        if len <= PART {
            let bytes = tokio::fs::read(path).await.map_err(failed)?;
            return self.put(key, bytes.into()).await;
        }
        let part = part(len);
        let parts = stream::try_unfold(file, move |mut file| async move {
            let mut next = BytesMut::with_capacity(part);
            while next.len() < part {
                let room = (part - next.len()) as u64;
                if (&mut file).take(room).read_buf(&mut next).await.map_err(failed)? == 0 {
                    break;
                }
            }
            Ok((!next.is_empty()).then(|| (next.freeze(), file)))
        });
        self.upload(key, parts.boxed()).await
    }

    async fn len(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        self.size(key).await
    }

    async fn read(
        &self,
        key: &BlobKey,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, BlobError>>, BlobError> {
        let asked = match (range.start, range.end) {
            (0, u64::MAX) => None,
            (start, u64::MAX) => Some(GetRange::Offset(start)),
            _ => Some(GetRange::Bounded(range.clone())),
        };
        let got = if range.is_empty() {
            None
        } else {
            let options = GetOptions { range: asked, ..GetOptions::default() };
            Some(self.bucket.get_opts(&self.place(key), options).await)
        };
        match got {
            // One answer is of one blob, whoever puts another meanwhile.
            Some(Ok(got)) => Ok(got.into_stream().flat_map(cut).boxed()),
            Some(Err(Error::NotFound { .. })) => Err(BlobError::NotFound(key.clone())),
            // A server refuses a range that lies behind the end.
            other => match (self.size(key).await?, other) {
                (None, _) => Err(BlobError::NotFound(key.clone())),
                (Some(len), Some(Err(error))) if range.start < len => Err(broken(error)),
                _ => Ok(stream::empty().boxed()),
            },
        }
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        match self.bucket.delete(&self.place(key)).await {
            Err(Error::NotFound { .. }) | Ok(()) => Ok(()),
            Err(error) => Err(broken(error)),
        }
    }

    async fn public_url(&self, key: &BlobKey, ttl: Duration) -> Result<Option<Url>, BlobError> {
        let place = self.place(key);
        let signed = self.bucket.signed_url(http::Method::GET, &place, ttl.min(LONGEST));
        signed.await.map(Some).map_err(broken)
    }
}

/// Cuts a chunk of the network to chunks of our own size at most.
fn cut(chunk: Result<Bytes, Error>) -> stream::Iter<std::vec::IntoIter<Result<Bytes, BlobError>>> {
    let pieces = match chunk {
        Ok(mut left) => {
            let mut pieces = Vec::new();
            while !left.is_empty() {
                pieces.push(Ok(left.split_to(left.len().min(CHUNK))));
            }
            pieces
        }
        Err(error) => vec![Err(broken(error))],
    };
    stream::iter(pieces)
}

impl fmt::Debug for S3Blobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S3Blobs({})", self.name)
    }
}
