//! Trends from a feed: RSS, Atom or JSON Feed.

use std::sync::Arc;

use async_trait::async_trait;
use feed_rs::model::Entry;
use feed_rs::parser;
use social_core::ports::{Body, Transport, Trend, TrendError, TrendSource};
use url::Url;

/// The longest title and summary that are kept, in characters.
const TITLE: usize = 200;
const SUMMARY: usize = 500;

/// Reads a feed through a transport, which is to be a guarded one: its address comes from users.
#[derive(Debug, Clone)]
pub struct Feed {
    name: String,
    url: Url,
    transport: Arc<dyn Transport>,
}

impl Feed {
    /// The feed at `url`, called by its host's name.
    #[must_use]
    pub fn new(url: Url, transport: Arc<dyn Transport>) -> Self {
        let name = url.host_str().unwrap_or("feed").to_owned();
        Self { name, url, transport }
    }

    fn failed(&self, detail: impl Into<String>) -> TrendError {
        TrendError { name: self.name.clone(), detail: detail.into(), source: None }
    }

    fn trend(&self, entry: Entry) -> Option<Trend> {
        let title = plain(&entry.title?.content, TITLE);
        let summary = entry.summary.map(|summary| plain(&summary.content, SUMMARY));
        Some(Trend {
            title,
            summary: summary.filter(|summary| !summary.is_empty()),
            source: self.name.clone(),
            at: entry.published.or(entry.updated).map(Into::into),
        })
        .filter(|trend| !trend.title.is_empty())
    }
}

#[async_trait]
impl TrendSource for Feed {
    fn name(&self) -> &str {
        &self.name
    }

    async fn trends(&self, limit: u32) -> Result<Vec<Trend>, TrendError> {
        let request = http::Request::get(self.url.as_str())
            .header(
                http::header::ACCEPT,
                "application/rss+xml, application/atom+xml, application/feed+json",
            )
            .body(Body::empty())
            .map_err(|error| self.failed(error.to_string()))?;
        let answer = self.transport.send(request).await.map_err(|error| TrendError {
            source: Some(Box::new(error)),
            ..self.failed("no answer")
        })?;
        if !answer.status().is_success() {
            return Err(self.failed(format!("it answered {}", answer.status())));
        }
        let feed = parser::parse(answer.body().as_ref())
            .map_err(|error| self.failed(format!("it is no feed: {error}")))?;
        let mut trends: Vec<Trend> =
            feed.entries.into_iter().filter_map(|entry| self.trend(entry)).collect();
        trends.sort_by_key(|trend| std::cmp::Reverse(trend.at));
        trends.truncate(limit as usize);
        Ok(trends)
    }
}

/// `html` as a line of plain text of at most `max` characters, without what is not to be seen.
fn plain(html: &str, max: usize) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        let tag =
            rest[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
        let end = if tag { rest[at..].find('>') } else { None };
        text.push(if tag { ' ' } else { '<' });
        rest = end.map_or(&rest[at + 1..], |end| &rest[at + end + 1..]);
    }
    text.push_str(rest);
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ];
    let text = entities.iter().fold(text, |text, (name, sign)| text.replace(name, sign));
    let text = text.replace(crate::hidden, "");
    let seen = text.split_whitespace().collect::<Vec<_>>().join(" ");
    seen.chars().filter(|c| !c.is_control()).take(max).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_hidden_characters_are_taken_off() {
        assert_eq!(
            plain("<p>Tea &amp; <b>cake</b><script>x</script></p>\u{200b}", 50),
            "Tea & cake x"
        );
        assert_eq!(plain("1 < 2 and 3 > 2", 50), "1 < 2 and 3 > 2");
        assert_eq!(plain("abc", 2), "ab");
    }
}
