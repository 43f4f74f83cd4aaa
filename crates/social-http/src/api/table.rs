//! What each error of the engine is to a client: one table.

use social_core::domain::{Platform, PostId};
use social_core::engine::{Error, Missing};
use social_core::ports::{BlobError, ContentError, MediaErrorKind, StoreError};
use social_core::preflight::{Code, Finding, Fix, Severity};
use social_core::{ErrorKind, PlatformError, Retry};

use super::codes::{self, Known};
use crate::Problem;
use crate::problem::Flaw;

/// What was being done when the engine refused it as too late or done already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doing {
    /// Anything whose request itself is at fault.
    Asking,
    /// Changing, approving or calling off a post.
    Changing,
    /// Acting on an account.
    Account,
}

/// The problem that an error is, whatever was being done.
pub(crate) fn problem(error: Error) -> Problem {
    problem_of(error, Doing::Asking)
}

/// The problem that an error is.
pub(crate) fn problem_of(error: Error, doing: Doing) -> Problem {
    match error {
        Error::Invalid(findings) => invalid(&findings),
        Error::NotFound(what) => missing(&what).problem(format!("there is no {what}")),
        Error::Refused(why) => match doing {
            Doing::Asking => codes::INVALID_FIELD.problem(why),
            Doing::Changing => codes::POST_NOT_EDITABLE.problem(why),
            Doing::Account => codes::CONFLICT.problem(why),
        },
        Error::KeyReused(_) => codes::IDEMPOTENCY_KEY_REUSED
            .problem("this idempotency key was used for another request"),
        Error::UnknownPlatform(name, known) => platform_unknown(&name, &known),
        Error::NeedsReauth { platform, reason } => not_connected(&platform, &reason),
        Error::Duplicate { existing, platform } => duplicate(existing, &platform),
        Error::Stale(why) => codes::REVISION_MISMATCH.problem(why),
        Error::Denied(why) => codes::LOGIN_FAILED.problem(why),
        Error::TooSoon(wait) => {
            // Rounded up, so that who waits as long is not too early.
            let wait = wait + std::time::Duration::from_millis(999);
            codes::RATE_LIMITED.problem("too many wrong tries").retry_after(wait.as_secs())
        }
        Error::LastAdmin => codes::LAST_ADMIN.problem("nobody else is an Admin"),
        error @ Error::Damaged => codes::CHECKSUM_MISMATCH.problem(error.to_string()),
        Error::InUse(why) => codes::MEDIA_IN_USE.problem(why),
        Error::Budget(why) => codes::BUDGET_EXCEEDED.problem(why),
        Error::Unconfirmed(why) => codes::CONFIRMATION_MISMATCH.problem(why.to_string()),
        error @ Error::SlotTaken(_) => codes::CONFIRMATION_MISMATCH.problem(error.to_string()),
        error @ Error::Fetch { .. } => codes::MEDIA_UNSUPPORTED.problem(error.to_string()).fix(
            "Check that the address answers without a login and is a picture or a clip, or upload \
             the file by POST /api/media.",
        ),
        Error::Platform(error) => network(&error),
        Error::Store(error) => store(&error),
        Error::Media(error) => match error.kind {
            MediaErrorKind::TooLarge => codes::TOO_LARGE.problem(error.detail),
            MediaErrorKind::Io | MediaErrorKind::Codec | MediaErrorKind::Cancelled => {
                hidden(&codes::UNAVAILABLE, "the media could not be worked", &error)
            }
            _ => codes::MEDIA_UNSUPPORTED.problem(error.detail),
        },
        Error::Blob(BlobError::NotFound(_)) => {
            codes::MEDIA_NOT_FOUND.problem("the file is not there any more")
        }
        Error::Blob(error) => {
            hidden(&codes::UNAVAILABLE, "the media could not be read or kept", &error)
        }
        Error::Content(ContentError::Empty) => {
            codes::CONTENT_EMPTY.problem("there is nothing to write about")
        }
        Error::Content(ContentError::CannotFit(why)) => codes::CONTENT_TOO_LONG.problem(why),
        Error::Content(error @ ContentError::NeedsModel(_)) => {
            codes::MODEL_MISSING.problem(error.to_string())
        }
        Error::Content(error) => hidden(&codes::UNAVAILABLE, "the model did not answer", &error),
        error => hidden(&codes::INTERNAL, "something went wrong inside", &error),
    }
}

/// A failure whose cause is the operator's business: it is logged, and not told.
pub(crate) fn hidden(known: &Known, detail: &str, error: &dyn std::error::Error) -> Problem {
    tracing::error!(%error, code = known.code, "a request failed");
    known.problem(detail)
}

/// A store that failed.
pub(crate) fn store(error: &StoreError) -> Problem {
    match error {
        StoreError::NotFound(what) => codes::NOT_FOUND.problem(format!("there is no {what}")),
        StoreError::Conflict(_) => {
            codes::CONFLICT.problem("it was changed meanwhile").retryable(true)
        }
        StoreError::Locked(_) | StoreError::Full(_) | StoreError::Backend(_) => {
            hidden(&codes::UNAVAILABLE, "the database does not answer", error)
        }
        _ => hidden(&codes::INTERNAL, "the database cannot be read", error),
    }
}

