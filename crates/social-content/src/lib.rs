//! Captions, hashtags, adaptation of text and ideas: offline, and by any OpenAI-compatible model.
//!
//! [`Offline`] is the [`ContentEngine`](social_core::ports::ContentEngine) that always works: it
//! is deterministic, and uses no link, mention or number that was not in what it was given.
//! [`ByModel`] asks a [`TextModel`](social_core::ports::TextModel), believes nothing that it says,
//! and answers offline where the model fails. [`OpenAi`] is such a model, by any endpoint that
//! speaks the protocol. [`Feed`] and [`StaticTrends`] tell what people talk about.
//!
//! ```
//! use social_content::Offline;
//! use social_core::ports::{Brief, ContentEngine as _};
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let brief = Brief::about("Fresh coffee, roasted at the harbour. Coffee!");
//! let found = Offline.generate_hashtags(&brief, 2).await?;
//! assert_eq!(found.tags, ["coffee", "harbour"]);
//! assert_eq!(found.source, "offline");
//! # Ok::<(), social_core::ports::ContentError>(()) }).unwrap();
//! ```

mod language;
mod model;
mod offline;
mod trends;

pub use language::language;
pub use model::{ByModel, Fault, MemoryLedger, ModelConfig, OpenAi, OpenAiConfig, Price, Retrying};
pub use offline::Offline;
pub use trends::{Feed, StaticTrends};

/// Whether a character is not seen, and can carry what a person would not post: marks of
/// direction, joints of no width outside of emoji, tags.
pub(crate) fn hidden(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e001f}')
}
