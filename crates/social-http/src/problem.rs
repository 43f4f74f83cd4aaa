//! Errors as `application/problem+json` (RFC 9457).

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// An error that tells a person or an agent what to do.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    fix: String,
    retryable: bool,
    flaws: Vec<Flaw>,
    more: Map<String, Value>,
    headers: HeaderMap,
}

/// One of several things that are wrong with a request.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Flaw {
    /// Where in the request: `/content`, `/media/0`.
    pub pointer: String,
    /// On which network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// What, for machines.
    pub code: String,
    /// What, for people.
    pub detail: String,
    /// The limit, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// What there is, where there is a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<u64>,
    /// What would do instead, where it can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Value>,
}

impl Problem {
    /// An error of `status` that machines know by `code`.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            fix: fix.into(),
            retryable: status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS,
            flaws: Vec::new(),
            more: Map::new(),
            headers: HeaderMap::new(),
        }
    }

    /// The same with another advice.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = fix.into();
        self
    }

    /// The same, where asking the same again later may help, or not.
    #[must_use]
    pub fn retryable(mut self, retryable: bool) -> Self {
        self.retryable = retryable;
        self
    }

    /// The same with one more thing that is wrong.
    #[must_use]
    pub fn flaw(mut self, flaw: Flaw) -> Self {
        self.flaws.push(flaw);
        self
    }

    /// The same with one more member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    /// The same with a header of the answer; one that no header can have is left out.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// The same, to be asked again after so many seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, &seconds.max(1).to_string()).retryable(true)
    }

    /// What machines know it by.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Its status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Its body. `kinds` is the address that tells about codes.
    pub(crate) fn body(&self, kinds: Option<&str>, request_id: Option<&str>) -> Value {
        let mut body = Map::new();
        let kind = kinds.map_or_else(|| "about:blank".into(), |at| format!("{at}#{}", self.code));
        body.insert("type".into(), kind.into());
        body.insert("title".into(), title(self.code).into());
        body.insert("status".into(), self.status.as_u16().into());
        body.insert("detail".into(), self.detail.clone().into());
        body.insert("code".into(), self.code.into());
        body.insert("fix".into(), self.fix.clone().into());
        body.insert("retryable".into(), self.retryable.into());
        if !self.flaws.is_empty() {
            body.insert("errors".into(), json!(self.flaws));
        }
        body.extend(self.more.clone());
        if let Some(id) = request_id {
            body.insert("request_id".into(), id.into());
        }
        Value::Object(body)
    }
}

/// `content_too_long` for people.
fn title(code: &str) -> String {
    let words = code.replace('_', " ");
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let headers = [(header::CONTENT_TYPE, "application/problem+json")];
        let body = self.body(None, None).to_string();
        let mut response = (self.status, headers, self.headers.clone(), body).into_response();
        // Whoever knows the request's id writes the body anew.
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_always_says_what_to_do() {
        let problem = Problem::new(StatusCode::CONFLICT, "duplicate_post", "it is there", "Stop.")
            .with("existing_id", "post_1");
        let body = problem.body(Some("https://x.example/docs/errors"), Some("req_1"));
        assert_eq!(
            body,
            json!({
                "type": "https://x.example/docs/errors#duplicate_post",
                "title": "Duplicate post",
                "status": 409,
                "detail": "it is there",
                "code": "duplicate_post",
                "fix": "Stop.",
                "retryable": false,
                "existing_id": "post_1",
                "request_id": "req_1",
            })
        );
    }
}
