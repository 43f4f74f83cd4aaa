//! A tool's call, as the question of the contract that it stands for.

use http::Method;
use serde_json::{Map, Value};

use crate::client::{Call, Client, Problem, calls};

/// For how many seconds a post for now is waited for.
const WAIT: u32 = 10;

/// Asks what the tool `name` stands for; `None` where there is no such tool.
pub(super) async fn call(
    client: &Client,
    name: &str,
    mut given: Map<String, Value>,
) -> Option<Result<Value, Problem>> {
    let asked = match name {
        "schedule_post" => Ok(calls::post(&given.into(), None, Some(WAIT))),
        "quick_post" => {
            given.insert("time".into(), "now".into());
            Ok(calls::post(&given.into(), None, Some(WAIT)))
        }
        "list_posts" => Ok(query(calls::posts([]), &LIST, given)),
        "get_analytics" => Ok(query(calls::analytics([]), &ANALYTICS, given)),
        "get_post" => id(&mut given).map(|id| {
            let call = Call::new(Method::GET, &["posts", &id]);
            query(call, &["view"], given)
        }),
        "cancel_post" => id(&mut given).map(|id| {
            let call = Call::new(Method::DELETE, &["posts", &id]);
            query(call, &["remote", "confirm"], given)
        }),
        "update_post" => update(client, given).await,
        "manage_account" => Ok(calls::account(&given.into())),
        _ => return None,
    };
    Some(match asked {
        Ok(call) => client.send(call).await.map(|answer| answer.body),
        Err(problem) => Err(problem),
    })
}

const LIST: [&str; 7] = ["status", "platform", "from", "to", "limit", "cursor", "view"];
const ANALYTICS: [&str; 4] = ["timeframe", "platforms", "post_id", "group_by"];

async fn update(client: &Client, mut given: Map<String, Value>) -> Result<Call, Problem> {
    let id = id(&mut given)?;
    let revision = match given.remove("etag") {
        Some(Value::String(etag)) => Some(etag),
        _ => calls::revision(client, &id).await?,
    };
    Ok(calls::edit(&id, revision.as_deref(), &given.into()))
}

fn id(given: &mut Map<String, Value>) -> Result<String, Problem> {
    match given.remove("id") {
        Some(Value::String(id)) if !id.is_empty() => Ok(id),
        _ => Err(Problem::input(
            "id_missing",
            "the argument `id` is missing or no text",
            "Give the post's id, such as post_01J…; list_posts names them.",
        )),
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
