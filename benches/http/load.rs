//! Reads and writes mixed, and then whether every accepted post is there, once.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::Result;
use super::client::{Ask, Client};
use super::server::Server;

const CLIENTS: usize = 32;
/// How many posts each of them writes.
const POSTS: usize = 200;

/// What a client got accepted: its texts by id.
type Accepted = BTreeMap<String, String>;

pub(crate) async fn run(program: &Path) -> Result<bool> {
    let server = std::sync::Arc::new(Server::start(program, true).await?);
    server.ready().await?;
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let server = server.clone();
        clients.spawn(async move { client(&server, number).await });
    }
    let mut accepted = Accepted::new();
    while let Some(own) = clients.join_next().await {
        accepted.extend(own??);
    }
    let stored = stored(&server).await?;
    let mut copies: BTreeMap<&str, usize> = BTreeMap::new();
    for text in stored.values() {
        *copies.entry(text).or_default() += 1;
    }
    let missing = accepted.iter().filter(|(id, text)| stored.get(*id) != Some(text)).count();
    let doubled = copies.values().filter(|count| **count > 1).count();
    let (accepted, stored) = (accepted.len(), stored.len());
    println!("load: {accepted} accepted, {stored} stored, {missing} missing, {doubled} doubled");
    Ok(accepted == CLIENTS * POSTS && stored == accepted && missing == 0 && doubled == 0)
}

/// Writes posts, each twice under its key and at once by two connections, and reads in between.
async fn client(server: &Server, number: usize) -> Result<Accepted> {
    let (mut first, mut second) = (Client::connect(server).await?, Client::connect(server).await?);
    let mut accepted = Accepted::new();
    for n in 0..POSTS {
        let mut ask = Ask::post(number * POSTS + n, "load");
        let (one, two) = tokio::try_join!(first.send(&ask), second.send(&ask))?;
        let mut ids = Vec::new();
        for (status, body) in [one, two] {
            match status {
                201 => ids.push(id(&body)?),
                // The other one was quicker and had not ended.
                409 => {}
                other => return Err(format!("{other}: {}", String::from_utf8_lossy(&body)).into()),
            }
        }
        ids.dedup();
        let [id] = <[String; 1]>::try_from(ids).map_err(|ids| format!("one key, {ids:?}"))?;
        let mut text = ask.body.as_ref().map_or(Value::Null, |body| body["content"].clone());
        if n % 5 == 0 {
            text = json!(format!("{} Changed.", text.as_str().unwrap_or_default()));
            ask = Ask { method: "PATCH", path: format!("/api/posts/{id}"), ..ask };
            (ask.key, ask.body) = (None, Some(json!({ "content": text })));
            expect(&mut first, &ask, 200).await?;
        }
        expect(&mut first, &Ask::get(format!("/api/posts/{id}")), 200).await?;
        if n % 10 == 0 {
            expect(&mut second, &Ask::get("/api/posts?limit=20".to_owned()), 200).await?;
        }
        accepted.insert(id, text.as_str().unwrap_or_default().to_owned());
    }
    Ok(accepted)
}

async fn expect(client: &mut Client, ask: &Ask, expected: u16) -> Result<()> {
    loop {
        let (status, body) = client.send(ask).await?;
        match status {
            status if status == expected => return Ok(()),
            503 => {
                tokio::time::sleep_until(tokio::time::Instant::now() + Duration::from_millis(50))
                    .await
            }
            other => {
                return Err(format!("{ask:?}: {other} {}", String::from_utf8_lossy(&body)).into());
            }
        }
    }
}

fn id(body: &[u8]) -> Result<String> {
    let body: Value = serde_json::from_slice(body)?;
    Ok(body["id"].as_str().ok_or("an answer without an id")?.to_owned())
}

/// All posts, page by page.
async fn stored(server: &Server) -> Result<Accepted> {
    let mut client = Client::connect(server).await?;
    let mut all = Accepted::new();
    let mut cursor = String::new();
    loop {
        let page = Ask::get(format!("/api/posts?limit=100&view=full{cursor}"));
        let (_, body) = client.send(&page).await?;
        let body: Value = serde_json::from_slice(&body)?;
        for item in body["items"].as_array().ok_or("no items")? {
            let text = item["content"].as_str().unwrap_or_default().to_owned();
            let id = item["id"].as_str().unwrap_or_default().to_owned();
            if all.insert(id, text).is_some() {
                return Err("a post is listed twice".into());
            }
        }
        match body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(all),
        }
    }
}
