//! The tools, by what a client and either transport exchange.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::kit::{Scripted, Served, json as printed, social};

/// A client's side of a transport.
trait Client {
    /// Says what takes no answer.
    fn say(&mut self, message: &Value);
    /// Asks; returns the whole answer.
    fn put(&mut self, question: &Value) -> Value;

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.put(&json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
    }

    /// Shakes hands as OpenClaw does.
    fn hello(&mut self) -> Value {
        let hello = self.ask(
            "initialize",
            &json!({
                "protocolVersion": "2025-11-25",
                "capabilities": {},
                "clientInfo": {"name": "test", "version": "1"},
            }),
        );
        self.say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        hello
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
}

/// `social mcp`.
struct Session {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Session {
    fn begin(mut command: Command) -> Self {
        let mut child =
            command.arg("mcp").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let from = BufReader::new(child.stdout.take().unwrap());
        Self { to: child.stdin.take(), child, from }
    }

    /// The client goes; the command must end by itself, and well.
    fn end(mut self) {
        drop(self.to.take());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Client for Session {
    fn say(&mut self, message: &Value) {
        writeln!(self.to.as_mut().unwrap(), "{message}").unwrap();
    }

    fn put(&mut self, question: &Value) -> Value {
        self.say(question);
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

/// `POST /mcp` of a server.
struct Http<'a> {
    server: &'a Served,
    token: &'a str,
}

impl Client for Http<'_> {
    fn say(&mut self, message: &Value) {
        let (status, body) = self.server.post("/mcp", self.token, message);
        assert_eq!((status, body.as_str()), (202, ""));
    }

    fn put(&mut self, question: &Value) -> Value {
        let (status, body) = self.server.post("/mcp", self.token, question);
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }
}

/// What holds over either transport, on a server with simulated networks.
fn suite(client: &mut dyn Client) {
    let hello = client.hello();
    assert_eq!(hello["result"]["serverInfo"]["name"], "social");
    assert_eq!(hello["result"]["protocolVersion"], "2025-11-25");
    assert_eq!(client.ask("ping", &json!({}))["result"], json!({}));
    finds_the_eight_tools(client);

    let post = json!({"content": "It's a test", "platforms": ["facebook"], "dry_run": true});
    let (dry, failed) = client.call("schedule_post", &post);
    assert_eq!((&dry["valid"], failed), (&json!(true), false), "{dry}");
    let (problem, failed) = client.call("quick_post", &json!({"content": "x", "platforms": ["x"]}));
    assert_eq!((&problem["code"], failed), (&json!("platform_unknown"), true), "{problem}");
    let post = json!({"content": "Later", "platforms": ["facebook"], "draft": true});
    let (post, failed) = client.call("schedule_post", &post);
    assert_eq!((&post["status"], failed), (&json!("draft"), false), "{post}");
    let id = json!({"id": post["id"]});
    assert_eq!(client.call("get_post", &id).0["content"], "Later");
    let (changed, failed) =
        client.call("update_post", &json!({"id": post["id"], "content": "Sooner"}));
    assert_eq!((&changed["content"], failed), (&json!("Sooner"), false), "{changed}");
    let (list, _) = client.call("list_posts", &json!({"status": "draft"}));
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    assert_eq!(client.call("cancel_post", &id).0["status"], "cancelled");
    assert!(client.call("get_analytics", &json!({"timeframe": "7d"})).0["totals"].is_object());
    let (accounts, _) = client.call("manage_account", &json!({"action": "list"}));
    assert_eq!(accounts["items"].as_array().unwrap().len(), 5, "{accounts}");

    let (problem, failed) = client.call("get_post", &json!({"id": "../accounts"}));
    assert_eq!((&problem["code"], failed), (&json!("post_not_found"), true), "{problem}");
    let (problem, failed) = client.call("get_post", &json!({}));
    assert_eq!((&problem["code"], failed), (&json!("id_missing"), true));
    let unknown = client.ask("tools/call", &json!({"name": "approve_post", "arguments": {}}));
    assert!(unknown["error"]["message"].as_str().unwrap().contains("approve_post"), "{unknown}");
}

#[test]
fn the_tools_do_the_same_over_either_transport() {
    for http in [false, true] {
        let server = Served::start(&["--sandbox"]);
        let key = social().args(["key", "create", "--data"]).arg(server.data.path()).output();
        let key = printed(&key.unwrap())["token"].as_str().unwrap().to_owned();
        if http {
            suite(&mut Http { server: &server, token: &key });
        } else {
            let mut command = social();
            command.env("SOCIAL_BASE_URL", &server.url).env("SOCIAL_API_TOKEN", &key);
            let mut session = Session::begin(command);
            suite(&mut session);
            session.end();
        }
    }
}

fn finds_the_eight_tools(client: &mut dyn Client) {
    let answer = client.ask("tools/list", &json!({}));
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
}

#[test]
fn a_call_asks_the_api_and_gives_its_answer_as_one_text() {
    let server = Scripted::start(vec![
        (201, "", json!({"id": "post_1", "status": "scheduled"})),
        (200, "", json!({"items": [], "next_cursor": null})),
        (200, "etag: \"3\"\r\n", json!({"id": "post_1"})),
        (200, "", json!({"id": "post_1"})),
    ]);
    let mut session = Session::begin(server.social());
    session.hello();
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
    let mut session = Session::begin(server.social());
    session.hello();
    let body = json!({"content": "…", "platforms": ["facebook"]});
    assert_eq!(session.call("quick_post", &body), (problem, true));
    assert_eq!(server.got()[0].json()["time"], "now");
    session.end();
}
