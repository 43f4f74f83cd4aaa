//! Every code that a problem can have: its status, and what to do unless a case knows better.

use http::StatusCode;

use crate::Problem;

/// A code of problems.
#[derive(Debug)]
pub(crate) struct Known {
    /// As machines know it.
    pub(crate) code: &'static str,
    /// The HTTP status it comes with.
    pub(crate) status: u16,
    /// What to do, unless the case knows better.
    pub(crate) fix: &'static str,
}

impl Known {
    /// A problem of this code.
    pub(crate) fn problem(&self, detail: impl Into<String>) -> Problem {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retryable = matches!(self.status, 429 | 503 | 504);
        Problem::new(status, self.code, detail, self.fix).retryable(retryable)
    }
}

macro_rules! codes {
    ($($name:ident $status:literal $code:literal $fix:expr;)*) => {
        $(pub(crate) static $name: Known = Known { code: $code, status: $status, fix: $fix };)*
        /// All of them, in the order of their statuses.
        pub(crate) static ALL: &[&Known] = &[$(&$name),*];
    };
}

/// An agent that gets a 401 must neither guess nor look around.
const NO_TOKEN: &str = "Ask the user to set SOCIAL_API_TOKEN; do not try other credentials.";

codes! {
    MALFORMED_JSON 400 "malformed_json" "Send one JSON object in UTF-8, as the documentation shows.";
    MALFORMED_REQUEST 400 "malformed_request" "Correct the request as `detail` says.";
    IDEMPOTENCY_KEY_MISSING 400 "idempotency_key_missing" "Send a key of 1 to 255 characters, or leave it out.";
    IDEMPOTENCY_KEY_CONFLICT 400 "idempotency_key_conflict" "Send the key once: as the header Idempotency-Key, or in the body.";
    CURSOR_INVALID 400 "cursor_invalid" "Use `next_cursor` of the page before as it is, or leave `cursor` out to begin anew.";
    QUERY_INVALID 400 "query_invalid" "Correct the query as `detail` says.";
    HEADER_INVALID 400 "header_invalid" "Correct the header as `detail` says.";
    TOKEN_MISSING 401 "token_missing" NO_TOKEN;
    TOKEN_INVALID 401 "token_invalid" NO_TOKEN;
    LOGIN_FAILED 401 "login_failed" "Correct the address or the password; each wrong try waits longer than the one before.";
    SESSION_ENDED 401 "session_ended" "Refresh the session, or sign in again.";
    PERMISSION_MISSING 403 "permission_missing" "Ask the user for a key that may do this; do not try other credentials.";
    APPROVAL_REQUIRES_HUMAN 403 "approval_requires_human" "Give the user the address to approve at, and stop.";
    CALL_NOT_SIGNED 403 "call_not_signed" "Check that the secret in the configuration is the one of the app that calls.";
    BUDGET_EXCEEDED 403 "budget_exceeded" "Choose a time or network within the key's budget, or ask the user to widen it.";
    HOST_NOT_ALLOWED 403 "host_not_allowed" "Use the address that the server was set up with, or add this host to the allowed ones.";
    METRICS_CLOSED 403 "metrics_closed" "Ask from the server's own machine, or with the token that its configuration names for them.";
    ORIGIN_NOT_ALLOWED 403 "origin_not_allowed" "Add this origin to the allowed ones of the server, or ask without a browser.";
    NOT_FOUND 404 "not_found" "Look at /openapi.json for what there is.";
    POST_NOT_FOUND 404 "post_not_found" "Take an id from GET /api/posts.";
    SERIES_NOT_FOUND 404 "series_not_found" "Take an id from GET /api/series, and an occurrence from its `upcoming`.";
    ACCOUNT_NOT_FOUND 404 "account_not_found" "Take an id from GET /api/accounts.";
    MEDIA_NOT_FOUND 404 "media_not_found" "Upload the file by POST /api/media and use the id that it answers.";
    UPLOAD_NOT_FOUND 404 "upload_not_found" "Begin a new upload by POST /api/uploads; one that nobody goes on with expires.";
    WEBHOOK_NOT_FOUND 404 "webhook_not_found" "Take an id from GET /api/webhooks, and a message's from its deliveries.";
    KEY_NOT_FOUND 404 "key_not_found" "Take an id from GET /api/api-keys.";
    PERSON_NOT_FOUND 404 "person_not_found" "Take an id from GET /api/people.";
    LINK_INVALID 404 "link_invalid" "Ask who sent the link for a new one.";
    METHOD_NOT_ALLOWED 405 "method_not_allowed" "Use a method that the header Allow names.";
    NOT_ACCEPTABLE 406 "not_acceptable" "Accept application/json; of /mcp, text/event-stream as well.";
    CONFIRMATION_REQUIRED 409 "confirmation_required" "Show the user the previews; if they agree, send the same request again with `confirm`.";
    CONFIRMATION_MISMATCH 409 "confirmation_mismatch" "Ask with dry_run again, show the user the new previews, and use the new `confirm`.";
    DUPLICATE_POST 409 "duplicate_post" "Tell the user that it is there already; to publish it again all the same, set allow_duplicate.";
    IDEMPOTENCY_IN_PROGRESS 409 "idempotency_in_progress" "Send the same request with the same key again after Retry-After.";
    POST_NOT_EDITABLE 409 "post_not_editable" "Look at the post; to change what is visible, write a new post.";
    ALREADY_PUBLISHED 409 "already_published" "It is visible: to take it away from the networks, use ?remote=true.";
    MEDIA_IN_USE 409 "media_in_use" "Take it out of the posts that wait first, or call them off.";
    UPLOAD_MOVED 409 "upload_moved" "Ask by HEAD how far the upload is, and go on from there.";
    LAST_ADMIN 409 "last_admin" "Make somebody else an Admin before.";
    MODEL_MISSING 409 "model_missing" "Do without, or ask the operator to configure a model (`[model]`).";
    CONFLICT 409 "conflict" "Read it again and repeat the change.";
    REVISION_MISMATCH 412 "revision_mismatch" "Read the post again, and send the change with its new ETag.";
    TUS_VERSION 412 "tus_version" "Send the header Tus-Resumable: 1.0.0.";
    TOO_LARGE 413 "too_large" "Send less.";
    USE_JSON 415 "use_json" "Send JSON with the header Content-Type: application/json.";
    USE_RAW_BODY 415 "use_raw_body" "Send the file's bytes as the whole body, such as curl --data-binary @photo.jpg.";
    RANGE_INVALID 416 "range_invalid" "Ask for a range within the length that Content-Range names.";
    IDEMPOTENCY_KEY_REUSED 422 "idempotency_key_reused" "Use a fresh key for each post that is meant, and the same one only to repeat a request unchanged.";
    CONTENT_TOO_LONG 422 "content_too_long" "Shorten the text, or set overrides.<platform>.content.";
    CONTENT_EMPTY 422 "content_empty" "Write a text.";
    TOO_MANY_TAGS 422 "too_many_tags" "Leave out some hashtags or mentions.";
    PLATFORM_UNKNOWN 422 "platform_unknown" "Use one of `allowed`.";
    ACCOUNT_NOT_CONNECTED 422 "account_not_connected" "Ask the user to connect it: POST /api/accounts {\"action\":\"connect\",\"platform\":\"…\"} gives the address.";
    ACCOUNT_AMBIGUOUS 422 "account_ambiguous" "Name one account, as platform:account_id; GET /api/accounts lists them.";
    TIME_IN_PAST 422 "time_in_past" "Choose a later time, or \"now\".";
    TIME_WITHOUT_OFFSET 422 "time_without_offset" "Write the time as in 2026-11-23T09:00:00+01:00; ask the user for the zone where it is unknown.";
    TIME_INVALID 422 "time_invalid" "Write the time as in 2026-11-23T09:00:00+01:00, or use \"now\" or \"next-slot\".";
    TOKEN_EXPIRES 422 "token_expires" "Choose an earlier time, or ask the user to connect the account again.";
    MEDIA_UNSUPPORTED 422 "media_unsupported" "Use other media, or leave them out.";
    UNKNOWN_FIELD 422 "unknown_field" "Leave the field out, or correct its name.";
    INVALID_FIELD 422 "invalid_field" "Correct the field as `detail` says.";
    ACTION_UNKNOWN 422 "action_unknown" "Use one of `allowed`.";
    TIMEFRAME_INVALID 422 "timeframe_invalid" "Use 24h, 7d, 30d, 90d, or <from>/<to> with offsets.";
    RATE_LIMITED 429 "rate_limited" "Wait as long as Retry-After says.";
    PLATFORM_RATE_LIMITED 429 "platform_rate_limited" "The network wants to be left alone: wait as long as Retry-After says.";
    CHECKSUM_MISMATCH 460 "checksum_mismatch" "Nothing of it counts: send the same bytes from the same offset again.";
    INTERNAL 500 "internal" "Give the operator the request_id.";
    PLATFORM_ERROR 502 "platform_error" "Look at what the network says, and try again later where `retryable`.";
    UNAVAILABLE 503 "unavailable" "Try again later.";
    PLATFORM_TIMEOUT 504 "platform_timeout" "It may have been done: look, or send the same request with the same Idempotency-Key, and no other.";
}
