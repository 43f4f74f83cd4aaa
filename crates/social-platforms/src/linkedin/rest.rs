//! Requests to LinkedIn's versioned API: headers, Rest.li spelling, how answers are read.
//!
//! Microsoft Learn, "Rest.li protocol version 2.0.0" and "Versioning".

use http::Method;
use http::header::HeaderName;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use social_core::PlatformError;
use social_core::domain::Platform;
use social_core::flow::Effect;
use social_core::ports::Response;

use super::errors;
use crate::config::{LinkedInEndpoints, at};
use crate::http::{Build, json};
use crate::verdict::in_doubt;

const VERSION: HeaderName = HeaderName::from_static("linkedin-version");
const PROTOCOL: HeaderName = HeaderName::from_static("x-restli-protocol-version");
const METHOD: HeaderName = HeaderName::from_static("x-restli-method");

/// What may stand in a path or a query as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What a request needs besides its own parameters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rest<'a> {
    pub(super) platform: &'a Platform,
    pub(super) hosts: &'a LinkedInEndpoints,
    pub(super) token: &'a SecretString,
    pub(super) version: &'a str,
}

/// A URN as it stands in a path or a query.
pub(super) fn encoded(urn: &str) -> String {
    utf8_percent_encode(urn, PLAIN).to_string()
}

impl Rest<'_> {
    /// A request to `rest/{path}`; `query` is spelt by Rest.li, whose brackets must stay.
    pub(super) fn build(&self, method: Method, path: &str, query: &str) -> Build {
        let mut url = at(&self.hosts.api, &format!("rest/{path}"));
        if !query.is_empty() {
            url.set_query(Some(query));
        }
        Build::new(method, url)
            .bearer(self.token)
            .header(VERSION, self.version)
            .header(PROTOCOL, "2.0.0")
    }

    /// The same, telling Rest.li which of its methods is meant.
    pub(super) fn named(&self, method: Method, name: &str, path: &str, query: &str) -> Build {
        self.build(method, path, query).header(METHOD, name)
    }

    pub(super) fn check(&self, effect: Effect, response: &Response) -> Result<(), PlatformError> {
        if response.status().is_success() {
            return Ok(());
        }
        Err(errors::classify(self.platform, effect, response))
    }

    pub(super) fn read<T: DeserializeOwned>(
        &self,
        effect: Effect,
        response: &Response,
    ) -> Result<T, PlatformError> {
        self.check(effect, response)?;
        json(self.platform, response).map_err(|error| in_doubt(error, effect))
    }
}
