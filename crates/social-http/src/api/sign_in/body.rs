//! What people send to sign in, and what they get.

use axum::response::{IntoResponse, Json, Response};
use http::{StatusCode, header};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize};
use social_core::engine::OpenSession;
use utoipa::ToSchema;

use super::super::app::App;
use super::super::people::PersonAnswer;
use super::super::{codes, table};
use super::cookies;
use super::signer::ACCESS;
use crate::Problem;

/// A sign-in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoginRequest {
    #[schema(example = "ann@example.com")]
    pub(crate) email: String,
    #[serde(deserialize_with = "secret")]
    #[schema(value_type = String, format = "password")]
    pub(crate) password: SecretString,
    /// Whether the refresh token comes as a cookie that no script reads, as browsers want it. With
    /// false it stands in the answer.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub(crate) cookie: bool,
}

/// A refresh, or the end of a session.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshRequest {
    /// The token, where it did not come as a cookie.
    #[serde(default, deserialize_with = "maybe_secret")]
    #[schema(value_type = Option<String>, format = "password")]
    pub(crate) refresh_token: Option<SecretString>,
}

/// The end of a session.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogoutRequest {
    /// The token, where it did not come as a cookie.
    #[serde(default, deserialize_with = "maybe_secret")]
    #[schema(value_type = Option<String>, format = "password")]
    pub(crate) refresh_token: Option<SecretString>,
    /// Ends all sessions of the person, on all devices.
    #[serde(default)]
    pub(crate) everywhere: bool,
}

/// A link that is used.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcceptRequest {
    /// The token of the link.
    #[serde(deserialize_with = "secret")]
    #[schema(value_type = String)]
    pub(crate) token: SecretString,
    /// How you are called; not needed to choose a new password.
    pub(crate) name: Option<String>,
    /// By which you will sign in; only for the first Admin, others were invited by theirs.
    pub(crate) email: Option<String>,
    /// 12 to 256 characters.
    #[serde(deserialize_with = "secret")]
    #[schema(value_type = String, format = "password")]
    pub(crate) password: SecretString,
    /// As for a sign-in.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub(crate) cookie: bool,
}

/// Another password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordRequest {
    /// The present one.
    #[serde(deserialize_with = "secret")]
    #[schema(value_type = String, format = "password")]
    pub(crate) current: SecretString,
    /// 12 to 256 characters.
    #[serde(deserialize_with = "secret")]
    #[schema(value_type = String, format = "password")]
    pub(crate) new: SecretString,
}

fn yes() -> bool {
    true
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(Into::into)
}

fn maybe_secret<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<SecretString>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(Into::into))
}

/// A session that was begun or refreshed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignedIn {
    /// To be sent as `Authorization: Bearer`.
    access_token: String,
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
    expires_at: String,
    /// Good once: a refresh answers with the next. Not here where it came as a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    person: PersonAnswer,
}

/// The answer that carries a session's tokens.
pub(crate) fn signed_in(
    app: &App,
    status: StatusCode,
    open: OpenSession,
    cookie: bool,
) -> Result<Response, Problem> {
    let now = app.now();
    let access_token = app
        .signer
        .access(&open, now)
        .map_err(|error| table::hidden(&codes::INTERNAL, "no token could be made", &error))?;
    let refresh = open.refresh.expose_secret();
    let told = SignedIn {
        access_token,
        token_type: "Bearer",
        expires_in: ACCESS.as_secs(),
        expires_at: (now + ACCESS).to_string(),
        refresh_token: (!cookie).then(|| refresh.to_owned()),
        person: PersonAnswer::from(open.person),
    };
    let set = cookie.then(|| [(header::SET_COOKIE, cookies::REFRESH.set(app, refresh))]);
    Ok(match set {
        Some(set) => (status, set, Json(told)).into_response(),
        None => (status, Json(told)).into_response(),
    })
}
