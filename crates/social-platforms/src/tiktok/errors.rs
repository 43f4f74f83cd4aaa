//! What the errors of TikTok mean.
//!
//! TikTok for Developers, "Error handling", "Query creator info", "Get post status".

use std::time::Duration;

use serde::Deserialize;
use social_core::domain::Platform;
use social_core::flow::Effect;
use social_core::ports::Response;
use social_core::{ErrorKind, PlatformError, Retry};

use crate::http::{redact, start_of};
use crate::verdict::{Verdict, judge};

const SIGN_IN: &str = "Sign in to TikTok again to reconnect the account.";
const ALLOW: &str = "Sign in again and allow everything that is asked for.";
const TOMORROW: &str =
    "The account has posted as often as TikTok allows in a day: wait for tomorrow.";
const BANNED: &str = "TikTok does not let this account post: see its notices in the app.";
const PAUSE: &str = "Nothing: TikTok asks for a pause, and it is tried again by itself.";
const PASSES: &str = "Nothing: TikTok is not well, and it is tried again by itself.";
const FIELDS: &str = "Check the post: TikTok does not take one of its fields.";
const FORMAT: &str = "Convert the clip to MP4 with H.264, 23 to 60 frames a second.";
const PUBLIC: &str =
    "Make sure that the media address is public and verified with the app at TikTok.";

const fn no(kind: ErrorKind, action: &'static str) -> Verdict {
    Verdict::new(kind, Retry::Never, action).definite()
}

const fn later(kind: ErrorKind, secs: u64, action: &'static str) -> Verdict {
    Verdict::new(kind, Retry::After(Duration::from_secs(secs)), action).definite()
}

/// Codes, and what they mean.
const TABLE: &[(&str, Verdict)] = &[
    ("access_token_invalid", no(ErrorKind::Auth, SIGN_IN)),
    ("scope_not_authorized", no(ErrorKind::Permission, ALLOW)),
    ("scope_permission_missed", no(ErrorKind::Permission, ALLOW)),
    ("url_ownership_unverified", no(ErrorKind::Permission, PUBLIC)),
    (
        "unaudited_client_can_only_post_to_private_accounts",
        no(
            ErrorKind::Permission,
            "Have the app audited by TikTok, or make the account private and post for yourself alone.",
        ),
    ),
    ("token_not_authorized_for_specified_publish_id", no(ErrorKind::Permission, SIGN_IN)),
    // Counted by the minute.
    ("rate_limit_exceeded", later(ErrorKind::RateLimited, 60, PAUSE)),
    ("spam_risk_too_many_posts", later(ErrorKind::RateLimited, 3600, TOMORROW)),
    (
        "spam_risk_too_many_pending_share",
        later(ErrorKind::RateLimited, 3600, "Finish the drafts that wait in the TikTok app."),
    ),
    (
        "reached_active_user_cap",
        later(
            ErrorKind::RateLimited,
            3600,
            "The app has served as many accounts as TikTok allows in a day: wait for tomorrow, or have the app audited.",
        ),
    ),
    ("spam_risk_user_banned_from_posting", no(ErrorKind::Permission, BANNED)),
    ("spam_risk", no(ErrorKind::Rejected, BANNED)),
    ("spam_risk_text", no(ErrorKind::Rejected, "Change the text: TikTok takes it for spam.")),
    (
        "privacy_level_option_mismatch",
        no(ErrorKind::Rejected, "Choose who may see it from what the account offers."),
    ),
    ("invalid_param", no(ErrorKind::Rejected, FIELDS)),
    ("invalid_params", no(ErrorKind::Rejected, FIELDS)),
    ("invalid_file_upload", no(ErrorKind::MediaRejected, FORMAT)),
    (
        "invalid_publish_id",
        no(ErrorKind::NotFound, "Look at the account: TikTok no longer knows this post."),
    ),
    (
        "publish_not_cancellable",
        no(ErrorKind::Rejected, "Delete it in the app: it can no longer be called off."),
    ),
    (
        "unsupported_path",
        no(ErrorKind::Unsupported, "Update this program: TikTok no longer knows this address."),
    ),
    ("app_version_check_failed", no(ErrorKind::Unsupported, "Update the TikTok app.")),
    ("internal_error", Verdict::new(ErrorKind::Unavailable, Retry::Backoff, PASSES)),
];

