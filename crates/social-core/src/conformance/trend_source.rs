//! What every source of trends does. It is given one that has more than three to tell.

use std::sync::Arc;

use crate::ports::TrendSource;

/// No more come than are asked for.
pub async fn no_more_come_than_are_asked_for(source: Arc<dyn TrendSource>) {
    for limit in [0, 1, 3] {
        let found = source.trends(limit).await.expect("trends");
        assert_eq!(found.len(), limit as usize);
    }
}

/// The newest come first, and what is asked for again comes in the same order.
pub async fn the_newest_come_first(source: Arc<dyn TrendSource>) {
    let found = source.trends(50).await.expect("trends");
    assert!(found.len() > 3, "the suite needs a source with more to tell");
    assert!(found.windows(2).all(|two| two[0].at >= two[1].at), "{found:?}");
    assert_eq!(source.trends(3).await.expect("trends"), found[..3]);
}

/// What comes is plain text that says where it is from, and nothing in it is hidden.
pub async fn trends_are_plain_text(source: Arc<dyn TrendSource>) {
    assert!(!source.name().is_empty());
    for trend in source.trends(50).await.expect("trends") {
        assert!(!trend.title.trim().is_empty() && !trend.source.is_empty(), "{trend:?}");
        let texts = [Some(&trend.title), trend.summary.as_ref()];
        for text in texts.into_iter().flatten() {
            assert!(text.chars().count() <= 1000, "too long to be read: {text}");
            assert!(!text.contains("</") && !text.chars().any(char::is_control), "{text:?}");
        }
    }
}
