//! Running through a text fast: most of most texts is ASCII, of which hardly anything must be asked.

use unicode_normalization::{IsNormalized, is_nfc_quick};
use unicode_segmentation::UnicodeSegmentation as _;

/// The first byte of `bytes` that is at least `least`. Looks at many at once.
fn first(bytes: &[u8], least: u8) -> Option<usize> {
    const MANY: usize = 32;
    let chunks = bytes.chunks_exact(MANY);
    let whole = bytes.len() - chunks.remainder().len();
    let any = |chunk: &[u8]| chunk.iter().fold(false, |any, byte| any | (*byte >= least));
    let from = chunks.clone().position(any).map_or(whole, |n| n * MANY);
    bytes[from..].iter().position(|byte| *byte >= least).map(|at| from + at)
}

/// Where the first character of `text` stands that is not ASCII.
pub(super) fn first_beyond_ascii(text: &str) -> Option<usize> {
    first(text.as_bytes(), 0x80)
}

/// Where the ASCII ends that `text` does not begin with: its first ASCII character, else its end.
pub(super) fn ascii_again(text: &str) -> usize {
    text.bytes().position(|byte| byte < 0x80).unwrap_or(text.len())
}

/// Whether `text` is composed already (NFC), as far as that can be told quickly. Below U+0300 there
/// is nothing that composes, so only what lies above is looked at.
pub(super) fn is_composed(text: &str) -> bool {
    let mut at = 0;
    while let Some(from) = first(&text.as_bytes()[at..], 0xcc).map(|n| at + n) {
        let until = text[from..].find(|c| c < '\u{300}').map_or(text.len(), |n| from + n);
        if is_nfc_quick(text[from..until].chars()) != IsNormalized::Yes {
            return false;
        }
        at = until;
    }
    true
}

/// How many characters `text` has as a person sees them.
///
/// Between two characters that neither join others nor break lines there always is a boundary.
/// Only around the rest the rules of Unicode (UAX 29) are asked.
pub(super) fn graphemes(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut sum, mut at) = (0, 0);
    while at < text.len() {
        // ASCII, but for its last character: what follows may join it.
        let run = first_beyond_ascii(&text[at..]).unwrap_or(text.len() - at);
        if run > 1 {
            let whole = if at + run == text.len() { run } else { run - 1 };
            // With the next character: a line break of two characters may be cut there.
            let part = &bytes[at..(at + whole + 1).min(at + run)];
            sum += whole;
            if part.contains(&b'\r') {
                sum -= part.windows(2).filter(|two| *two == b"\r\n").count();
            }
            at += whole;
            continue;
        }
        let (len, joined) = cluster_window(&text[at..]);
        let window = &text[at..at + len];
        sum += if joined { window.graphemes(true).count() } else { window.chars().count() };
        at += len;
    }
    sum
}

/// The length of the piece at the start of `text` that the rules are asked about, and whether they
/// must be: it ends between two plain characters.
fn cluster_window(text: &str) -> (usize, bool) {
    let mut chars = text.char_indices().peekable();
    let (mut before_plain, mut joined) = (false, false);
    let mut seen = 0;
    while let Some((at, c)) = chars.next() {
        let plain = is_plain(c);
        // Long rows of plain ones are left in pieces that cost little to count.
        if before_plain && plain && (joined || c.is_ascii() || seen >= 64) {
            return (at, joined);
        }
        joined |= !plain;
        before_plain = plain;
        seen += 1;
        if chars.peek().is_none() {
            break;
        }
    }
    (text.len(), joined)
}

/// Whether a character is of those that are known to join no other, in any of the versions of
/// Unicode: a test holds all of them to the rules.
fn is_plain(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{c}' | '\u{e}'..='\u{2ff}' | '\u{370}'..='\u{482}' | '\u{48a}'..='\u{590}'
        | '\u{1e00}'..='\u{1fff}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}'
        | '\u{20a0}'..='\u{20cf}' | '\u{2100}'..='\u{2cee}' | '\u{3000}'..='\u{3029}'
        | '\u{3030}'..='\u{3098}' | '\u{309b}'..='\u{a66e}' | '\u{ff00}'..='\u{ff9d}'
        | '\u{1f300}'..='\u{1f3fa}' | '\u{1f400}'..='\u{1f64f}' | '\u{1f680}'..='\u{1f6ff}'
        | '\u{1f900}'..='\u{1f9ff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_characters_join_no_other() {
        let plain = (0..=0x10_ffff).filter_map(char::from_u32).filter(|c| is_plain(*c));
        for c in plain {
            for text in [format!("a{c}"), format!("{c}a"), format!("{c}{c}"), format!("{c}\n")] {
                assert_eq!(text.graphemes(true).count(), 2, "{text:?}");
            }
        }
    }

    #[test]
    fn line_breaks_of_two_characters_are_one_wherever_they_stand() {
        for text in ["\r\n", "a\r\nb", "\r\né", "a\r\n\u{301}", "\r\u{301}", "\n\r\n\r", "ab\r"] {
            assert_eq!(graphemes(text), text.graphemes(true).count(), "{text:?}");
        }
    }

    /// What joins, beside what does not.
    fn mixture() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            3 => "[a-z0-9 \r\n#*]{0,40}",
            2 => "\\PC{0,6}",
            1 => Just("e\u{301}".to_owned()),
            1 => prop_oneof![
                Just("👨‍👩‍👧"), Just("👍🏽"), Just("🇩🇪🇦"), Just("1️⃣"), Just("\u{600}"), Just("\u{200d}"),
                Just("क्ष"), Just("한"), Just("\u{1100}\u{1161}"), Just("\u{fe0f}"), Just("ก\u{e33}"),
            ].prop_map(str::to_owned),
        ];
        prop::collection::vec(piece, 0..20).prop_map(|all| all.concat())
    }

    proptest! {
        #[test]
        fn as_many_are_seen_as_the_rules_say(text in mixture()) {
            prop_assert_eq!(graphemes(&text), text.graphemes(true).count(), "{:?}", text);
        }

        #[test]
        fn composed_is_what_the_rules_call_composed(text in mixture()) {
            let whole = is_nfc_quick(text.chars()) == IsNormalized::Yes;
            prop_assert_eq!(is_composed(&text), whole, "{:?}", text);
        }

        #[test]
        fn the_first_large_byte_is_found(bytes: Vec<u8>, least: u8) {
            prop_assert_eq!(first(&bytes, least), bytes.iter().position(|byte| *byte >= least));
        }
    }
}
