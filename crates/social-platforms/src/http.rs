//! Requests and answers: building the ones, reading the others.

use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Uri};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use social_core::domain::Platform;
use social_core::ports::{Body, Request, Response};
use social_core::{BoxError, ErrorKind, PlatformError};
use url::Url;

use crate::multipart::Multipart;

/// A request that is being put together; what goes wrong on the way is told at its end.
#[derive(Debug)]
pub(crate) struct Build {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Body,
    broken: Option<BoxError>,
}

impl Build {
    pub(crate) fn new(method: Method, url: Url) -> Self {
        Self { method, url, headers: HeaderMap::new(), body: Body::empty(), broken: None }
    }

    pub(crate) fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    pub(crate) fn post(url: Url) -> Self {
        Self::new(Method::POST, url)
    }

    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(name, value);
        self
    }

    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        match HeaderValue::from_str(value) {
            Ok(value) => {
                self.headers.insert(name, value);
            }
            Err(error) => self.broken = Some(error.into()),
        }
        self
    }

    /// `Authorization: {scheme} {token}`, marked so that nobody prints it.
    pub(crate) fn authorization(mut self, scheme: &str, token: &SecretString) -> Self {
        match HeaderValue::from_str(&format!("{scheme} {}", token.expose_secret())) {
            Ok(mut value) => {
                value.set_sensitive(true);
                self.headers.insert(AUTHORIZATION, value);
            }
            Err(error) => self.broken = Some(error.into()),
        }
        self
    }

    pub(crate) fn bearer(self, token: &SecretString) -> Self {
        self.authorization("Bearer", token)
    }

    pub(crate) fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        self.body = form.finish().into();
        self.header(CONTENT_TYPE, "application/x-www-form-urlencoded")
    }

    pub(crate) fn json(mut self, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(json) => self.body = json.into(),
            Err(error) => self.broken = Some(error.into()),
        }
        self.header(CONTENT_TYPE, "application/json; charset=UTF-8")
    }

    pub(crate) fn multipart(mut self, form: Multipart) -> Self {
        let (content_type, body) = form.finish();
        self.body = body;
        self.header(CONTENT_TYPE, &content_type)
    }

    pub(crate) fn bytes(mut self, content_type: &str, body: Body) -> Self {
        self.body = body;
        self.header(CONTENT_TYPE, content_type)
    }

    pub(crate) fn finish(self, platform: &Platform) -> Result<Request, PlatformError> {
        let broken = |error: BoxError| PlatformError {
            source: Some(error),
            ..PlatformError::new(
                platform.clone(),
                ErrorKind::Rejected,
                "a request could not be put together",
            )
        };
        if let Some(error) = self.broken {
            return Err(broken(error));
        }
        let uri = Uri::try_from(self.url.as_str()).map_err(|error| broken(error.into()))?;
        let mut request = Request::new(self.body);
        *request.method_mut() = self.method;
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers;
        Ok(request)
    }
}

/// Reads the body of an answer.
pub(crate) fn json<T: DeserializeOwned>(
    platform: &Platform,
    response: &Response,
) -> Result<T, PlatformError> {
    serde_json::from_slice(response.body()).map_err(|error| PlatformError {
        // Not the error of serde, which may quote a value.
        detail: format!(
            "the answer (HTTP {}) is not as documented at line {}, column {}: {}",
            response.status().as_u16(),
            error.line(),
            error.column(),
            start_of(response.body())
        ),
        ..PlatformError::new(platform.clone(), ErrorKind::Malformed, String::new())
    })
}

/// The start of a body, fit for a log.
pub(crate) fn start_of(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(600)]);
    let redacted = redact(&text);
    match redacted.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &redacted[..end]),
        None => redacted,
    }
}

/// `text` without what may be a secret: runs of more than 24 letters and digits, of which ids,
/// words and codes are never made.
pub(crate) fn redact(text: &str) -> String {
    let secret = |c: char| c.is_ascii_alphanumeric() || "-_.|%~+=".contains(c);
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(secret) {
        clean.push_str(&rest[..start]);
        let run = &rest[start..];
        let end = run.find(|c| !secret(c)).unwrap_or(run.len());
        let word = &run[..end];
        if word.len() > 24 && word.bytes().any(|b| b.is_ascii_digit()) {
            clean.push_str(&word[..3]);
            clean.push('…');
        } else {
            clean.push_str(word);
        }
        rest = &run[end..];
    }
    clean.push_str(rest);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_token_is_not_shown() {
        let body = br#"{"access_token":"EAAGm0PX4ZCpsBAKZCZCdJ1OZAZB","id":"17841400000000001"}"#;
        let shown = start_of(body);
        assert!(!shown.contains("m0PX4"), "{shown}");
        assert!(shown.contains("17841400000000001"), "{shown}");
    }

    #[test]
    fn an_answer_that_is_no_json_is_malformed_with_its_start() {
        let response = http::Response::new(bytes::Bytes::from_static(b"<html>busy</html>"));
        let error = json::<serde_json::Value>(&Platform::TIKTOK, &response).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Malformed);
        assert!(error.detail.contains("<html>busy"), "{}", error.detail);
    }

    #[test]
    fn an_authorization_header_is_marked_as_secret() {
        let request = Build::get("https://example.org/".parse().unwrap())
            .bearer(&"abc".into())
            .finish(&Platform::TIKTOK)
            .unwrap();
        assert!(request.headers()[AUTHORIZATION].is_sensitive());
        assert!(!format!("{request:?}").contains("abc"));
    }
}
