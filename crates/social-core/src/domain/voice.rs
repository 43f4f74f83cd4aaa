//! How a workspace sounds, and whether a text sounds like it.

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::rules::{emoji, hashtags};

/// How a workspace sounds. The default has no opinion.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Voice {
    /// Texts that sound right.
    pub samples: Vec<String>,
    /// Words to use where they fit.
    pub prefer: Vec<String>,
    /// Words that must not stand in a text, in any case of letters.
    pub avoid: Vec<String>,
    /// The most emoji in a text; `None` leaves it open.
    pub max_emoji: Option<u32>,
    /// Which hashtags.
    pub hashtags: HashtagPolicy,
    /// The language to write in, as `en` or `de`; `None` is that of the topic.
    pub language: Option<String>,
}

/// Which hashtags a workspace wants. All without `#`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HashtagPolicy {
    /// Those that stand in every post.
    pub always: Vec<String>,
    /// Those that never do.
    pub never: Vec<String>,
    /// The most in a text, where it is fewer than the network takes.
    pub max: Option<u32>,
}

/// In what a text does not sound like its workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "breach", rename_all = "snake_case")]
pub enum VoiceBreach {
    /// It uses a word to avoid.
    #[error("it says `{word}`, which is a word to avoid")]
    Word {
        /// The word.
        word: String,
    },
    /// It has too many emoji.
    #[error("it has {found} emoji of at most {most}")]
    Emoji {
        /// How many it has.
        found: u32,
        /// How many it may have.
        most: u32,
    },
    /// It has a hashtag that is never to be used.
    #[error("it has the hashtag #{tag}, which is never to be used")]
    Hashtag {
        /// The hashtag.
        tag: String,
    },
    /// It has too many hashtags.
    #[error("it has {found} hashtags of at most {most}")]
    Hashtags {
        /// How many it has.
        found: u32,
        /// How many it may have.
        most: u32,
    },
}

impl Voice {
    /// In what `text` does not sound like this, all of it.
    #[must_use]
    pub fn check(&self, text: &str) -> Vec<VoiceBreach> {
        let mut found = Vec::new();
        let lower = text.to_lowercase();
        let says = |phrase: &str| says(&lower, &phrase.to_lowercase());
        let words = self.avoid.iter().filter(|word| says(word));
        found.extend(words.map(|word| VoiceBreach::Word { word: word.clone() }));
        let emoji = emoji(text).count() as u32;
        if let Some(most) = self.max_emoji.filter(|most| emoji > *most) {
            found.push(VoiceBreach::Emoji { found: emoji, most });
        }
        let tags: Vec<&str> = hashtags(text).collect();
        for tag in &tags {
            if self.hashtags.forbids(tag) {
                found.push(VoiceBreach::Hashtag { tag: (*tag).to_owned() });
            }
        }
        let count = tags.len() as u32;
        if let Some(most) = self.hashtags.max.filter(|most| count > *most) {
            found.push(VoiceBreach::Hashtags { found: count, most });
        }
        found
    }
}

impl HashtagPolicy {
    /// Whether `tag`, without `#`, is never to be used.
    #[must_use]
    pub fn forbids(&self, tag: &str) -> bool {
        self.never.iter().any(|never| {
            never.trim_start_matches('#').to_lowercase()
                == tag.trim_start_matches('#').to_lowercase()
        })
    }
}

/// Whether `phrase` stands in `text` as whole words; both in lower case.
fn says(text: &str, phrase: &str) -> bool {
    let phrase: Vec<&str> = phrase.unicode_words().collect();
    let words: Vec<&str> = text.unicode_words().collect();
    !phrase.is_empty() && words.windows(phrase.len()).any(|window| window == phrase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_held_to_the_voice() {
        let voice = Voice {
            avoid: vec!["cheap".into(), "best ever".into()],
            max_emoji: Some(1),
            hashtags: HashtagPolicy {
                never: vec!["#sale".into()],
                max: Some(1),
                ..Default::default()
            },
            ..Voice::default()
        };
        assert_eq!(voice.check("A cheapskate's best coffee ☕ #coffee"), []);
        let breaches = voice.check("CHEAP, the best ever! ☕👨‍👩‍👧 #Sale #coffee");
        assert_eq!(
            breaches,
            [
                VoiceBreach::Word { word: "cheap".into() },
                VoiceBreach::Word { word: "best ever".into() },
                VoiceBreach::Emoji { found: 2, most: 1 },
                VoiceBreach::Hashtag { tag: "Sale".into() },
                VoiceBreach::Hashtags { found: 2, most: 1 },
            ]
        );
    }
}
