//! The engine that needs neither a model nor a network.

mod caption;
mod hashtags;
mod ideas;
mod keywords;
mod style;
mod words;

use async_trait::async_trait;
use social_core::ports::{Brief, ContentEngine, ContentError, Hashtags, Suggestion};
use social_core::rules::{self, Rules, TextRule, mentions, shorten};

/// Where a suggestion came from that no model wrote.
pub(crate) const SOURCE: &str = "offline";

/// Writes and adapts text by rules alone. Deterministic: the same brief, seed included, gives the
/// same text. Adds no word of substance; where a workspace's voice is not met, the note says so.
#[derive(Debug, Clone, Copy, Default)]
pub struct Offline;

fn suggestion(text: String, brief: Option<&Brief>) -> Suggestion {
    let breaches = brief.map(|brief| brief.voice.check(&text)).unwrap_or_default();
    let note = breaches.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    Suggestion { text, source: SOURCE.into(), note: (!note.is_empty()).then_some(note) }
}

#[async_trait]
impl ContentEngine for Offline {
    async fn generate_caption(
        &self,
        brief: &Brief,
        rule: &TextRule,
    ) -> Result<Suggestion, ContentError> {
        Ok(suggestion(caption::caption(brief, rule)?, Some(brief)))
    }

    async fn generate_hashtags(&self, brief: &Brief, limit: u32) -> Result<Hashtags, ContentError> {
        if brief.topic.trim().is_empty() {
            return Err(ContentError::Empty);
        }
        Ok(Hashtags { tags: hashtags::rank(brief, limit), source: SOURCE.into(), note: None })
    }

    async fn optimize_for_platform(
        &self,
        text: &str,
        rules: &Rules,
        rule: &TextRule,
    ) -> Result<Suggestion, ContentError> {
        let mut text = text.trim().to_owned();
        if text.is_empty() && rule.required {
            return Err(ContentError::CannotFit(format!("{} wants a text", rules.name)));
        }
        if let Some(max) = rule.max_hashtags {
            text = keep_first(&text, &rules::hashtags(&text).collect::<Vec<_>>(), max);
        }
        if let Some(max) = rule.max_mentions {
            text = keep_first(&text, &mentions(&text).collect::<Vec<_>>(), max);
        }
        if let Some(short) = shorten(&text, rule) {
            text = short;
        }
        Ok(suggestion(text, None))
    }

    async fn suggest_content_ideas(
        &self,
        brief: &Brief,
        limit: u32,
    ) -> Result<Vec<Suggestion>, ContentError> {
        if brief.topic.trim().is_empty() {
            return Err(ContentError::Empty);
        }
        Ok(ideas::ideas(brief, limit).into_iter().map(|idea| suggestion(idea, None)).collect())
    }
}

/// `text` without the signs of all tags after the `max`-th: the words stay, and no longer count.
fn keep_first(text: &str, tags: &[&str], max: u32) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    for tag in tags.iter().skip(max as usize) {
        // A tag is a slice of the text that begins one byte after its sign.
        let at = tag.as_ptr() as usize - text.as_ptr() as usize;
        kept.push_str(&text[from..at - 1]);
        from = at;
    }
    kept.push_str(&text[from..]);
    kept
}
