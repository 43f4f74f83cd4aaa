//! Language models, what they cost, and who pays.

use std::fmt::Debug;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Picture, StoreError};
use crate::domain::WorkspaceId;
use crate::error::Retry;

/// What a model is asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prompt {
    /// What it is to obey.
    pub system: String,
    /// What it is to work on.
    pub user: String,
    /// Pictures beside it.
    pub pictures: Vec<Picture>,
    /// The JSON schema of its answer.
    pub schema: serde_json::Value,
    /// The most tokens of its answer.
    pub max_tokens: u32,
    /// How much it varies, from 0 for the likeliest words to 1.
    pub temperature: f64,
    /// The same seed gives the same answer, where the model can.
    pub seed: u64,
}

/// What a model was fed and gave, in its own units of text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// Read.
    pub input: u64,
    /// Written.
    pub output: u64,
}

/// What a model answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// Its words.
    pub text: String,
    /// What it took.
    pub tokens: Tokens,
}

/// Why a model did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct ModelError {
    /// What went wrong, for a person: no secret, no prompt.
    pub detail: String,
    /// Whether asking again may help. Asking twice does no harm but cost.
    pub retry: Retry,
}

/// Is given the pieces of an answer as they come.
pub type OnPiece<'a> = dyn FnMut(&str) + Send + 'a;

/// A language model, by any provider.
///
/// Contract: one call asks at most once. Time is bounded by the caller, who may drop the future.
#[async_trait]
pub trait TextModel: Debug + Send + Sync + 'static {
    /// Its name, for [`Suggestion::source`](super::Suggestion::source).
    fn name(&self) -> &str;

    /// Whether it takes pictures.
    fn sees(&self) -> bool {
        false
    }

    /// The model's whole answer. `on` is given its pieces as they come; they are not checked, and
    /// fit to be shown as progress alone.
    async fn complete(
        &self,
        prompt: &Prompt,
        on: &mut OnPiece<'_>,
    ) -> Result<Completion, ModelError>;
}

/// What workspaces spent on models, in millionths of the currency they are billed in.
///
/// Contract: [`ModelLedger::reserve`] is atomic among all who share the ledger, so that a budget
/// holds under any number of calls at once.
#[async_trait]
pub trait ModelLedger: Debug + Send + Sync + 'static {
    /// Sets `most` aside on `day` (days since 1970) unless the day's sum would pass `budget`;
    /// whether it did.
    async fn reserve(
        &self,
        workspace: WorkspaceId,
        day: i64,
        most: u64,
        budget: u64,
    ) -> Result<bool, StoreError>;

    /// Replaces what was `reserved` by what was `spent`.
    async fn settle(
        &self,
        workspace: WorkspaceId,
        day: i64,
        reserved: u64,
        spent: u64,
    ) -> Result<(), StoreError>;

    /// The sum of a day, what is set aside included.
    async fn spent(&self, workspace: WorkspaceId, day: i64) -> Result<u64, StoreError>;
}
