//! Errors as `application/problem+json` (RFC 9457).

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::Serialize;

/// An error that tells a person or an agent what to do.
#[derive(Debug, Clone, Serialize)]
pub struct Problem {
    #[serde(skip)]
    status: StatusCode,
    code: &'static str,
    detail: String,
    fix: String,
    retryable: bool,
}

impl Problem {
    /// An error of `status` that machines know by `code`.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        let retryable = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
        Self { status, code, detail: detail.into(), fix: fix.into(), retryable }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Whole<'a> {
            title: &'a str,
            status: u16,
            #[serde(flatten)]
            problem: &'a Problem,
        }
        let whole = Whole {
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            problem: &self,
        };
        let headers = [(header::CONTENT_TYPE, "application/problem+json")];
        match serde_json::to_vec(&whole) {
            Ok(body) => (self.status, headers, body).into_response(),
            Err(_) => self.status.into_response(),
        }
    }
}
