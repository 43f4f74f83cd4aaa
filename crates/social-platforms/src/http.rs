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
pub(crate) use social_core::redact::{redact, start_of};

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

#[cfg(test)]
mod tests {
    use super::*;

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
