//! Comments by the page itself.

use serde_json::{Value, json};

use super::{Comment, page_of, readable, writable};
use crate::call::Call;
use crate::meta::errors::{GraphError, GraphResult};
use crate::meta::fields::select;
use crate::meta::paging;
use crate::network::Network;
use crate::reply;
use crate::state::{Shown, State};

pub(crate) fn create(state: &mut State, call: &Call, object: &str) -> GraphResult {
    let page = page_of(state, call, object)?;
    writable(state, call, &page, &["pages_manage_engagement", "pages_read_engagement"])?;
    let message =
        call.params.filled("message").ok_or_else(|| GraphError::missing("message"))?.to_owned();
    let stem = object.split('_').next_back().unwrap_or(object);
    let id = state.ids.decimal(&format!("{stem}_3"), 10);
    state.show(&Shown {
        platform: Network::Facebook,
        account_id: &page,
        remote_id: &id,
        kind: "comment",
        text: &message,
        media: &[],
        parent: Some(object),
        at: call.now,
    });
    let comment = Comment { page, object: object.to_owned(), message, at: call.now };
    state.pages.comments.insert(id.clone(), comment);
    Ok(reply::json(200, &json!({ "id": id })))
}

pub(crate) fn list(state: &State, call: &Call, object: &str) -> GraphResult {
    readable(state, call, &page_of(state, call, object)?)?;
    let rows: Vec<Value> = state
        .pages
        .comments
        .iter()
        .filter(|(_, comment)| comment.object == object)
        .map(|(id, comment)| {
            let row = json!({
                "id": id,
                "message": comment.message,
                "created_time": comment.at.to_graph(),
                "from": {"id": comment.page},
            });
            select(&row, call.params.get("fields"), &["message", "created_time", "from"])
        })
        .collect();
    Ok(reply::json(200, &paging::whole(&rows)))
}
