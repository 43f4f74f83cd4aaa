//! Counting and shortening text the way networks do.

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation as _;

use super::TextRule;

/// What a limit of a text counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TextUnit {
    /// Unicode scalar values.
    Chars,
    /// UTF-16 code units: what `length` says in JavaScript.
    Utf16,
    /// What a person sees as one character.
    Graphemes,
    /// Bytes of UTF-8.
    Bytes,
}

/// The length of `text` in `unit`.
#[must_use]
pub fn count(text: &str, unit: TextUnit) -> u32 {
    let n = match unit {
        TextUnit::Chars => text.chars().count(),
        TextUnit::Utf16 => text.encode_utf16().count(),
        TextUnit::Graphemes => text.graphemes(true).count(),
        TextUnit::Bytes => text.len(),
    };
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The hashtags of `text`, without their `#`, in order, each as often as it stands there.
pub fn hashtags(text: &str) -> impl Iterator<Item = &str> {
    tagged(text, '#')
}

/// The mentions of `text`, without their `@`, in order.
pub fn mentions(text: &str) -> impl Iterator<Item = &str> {
    tagged(text, '@')
}

fn tagged(text: &str, sign: char) -> impl Iterator<Item = &str> {
    text.match_indices(sign).filter_map(move |(at, _)| {
        // `a@b` is an address and `x#y` a link's anchor: a tag starts a word.
        let starts_word =
            text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '/');
        let word = &text[at + sign.len_utf8()..];
        let end = word
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || (sign == '@' && c == '.')))
            .unwrap_or(word.len());
        let word = word[..end].trim_end_matches('.');
        (starts_word && word.chars().any(char::is_alphanumeric)).then_some(word)
    })
}

/// `text` cut to fit `rule`, or `None` where it fits already.
///
/// Cuts between words, ends with an ellipsis, and never splits a character, a link or a hashtag;
/// where one word alone is too long, between characters as a person sees them.
#[must_use]
pub fn shorten(text: &str, rule: &TextRule) -> Option<String> {
    if count(text, rule.unit) <= rule.max {
        return None;
    }
    let room = rule.max.saturating_sub(count("…", rule.unit));
    let fits = |piece: &str| count(piece, rule.unit) <= room;
    let mut best = 0;
    for (at, c) in text.char_indices() {
        if !fits(&text[..at]) {
            break;
        }
        if c.is_whitespace() {
            best = at;
        }
    }
    let mut kept = text[..best].trim_end();
    if kept.is_empty() {
        for (at, grapheme) in text.grapheme_indices(true) {
            let end = at + grapheme.len();
            if !fits(&text[..end]) {
                break;
            }
            kept = &text[..end];
        }
    }
    Some(if rule.max == 0 { String::new() } else { format!("{kept}…") })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rule(max: u32, unit: TextUnit) -> TextRule {
        TextRule {
            max,
            unit,
            required: false,
            max_hashtags: None,
            max_mentions: None,
            max_alt: None,
        }
    }

    #[test]
    fn units_differ_where_they_should() {
        let family = "👨‍👩‍👧";
        assert_eq!(count(family, TextUnit::Graphemes), 1);
        assert_eq!(count(family, TextUnit::Chars), 5);
        assert_eq!(count(family, TextUnit::Utf16), 8);
        assert_eq!(count(family, TextUnit::Bytes), 18);
    }

    #[test]
    fn tags_start_words() {
        let text =
            "Mail a@b.example, see https://x.example/#top, thanks @ana.maria. #Café #1st_day";
        assert_eq!(mentions(text).collect::<Vec<_>>(), ["ana.maria"]);
        assert_eq!(hashtags(text).collect::<Vec<_>>(), ["Café", "1st_day"]);
    }

    #[test]
    fn a_long_text_is_cut_between_words() {
        let text = "one two three four";
        assert_eq!(shorten(text, &rule(10, TextUnit::Chars)).unwrap(), "one two…");
        assert_eq!(shorten(text, &rule(18, TextUnit::Chars)), None);
        assert_eq!(shorten("unbreakable", &rule(4, TextUnit::Chars)).unwrap(), "unb…");
    }

    proptest! {
        #[test]
        fn shortening_always_fits_and_is_a_prefix(text in "\\PC{0,200}", max in 4_u32..150) {
            for unit in [TextUnit::Chars, TextUnit::Utf16, TextUnit::Graphemes, TextUnit::Bytes] {
                if let Some(short) = shorten(&text, &rule(max, unit)) {
                    prop_assert!(count(&short, unit) <= max);
                    prop_assert!(text.starts_with(short.trim_end_matches('…')));
                }
            }
        }
    }
}
