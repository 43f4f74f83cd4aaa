//! Where the links of a text stand, as X finds them: those with `http://` or `https://`, and bare
//! names such as `example.com` whose ending is a top-level domain.
//!
//! Follows the grammar of twitter-text 3: <https://docs.x.com/fundamentals/counting-characters>.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::OnceLock;

/// No longer link is one.
const MAX_LINK: usize = 4096;
/// No longer name stands between two dots of a domain.
const MAX_LABEL: usize = 63;
/// The longest slug of X's own short links.
const MAX_SLUG: usize = 40;

/// The links of `text`, as byte ranges, in order.
#[must_use]
pub fn links(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    // Every link has a dot in its domain: whatever has none costs one search.
    while let Some(dot) = text[from..].find('.').map(|at| from + at) {
        let link = with_protocol(text, from, dot).or_else(|| bare(text, from, dot));
        from = link.as_ref().map_or(dot + 1, |link| link.end.max(dot + 1));
        found.extend(link);
    }
    found
}

/// The link with a protocol whose domain has its first dot at `dot`.
fn with_protocol(text: &str, from: usize, dot: usize) -> Option<Range<usize>> {
    let domain = from + back(&text[from..dot], is_label);
    let before = &text[from..domain];
    let protocol = ["https://", "http://"].into_iter().find(|p| ends_with(before, p))?;
    let start = domain - protocol.len();
    if !may_precede(text[..start].chars().next_back()) {
        return None;
    }
    let end = domain_end(text, domain)?;
    if text[domain..end].eq_ignore_ascii_case("t.co") {
        let slug = text[end..].strip_prefix('/')?;
        let len = slug.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(slug.len());
        return (1..=MAX_SLUG).contains(&len).then(|| start..query_end(text, end + 1 + len));
    }
    let end = tail_end(text, end);
    (end - start <= MAX_LINK).then_some(start..end)
}

/// The link without a protocol whose domain has its first dot at `dot`.
fn bare(text: &str, from: usize, dot: usize) -> Option<Range<usize>> {
    let start = from + back(&text[from..dot], is_bare);
    let before = text[..start].chars().next_back();
    if text[start..].starts_with('-')
        || !may_precede(before)
        || before.is_some_and(|c| matches!(c, '-' | '_' | '/'))
        || before == Some('.') && !after_foreign(&text[from..start])
    {
        return None;
    }
    let end = domain_end(text, start)?;
    // Of a name in another script only the part in Latin letters is a link: it began at `start`.
    let names = text[start..end].rsplit_once('.').map_or("", |(names, _)| names);
    if names.chars().any(|c| !(is_bare(c) || c == '.')) {
        return None;
    }
    let end = tail_end(text, end);
    (end - start <= MAX_LINK).then_some(start..end)
}

/// Whether a name in other letters stands before the dot at the end: its Latin rest is a link.
fn after_foreign(text: &str) -> bool {
    let name = text.strip_suffix('.').unwrap_or(text);
    name.chars().next_back().is_some_and(|c| is_domain(c) && !is_bare(c))
}

/// How many bytes of `text` stand before the characters at its end that `keep` keeps.
fn back(text: &str, keep: impl Fn(char) -> bool) -> usize {
    text.trim_end_matches(keep).len()
}

fn ends_with(text: &str, end: &str) -> bool {
    let at = text.len().checked_sub(end.len());
    at.and_then(|at| text.get(at..)).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// Whether a link may begin after `before`.
fn may_precede(before: Option<char>) -> bool {
    before.is_none_or(|c| {
        !(c.is_ascii_alphanumeric() || matches!(c, '@' | '＠' | '$' | '#' | '＃') || is_invalid(c))
    })
}

fn is_invalid(c: char) -> bool {
    matches!(c, '\u{fffe}' | '\u{feff}' | '\u{ffff}')
}

fn is_directional(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2066}'..='\u{2069}')
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{180e}'
}

/// What a name in a domain consists of: anything but punctuation and space.
fn is_domain(c: char) -> bool {
    let part = !c.is_ascii_punctuation() || matches!(c, '"' | '`');
    part && !is_space(c) && !is_invalid(c) && !is_directional(c)
}

fn is_label(c: char) -> bool {
    is_domain(c) || matches!(c, '-' | '_')
}

/// What a name without a protocol consists of.
fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || is_accented(c)
}

fn is_accented(c: char) -> bool {
    matches!(c,
        '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{24f}' | '\u{253}' | '\u{254}'
        | '\u{256}' | '\u{257}' | '\u{259}' | '\u{25b}' | '\u{263}' | '\u{268}' | '\u{26f}'
        | '\u{272}' | '\u{289}' | '\u{28b}' | '\u{2bb}' | '\u{300}'..='\u{36f}'
        | '\u{1e00}'..='\u{1eff}')
}

