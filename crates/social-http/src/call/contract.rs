//! The questions of the contract, each a function: the command and the tools ask the same ones.

use http::Method;
use serde_json::Value;

use super::Call;

/// `POST /api/posts`. A post for now may be waited for, `wait` seconds at most.
#[must_use]
pub fn post(body: &Value, key: Option<&str>, wait: Option<u32>) -> Call {
    Call::new(Method::POST, &["posts"])
        .header("idempotency-key", key)
        .header("prefer", wait.map(|seconds| format!("wait={seconds}")))
        .json(body)
}

/// `POST /api/preflight`.
#[must_use]
pub fn preflight(body: &Value) -> Call {
    Call::new(Method::POST, &["preflight"]).json(body)
}

/// `GET /api/posts`, narrowed by `query`.
#[must_use]
pub fn posts(query: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Call {
    asked(&["posts"], query)
}

/// `GET /api/posts/{id}`.
#[must_use]
pub fn post_by_id(id: &str, full: bool) -> Call {
    Call::new(Method::GET, &["posts", id]).query("view", full.then_some("full"))
}

/// `PATCH /api/posts/{id}`, which changes nothing where the post is not at `revision` any more.
#[must_use]
pub fn edit(id: &str, revision: Option<&str>, patch: &Value) -> Call {
    Call::new(Method::PATCH, &["posts", id]).header("if-match", revision).json(patch)
}

/// `DELETE /api/posts/{id}`.
#[must_use]
pub fn cancel(id: &str, remote: bool, confirm: Option<&str>) -> Call {
    Call::new(Method::DELETE, &["posts", id])
        .query("remote", remote.then_some("true"))
        .query("confirm", confirm)
}

/// `POST /api/posts/{id}/{verb}`: `retry` or `approve`.
#[must_use]
pub fn act(id: &str, verb: &str) -> Call {
    Call::new(Method::POST, &["posts", id, verb])
}

/// `GET /api/posts/{id}/explain`.
#[must_use]
pub fn explain(id: &str) -> Call {
    Call::new(Method::GET, &["posts", id, "explain"])
}

/// `GET /api/analytics`.
#[must_use]
pub fn analytics(query: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Call {
    asked(&["analytics"], query)
}

/// `GET /api/accounts`.
#[must_use]
pub fn accounts() -> Call {
    Call::new(Method::GET, &["accounts"])
}

/// `POST /api/accounts`.
#[must_use]
pub fn account(body: &Value) -> Call {
    Call::new(Method::POST, &["accounts"]).json(body)
}

/// `POST /api/media`: the file as it is.
#[must_use]
pub fn media(bytes: Vec<u8>, mime: &str, name: Option<&str>) -> Call {
    Call::new(Method::POST, &["media"]).query("name", name).bytes(mime, bytes)
}

/// `GET /api/media/{id}`.
#[must_use]
pub fn media_by_id(id: &str) -> Call {
    Call::new(Method::GET, &["media", id])
}

/// `GET /api/media/{id}/preview`: what a network would show of it.
#[must_use]
pub fn media_preview(
    id: &str,
    query: impl IntoIterator<Item = (&'static str, Option<String>)>,
) -> Call {
    asked(&["media", id, "preview"], query)
}

/// `POST /api/uploads`: a file of so many bytes that comes in pieces.
#[must_use]
pub fn begin_upload(length: u64, name: Option<&str>) -> Call {
    use base64::Engine as _;
    let name = name
        .map(|name| format!("filename {}", base64::engine::general_purpose::STANDARD.encode(name)));
    Call::new(Method::POST, &["uploads"])
        .header("tus-resumable", Some("1.0.0"))
        .header("upload-length", Some(length))
        .header("upload-metadata", name)
}

/// `GET /api/uploads/{id}`: how far it is.
#[must_use]
pub fn upload(id: &str) -> Call {
    Call::new(Method::GET, &["uploads", id])
}

/// `PATCH /api/uploads/{id}`: the piece from `offset` on.
#[must_use]
pub fn upload_piece(id: &str, offset: u64, bytes: Vec<u8>) -> Call {
    Call::new(Method::PATCH, &["uploads", id])
        .header("tus-resumable", Some("1.0.0"))
        .header("upload-offset", Some(offset))
        .bytes("application/offset+octet-stream", bytes)
}

/// `GET /api/platforms`.
#[must_use]
pub fn platforms() -> Call {
    Call::new(Method::GET, &["platforms"])
}

/// `GET /api/api-keys`.
#[must_use]
pub fn keys() -> Call {
    Call::new(Method::GET, &["api-keys"])
}

/// `GET /api/audit`: who did what.
#[must_use]
pub fn audit(query: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Call {
    asked(&["audit"], query)
}

/// `GET /api/people`.
#[must_use]
pub fn people() -> Call {
    Call::new(Method::GET, &["people"])
}

/// `POST /api/people`: somebody is invited.
#[must_use]
pub fn invite(body: &Value) -> Call {
    Call::new(Method::POST, &["people"]).json(body)
}

/// `PATCH /api/people/{id}`.
#[must_use]
pub fn person(id: &str, change: &Value) -> Call {
    Call::new(Method::PATCH, &["people", id]).json(change)
}

/// `POST /api/people/{id}/reset`.
#[must_use]
pub fn reset_password(id: &str) -> Call {
    Call::new(Method::POST, &["people", id, "reset"])
}

fn asked(path: &[&str], query: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Call {
    query
        .into_iter()
        .fold(Call::new(Method::GET, path), |call, (name, value)| call.query(name, value))
}
