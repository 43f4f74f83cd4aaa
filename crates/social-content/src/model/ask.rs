//! One question to a model: from the cache, within the budget and the time, checked, repaired once.

use std::time::Duration;

use bytes::Bytes;
use futures::future::{Either, select};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use social_core::Timestamp;
use social_core::ports::{Brief, ModelError, Picture, Prompt, StoreError, Tokens};

use super::check::Fault;
use super::prompt::{Task, prompt, repair};
use super::{ByModel, Price};

/// Why the model's answer is not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    #[error("the model failed: {0}")]
    Model(#[from] ModelError),
    #[error("the model did not answer within {} s", .0.as_secs())]
    Late(Duration),
    #[error("the workspace's budget for the model is spent for today")]
    Budget,
    #[error("the model's text was refused: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Faulty(Vec<Fault>),
    #[error("the model was not asked: {0}")]
    Store(#[from] StoreError),
}

impl ByModel {
    /// The strings that the model answers to `task`, without faults, and what a person should know
    /// of them. `check` says what is wrong with them.
    pub(super) async fn ask(
        &self,
        task: Task<'_>,
        brief: &Brief,
        pictures: Vec<Picture>,
        check: impl Fn(&[String]) -> Vec<Fault> + Send + Sync,
    ) -> Result<(Vec<String>, Option<String>), Failed> {
        let first = Prompt { pictures, ..prompt(task, brief, self.config.max_tokens) };
        let key = self.key(&first);
        let now = self.clock.now();
        // Only answers without a fault are kept; what keeps them is not trusted either.
        if let Ok(Some(kept)) = self.cache.get(&key, now).await
            && let Ok(texts) = strings(&String::from_utf8_lossy(&kept))
            && check(&texts).is_empty()
        {
            return Ok((texts, None));
        }
        let until = now + self.config.timeout;
        let answer = self.within(until, &first, brief).await?;
        let (texts, faults) = judged(&answer, &check);
        if faults.is_empty() {
            self.keep(&key, &answer, now).await;
            return Ok((texts, None));
        }
        tracing::info!(model = self.model.name(), ?faults, "the model's text is sent back");
        let answer = self.within(until, &repair(&first, &answer, &faults), brief).await?;
        let (texts, left) = judged(&answer, &check);
        if left.is_empty() {
            self.keep(&key, &answer, now).await;
            let names = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            return Ok((texts, Some(format!("the model's first text was sent back: {names}"))));
        }
        Err(Failed::Faulty(left))
    }

    /// The model's answer by `until`, paid by the brief's workspace.
    async fn within(
        &self,
        until: Timestamp,
        prompt: &Prompt,
        brief: &Brief,
    ) -> Result<String, Failed> {
        let Price { input, .. } = self.config.price;
        let most = self.config.price.of(Tokens {
            // No token is shorter than a byte. A picture costs what providers' largest do.
            input: (prompt.system.len() + prompt.user.len() + prompt.pictures.len() * 4096) as u64,
            output: prompt.max_tokens.into(),
        });
        let day = self.clock.now().as_secs().div_euclid(24 * 3600);
        let payer = brief.workspace.filter(|_| self.config.daily_budget.is_some() || input > 0);
        if let Some(ws) = payer {
            let budget = self.config.daily_budget.unwrap_or(u64::MAX);
            if !self.ledger.reserve(ws, day, most, budget).await? {
                return Err(Failed::Budget);
            }
        }
        let mut silent = |_: &str| {};
        let answer = {
            let call = self.model.complete(prompt, &mut silent);
            let late = self.clock.sleep_until(until);
            match select(call, late).await {
                Either::Left((answer, _)) => answer.map_err(Failed::Model),
                Either::Right(_) => Err(Failed::Late(self.config.timeout)),
            }
        };
        if let Some(ws) = payer {
            // What a call cost that failed nobody says; one that was late may have cost it all.
            let spent = match &answer {
                Ok(completion) => self.config.price.of(completion.tokens),
                Err(Failed::Late(_)) => most,
                Err(_) => 0,
            };
            self.ledger.settle(ws, day, most, spent).await?;
        }
        answer.map(|completion| completion.text)
    }

    fn key(&self, prompt: &Prompt) -> String {
        let mut hash = Sha256::new();
        for part in [self.model.name(), &prompt.system, &prompt.user, &prompt.schema.to_string()] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hash.update(prompt.seed.to_le_bytes());
        for picture in &prompt.pictures {
            hash.update(Sha256::digest(&picture.bytes));
        }
        format!("model/{}", hex::encode(hash.finalize()))
    }

    async fn keep(&self, key: &str, answer: &str, now: Timestamp) {
        let value = Bytes::copy_from_slice(answer.as_bytes());
        if let Err(error) = self.cache.put(key, value, now, self.config.keep).await {
            tracing::warn!(%error, "a model's answer was not kept");
        }
    }
}

/// The strings of an answer, and what is wrong with them.
fn judged(answer: &str, check: impl Fn(&[String]) -> Vec<Fault>) -> (Vec<String>, Vec<Fault>) {
    match strings(answer) {
        Ok(texts) => {
            let faults = if texts.is_empty() { vec![Fault::Empty] } else { check(&texts) };
            (texts, faults)
        }
        Err(fault) => (Vec::new(), vec![fault]),
    }
}

/// The one list of strings that an answer is.
fn strings(answer: &str) -> Result<Vec<String>, Fault> {
    let json = answer.trim();
    let json = json.strip_prefix("```json").or_else(|| json.strip_prefix("```")).unwrap_or(json);
    let json = json.strip_suffix("```").unwrap_or(json);
    let answer: Value =
        serde_json::from_str(json).map_err(|error| Fault::Shape(error.to_string()))?;
    let list = answer
        .as_object()
        .filter(|fields| fields.len() == 1)
        .and_then(|fields| fields.values().next());
    let list =
        list.and_then(Value::as_array).ok_or_else(|| Fault::Shape("no list in it".into()))?;
    let text = |value: &Value| {
        let text = value.as_str().map(|text| text.trim().to_owned());
        text.ok_or_else(|| Fault::Shape("a list of something else than text".into()))
    };
    list.iter().map(text).collect()
}
