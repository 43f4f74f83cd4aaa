//! Making text shorter, and several of one.

use std::cell::OnceCell;
use std::ops::Range;

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation as _};

use super::count::{TextUnit, count};
use super::tags::whole_pieces;
use crate::rules::TextRule;

/// How natural it is to stop at a place, the best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stop {
    Word,
    Clause,
    Sentence,
    Paragraph,
}

/// A place at which a text may be cut.
#[derive(Debug, Clone, Copy)]
struct Place {
    at: usize,
    stop: Stop,
    /// What the text up to here counts, or a little more: counted word by word.
    length: u32,
}

/// `text` cut to fit `rule`, or `None` where it fits already.
///
/// Ends with a sentence where that keeps most of what there is room for, else between words and
/// with an ellipsis. Never splits a link, a mention, a hashtag or a character as a person sees it;
/// a word is split only where it alone is longer than the limit.
#[must_use]
pub fn shorten(text: &str, rule: &TextRule) -> Option<String> {
    let (max, unit) = (rule.max, rule.unit);
    if count(text, unit) <= max {
        return None;
    }
    let places = places(text, unit, max);
    let ellipsis = count("…", unit);
    let fits =
        |end: usize, tail: &str| count(&[text[..end].trim_end(), tail].concat(), unit) <= max;
    let last = |least: Stop, tail: u32, sign: &str| {
        let within = |place: &&Place| place.stop >= least && place.length + tail <= max;
        places.iter().rev().filter(within).find(|place| fits(place.at, sign)).copied()
    };
    let word = last(Stop::Word, ellipsis, "…");
    let sentence = last(Stop::Sentence, 0, "");
    let kept = match (sentence, word) {
        (Some(sentence), Some(word)) if sentence.length * 3 >= word.length * 2 => {
            return Some(text[..sentence.at].trim_end().to_owned());
        }
        (_, Some(word)) => word.at,
        (_, None) => part_of_word(text, 0, &whole_pieces(text), |end| fits(end, "…")),
    };
    let kept = text[..kept].trim_end();
    Some(if ellipsis > max { String::new() } else { format!("{kept}…") })
}

/// `text` in parts that each fit `rule`, for a thread: cut after paragraphs, sentences, clauses or
/// words, in this order of liking, and numbered (`2/3`) at their ends where asked.
///
/// The parts together say what `text` says, but for the space between them. `None` where a link, a
/// mention, a hashtag or a single character is longer than a part may be.
#[must_use]
pub fn split(text: &str, rule: &TextRule, numbered: bool) -> Option<Vec<String>> {
    let text = text.trim();
    if count(text, rule.unit) <= rule.max {
        return Some(vec![text.to_owned()]);
    }
    if !numbered {
        return parts(text, rule.max, rule.unit, 0)
            .map(|parts| parts.into_iter().map(|part| text[part].trim().to_owned()).collect());
    }
    // How much room numbers need depends on how many parts there are.
    for digits in 1..=4_usize {
        let nines = "9".repeat(digits);
        let room = count(&format!("\n\n{nines}/{nines}"), rule.unit);
        let found = parts(text, rule.max.checked_sub(room)?, rule.unit, room)?;
        let all = found.len();
        if all.to_string().len() <= digits {
            let number = |(n, part): (usize, Range<usize>)| {
                format!("{}\n\n{}/{all}", text[part].trim(), n + 1)
            };
            return Some(found.into_iter().enumerate().map(number).collect());
        }
    }
    None
}