/// Why a publish failed, and what that means.
const REASONS: &[(&str, Verdict)] = &[
    ("file_format_check_failed", no(ErrorKind::MediaRejected, FORMAT)),
    (
        "duration_check_failed",
        no(ErrorKind::MediaRejected, "Cut the clip to what the account may post."),
    ),
    ("frame_rate_check_failed", no(ErrorKind::MediaRejected, FORMAT)),
    (
        "picture_size_check_failed",
        no(ErrorKind::MediaRejected, "Make the pictures at most 1080 by 1920 pixels."),
    ),
    ("internal", Verdict::new(ErrorKind::Unavailable, Retry::Backoff, PASSES)),
    ("video_pull_failed", Verdict::new(ErrorKind::Unavailable, Retry::Backoff, PUBLIC)),
    ("photo_pull_failed", Verdict::new(ErrorKind::Unavailable, Retry::Backoff, PUBLIC)),
    (
        "publish_cancelled",
        no(ErrorKind::Rejected, "It was called off at TikTok: publish it again."),
    ),
    ("auth_removed", no(ErrorKind::Auth, SIGN_IN)),
    ("spam_risk_too_many_posts", later(ErrorKind::RateLimited, 3600, TOMORROW)),
    ("spam_risk_user_banned_from_posting", no(ErrorKind::Permission, BANNED)),
    ("spam_risk_text", no(ErrorKind::Rejected, "Change the text: TikTok takes it for spam.")),
    ("spam_risk", no(ErrorKind::Rejected, BANNED)),
];

/// An error as it stands in every answer; `ok` is none.
#[derive(Debug, Deserialize)]
pub(super) struct ApiError {
    pub(super) code: String,
    #[serde(default)]
    pub(super) message: String,
}

#[derive(Debug, Deserialize)]
struct Body {
    error: ApiError,
}

/// What an answer that is no success means. The code decides: some come with HTTP 200.
pub(super) fn classify(platform: &Platform, effect: Effect, response: &Response) -> PlatformError {
    let status = response.status();
    let Ok(Body { error }) = serde_json::from_slice::<Body>(response.body()) else {
        let detail = format!("HTTP {}: {}", status.as_u16(), start_of(response.body()));
        return judge(platform, effect, status, None, detail);
    };
    let verdict = if status.is_server_error() { None } else { find(TABLE, &error.code) };
    let detail = if error.message.is_empty() { &error.code } else { &error.message };
    judge(platform, effect, status, verdict, redact(detail)).code(&error.code, None::<&str>)
}

/// What a `fail_reason` means: nothing has become visible.
pub(super) fn failed(platform: &Platform, reason: &str) -> PlatformError {
    let verdict =
        find(REASONS, reason).unwrap_or(Verdict::new(ErrorKind::Rejected, Retry::Never, ""));
    let detail = format!("TikTok could not publish it: {}", redact(reason));
    PlatformError::new(platform.clone(), verdict.kind, detail)
        .retry(verdict.retry)
        .action(verdict.action)
        .code(reason, None::<&str>)
}

/// Whether a publish that failed so may be begun anew.
pub(super) fn may_begin_anew(reason: &str) -> bool {
    find(REASONS, reason).is_some_and(|verdict| verdict.retry == Retry::Backoff)
}

