//! The container and its life: `IN_PROGRESS`, `FINISHED`, `PUBLISHED`, or `ERROR`, `EXPIRED`.

use serde_json::json;
use social_core::Timestamp;

use super::Product;
use crate::call::Call;
use crate::meta::auth;
use crate::meta::errors::{GraphError, GraphResult};
use crate::meta::fields::select;
use crate::meta::rupload::Incoming;
use crate::reply;
use crate::state::State;
use crate::tokens::DAY;

/// What will be published, or a part of it.
#[derive(Debug, Clone)]
pub(crate) struct Container {
    pub account: String,
    pub caption: String,
    pub alt_text: Option<String>,
    pub product: Product,
    pub is_child: bool,
    pub hashes: Vec<String>,
    pub created_at: Timestamp,
    /// When processing ends; `None` until the bytes are there.
    pub ready_at: Option<Timestamp>,
    /// The subcode that processing ends in.
    pub error: Option<i64>,
    pub published: Option<String>,
    pub incoming: Option<Incoming>,
}

/// Where a container stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    InProgress,
    Finished,
    Published,
    Error(i64),
    Expired,
}

impl Container {
    pub(crate) fn status(&self, now: Timestamp) -> Status {
        if self.published.is_some() {
            return Status::Published;
        }
        if now >= self.created_at + DAY {
            return Status::Expired;
        }
        match (self.ready_at, self.error) {
            (Some(ready), _) if now < ready => Status::InProgress,
            (None, _) => Status::InProgress,
            (_, Some(subcode)) => Status::Error(subcode),
            _ => Status::Finished,
        }
    }
}

/// How the count of arrived bytes is spelt: the guides and the specification do not agree.
pub(crate) fn bytes_name(state: &State) -> &'static str {
    if state.cfg.meta.guide_spelling { "bytes_transfered" } else { "bytes_transferred" }
}

/// `GET /{container}?fields=status_code,status,…`.
pub(crate) fn read(state: &State, call: &Call, id: &str) -> GraphResult {
    let token = auth::viewer(state, call)?;
    let unreachable = || GraphError::unreachable(call.method.as_str(), id);
    let container = state.instagram.containers.get(id).ok_or_else(unreachable)?;
    auth::instagram(state, &token, &container.account).ok_or_else(unreachable)?;
    auth::require(&token, 10, &["instagram_basic"])?;
    if call.method != http::Method::GET {
        return Err(unreachable());
    }
    let (code, text) = match container.status(call.now) {
        Status::InProgress => {
            ("IN_PROGRESS", "In Progress: Media is still being processed.".to_owned())
        }
        Status::Finished => (
            "FINISHED",
            "Finished: Media has been uploaded and it is ready to be published.".into(),
        ),
        Status::Published => ("PUBLISHED", "Published: Media has been published.".to_owned()),
        Status::Expired => ("EXPIRED", "Expired: Media was not published within 24 hours.".into()),
        Status::Error(subcode) => {
            ("ERROR", format!("Error: Media upload has failed with error code {subcode}"))
        }
    };
    let mut object = json!({
        "id": id,
        "status_code": code,
        "status": text,
        "copyright_check_status": {"status": "completed", "matches_found": false},
    });
    if let Some(incoming) = &container.incoming {
        let got = if incoming.whole { incoming.size } else { incoming.received() };
        object["video_status"] = json!({
            "uploading_phase": {
                "status": if incoming.whole { "complete" } else { "in_progress" },
                (bytes_name(state)): got,
                "source_file_size": incoming.size,
            },
            "processing_phase": {"status": match container.status(call.now) {
                Status::InProgress if !incoming.whole => "not_started",
                Status::InProgress => "in_progress",
                Status::Error(_) => "error",
                _ => "complete",
            }},
        });
    }
    Ok(reply::json(200, &select(&object, call.params.get("fields"), &[])))
}
