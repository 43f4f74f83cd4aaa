//! What the errors of the Graph mean.
//!
//! Meta, "Handling errors" and "Rate limits". The code decides, never the HTTP status, which is
//! 400 for nearly all of them.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use social_core::domain::Platform;
use social_core::flow::Effect;
use social_core::ports::Response;
use social_core::{ErrorKind, PlatformError, Retry};

use crate::http::{redact, start_of};
use crate::verdict::{Verdict, judge};

/// A row of a table: a code, perhaps a finer one, and what they mean.
pub(crate) type Row = (i64, Option<i64>, Verdict);

const SIGN_IN: &str = "Sign in to Facebook again to reconnect the account.";
const ALLOW: &str = "Sign in again and allow everything that is asked for; the Page role must include creating content.";
const SECURITY: &str =
    "Log in at facebook.com, finish the check that is shown there, then try again.";

const fn auth(action: &'static str) -> Verdict {
    Verdict::new(ErrorKind::Auth, Retry::Never, action).definite()
}

const fn limited() -> Verdict {
    Verdict::new(ErrorKind::RateLimited, Retry::Backoff, "")
}

const fn refused(action: &'static str) -> Verdict {
    Verdict::new(ErrorKind::Rejected, Retry::Never, action).definite()
}

const fn passing() -> Verdict {
    Verdict::new(ErrorKind::Unavailable, Retry::Backoff, "")
}

const fn person(action: &'static str) -> Verdict {
    Verdict::new(ErrorKind::Permission, Retry::Never, action)
}

/// The errors that all of the Graph shares. A row with the finer code comes before one without.
pub(crate) const COMMON: &[Row] = &[
    (1, None, passing()),
    (2, None, passing()),
    (-1, None, passing()),
    (-2, None, passing()),
    (3, None, person(ALLOW).definite()),
    (4, None, limited()),
    (9, None, limited()),
    (10, None, person(ALLOW).definite()),
    (17, None, limited()),
    (32, None, limited()),
    (
        100,
        Some(33),
        Verdict::new(
            ErrorKind::NotFound,
            Retry::Never,
            "Check that it still exists and that the account may see it.",
        ),
    ),
    (100, None, refused("")),
    (102, None, auth(SIGN_IN)),
    (104, None, auth(SIGN_IN)),
    (190, Some(459), auth(SECURITY)),
    (190, Some(464), auth(SECURITY)),
    (190, None, auth(SIGN_IN)),
    (341, None, limited()),
    (
        368,
        None,
        person("Facebook blocked this account for a while: see its support inbox, and slow down."),
    ),
    (
        506,
        None,
        Verdict::new(
            ErrorKind::Duplicate,
            Retry::Never,
            "The same post is there already: look at the account, or change the text.",
        ),
    ),
    (613, None, limited()),
    (2500, None, refused("")),
    (1_609_005, None, refused("Check the link in the post: Facebook could not read its page.")),
    (1_609_008, None, refused("Remove the link to facebook.com from the post.")),
    (2_061_006, None, refused("Check the link in the post.")),
    (
        1_404_078,
        None,
        person(
            "Facebook asks for Page Publishing Authorization: finish it in the Page's settings.",
        )
        .definite(),
    ),
    (
        4_854_002,
        None,
        person(
            "Facebook asks the Page's people to confirm who they are: finish it at facebook.com.",
        )
        .definite(),
    ),
    (1_404_006, None, person(SECURITY).definite()),
];

/// An error as the Graph writes it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct GraphError {
    #[serde(default)]
    pub(crate) message: String,
    pub(crate) code: Option<i64>,
    pub(crate) error_subcode: Option<i64>,
    #[serde(default)]
    is_transient: bool,
    error_user_title: Option<String>,
    error_user_msg: Option<String>,
}

#[derive(Deserialize)]
struct Body {
    error: GraphError,
}

/// Whether a body is an error, whatever the status says.
pub(crate) fn is_error(body: &[u8]) -> bool {
    serde_json::from_slice::<Body>(body).is_ok()
}

/// What an answer that is no success means. `table` goes before what all of the Graph shares.
pub(crate) fn classify(
    platform: &Platform,
    table: &[Row],
    effect: Effect,
    response: &Response,
) -> PlatformError {
    let status = response.status();
    let Ok(Body { error }) = serde_json::from_slice::<Body>(response.body()) else {
        let detail = format!("HTTP {}: {}", status.as_u16(), start_of(response.body()));
        return judge(platform, effect, status, None, detail);
    };
    let Some(code) = error.code else {
        return judge(platform, effect, status, None, redact(&error.message));
    };
    let mut verdict = find(table, code, error.error_subcode)
        .or_else(|| find(COMMON, code, error.error_subcode))
        .or_else(|| by_range(code));
    if status.is_server_error() || (verdict.is_none() && error.is_transient) {
        verdict = Some(passing());
    }
    if let Some(Verdict { kind: ErrorKind::RateLimited, retry: retry @ Retry::Backoff, .. }) =
        &mut verdict
        && let Some(time) = regained_in(response)
    {
        *retry = Retry::After(time);
    }
    let mut failure =
        judge(platform, effect, status, verdict, detail(&error)).code(code, error.error_subcode);
    if failure.action.is_empty()
        && let Some(message) = &error.error_user_msg
    {
        failure.action = redact(message);
    }
    failure
}

