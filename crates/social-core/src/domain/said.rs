//! What a post says, short enough to be compared in a store.

use sha2::{Digest as _, Sha256};

use super::MediaRef;

/// What is said on an account, as far as readers tell it apart: the words, whatever their case and
/// the spaces between them, and the media. Two that are alike say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said([u8; 16]);

impl Said {
    /// Of a text with its media.
    #[must_use]
    pub fn of(text: &str, media: &[MediaRef]) -> Self {
        let mut hash = Sha256::new();
        for word in text.split_whitespace() {
            hash.update(word.to_lowercase());
            hash.update(" ");
        }
        hash.update([0]);
        for media in media {
            hash.update(media.asset.as_uuid().as_bytes());
        }
        let mut said = [0; 16];
        said.copy_from_slice(&hash.finalize()[..16]);
        Self(said)
    }

    /// As it is stored.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_spaces_do_not_tell_texts_apart_and_words_do() {
        let said = |text| Said::of(text, &[]);
        assert_eq!(said("Fresh  beans\n"), said("fresh BEANS"));
        assert_ne!(said("Fresh beans"), said("Freshbeans"));
        assert_ne!(said("Fresh beans"), said("Fresh beans!"));
    }
}