fn find(table: &[(&str, Verdict)], code: &str) -> Option<Verdict> {
    table.iter().find(|row| row.0 == code).map(|row| row.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(effect: Effect, status: u16, code: &str) -> PlatformError {
        let body = serde_json::json!({"error": {"code": code, "message": "", "log_id": "1"}});
        let response =
            http::Response::builder().status(status).body(body.to_string().into()).unwrap();
        classify(&Platform::TIKTOK, effect, &response)
    }

    #[test]
    fn the_table_of_codes() {
        let hour = Retry::After(Duration::from_secs(3600));
        for (status, code, kind, retry) in [
            (401, "access_token_invalid", ErrorKind::Auth, Retry::Never),
            (401, "scope_not_authorized", ErrorKind::Permission, Retry::Never),
            (200, "spam_risk_too_many_posts", ErrorKind::RateLimited, hour),
            (200, "spam_risk_user_banned_from_posting", ErrorKind::Permission, Retry::Never),
            (
                429,
                "rate_limit_exceeded",
                ErrorKind::RateLimited,
                Retry::After(Duration::from_secs(60)),
            ),
            (400, "invalid_params", ErrorKind::Rejected, Retry::Never),
            (403, "privacy_level_option_mismatch", ErrorKind::Rejected, Retry::Never),
        ] {
            for effect in [Effect::Prepare, Effect::Commit] {
                let error = at(effect, status, code);
                assert_eq!((error.kind, error.retry), (kind, retry), "{code}");
                assert_eq!(error.code.as_deref(), Some(code));
            }
        }
    }

    #[test]
    fn what_is_unknown_is_kept_and_of_a_commit_looked_up() {
        assert_eq!(at(Effect::Prepare, 500, "internal_error").retry, Retry::Backoff);
        assert_eq!(at(Effect::Commit, 500, "internal_error").retry, Retry::ReconcileFirst);
        let error = at(Effect::Commit, 400, "something_new");
        assert_eq!((error.kind, error.retry), (ErrorKind::OutcomeUnknown, Retry::ReconcileFirst));
        assert_eq!(error.code.as_deref(), Some("something_new"));
    }

    #[test]
    fn only_passing_reasons_begin_anew() {
        let anew: Vec<_> =
            REASONS.iter().map(|row| row.0).filter(|reason| may_begin_anew(reason)).collect();
        assert_eq!(anew, ["internal", "video_pull_failed", "photo_pull_failed"]);
        assert_eq!(failed(&Platform::TIKTOK, "auth_removed").kind, ErrorKind::Auth);
        assert!(!may_begin_anew("something_new"));
    }

    #[test]
    fn every_known_code_has_a_kind_an_advice_and_a_sentence() {
        #[rustfmt::skip]
        let codes = [
            "access_token_invalid", "scope_not_authorized", "scope_permission_missed",
            "url_ownership_unverified", "unaudited_client_can_only_post_to_private_accounts",
            "token_not_authorized_for_specified_publish_id", "rate_limit_exceeded",
            "spam_risk_too_many_posts", "spam_risk_too_many_pending_share",
            "reached_active_user_cap", "spam_risk_user_banned_from_posting", "spam_risk",
            "spam_risk_text", "privacy_level_option_mismatch", "invalid_param", "invalid_params",
            "invalid_file_upload", "invalid_publish_id", "publish_not_cancellable",
            "unsupported_path", "app_version_check_failed", "internal_error",
        ];
        #[rustfmt::skip]
        let reasons = [
            "file_format_check_failed", "duration_check_failed", "frame_rate_check_failed",
            "picture_size_check_failed", "internal", "video_pull_failed", "photo_pull_failed",
            "publish_cancelled", "auth_removed", "spam_risk_too_many_posts",
            "spam_risk_user_banned_from_posting", "spam_risk_text", "spam_risk",
        ];
        for (table, known) in [(TABLE, &codes[..]), (REASONS, &reasons[..])] {
            for code in known {
                let verdict = find(table, code).unwrap_or_else(|| panic!("{code} is in no table"));
                assert!(verdict.action.ends_with('.'), "{code}: {:?}", verdict.action);
            }
            assert_eq!(table.len(), known.len(), "a row is not in this list");
        }
    }
}
