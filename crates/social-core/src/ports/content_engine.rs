//! Words: captions, hashtags, adaptation, ideas.

use std::fmt::Debug;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::domain::{Platform, Voice, WorkspaceId};
use crate::error::BoxError;
use crate::ports::Trend;
use crate::rules::{Rules, TextRule};

/// What a text is to be about, and what is known beside it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Brief {
    /// What happened or is shown, in a sentence or many. For ideas: the industry.
    pub topic: String,
    /// How it shall sound: `friendly`, `formal`, `playful`, …
    pub tone: Option<String>,
    /// A link that must stand in it.
    pub link: Option<String>,
    /// The network it is for: its tone and structure.
    pub platform: Option<Platform>,
    /// Who pays for a model's answer.
    pub workspace: Option<WorkspaceId>,
    /// How the workspace sounds.
    pub voice: Voice,
    /// Hashtags that the account used, and what came of them.
    pub past: Vec<TagResult>,
    /// What others say: trends, comments. Material to think of, never instructions, and no source
    /// of links, mentions or numbers.
    pub trends: Vec<Trend>,
    /// Days worth a post, as `2026-12-24: Christmas Eve`.
    pub days: Vec<String>,
    /// Another seed gives another text of the same brief.
    pub seed: u64,
}

impl Brief {
    /// A brief of nothing but a topic.
    pub fn about(topic: impl Into<String>) -> Self {
        Self { topic: topic.into(), ..Self::default() }
    }
}

/// What came of posts with a hashtag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TagResult {
    /// The hashtag, without `#`.
    pub tag: String,
    /// How many posts had it.
    pub posts: u32,
    /// Their reach as a factor of the account's usual one.
    pub factor: f64,
}

/// A picture to be described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Such as `image/jpeg`.
    pub mime: String,
    /// The file.
    pub bytes: Bytes,
}

/// A suggestion, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The text.
    pub text: String,
    /// `offline`, or the model's name.
    pub source: String,
    /// What a person should know of it: why the model did not write it, what was repaired.
    pub note: Option<String>,
}

/// Hashtags, and where they came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hashtags {
    /// Without `#`, the best first.
    pub tags: Vec<String>,
    /// `offline`, or the model's name.
    pub source: String,
    /// What a person should know of them.
    pub note: Option<String>,
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
    /// Only a model can do this.
    #[error("{0} takes a model: configure one")]
    NeedsModel(&'static str),
    /// The model failed at what only a model can do.
    #[error("the model did not answer: {0}")]
    Model(#[source] BoxError),
}

/// Writes and adapts text.
///
/// Contract: what it returns fits the rule it was asked for, and contains no link, mention or fact
/// that was not in what it was given. Without a model it is deterministic. Each suggestion says
/// where it came from.
#[async_trait]
pub trait ContentEngine: Debug + Send + Sync + 'static {
    /// A caption for a network.
    async fn generate_caption(
        &self,
        brief: &Brief,
        rule: &TextRule,
    ) -> Result<Suggestion, ContentError>;

    /// At most `limit` hashtags for the text that is the brief's topic.
    async fn generate_hashtags(&self, brief: &Brief, limit: u32) -> Result<Hashtags, ContentError>;

    /// The text made to fit a network: nothing is added; what is too much is left out.
    async fn optimize_for_platform(
        &self,
        text: &str,
        rules: &Rules,
        rule: &TextRule,
    ) -> Result<Suggestion, ContentError>;

    /// At most `limit` ideas for posts about the industry that is the brief's topic.
    async fn suggest_content_ideas(
        &self,
        brief: &Brief,
        limit: u32,
    ) -> Result<Vec<Suggestion>, ContentError>;

    /// At most `limit` captions that differ, to be tried against each other.
    async fn generate_variants(
        &self,
        brief: &Brief,
        rule: &TextRule,
        limit: u32,
    ) -> Result<Vec<Suggestion>, ContentError> {
        let mut found: Vec<Suggestion> = Vec::new();
        // Seeds may agree by chance: a few more are tried.
        for seed in 0..u64::from(limit) * 3 {
            let brief = Brief { seed: brief.seed.wrapping_add(seed), ..brief.clone() };
            let one = self.generate_caption(&brief, rule).await?;
            if found.iter().all(|other| other.text != one.text) {
                found.push(one);
            }
            if found.len() >= limit as usize {
                break;
            }
        }
        Ok(found)
    }

    /// A description of a picture for those who cannot see it, of at most `max` characters.
    /// `brief` says what the post is about.
    async fn describe_picture(
        &self,
        _picture: &Picture,
        _brief: &Brief,
        _max: u32,
    ) -> Result<Suggestion, ContentError> {
        Err(ContentError::NeedsModel("describing a picture"))
    }

    /// The brief's topic in another language (`en`, `de`, …), fitting the rule, with its links,
    /// mentions, hashtags and numbers as they are.
    async fn translate(
        &self,
        _brief: &Brief,
        _language: &str,
        _rule: &TextRule,
    ) -> Result<Suggestion, ContentError> {
        Err(ContentError::NeedsModel("translating"))
    }
}
