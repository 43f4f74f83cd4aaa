//! The media that networks fetch: `GET /media/{key}` with the query that the blob store signed.

use std::ops::Range;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode, header};
use social_core::ports::{BlobError, BlobKey, BlobStore};

use crate::Problem;

/// Serves blobs to whoever holds an address that the blob store handed out, ranges included.
pub fn media(blobs: Arc<dyn BlobStore>) -> Router {
    Router::new().route("/media/{*key}", get(serve)).with_state(blobs)
}

async fn serve(
    State(blobs): State<Arc<dyn BlobStore>>,
    Path(key): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    // Whether the address is wrong, has expired or never was: the same answer, so that nobody
    // learns by asking what there is.
    let gone = || {
        Problem::new(
            StatusCode::NOT_FOUND,
            "media_not_found",
            "no media is served at this address, or the address has expired",
            "Ask for a fresh address.",
        )
    };
    let key = BlobKey::new(key).map_err(|_| gone())?;
    if !blobs.allows(&key, query.as_deref().unwrap_or_default()) {
        return Err(gone());
    }
    let failed = |error: BlobError| {
        tracing::error!(%key, %error, "media could not be read");
        let detail = "the media could not be read";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail, "Try again later.")
    };
    let len = blobs.len(&key).await.map_err(failed)?.ok_or_else(gone)?;
    let range = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let (status, range) = match range.map(|range| parse(range, len)) {
        None | Some(Asked::Ignored) => (StatusCode::OK, 0..len),
        Some(Asked::Part(range)) => (StatusCode::PARTIAL_CONTENT, range),
        Some(Asked::Outside) => {
            let headers = [(header::CONTENT_RANGE, format!("bytes */{len}"))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, headers).into_response());
        }
    };
    let stream = blobs.read(&key, range.clone()).await.map_err(failed)?;
    let mut response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, mime(&key))
        .header(header::CONTENT_LENGTH, range.end - range.start)
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::CACHE_CONTROL, "private");
    if status == StatusCode::PARTIAL_CONTENT {
        let (first, last) = (range.start, range.end - 1);
        response = response.header(header::CONTENT_RANGE, format!("bytes {first}-{last}/{len}"));
    }
    response.body(Body::from_stream(stream)).map_err(|_| gone())
}

/// What a `Range` header asks for (RFC 9110, section 14).
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// These bytes.
    Part(Range<u64>),
    /// Bytes that are not there.
    Outside,
    /// Something that a server may answer with the whole.
    Ignored,
}

fn parse(range: &str, len: u64) -> Asked {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|r| r.split_once('-')) else {
        return Asked::Ignored;
    };
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(len),
        (Ok(first), Err(_)) if last.is_empty() => first..len,
        (Err(_), Ok(count)) if first.is_empty() => len.saturating_sub(count)..len,
        _ => return Asked::Ignored,
    };
    if range.is_empty() { Asked::Outside } else { Asked::Part(range) }
}

fn mime(key: &BlobKey) -> &'static str {
    match key.as_str().rsplit_once('.').map(|(_, extension)| extension) {
        Some("jpg") => "image/jpeg",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("gif") => "image/gif",
        Some("mp4") => "video/mp4",
        Some("mov") => "video/quicktime",
        Some("webm") => "video/webm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        assert_eq!(parse("bytes=0-3", 10), Asked::Part(0..4));
        assert_eq!(parse("bytes=8-", 10), Asked::Part(8..10));
        assert_eq!(parse("bytes=-3", 10), Asked::Part(7..10));
        assert_eq!(parse("bytes=4-99", 10), Asked::Part(4..10));
        assert_eq!(parse("bytes=10-", 10), Asked::Outside);
        assert_eq!(parse("bytes=0-1,4-5", 10), Asked::Ignored);
        assert_eq!(parse("lines=1-2", 10), Asked::Ignored);
    }
}
