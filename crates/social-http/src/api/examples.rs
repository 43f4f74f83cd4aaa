//! What answers look like, for the document. A test asks and compares.

use serde_json::{Value, json};

/// The shapes that have an example, by their names in the document.
pub(crate) fn all() -> [(&'static str, Value); 7] {
    [
        ("PostAnswer", post()),
        ("PostPage", page(&with_text())),
        ("DryRun", dry_run()),
        ("AccountList", accounts()),
        ("MediaAnswer", media()),
        ("MediaPage", page(&media())),
        ("Problem", problem()),
    ]
}

const ACCOUNT: &str = "acct_01JD3V9K7N3Q5R7T9V1X3Z5B7D";
const TEXT: &str = "Fresh coffee, roasted at the harbour.";

fn post() -> Value {
    json!({
        "id": "post_01JD3V9K7N3Q5R7T9V1X3Z5B7D",
        "status": "scheduled",
        "time": "2030-01-04T08:00:00Z",
        "results": [{"platform": "facebook", "account_id": ACCOUNT, "status": "scheduled"}],
    })
}

fn with_text() -> Value {
    let mut post = post();
    post["content"] = TEXT.into();
    post
}

fn page(item: &Value) -> Value {
    json!({"items": [item], "next_cursor": null})
}

fn dry_run() -> Value {
    json!({
        "dry_run": true,
        "valid": true,
        "time": "2030-01-04T08:00:00Z",
        "previews": [{
            "platform": "facebook",
            "account_id": ACCOUNT,
            "account": "Harbour Coffee",
            "kind": "text",
            "text": TEXT,
            "length": 37,
            "limit": 63206,
            "posts_left": null,
            "media": [],
            "warnings": [],
            "fixes": [],
            "pictures": [],
        }],
        "confirm": "cfm_b695abaf841da979c31c6fcf6c7f6f303f7897b156813ae755750e90ea34f292",
        "expires_at": "2030-01-03T10:15:00Z",
    })
}

fn accounts() -> Value {
    json!({"items": [{
        "platform": "facebook",
        "account_id": ACCOUNT,
        "name": "Harbour Coffee",
        "handle": null,
        "status": "ok",
        "expires_at": null,
        "limits": {"chars": 63206, "media": 10, "posts_left_today": null},
    }]})
}

fn media() -> Value {
    json!({
        "id": "media_01JD3V9K7N3Q5R7T9V1X3Z5B7D",
        "mime": "image/png",
        "type": "image",
        "width": 1080,
        "height": 1350,
        "bytes": 48213,
        "name": "beans.png",
        "created_at": "2030-01-03T10:00:00Z",
    })
}

fn problem() -> Value {
    json!({
        "type": "https://social.example.com/docs/errors#time_without_offset",
        "title": "Time without offset",
        "status": 422,
        "detail": "/time: `2030-01-04 09:00` has no offset: write the time as in \
            2030-01-04T09:00:00+01:00, or with Z for UTC",
        "code": "time_without_offset",
        "fix": "Write the time as in 2030-01-04T09:00:00+01:00; ask the user for the zone where it \
            is unknown.",
        "retryable": false,
        "errors": [{
            "pointer": "/time",
            "code": "time_without_offset",
            "detail": "`2030-01-04 09:00` has no offset: write the time as in \
                2030-01-04T09:00:00+01:00, or with Z for UTC",
        }],
        "request_id": "req_01a2090100167b3ebccc64e8803a4f20",
    })
}
