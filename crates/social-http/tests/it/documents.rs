//! What the server says of itself.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use social::core::domain::WritePolicy;

use crate::house::{House, ask};
use crate::media::picture;

#[tokio::test]
async fn the_document_is_as_reviewed() {
    let house = House::new().await;
    let document = house.send(ask("GET", "/openapi.json")).await;
    insta::assert_json_snapshot!(document.is(200));
}

#[tokio::test]
async fn each_operation_has_a_name_of_its_own() {
    let document = House::new().await.send(ask("GET", "/openapi.json")).await.body;
    let items = document["paths"].as_object().unwrap().values();
    let operations = items.flat_map(|item| item.as_object().unwrap().values());
    let names: Vec<_> = operations.map(|operation| operation["operationId"].clone()).collect();
    for name in &names {
        assert_eq!(names.iter().filter(|other| *other == name).count(), 1, "{name}");
    }
}

#[tokio::test]
async fn pages_need_no_other_server() {
    let house = House::new().await;
    for path in ["/docs", "/docs/errors", "/docs/page.js", "/docs/page.css"] {
        let page = house.send(ask("GET", path)).await;
        page.is(200);
        assert!(!page.text.contains("://"), "{path}");
    }
    let errors = house.send(ask("GET", "/docs/errors")).await;
    assert!(errors.text.contains("<tr id=\"content_too_long\"><td>422</td>"));
}

#[tokio::test]
async fn the_skill_names_this_server() {
    let text = "Ask {{base_url}}/api/posts.";
    let house = House::with(|config| config.skill = Some(text.into())).await;
    let skill = house.send(ask("GET", "/skill/SKILL.md")).await;
    skill.is(200);
    assert_eq!(skill.text, "Ask http://127.0.0.1:8080/api/posts.");
    let none = House::new().await.send(ask("GET", "/skill/SKILL.md")).await;
    none.is_problem(404, "not_found");
}

/// The examples of the document are sent as they stand there, and none is misread.
#[tokio::test]
async fn the_examples_of_the_document_work() {
    let (house, _) = House::ready().await;
    let key = house.human_key().await;
    let _ = house.key_of(WritePolicy::None).await;
    let document = house.send(ask("GET", "/openapi.json")).await.body;
    let mut sent = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let Some(schema) = item["post"]["requestBody"]["content"]["application/json"].get("schema")
        else {
            continue;
        };
        // What is sent to sign in is secret, and no example has it; a file elsewhere is not ours.
        if path == "/api/media" || path.contains("{id}") || path.starts_with("/api/auth/") {
            continue;
        }
        // Only a model can do these, and there is none.
        if ["/api/content/alt", "/api/content/translate"].contains(&path.as_str()) {
            continue;
        }
        let body = example(&document, schema);
        let answer = house.send(ask("POST", path).key(&key).json(&body)).await;
        assert!(answer.status.is_success(), "{path} {body}: {}", answer.text);
        sent += 1;
    }
    assert_eq!(sent, 12);
}

/// Answers have the members that their examples have, and no others.
#[tokio::test]
async fn answers_look_like_their_examples() {
    let (house, key) = House::ready().await;
    let document = house.send(ask("GET", "/openapi.json")).await.body;
    let shown = |name: &str| members(&document["components"]["schemas"][name]["example"]);
    let post = json!({
        "content": "Fresh coffee, roasted at the harbour.", "platforms": ["facebook"],
        "time": "2030-01-04T09:00:00+01:00",
    });
    let mut dry = post.clone();
    dry["dry_run"] = true.into();
    let mut wrong = post.clone();
    wrong["time"] = "2030-01-04 09:00".into();
    for (name, asked) in [
        ("DryRun", ask("POST", "/api/posts").json(&dry)),
        ("PostAnswer", ask("POST", "/api/posts").json(&post)),
        ("PostPage", ask("GET", "/api/posts")),
        ("AccountList", ask("GET", "/api/accounts")),
        ("MediaAnswer", ask("POST", "/api/media?name=beans.png").raw(picture())),
        ("MediaPage", ask("GET", "/api/media")),
        ("Problem", ask("POST", "/api/posts").json(&wrong)),
    ] {
        let answer = house.send(asked.key(&key)).await;
        assert!(!shown(name).is_empty(), "{name}");
        assert_eq!(members(&answer.body), shown(name), "{name}");
    }
}

/// The places of all members, lists taken as one item.
fn members(value: &Value) -> BTreeSet<String> {
    fn walk(at: &str, value: &Value, all: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let at = format!("{at}/{name}");
                    walk(&at, value, all);
                    all.insert(at);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| walk(at, item, all)),
            _ => {}
        }
    }
    let mut all = BTreeSet::new();
    walk("", value, &mut all);
    all
}

fn example(document: &Value, schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|at| at.rsplit('/').next()) {
        return example(document, &document["components"]["schemas"][name]);
    }
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let names = required.iter().filter_map(Value::as_str);
    names.map(|name| (name.to_owned(), example(document, &schema["properties"][name]))).collect()
}
