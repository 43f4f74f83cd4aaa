//! Comments. On a fresh post they answer 404 for a while.
//! <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/comments-api>

use serde_json::{Value, json};

use super::errors::{LiError, LiResult};
use super::{Comment, auth, read};
use crate::call::Call;
use crate::network::Network;
use crate::reply::{self, with_header};
use crate::state::{Shown, State};

fn fields(id: &str, comment: &Comment) -> Value {
    let activity = comment.post.rsplit(':').next().unwrap_or_default();
    let object = format!("urn:li:activity:{activity}");
    let time = json!({"actor": comment.actor, "time": comment.at.as_millis()});
    json!({
        "actor": comment.actor,
        "commentUrn": format!("urn:li:comment:({object},{id})"),
        "created": time,
        "lastModified": time,
        "id": id,
        "message": {"attributes": [], "text": comment.text},
        "object": object,
    })
}

pub(super) fn create(state: &mut State, call: &Call, post: &str) -> LiResult {
    let (token, member) = auth::viewer(state, call)?;
    let body = call.json().unwrap_or_default();
    let text = |path: &str| body.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let missing = |path: &str| {
        LiError::schema(&[format!(
            "{path} :: field is required but not found and has no default value"
        )])
    };
    let actor = text("/actor").ok_or_else(|| missing("/actor"))?;
    let message = text("/message/text").ok_or_else(|| missing("/message/text"))?;
    auth::may_write(&token, member, call, &actor, ("socialActions/comments", "CREATE"))?;
    let found = state.linkedin.posts.get(post).ok_or_else(|| LiError::not_found(post))?;
    if call.now < found.created_at + state.cfg.linkedin.comments_blind {
        return Err(LiError::not_found(post));
    }
    if message.chars().count() > 1_250 {
        let text = "text is longer than 1250 characters";
        return Err(LiError::input("FIELD_LENGTH_TOO_LONG", "/message/text", text));
    }
    let id = state.ids.decimal("664", 16);
    state.show(&Shown {
        platform: Network::Linkedin,
        account_id: &actor,
        remote_id: &id,
        kind: "comment",
        text: &message,
        media: &[],
        parent: Some(post),
        at: call.now,
    });
    let comment = Comment { actor, post: post.to_owned(), text: message, at: call.now };
    let answer = reply::json(201, &fields(&id, &comment));
    state.linkedin.comments.insert(id.clone(), comment);
    Ok(with_header(answer, "x-restli-id", &id))
}

pub(super) fn list(state: &State, call: &Call, post: &str) -> LiResult {
    let (token, _) = auth::viewer(state, call)?;
    let scopes = ["r_organization_social", "r_member_social"];
    auth::require(&token, call, &scopes, ("socialActions/comments", "GET_ALL"))?;
    let elements: Vec<Value> = state
        .linkedin
        .comments
        .iter()
        .filter(|(_, comment)| comment.post == post)
        .map(|(id, comment)| fields(id, comment))
        .collect();
    Ok(reply::json(200, &read::list(&elements, 0, 10)))
}
