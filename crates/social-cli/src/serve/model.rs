//! The model that writes suggestions, where the configuration names one.

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::Value;
use social::Social;
use social::content::{ByModel, MemoryLedger, ModelConfig, OpenAi, OpenAiConfig, Price, Retrying};
use social::core::ports::ContentEngine;
use social::platforms::transport::ReqwestTransport;
use social::store::MemoryCache;
use url::Url;

use super::file::{from_env, from_file};
use super::reader::Reader;
use crate::failure::Failure;

/// How often a model is asked that does not answer.
const TRIES: u32 = 3;

/// A model behind an endpoint that speaks the protocol of OpenAI's chat completions.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    url: Url,
    name: String,
    key: Option<SecretString>,
    sees: bool,
    schema: bool,
    price: Price,
    daily_budget: Option<u64>,
}

impl Model {
    /// Reads the table `[model]`.
    pub(super) fn read(value: Value, problems: &mut Vec<String>) -> Option<Self> {
        if value.is_null() {
            return None;
        }
        let mut reader = Reader::new("model", value, problems);
        let url = reader.text("url").and_then(|text| text.parse().ok());
        let name = reader.text("name");
        let key = match (reader.text("key_file"), reader.text("key_env")) {
            (Some(path), None) => from_file(&path).map(Some),
            (None, Some(variable)) => from_env(&variable).map(Some),
            (None, None) => Ok(None),
            (Some(_), Some(_)) => Err("needs one of key_file and key_env".to_owned()),
        };
        let sees = reader.flag("sees").unwrap_or(false);
        let schema = reader.flag("schema").unwrap_or(true);
        let price = Price {
            input: reader.number("input_price").unwrap_or(0),
            output: reader.number("output_price").unwrap_or(0),
        };
        let daily_budget = reader.number("daily_budget");
        if url.is_none() || name.is_none() {
            reader.problem("`model` needs a url such as https://api.example.com/v1, and a name");
        }
        let key = key.unwrap_or_else(|why| {
            reader.problem(format!("`model` {why}"));
            None
        });
        reader.end();
        let key = key.map(Into::into);
        Some(Self { url: url?, name: name?, key, sees, schema, price, daily_budget })
    }

    /// The engine that asks it, and answers by itself where it fails.
    pub(super) fn engine(&self, social: &Social) -> Result<Arc<dyn ContentEngine>, Failure> {
        let (clock, ids) = (social.ports().clock.clone(), social.ports().ids.clone());
        let config = OpenAiConfig {
            base_url: self.url.clone(),
            model: self.name.clone(),
            key: self.key.clone(),
            sees: self.sees,
            schema: self.schema,
        };
        let transport = ReqwestTransport::builder().build();
        let transport = transport.map_err(|error| Failure::later(error.to_string()))?;
        let model = Arc::new(OpenAi::new(config, Arc::new(transport)));
        let model = Retrying::new(model, clock.clone(), ids, TRIES);
        let config = ModelConfig {
            price: self.price,
            daily_budget: self.daily_budget,
            ..ModelConfig::default()
        };
        let (cache, ledger) = (MemoryCache::new(), MemoryLedger::default());
        let engine =
            ByModel::new(Arc::new(model), Arc::new(cache), Arc::new(ledger), clock, config);
        Ok(Arc::new(engine))
    }
}