fn detail(error: &GraphError) -> String {
    match &error.error_user_title {
        Some(title) => redact(&format!("{title}: {}", error.message)),
        None => redact(&error.message),
    }
}

fn find(table: &[Row], code: i64, subcode: Option<i64>) -> Option<Verdict> {
    let row = table.iter().find(|row| row.0 == code && (row.1.is_none() || row.1 == subcode));
    row.map(|row| row.2)
}

fn by_range(code: i64) -> Option<Verdict> {
    match code {
        200..=299 => Some(person(ALLOW).definite()),
        80_000..=80_014 => Some(limited()),
        _ => None,
    }
}

/// How long until calls are taken again, as `X-Business-Use-Case-Usage` says, in minutes.
fn regained_in(response: &Response) -> Option<Duration> {
    let text = response.headers().get("x-business-use-case-usage")?.to_str().ok()?;
    let usage: serde_json::Map<String, Value> = serde_json::from_str(text).ok()?;
    let minutes = usage
        .values()
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(|row| row.get("estimated_time_to_regain_access")?.as_u64())
        .max()?;
    (minutes > 0).then(|| Duration::from_secs(minutes * 60))
}

#[cfg(test)]
mod tests {
    use social_core::Retry as R;

    use super::*;

    fn answer(status: u16, code: i64, subcode: Option<i64>) -> Response {
        let body = serde_json::json!({"error": {
            "message": "refused", "type": "OAuthException", "code": code, "error_subcode": subcode,
        }});
        http::Response::builder().status(status).body(body.to_string().into()).unwrap()
    }

    #[test]
    fn the_table_of_a_read() {
        for (code, subcode, kind, retry) in [
            (190, Some(463), ErrorKind::Auth, R::Never),
            (190, Some(459), ErrorKind::Auth, R::Never),
            (10, None, ErrorKind::Permission, R::Never),
            (200, None, ErrorKind::Permission, R::Never),
            (4, None, ErrorKind::RateLimited, R::Backoff),
            (80_002, None, ErrorKind::RateLimited, R::Backoff),
            (1, None, ErrorKind::Unavailable, R::Backoff),
            (100, Some(33), ErrorKind::NotFound, R::Never),
            (100, None, ErrorKind::Rejected, R::Never),
            (506, None, ErrorKind::Duplicate, R::Never),
            (999_999, None, ErrorKind::Rejected, R::Never),
        ] {
            let answer = answer(400, code, subcode);
            let error = classify(&Platform::FACEBOOK, &[], Effect::Read, &answer);
            assert_eq!((error.kind, error.retry), (kind, retry), "{code}/{subcode:?}");
            assert_eq!(error.code.as_deref(), Some(code.to_string().as_str()));
        }
    }

    #[test]
    fn of_a_commit_only_a_definite_no_is_believed() {
        let at = |status, code, subcode| {
            let answer = answer(status, code, subcode);
            classify(&Platform::INSTAGRAM, &[], Effect::Commit, &answer).retry
        };
        for (code, subcode) in [(1, None), (2, None), (4, None), (100, Some(33)), (777, None)] {
            assert_eq!(at(400, code, subcode), R::ReconcileFirst, "{code}");
        }
        assert_eq!(at(500, 100, None), R::ReconcileFirst);
        assert_eq!(at(400, 100, None), R::Never);
        assert_eq!(at(401, 190, Some(460)), R::Never);
    }

    #[test]
    fn the_wait_that_the_headers_name_is_taken() {
        let mut answer = answer(400, 80_001, None);
        let usage =
            r#"{"104":[{"type":"pages","call_count":100,"estimated_time_to_regain_access":7}]}"#;
        answer.headers_mut().insert("x-business-use-case-usage", usage.parse().unwrap());
        let error = classify(&Platform::FACEBOOK, &[], Effect::Read, &answer);
        assert_eq!(error.retry, R::After(Duration::from_secs(420)));
    }

    #[test]
    fn a_body_that_is_no_error_of_the_graph_is_kept() {
        let answer = http::Response::builder().status(502).body("<html>bad".into()).unwrap();
        let error = classify(&Platform::FACEBOOK, &[], Effect::Read, &answer);
        assert_eq!((error.kind, error.retry), (ErrorKind::Unavailable, R::Backoff));
        assert!(error.detail.contains("<html>bad"));
    }
}
