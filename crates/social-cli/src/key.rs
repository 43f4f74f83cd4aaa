//! `social key`: API keys in a data folder, without a server.

use std::collections::BTreeSet;

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use social::core::domain::{Budget, KeyId, Scope, WritePolicy};
use social::core::engine::Keys;
use social::{Platform, Social};

use crate::args::{Key, KeyAction, NewKey};
use crate::failure::Failure;
use crate::output::Output;
use crate::remote::lines;

/// Makes, lists or revokes.
pub(crate) async fn run(action: Key) -> Result<(), Failure> {
    let at = match &action {
        Key::Create(new) => &new.at,
        Key::List(at) | Key::Revoke { at, .. } => at,
    };
    let (social, output) =
        (open(at, matches!(action, Key::Create(_))).await?, Output::choose(at.json));
    let (keys, ws) = (Keys::new(social.ports().clone()), social.workspace());
    let answer = match action {
        Key::Create(asked) => {
            let (key, secret) = keys.create(ws, new(asked)?).await?;
            let note = "This once: it is not kept, only its hash.";
            let mut answer = shown(&key)?;
            answer["token"] = secret.expose_secret().into();
            answer["note"] = note.into();
            answer
        }
        Key::List(_) => {
            let keys = keys.list(ws).await?;
            json!({ "items": keys.iter().map(shown).collect::<Result<Vec<_>, _>>()? })
        }
        Key::Revoke { id, .. } => {
            let id: KeyId = id.parse().map_err(|error| Failure::input(format!("{error}")))?;
            keys.revoke(ws, id).await?;
            json!({ "id": id, "status": "revoked" })
        }
    };
    output.answer(&answer, lines);
    Ok(())
}

/// The engine of a data folder. One that is not there is made only where `make` says so: in a
/// mistyped one there would be nothing to list or change, which is not what was asked.
pub(crate) async fn open(at: &KeyAction, make: bool) -> Result<Social, Failure> {
    if !make && at.storage.database.is_none() && !at.data.is_dir() {
        let folder = at.data.display();
        return Err(Failure::input(format!(
            "there is no folder {folder}: say by --data where it is"
        )));
    }
    Ok(at.storage.clone().tell(Social::builder().data_dir(&at.data)).build().await?)
}

fn shown(key: &social::core::domain::ApiKey) -> Result<Value, Failure> {
    serde_json::to_value(key).map_err(|error| Failure::later(error.to_string()))
}

fn new(asked: NewKey) -> Result<social::core::engine::NewKey, Failure> {
    let mut new = social::core::engine::NewKey::for_agent(asked.name);
    if !asked.scope.is_empty() {
        new.scopes = asked.scope.iter().map(|text| scope(text)).collect::<Result<_, _>>()?;
    }
    new.policy = match asked.policy.as_str() {
        "none" => WritePolicy::None,
        "confirm" => WritePolicy::Confirm,
        "approve" => WritePolicy::Approve,
        other => {
            let allowed = "none, confirm or approve";
            return Err(Failure::input(format!("`{other}` is no policy: give {allowed}")));
        }
    };
    let platforms: BTreeSet<Platform> = asked
        .platforms
        .iter()
        .map(|name| serde_json::from_value(Value::from(name.as_str())))
        .collect::<Result<_, _>>()
        .map_err(|error| Failure::input(format!("--platforms: {error}")))?;
    new.budget = Budget {
        posts_per_day: asked.posts_per_day,
        platforms,
        quiet_hours: None,
        undo_seconds: asked.undo_seconds,
    };
    Ok(new)
}

fn scope(text: &str) -> Result<Scope, Failure> {
    Scope::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or_else(|| {
        let known = Scope::ALL.map(Scope::as_str).join(", ");
        Failure::input(format!("`{text}` is no scope: give some of {known}"))
    })
}
