//! The tools, by the lines that a client and the command exchange.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::kit::Scripted;

struct Session {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Session {
    /// Starts `social mcp` and shakes hands as OpenClaw does.
    fn begin(mut command: Command) -> (Self, Value) {
        let mut child =
            command.arg("mcp").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let from = BufReader::new(child.stdout.take().unwrap());
        let mut session = Self { to: child.stdin.take(), child, from };
        let hello = session.ask(
            "initialize",
            &json!({
                "protocolVersion": "2025-11-25",
                "capabilities": {},
                "clientInfo": {"name": "test", "version": "1"},
            }),
        );
        session.say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        (session, hello)
    }

    fn say(&mut self, message: &Value) {
        writeln!(self.to.as_mut().unwrap(), "{message}").unwrap();
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.say(&json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}));
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// A tool's result: its one text, and whether it is an error.
    fn call(&mut self, name: &str, arguments: &Value) -> (Value, bool) {
        let answer = self.ask("tools/call", &json!({"name": name, "arguments": arguments}));
        let result = &answer["result"];
        assert!(result.get("structuredContent").is_none(), "{answer}");
        let content = result["content"].as_array().unwrap();
        assert_eq!(content.len(), 1, "{answer}");
        let text = serde_json::from_str(content[0]["text"].as_str().unwrap()).unwrap();
        (text, result["isError"] == true)
    }

    /// The client goes; the command must end by itself, and well.
    fn end(mut self) {
        drop(self.to.take());
        assert!(self.child.wait().unwrap().success());
    }
}

#[test]
fn a_client_finds_the_eight_tools_and_what_to_know_of_each() {
    let (mut session, hello) = Session::begin(Scripted::start(vec![]).social());
    let info = &hello["result"];
    assert_eq!(info["serverInfo"]["name"], "social");
    assert_eq!(info["protocolVersion"], "2025-11-25");
    let answer = session.ask("tools/list", &json!({}));
    let tools = answer["result"]["tools"].as_array().unwrap();
    let names: Vec<&str> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "schedule_post",
            "quick_post",
            "list_posts",
            "get_post",
            "update_post",
            "cancel_post",
            "get_analytics",
            "manage_account"
        ]
    );
    for tool in tools {
        let name = tool["name"].as_str().unwrap();
        let hints = &tool["annotations"];
        let reads = ["list_posts", "get_post", "get_analytics"].contains(&name);
        let destroys = ["quick_post", "cancel_post", "manage_account"].contains(&name);
        assert_eq!(hints["readOnlyHint"], reads, "{name}");
        assert_eq!(hints["destructiveHint"], destroys, "{name}");
        assert_eq!(tool["inputSchema"]["type"], "object", "{name}");
        let properties = tool["inputSchema"]["properties"].as_object().unwrap();
        for required in tool["inputSchema"]["required"].as_array().unwrap() {
            assert!(properties.contains_key(required.as_str().unwrap()), "{name}: {required}");
        }
        let signature = tool["description"].as_str().unwrap();
        assert!(signature.contains('('), "{name}: {signature}");
    }
    session.end();
}

#[test]
fn a_call_asks_the_api_and_gives_its_answer_as_one_text() {
    let server = Scripted::start(vec![
        (201, "", json!({"id": "post_1", "status": "scheduled"})),
        (200, "", json!({"items": [], "next_cursor": null})),
        (200, "etag: \"3\"\r\n", json!({"id": "post_1"})),
        (200, "", json!({"id": "post_1"})),
    ]);
    let (mut session, _) = Session::begin(server.social());
    let body = json!({"content": "It's on", "platforms": ["facebook"], "idempotency_key": "k"});
    let (answer, failed) = session.call("schedule_post", &body.clone());
    assert_eq!((&answer["id"], failed), (&json!("post_1"), false));
    session.call("list_posts", &json!({"status": "scheduled", "limit": 5}));
    session.call("update_post", &json!({"id": "post_1", "content": "Later"}));
    let got = server.got();
    assert_eq!(got[0].line, "POST /api/posts");
    assert_eq!(got[0].json(), body);
    assert_eq!(got[1].line, "GET /api/posts?status=scheduled&limit=5");
    assert_eq!(got[3].header("if-match"), Some("\"3\""));
    assert_eq!(got[3].json(), json!({"content": "Later"}));
    session.end();
}

#[test]
fn an_error_is_the_problem_and_no_failure_of_the_protocol() {
    let problem = json!({
        "code": "content_too_long", "status": 422, "fix": "Shorten it.", "retryable": false,
    });
    let server = Scripted::start(vec![(422, "", problem.clone())]);
    let (mut session, _) = Session::begin(server.social());
    let body = json!({"content": "…", "platforms": ["facebook"]});
    assert_eq!(session.call("quick_post", &body), (problem, true));
    assert_eq!(server.got()[0].json()["time"], "now");
    let (problem, failed) = session.call("get_post", &json!({}));
    assert_eq!((&problem["code"], failed), (&json!("id_missing"), true));
    let unknown = session.ask("tools/call", &json!({"name": "approve_post", "arguments": {}}));
    assert!(unknown["error"]["message"].as_str().unwrap().contains("approve_post"), "{unknown}");
    session.end();
}
