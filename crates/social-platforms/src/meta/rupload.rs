//! The host that takes the bytes of containers, reels and stories.
//!
//! Meta, "Resumable uploads" of Instagram and "Reels publishing: upload".

use http::header::HeaderName;
use serde::Deserialize;
use social_core::domain::Platform;
use social_core::flow::Effect;
use social_core::ports::{BlobKey, Body, Request, Response};
use social_core::{ErrorKind, PlatformError, Retry};
use url::Url;

use super::errors::{Row, classify};
use super::graph::Graph;
use crate::http::{Build, redact};
use crate::verdict::{Verdict, judge};

/// `POST` to the address that came with a container or session: its bytes from `offset` on.
#[derive(Debug)]
pub(crate) struct Upload<'a> {
    pub(crate) uri: &'a Url,
    pub(crate) key: &'a BlobKey,
    pub(crate) offset: u64,
    pub(crate) size: u64,
}

#[derive(Debug, Deserialize)]
struct Answer {
    #[serde(default)]
    success: bool,
    debug_info: Option<DebugInfo>,
}

#[derive(Debug, Deserialize)]
struct DebugInfo {
    #[serde(default)]
    retriable: bool,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    message: String,
}

/// What became of bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Uploaded {
    /// All are there.
    Whole,
    /// The other side has another number of bytes: ask it which.
    Elsewhere,
}

/// How far an upload has come, as a container's or a clip's status tells.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct UploadingPhase {
    #[serde(default)]
    status: String,
    // The documentation has both spellings, and so have answers, now and then at once.
    bytes_transferred: Option<u64>,
    bytes_transfered: Option<u64>,
}

impl UploadingPhase {
    /// How many bytes have arrived; `None` where all have.
    pub(crate) fn missing_from(&self) -> Option<u64> {
        if self.status.starts_with("complete") {
            return None;
        }
        self.bytes_transferred.or(self.bytes_transfered).or(Some(0))
    }
}

impl Upload<'_> {
    pub(crate) fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        // The token goes to no other host than the one it is meant for.
        if self.uri.origin() != graph.hosts.rupload.origin() {
            return Err(PlatformError::new(
                graph.platform.clone(),
                ErrorKind::Malformed,
                "the upload address is not on the host that takes uploads",
            ));
        }
        let bytes =
            Body::blob(self.key.clone(), self.offset, self.size.saturating_sub(self.offset));
        Build::post(self.uri.clone())
            .authorization("OAuth", graph.token)
            .header(HeaderName::from_static("offset"), &self.offset.to_string())
            .header(HeaderName::from_static("file_size"), &self.size.to_string())
            .bytes("application/octet-stream", bytes)
            .finish(graph.platform)
    }
}

/// What the upload host says.
pub(crate) fn parse(graph: &Graph<'_>, response: &Response) -> Result<Uploaded, PlatformError> {
    let answer = serde_json::from_slice::<Answer>(response.body()).ok();
    if response.status().is_success() && answer.as_ref().is_some_and(|it| it.success) {
        return Ok(Uploaded::Whole);
    }
    let kind = answer.and_then(|it| it.debug_info).map(|info| info.kind);
    match kind.as_deref() {
        Some("OffsetInvalidError" | "PartialRequestError") => Ok(Uploaded::Elsewhere),
        _ => Err(failed(graph.platform, graph.table, response)),
    }
}

/// What a refusal of the upload host means, which has a shape of its own.
pub(crate) fn failed(platform: &Platform, table: &[Row], response: &Response) -> PlatformError {
    const CHECK: &str = "Check the file against the network's limits, and try again.";
    let answer = serde_json::from_slice::<Answer>(response.body()).ok();
    let Some(debug) = answer.and_then(|answer| answer.debug_info) else {
        return classify(platform, table, Effect::Upload, response);
    };
    let status = response.status();
    let verdict = if debug.retriable {
        Some(Verdict::new(ErrorKind::Unavailable, Retry::Backoff, ""))
    } else if status.as_u16() == 401 || debug.kind == "NotAuthorizedError" {
        None
    } else {
        Some(Verdict::new(ErrorKind::MediaRejected, Retry::Never, CHECK).definite())
    };
    judge(platform, Effect::Upload, status, verdict, redact(&debug.message))
        .code(debug.kind, None::<&str>)
}
