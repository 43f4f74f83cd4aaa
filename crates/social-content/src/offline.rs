//! The engine that needs neither a model nor a network.

use async_trait::async_trait;
use social_core::ports::{Brief, ContentEngine, ContentError, Suggestion};
use social_core::rules::{Rules, TextRule, count, hashtags, mentions, shorten};

use crate::keywords::keywords;

/// How many hashtags a caption gets where the network would take more.
const TAGS: u32 = 5;

/// Angles from which a business can tell of what it does; `{}` is the industry.
const ANGLES: &[&str] = &[
    "A look behind the scenes: how a day in {} begins",
    "Three questions that customers of {} ask most, answered",
    "Before and after: one piece of work from {}, step by step",
    "A mistake that is common in {}, and how to avoid it",
    "The people behind {}: one colleague, one story",
    "What changed in {} in the last ten years",
    "A tool that nobody in {} could do without",
    "Thank a customer: what a good job in {} meant to them",
];

/// Writes and adapts text by rules alone. Deterministic.
#[derive(Debug, Clone, Copy, Default)]
pub struct Offline;

impl Offline {
    fn suggestion(text: String) -> Suggestion {
        Suggestion { text, source: "offline".into() }
    }
}

#[async_trait]
impl ContentEngine for Offline {
    async fn generate_caption(
        &self,
        brief: &Brief,
        rule: &TextRule,
    ) -> Result<Suggestion, ContentError> {
        let topic = brief.topic.trim();
        if topic.is_empty() {
            return Err(ContentError::Empty);
        }
        let limit = rule.max_hashtags.unwrap_or(TAGS).min(TAGS);
        let tags = self.generate_hashtags(topic, limit).await?;
        let tags = tags.iter().map(|tag| format!("#{tag}")).collect::<Vec<_>>().join(" ");
        // The link and then the tags are what a reader needs least of what must stay whole: the
        // topic gives way to the link, and the tags to both.
        let tail = brief.link.as_ref().map_or_else(String::new, |link| format!("\n\n{link}"));
        let room = rule.max.checked_sub(count(&tail, rule.unit)).ok_or_else(|| {
            ContentError::CannotFit(format!("the link alone is longer than {}", rule.max))
        })?;
        let narrow = TextRule { max: room, ..rule.clone() };
        let body = shorten(topic, &narrow).unwrap_or_else(|| topic.to_owned());
        let whole = format!("{body}{tail}");
        let tagged = if tags.is_empty() { whole.clone() } else { format!("{whole}\n\n{tags}") };
        let fits = count(&tagged, rule.unit) <= rule.max;
        Ok(Self::suggestion(if fits { tagged } else { whole }))
    }

    async fn generate_hashtags(&self, text: &str, limit: u32) -> Result<Vec<String>, ContentError> {
        if text.trim().is_empty() {
            return Err(ContentError::Empty);
        }
        Ok(keywords(text).into_iter().take(limit as usize).collect())
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
            text = keep_first(&text, &hashtags(&text).collect::<Vec<_>>(), max);
        }
        if let Some(max) = rule.max_mentions {
            text = keep_first(&text, &mentions(&text).collect::<Vec<_>>(), max);
        }
        if let Some(short) = shorten(&text, rule) {
            text = short;
        }
        Ok(Self::suggestion(text))
    }

    async fn suggest_content_ideas(
        &self,
        industry: &str,
        limit: u32,
    ) -> Result<Vec<Suggestion>, ContentError> {
        let industry = industry.trim();
        if industry.is_empty() {
            return Err(ContentError::Empty);
        }
        let ideas = ANGLES.iter().take(limit as usize);
        Ok(ideas.map(|angle| Self::suggestion(angle.replace("{}", industry))).collect())
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use social_core::domain::PostKind;
    use social_core::rules::{facebook, instagram, linkedin, tiktok};

    use super::*;

    fn block_on<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    #[test]
    fn tags_beyond_the_limit_become_words() {
        let rules = instagram();
        let rule = &rules.kind(PostKind::Image).unwrap().text;
        let text: String = (0..33).map(|n| format!("#tag{n} ")).collect();
        let fitted = block_on(Offline.optimize_for_platform(&text, &rules, rule)).unwrap().text;
        assert_eq!(hashtags(&fitted).count(), 30);
        assert!(fitted.ends_with(" tag30 tag31 tag32"), "{fitted}");
    }

    #[test]
    fn a_caption_keeps_the_link_whole() {
        let rules = tiktok();
        let rule = &rules.kind(PostKind::Video).unwrap().text;
        let link = "https://example.com/menu".to_owned();
        let topic = "Our new winter menu is here. ".repeat(200);
        let brief = Brief { topic, tone: None, link: Some(link.clone()) };
        let caption = block_on(Offline.generate_caption(&brief, rule)).unwrap().text;
        assert!(caption.ends_with(&link) && count(&caption, rule.unit) <= rule.max);
    }

    #[test]
    fn nothing_to_go_by_is_said() {
        let rule = &facebook().kind(PostKind::Text).unwrap().text.clone();
        let empty = block_on(Offline.generate_caption(&Brief::default(), rule));
        assert!(matches!(empty, Err(ContentError::Empty)));
    }

    proptest! {
        #[test]
        fn whatever_is_adapted_fits(text in "[#@ a-zé😀\\n]{1,400}") {
            for rules in [instagram(), facebook(), linkedin(), tiktok()] {
                let rule = &rules.kind(PostKind::Image).unwrap().text;
                let fitted = block_on(Offline.optimize_for_platform(&text, &rules, rule)).unwrap();
                prop_assert!(count(&fitted.text, rule.unit) <= rule.max);
                let tags = hashtags(&fitted.text).count();
                prop_assert!(rule.max_hashtags.is_none_or(|max| tags <= max as usize));
            }
        }
    }
}
