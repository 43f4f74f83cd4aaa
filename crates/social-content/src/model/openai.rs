//! Any endpoint that speaks the protocol of OpenAI's chat completions.
//!
//! Source: <https://platform.openai.com/docs/api-reference/chat>.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures::StreamExt as _;
use http::{StatusCode, header};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use social_core::Retry;
use social_core::ports::{
    Body, Completion, ModelError, OnPiece, Prompt, Sent, TextModel, Tokens, Transport,
};
use url::Url;

use super::events::Events;

/// The longest answer that is read, in bytes.
const MOST: usize = 1 << 20;

/// Where a model is, and what it can.
#[derive(Clone)]
pub struct OpenAiConfig {
    /// The address before `chat/completions`, as `https://api.openai.com/v1`.
    pub base_url: Url,
    /// The model's name there.
    pub model: String,
    /// The key, where one is asked for.
    pub key: Option<SecretString>,
    /// Whether it takes pictures.
    pub sees: bool,
    /// Whether it holds its answer to a JSON schema; else it is told the schema in words.
    pub schema: bool,
}

impl fmt::Debug for OpenAiConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.base_url.host_str().unwrap_or_default();
        f.debug_struct("OpenAiConfig")
            .field("host", &host)
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}

/// A model behind an OpenAI-compatible endpoint. Its answer is streamed.
#[derive(Debug, Clone)]
pub struct OpenAi {
    config: OpenAiConfig,
    transport: Arc<dyn Transport>,
}

impl OpenAi {
    /// The model of `config`, reached through `transport`.
    #[must_use]
    pub fn new(config: OpenAiConfig, transport: Arc<dyn Transport>) -> Self {
        Self { config, transport }
    }

