//! The command against the real server on simulated networks: one post's life.

use std::process::Output;

use serde_json::{Value, json};

use crate::kit::{Served, fed, json as printed, social};

struct Sandbox {
    server: Served,
    token: String,
}

impl Sandbox {
    fn start() -> Self {
        let server = Served::start(&["--sandbox"]);
        let made = social().args(["key", "create", "--data"]).arg(server.data.path()).output();
        let token = printed(&made.unwrap())["token"].as_str().unwrap().to_owned();
        Self { server, token }
    }

    fn ask(&self, arguments: &[&str], text: &str) -> Output {
        let mut command = social();
        command.env("SOCIAL_BASE_URL", &self.server.url).env("SOCIAL_API_TOKEN", &self.token);
        fed(command.args(arguments), text)
    }

    fn done(&self, arguments: &[&str], text: &str) -> Value {
        let output = self.ask(arguments, text);
        let answer = printed(&output);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {answer}");
        answer
    }
}

#[test]
fn a_post_is_dry_run_confirmed_published_once_and_found_again() {
    let sandbox = Sandbox::start();
    let text = "It's a \"quoted\" test: $HOME & `ls`";
    let dry = sandbox.done(&["quick", "--to", "facebook", "--dry-run"], text);
    assert_eq!((&dry["valid"], &dry["previews"][0]["text"]), (&json!(true), &json!(text)));
    let confirm = dry["confirm"].as_str().unwrap();

    let quick = ["quick", "--to", "facebook", "--confirm", confirm, "--idempotency-key", "k1"];
    let published = sandbox.done(&quick, text);
    assert_eq!(published["status"], "published", "{published}");
    assert!(published["results"][0]["url"].is_string());
    // The same key again: the first answer, and no second post.
    let again = sandbox.done(&quick, text);
    assert_eq!((&again["id"], &again["replayed"]), (&published["id"], &json!(true)));
    let listed = sandbox.done(&["posts", "--status", "published"], "");
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);

    let id = published["id"].as_str().unwrap();
    assert!(sandbox.done(&["explain", id], "")["deliveries"].is_array());
    assert!(sandbox.done(&["analytics", "--timeframe", "24h"], "")["totals"].is_object());
    let refused = sandbox.ask(&["cancel", id], "");
    assert_eq!(printed(&refused)["code"], "already_published");
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn a_scheduled_post_is_edited_and_cancelled() {
    let sandbox = Sandbox::start();
    let media = sandbox.server.data.path().join("photo.jpg");
    std::fs::write(&media, include_bytes!("../../../../examples/media/photo.jpg")).unwrap();
    let media = media.to_str().unwrap();
    let post = ["post", "--to", "instagram", "--media", media, "--alt", "A dandelion"];
    let post = sandbox.done(&post, "First light");
    assert_eq!(post["status"], "scheduled", "{post}");
    let id = post["id"].as_str().unwrap();
    let edited = sandbox.done(&["edit", id, "--file", "-"], "Last light");
    assert_eq!(edited["content"], "Last light", "{edited}");
    let stale = sandbox.ask(&["edit", id, "--file", "-", "--if-match", "\"999\""], "No light");
    assert_eq!(printed(&stale)["code"], "revision_mismatch");
    assert_eq!(sandbox.done(&["cancel", id], "")["status"], "cancelled");
}

#[test]
fn a_picture_is_shown_as_a_network_would_get_it() {
    let sandbox = Sandbox::start();
    let photo = sandbox.server.data.path().join("photo.jpg");
    std::fs::write(&photo, include_bytes!("../../../../examples/media/photo.jpg")).unwrap();
    let added = sandbox.done(&["media", "add", photo.to_str().unwrap()], "");
    let to = sandbox.server.data.path().join("shown.jpg");
    let preview = ["media", "preview", added["id"].as_str().unwrap(), "--platform", "tiktok"];
    let how = ["--width", "64", "--fit", "blur", "--save", to.to_str().unwrap()];
    let shown = sandbox.done(&[&preview[..], &how[..]].concat(), "");
    let bytes = std::fs::read(&to).unwrap();
    assert_eq!((&shown["bytes"], &bytes[..2]), (&json!(bytes.len()), &[0xff, 0xd8][..]));
    assert!(shown["changes"].is_string(), "{shown}");
}

#[test]
fn what_only_a_person_can_do_ends_with_3() {
    let sandbox = Sandbox::start();
    let connect = sandbox.ask(&["account", "connect", "tiktok"], "");
    assert_eq!(connect.status.code(), Some(3));
    assert!(printed(&connect)["connect_url"].is_string());
    let approve = sandbox.ask(&["keys"], "");
    assert_eq!(printed(&approve)["code"], "approval_requires_human");
    assert_eq!(approve.status.code(), Some(3));
    let (status, skill) = sandbox.server.get("/skill/SKILL.md");
    assert_eq!(status, 200);
    assert!(skill.starts_with("---\nname: social-media-automation\n"));
}

#[test]
fn every_endpoint_of_the_skill_is_served() {
    let sandbox = Sandbox::start();
    let (_, document) = sandbox.server.get("/openapi.json");
    for endpoint in ["/api/posts", "/api/analytics", "/api/accounts"] {
        assert!(document.contains(&format!("\"{endpoint}\"")), "{endpoint}");
    }
}
