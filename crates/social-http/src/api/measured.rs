//! How long requests take, by route.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use http::{Method, StatusCode};
use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};

/// Marks what a tool of an agent asks inside the process: the request that called it is counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Inside;

/// A request under way; by its route and never by its address, which may hold an id.
pub(crate) struct Measured(Option<(&'static str, String, Instant)>);

/// Tells the recorder what the numbers mean.
pub(crate) fn describe() {
    describe_counter!("social_http_requests_total", Unit::Count, "Requests, by route and status.");
    describe_histogram!(
        "social_http_request_seconds",
        Unit::Seconds,
        "How long answers took to begin, by route."
    );
}

impl Measured {
    pub(crate) fn begin(request: &Request) -> Self {
        if request.extensions().get::<Inside>().is_some() {
            return Self(None);
        }
        let route = request.extensions().get::<MatchedPath>();
        let route = route.map_or("none", MatchedPath::as_str).to_owned();
        Self(Some((method(request.method()), route, Instant::now())))
    }

    pub(crate) fn end(self, status: StatusCode) {
        let Some((method, route, start)) = self.0 else { return };
        histogram!("social_http_request_seconds", "method" => method, "route" => route.clone())
            .record(start.elapsed());
        let status = status.as_str().to_owned();
        counter!("social_http_requests_total",
            "method" => method, "route" => route, "status" => status)
        .increment(1);
    }
}

/// A client may invent methods; there are to be few labels.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
