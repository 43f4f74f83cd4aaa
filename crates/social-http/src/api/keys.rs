//! API keys: made, listed, revoked, and only by a person's own key.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Json, Response};
use http::StatusCode;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use social_core::domain::{ApiKey, Budget, KeyId, Permission, Scope, WritePolicy};
use social_core::engine::NewKey;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::Caller;
use super::extract::{JsonBody, id, time};
use super::{access, codes, table};
use crate::Problem;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke))
}

/// A key to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyRequest {
    /// Its name, for people.
    #[schema(example = "my agent")]
    name: String,
    /// What it allows: posts:read, posts:write, posts:publish, analytics:read, accounts:read,
    /// accounts:write, approvals:write. Never give the last to an agent.
    #[schema(value_type = Vec<String>, example = json!(["posts:read", "posts:write", "posts:publish"]))]
    scopes: BTreeSet<Scope>,
    /// web_access, file_storage, scheduler; by default all of them.
    #[schema(value_type = Option<Vec<String>>)]
    permissions: Option<BTreeSet<Permission>>,
    /// none, confirm or approve; by default confirm.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    policy: WritePolicy,
    /// Posts a day per account, networks, quiet hours in UTC.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    budget: Budget,
    /// When it ends by itself.
    expires_at: Option<String>,
}

/// A key.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyAnswer {
    /// `key_…`
    id: String,
    name: String,
    /// How its secret begins.
    hint: String,
    #[schema(value_type = Vec<String>)]
    scopes: BTreeSet<Scope>,
    #[schema(value_type = Vec<String>)]
    permissions: BTreeSet<Permission>,
    #[schema(value_type = String)]
    policy: WritePolicy,
    #[schema(value_type = Object)]
    budget: Budget,
    created_at: String,
    expires_at: Option<String>,
    revoked_at: Option<String>,
    last_used_at: Option<String>,
    /// The secret, once: when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl From<ApiKey> for KeyAnswer {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name,
            hint: key.hint,
            scopes: key.scopes,
            permissions: key.permissions,
            policy: key.policy,
            budget: key.budget,
            created_at: key.created_at.to_string(),
            expires_at: key.expires_at.map(|at| at.to_string()),
            revoked_at: key.revoked_at.map(|at| at.to_string()),
            last_used_at: key.last_used_at.map(|at| at.to_string()),
            secret: None,
        }
    }
}

/// All keys.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyList {
    items: Vec<KeyAnswer>,
}

/// List the keys, without their secrets.
#[utoipa::path(
    get, path = "/api/api-keys", tag = "keys",
    responses((status = 200, description = "All keys, revoked ones included", body = KeyList)),
)]
pub(crate) async fn list(State(app): State<App>, caller: Caller) -> Result<Json<KeyList>, Problem> {
    let keys = app.keys().list(caller.workspace()).await.map_err(table::problem)?;
    Ok(Json(KeyList { items: keys.into_iter().map(Into::into).collect() }))
}

/// Make a key. Its secret is told once. It allows no more than the key it is made with.
#[utoipa::path(
    post, path = "/api/api-keys", tag = "keys", request_body = KeyRequest,
    responses((status = 201, description = "Made; `secret` is never told again", body = KeyAnswer)),
)]
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(asked): JsonBody<KeyRequest>,
) -> Result<Response, Problem> {
    let all = || BTreeSet::from(Permission::ALL);
    let new = NewKey {
        name: asked.name,
        scopes: asked.scopes,
        permissions: asked.permissions.unwrap_or_else(all),
        policy: asked.policy,
        budget: asked.budget,
        expires_at: asked.expires_at.as_deref().map(|at| time(at, "/expires_at")).transpose()?,
    };
    new.scopes.iter().try_for_each(|scope| access::scope(&caller, *scope))?;
    new.permissions.iter().try_for_each(|permission| access::allowed(&caller, *permission))?;
    let (key, secret) = app
        .keys()
        .by(caller.actor())
        .create(caller.workspace(), new)
        .await
        .map_err(table::problem)?;
    let mut told = KeyAnswer::from(key);
    told.secret = Some(secret.expose_secret().to_owned());
    Ok((StatusCode::CREATED, Json(told)).into_response())
}

/// End a key now.
#[utoipa::path(
    delete, path = "/api/api-keys/{id}", tag = "keys",
    params(("id" = String, Path, description = "`key_…`")),
    responses((status = 204, description = "It is no good any more")),
)]
pub(crate) async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<StatusCode, Problem> {
    let key: KeyId = id(&text, &codes::KEY_NOT_FOUND)?;
    app.keys().by(caller.actor()).revoke(caller.workspace(), key).await.map_err(table::problem)?;
    app.known.forget(key);
    Ok(StatusCode::NO_CONTENT)
}
