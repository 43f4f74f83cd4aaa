//! Waiting a little for what was asked to happen now: `Prefer: wait=10` (RFC 7240).

use std::time::Duration;

use http::{HeaderMap, HeaderName};
use social_core::domain::{PostId, PostStatus, WorkspaceId};
use social_core::engine::PostView;

use super::super::app::App;
use super::super::table;
use crate::Problem;

const PREFER: HeaderName = HeaderName::from_static("prefer");

/// Nobody waits longer.
const LONGEST: Duration = Duration::from_secs(10);

/// How often to look. Another process may be the one that works, so there is nothing to be woken
/// by.
const LOOK: Duration = Duration::from_millis(200);

/// How long the client wants to wait.
pub(crate) fn preferred(headers: &HeaderMap) -> Duration {
    let values = headers.get_all(PREFER).iter().filter_map(|value| value.to_str().ok());
    let wait = values.flat_map(|value| value.split([',', ';'])).find_map(|preference| {
        let (name, seconds) = preference.split_once('=')?;
        let wait = name.trim().eq_ignore_ascii_case("wait");
        wait.then(|| seconds.trim().trim_matches('"').parse().ok()).flatten()
    });
    Duration::from_secs(wait.unwrap_or(0)).min(LONGEST)
}

/// The post once nothing more happens to it by itself, or after `wait`.
pub(crate) async fn settled(
    app: &App,
    ws: WorkspaceId,
    post: PostId,
    wait: Duration,
) -> Result<PostView, Problem> {
    let until = app.now() + wait;
    loop {
        let view = app.posts().get(ws, post).await.map_err(table::problem)?;
        if !under_way(view.status) || app.now() >= until {
            return Ok(view);
        }
        app.ports.clock.sleep_until((app.now() + LOOK).min(until)).await;
    }
}

/// Whether something is still to happen.
pub(crate) fn under_way(status: PostStatus) -> bool {
    matches!(status, PostStatus::Scheduled | PostStatus::Publishing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preference_is_read_and_kept_within_reason() {
        let prefers = |value: &'static str| {
            preferred(&HeaderMap::from_iter([(PREFER, value.parse().unwrap())])).as_secs()
        };
        assert_eq!(prefers("wait=3"), 3);
        assert_eq!(prefers("respond-async, wait=7"), 7);
        assert_eq!(prefers("wait=600"), 10);
        assert_eq!(prefers("wait=soon"), 0);
        assert_eq!(preferred(&HeaderMap::new()), Duration::ZERO);
    }
}
