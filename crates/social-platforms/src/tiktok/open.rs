//! Requests to TikTok's open API, and the envelope of its answers.

use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use social_core::PlatformError;
use social_core::domain::Platform;
use social_core::flow::Effect;
use social_core::ports::Response;

use super::errors::{ApiError, classify};
use crate::config::{TikTokEndpoints, at};
use crate::http::{Build, json};
use crate::verdict::in_doubt;

/// What a request needs besides its own parameters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open<'a> {
    pub(super) platform: &'a Platform,
    pub(super) hosts: &'a TikTokEndpoints,
    pub(super) token: &'a SecretString,
}

#[derive(Debug, Deserialize)]
struct Envelope<T> {
    data: Option<T>,
    error: ApiError,
}

impl Open<'_> {
    /// `POST` at `path`, which ends with a slash.
    pub(super) fn post(&self, path: &str) -> Build {
        Build::post(at(&self.hosts.api, path)).bearer(self.token)
    }

    pub(super) fn get(&self, path: &str) -> Build {
        Build::get(at(&self.hosts.api, path)).bearer(self.token)
    }

    /// What an answer says. Success is the code `ok`, whatever the status.
    pub(super) fn read<T: DeserializeOwned>(
        &self,
        effect: Effect,
        response: &Response,
    ) -> Result<T, PlatformError> {
        if !response.status().is_success() {
            return Err(classify(self.platform, effect, response));
        }
        let code: Result<Envelope<serde::de::IgnoredAny>, _> = json(self.platform, response);
        if code.is_ok_and(|envelope| envelope.error.code != "ok") {
            return Err(classify(self.platform, effect, response));
        }
        let envelope: Envelope<T> =
            json(self.platform, response).map_err(|error| in_doubt(error, effect))?;
        envelope.data.ok_or_else(|| {
            let detail = "TikTok answered without data";
            let kind = social_core::ErrorKind::Malformed;
            in_doubt(PlatformError::new(self.platform.clone(), kind, detail), effect)
        })
    }
}
