//! What the errors of the Graph mean.
//!
//! Meta, "Handling errors" and "Rate limits". The code decides, never the HTTP status, which is
//! 400 for nearly all of them.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use social_core::domain::Platform;
use social_core::flow::Effect;
use social_core::ports::{Response, Usage};
use social_core::rules::QuotaScope;
use social_core::{ErrorKind, PlatformError, Retry};

use crate::http::{redact, start_of};
use crate::verdict::{Verdict, judge};

/// A row of a table: a code, perhaps a finer one, and what they mean.
pub(crate) type Row = (i64, Option<i64>, Verdict);

const PAUSE: &str = "Nothing: the network asks for a pause, and it is tried again by itself.";
const PASSES: &str = "Nothing: the network is not well, and it is tried again by itself.";
const FIELDS: &str = "Check the post: the network does not take one of its fields.";
const SIGN_IN: &str = "Sign in to Facebook again to reconnect the account.";
const ALLOW: &str = "Sign in again and allow everything that is asked for; the Page role must include creating content.";
const SECURITY: &str =
    "Log in at facebook.com, finish the check that is shown there, then try again.";

const fn auth(action: &'static str) -> Verdict {
    Verdict::new(ErrorKind::Auth, Retry::Never, action).definite()
}

const fn limited() -> Verdict {
    Verdict::new(ErrorKind::RateLimited, Retry::Backoff, PAUSE)
}

const fn refused(action: &'static str) -> Verdict {
    Verdict::new(ErrorKind::Rejected, Retry::Never, action).definite()
}

const fn passing() -> Verdict {
    Verdict::new(ErrorKind::Unavailable, Retry::Backoff, PASSES)
}

const fn person(action: &'static str) -> Verdict {
    Verdict::new(ErrorKind::Permission, Retry::Never, action)
}

/// Photos of which a post was made already.
const USED: Verdict = Verdict::new(
    ErrorKind::Duplicate,
    Retry::Never,
    "This photo was posted already: look at the Page.",
);

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
    (100, Some(1_366_051), USED),
    (100, None, refused(FIELDS)),
    (101, None, refused("Check the app's id and secret in the configuration.")),
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
    (2500, None, refused("Update this program: the network no longer knows this address.")),
    (3001, None, refused("Update this program: the network no longer knows these numbers.")),
    (197, None, refused("Write a text, or add a picture or link.")),
    (210, None, person("Connect the Page again: this is for a Page's own token.").definite()),
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
    let mut verdict = verdict_of(table, code, error.error_subcode);
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
    // What the network tells the person is better than what the table says of any field.
    if (failure.action.is_empty() || failure.action == FIELDS)
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

/// What the tables say of a code: the finer one first, which some endpoints give as the code.
fn verdict_of(table: &[Row], code: i64, subcode: Option<i64>) -> Option<Verdict> {
    let exact = |table: &[Row]| {
        let row = table.iter().find(|row| row.0 == code && row.1.is_some() && row.1 == subcode);
        row.map(|row| row.2)
    };
    let finer = subcode.filter(|finer| *finer > 100_000);
    exact(table)
        .or_else(|| exact(COMMON))
        .or_else(|| finer.and_then(|finer| find(table, finer, None)))
        .or_else(|| finer.and_then(|finer| find(COMMON, finer, None)))
        .or_else(|| find(table, code, None))
        .or_else(|| find(COMMON, code, None))
        .or_else(|| by_range(code))
}

fn find(table: &[Row], code: i64, subcode: Option<i64>) -> Option<Verdict> {
    let row = table.iter().find(|row| row.0 == code && row.1 == subcode);
    row.map(|row| row.2)
}

fn by_range(code: i64) -> Option<Verdict> {
    match code {
        200..=299 => Some(person(ALLOW).definite()),
        80_000..=80_014 | 2_446_079 => Some(limited()),
        _ => None,
    }
}

