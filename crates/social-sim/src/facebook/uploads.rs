//! The Resumable Upload API: a session, bytes by offset, a handle.
//! <https://developers.facebook.com/docs/graph-api/guides/upload>

use serde_json::json;

use super::Session;
use crate::call::Call;
use crate::meta::auth;
use crate::meta::errors::{GraphError, GraphResult};
use crate::reply;
use crate::state::State;

pub(crate) fn start(state: &mut State, call: &Call) -> GraphResult {
    auth::viewer(state, call)?;
    let app = call.path.iter().rev().nth(1).cloned().unwrap_or_default();
    if state.cfg.client(&app).is_none() {
        return Err(GraphError::unreachable("post", &app));
    }
    let length =
        call.params.number("file_length").ok_or_else(|| GraphError::missing("file_length"))?;
    if call.params.filled("file_type").is_none() {
        return Err(GraphError::missing("file_type"));
    }
    let id = format!("upload:{}", state.ids.secret("upload"));
    state.pages.sessions.insert(id.clone(), Session { length, bytes: Vec::new() });
    Ok(reply::json(200, &json!({ "id": id })))
}

pub(crate) fn bytes(state: &mut State, call: &Call, id: &str) -> GraphResult {
    // Here the header is mandatory: a token in the query does not count.
    let token = call.bearer().ok_or_else(|| {
        GraphError::new(104, "An access token is required to request this resource.")
    })?;
    auth::check(state, call, token)?;
    let session =
        state.pages.sessions.get_mut(id).ok_or_else(|| GraphError::unreachable("post", id))?;
    let offset = call.header("file_offset").and_then(|text| text.parse::<u64>().ok());
    let have = session.bytes.len() as u64;
    if offset != Some(have) {
        return Err(GraphError::param(format_args!("file_offset must be {have}")));
    }
    session.bytes.extend_from_slice(&call.body);
    if (session.bytes.len() as u64) < session.length {
        return Err(GraphError::new(6_001, "(#6001) The upload is not complete"));
    }
    let bytes = std::mem::take(&mut session.bytes);
    state.pages.sessions.remove(id);
    let hash = state.shelf.keep(bytes.into());
    let handle = format!("4::{}", state.ids.secret("handle"));
    state.pages.handles.insert(handle.clone(), hash);
    Ok(reply::json(200, &json!({ "h": handle })))
}

pub(crate) fn status(state: &State, call: &Call, id: &str) -> GraphResult {
    auth::viewer(state, call)?;
    let session = state.pages.sessions.get(id).ok_or_else(|| GraphError::unreachable("get", id))?;
    Ok(reply::json(200, &json!({"id": id, "file_offset": session.bytes.len()})))
}
