//! Questions to the API, for those who ask it: a command, a tool of an agent.

mod contract;

use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
pub use contract::{
    account, accounts, act, analytics, audit, begin_upload, cancel, edit, explain, invite, keys,
    media, media_by_id, media_preview, people, person, platforms, post, post_by_id, posts,
    preflight, reset_password, upload, upload_piece,
};
use http::{HeaderMap, Method};
use serde_json::{Map, Value, json};
use url::Url;

/// One question to the API.
#[derive(Debug, Clone)]
pub struct Call {
    /// `GET`, `POST`, `PATCH`, `DELETE`.
    pub method: Method,
    path: Vec<String>,
    query: Vec<(String, String)>,
    /// Headers besides those that every question has.
    pub headers: Vec<(&'static str, String)>,
    /// The body as it goes out.
    pub body: Bytes,
}

/// Headers that whoever acts on an answer must know: they go into the body under these names.
const TOLD: [(&str, &str); 4] = [
    ("etag", "etag"),
    ("idempotency-replayed", "replayed"),
    ("retry-after", "retry_after"),
    ("x-changes", "changes"),
];

/// Writes into an answer's body what its headers say, for those who see the body alone.
pub fn tell(headers: &HeaderMap, body: &mut Map<String, Value>) {
    for (header, name) in TOLD {
        let value = headers.get(header).and_then(|value| value.to_str().ok());
        if let Some(value) = value
            && !body.contains_key(name)
        {
            let value = match (value.parse::<u64>(), value) {
                (Ok(number), _) => number.into(),
                (_, "true") => true.into(),
                (_, text) => text.into(),
            };
            body.insert(name.to_owned(), value);
        }
    }
}

/// An answer's body as JSON: a table as `{"csv": "…"}`, a picture as `{"png": "…"}` or
/// `{"jpeg": "…"}` in base64.
/// `None` where it is neither these nor JSON.
#[must_use]
pub fn read(headers: &HeaderMap, body: &[u8]) -> Option<Value> {
    let mime = headers.get(http::header::CONTENT_TYPE).and_then(|mime| mime.to_str().ok());
    let mime = mime.unwrap_or_default();
    if mime.starts_with("text/csv") {
        return Some(json!({ "csv": std::str::from_utf8(body).ok()? }));
    }
    if let Some(format @ ("png" | "jpeg")) = mime.strip_prefix("image/") {
        return Some(json!({ format: STANDARD.encode(body) }));
    }
    if body.is_empty() { Some(json!({})) } else { serde_json::from_slice(body).ok() }
}

/// The file that an answer read by [`read`] stands for, where it is one.
#[must_use]
pub fn file(answer: &Value) -> Option<Vec<u8>> {
    if let Some(table) = answer["csv"].as_str() {
        return Some(table.as_bytes().to_vec());
    }
    let picture = ["png", "jpeg"].iter().find_map(|format| answer[format].as_str())?;
    STANDARD.decode(picture).ok()
}

impl Call {
    /// `path` under `/api`, as segments: an id of the user's cannot lead anywhere else.
    #[must_use]
    pub fn new(method: Method, path: &[&str]) -> Self {
        Self {
            method,
            path: path.iter().map(|&segment| segment.to_owned()).collect(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// With this in the query, where there is a value.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: Option<impl ToString>) -> Self {
        self.query.extend(value.map(|value| (name.into(), value.to_string())));
        self
    }

    /// With this header, where there is a value.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.headers.extend(value.map(|value| (name, value.to_string())));
        self
    }

    /// With this JSON as its body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.bytes("application/json", body.to_string())
    }

    /// With these bytes as its body.
    #[must_use]
    pub fn bytes(mut self, mime: &str, body: impl Into<Bytes>) -> Self {
        self.headers.push(("content-type", mime.to_owned()));
        self.body = body.into();
        self
    }

    /// Its path and query, on a server whose API is not nested.
    pub(crate) fn target(&self) -> Result<String, url::ParseError> {
        let url = self.url(&Url::parse("http://localhost/")?);
        Ok(url[url::Position::BeforePath..url::Position::AfterQuery].to_owned())
    }

    /// Where it goes, on the server at `base`.
    #[must_use]
    pub fn url(&self, base: &Url) -> Url {
        let mut url = base.clone();
        url.set_query(None);
        url.set_fragment(None);
        // It fails only for an address that is no base, which the client refuses when it is made.
        if let Ok(mut segments) = url.path_segments_mut() {
            // Dots alone are dropped by `extend`, so they are written out: `..` is no id.
            let named = self.path.iter().map(|segment| match segment.as_str() {
                "." => "%2E",
                ".." => "%2E%2E",
                other => other,
            });
            segments.pop_if_empty().push("api").extend(named);
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(base: &str, segments: &[&str]) -> String {
        Call::new(Method::GET, segments).url(&base.parse().unwrap()).to_string()
    }

    #[test]
    fn an_id_stays_in_its_place() {
        assert_eq!(path("http://h:1", &["posts", "a/b?c"]), "http://h:1/api/posts/a%2Fb%3Fc");
        let up = path("http://h:1/under/", &["posts", ".."]);
        assert!(up.starts_with("http://h:1/under/api/posts/"), "{up}");
    }

    #[test]
    fn a_query_holds_what_was_given() {
        let call = Call::new(Method::GET, &["posts"])
            .query("status", Some("a&b"))
            .query("limit", None::<u32>);
        let url = call.url(&"http://h".parse().unwrap());
        assert_eq!(url.query(), Some("status=a%26b"));
    }
}
