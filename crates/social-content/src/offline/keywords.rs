//! What a text is about.

use std::collections::HashMap;

use social_core::rules::links;
use unicode_segmentation::UnicodeSegmentation as _;

use super::words::is_stop;

/// A word or a name that a text is about.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Keyword {
    /// As a hashtag, without `#`: in lower case, or several words with capitals.
    pub(crate) tag: String,
    /// How telling it is; the most telling word of a text has 1.
    pub(crate) weight: f64,
}

/// How a word stands in a text.
#[derive(Debug, Default, Clone)]
struct Seen {
    count: u32,
    first: usize,
    /// How often it has a capital where no sentence begins.
    named: u32,
}

/// What a text is about, the most telling first: frequent, early, long and proper words, and names
/// of several words. Links, mentions and numbers are left out. Equal texts give equal lists.
pub(crate) fn keywords(text: &str) -> Vec<Keyword> {
    let plain = plain(text);
    let mut seen: HashMap<String, Seen> = HashMap::new();
    let mut pairs: HashMap<(String, String), u32> = HashMap::new();
    let mut names: HashMap<(String, String), u32> = HashMap::new();
    let mut before: Option<(String, bool)> = None;
    let (mut at, mut starts) = (0, true);
    let capital_means_name = plain.split_whitespace().filter(|w| starts_upper(w)).count() * 4
        < plain.split_whitespace().count();
    for word in plain.split_word_bounds() {
        if !word.chars().any(char::is_alphanumeric) {
            starts |= word.contains(['.', '!', '?', '\n', ':']);
            if !word.trim().is_empty() {
                before = None;
            }
            continue;
        }
        let lower = word.to_lowercase();
        let telling =
            lower.chars().count() > 2 && lower.chars().all(char::is_alphabetic) && !is_stop(&lower);
        let named = starts_upper(word) && !starts && capital_means_name;
        if telling {
            let entry =
                seen.entry(lower.clone()).or_insert_with(|| Seen { first: at, ..Seen::default() });
            entry.count += 1;
            entry.named += u32::from(named);
            if let Some((last, last_named)) = before.take() {
                *pairs.entry((last.clone(), lower.clone())).or_default() += 1;
                if named && last_named {
                    *names.entry((last, lower.clone())).or_default() += 1;
                }
            }
            before = Some((lower, named));
        } else {
            before = None;
        }
        starts = false;
        at += 1;
    }
    let score = |word: &str| {
        let seen = seen.get(word).cloned().unwrap_or_default();
        f64::from(seen.count) * 2.0
            + (word.chars().count() as f64).sqrt()
            + f64::from(seen.named.min(1)) * 1.5
            - seen.first as f64 / 200.0
            - if inflected(word) { 1.2 } else { 0.0 }
    };
    let mut all: Vec<(String, f64, usize)> =
        seen.iter().map(|(word, seen)| (word.clone(), score(word), seen.first)).collect();
    for ((a, b), count) in pairs {
        if count > 1 || names.contains_key(&(a.clone(), b.clone())) {
            let first = seen.get(&a).map_or(0, |seen| seen.first);
            all.push((capitals(&a) + &capitals(&b), (score(&a) + score(&b)) * 0.55, first));
        }
    }
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.2.cmp(&b.2)).then_with(|| a.0.cmp(&b.0)));
    let best = all.first().map_or(1.0, |best| best.1.max(f64::EPSILON));
    all.into_iter()
        .map(|(tag, score, _)| Keyword { tag, weight: (score / best).max(0.0) })
        .collect()
}

/// `text` without links and mentions; of hashtags the word.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut from = 0;
    for link in links(text) {
        plain.push_str(&text[from..link.start]);
        from = link.end;
    }
    plain.push_str(&text[from..]);
    plain.split_inclusive(char::is_whitespace).filter(|word| !word.starts_with('@')).collect()
}

fn starts_upper(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
}

/// `harbour` as `Harbour`: names of several words are read aloud right only with capitals.
fn capitals(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// What praises anything.
const PRAISE: &[&str] = &[
    "amazing",
    "beautiful",
    "best",
    "better",
    "big",
    "delicious",
    "exciting",
    "favourite",
    "fresh",
    "happy",
    "lovely",
    "nice",
    "perfect",
    "special",
    "wonderful",
];

/// Whether a word is praise, or looks like a verb or an adverb of English: poor hashtags.
fn inflected(word: &str) -> bool {
    PRAISE.contains(&word)
        || word.is_ascii()
            && word.len() > 4
            && (word.ends_with("ed") || word.ends_with("ly") || word.ends_with("ing"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(text: &str) -> Vec<String> {
        keywords(text).into_iter().map(|keyword| keyword.tag).collect()
    }

    #[test]
    fn what_is_repeated_named_and_early_comes_first() {
        let text = "The winter menu is here. Our winter menu was made with Lena Brook, who farms at \
                    https://brook.example.com for @harbour since 1999.";
        let found = tags(text);
        assert_eq!(&found[..2], ["WinterMenu", "winter"]);
        assert!(found.contains(&"LenaBrook".to_owned()), "{found:?}");
        assert!(
            !found.iter().any(|tag| tag.contains("example") || tag == "harbour" || tag == "1999")
        );
    }

    #[test]
    fn text_without_a_telling_word_has_none() {
        assert_eq!(tags("It is what it is. 42!"), Vec::<String>::new());
    }
}
