//! The only way to the network.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::BoxStream;

use crate::ports::BlobKey;

/// A request whose body may be larger than memory.
pub type Request = http::Request<Body>;

/// A whole answer.
pub type Response = http::Response<Bytes>;

/// An answer whose body comes piece by piece.
pub type Streamed = http::Response<BoxStream<'static, Result<Bytes, TransportError>>>;

/// What a request carries: pieces sent one after the other.
///
/// A piece of a blob is read while it is sent, so a video of gigabytes costs no memory. The
/// pieces also make a multipart form without copying the file into it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    /// The pieces, in order.
    pub parts: Vec<BodyPart>,
}

/// One piece of a [`Body`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodyPart {
    /// Bytes at hand.
    Bytes(Bytes),
    /// `len` bytes of a blob from `offset` on.
    Blob {
        /// Which blob.
        key: BlobKey,
        /// The first byte.
        offset: u64,
        /// How many.
        len: u64,
    },
}

impl Body {
    /// Nothing.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// `len` bytes of the blob `key` from `offset` on.
    #[must_use]
    pub fn blob(key: BlobKey, offset: u64, len: u64) -> Self {
        Self { parts: vec![BodyPart::Blob { key, offset, len }] }
    }

    /// How many bytes the body has in all.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.parts
            .iter()
            .map(|part| match part {
                BodyPart::Bytes(bytes) => bytes.len() as u64,
                BodyPart::Blob { len, .. } => *len,
            })
            .sum()
    }

    /// Whether the body has no byte.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        let bytes = bytes.into();
        if bytes.is_empty() { Self::empty() } else { Self { parts: vec![BodyPart::Bytes(bytes)] } }
    }
}

/// Why no answer came.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub struct TransportError {
    /// Whether the request may have reached the other side.
    pub sent: Sent,
    /// What went wrong, without secrets: no query string, no header.
    pub detail: String,
    /// The cause.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Whether a request that got no answer may have had an effect. Everything about publishing
/// exactly once hangs on this distinction, so a transport in doubt says [`Sent::Maybe`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// It surely never left: no connection was made, or the body could not be read.
    No,
    /// It may have arrived.
    Maybe,
}

impl TransportError {
    /// The request never left.
    pub fn not_sent(detail: impl Into<String>) -> Self {
        Self { sent: Sent::No, detail: detail.into(), source: None }
    }

    /// The request may have arrived; the answer did not.
    pub fn no_answer(detail: impl Into<String>) -> Self {
        Self { sent: Sent::Maybe, detail: detail.into(), source: None }
    }

    /// The same with its cause.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

/// Sends requests.
///
/// Contract: one call sends the request at most once, follows no redirect and repeats nothing;
/// retrying is the engine's decision, which knows what a request may have done. An answer of any
/// status is `Ok`. Implementations bound the time of a call (by default [`DEFAULT_TIMEOUT`]) and
/// the size of an answer, and never log a query string, a body or an `Authorization` header.
#[async_trait]
pub trait Transport: Debug + Send + Sync + 'static {
    /// Whether requests to this address are sent at all, as far as its text tells. By default all
    /// are; a guard refuses some.
    ///
    /// # Errors
    /// Why not, as [`Transport::send`] would say it.
    fn check(&self, _uri: &http::Uri) -> Result<(), TransportError> {
        Ok(())
    }

    /// Sends `request` and waits for the whole answer.
    async fn send(&self, request: Request) -> Result<Response, TransportError>;

    /// Sends `request` and gives the answer's body as it comes. By default in one piece at its
    /// end, which is right and only not early.
    async fn stream(&self, request: Request) -> Result<Streamed, TransportError> {
        let answer = self.send(request).await?;
        Ok(answer.map(|body| futures::stream::once(async move { Ok(body) }).boxed()))
    }
}

/// How long a call may take without progress, unless configured otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