/// Which code says that this is not there.
fn missing(what: &Missing) -> &'static Known {
    match what {
        Missing::Post(_) | Missing::Delivery(_) => &codes::POST_NOT_FOUND,
        Missing::Series(_) | Missing::Occurrence(..) => &codes::SERIES_NOT_FOUND,
        Missing::Account(_) | Missing::Grant(_) | Missing::Choice(_) => &codes::ACCOUNT_NOT_FOUND,
        Missing::Media(_) => &codes::MEDIA_NOT_FOUND,
        Missing::Upload(_) => &codes::UPLOAD_NOT_FOUND,
        Missing::Person(_) => &codes::PERSON_NOT_FOUND,
        Missing::Link => &codes::LINK_INVALID,
        Missing::Webhook(_) | Missing::Message(_) => &codes::WEBHOOK_NOT_FOUND,
        Missing::Key(_) => &codes::KEY_NOT_FOUND,
        _ => &codes::NOT_FOUND,
    }
}

/// A network that there is no client of.
pub(crate) fn platform_unknown(name: &str, known: &str) -> Problem {
    let allowed: Vec<&str> = known.split(", ").filter(|name| !name.is_empty()).collect();
    codes::PLATFORM_UNKNOWN
        .problem(format!("the network `{name}` is not known here"))
        .with("allowed", allowed)
}

fn not_connected(platform: &Platform, why: &str) -> Problem {
    let fix = format!(
        "Ask the user to connect it again: POST /api/accounts \
         {{\"action\":\"connect\",\"platform\":\"{platform}\"}} gives the address."
    );
    codes::ACCOUNT_NOT_CONNECTED.problem(format!("{platform}: {why}")).fix(fix)
}

fn duplicate(existing: PostId, platform: &Platform) -> Problem {
    let detail = format!("the same text went to {platform} within a day");
    codes::DUPLICATE_POST.problem(detail).with("existing_id", existing.to_string())
}

/// What a network said.
fn network(error: &PlatformError) -> Problem {
    let known = match error.kind {
        ErrorKind::RateLimited => &codes::PLATFORM_RATE_LIMITED,
        ErrorKind::Auth => return not_connected(&error.platform, &error.detail),
        ErrorKind::OutcomeUnknown => &codes::PLATFORM_TIMEOUT,
        _ => &codes::PLATFORM_ERROR,
    };
    let mut problem = known.problem(format!("{}: {}", error.platform, error.detail));
    if !error.action.is_empty() {
        problem = problem.fix(error.action.clone());
    }
    match error.retry {
        Retry::Never => problem.retryable(false),
        Retry::After(wait) => problem.retry_after(wait.as_secs()),
        Retry::Backoff if error.kind == ErrorKind::RateLimited => problem.retry_after(60),
        Retry::Backoff | Retry::ReconcileFirst => problem.retryable(true),
    }
}

/// Everything that preflight found to be wrong, at once.
pub(crate) fn invalid(findings: &[Finding]) -> Problem {
    let wrong: Vec<&Finding> =
        findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    let known = wrong.first().map_or(&codes::INVALID_FIELD, |finding| code(finding.code));
    let detail = wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    let mut problem = known.problem(detail);
    if let Some(first) = wrong.first() {
        problem = problem.fix(advice(first));
        if first.code == Code::PlatformUnknown || first.code == Code::NoTarget {
            let known = first.message.rsplit("known are: ").next().unwrap_or_default();
            problem = problem.with("allowed", known.split(", ").collect::<Vec<_>>());
        }
    }
    wrong.into_iter().fold(problem, |problem, finding| problem.flaw(flaw(finding)))
}

/// One finding as an entry of `errors`.
pub(crate) fn flaw(finding: &Finding) -> Flaw {
    Flaw {
        pointer: finding.pointer.clone(),
        platform: finding.platform.as_ref().map(ToString::to_string),
        code: match finding.code {
            Code::ContentTooLong | Code::AltTooLong => "max_length".into(),
            code => serde_json::to_value(code)
                .ok()
                .and_then(|name| name.as_str().map(str::to_owned))
                .unwrap_or_default(),
        },
        detail: finding.message.clone(),
        limit: finding.limit,
        actual: finding.actual,
        fix: finding.fix.as_ref().and_then(|fix| match fix {
            // A whole text is not echoed in an error; a dry run offers it.
            Fix::UseText { .. } => None,
            fix => serde_json::to_value(fix).ok(),
        }),
    }
}

