//! Lists of the Graph API: `data` and cursors.

use serde_json::{Value, json};

use super::errors::GraphError;
use crate::call::Call;
use crate::state::State;

/// A list that is never cut.
pub(crate) fn whole(rows: &[Value]) -> Value {
    if rows.is_empty() {
        return json!({ "data": [] });
    }
    json!({"data": rows, "paging": {"cursors": {"before": "QVFIU0", "after": "QVFIUE"}}})
}

/// The part of a list that `limit` and `after` ask for. `items` are ids and rows, newest first.
pub(crate) fn page(
    state: &State,
    call: &Call,
    items: &[(String, Value)],
) -> Result<Value, GraphError> {
    let limit = call.params.number("limit").unwrap_or(25);
    if limit == 0 || limit > 100 {
        return Err(GraphError::param("limit must be between 1 and 100"));
    }
    let limit = usize::try_from(limit).unwrap_or(25);
    let start = match call.params.filled("after") {
        Some(cursor) => items
            .iter()
            .position(|(id, _)| cursor_of(id) == cursor)
            .map(|at| at + 1)
            .ok_or_else(|| GraphError::param("Invalid cursor"))?,
        None => 0,
    };
    let shown: Vec<&(String, Value)> = items.iter().skip(start).take(limit).collect();
    let (Some(first), Some(last)) = (shown.first(), shown.last()) else {
        return Ok(json!({ "data": [] }));
    };
    let after = cursor_of(&last.0);
    let mut paging = json!({"cursors": {"before": cursor_of(&first.0), "after": after}});
    if start + shown.len() < items.len() {
        let mut url = crate::hosts::under(&state.base, call.raw_path.trim_start_matches('/'));
        url.query_pairs_mut().extend_pairs(
            form_urlencoded::parse(call.raw_query.as_bytes()).filter(|(name, _)| name != "after"),
        );
        url.query_pairs_mut().append_pair("after", &after);
        paging["next"] = url.as_str().into();
    }
    let rows: Vec<&Value> = shown.iter().map(|(_, row)| row).collect();
    Ok(json!({"data": rows, "paging": paging}))
}

fn cursor_of(id: &str) -> String {
    format!("QVFI{}", hex::encode(id))
}

/// Whether an instant lies in the `since` and `until` asked for (unix seconds).
pub(crate) fn in_range(call: &Call, secs: i64) -> bool {
    let bound = |name: &str| call.params.get(name).and_then(|v| v.parse::<i64>().ok());
    bound("since").is_none_or(|since| secs >= since)
        && bound("until").is_none_or(|until| secs <= until)
}
