//! One question to the API.

use bytes::Bytes;
use http::Method;
use serde_json::Value;
use url::Url;

/// One question to the API.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    path: Vec<String>,
    query: Vec<(String, String)>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl Call {
    /// `path` under `/api`, as segments: an id of the user's cannot lead anywhere else.
    pub(crate) fn new(method: Method, path: &[&str]) -> Self {
        Self {
            method,
            path: path.iter().map(|&segment| segment.to_owned()).collect(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// With this in the query, where there is a value.
    pub(crate) fn query(mut self, name: impl Into<String>, value: Option<impl ToString>) -> Self {
        self.query.extend(value.map(|value| (name.into(), value.to_string())));
        self
    }

    /// With this header, where there is a value.
    pub(crate) fn header(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.headers.extend(value.map(|value| (name, value.to_string())));
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.bytes("application/json", body.to_string())
    }

    pub(crate) fn bytes(mut self, mime: &str, body: impl Into<Bytes>) -> Self {
        self.headers.push(("content-type", mime.to_owned()));
        self.body = body.into();
        self
    }

    pub(crate) fn url(&self, base: &Url) -> Url {
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
