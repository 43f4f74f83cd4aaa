//! The engine that asks a model, and believes nothing that it says.

mod ask;
mod check;
mod events;
mod ledger;
mod openai;
mod prompt;
mod retrying;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use social_core::ports::{
    Brief, Cache, Clock, ContentEngine, ContentError, Hashtags, ModelLedger, Picture, Suggestion,
    TextModel,
};
use social_core::rules::{Rules, TextRule, TextUnit, count};

pub use check::Fault;
pub use ledger::{MemoryLedger, Price};
pub use openai::{OpenAi, OpenAiConfig};
pub use retrying::Retrying;

use crate::language::language;
use crate::offline::Offline;
use check::{Given, check_hashtags, kept};
use prompt::Task;

/// How a model is used.
#[derive(Debug, Clone)]
pub struct ModelConfig {
    /// How long a person waits for one suggestion, repeats and repair included.
    pub timeout: Duration,
    /// The most tokens of an answer.
    pub max_tokens: u32,
    /// What its tokens cost.
    pub price: Price,
    /// What a workspace may spend a day, in millionths of the currency; `None` is no limit.
    pub daily_budget: Option<u64>,
    /// How long an answer is kept for the same question.
    pub keep: Duration,
}

impl Default for ModelConfig {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            max_tokens: 800,
            price: Price::default(),
            daily_budget: None,
            keep: Duration::from_secs(24 * 3600),
        }
    }
}

/// Writes by a model.
///
/// The model's text is held to the network's rules, to the workspace's voice, and to what was
/// given: a link, a mention, a number or a claim that it adds is a fault, and so is what it repeats
/// of strangers' words. A faulty text is sent back once; where it stays faulty, where the model
/// fails, is late or too dear, [`Offline`] answers, and the suggestion's note says why.
#[derive(Debug, Clone)]
pub struct ByModel {
    model: Arc<dyn TextModel>,
    cache: Arc<dyn Cache>,
    ledger: Arc<dyn ModelLedger>,
    clock: Arc<dyn Clock>,
    config: ModelConfig,
}

impl ByModel {
    /// Writes by `model`, which is to be [`Retrying`] where it should be asked again.
    #[must_use]
    pub fn new(
        model: Arc<dyn TextModel>,
        cache: Arc<dyn Cache>,
        ledger: Arc<dyn ModelLedger>,
        clock: Arc<dyn Clock>,
        config: ModelConfig,
    ) -> Self {
        Self { model, cache, ledger, clock, config }
    }

    fn suggestion(&self, text: String, note: Option<String>) -> Suggestion {
        Suggestion { text, source: self.model.name().to_owned(), note }
    }

    async fn captions(
        &self,
        brief: &Brief,
        rule: &TextRule,
        limit: u32,
    ) -> Result<(Vec<String>, Option<String>), ask::Failed> {
        let given = Given::new(brief);
        let check =
            |texts: &[String]| texts.iter().flat_map(|text| given.check(text, rule)).collect();
        self.ask(Task::Caption { rule, count: limit }, brief, Vec::new(), check).await
    }
}

/// A suggestion of the offline engine that says why it is none of the model.
fn instead(suggestion: Suggestion, why: &ask::Failed) -> Suggestion {
    let note = [Some(why.to_string()), suggestion.note].into_iter().flatten().collect::<Vec<_>>();
    Suggestion { note: Some(note.join("; ")), ..suggestion }
}

#[async_trait]
impl ContentEngine for ByModel {
    async fn generate_caption(
        &self,
        brief: &Brief,
        rule: &TextRule,
    ) -> Result<Suggestion, ContentError> {
        let mut found = self.generate_variants(brief, rule, 1).await?;
        found.pop().ok_or(ContentError::Empty)
    }

    async fn generate_variants(
        &self,
        brief: &Brief,
        rule: &TextRule,
        limit: u32,
    ) -> Result<Vec<Suggestion>, ContentError> {
        if brief.topic.trim().is_empty() {
            return Err(ContentError::Empty);
        }
        match self.captions(brief, rule, limit).await {
            Ok((mut texts, note)) => {
                let mut seen = std::collections::BTreeSet::new();
                texts.retain(|text| seen.insert(text.clone()));
                texts.truncate(limit as usize);
                Ok(texts.into_iter().map(|text| self.suggestion(text, note.clone())).collect())
            }
            Err(why) => {
                let offline = Offline.generate_variants(brief, rule, limit).await?;
                Ok(offline.into_iter().map(|one| instead(one, &why)).collect())
            }
        }
    }