/// What the headers of an answer say of how much is used up (Meta, "Rate limits").
pub(crate) fn usage(response: &Response) -> Vec<Usage> {
    let header = |name: &str| {
        let text = response.headers().get(name)?.to_str().ok()?;
        serde_json::from_str::<Value>(text).ok()
    };
    let most = |counts: &Value| {
        let names = ["call_count", "total_time", "total_cputime"];
        let percent = names.iter().filter_map(|name| counts[*name].as_f64()).fold(0.0, f64::max);
        percent / 100.0
    };
    let mut usages = Vec::new();
    for (name, scope) in [("x-app-usage", QuotaScope::App), ("x-page-usage", QuotaScope::Account)] {
        if let Some(counts) = header(name) {
            usages.push(Usage { scope, used: most(&counts), regained_in: None });
        }
    }
    let rows = header("x-business-use-case-usage");
    let rows = rows.as_ref().and_then(Value::as_object).into_iter().flat_map(|map| map.values());
    for counts in rows.filter_map(Value::as_array).flatten() {
        let minutes = counts["estimated_time_to_regain_access"].as_u64().filter(|it| *it > 0);
        let regained_in = minutes.map(|minutes| Duration::from_secs(minutes * 60));
        usages.push(Usage { scope: QuotaScope::Account, used: most(counts), regained_in });
    }
    usages
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
    fn the_headers_tell_how_much_is_used_up() {
        let mut answer = answer(200, 0, None);
        let app = r#"{"call_count":28,"total_time":91,"total_cputime":25}"#;
        answer.headers_mut().insert("x-app-usage", app.parse().unwrap());
        let page =
            r#"{"104":[{"type":"pages","call_count":100,"estimated_time_to_regain_access":7}]}"#;
        answer.headers_mut().insert("x-business-use-case-usage", page.parse().unwrap());
        let minutes = Some(Duration::from_secs(420));
        assert_eq!(
            usage(&answer),
            [
                Usage { scope: QuotaScope::App, used: 0.91, regained_in: None },
                Usage { scope: QuotaScope::Account, used: 1.0, regained_in: minutes },
            ]
        );
    }

    #[test]
    fn a_body_that_is_no_error_of_the_graph_is_kept() {
        let answer = http::Response::builder().status(502).body("<html>bad".into()).unwrap();
        let error = classify(&Platform::FACEBOOK, &[], Effect::Read, &answer);
        assert_eq!((error.kind, error.retry), (ErrorKind::Unavailable, R::Backoff));
        assert!(error.detail.contains("<html>bad"));
    }

    #[rustfmt::skip]
    /// Every code of the network's documentation and of its clients' reports, with the finer code
    /// where it has one.
    const KNOWN: &[(i64, Option<i64>)] = &[
        (1, None), (2, None), (-1, None), (-2, None), (3, None), (4, None), (9, None), (10, None),
        (17, None), (17, Some(2_446_079)), (32, None), (100, None), (100, Some(33)), (101, None),
        (102, None), (104, None), (190, None), (190, Some(458)), (190, Some(459)),
        (190, Some(460)), (190, Some(463)), (190, Some(464)), (190, Some(467)), (190, Some(492)),
        (200, None), (210, None), (299, None), (341, None), (368, None), (506, None), (613, None),
        (613, Some(1996)), (2500, None), (3001, Some(1_504_028)), (80_000, None), (80_001, None),
        (80_002, None), (80_003, None), (80_004, None), (80_005, None), (80_006, None),
        (80_008, None), (80_009, None), (80_014, None), (1_404_006, None), (1_404_078, None),
        (1_609_005, None), (1_609_008, None), (2_061_006, None), (4_854_002, None),
    ];
    #[rustfmt::skip]
    const FACEBOOK: &[(i64, Option<i64>)] = &[
        (324, None), (382, None), (389, None), (6000, None), (6001, None), (1_346_003, None),
        (1_363_040, None), (1_363_047, None), (1_363_127, None), (1_363_128, None),
        (1_363_129, None), (1_366_046, None), (1_366_051, None), (1_390_008, None),
        (1_404_102, None), (1_404_112, None), (1_609_010, None), (2_069_019, None),
        (100, Some(1_366_051)), (100, Some(1_363_128)),
    ];
    #[rustfmt::skip]
    const INSTAGRAM: &[(i64, Option<i64>)] = &[
        (-2, Some(2_207_003)), (-2, Some(2_207_020)), (-1, Some(2_207_001)),
        (-1, Some(2_207_032)), (-1, Some(2_207_053)), (-1, Some(2_207_073)),
        (1, Some(2_207_057)), (4, Some(2_207_051)), (9, Some(2_207_042)), (24, Some(2_207_006)),
        (24, Some(2_207_008)), (25, Some(2_207_050)), (100, Some(2_207_023)),
        (100, Some(2_207_028)), (100, Some(2_207_035)), (100, Some(2_207_036)),
        (100, Some(2_207_037)), (100, Some(2_207_040)), (352, Some(2_207_026)),
        (9004, Some(2_207_052)), (9007, Some(2_207_027)), (36_000, Some(2_207_004)),
        (36_001, Some(2_207_005)), (36_003, Some(2_207_009)), (36_004, Some(2_207_010)),
        (-1, Some(2_207_077)), (100, Some(2_207_081)), (-1, Some(2_207_082)),
        (-1, Some(2_207_085)),
    ];

    #[test]
    fn every_known_code_has_a_kind_an_advice_and_a_sentence() {
        let tables = [
            (&[][..], KNOWN),
            (crate::facebook::ERRORS, FACEBOOK),
            (crate::instagram::ERRORS, INSTAGRAM),
        ];
        let mut count = 0;
        for (table, known) in tables {
            for (code, subcode) in known {
                let verdict = verdict_of(table, *code, *subcode);
                let verdict =
                    verdict.unwrap_or_else(|| panic!("{code}/{subcode:?} is in no table"));
                assert!(verdict.action.ends_with('.'), "{code}/{subcode:?}: {:?}", verdict.action);
                count += 1;
            }
        }
        assert_eq!(count, 99);
        // And no row that nobody knows of.
        for (table, known) in tables {
            for (code, subcode, _) in table {
                let has = |one: &&(i64, Option<i64>)| (one.0, one.1) == (*code, *subcode);
                assert!(known.iter().any(|one| has(&one)), "{code}/{subcode:?} is not listed");
            }
        }
    }
}
