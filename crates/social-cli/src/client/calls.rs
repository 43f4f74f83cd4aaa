//! The questions of the contract, each a function: the command and the tools ask the same ones.

use http::Method;
use serde_json::Value;

use super::{Call, Client, Problem};

/// `POST /api/posts`. A post for now may be waited for, `wait` seconds at most.
pub(crate) fn post(body: &Value, key: Option<&str>, wait: Option<u32>) -> Call {
    Call::new(Method::POST, &["posts"])
        .header("idempotency-key", key)
        .header("prefer", wait.map(|seconds| format!("wait={seconds}")))
        .json(body)
}

/// `POST /api/preflight`.
pub(crate) fn preflight(body: &Value) -> Call {
    Call::new(Method::POST, &["preflight"]).json(body)
}

/// `GET /api/posts`, narrowed by `query`.
pub(crate) fn posts(query: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Call {
    asked(&["posts"], query)
}

/// `GET /api/posts/{id}`.
pub(crate) fn post_by_id(id: &str, full: bool) -> Call {
    Call::new(Method::GET, &["posts", id]).query("view", full.then_some("full"))
}

/// `PATCH /api/posts/{id}`, which changes nothing where the post is not at `revision` any more.
pub(crate) fn edit(id: &str, revision: Option<&str>, patch: &Value) -> Call {
    Call::new(Method::PATCH, &["posts", id]).header("if-match", revision).json(patch)
}

/// `DELETE /api/posts/{id}`.
pub(crate) fn cancel(id: &str, remote: bool, confirm: Option<&str>) -> Call {
    Call::new(Method::DELETE, &["posts", id])
        .query("remote", remote.then_some("true"))
        .query("confirm", confirm)
}

/// `POST /api/posts/{id}/{verb}`: `retry` or `approve`.
pub(crate) fn act(id: &str, verb: &str) -> Call {
    Call::new(Method::POST, &["posts", id, verb])
}

/// `GET /api/posts/{id}/explain`.
pub(crate) fn explain(id: &str) -> Call {
    Call::new(Method::GET, &["posts", id, "explain"])
}

/// `GET /api/analytics`.
pub(crate) fn analytics(query: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Call {
    asked(&["analytics"], query)
}

/// `GET /api/accounts`.
pub(crate) fn accounts() -> Call {
    Call::new(Method::GET, &["accounts"])
}

/// `POST /api/accounts`.
pub(crate) fn account(body: &Value) -> Call {
    Call::new(Method::POST, &["accounts"]).json(body)
}

/// `POST /api/media`: the file as it is.
pub(crate) fn media(bytes: Vec<u8>, mime: &str, name: Option<&str>) -> Call {
    Call::new(Method::POST, &["media"]).query("name", name).bytes(mime, bytes)
}

/// `GET /api/platforms`.
pub(crate) fn platforms() -> Call {
    Call::new(Method::GET, &["platforms"])
}

/// `GET /api/api-keys`.
pub(crate) fn keys() -> Call {
    Call::new(Method::GET, &["api-keys"])
}

fn asked(path: &[&str], query: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Call {
    query
        .into_iter()
        .fold(Call::new(Method::GET, path), |call, (name, value)| call.query(name, value))
}

/// The revision that a post is at now, for an edit that was not told which one it means.
pub(crate) async fn revision(client: &Client, id: &str) -> Result<Option<String>, Problem> {
    let now = client.send(post_by_id(id, false)).await?;
    Ok(now.body["etag"].as_str().map(str::to_owned))
}
