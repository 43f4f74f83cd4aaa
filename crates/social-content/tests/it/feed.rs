//! Trends from feeds.

use social_content::{Feed, StaticTrends};
use social_core::ports::{Trend, TrendSource as _};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::kit::PlainHttp;

const RSS: &str = r#"<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>
<item><title>Old &amp; gold</title><pubDate>Mon, 02 Nov 2026 08:00:00 GMT</pubDate></item>
<item><title>Coffee &lt;b&gt;prices&lt;/b&gt; rise</title><description>&lt;p&gt;Beans are dear.&lt;/p&gt;</description>
<pubDate>Sat, 21 Nov 2026 08:00:00 GMT</pubDate></item>
<item><description>no title</description></item></channel></rss>"#;

const ATOM: &str = r#"<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>i</id>
<updated>2026-11-20T00:00:00Z</updated><entry><id>a</id><title>Latte art</title><updated>2026-11-20T00:00:00Z</updated>
<summary>Hearts</summary></entry></feed>"#;

async fn feed(answer: ResponseTemplate) -> Result<Vec<Trend>, String> {
    let server = MockServer::start().await;
    Mock::given(path("/feed")).respond_with(answer).mount(&server).await;
    let feed = Feed::new(format!("{}/feed", server.uri()).parse().unwrap(), PlainHttp::new());
    feed.trends(2).await.map_err(|error| error.to_string())
}

#[tokio::test]
async fn rss_and_atom_become_plain_lines_the_newest_first() {
    let rss = feed(ResponseTemplate::new(200).set_body_string(RSS)).await.unwrap();
    let titles: Vec<&str> = rss.iter().map(|trend| trend.title.as_str()).collect();
    assert_eq!(titles, ["Coffee prices rise", "Old & gold"]);
    assert_eq!(rss[0].summary.as_deref(), Some("Beans are dear."));
    assert_eq!(rss[0].at.unwrap().to_string(), "2026-11-21T08:00:00Z");
    let atom = feed(ResponseTemplate::new(200).set_body_string(ATOM)).await.unwrap();
    assert_eq!((atom[0].title.as_str(), atom[0].source.as_str()), ("Latte art", "127.0.0.1"));
}

#[tokio::test]
async fn what_is_no_feed_is_said() {
    let error = feed(ResponseTemplate::new(404)).await.unwrap_err();
    assert_eq!(error, "no trends from 127.0.0.1: it answered 404 Not Found");
    let error = feed(ResponseTemplate::new(200).set_body_string("<html>")).await.unwrap_err();
    assert!(error.contains("it is no feed"), "{error}");
}

#[tokio::test]
async fn a_list_gives_the_newest_first() {
    let trend = |title: &str, at| Trend { title: title.into(), at, ..Trend::default() };
    let list = StaticTrends::new(vec![
        trend("undated", None),
        trend("old", Some("2026-01-01T00:00:00Z".parse().unwrap())),
        trend("new", Some("2026-11-01T00:00:00Z".parse().unwrap())),
    ]);
    let found = list.trends(2).await.unwrap();
    assert_eq!(found.iter().map(|trend| trend.title.as_str()).collect::<Vec<_>>(), ["new", "old"]);
}