    fn request(&self, prompt: &Prompt) -> Result<http::Request<Body>, ModelError> {
        let mut base = self.config.base_url.clone();
        base.set_path(&format!("{}/chat/completions", base.path().trim_end_matches('/')));
        let mut request = http::Request::post(base.as_str())
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "text/event-stream");
        if let Some(key) = &self.config.key {
            request =
                request.header(header::AUTHORIZATION, format!("Bearer {}", key.expose_secret()));
        }
        request
            .body(Body::from(self.body(prompt).to_string()))
            .map_err(|error| never(format!("the model's address or key is unusable: {error}")))
    }

    fn body(&self, prompt: &Prompt) -> Value {
        let system = if self.config.schema {
            prompt.system.clone()
        } else {
            format!("{}\nThe schema: {}", prompt.system, prompt.schema)
        };
        let user = if prompt.pictures.is_empty() {
            json!(prompt.user)
        } else {
            let pictures = prompt.pictures.iter().map(|picture| {
                let data = BASE64_STANDARD.encode(&picture.bytes);
                json!({ "type": "image_url", "image_url": { "url": format!("data:{};base64,{data}", picture.mime) } })
            });
            let words = json!({ "type": "text", "text": prompt.user });
            Value::Array(std::iter::once(words).chain(pictures).collect())
        };
        let mut body = json!({
            "model": self.config.model,
            "messages": [
                { "role": "system", "content": system },
                { "role": "user", "content": user },
            ],
            "max_tokens": prompt.max_tokens,
            "temperature": prompt.temperature,
            // Some servers keep seeds in 32 bits.
            "seed": prompt.seed & 0x7fff_ffff,
            "stream": true,
            "stream_options": { "include_usage": true },
        });
        if self.config.schema {
            body["response_format"] = json!({
                "type": "json_schema",
                "json_schema": { "name": "answer", "strict": true, "schema": prompt.schema },
            });
        }
        body
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Chunk {
    choices: Vec<Choice>,
    usage: Option<Usage>,
    error: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Choice {
    delta: Option<Words>,
    // A server that does not stream answers with a whole message.
    message: Option<Words>,
    finish_reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Words {
    content: Option<String>,
    refusal: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Usage {
    prompt_tokens: u64,
    completion_tokens: u64,
}

/// An answer as it comes together.
#[derive(Debug, Default)]
struct Answer {
    text: String,
    tokens: Option<Tokens>,
    finish: Option<String>,
}

impl Answer {
    fn take(&mut self, data: &str, on: &mut OnPiece<'_>) -> Result<(), ModelError> {
        let chunk: Chunk = serde_json::from_str(data)
            .map_err(|error| again(format!("the model's answer cannot be read: {error}")))?;
        if let Some(error) = chunk.error {
            return Err(again(format!("the model broke off: {}", message(&error))));
        }
        if let Some(usage) = chunk.usage {
            self.tokens =
                Some(Tokens { input: usage.prompt_tokens, output: usage.completion_tokens });
        }
        let Some(choice) = chunk.choices.into_iter().next() else { return Ok(()) };
        self.finish = choice.finish_reason.or(self.finish.take());
        let Some(words) = choice.delta.or(choice.message) else { return Ok(()) };
        if let Some(refusal) = words.refusal.filter(|refusal| !refusal.is_empty()) {
            return Err(never(format!("the model refused: {}", start(&refusal))));
        }
        if let Some(piece) = words.content {
            on(&piece);
            self.text.push_str(&piece);
        }
        Ok(())
    }

    fn done(self, prompt: &Prompt) -> Result<Completion, ModelError> {
        match self.finish.as_deref() {
            Some("length") => Err(never("the model ran out of tokens before its answer ended")),
            Some("content_filter") => Err(never("the provider's filter stopped the answer")),
            None => Err(again("the model's answer broke off")),
            Some(_) => {
                // Where the provider counts nothing, four letters are about a token.
                let guess = |text: usize| text.div_ceil(4) as u64;
                let tokens = self.tokens.unwrap_or_else(|| Tokens {
                    input: guess(prompt.system.len() + prompt.user.len()),
                    output: guess(self.text.len()),
                });
                Ok(Completion { text: self.text, tokens })
            }
        }
    }
}

#[async_trait]
impl TextModel for OpenAi {
    fn name(&self) -> &str {
        &self.config.model
    }

    fn sees(&self) -> bool {
        self.config.sees
    }

    async fn complete(
        &self,
        prompt: &Prompt,
        on: &mut OnPiece<'_>,
    ) -> Result<Completion, ModelError> {
        if !prompt.pictures.is_empty() && !self.config.sees {
            return Err(never("the model takes no pictures"));
        }
        let reply =
            self.transport.stream(self.request(prompt)?).await.map_err(|error| {
                match error.sent {
                    Sent::No => again("the model cannot be reached"),
                    Sent::Maybe => again("the model did not answer"),
                }
            })?;
        let (head, mut body) = reply.into_parts();
        let streamed = head.headers.get(header::CONTENT_TYPE).is_some_and(|kind| {
            kind.to_str().is_ok_and(|kind| kind.starts_with("text/event-stream"))
        });
        let (mut answer, mut events, mut whole, mut read) =
            (Answer::default(), Events::default(), Vec::new(), 0);
        while let Some(piece) = body.next().await {
            let piece = piece.map_err(|_| again("the model's answer broke off"))?;
            read += piece.len();
            if read > MOST {
                return Err(never("the model's answer has no end"));
            }
            if !head.status.is_success() || !streamed {
                whole.extend_from_slice(&piece);
                continue;
            }
            for data in events.feed(&piece) {
                if data != "[DONE]" {
                    answer.take(&data, on)?;
                }
            }
        }
        if !head.status.is_success() {
            return Err(refused(head.status, &head.headers, &whole));
        }
        if !streamed {
            answer.take(&String::from_utf8_lossy(&whole), on)?;
        }
        answer.done(prompt)
    }
}

/// What an answer that is no success means.
fn refused(status: StatusCode, headers: &http::HeaderMap, body: &[u8]) -> ModelError {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let said = message(&body["error"]);
    let detail = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            "the model's key is not accepted".to_owned()
        }
        _ => format!("the model answered {}: {said}", status.as_u16()),
    };
    let after =
        headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let code = body["error"]["code"]
        .as_str()
        .or_else(|| body["error"]["type"].as_str())
        .unwrap_or_default();
    let retry = match status.as_u16() {
        // The account is empty: waiting does not fill it.
        429 if code == "insufficient_quota" => Retry::Never,
        408 | 409 | 425 | 429 | 500..=599 => {
            after.map_or(Retry::Backoff, |secs| Retry::After(Duration::from_secs(secs)))
        }
        _ => Retry::Never,
    };
    ModelError { detail, retry }
}

fn message(error: &Value) -> String {
    start(error["message"].as_str().or_else(|| error.as_str()).unwrap_or("it does not say why"))
}

/// The beginning of what a provider said. It may repeat the prompt, so no more of it.
fn start(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(120).collect()
}

fn never(detail: impl Into<String>) -> ModelError {
    ModelError { detail: detail.into(), retry: Retry::Never }
}

fn again(detail: impl Into<String>) -> ModelError {
    ModelError { detail: detail.into(), retry: Retry::Backoff }
}
