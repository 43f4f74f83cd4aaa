//! Fetching media that a client gives by address.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use url::Url;

/// What was found at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedMedia {
    /// The bytes.
    pub bytes: Bytes,
    /// What the server called them.
    pub content_type: Option<String>,
}

/// How the networks fetch media from an address (`image_url`, `video_url`, `PULL_FROM_URL`).
#[async_trait]
pub trait Fetcher: Debug + Send + Sync + 'static {
    /// The bytes at `url`, or why they could not be had.
    async fn fetch(&self, url: &Url) -> Result<FetchedMedia, String>;
}

/// Fetches nothing: every address is unreachable.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFetcher;

#[async_trait]
impl Fetcher for NoFetcher {
    async fn fetch(&self, _url: &Url) -> Result<FetchedMedia, String> {
        Err("the simulator was started without a way to fetch".to_owned())
    }
}

/// Answers from a table, for tests.
#[derive(Debug, Default)]
pub struct TableFetcher(Mutex<HashMap<String, FetchedMedia>>);

impl TableFetcher {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on `url` gives `bytes`.
    pub fn put(&self, url: &str, bytes: impl Into<Bytes>) {
        let media = FetchedMedia { bytes: bytes.into(), content_type: None };
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .insert(url.to_owned(), media);
    }
}

#[async_trait]
impl Fetcher for TableFetcher {
    async fn fetch(&self, url: &Url) -> Result<FetchedMedia, String> {
        let table = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        table.get(url.as_str()).cloned().ok_or_else(|| "404 Not Found".to_owned())
    }
}

/// Fetches over HTTP, follows no redirect and stops at a size.
#[derive(Debug, Clone)]
pub struct HttpFetcher {
    client: reqwest::Client,
    max_bytes: usize,
}

impl HttpFetcher {
    /// A fetcher that gives up beyond `max_bytes`.
    ///
    /// # Errors
    /// Where the HTTP client cannot be built, which is a matter of the machine's TLS set-up.
    pub fn new(max_bytes: usize) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(std::time::Duration::from_secs(60))
            .user_agent("facebookexternalhit/1.1")
            .build()?;
        Ok(Self { client, max_bytes })
    }
}

#[async_trait]
impl Fetcher for HttpFetcher {
    async fn fetch(&self, url: &Url) -> Result<FetchedMedia, String> {
        let sent = self.client.get(url.clone()).send().await;
        let mut answer = sent.map_err(|error| error.without_url().to_string())?;
        if !answer.status().is_success() {
            return Err(format!("the address answered {}", answer.status()));
        }
        let content_type = answer
            .headers()
            .get(http::header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|e| e.without_url().to_string())? {
            if bytes.len() + chunk.len() > self.max_bytes {
                return Err(format!("more than {} bytes", self.max_bytes));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(FetchedMedia { bytes: bytes.into(), content_type })
    }
}
