//! What the errors of LinkedIn mean.
//!
//! Microsoft Learn, "Error handling" and the error tables of the Posts, Images and Videos API.

use std::time::Duration;

use serde::Deserialize;
use social_core::domain::Platform;
use social_core::flow::Effect;
use social_core::ports::Response;
use social_core::{ErrorKind, PlatformError, Retry};

use crate::http::{redact, start_of};
use crate::verdict::{Verdict, judge};

const SIGN_IN: &str = "Sign in to LinkedIn again to reconnect the account.";
const ALLOW: &str = "Sign in again and allow everything that is asked for. To post for an organisation you must be its administrator, and the app approved for Community Management.";
const FIELDS: &str = "Check the post: LinkedIn does not take one of its fields.";
const UPDATE: &str = "Update this program: LinkedIn no longer takes this request.";
const GONE: &str = "Check that it still exists and that the account may see it.";
const PAUSE: &str = "Nothing: LinkedIn asks for a pause, and it is tried again by itself.";
const PASSES: &str = "Nothing: LinkedIn is not ready, and it is tried again by itself.";
const UPGRADE: &str = "Update this program, or configure a newer version of LinkedIn's API.";

const fn no(kind: ErrorKind, action: &'static str) -> Verdict {
    Verdict::new(kind, Retry::Never, action).definite()
}

