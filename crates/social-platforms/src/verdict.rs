//! What an error of a network means, and the one rule on top of every table: what a Commit did
//! is only known where the table says so.

use http::StatusCode;
use social_core::domain::Platform;
use social_core::flow::Effect;
use social_core::{ErrorKind, PlatformError, Retry};

/// What a table says of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) kind: ErrorKind,
    pub(crate) retry: Retry,
    /// Whether the request surely had no effect, even one that makes something visible.
    pub(crate) definite: bool,
    /// What a person can do; empty where there is nothing.
    pub(crate) action: &'static str,
}

impl Verdict {
    pub(crate) const fn new(kind: ErrorKind, retry: Retry, action: &'static str) -> Self {
        Self { kind, retry, definite: false, action }
    }

    /// The same of an error after which surely nothing has become visible.
    pub(crate) const fn definite(mut self) -> Self {
        self.definite = true;
        self
    }
}

pub(crate) const LOOK: &str = "Look at the account before you post this again: the network did not say whether it is visible.";

/// The error for an answer of `status` that the table gives `verdict` for.
pub(crate) fn judge(
    platform: &Platform,
    effect: Effect,
    status: StatusCode,
    verdict: Option<Verdict>,
    detail: impl Into<String>,
) -> PlatformError {
    let verdict = match verdict {
        Some(verdict) if effect != Effect::Commit || verdict.definite => verdict,
        None if effect != Effect::Commit => by_status(status),
        Some(_) | None => {
            return PlatformError::new(platform.clone(), ErrorKind::OutcomeUnknown, detail)
                .action(LOOK);
        }
    };
    PlatformError::new(platform.clone(), verdict.kind, detail)
        .retry(verdict.retry)
        .action(verdict.action)
}

/// `error` of an answer that was not understood: of a Commit nothing is known then.
pub(crate) fn in_doubt(error: PlatformError, effect: Effect) -> PlatformError {
    if effect == Effect::Commit && error.kind == ErrorKind::Malformed {
        return PlatformError { kind: ErrorKind::OutcomeUnknown, ..error }
            .retry(Retry::ReconcileFirst)
            .action(LOOK);
    }
    error
}

/// What the status alone says of a request that makes nothing visible.
fn by_status(status: StatusCode) -> Verdict {
    let (kind, retry) = match status.as_u16() {
        401 => (ErrorKind::Auth, Retry::Never),
        403 => (ErrorKind::Permission, Retry::Never),
        404 => (ErrorKind::NotFound, Retry::Never),
        429 => (ErrorKind::RateLimited, Retry::Backoff),
        500.. => (ErrorKind::Unavailable, Retry::Backoff),
        _ => (ErrorKind::Rejected, Retry::Never),
    };
    let action = match kind {
        ErrorKind::Auth => "Sign in again.",
        ErrorKind::Permission => "Check what the account allows this app to do.",
        _ => "",
    };
    Verdict::new(kind, retry, action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_only_settled_by_a_definite_verdict() {
        let limited = Verdict::new(ErrorKind::RateLimited, Retry::Backoff, "");
        let at = |effect, verdict| {
            let error = judge(&Platform::TIKTOK, effect, StatusCode::BAD_REQUEST, verdict, "x");
            (error.kind, error.retry)
        };
        let unknown = (ErrorKind::OutcomeUnknown, Retry::ReconcileFirst);
        assert_eq!(at(Effect::Commit, None), unknown);
        assert_eq!(at(Effect::Commit, Some(limited)), unknown);
        let known = (ErrorKind::RateLimited, Retry::Backoff);
        assert_eq!(at(Effect::Commit, Some(limited.definite())), known);
        assert_eq!(at(Effect::Prepare, Some(limited)), known);
        assert_eq!(at(Effect::Prepare, None), (ErrorKind::Rejected, Retry::Never));
    }
}
