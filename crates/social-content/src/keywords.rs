//! Which words a text is about.

use std::collections::HashMap;

use unicode_segmentation::UnicodeSegmentation as _;

/// Words that say nothing about the topic, of the languages whose articles and prepositions would
/// otherwise win on frequency.
const STOP: &[&str] = &[
    "a", "about", "after", "all", "also", "an", "and", "any", "are", "as", "at", "be", "because",
    "been", "before", "but", "by", "can", "could", "did", "do", "does", "for", "from", "get",
    "had", "has", "have", "he", "her", "here", "him", "his", "how", "i", "if", "in", "into", "is",
    "it", "its", "just", "like", "made", "make", "me", "more", "most", "my", "new", "no", "not",
    "now", "of", "off", "on", "one", "only", "or", "our", "out", "over", "she", "so", "some",
    "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "to", "too",
    "up", "us", "very", "was", "we", "were", "what", "when", "where", "which", "who", "why",
    "will", "with", "you", "your", "der", "die", "das", "den", "dem", "des", "ein", "eine",
    "einen", "und", "oder", "mit", "von", "zu", "zum", "zur", "im", "ist", "sind", "auf", "für",
    "nicht", "wir", "ihr", "sie", "el", "la", "los", "las", "un", "una", "y", "o", "de", "del",
    "en", "con", "por", "para", "que", "es", "le", "les", "et", "du", "des", "dans", "avec",
    "pour", "est", "sur",
];

/// The words a text is about, the most telling first: frequent, early and long ones. Links,
/// mentions and numbers are left out. Equal texts give equal lists.
pub(crate) fn keywords(text: &str) -> Vec<String> {
    let mut seen: HashMap<String, (u32, usize)> = HashMap::new();
    let plain = text
        .split_whitespace()
        .filter(|word| !word.contains("://") && !word.starts_with('@'))
        .collect::<Vec<_>>()
        .join(" ");
    for (at, word) in plain.unicode_words().enumerate() {
        let word = word.to_lowercase();
        let telling = word.chars().count() > 2
            && word.chars().all(char::is_alphabetic)
            && !STOP.contains(&word.as_str());
        if telling {
            seen.entry(word).or_insert((0, at)).0 += 1;
        }
    }
    let mut words: Vec<_> = seen.into_iter().collect();
    let score = |word: &str, count: u32, at: usize| {
        f64::from(count) * 2.0 + (word.chars().count() as f64).sqrt() - at as f64 / 200.0
    };
    words.sort_by(|(a, (na, pa)), (b, (nb, pb))| {
        score(b, *nb, *pb).total_cmp(&score(a, *na, *pa)).then(pa.cmp(pb))
    });
    words.into_iter().map(|(word, _)| word).collect()
}