/// Where the parts of `text` stand that each count at most `max`; `spare` counts are kept free
/// besides, and only matter for how full a part is thought to be.
fn parts(text: &str, max: u32, unit: TextUnit, spare: u32) -> Option<Vec<Range<usize>>> {
    let places = places(text, unit, u32::MAX);
    // Only words that are longer than a part ask for them.
    let pieces = OnceCell::new();
    let pieces = || pieces.get_or_init(|| whole_pieces(text));
    let (mut found, mut from, mut before, mut next) = (Vec::new(), 0, 0, 0);
    while from < text.len() {
        // What counts at most `max` is at most as far as lengths say, and often further: links.
        let fits = |end: usize| count(text[from..end].trim(), unit) <= max;
        let reach = next
            + places[next..].partition_point(|place| place.length.saturating_sub(before) <= max);
        let mut full = reach;
        while full < places.len() && fits(places[full].at) {
            full += 1;
        }
        let mut whole: &[Place] = &places[next..full];
        while let Some((last, rest)) = whole.split_last() {
            if fits(last.at) {
                break;
            }
            whole = rest;
        }
        let Some(last) = whole.last() else {
            let word_end = places.get(next).map_or(text.len(), |place| place.at);
            let start = from + (text[from..].len() - text[from..].trim_start().len());
            if pieces().iter().any(|piece| piece.start < word_end && start < piece.end) {
                return None;
            }
            let end = part_of_word(text, start, pieces(), fits);
            if end <= start {
                return None;
            }
            found.push(from..end);
            before += count(&text[from..end], unit).min(max);
            from = end;
            continue;
        };
        let filled = |place: &Place| {
            f64::from(place.length.saturating_sub(before) + spare) / f64::from(max + spare)
        };
        let natural = [(Stop::Paragraph, 0.4), (Stop::Sentence, 0.5), (Stop::Clause, 0.7)]
            .into_iter()
            .find_map(|(stop, least)| {
                whole.iter().rev().find(|place| place.stop >= stop && filled(place) >= least)
            });
        let end = if last.at == text.len() { last } else { natural.unwrap_or(last) };
        found.push(from..end.at);
        (from, before) = (end.at, end.length);
        next = places.partition_point(|place| place.at <= from);
    }
    Some(found)
}

/// The places at which `text` may be cut, the last of them its end, up to the first that counts
/// more than `max`.
///
/// One run through the text, word by word, between spaces. Only within a word of other scripts
/// there may be more places, and only there the rules of Unicode (UAX 29) are asked.
fn places(text: &str, unit: TextUnit, max: u32) -> Vec<Place> {
    let mut found = Vec::with_capacity(text.len() / 6 + 1);
    let (mut length, mut from) = (0_u32, 0);
    let mut add = |at: usize, stop: Stop| {
        length = length.saturating_add(count(&text[from..at], unit));
        from = at;
        found.push(Place { at, stop, length });
        length <= max
    };
    let mut start = 0;
    while let Some(word) = next_word(text, start) {
        if !text[word.clone()].is_ascii() {
            for at in places_within(&text[word.clone()]) {
                let at = word.start + at;
                if !add(at, stop_after(&text[..at], &text[at..])) {
                    return found;
                }
            }
        }
        start = word.end;
        // What ends the text is added last, whatever space follows.
        let before = text[word].chars().next_back();
        let sure = before.is_none_or(|c| c < '\u{300}');
        let ends = start == text.len() || text[start..].starts_with(NOT_A_SPACE);
        if ends || !(sure || is_boundary(text, start)) {
            continue;
        }
        if !add(start, stop_after(&text[..start], &text[start..])) {
            return found;
        }
    }
    add(text.len(), Stop::Paragraph);
    found
}

/// Counts as space, and yet belongs to the words beside it.
const NOT_A_SPACE: char = '\u{202f}';

/// The next characters of `text` from `start` on that are no space.
fn next_word(text: &str, start: usize) -> Option<Range<usize>> {
    let begin = start + text[start..].find(|c: char| !c.is_whitespace())?;
    let len = text[begin..].find(char::is_whitespace).unwrap_or(text.len() - begin);
    Some(begin..begin + len)
}

/// Where a word may be cut that is of a script without spaces, or a row of emoji.
fn places_within(word: &str) -> Vec<usize> {
    let mut found = Vec::new();
    if !word.chars().any(loose) {
        return found;
    }
    let pieces = whole_pieces(word);
    let mut pieces = pieces.iter().peekable();
    let mut segments = word.split_word_bound_indices().peekable();
    while let Some((start, segment)) = segments.next() {
        let end = start + segment.len();
        while pieces.next_if(|piece| piece.end <= start).is_some() {}
        let inside = pieces.peek().is_some_and(|piece| piece.start < end && end < piece.end);
        let Some((_, after)) = segments.peek() else { break };
        let (before, after) = (segment.chars().next_back(), after.chars().next());
        let (Some(before), Some(after)) = (before, after) else { continue };
        if !inside && unspaced(before, after) && is_boundary(word, end) {
            found.push(end);
        }
    }
    found
}