/// What to do about a finding, in a sentence.
pub(crate) fn advice(finding: &Finding) -> String {
    let platform = finding.platform.as_ref().map_or("<platform>", Platform::as_str);
    match (finding.code, finding.limit, finding.actual) {
        (Code::ContentTooLong, Some(limit), Some(actual)) => format!(
            "Shorten the {platform} text by {} characters, or set overrides.{platform}.content.",
            actual.saturating_sub(limit)
        ),
        (Code::ContentEmpty, _, _) => {
            format!("Write a text, or set overrides.{platform}.content.")
        }
        (Code::KindUnsupported | Code::MediaCount | Code::MediaNotPublic, _, _) => {
            let mut message = finding.message.clone();
            if let Some(first) = message.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            format!("{message}.")
        }
        (Code::AccountNotConnected | Code::AccountNeedsReauth, _, _) => format!(
            "Ask the user to connect it: POST /api/accounts \
             {{\"action\":\"connect\",\"platform\":\"{platform}\"}} gives the address."
        ),
        (found, _, _) => code(found).fix.into(),
    }
}

/// The code of a problem whose first finding is this.
fn code(found: Code) -> &'static Known {
    match found {
        Code::NoTarget | Code::PlatformUnknown => &codes::PLATFORM_UNKNOWN,
        Code::AccountNotConnected | Code::AccountNeedsReauth => &codes::ACCOUNT_NOT_CONNECTED,
        Code::AccountAmbiguous => &codes::ACCOUNT_AMBIGUOUS,
        Code::TokenExpires => &codes::TOKEN_EXPIRES,
        Code::TimeInPast => &codes::TIME_IN_PAST,
        Code::ContentTooLong => &codes::CONTENT_TOO_LONG,
        Code::ContentEmpty => &codes::CONTENT_EMPTY,
        Code::TooManyHashtags | Code::TooManyMentions => &codes::TOO_MANY_TAGS,
        Code::KindUnsupported
        | Code::MediaCount
        | Code::MediaUnsupported
        | Code::MediaChanged
        | Code::MediaNotPublic => &codes::MEDIA_UNSUPPORTED,
        Code::MediaNotFound => &codes::MEDIA_UNSUPPORTED,
        Code::DailyQuota => &codes::BUDGET_EXCEEDED,
        _ => &codes::INVALID_FIELD,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use social_core::domain::AccountId;

    use super::*;

    #[test]
    fn what_a_network_says_is_told_by_who_must_act() {
        use ErrorKind as K;
        for (kind, status, code) in [
            (K::Auth, 422, "account_not_connected"),
            (K::RateLimited, 429, "platform_rate_limited"),
            (K::OutcomeUnknown, 504, "platform_timeout"),
            (K::Permission, 502, "platform_error"),
            (K::Rejected, 502, "platform_error"),
            (K::Unavailable, 502, "platform_error"),
            (K::Malformed, 502, "platform_error"),
            (K::Unsupported, 502, "platform_error"),
        ] {
            for (retry, again) in [
                (Retry::Never, false),
                (Retry::Backoff, true),
                (Retry::ReconcileFirst, true),
                (Retry::After(Duration::from_secs(7)), true),
            ] {
                let mut error = PlatformError::new(Platform::TIKTOK, kind, "why");
                error.retry = retry;
                let problem = problem(error.into());
                assert_eq!((problem.status().as_u16(), problem.code()), (status, code), "{kind:?}");
                let body = problem.body(None, None);
                if status != 422 {
                    assert_eq!(body["retryable"], again, "{kind:?} {retry:?}");
                }
                assert!(!body["fix"].as_str().unwrap().is_empty());
            }
        }
    }

    #[test]
    fn what_is_not_ours_to_mend_now_can_be_asked_again_and_tells_no_secret() {
        let secret = || -> Box<dyn std::error::Error + Send + Sync> { "password=hunter2".into() };
        for error in [
            Error::Store(StoreError::Locked(secret())),
            Error::Store(StoreError::Full(secret())),
            Error::Store(StoreError::Backend(secret())),
            Error::Blob(BlobError::Full),
            Error::Blob(BlobError::Io(secret())),
        ] {
            let problem = problem(error);
            assert_eq!((problem.status().as_u16(), problem.code()), (503, "unavailable"));
            let body = problem.body(None, None);
            assert_eq!(body["retryable"], true);
            assert!(!body.to_string().contains("hunter2"), "{body}");
        }
    }

    #[test]
    fn what_is_not_there_is_known_by_its_kind() {
        let post = Missing::Post("post_01JD3V9K7N3Q5R7T9V1X3Z5B7D".parse().unwrap());
        let account: AccountId = "acct_01JD3V9K7N3Q5R7T9V1X3Z5B7D".parse().unwrap();
        let account = Missing::Account(account);
        for (missing, code) in [
            (post, "post_not_found"),
            (account, "account_not_found"),
            (Missing::Choice(Platform::TIKTOK), "account_not_found"),
            (Missing::Other("post of yesterday".into()), "not_found"),
        ] {
            let problem = problem(Error::NotFound(missing));
            assert_eq!((problem.status().as_u16(), problem.code()), (404, code));
        }
    }
}
