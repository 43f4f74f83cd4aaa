//! Counting text the way networks do.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

use super::links::links;
use super::runs::{ascii_again, first_beyond_ascii, graphemes, is_composed};

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
    /// As X counts: after composition, a link is 23 and an emoji 2, whatever they look like;
    /// letters of most alphabets are 1, those of East Asia and most signs 2.
    /// Source: <https://docs.x.com/fundamentals/counting-characters>.
    Weighted,
    /// As Threads counts: an emoji is as many as its bytes in UTF-8, anything else is 1.
    /// Source: <https://developers.facebook.com/docs/threads/overview>.
    EmojiBytes,
}

/// The length of `text` in `unit`.
#[must_use]
pub fn count(text: &str, unit: TextUnit) -> u32 {
    let n = match unit {
        TextUnit::Chars => text.chars().count(),
        TextUnit::Utf16 => text.encode_utf16().count(),
        TextUnit::Graphemes => graphemes(text),
        TextUnit::Bytes => text.len(),
        TextUnit::Weighted => weighted(text),
        TextUnit::EmojiBytes => pieces(text, str::len, |_| 1),
    };
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// What X counts a link as, whatever its length: it is shown by a short one.
const LINK: usize = 23;

fn weighted(text: &str) -> usize {
    if is_composed(text) {
        weighted_nfc(text)
    } else {
        weighted_nfc(&text.nfc().collect::<String>())
    }
}

fn weighted_nfc(text: &str) -> usize {
    let (mut sum, mut from) = (0, 0);
    for link in links(text) {
        sum += pieces(&text[from..link.start], |_| 2, weight) + LINK;
        from = link.end;
    }
    sum + pieces(&text[from..], |_| 2, weight)
}

/// What one character counts that is no emoji of several.
fn weight(c: char) -> usize {
    match c {
        '\0'..='\u{10ff}'
        | '\u{2000}'..='\u{200d}'
        | '\u{2010}'..='\u{201f}'
        | '\u{2032}'..='\u{2037}' => 1,
        _ => 2,
    }
}

/// The sum of what emoji and other characters of `text` count. ASCII is passed over at once, but for
/// the character before others: with its frame a digit is an emoji.
fn pieces(text: &str, emoji: impl Fn(&str) -> usize, other: impl Fn(char) -> usize) -> usize {
    let plain = other('a');
    let (mut sum, mut at) = (0, 0);
    while let Some(run) = first_beyond_ascii(&text[at..]) {
        sum += run * plain;
        let from = at + run;
        at = from + ascii_again(&text[from..]);
        let before = run.min(1);
        sum = sum - before * plain + piece(&text[from - before..at], &emoji, &other);
    }
    sum + (text.len() - at) * plain
}

/// The same of a piece that is hardly ASCII.
fn piece(text: &str, emoji: impl Fn(&str) -> usize, other: impl Fn(char) -> usize) -> usize {
    let one = |c: char| {
        let mut utf8 = [0; 4];
        if is_emoji(c) { emoji(c.encode_utf8(&mut utf8)) } else { other(c) }
    };
    if !text.chars().any(joins) {
        return text.chars().map(one).sum();
    }
    let mut sum = 0;
    for cluster in text.graphemes(true) {
        let mut rest = cluster;
        while let Some(c) = rest.chars().next() {
            let len = sequence(rest);
            sum += if len > 0 { emoji(&rest[..len]) } else { one(c) };
            rest = &rest[len.max(c.len_utf8())..];
        }
    }
    sum
}

/// The emoji of `text`, each as a person sees it.
pub fn emoji(text: &str) -> impl Iterator<Item = &str> {
    text.graphemes(true).filter(|cluster| {
        let single = cluster.chars().next().is_some_and(is_emoji);
        !cluster.is_ascii() && (single || sequence(cluster) > 0)
    })
}

/// Whether a character makes one emoji of several.
fn joins(c: char) -> bool {
    matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{20e3}' | '\u{1f1e6}'..='\u{1f1ff}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}')
}

/// The length of the longest emoji of several characters that `text` begins with, else 0.
fn sequence(text: &str) -> usize {
    let mut ends: Vec<usize> = text.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
    while ends.len() > 1 {
        // A digit becomes an emoji by its frame alone.
        if let Some(end) = ends.pop()
            && (!text.starts_with(|c: char| c.is_ascii()) || text[..end].ends_with('\u{20e3}'))
            && emojis::get(&text[..end]).is_some()
        {
            return end;
        }
    }
    0
}

/// Whether one character alone is shown as an emoji.
fn is_emoji(c: char) -> bool {
    let script = matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{d7ff}');
    c >= '\u{203c}' && !script && {
        let mut utf8 = [0; 4];
        emojis::get(c.encode_utf8(&mut utf8)).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_differ_where_they_should() {
        let family = "👨‍👩‍👧";
        assert_eq!(count(family, TextUnit::Graphemes), 1);
        assert_eq!(count(family, TextUnit::Chars), 5);
        assert_eq!(count(family, TextUnit::Utf16), 8);
        assert_eq!(count(family, TextUnit::Bytes), 18);
        assert_eq!(count(family, TextUnit::Weighted), 2);
        assert_eq!(count(family, TextUnit::EmojiBytes), 18);
    }

    #[test]
    fn x_counts_links_emoji_and_wide_letters_its_own_way() {
        for (text, expected) in [
            ("Hello", 5),
            ("Caf\u{65}\u{301}", 4),
            ("珈琲", 4),
            ("See https://example.com/a/very/long/path?with=much", 27),
            ("example.com and example.org", 51),
            ("1️⃣🇩🇪👍🏽", 6),
            // No such flag: two letters in boxes.
            ("🇦🇦", 4),
        ] {
            assert_eq!(count(text, TextUnit::Weighted), expected, "{text}");
        }
    }
}
