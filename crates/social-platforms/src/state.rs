//! What the flows of all networks share: waiting, and finding a post again.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use social_core::Timestamp;
use social_core::domain::Published;
use url::Url;

/// How long to wait before looking a second time at what seemed absent.
pub(crate) const SECOND_LOOK: Duration = Duration::from_secs(30);

/// How far the clocks of two machines may be apart.
const SKEW: Duration = Duration::from_secs(60);

/// When to ask again: after 1 s, 2 s, 4 s … 60 s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Poll {
    /// How often it was asked.
    pub(crate) count: u32,
    /// Not before then.
    pub(crate) at: Timestamp,
}

impl Poll {
    pub(crate) fn first(now: Timestamp) -> Self {
        Self { count: 0, at: now + Duration::from_secs(1) }
    }

    pub(crate) fn again(self, now: Timestamp) -> Self {
        let count = self.count + 1;
        Self { count, at: now + Duration::from_secs((1 << count.min(6)).min(60)) }
    }
}

/// How long there is to wait until `at`, if at all.
pub(crate) fn wait(now: Timestamp, at: Timestamp) -> Option<Duration> {
    (now < at).then(|| at.since(now))
}

/// What became visible, as `id`.
pub(crate) fn published(id: Option<&str>, permalink: Option<Url>, at: Timestamp) -> Published {
    Published { remote_id: id.map(str::to_owned), permalink, at }
}

/// A post on the account, as a listing shows it.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) at: Timestamp,
}

/// The posts of a listing that may be the one whose first try left at `since`.
pub(crate) fn candidates(seen: Vec<Seen>, text: &str, since: Timestamp) -> Vec<String> {
    let text = normalised(text);
    seen.into_iter()
        .filter(|post| post.at >= since - SKEW && normalised(&post.text) == text)
        .map(|post| post.id)
        .collect()
}

/// The only candidate: of two nobody can tell which it is.
pub(crate) fn only(candidates: &[String]) -> Option<&String> {
    match candidates {
        [one] => Some(one),
        _ => None,
    }
}

/// `text` without what networks change about white space.
pub(crate) fn normalised(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polling_slows_down_to_a_minute() {
        let now = Timestamp::from_secs(1_000);
        let mut poll = Poll::first(now);
        let mut waits = vec![poll.at.since(now).as_secs()];
        for _ in 0..7 {
            poll = poll.again(now);
            waits.push(poll.at.since(now).as_secs());
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn a_post_is_found_by_its_exact_text_and_time_and_only_if_it_is_the_only_one() {
        let since = Timestamp::from_secs(10_000);
        let post = |id: &str, text: &str, secs| Seen {
            id: id.into(),
            text: text.into(),
            at: Timestamp::from_secs(secs),
        };
        let seen = vec![
            post("old", "Fresh bread", 9_000),
            post("other", "Fresh bread!", 10_001),
            post("ours", "Fresh bread \r\n", 9_950),
        ];
        let found = candidates(seen, "Fresh bread", since);
        assert_eq!(only(&found).map(String::as_str), Some("ours"));
        let twice = vec![post("a", "Hi", 10_000), post("b", "Hi", 10_001)];
        assert_eq!(only(&candidates(twice, "Hi", since)), None);
    }
}