    async fn generate_hashtags(&self, brief: &Brief, limit: u32) -> Result<Hashtags, ContentError> {
        if brief.topic.trim().is_empty() {
            return Err(ContentError::Empty);
        }
        let check = |tags: &[String]| check_hashtags(brief, tags);
        match self.ask(Task::Hashtags { limit }, brief, Vec::new(), check).await {
            Ok((mut tags, note)) => {
                tags.truncate(brief.voice.hashtags.max.unwrap_or(limit).min(limit) as usize);
                Ok(Hashtags { tags, source: self.model.name().to_owned(), note })
            }
            Err(why) => {
                let offline = Offline.generate_hashtags(brief, limit).await?;
                Ok(Hashtags { note: Some(why.to_string()), ..offline })
            }
        }
    }

    /// Nothing is to be added and nothing to be rewritten: rules do this better than a model.
    async fn optimize_for_platform(
        &self,
        text: &str,
        rules: &Rules,
        rule: &TextRule,
    ) -> Result<Suggestion, ContentError> {
        Offline.optimize_for_platform(text, rules, rule).await
    }

    async fn suggest_content_ideas(
        &self,
        brief: &Brief,
        limit: u32,
    ) -> Result<Vec<Suggestion>, ContentError> {
        if brief.topic.trim().is_empty() {
            return Err(ContentError::Empty);
        }
        // A day to come may be named with its date.
        let days =
            Brief { topic: format!("{} {}", brief.topic, brief.days.join(" ")), ..brief.clone() };
        let given = Given::new(&days);
        let check =
            |ideas: &[String]| ideas.iter().flat_map(|idea| given.check_words(idea)).collect();
        match self.ask(Task::Ideas { limit }, brief, Vec::new(), check).await {
            Ok((ideas, note)) => {
                let ideas = ideas.into_iter().take(limit as usize);
                Ok(ideas.map(|idea| self.suggestion(idea, note.clone())).collect())
            }
            Err(why) => {
                let offline = Offline.suggest_content_ideas(brief, limit).await?;
                Ok(offline.into_iter().map(|one| instead(one, &why)).collect())
            }
        }
    }

    async fn describe_picture(
        &self,
        picture: &Picture,
        brief: &Brief,
        max: u32,
    ) -> Result<Suggestion, ContentError> {
        if !self.model.sees() {
            return Err(ContentError::NeedsModel("describing a picture with this model"));
        }
        let rule = TextRule {
            max,
            unit: TextUnit::Chars,
            required: true,
            max_hashtags: Some(0),
            max_mentions: Some(0),
            max_alt: None,
        };
        // What is written in a picture may be said, so numbers and claims are no fault here.
        let check = |texts: &[String]| {
            let given = Given::new(brief);
            let all = texts.iter().flat_map(|text| given.check(text, &rule));
            all.filter(|fault| {
                !matches!(fault, Fault::Number(_) | Fault::Claim(_) | Fault::LinkMissing(_))
            })
            .collect()
        };
        let (texts, note) = self
            .ask(Task::Describe { max }, brief, vec![picture.clone()], check)
            .await
            .map_err(|why| ContentError::Model(Box::new(why)))?;
        Ok(self.suggestion(texts.into_iter().next().unwrap_or_default(), note))
    }

    async fn translate(
        &self,
        brief: &Brief,
        to: &str,
        rule: &TextRule,
    ) -> Result<Suggestion, ContentError> {
        if brief.topic.trim().is_empty() {
            return Err(ContentError::Empty);
        }
        let given = Given::new(brief);
        let check = |texts: &[String]| {
            let mut faults = Vec::new();
            for text in texts {
                // Names of days and the like are other words in another language.
                let all = given.check(text, rule);
                faults.extend(all.into_iter().filter(|fault| !matches!(fault, Fault::Claim(_))));
                faults.extend(kept(&brief.topic, text));
                if text.trim() == brief.topic.trim() {
                    faults.push(Fault::Untranslated);
                }
                if let Some(found) = language(text).filter(|found| *found != to) {
                    faults.push(Fault::Language { found: found.into(), wanted: to.into() });
                }
            }
            faults
        };
        let (texts, note) = self
            .ask(Task::Translate { language: to, rule }, brief, Vec::new(), check)
            .await
            .map_err(|why| ContentError::Model(Box::new(why)))?;
        let text = texts.into_iter().next().unwrap_or_default();
        debug_assert!(count(&text, rule.unit) <= rule.max);
        Ok(self.suggestion(text, note))
    }
}
