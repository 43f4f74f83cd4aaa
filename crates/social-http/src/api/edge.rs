//! What every request passes first and every answer last: an id, the check of host and origin,
//! the time limit, the headers, and the last hand on problems.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use tracing::Instrument as _;
use url::Url;

use super::app::App;
use super::codes;
use super::measured::Measured;
use crate::Problem;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Routes whose answers take as long as they take. What a tool asks inside has the limit again.
const PATIENT: [&str; 3] = ["/api/media", "/api/events", "/mcp"];

/// The outermost layer.
pub(crate) async fn edge(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = request_id(&app, request.headers());
    let span = tracing::info_span!(
        "request",
        id = %id,
        method = %request.method(),
        path = request.uri().path(),
        caller = tracing::field::Empty,
        status = tracing::field::Empty,
    );
    let measured = Measured::begin(&request);
    let response = guarded(&app, request, next).instrument(span.clone()).await;
    measured.end(response.status());
    span.record("status", response.status().as_u16());
    finish(&app, response, &id)
}

async fn guarded(app: &App, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let guarded = ["/api/", "/approvals/"].iter().any(|part| path.contains(part))
        || ["/mcp", "/welcome"].iter().any(|end| path.ends_with(end));
    if guarded && let Err(problem) = same_house(app, &request) {
        return problem.into_response();
    }
    if PATIENT.iter().any(|patient| path.ends_with(patient)) || path.contains("/api/uploads/") {
        return next.run(request).await;
    }
    // Whoever looks after the server must be answered most of all when it has too much to do.
    let _place = if path.contains("/api/") {
        match app.places.try_acquire() {
            Ok(place) => Some(place),
            Err(_) => return crowded(app).into_response(),
        }
    } else {
        None
    };
    let deadline = app.now() + app.config.time_out;
    tokio::select! {
        response = next.run(request) => response,
        () = app.ports.clock.sleep_until(deadline) => {
            let detail = format!("no answer within {} s", app.config.time_out.as_secs());
            codes::PLATFORM_TIMEOUT.problem(detail).into_response()
        }
    }
}

/// Better a no at once than an answer that comes too late.
fn crowded(app: &App) -> Problem {
    let most = app.config.requests_at_once;
    codes::UNAVAILABLE
        .problem(format!("{most} requests are under way, which is as many as there may be"))
        .fix("Send the same request again after Retry-After.")
        .retry_after(1)
}

/// The client's id of the request where it is a sane one, or a fresh one.
fn request_id(app: &App, headers: &HeaderMap) -> String {
    let sane = |id: &&str| {
        (1..=64).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).filter(sane);
    given.map_or_else(|| format!("req_{}", app.ports.ids.uuid(app.now()).simple()), str::to_owned)
}

/// Whether the request names this machine.
pub(crate) fn names_loopback(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    matches!(without_port(host), "localhost" | "127.0.0.1" | "[::1]")
}

/// Whether the request names a host that is ours, and comes from a page that may ask.
fn same_house(app: &App, request: &Request) -> Result<(), Problem> {
    let host = host(request.headers(), request.uri());
    let name = host.as_deref().map(without_port);
    let ours = |name: &str| {
        matches!(name, "localhost" | "127.0.0.1" | "[::1]")
            || app.config.public_url.host_str() == Some(name)
            || app.config.allowed_hosts.iter().any(|host| without_port(host) == name)
    };
    if !name.is_some_and(ours) {
        let named = name.unwrap_or("none");
        return Err(codes::HOST_NOT_ALLOWED.problem(format!("the host named is {named}")));
    }
    let Some(origin) = request.headers().get(header::ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or_default();
    let listed = app.config.allowed_origins.iter().any(|allowed| allowed == origin);
    // A page of this very server: the host was just found to be ours.
    let own = Url::parse(origin).is_ok_and(|url| {
        let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
        let named = url.host_str().map(|name| format!("{name}{port}"));
        url.origin() == app.config.public_url.origin() || named == host
    });
    if listed || own {
        return Ok(());
    }
    Err(codes::ORIGIN_NOT_ALLOWED.problem("a page of another origin asks"))
}

fn host(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let header = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    header
        .map(str::to_ascii_lowercase)
        .or_else(|| uri.authority().map(|authority| authority.as_str().to_ascii_lowercase()))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

/// What every answer carries, unless its route said otherwise.
fn finish(app: &App, mut response: Response, id: &str) -> Response {
    let problem = response.extensions_mut().remove::<Problem>().or_else(|| bare(&response));
    let mut response = match problem {
        Some(problem) => {
            let kinds = app.config.link("docs/errors");
            let body = problem.body(Some(kinds.as_str()), Some(id)).to_string();
            let (mut parts, _) = response.into_parts();
            parts.headers.remove(header::CONTENT_LENGTH);
            let kind = HeaderValue::from_static("application/problem+json");
            parts.headers.insert(header::CONTENT_TYPE, kind);
            Response::from_parts(parts, Body::from(body))
        }
        None => response,
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if app.config.public_url.scheme() == "https" {
        headers
            .entry(header::STRICT_TRANSPORT_SECURITY)
            .or_insert(HeaderValue::from_static("max-age=31536000"));
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}

/// The problem that an error is which a library answered in words of its own, or in none.
fn bare(response: &Response) -> Option<Problem> {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE);
    let plain = kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !(status.is_client_error() || status.is_server_error()) || !plain {
        return None;
    }
    let known = match status.as_u16() {
        404 => &codes::NOT_FOUND,
        405 => &codes::METHOD_NOT_ALLOWED,
        406 => &codes::NOT_ACCEPTABLE,
        413 => &codes::TOO_LARGE,
        415 => &codes::USE_JSON,
        416 => &codes::RANGE_INVALID,
        500.. => &codes::INTERNAL,
        _ => &codes::MALFORMED_REQUEST,
    };
    let why = status.canonical_reason().unwrap_or("the request was refused");
    Some(known.problem(why.to_lowercase()))
}

/// No such address.
pub(crate) async fn not_found() -> Problem {
    codes::NOT_FOUND.problem("nothing is served at this address")
}

/// No such method there.
pub(crate) async fn method_not_allowed(method: Method) -> Problem {
    codes::METHOD_NOT_ALLOWED.problem(format!("{method} is not served at this address"))
}