/// Codes, and what they mean.
const TABLE: &[(&str, Verdict)] = &[
    ("EMPTY_ACCESS_TOKEN", no(ErrorKind::Auth, SIGN_IN)),
    ("INVALID_ACCESS_TOKEN", no(ErrorKind::Auth, SIGN_IN)),
    ("EXPIRED_ACCESS_TOKEN", no(ErrorKind::Auth, SIGN_IN)),
    // A token just issued may be called revoked for some seconds.
    ("REVOKED_ACCESS_TOKEN", no(ErrorKind::Auth, SIGN_IN)),
    ("ACCESS_DENIED", no(ErrorKind::Permission, ALLOW)),
    (
        "TOO_MANY_REQUESTS",
        Verdict::new(
            ErrorKind::RateLimited,
            Retry::Backoff,
            "LinkedIn counts requests by the day: the count starts anew at midnight UTC.",
        )
        .definite(),
    ),
    ("NONEXISTENT_VERSION", no(ErrorKind::Unsupported, UPGRADE)),
    ("VERSION_MISSING", no(ErrorKind::Unsupported, UPGRADE)),
    (
        "DUPLICATE_POST",
        no(
            ErrorKind::Duplicate,
            "The same text was posted within ten minutes: look at it, or change the text.",
        ),
    ),
    ("INVALID_IMAGE_ID", no(ErrorKind::MediaRejected, "Upload the picture again.")),
    ("INVALID_VIDEO_ID", no(ErrorKind::MediaRejected, "Upload the clip again.")),
    (
        "MEDIA_ASSET_WAITING_UPLOAD",
        Verdict::new(ErrorKind::NotReady, Retry::After(Duration::from_secs(5)), PASSES).definite(),
    ),
    (
        "MEDIA_ASSET_PROCESSING_FAILED",
        no(
            ErrorKind::MediaRejected,
            "Convert the file to JPEG or to MP4 with H.264, and try again.",
        ),
    ),
    ("FIELD_LENGTH_TOO_LONG", no(ErrorKind::Rejected, "Shorten the text to 3000 characters.")),
    ("MISSING_FIELD", no(ErrorKind::Rejected, FIELDS)),
    ("MISSING_REQUIRED_FIELD_FOR_DSC", no(ErrorKind::Rejected, FIELDS)),
    ("INVALID_VALUE_FOR_FIELD", no(ErrorKind::Rejected, FIELDS)),
    ("INVALID_VALUE_BLANK_FIELD", no(ErrorKind::Rejected, "Write a text.")),
    ("INVALID_URN_TYPE", no(ErrorKind::Rejected, FIELDS)),
    ("INVALID_URN_ID", no(ErrorKind::Rejected, FIELDS)),
    ("PARAM_INVALID", no(ErrorKind::Rejected, FIELDS)),
    ("QUERY_PARAM_NOT_ALLOWED", no(ErrorKind::Rejected, UPDATE)),
    ("UNPROCESSABLE_ENTITY", no(ErrorKind::Rejected, FIELDS)),
    ("ILLEGAL_ARGUMENT", no(ErrorKind::Rejected, UPDATE)),
    ("NOT_FOUND", Verdict::new(ErrorKind::NotFound, Retry::Never, GONE)),
    ("RESOURCE_NOT_FOUND", Verdict::new(ErrorKind::NotFound, Retry::Never, UPDATE)),
    (
        "CONFLICT",
        Verdict::new(ErrorKind::Unavailable, Retry::After(Duration::from_secs(1)), PASSES),
    ),
    ("UPDATING_ASSET_FAILED", Verdict::new(ErrorKind::Unavailable, Retry::Backoff, PASSES)),
    ("INTERNAL_SERVER_ERROR", Verdict::new(ErrorKind::Unavailable, Retry::Backoff, PASSES)),
    ("SERVICE_UNAVAILABLE", Verdict::new(ErrorKind::Unavailable, Retry::Backoff, PASSES)),
    ("UNDER_MAINTENANCE", Verdict::new(ErrorKind::Unavailable, Retry::Backoff, PASSES)),
    ("GATEWAY_TIMEOUT", Verdict::new(ErrorKind::Unavailable, Retry::Backoff, PASSES)),
    // An upload address that has passed: nothing was kept.
    ("EXPIRED_UPLOAD_URL", Verdict::new(ErrorKind::Expired, Retry::Never, "Publish it again.")),
];

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    message: String,
    code: Option<String>,
    service_error_code: Option<i64>,
    error_details: Option<Details>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Details {
    input_errors: Vec<InputError>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct InputError {
    code: Option<String>,
    description: String,
}

/// What an answer that is no success means.
pub(super) fn classify(platform: &Platform, effect: Effect, response: &Response) -> PlatformError {
    let status = response.status();
    let Ok(body) = serde_json::from_slice::<Body>(response.body()) else {
        let detail = format!("HTTP {}: {}", status.as_u16(), start_of(response.body()));
        return judge(platform, effect, status, by_status(status.as_u16()), detail);
    };
    let input = body.error_details.as_ref().and_then(|details| details.input_errors.first());
    let finer = input.and_then(|input| input.code.clone());
    let code = if live_urn(&body.message).is_some() {
        Some("DUPLICATE_POST".to_owned())
    } else {
        body.code.clone()
    };
    let verdict = [&finer, &code]
        .into_iter()
        .flatten()
        .find_map(|code| TABLE.iter().find(|row| row.0 == code))
        .map(|row| row.1)
        .filter(|_| !status.is_server_error())
        .or_else(|| by_status(status.as_u16()));
    let mut detail = redact(&body.message);
    if let Some(input) = input.filter(|input| !body.message.contains(&input.description)) {
        detail = format!("{detail}: {}", redact(&input.description));
    }
    let mut error = judge(platform, effect, status, verdict, detail);
    let number = body.service_error_code.map(|number| number.to_string());
    error.code = code.or_else(|| number.clone()).or_else(|| Some(status.as_u16().to_string()));
    error.subcode = finer.or(number);
    if error.kind == ErrorKind::RateLimited && body.message.contains(" DAY ") {
        // Only midnight UTC helps; an hour is a fair way to wait for it.
        error.retry = Retry::After(Duration::from_secs(3600));
    }
    error
}

/// What the status says where the code does not. A definite no to a Commit is only what was
/// refused before anything was looked at.
fn by_status(status: u16) -> Option<Verdict> {
    Some(match status {
        401 => no(ErrorKind::Auth, SIGN_IN),
        403 => no(ErrorKind::Permission, ALLOW),
        404 => Verdict::new(ErrorKind::NotFound, Retry::Never, GONE),
        409 => Verdict::new(ErrorKind::Unavailable, Retry::After(Duration::from_secs(1)), PASSES),
        413 | 415 => no(ErrorKind::MediaRejected, "Convert the file to a smaller JPEG or MP4."),
        426 => no(ErrorKind::Unsupported, UPGRADE),
        429 => Verdict::new(ErrorKind::RateLimited, Retry::Backoff, PAUSE).definite(),
        400 | 411 | 422 => no(ErrorKind::Rejected, FIELDS),
        _ => return None,
    })
}

/// The post that a refusal of a duplicate names.
pub(super) fn live_urn(message: &str) -> Option<&str> {
    let start = message.find("duplicate of urn:li:")? + "duplicate of ".len();
    let urn = &message[start..];
    let id = urn.strip_prefix("urn:li:share:").or_else(|| urn.strip_prefix("urn:li:ugcPost:"))?;
    let digits = id.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0).then(|| &urn[..urn.len() - id.len() + digits])
}