/// How natural it is to stop between `before` and `after`.
fn stop_after(before: &str, after: &str) -> Stop {
    let space = &after[..after.len() - after.trim_start().len()];
    let sign =
        before.trim_end_matches(['"', '\'', ')', ']', '”', '’', '»', '」']).chars().next_back();
    match sign {
        _ if space.matches('\n').count() > 1 => Stop::Paragraph,
        _ if space.contains('\n') => Stop::Sentence,
        Some('。' | '！' | '？') => Stop::Sentence,
        Some('.' | '!' | '?' | '…' | '։' | '؟' | '।') if begins_sentence(before, after) => {
            Stop::Sentence
        }
        Some(',' | ';' | ':' | '–' | '—' | '、' | '，' | '；' | '،') => Stop::Clause,
        _ => Stop::Word,
    }
}

/// Whether a sentence may begin after a full stop: `e.g. this`, `Dr. Who` and `3. place` begin none.
fn begins_sentence(before: &str, after: &str) -> bool {
    let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    let stem = word.trim_end_matches(['"', '\'', ')', '”', '’', '»']);
    let abbreviated = stem.strip_suffix('.').is_some_and(|stem| {
        stem.chars().count() < 2
            || stem.contains('.')
            || stem.chars().all(|c| c.is_ascii_digit()) && stem.len() < 3
            || TITLES.contains(&stem.trim_start_matches(['(', '"', '“']))
    });
    !abbreviated && after.trim_start().chars().next().is_none_or(|c| !c.is_lowercase())
}

/// Words that end with a full stop and go before a name or a number.
const TITLES: &[&str] = &[
    "Dr", "Mr", "Mrs", "Ms", "Prof", "St", "No", "Nr", "vs", "bzw", "ca", "Hr", "Fr", "Sr", "Sra",
    "Mme", "etc", "usw", "approx", "Jan", "Feb", "Mar", "Apr", "Aug", "Sep", "Sept", "Oct", "Nov",
    "Dec",
];

/// Whether a character is of a script that writes no spaces, or an emoji.
fn loose(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{2600}'..='\u{27bf}' | '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}'
        | '\u{1f000}'..='\u{1faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a text may be cut between two characters without a space: scripts that write none, and
/// rows of emoji. Never before what closes.
fn unspaced(before: char, after: char) -> bool {
    let closes = matches!(
        after,
        '、' | '。'
            | '」'
            | '』'
            | '）'
            | '】'
            | '》'
            | '〉'
            | '，'
            | '．'
            | '！'
            | '？'
            | '：'
            | '；'
            | 'ー'
            | '々'
            | '.'
            | ','
            | '!'
            | '?'
            | ':'
            | ';'
            | ')'
            | ']'
            | '}'
            | '"'
            | '\''
            | '”'
            | '’'
            | '»'
            | '…'
    );
    let opens = matches!(
        before,
        '「' | '『' | '（' | '【' | '《' | '〈' | '(' | '[' | '{' | '“' | '‘' | '«' | '#' | '@'
    );
    (loose(before) || loose(after)) && !closes && !opens
}

fn is_boundary(text: &str, at: usize) -> bool {
    // The whole text is one chunk, so nothing is left to ask for.
    GraphemeCursor::new(at, text.len(), true).is_boundary(text, 0).unwrap_or(false)
}

/// The end of the longest part of the word at `start` that fits, between characters as a person
/// sees them: `start` where none does, or where the word must stay whole.
fn part_of_word(
    text: &str,
    start: usize,
    pieces: &[Range<usize>],
    fits: impl Fn(usize) -> bool,
) -> usize {
    let whole = pieces.iter().find(|piece| piece.end > start);
    let until = whole.map_or(text.len(), |piece| piece.start.max(start));
    let mut end = start;
    for (at, grapheme) in text[start..until].grapheme_indices(true) {
        let next = start + at + grapheme.len();
        if !fits(next) {
            break;
        }
        end = next;
    }
    end
}
