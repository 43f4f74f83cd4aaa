//! What holds for any text.

use proptest::prelude::*;

use super::*;
use crate::rules::TextRule;

const UNITS: [TextUnit; 6] = [
    TextUnit::Chars,
    TextUnit::Utf16,
    TextUnit::Graphemes,
    TextUnit::Bytes,
    TextUnit::Weighted,
    TextUnit::EmojiBytes,
];

fn rule(max: u32, unit: TextUnit) -> TextRule {
    TextRule { max, unit, required: false, max_hashtags: None, max_mentions: None, max_alt: None }
}

/// Words, links, tags, emoji, scripts without spaces and anything else, in any order.
fn prose() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Zäéñ]{1,12}",
        1 => Just("https://example.com/a/path?x=1".to_owned()),
        1 => Just("example.org".to_owned()),
        1 => "#[a-zé]{1,10}",
        1 => "@[a-z_]{1,10}",
        1 => prop_oneof![Just("👨‍👩‍👧"), Just("👍🏽"), Just("🇩🇪"), Just("1️⃣"), Just("😀😀😀")].prop_map(str::to_owned),
        1 => "[のコ珈琲豆。、]{1,20}",
        1 => "[กขคง]{1,9}",
        1 => "\\PC{1,8}",
    ];
    let space = prop_oneof![4 => Just(" "), 1 => Just(". "), 1 => Just(", "), 1 => Just("\n\n"), 1 => Just("")];
    prop::collection::vec((piece, space), 0..60)
        .prop_map(|all| all.into_iter().map(|(piece, space)| piece + space).collect())
}

