//! What each error of the engine is to a client: one table.

use social_core::domain::{Platform, PostId};
use social_core::engine::Error;
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
        Error::Budget(why) => codes::BUDGET_EXCEEDED.problem(why),
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
        StoreError::NotFound(what) => missing(what).problem(format!("there is no {what}")),
        StoreError::Conflict(_) => {
            codes::CONFLICT.problem("it was changed meanwhile").retryable(true)
        }
        StoreError::Locked(_) | StoreError::Full(_) | StoreError::Backend(_) => {
            hidden(&codes::UNAVAILABLE, "the database does not answer", error)
        }
        _ => hidden(&codes::INTERNAL, "the database cannot be read", error),
    }
}

/// Which code says that `what` is not there.
fn missing(what: &str) -> &'static Known {
    // The engine names the kind, a store the id, which begins with the kind.
    match what.split([' ', '_']).next() {
        Some("post" | "delivery" | "dlv") => &codes::POST_NOT_FOUND,
        Some("account" | "acct" | "connected" | "grant") => &codes::ACCOUNT_NOT_FOUND,
        Some("media") => &codes::MEDIA_NOT_FOUND,
        Some("key" | "api") => &codes::KEY_NOT_FOUND,
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
