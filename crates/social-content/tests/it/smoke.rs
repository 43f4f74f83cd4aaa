//! A real model of this machine: whatever it says, the engine answers, and says who wrote it.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use serde_json::{Value, json};
use social_content::{ModelConfig, OpenAi, OpenAiConfig, Retrying};
use social_core::ports::{ContentEngine as _, Prompt, SeededIds, TextModel as _};
use social_core::rules::count;

use crate::kit::{Hurried, PlainHttp, brief, desk, rule};

/// The server, ended with the test.
struct Server(Child, u16);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start() -> Option<Server> {
    let here = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/model"));
    let (python, weights) = (here.join("venv/bin/python"), here.join("model.gguf"));
    if !python.exists() || !weights.exists() {
        println!("skipped: no model on this machine; `make model` installs one");
        return None;
    }
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut child = Command::new(python)
        .arg(here.join("serve.py"))
        .arg(weights)
        .arg(port.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let ready = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(
        ready.into_iter().any(|line| line.starts_with("ready")),
        "the model's server did not start"
    );
    Some(Server(child, port))
}

#[tokio::test]
async fn a_real_model_is_streamed_held_to_its_schema_and_checked() {
    let Some(server) = start() else { return };
    let config = OpenAiConfig {
        base_url: format!("http://127.0.0.1:{}/v1", server.1).parse().unwrap(),
        model: "smollm2".into(),
        key: None,
        sees: false,
        schema: true,
    };
    let model = Arc::new(OpenAi::new(config, PlainHttp::new()));
    let prompt = Prompt {
        system: "Answer with JSON.".into(),
        user: "Write one short sentence about coffee.".into(),
        schema: json!({
            "type": "object",
            "properties": { "texts": { "type": "array", "items": { "type": "string", "maxLength": 80 }, "minItems": 1, "maxItems": 1 } },
            "required": ["texts"],
        }),
        max_tokens: 120,
        ..Prompt::default()
    };
    let mut pieces = 0;
    let answer = model.complete(&prompt, &mut |_| pieces += 1).await.unwrap();
    println!("it said {:?} in {pieces} pieces, {:?}", answer.text, answer.tokens);
    assert!(pieces > 1, "it streams");
    assert!(serde_json::from_str::<Value>(&answer.text).unwrap()["texts"][0].is_string());
    assert!(answer.tokens.input > 10 && answer.tokens.output > 3);

    // A server of one slot may drop a connection that waited.
    let patient =
        Retrying::new(model, Arc::new(Hurried::default()), Arc::new(SeededIds::new(1)), 3);
    let desk = desk(Arc::new(patient), ModelConfig { max_tokens: 100, ..ModelConfig::default() });
    let caption = desk.engine.generate_caption(&brief(), &rule(280)).await.unwrap();
    println!("{}: {:?} ({:?})", caption.source, caption.text, caption.note);
    assert!(count(&caption.text, rule(280).unit) <= 280);
    assert!(caption.text.contains("https://harbour.example.com/menu"));
    assert!(caption.source == "smollm2" || caption.note.is_some());
}
