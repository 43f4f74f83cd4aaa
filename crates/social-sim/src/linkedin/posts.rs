//! Creating, changing and deleting posts.

use serde_json::Value;

use super::errors::{LiError, LiResult};
use super::{Post, auth, content, little_text};
use crate::call::Call;
use crate::network::Network;
use crate::reply::{self, with_header};
use crate::state::{Shown, State};

const POSTS: &str = "partnerApiPostsExternal";

fn text_of(body: &Value, name: &str) -> String {
    body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// `POST /rest/posts`: 201, an empty body, the URN in `x-restli-id`.
pub(super) fn create(state: &mut State, call: &Call) -> LiResult {
    let (token, member) = auth::viewer(state, call)?;
    let body = call.json().ok_or_else(|| {
        LiError::new(400, "ILLEGAL_ARGUMENT", "Request body could not be converted to data map")
    })?;
    content::schema(&body)?;
    let author = text_of(&body, "author");
    auth::may_write(&token, member, call, &author, (POSTS, "CREATE"))?;
    if text_of(&body, "lifecycleState") != "PUBLISHED" {
        let text = "lifecycleState must be PUBLISHED on create";
        return Err(LiError::input("INVALID_VALUE_FOR_FIELD", "/lifecycleState", text));
    }
    let commentary = text_of(&body, "commentary");
    if commentary.encode_utf16().count() > 3_000 {
        let text = "commentary is longer than 3000 characters";
        return Err(LiError::input("FIELD_LENGTH_TOO_LONG", "/commentary", text));
    }
    let shown = content::media(state, &author, &body)?;
    content::refuse_failed(&shown, call.now)?;
    if commentary.trim().is_empty() && shown.kind == "post" && body.get("reshareContext").is_none()
    {
        let text = "a post needs a commentary or a content";
        return Err(LiError::input("INVALID_VALUE_BLANK_FIELD", "/commentary", text));
    }
    let window = state.cfg.linkedin.duplicate_window;
    // The same picture uploaded twice has two URNs; what counts is what people would see.
    let same_content = |post: &Post| match shown.hashes.is_empty() {
        true => post.body.get("content") == body.get("content"),
        false => post.hashes == shown.hashes,
    };
    let twin = state.linkedin.posts.iter().find(|(_, post)| {
        post.author == author
            && text_of(&post.body, "commentary") == commentary
            && same_content(post)
            && call.now < post.created_at + window
    });
    if let Some((urn, _)) = twin {
        return Err(match state.cfg.linkedin.short_duplicate {
            true => LiError::short_duplicate(urn),
            false => LiError::duplicate(urn),
        });
    }

    let shared = body.pointer("/reshareContext/parent").and_then(Value::as_str);
    if let Some(parent) = shared
        && !parent.starts_with("urn:li:share:")
        && !parent.starts_with("urn:li:ugcPost:")
    {
        let text = format!("{parent} is not a post");
        return Err(LiError::input("INVALID_URN_TYPE", "/reshareContext/parent", &text));
    }
    let number = state.ids.decimal("726559", 13);
    let kind = if shown.kind == "video" || shown.kind == "poll" { "ugcPost" } else { "share" };
    let urn = format!("urn:li:{kind}:{number}");
    if !shown.broken {
        let mut text = little_text::render(&commentary);
        if let Some(source) = body.pointer("/content/article/source").and_then(Value::as_str) {
            text = format!("{text}\n{source}");
        }
        state.show(&Shown {
            platform: Network::Linkedin,
            account_id: &author,
            remote_id: &urn,
            kind: if shared.is_some() { "reshare" } else { shown.kind },
            text: &text,
            media: &shown.hashes,
            parent: None,
            at: shown.ready_at.unwrap_or(call.now).max(call.now),
        });
    }
    let post =
        Post { author, body, hashes: shown.hashes, created_at: call.now, modified_at: call.now };
    state.linkedin.posts.insert(urn.clone(), post);
    Ok(with_header(with_header(reply::empty(201), "x-restli-id", &urn), "x-linkedin-id", &urn))
}

/// The author of a post that the token may write as.
fn writable(state: &State, call: &Call, urn: &str, method: &str) -> Result<(), LiError> {
    let (token, member) = auth::viewer(state, call)?;
    match state.linkedin.posts.get(urn) {
        Some(post) => auth::may_write(&token, member, call, &post.author, (POSTS, method)),
        None => auth::require(
            &token,
            call,
            &["w_member_social", "w_organization_social"],
            (POSTS, method),
        ),
    }
}

/// `PARTIAL_UPDATE` of the commentary.
pub(super) fn update(state: &mut State, call: &Call, urn: &str) -> LiResult {
    writable(state, call, urn, "PARTIAL_UPDATE")?;
    let body = call.json().unwrap_or_default();
    let Some(set) = body.pointer("/patch/$set").and_then(Value::as_object) else {
        let line = "/patch :: field is required but not found and has no default value";
        return Err(LiError::schema(&[line.to_owned()]));
    };
    let post = state.linkedin.posts.get_mut(urn).ok_or_else(|| LiError::not_found(urn))?;
    if let Some(text) = set.get("commentary").and_then(Value::as_str) {
        post.body["commentary"] = text.into();
        post.modified_at = call.now;
        let shown = little_text::render(text);
        for entry in &mut state.ledger {
            if entry.platform == Network::Linkedin && entry.remote_id == urn {
                entry.text.clone_from(&shown);
            }
        }
    }
    Ok(reply::empty(204))
}

/// Deleting again is no error, as the documentation has it.
pub(super) fn delete(state: &mut State, call: &Call, urn: &str) -> LiResult {
    writable(state, call, urn, "DELETE")?;
    if state.linkedin.posts.remove(urn).is_none() && state.cfg.linkedin.gone_is_missing {
        return Err(LiError::not_found(urn));
    }
    state.hide(Network::Linkedin, urn, call.now);
    Ok(reply::empty(204))
}
