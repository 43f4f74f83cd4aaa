//! Much asked at once: what was accepted is there, once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::kit::{Served, json as printed, social};

const CLIENTS: usize = 8;
const POSTS: usize = 12;

#[test]
fn no_accepted_post_is_missing_and_none_is_doubled() {
    let server = Served::start_with(
        "[limits]\nrequests_per_minute = 100000\naddress_requests_per_minute = 100000",
        &["--sandbox"],
    );
    let key = social().args(["key", "create", "--data"]).arg(server.data.path()).output();
    let key = printed(&key.unwrap())["token"].as_str().unwrap().to_owned();
    // Each post is asked for by two clients, under one idempotency key.
    let accepted: BTreeMap<String, BTreeSet<String>> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let (server, key) = (&server, &key);
                scope.spawn(move || client_of(server, key, client / 2))
            })
            .collect();
        let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (text, id) in clients.into_iter().flat_map(|client| client.join().unwrap()) {
            all.entry(text).or_default().insert(id);
        }
        all
    });
    assert_eq!(accepted.len(), CLIENTS / 2 * POSTS);
    assert!(accepted.values().all(|ids| ids.len() == 1), "one key made two posts: {accepted:?}");
    let mut listed = BTreeMap::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/posts?limit=20&view=full{cursor}");
        let (status, body) = server.get_as(&path, &key);
        assert_eq!(status, 200, "{body}");
        let page: Value = serde_json::from_str(&body).unwrap();
        for item in page["items"].as_array().unwrap() {
            let text = item["content"].as_str().unwrap().to_owned();
            let id = item["id"].as_str().unwrap().to_owned();
            assert!(listed.insert(text, BTreeSet::from([id])).is_none(), "a post is there twice");
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(listed, accepted);
}

/// Writes posts and reads them back; gives their texts with their ids.
fn client_of(server: &Served, key: &str, number: usize) -> Vec<(String, String)> {
    let mut accepted = Vec::new();
    for n in 0..POSTS {
        let text = format!("Post {n} of client {number}");
        let body = json!({
            "content": text, "platforms": ["facebook"], "time": format!("2090-01-{:02}T09:00:00Z", n + 1),
            "idempotency_key": format!("{number}/{n}"),
        });
        let id = loop {
            let (status, answer) = server.post("/api/posts", key, &body);
            let answer: Value = serde_json::from_str(&answer).unwrap();
            match status {
                201 => break answer["id"].as_str().unwrap().to_owned(),
                // The other client was quicker, and its request still runs.
                409 => assert_eq!(answer["code"], "idempotency_in_progress", "{answer}"),
                _ => panic!("{status}: {answer}"),
            }
        };
        assert_eq!(server.get_as(&format!("/api/posts/{id}"), key).0, 200);
        accepted.push((text, id));
    }
    accepted
}