/// The end of the longest domain that begins at `start`: names with dots between, the last of them
/// a top-level domain.
fn domain_end(text: &str, start: usize) -> Option<usize> {
    let (mut at, mut best) = (start, None);
    loop {
        let len = text[at..].find(|c| !is_label(c)).unwrap_or(text.len() - at);
        let label = &text[at..at + len];
        let whole = label.starts_with(is_domain) && label.ends_with(is_domain);
        if !whole || !text[at + len..].starts_with('.') {
            return best;
        }
        if len > MAX_LABEL && !encodes(label) {
            return None;
        }
        at += len + 1;
        // An underscore may stand in names before the last, not in it.
        if !label.contains('_') {
            best = top_level(&text[at..]).map(|len| at + len).or(best);
        }
    }
}

/// Whether a name of other letters than Latin is short enough as domains write it.
fn encodes(label: &str) -> bool {
    match url::Host::parse(label) {
        Ok(url::Host::Domain(ascii)) => ascii.len() <= MAX_LABEL,
        _ => false,
    }
}

/// How long the top-level domain is that `text` begins with.
fn top_level(text: &str) -> Option<usize> {
    static KNOWN: OnceLock<HashSet<&str>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| include_str!("tlds.txt").split_whitespace().collect());
    let puny = text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"));
    if puny {
        let rest = &text[4..];
        let len = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        return len.or(Some(rest.len())).filter(|len| *len > 0).map(|len| 4 + len);
    }
    let ends = |at: usize| {
        text[at..]
            .chars()
            .next()
            .is_none_or(|c| !(c.is_ascii_alphanumeric() || matches!(c, '@' | '+' | '-')))
    };
    let plain = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    if plain > 0 {
        let lower = text[..plain].to_ascii_lowercase();
        return (ends(plain) && known.contains(lower.as_str())).then_some(plain);
    }
    let longest = text.char_indices().take(24).map(|(at, c)| at + c.len_utf8());
    longest.filter(|end| known.contains(&text[..*end]) && ends(*end)).last()
}

/// The end of a link whose domain ends at `at`: port, path and query.
fn tail_end(text: &str, at: usize) -> usize {
    let mut end = at;
    if let Some(rest) = text[end..].strip_prefix(':') {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        end += if digits > 0 { 1 + digits } else { 0 };
    }
    if text[end..].starts_with('/') {
        end = path_end(text, end + 1);
    }
    query_end(text, end)
}

fn path_end(text: &str, start: usize) -> usize {
    let (mut at, mut end) = (start, start);
    while let Some(c) = text[at..].chars().next() {
        if c == '(' {
            let Some(len) = parens(&text[at..], true) else { break };
            at += len;
            end = at;
        } else if is_path(c) {
            at += c.len_utf8();
            if is_path_end(c) {
                end = at;
            }
        } else {
            break;
        }
    }
    end
}

/// The length of balanced parentheses, with at most one pair inside, that `text` begins with.
fn parens(text: &str, nested: bool) -> Option<usize> {
    let mut at = 1;
    loop {
        let c = text[at..].chars().next()?;
        match c {
            ')' => return (at > 1).then_some(at + 1),
            '(' if nested => at += parens(&text[at..], false)?,
            _ if is_path(c) => at += c.len_utf8(),
            _ => return None,
        }
    }
}

fn is_path(c: char) -> bool {
    is_path_end(c)
        || matches!(
            c,
            '!' | '*'
                | '\''
                | ';'
                | ':'
                | ','
                | '.'
                | '$'
                | '%'
                | '['
                | ']'
                | '\u{2013}'
                | '~'
                | '@'
                | '|'
                | '&'
        )
}

fn is_path_end(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '+' | '-' | '=' | '_' | '#' | '/' | '\u{400}'..='\u{4ff}')
        || is_accented(c)
}

fn query_end(text: &str, start: usize) -> usize {
    let Some(query) = text[start..].strip_prefix('?') else { return start };
    let query = &query[..query.find(|c| !is_query(c)).unwrap_or(query.len())];
    let kept = query.trim_end_matches(|c: char| {
        !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '&' | '=' | '#' | '/'))
    });
    if kept.is_empty() { start } else { start + 1 + kept.len() }
}

fn is_query(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || (c.is_ascii_punctuation()
            && !matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        links(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn links_are_found_with_and_without_a_protocol() {
        assert_eq!(
            found("See https://example.com/a_(b)?c=d. and example.org, (www.example.net/x)!"),
            ["https://example.com/a_(b)?c=d", "example.org", "www.example.net/x"]
        );
        assert_eq!(
            found("見てhttps://例え.jp/パスとexample.comです"),
            ["https://例え.jp/", "example.com"]
        );
        assert_eq!(found("HTTP://EXAMPLE.COM:8080/#top"), ["HTTP://EXAMPLE.COM:8080/#top"]);
    }

    #[test]
    fn what_is_no_link_is_left_alone() {
        for text in
            ["abc@example.com", "file.rs2", "3.14", "end.notatld", "@ana.com", "a..com", "v1.2.3"]
        {
            assert_eq!(found(text), Vec::<&str>::new(), "{text}");
        }
    }
}
