//! A tool's call, as the question of the contract that it stands for.

use std::future::Future;

use http::{Method, StatusCode};
use serde_json::{Map, Value};

use crate::Problem;
use crate::call::{self, Call};

/// For how many seconds a post for now is waited for.
const WAIT: u32 = 10;

/// Asks what the tool `name` stands for; `None` where there is no such tool.
pub(super) async fn ask<F, A>(
    send: F,
    name: &str,
    mut given: Map<String, Value>,
) -> Option<Result<Value, Value>>
where
    F: Fn(Call) -> A + Send + Sync,
    A: Future<Output = Result<Value, Value>> + Send,
{
    let asked = match name {
        "schedule_post" => Ok(call::post(&given.into(), None, Some(WAIT))),
        "quick_post" => {
            given.insert("time".into(), "now".into());
            Ok(call::post(&given.into(), None, Some(WAIT)))
        }
        "list_posts" => Ok(query(call::posts([]), &LIST, given)),
        "get_analytics" => Ok(query(call::analytics([]), &ANALYTICS, given)),
        "get_post" => id(&mut given).map(|id| {
            let call = Call::new(Method::GET, &[kind(&id), &id]);
            query(call, &["view"], given)
        }),
        "cancel_post" => id(&mut given).map(|id| {
            let call = Call::new(Method::DELETE, &[kind(&id), &id]);
            query(call, &["remote", "confirm", "occurrence", "following"], given)
        }),
        "update_post" => update(&send, given).await,
        "manage_account" => Ok(call::account(&given.into())),
        _ => return None,
    };
    Some(match asked {
        Ok(call) => send(call).await,
        Err(problem) => Err(problem),
    })
}

const LIST: [&str; 7] = ["status", "platform", "from", "to", "limit", "cursor", "view"];
const ANALYTICS: [&str; 7] =
    ["timeframe", "platforms", "post_id", "group_by", "accounts", "view", "format"];

/// An edit; without an `etag`, of the revision that the post is at now.
async fn update<F, A>(send: &F, mut given: Map<String, Value>) -> Result<Call, Value>
where
    F: Fn(Call) -> A + Send + Sync,
    A: Future<Output = Result<Value, Value>> + Send,
{
    let id = id(&mut given)?;
    if kind(&id) == SERIES {
        return Ok(series(&id, given));
    }
    let revision = match given.remove("etag") {
        Some(Value::String(etag)) => Some(etag),
        _ => send(call::post_by_id(&id, false)).await?["etag"].as_str().map(str::to_owned),
    };
    Ok(call::edit(&id, revision.as_deref(), &given.into()))
}

const SERIES: &str = "series";

/// What an id is of: the tools take series where they take posts.
fn kind(id: &str) -> &'static str {
    if id.starts_with("series_") { SERIES } else { "posts" }
}

/// A change of a series; of one occurrence, the post that is to be changed.
fn series(id: &str, mut given: Map<String, Value>) -> Call {
    if let Some(Value::String(occurrence)) = given.remove("occurrence") {
        return Call::new(Method::POST, &[SERIES, id, "occurrences", &occurrence]);
    }
    let etag = given.remove("etag").and_then(|etag| etag.as_str().map(str::to_owned));
    Call::new(Method::PATCH, &[SERIES, id]).header("if-match", etag).json(&given.into())
}

fn id(given: &mut Map<String, Value>) -> Result<String, Value> {
    match given.remove("id") {
        Some(Value::String(id)) if !id.is_empty() => Ok(id),
        _ => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "id_missing",
            "the argument `id` is missing or no text",
            "Give the post's id, such as post_01J…; list_posts names them.",
        )
        .body(None, None)),
    }
}

/// The arguments as a query. One that the tool does not know is sent too, so that the server says
/// which it is.
fn query(call: Call, known: &[&'static str], mut given: Map<String, Value>) -> Call {
    let mut call = call;
    for name in known {
        let text = match given.remove(*name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text),
            Some(Value::Array(items)) => {
                let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                Some(items.join(","))
            }
            Some(other) => Some(other.to_string()),
        };
        call = call.query(*name, text);
    }
    for (name, value) in given {
        call = call.query(name, Some(value));
    }
    call
}
