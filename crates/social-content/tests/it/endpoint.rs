//! An endpoint that fails in every way that endpoints do.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json};
use social_content::{ModelConfig, OpenAi, OpenAiConfig, Retrying};
use social_core::Retry;
use social_core::ports::{
    Completion, ContentEngine as _, ModelError, Picture, Prompt, SeededIds, TextModel as _, Tokens,
};
use wiremock::matchers::{body_partial_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::kit::{Hurried, PlainHttp, brief, desk, rule};

fn model(address: &str) -> OpenAi {
    let config = OpenAiConfig {
        base_url: format!("{address}/v1/").parse().unwrap(),
        model: "little".into(),
        key: Some(SecretString::from("sk-test")),
        sees: false,
        schema: true,
    };
    OpenAi::new(config, PlainHttp::new())
}

fn prompt() -> Prompt {
    Prompt {
        system: "obey".into(),
        user: "write".into(),
        schema: json!({}),
        max_tokens: 50,
        ..Prompt::default()
    }
}

fn events(chunks: &[Value]) -> ResponseTemplate {
    let body: String = chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect();
    ResponseTemplate::new(200).set_body_raw(body + "data: [DONE]\n\n", "text/event-stream")
}

fn piece(text: &str) -> Value {
    json!({ "choices": [{ "delta": { "content": text } }] })
}

fn end(reason: &str) -> Value {
    json!({ "choices": [{ "delta": {}, "finish_reason": reason }] })
}

async fn ask(answer: ResponseTemplate) -> (Result<Completion, ModelError>, Vec<String>) {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v1/chat/completions"))
        .respond_with(answer)
        .mount(&server)
        .await;
    let mut pieces = Vec::new();
    let answer =
        model(&server.uri()).complete(&prompt(), &mut |piece| pieces.push(piece.to_owned())).await;
    (answer, pieces)
}

#[tokio::test]
async fn an_answer_comes_in_pieces_and_is_counted() {
    let server = MockServer::start().await;
    let usage = json!({ "choices": [], "usage": { "prompt_tokens": 12, "completion_tokens": 3 } });
    Mock::given(method("POST"))
        .and(header("authorization", "Bearer sk-test"))
        .and(body_partial_json(json!({
            "model": "little",
            "stream": true,
            "max_tokens": 50,
            "messages": [{ "role": "system", "content": "obey" }, { "role": "user", "content": "write" }],
            "response_format": { "type": "json_schema" },
        })))
        .respond_with(events(&[piece("{\"a\""), piece(":1}"), end("stop"), usage]))
        .expect(1)
        .mount(&server)
        .await;
    let mut pieces = Vec::new();
    let answer =
        model(&server.uri()).complete(&prompt(), &mut |piece| pieces.push(piece.to_owned())).await;
    assert_eq!(
        answer.unwrap(),
        Completion { text: "{\"a\":1}".into(), tokens: Tokens { input: 12, output: 3 } }
    );
    assert_eq!(pieces, ["{\"a\"", ":1}"]);
}

#[tokio::test]
async fn a_server_that_does_not_stream_is_understood() {
    let body = json!({
        "choices": [{ "message": { "content": "{}" }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 1, "completion_tokens": 1 },
    });
    let (answer, _) = ask(ResponseTemplate::new(200).set_body_json(body)).await;
    assert_eq!(answer.unwrap().text, "{}");
}

#[tokio::test]
async fn every_failure_says_what_it_is_and_whether_to_ask_again() {
    let error = |status: u16, code: &str| {
        ResponseTemplate::new(status)
            .set_body_json(json!({ "error": { "message": "because", "code": code } }))
    };
    let after = error(429, "rate_limit_exceeded").insert_header("retry-after", "7");
    for (answer, says, retry) in [
        (error(401, "invalid_api_key"), "the model's key is not accepted", Retry::Never),
        (error(404, "model_not_found"), "the model answered 404: because", Retry::Never),
        (error(400, "context_length_exceeded"), "the model answered 400: because", Retry::Never),
        (error(429, "insufficient_quota"), "the model answered 429: because", Retry::Never),
        (after, "the model answered 429: because", Retry::After(Duration::from_secs(7))),
        (error(500, ""), "the model answered 500: because", Retry::Backoff),
        (
            ResponseTemplate::new(502).set_body_string("<html>"),
            "the model answered 502: it does not say why",
            Retry::Backoff,
        ),
        (ResponseTemplate::new(200).set_body_string("nonsense"), "cannot be read", Retry::Backoff),
        (events(&[piece("{\"te")]), "broke off", Retry::Backoff),
        (
            events(&[piece("{\"te"), json!({ "error": { "message": "overloaded" } })]),
            "overloaded",
            Retry::Backoff,
        ),
        (events(&[piece("{\"te"), end("length")]), "ran out of tokens", Retry::Never),
        (events(&[end("content_filter")]), "filter", Retry::Never),
        (
            events(&[json!({ "choices": [{ "delta": { "refusal": "I will not" } }] })]),
            "refused: I will not",
            Retry::Never,
        ),
        (events(&[piece(&"x".repeat(2 << 20)), end("stop")]), "has no end", Retry::Never),
    ] {
        let error = ask(answer).await.0.unwrap_err();
        assert!(error.detail.contains(says), "{error:?} says not `{says}`");
        assert_eq!(error.retry, retry, "{error:?}");
        assert!(!format!("{error:?}").contains("sk-test"));
    }
}

#[tokio::test]
async fn nobody_at_home_is_worth_another_try() {
    let error = model("http://127.0.0.1:9").complete(&prompt(), &mut |_| {}).await.unwrap_err();
    assert_eq!(
        (error.detail.as_str(), error.retry),
        ("the model cannot be reached", Retry::Backoff)
    );
}

#[tokio::test]
async fn a_model_without_eyes_is_not_shown_a_picture() {
    let picture = Picture { mime: "image/png".into(), bytes: b"png".to_vec().into() };
    let prompt = Prompt { pictures: vec![picture], ..prompt() };
    let error = model("http://127.0.0.1:9").complete(&prompt, &mut |_| {}).await.unwrap_err();
    assert_eq!(error.retry, Retry::Never);
}

#[tokio::test]
async fn what_may_pass_is_asked_again_and_what_may_not_is_not() {
    let server = MockServer::start().await;
    let busy = ResponseTemplate::new(429).insert_header("retry-after", "3");
    Mock::given(method("POST")).respond_with(busy).up_to_n_times(1).expect(1).mount(&server).await;
    let down = ResponseTemplate::new(503);
    Mock::given(method("POST")).respond_with(down).up_to_n_times(1).expect(1).mount(&server).await;
    let good = r#"{"texts":["12 dishes: https://harbour.example.com/menu"]}"#;
    Mock::given(method("POST"))
        .respond_with(events(&[piece(good), end("stop")]))
        .expect(1)
        .mount(&server)
        .await;
    let clock = Arc::new(Hurried::default());
    let patient = Retrying::new(
        Arc::new(model(&server.uri())),
        clock.clone(),
        Arc::new(SeededIds::new(1)),
        3,
    );
    let desk = desk(Arc::new(patient), ModelConfig::default());
    let caption = desk.engine.generate_caption(&brief(), &rule(280)).await.unwrap();
    assert_eq!(caption.source, "little");
    let waits = clock.0.lock().unwrap().clone();
    assert_eq!(waits[0], Duration::from_secs(3));
    assert!((Duration::from_secs(1)..=Duration::from_secs(2)).contains(&waits[1]), "{waits:?}");

    let strict = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(401))
        .expect(1)
        .mount(&strict)
        .await;
    let patient =
        Retrying::new(Arc::new(model(&strict.uri())), clock, Arc::new(SeededIds::new(1)), 3);
    let desk = self::desk(Arc::new(patient), ModelConfig::default());
    let caption = desk.engine.generate_caption(&brief(), &rule(280)).await.unwrap();
    assert_eq!(caption.source, "offline");
    assert_eq!(caption.note.unwrap(), "the model failed: the model's key is not accepted");
}
