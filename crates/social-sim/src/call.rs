//! A request as the networks' handlers see it.

use std::collections::HashMap;

use bytes::Bytes;
use http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use social_core::Timestamp;

use crate::fetch::FetchedMedia;
use crate::params::Params;

/// What fetching each address gave.
pub(crate) type Fetched = HashMap<String, Result<FetchedMedia, String>>;

/// A request, taken apart.
#[derive(Debug)]
pub(crate) struct Call {
    pub now: Timestamp,
    pub method: Method,
    /// The first part of the path: which host is meant.
    pub host: String,
    /// The other parts, decoded.
    pub path: Vec<String>,
    pub raw_path: String,
    pub raw_query: String,
    pub headers: HeaderMap,
    pub params: Params,
    pub body: Bytes,
    pub fetched: Fetched,
}

impl Call {
    pub(crate) fn new(now: Timestamp, base_path: &str, request: http::Request<Bytes>) -> Self {
        let (parts, body) = request.into_parts();
        let raw_path = parts.uri.path().to_owned();
        let inner = raw_path.strip_prefix(base_path.trim_end_matches('/')).unwrap_or(&raw_path);
        let mut path: Vec<String> = inner
            .split('/')
            .filter(|part| !part.is_empty())
            .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
            .collect();
        let host = if path.is_empty() { String::new() } else { path.remove(0) };
        let raw_query = parts.uri.query().unwrap_or("").to_owned();
        let params = Params::read(&raw_query, &parts.headers, &body);
        Self {
            now,
            method: parts.method,
            host,
            path,
            raw_path,
            raw_query,
            headers: parts.headers,
            params,
            body,
            fetched: Fetched::new(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn path(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    /// The token in the `Authorization` header, in Meta's or anyone's spelling.
    pub(crate) fn bearer(&self) -> Option<&str> {
        let value = self.header("authorization")?;
        let (scheme, token) = value.split_once(' ')?;
        (scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("oauth"))
            .then(|| token.trim())
    }

    /// The token, wherever it stands.
    pub(crate) fn token(&self) -> Option<&str> {
        self.params.filled("access_token").or_else(|| self.bearer())
    }

    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// What was fetched from `url`.
    pub(crate) fn fetched(&self, url: &str) -> Result<&FetchedMedia, String> {
        match self.fetched.get(url) {
            Some(Ok(media)) => Ok(media),
            Some(Err(error)) => Err(error.clone()),
            None => Err("not an address".to_owned()),
        }
    }
}
