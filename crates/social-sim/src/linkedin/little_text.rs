//! Little text, as `commentary` is written in.
//! <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format>

const RESERVED: &str = "|{}@[]()<>#\\*_~";

/// What people see of `text`.
///
/// A reserved character that is neither escaped nor part of a mention or hashtag is no error:
/// LinkedIn answers 201 and cuts the text right there.
pub(crate) fn render(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some((words, after)) = element(rest) {
            shown.push_str(&words);
            rest = after;
        } else if RESERVED.contains(c) {
            break;
        } else {
            shown.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    shown
}

/// An escaped character, mention or hashtag at the start of `text`, and what follows it.
fn element(text: &str) -> Option<(String, &str)> {
    if let Some(rest) = text.strip_prefix('\\') {
        let c = rest.chars().next().filter(|c| RESERVED.contains(*c))?;
        return Some((c.to_string(), &rest[c.len_utf8()..]));
    }
    if let Some(rest) = text.strip_prefix("@[") {
        let (name, rest) = rest.split_once("](")?;
        let (urn, rest) = rest.split_once(')')?;
        let known = urn.starts_with("urn:li:person:") || urn.starts_with("urn:li:organization:");
        return known.then(|| (name.replace('\\', ""), rest));
    }
    if let Some(rest) = text.strip_prefix("{hashtag|") {
        let (tag, rest) = rest.split_once('}')?;
        let (mark, word) = tag.split_once('|')?;
        let known = matches!(mark, "\\#" | "#") && !word.is_empty();
        return known.then(|| (format!("#{}", word.replace('\\', "")), rest));
    }
    let word = text.strip_prefix('#')?;
    let end = word.find(|c: char| !c.is_alphanumeric()).unwrap_or(word.len());
    (end > 0).then(|| (format!("#{}", &word[..end]), &word[end..]))
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn the_text_is_cut_at_the_first_reserved_character_that_is_not_escaped() {
        assert_eq!(render("Plain. Fine!"), "Plain. Fine!");
        assert_eq!(render("Half price (today only) at noon"), "Half price ");
        assert_eq!(render(r"Half price \(today\) at noon"), "Half price (today) at noon");
        assert_eq!(render("Hi @[Sample M](urn:li:person:x), #coffee!"), "Hi Sample M, #coffee!");
        assert_eq!(render(r"Go {hashtag|\#|latte} go"), "Go #latte go");
        assert_eq!(render("mail me@example.com"), "mail me");
        assert_eq!(render("snake_case"), "snake");
    }
}
