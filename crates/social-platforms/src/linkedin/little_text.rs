//! LinkedIn's "little text", in which the words of a post are written.
//!
//! Microsoft Learn, "little text format". A reserved character that is not escaped is no error:
//! the post is made, and its text ends there.

/// The characters that mean something.
const RESERVED: &str = "|{}@[]()<>#\\*_~";

/// `text` as little text. `#words` stay hashtags and `@[Name](urn:li:…)` stays a mention; all else
/// means itself.
pub(super) fn escape(text: &str) -> String {
    let mut little = String::with_capacity(text.len() + 16);
    let mut rest = text;
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        let taken = if let Some(tag) = hashtag(rest, before) {
            little.push_str("{hashtag|\\#|");
            push_escaped(&mut little, &tag[1..]);
            little.push('}');
            tag.len()
        } else if let Some((name, urn, taken)) = mention(rest) {
            little.push_str("@[");
            push_escaped(&mut little, name);
            little.push_str("](");
            little.push_str(urn);
            little.push(')');
            taken
        } else {
            push_escaped(&mut little, &rest[..c.len_utf8()]);
            c.len_utf8()
        };
        before = rest[..taken].chars().next_back().unwrap_or(c);
        rest = &rest[taken..];
    }
    little
}

fn push_escaped(little: &mut String, text: &str) {
    for c in text.chars() {
        if RESERVED.contains(c) {
            little.push('\\');
        }
        little.push(c);
    }
}

/// The hashtag at the start of `text`, with its `#`.
fn hashtag(text: &str, before: char) -> Option<&str> {
    let word = text.strip_prefix('#')?;
    let end = word.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(word.len());
    let is_word = word[..end].chars().any(char::is_alphabetic) && !before.is_alphanumeric();
    is_word.then(|| &text[..=end])
}

/// The mention at the start of `text`: its name, its URN, its length.
fn mention(text: &str) -> Option<(&str, &str, usize)> {
    let (name, after) = text.strip_prefix("@[")?.split_once("](")?;
    let (urn, _) = after.split_once(')')?;
    let id =
        urn.strip_prefix("urn:li:person:").or_else(|| urn.strip_prefix("urn:li:organization:"))?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let good = !id.is_empty() && id.chars().all(plain) && !name.contains(['[', ']', '\n']);
    good.then_some((name, urn, name.len() + urn.len() + 5))
}

/// What a text that LinkedIn gives back says: the opposite of [`escape`].
pub(super) fn plain(little: &str) -> String {
    let mut text = String::with_capacity(little.len());
    let mut rest = little;
    while let Some(c) = rest.chars().next() {
        if c == '\\' {
            let escaped = rest[1..].chars().next();
            text.extend(escaped);
            rest = &rest[1 + escaped.map_or(0, char::len_utf8)..];
        } else if let Some(tag) =
            rest.strip_prefix("{hashtag|\\#|").or_else(|| rest.strip_prefix("{hashtag|#|"))
            && let Some(end) = tag.find('}')
        {
            text.push('#');
            text.push_str(&plain(&tag[..end]));
            rest = &tag[end + 1..];
        } else {
            text.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_means_something_is_escaped() {
        for (text, little) in [
            ("2 * 3 (or_so) <now>", "2 \\* 3 \\(or\\_so\\) \\<now\\>"),
            ("Fresh #bread_2 today", "Fresh {hashtag|\\#|bread\\_2} today"),
            ("We are #1 in C# and #größe!", "We are \\#1 in C\\# and {hashtag|\\#|größe}!"),
            ("a#b", "a\\#b"),
            ("mail me@harbour.example", "mail me\\@harbour.example"),
            (
                "Thanks @[Harbour Coffee](urn:li:organization:90210)!",
                "Thanks @[Harbour Coffee](urn:li:organization:90210)!",
            ),
            ("not @[a](b)", "not \\@\\[a\\]\\(b\\)"),
            ("back\\slash", "back\\\\slash"),
        ] {
            assert_eq!(escape(text), little);
            assert_eq!(plain(little), text);
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "[a-z#@_|{}()<>\\[\\]*~\\\\ \nüß:.0-9]{0,60}") {
            prop_assert_eq!(plain(&escape(&text)), text);
        }

        #[test]
        fn nothing_reserved_stands_free(text in "[a-z|{}<>~* \\\\()\\[\\]_]{0,60}") {
            let little = escape(&text);
            let mut chars = little.chars();
            while let Some(c) = chars.next() {
                if c == '\\' {
                    prop_assert!(RESERVED.contains(chars.next().unwrap()));
                } else {
                    prop_assert!(!RESERVED.contains(c), "{}", little);
                }
            }
        }
    }
}
