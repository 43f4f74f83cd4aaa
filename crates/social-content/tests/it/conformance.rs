//! Ledgers and sources of trends keep the contracts of their ports.

use std::sync::Arc;

use social_content::{Feed, MemoryLedger, StaticTrends};
use social_core::ports::{ModelLedger, Trend, TrendSource};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::kit::PlainHttp;

async fn memory() -> (Arc<dyn ModelLedger>, ()) {
    (Arc::new(MemoryLedger::default()), ())
}

social_core::model_ledger_conformance!(memory_ledger, memory);

async fn list() -> (Arc<dyn TrendSource>, ()) {
    let trend = |day: u32| Trend {
        title: format!("Trend of day {day}"),
        source: "list".to_owned(),
        at: format!("2026-11-{day:02}T08:00:00Z").parse().ok(),
        ..Trend::default()
    };
    (Arc::new(StaticTrends::new((1..8).map(trend).collect())), ())
}

social_core::trend_source_conformance!(static_list, list);

async fn feed() -> (Arc<dyn TrendSource>, MockServer) {
    let item = |day: u32| {
        format!(
            "<item><title>&lt;b&gt;Day&lt;/b&gt; {day}</title><description>&lt;p&gt;News</description>\
             <pubDate>{day:02} Nov 2026 08:00:00 GMT</pubDate></item>"
        )
    };
    let items: String = (1..8).map(item).collect();
    let rss = format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>t</title>{items}</channel></rss>"
    );
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_string(rss);
    Mock::given(path("/feed")).respond_with(answer).mount(&server).await;
    let feed = Feed::new(format!("{}/feed", server.uri()).parse().unwrap(), PlainHttp::new());
    (Arc::new(feed), server)
}

social_core::trend_source_conformance!(rss_feed, feed);
