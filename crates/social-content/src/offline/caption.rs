//! A caption put together from what the brief says.

use social_core::ports::{Brief, ContentError};
use social_core::rules::{TextRule, count, emoji as emoji_of, hashtags as hashtags_of, shorten};
use unicode_segmentation::UnicodeSegmentation as _;

use super::hashtags::rank;
use super::keywords::keywords;
use super::style::{Style, emoji, question, style};
use crate::language::language;

/// A caption that fits `rule`: the topic, and as much of the rest as there is room for. The link
/// stands whole; hashtags and then the question give way first, and then the topic is shortened.
pub(crate) fn caption(brief: &Brief, rule: &TextRule) -> Result<String, ContentError> {
    let topic = brief.topic.trim();
    if topic.is_empty() {
        return Err(ContentError::Empty);
    }
    let style = style(brief.platform.as_ref());
    let fits = |text: &str| count(text, rule.unit) <= rule.max;
    let link = brief.link.as_deref().filter(|link| !topic.contains(link));
    let tail = link.map_or_else(String::new, |link| format!("\n\n{link}"));
    let room = rule.max.checked_sub(count(&tail, rule.unit)).ok_or_else(|| {
        ContentError::CannotFit(format!("the link alone is longer than {}", rule.max))
    })?;
    let narrow = TextRule { max: room, ..rule.clone() };
    let mut body = body(topic, style);
    if !fits(&format!("{body}{tail}")) {
        body = shorten(topic, &narrow).unwrap_or_else(|| topic.to_owned());
    }
    if let Some(sign) = sign(brief, style)
        && fits(&format!("{body} {sign}{tail}"))
    {
        body = format!("{body} {sign}");
    }
    if let Some(question) = asks(brief, style)
        && fits(&format!("{body}\n\n{question}{tail}"))
    {
        body = format!("{body}\n\n{question}");
    }
    let mut text = format!("{body}{tail}");
    for tag in tags(brief, rule, style) {
        let gap = if text.ends_with(&format!("{body}{tail}")) { "\n\n" } else { " " };
        let longer = format!("{text}{gap}#{tag}");
        if fits(&longer) {
            text = longer;
        }
    }
    if fits(&text) {
        Ok(text)
    } else {
        Err(ContentError::CannotFit(format!("nothing of it fits into {}", rule.max)))
    }
}

/// The topic, with air between its sentences where the network is read so.
fn body(topic: &str, style: Style) -> String {
    if !style.airy || topic.contains('\n') {
        return topic.to_owned();
    }
    let sentences = sentences(topic);
    // The first sentence is what shows before "more": it stands alone.
    match sentences.split_first() {
        Some((first, rest)) if rest.len() > 1 => format!("{first}\n\n{}", rest.join(" ")),
        _ => topic.to_owned(),
    }
}

/// Its sentences. A full stop within a word ends none: it may be part of a link or a mention.
fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, piece) in text.split_sentence_bound_indices() {
        let end = at + piece.len();
        if end == text.len() || piece.ends_with(|c: char| c.is_whitespace() || "。！？".contains(c))
        {
            sentences.push(text[start..end].trim());
            start = end;
        }
    }
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

fn is_formal(brief: &Brief) -> bool {
    brief.tone.as_deref().is_some_and(|tone| {
        ["formal", "professional", "serious", "neutral"].contains(&tone.to_lowercase().as_str())
    })
}

/// An emoji for the topic, where the network, the tone and the workspace like one.
fn sign(brief: &Brief, style: Style) -> Option<&'static str> {
    let has = emoji_of(&brief.topic).count() as u32;
    let room = brief.voice.max_emoji.is_none_or(|most| has < most);
    let wanted = style.emoji && has == 0 && room && !is_formal(brief);
    let words = keywords(&brief.topic);
    wanted.then(|| emoji(words.iter().map(|word| word.tag.as_str()))).flatten()
}

/// A question to the reader, where the network likes one and the topic asks none itself.
fn asks(brief: &Brief, style: Style) -> Option<&'static str> {
    let asked = brief.topic.contains(['?', '？']);
    let spoken = brief.voice.language.as_deref().or_else(|| language(&brief.topic));
    let words =
        (style.question && !asked).then(|| question(spoken, is_formal(brief), brief.seed))?;
    words.filter(|words| brief.voice.check(words).is_empty())
}

/// The hashtags to add. Which of the lesser ones come depends on the seed.
fn tags(brief: &Brief, rule: &TextRule, style: Style) -> Vec<String> {
    let has: Vec<String> = hashtags_of(&brief.topic).map(str::to_lowercase).collect();
    let most =
        rule.max_hashtags.unwrap_or(u32::MAX).min(brief.voice.hashtags.max.unwrap_or(style.tags));
    let room = most.saturating_sub(has.len() as u32) as usize;
    let mut tags = rank(brief, most.saturating_add(4).min(30));
    tags.retain(|tag| !has.contains(&tag.to_lowercase()));
    let fixed = brief.voice.hashtags.always.len().max(2).min(tags.len());
    let turn = (brief.seed % (tags.len() - fixed).max(1) as u64) as usize;
    tags[fixed..].rotate_left(turn);
    tags.truncate(room);
    tags
}