/// The post that the refusal `response` names, where it refuses a duplicate.
pub(super) fn duplicate_of(response: &Response) -> Option<String> {
    if response.status().as_u16() != 422 {
        return None;
    }
    let body: Body = serde_json::from_slice(response.body()).ok()?;
    live_urn(&body.message).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Response {
        http::Response::builder().status(status).body(body.to_owned().into()).unwrap()
    }

    #[test]
    fn the_table_of_a_commit() {
        let first = Retry::ReconcileFirst;
        let day = Retry::After(Duration::from_secs(3600));
        for (status, body, kind, retry) in [
            (
                401,
                r#"{"status":401,"serviceErrorCode":65601,"code":"REVOKED_ACCESS_TOKEN","message":"revoked"}"#,
                ErrorKind::Auth,
                Retry::Never,
            ),
            (
                401,
                r#"{"message":"Empty oauth2_access_token","serviceErrorCode":401,"status":401}"#,
                ErrorKind::Auth,
                Retry::Never,
            ),
            (
                403,
                r#"{"status":403,"serviceErrorCode":100,"code":"ACCESS_DENIED","message":"Not enough permissions"}"#,
                ErrorKind::Permission,
                Retry::Never,
            ),
            (
                429,
                r#"{"serviceErrorCode":101,"message":"Resource level throttle APPLICATION DAY limit for calls to this resource is reached.","status":429}"#,
                ErrorKind::RateLimited,
                day,
            ),
            (
                426,
                r#"{"status":426,"code":"NONEXISTENT_VERSION","message":"not active"}"#,
                ErrorKind::Unsupported,
                Retry::Never,
            ),
            (
                422,
                r#"{"message":"ERROR :: /author :: field is required","status":422}"#,
                ErrorKind::Rejected,
                Retry::Never,
            ),
            (
                409,
                r#"{"status":409,"code":"CONFLICT","message":"conflict"}"#,
                ErrorKind::OutcomeUnknown,
                first,
            ),
            (
                500,
                r#"{"status":500,"code":"INTERNAL_SERVER_ERROR","message":"oh"}"#,
                ErrorKind::OutcomeUnknown,
                first,
            ),
            (504, "<html>", ErrorKind::OutcomeUnknown, first),
            (
                418,
                r#"{"status":418,"code":"TEAPOT","message":"?"}"#,
                ErrorKind::OutcomeUnknown,
                first,
            ),
        ] {
            let error = classify(&Platform::LINKEDIN, Effect::Commit, &answer(status, body));
            assert_eq!((error.kind, error.retry), (kind, retry), "{body}");
        }
    }

    #[test]
    fn a_duplicate_names_the_live_post() {
        let long = answer(
            422,
            r#"{"errorDetailType":"com.linkedin.common.error.BadRequest","message":"com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of urn:li:share:7295588489876647936","errorDetails":{"inputErrors":[{"description":"Duplicate post is detected","input":{},"code":"DUPLICATE_POST"}]},"status":422}"#,
        );
        assert_eq!(duplicate_of(&long).as_deref(), Some("urn:li:share:7295588489876647936"));
        let short = answer(
            422,
            r#"{"message":"Content is a duplicate of urn:li:ugcPost:72 (x)","status":422}"#,
        );
        assert_eq!(duplicate_of(&short).as_deref(), Some("urn:li:ugcPost:72"));
        let error = classify(&Platform::LINKEDIN, Effect::Commit, &short);
        assert_eq!((error.kind, error.retry), (ErrorKind::Duplicate, Retry::Never));
        assert!(error.detail.contains("urn:li:ugcPost:72"), "{}", error.detail);
    }

    #[test]
    fn of_reads_a_conflict_is_tried_once_more() {
        let error = classify(&Platform::LINKEDIN, Effect::Read, &answer(409, "{}"));
        assert_eq!(error.retry, Retry::After(Duration::from_secs(1)));
    }

    #[test]
    fn every_known_code_has_a_kind_an_advice_and_a_sentence() {
        #[rustfmt::skip]
        let known = [
            "EMPTY_ACCESS_TOKEN", "INVALID_ACCESS_TOKEN", "REVOKED_ACCESS_TOKEN",
            "EXPIRED_ACCESS_TOKEN", "ACCESS_DENIED", "TOO_MANY_REQUESTS", "CONFLICT",
            "INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE", "UNDER_MAINTENANCE",
            "GATEWAY_TIMEOUT", "INVALID_IMAGE_ID", "INVALID_VIDEO_ID",
            "MEDIA_ASSET_WAITING_UPLOAD", "MEDIA_ASSET_PROCESSING_FAILED", "EXPIRED_UPLOAD_URL",
            "UPDATING_ASSET_FAILED", "DUPLICATE_POST", "MISSING_FIELD", "INVALID_VALUE_FOR_FIELD",
            "INVALID_VALUE_BLANK_FIELD", "FIELD_LENGTH_TOO_LONG", "INVALID_URN_TYPE",
            "INVALID_URN_ID", "PARAM_INVALID", "QUERY_PARAM_NOT_ALLOWED", "UNPROCESSABLE_ENTITY",
            "ILLEGAL_ARGUMENT", "MISSING_REQUIRED_FIELD_FOR_DSC", "NONEXISTENT_VERSION",
            "VERSION_MISSING", "NOT_FOUND", "RESOURCE_NOT_FOUND",
        ];
        for code in known {
            let row = TABLE.iter().find(|row| row.0 == code);
            let action = row.unwrap_or_else(|| panic!("{code} is not in the table")).1.action;
            assert!(action.ends_with('.'), "{code}: {action:?}");
        }
        assert_eq!(TABLE.len(), known.len(), "a row is not in this list");
        for status in [400, 401, 403, 404, 409, 411, 413, 415, 422, 426, 429] {
            let verdict = by_status(status).unwrap_or_else(|| panic!("{status}"));
            assert!(verdict.action.ends_with('.'), "{status}");
        }
    }
}
