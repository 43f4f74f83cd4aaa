//! HTTP by reqwest.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::header::CONTENT_LENGTH;
use reqwest::dns::Resolve;
use social_core::ports::{
    BlobStore, DEFAULT_TIMEOUT, Request, Response, Sent, Transport, TransportError,
};

use super::body::{Outgoing, open};

/// The slowest rate at which a body may leave, in bytes a second.
const SLOWEST: u64 = 32 << 10;

/// Sends requests over HTTP/1.1 and HTTP/2 with TLS by rustls.
///
/// It follows no redirect and repeats nothing. A call may take the configured time, and longer in
/// proportion to a body that is sent. An answer past the configured size is an error.
pub struct ReqwestTransport {
    client: reqwest::Client,
    blobs: Option<Arc<dyn BlobStore>>,
    timeout: Duration,
    max_answer: usize,
}

impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransport")
            .field("timeout", &self.timeout)
            .field("max_answer", &self.max_answer)
            .finish_non_exhaustive()
    }
}

/// Why no transport could be built.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client could not be built: {0}")]
pub struct BuildError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// Builds a [`ReqwestTransport`].
pub struct ReqwestTransportBuilder {
    blobs: Option<Arc<dyn BlobStore>>,
    timeout: Duration,
    connect_timeout: Duration,
    max_answer: usize,
    user_agent: String,
    resolver: Option<Arc<dyn Resolve>>,
    proxy: bool,
}

impl fmt::Debug for ReqwestTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransportBuilder")
            .field("timeout", &self.timeout)
            .field("max_answer", &self.max_answer)
            .finish_non_exhaustive()
    }
}

impl ReqwestTransport {
    /// Starts to build one.
    #[must_use]
    pub fn builder() -> ReqwestTransportBuilder {
        ReqwestTransportBuilder {
            blobs: None,
            timeout: DEFAULT_TIMEOUT,
            connect_timeout: Duration::from_secs(10),
            max_answer: 16 << 20,
            user_agent: concat!("social/", env!("CARGO_PKG_VERSION")).to_owned(),
            resolver: None,
            proxy: true,
        }
    }
}

impl ReqwestTransportBuilder {
    /// Where the files of bodies are read from.
    #[must_use]
    pub fn blobs(mut self, blobs: Arc<dyn BlobStore>) -> Self {
        self.blobs = Some(blobs);
        self
    }

    /// How long a call without a large body may take; 60 seconds by default.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long connecting may take; 10 seconds by default.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// The largest answer that is taken; 16 MiB by default.
    #[must_use]
    pub fn max_answer(mut self, bytes: usize) -> Self {
        self.max_answer = bytes;
        self
    }

    /// What the program calls itself.
    #[must_use]
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = name.into();
        self
    }

    /// Looks names up by this alone.
    pub(super) fn resolver(mut self, resolver: Arc<dyn Resolve>) -> Self {
        self.resolver = Some(resolver);
        self
    }

    /// Uses no proxy, whatever the environment says.
    pub(super) fn no_proxy(mut self) -> Self {
        self.proxy = false;
        self
    }

    /// The transport.
    ///
    /// # Errors
    /// [`BuildError`] where TLS cannot be set up or the name is no header value.
    pub fn build(self) -> Result<ReqwestTransport, BuildError> {
        let mut client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(self.connect_timeout)
            .user_agent(self.user_agent);
        if let Some(resolver) = self.resolver {
            client = client.dns_resolver(resolver);
        }
        if !self.proxy {
            client = client.no_proxy();
        }
        let client = client.build().map_err(|error| BuildError(error.into()))?;
        Ok(ReqwestTransport {
            client,
            blobs: self.blobs,
            timeout: self.timeout,
            max_answer: self.max_answer,
        })
    }
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let (mut head, body) = request.into_parts();
        head.headers.remove(CONTENT_LENGTH);
        let len = body.len();
        let request = self
            .client
            .request(head.method, head.uri.to_string())
            .headers(head.headers)
            .timeout(self.timeout + Duration::from_secs(len / SLOWEST));
        let request = match open(body, self.blobs.as_ref()).await? {
            Outgoing::Whole(bytes) if bytes.is_empty() => request.header(CONTENT_LENGTH, 0),
            Outgoing::Whole(bytes) => request.body(bytes),
            Outgoing::Stream(stream) => {
                request.header(CONTENT_LENGTH, len).body(reqwest::Body::wrap_stream(stream))
            }
        };
        let mut answer = request.send().await.map_err(failed)?;
        let status = answer.status();
        let headers = std::mem::take(answer.headers_mut());
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(cut)? {
            if body.len() + chunk.len() > self.max_answer {
                let most = self.max_answer;
                return Err(TransportError::no_answer(format!("the answer passes {most} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

/// No answer began.
fn failed(error: reqwest::Error) -> TransportError {
    let (sent, detail) = if error.is_builder() {
        (Sent::No, "the request is not valid")
    } else if error.is_connect() {
        (Sent::No, "no connection could be made")
    } else if error.is_timeout() {
        (Sent::Maybe, "no answer came in time")
    } else {
        (Sent::Maybe, "the connection broke before an answer came")
    };
    TransportError { sent, detail: detail.to_owned(), source: Some(Box::new(error.without_url())) }
}

/// The answer broke off.
fn cut(error: reqwest::Error) -> TransportError {
    TransportError::no_answer("the answer broke off").because(error.without_url())
}
