//! Requests to the Graph: where they go, what signs them, how their answers are read.

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use sha2::Sha256;
use social_core::PlatformError;
use social_core::domain::Platform;
use social_core::flow::Effect;
use social_core::ports::{Request, Response};
use url::Url;

use super::errors::{self, Row};
use crate::config::{AppCredentials, MetaEndpoints, at};
use crate::http::{Build, json};
use crate::verdict::in_doubt;
use crate::versions::Versions;

/// What a request to the Graph needs besides its own parameters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Graph<'a> {
    pub(crate) platform: &'a Platform,
    pub(crate) hosts: &'a MetaEndpoints,
    pub(crate) app: &'a AppCredentials,
    pub(crate) token: &'a SecretString,
    /// Which of its hosts is asked.
    pub(crate) host: Host,
    /// The versions that are spoken.
    pub(crate) versions: &'a Versions,
    /// What this network's errors mean before the common table is asked.
    pub(crate) table: &'a [Row],
}

/// A host of the Graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Host {
    /// `graph.facebook.com`, whose calls are signed with the app's secret.
    Facebook,
    /// `graph.instagram.com`, for accounts of Instagram Login.
    Instagram,
}

impl Graph<'_> {
    /// `method` at `path` of the Graph, signed.
    pub(crate) fn build(&self, method: Method, path: &str) -> Build {
        self.signed(method, self.url(self.base(), path))
    }

    pub(crate) fn get(&self, path: &str, fields: &str) -> Build {
        self.build(Method::GET, path).query("fields", fields)
    }

    pub(crate) fn post(&self, path: &str, form: &[(&str, &str)]) -> Result<Request, PlatformError> {
        self.build(Method::POST, path).form(form).finish(self.platform)
    }

    /// `POST` at `path` of the host that takes videos, signed.
    pub(crate) fn post_video(&self, path: &str) -> Build {
        self.signed(Method::POST, self.url(&self.hosts.graph_video, path))
    }

    /// A request with the token in a header and the proof that it was not stolen (Meta,
    /// "Securing Graph API requests").
    fn signed(&self, method: Method, url: Url) -> Build {
        let build = Build::new(method, url).bearer(self.token);
        match self.host {
            Host::Facebook => build.query("appsecret_proof", &self.proof()),
            Host::Instagram => build,
        }
    }

    /// A request without a token.
    pub(crate) fn bare(&self, path: &str) -> Build {
        Build::get(self.url(self.base(), path))
    }

    fn base(&self) -> &Url {
        match self.host {
            Host::Facebook => &self.hosts.graph,
            Host::Instagram => &self.hosts.instagram_graph,
        }
    }

    fn url(&self, host: &Url, path: &str) -> Url {
        at(host, &format!("{}/{path}", self.versions.name()))
    }

    fn proof(&self) -> String {
        let secret = self.app.client_secret.expose_secret().as_bytes();
        // A key of any length is good for HMAC.
        Hmac::<Sha256>::new_from_slice(secret).map_or_else(
            |_| String::new(),
            |mut mac| {
                mac.update(self.token.expose_secret().as_bytes());
                hex::encode(mac.finalize().into_bytes())
            },
        )
    }

    /// What an answer says, or what its error means.
    pub(crate) fn read<T: DeserializeOwned>(
        &self,
        effect: Effect,
        response: &Response,
    ) -> Result<T, PlatformError> {
        self.look_at_version(response);
        if !response.status().is_success() || errors::is_error(response.body()) {
            return Err(errors::classify(self.platform, self.table, effect, response));
        }
        json(self.platform, response).map_err(|error| in_doubt(error, effect))
    }

    /// A version that has ended is answered by the oldest that has not, which a header tells (Meta,
    /// "Graph API versioning"): then the next known one is spoken.
    fn look_at_version(&self, response: &Response) {
        let told = response.headers().get("facebook-api-version").and_then(|it| it.to_str().ok());
        let asked = self.versions.name();
        let later = |told: &str| number(told) > number(asked);
        if told.is_some_and(later) {
            self.versions.step_from(asked);
        }
    }
}

/// `v26.0` as 26 and 0.
fn number(version: &str) -> Option<(u32, u32)> {
    let (major, minor) = version.strip_prefix('v')?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
