//! Hashtags and mentions.

use std::ops::Range;

use super::links::links;

/// The hashtags of `text`, without their `#`, in order, each as often as it stands there.
pub fn hashtags(text: &str) -> impl Iterator<Item = &str> {
    tagged(text, '#').map(|range| &text[range])
}

/// The mentions of `text`, without their `@`, in order.
pub fn mentions(text: &str) -> impl Iterator<Item = &str> {
    tagged(text, '@').map(|range| &text[range])
}

/// What must stay whole: links, mentions and hashtags with their signs, in order, as byte ranges.
#[must_use]
pub fn whole_pieces(text: &str) -> Vec<Range<usize>> {
    let mut all = links(text);
    let tags = tagged(text, '#').chain(tagged(text, '@')).map(|tag| tag.start - 1..tag.end);
    all.extend(tags);
    all.sort_by_key(|range| range.start);
    all
}

/// Where the words of tags with `sign` stand, without it.
fn tagged(text: &str, sign: char) -> impl Iterator<Item = Range<usize>> {
    // A link's anchor is no hashtag, and a name in its path no mention.
    let links = if text.contains(sign) { links(text) } else { Vec::new() };
    text.match_indices(sign).filter_map(move |(at, _)| {
        // `a@b` is an address and `x#y` an anchor: a tag starts a word.
        let starts_word =
            text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '/');
        let from = at + sign.len_utf8();
        let word = &text[from..];
        let end = word
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || (sign == '@' && c == '.')))
            .unwrap_or(word.len());
        let word = word[..end].trim_end_matches('.');
        let is_tag = starts_word && word.chars().any(char::is_alphanumeric) && !within(&links, at);
        is_tag.then(|| from..from + word.len())
    })
}

/// Whether a byte is of one of these ranges, which are in order.
fn within(ranges: &[Range<usize>], at: usize) -> bool {
    let next = ranges.partition_point(|range| range.end <= at);
    ranges.get(next).is_some_and(|range| range.contains(&at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_start_words() {
        let text = "Mail a@b.example, see https://x.example/#top and https://x.com/?q=#no, thanks \
                    @ana.maria. #Café #1st_day";
        assert_eq!(mentions(text).collect::<Vec<_>>(), ["ana.maria"]);
        assert_eq!(hashtags(text).collect::<Vec<_>>(), ["Café", "1st_day"]);
    }

    #[test]
    fn what_stays_whole_comes_in_order() {
        let text = "#a https://example.com @b";
        let all: Vec<_> = whole_pieces(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(all, ["#a", "https://example.com", "@b"]);
    }
}
