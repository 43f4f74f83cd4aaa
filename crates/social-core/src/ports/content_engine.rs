//! Words: captions, hashtags, adaptation, ideas.

use std::fmt::Debug;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::error::BoxError;
use crate::rules::{Rules, TextRule};

/// What a caption is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    /// What happened or is shown, in a sentence or many.
    pub topic: String,
    /// How it shall sound: `friendly`, `formal`, …
    pub tone: Option<String>,
    /// A link that must stand in it.
    pub link: Option<String>,
}

/// A suggestion, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The text.
    pub text: String,
    /// `offline`, or the model's name.
    pub source: String,
}

/// Why there is no suggestion.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContentError {
    /// There is nothing to go by.
    #[error("there is nothing to write about: give a topic or a text")]
    Empty,
    /// The text cannot be made to fit.
    #[error("the text cannot be made to fit: {0}")]
    CannotFit(String),
    /// The model failed.
    #[error("the model did not answer: {0}")]
    Model(#[source] BoxError),
}

/// Writes and adapts text.
///
/// Contract: what it returns fits the rule it was asked for, and contains no link, mention or fact
/// that was not in what it was given. Without a model it is deterministic.
#[async_trait]
pub trait ContentEngine: Debug + Send + Sync + 'static {
    /// A caption for a network.
    async fn generate_caption(
        &self,
        brief: &Brief,
        rule: &TextRule,
    ) -> Result<Suggestion, ContentError>;

    /// At most `limit` hashtags for a text, without `#`, the best first.
    async fn generate_hashtags(&self, text: &str, limit: u32) -> Result<Vec<String>, ContentError>;

    /// The text made to fit a network: nothing is added; what is too much is left out.
    async fn optimize_for_platform(
        &self,
        text: &str,
        rules: &Rules,
        rule: &TextRule,
    ) -> Result<Suggestion, ContentError>;

    /// At most `limit` ideas for posts about an industry.
    async fn suggest_content_ideas(
        &self,
        industry: &str,
        limit: u32,
    ) -> Result<Vec<Suggestion>, ContentError>;
}

/// A language model, by any provider.
#[async_trait]
pub trait TextModel: Debug + Send + Sync + 'static {
    /// Its name, for [`Suggestion::source`].
    fn name(&self) -> &str;

    /// The model's answer to `prompt` under the instructions of `system`.
    async fn complete(&self, system: &str, prompt: &str) -> Result<String, ContentError>;
}