fn solid(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Whether `at` stands within something of `text` that must stay whole.
fn breaks(text: &str, at: usize) -> bool {
    use unicode_segmentation::UnicodeSegmentation as _;
    whole_pieces(text).iter().any(|piece| piece.start < at && at < piece.end)
        || !text.grapheme_indices(true).any(|(start, _)| start == at) && at != text.len()
}

/// Whether a word of letters that are written with spaces between words is cut at `at`.
fn breaks_word(text: &str, at: usize) -> bool {
    let spaced = |c: char| c.is_alphabetic() && c < '\u{250}';
    text[..at].chars().next_back().is_some_and(spaced)
        && text[at..].chars().next().is_some_and(spaced)
}

#[test]
fn a_blank_at_the_end_goes_though_a_mark_before_it_makes_one_character_with_it() {
    for unit in UNITS {
        assert_eq!(split("\u{11d46} ", &rule(60, unit), false).unwrap(), ["\u{11d46}"]);
    }
}

#[test]
fn a_long_text_is_cut_between_words() {
    let text = "one two three four";
    assert_eq!(shorten(text, &rule(10, TextUnit::Chars)).unwrap(), "one two…");
    assert_eq!(shorten(text, &rule(18, TextUnit::Chars)), None);
    assert_eq!(shorten("unbreakable", &rule(4, TextUnit::Chars)).unwrap(), "unb…");
    assert_eq!(shorten("https://example.com/a b", &rule(9, TextUnit::Chars)).unwrap(), "…");
}

#[test]
fn a_sentence_that_keeps_most_is_kept_whole() {
    let text = "We roast at the harbour. Dr. Bean pours at nine, and there is cake.";
    assert_eq!(shorten(text, &rule(30, TextUnit::Chars)).unwrap(), "We roast at the harbour.");
    assert_eq!(
        shorten(text, &rule(50, TextUnit::Chars)).unwrap(),
        "We roast at the harbour. Dr. Bean pours at nine,…"
    );
}

#[test]
fn a_thread_is_cut_after_sentences_and_numbered() {
    let text = "We moved to the harbour. The roaster came by boat, and it took six of us to carry it.\n\n\
                Come and see it on Saturday from nine on. There will be cake: https://example.com/cake";
    let parts = split(text, &rule(100, TextUnit::Weighted), true).unwrap();
    assert_eq!(
        parts,
        [
            "We moved to the harbour. The roaster came by boat, and it took six of us to carry it.\n\n1/2",
            "Come and see it on Saturday from nine on. There will be cake: https://example.com/cake\n\n2/2",
        ]
    );
}

#[test]
fn what_cannot_be_split_is_said() {
    assert_eq!(split("https://example.com/a/long/one", &rule(10, TextUnit::Chars), false), None);
    let long = "a".repeat(25);
    assert_eq!(split(&long, &rule(10, TextUnit::Chars), false).unwrap().len(), 3);
}

/// Lengths that twitter-text 3.1.0 gave for texts of ours; `scripts/twitter-text` writes them, and
/// beside them holds more to it: X's published cases, and random texts.
#[test]
fn x_lengths_are_those_of_twitter_text() {
    let ours: Vec<(String, u32)> = serde_json::from_str(include_str!("x_lengths.json")).unwrap();
    let more = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/twitter-text/lengths.json");
    let more: Vec<(String, u32)> = match std::fs::read_to_string(more) {
        Ok(file) => serde_json::from_str(&file).unwrap(),
        Err(_) => {
            println!(
                "skipped: X's published cases are not here; scripts/twitter-text fetches them"
            );
            Vec::new()
        }
    };
    let all = ours.len() + more.len();
    let wrong: Vec<_> = ours
        .iter()
        .chain(&more)
        .map(|(text, expected)| (text, *expected, count(text, TextUnit::Weighted)))
        .filter(|(_, expected, found)| expected != found)
        .map(|(text, expected, found)| {
            (text.chars().take(100).collect::<String>(), expected, found)
        })
        .collect();
    println!("{} of {all} texts count as twitter-text counts them", all - wrong.len());
    assert!(wrong.is_empty(), "{} of {all}: {:#?}", wrong.len(), &wrong[..wrong.len().min(12)]);
}

proptest! {
    #[test]
    fn shortening_fits_and_breaks_nothing(text in prose(), max in 4_u32..300) {
        for unit in UNITS {
            let Some(short) = shorten(&text, &rule(max, unit)) else { continue };
            prop_assert!(count(&short, unit) <= max, "{unit:?} {short:?}");
            let kept = if text.starts_with(&short) { &*short } else { short.strip_suffix('…').unwrap_or(&short) };
            prop_assert!(text.starts_with(kept));
            prop_assert!(!breaks(&text, kept.len()), "{unit:?} {kept:?}");
            let one_word = !kept.trim().contains(char::is_whitespace);
            prop_assert!(one_word || !breaks_word(&text, kept.len()), "{unit:?} {kept:?}");
        }
    }

    #[test]
    fn any_text_can_be_shortened(text in "\\PC{0,200}", max in 4_u32..150) {
        for unit in UNITS {
            if let Some(short) = shorten(&text, &rule(max, unit)) {
                prop_assert!(count(&short, unit) <= max);
                prop_assert!(text.starts_with(short.trim_end_matches('…')));
            }
        }
    }

    #[test]
    fn parts_fit_and_say_it_all(text in prose(), max in 60_u32..300, numbered: bool) {
        for unit in UNITS {
            let Some(parts) = split(&text, &rule(max, unit), numbered) else { continue };
            let (all, mut said, mut at) = (parts.len(), String::new(), 0);
            for (n, part) in parts.iter().enumerate() {
                prop_assert!(count(part, unit) <= max, "{unit:?} {part:?}");
                let number = format!("\n\n{}/{all}", n + 1);
                let part = if numbered && all > 1 { part.strip_suffix(&number).unwrap() } else { part };
                at += text[at..].find(part).unwrap() + part.len();
                // The blank at the end goes, also one that makes a character with what is before.
                let end = at == text.trim_end().len();
                prop_assert!(end || !breaks(&text, at), "{unit:?} {part:?}");
                said += &solid(part);
            }
            prop_assert_eq!(said, solid(&text));
        }
    }

    #[test]
    fn x_never_counts_less_than_half_nor_more_than_twice(text in "[a-z 珈琲😀]{0,80}") {
        let weighted = count(&text, TextUnit::Weighted);
        let chars = count(&text, TextUnit::Chars);
        prop_assert!(chars <= weighted && weighted <= 2 * chars);
    }
}
