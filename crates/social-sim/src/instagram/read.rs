//! Reading back: account, media, comments; deleting.

use serde_json::{Value, json};
use social_core::Timestamp;

use super::{Comment, Media, Product};
use crate::call::Call;
use crate::growth;
use crate::meta::errors::{GraphError, GraphResult};
use crate::meta::fields::select;
use crate::meta::{auth, paging};
use crate::network::Network;
use crate::people::InstagramAccount;
use crate::reply;
use crate::state::{Shown, State};
use crate::tokens::{DAY, Token};

/// All fields of an account.
pub(crate) fn account_fields(state: &State, ig: &InstagramAccount) -> Value {
    json!({
        "id": ig.id,
        "ig_id": ig.id,
        "user_id": ig.id,
        "account_type": "BUSINESS",
        "username": ig.username,
        "name": ig.name,
        "biography": "Small roaster by the water.",
        "website": state.url(&format!("__sim/feed/instagram/{}", ig.id)),
        "profile_picture_url": state.url("__sim/avatar.svg"),
        "followers_count": ig.followers,
        "follows_count": 180,
        "media_count": state.instagram.media.values().filter(|m| m.account == ig.id).count(),
        "is_published": true,
    })
}

pub(crate) fn account(state: &State, call: &Call, id: &str) -> GraphResult {
    let token = auth::viewer(state, call)?;
    let ig =
        auth::instagram(state, &token, id).ok_or_else(|| GraphError::unreachable("get", id))?;
    auth::require(&token, 10, &["instagram_basic"])?;
    let object = account_fields(state, ig);
    Ok(reply::json(200, &select(&object, call.params.get("fields"), &[])))
}

/// All fields of a medium.
pub(crate) fn fields_of(state: &State, id: &str, now: Timestamp) -> Value {
    let Some(media) = state.instagram.media.get(id) else { return json!({ "id": id }) };
    let grown = |metric: &str| {
        growth::count(state.cfg.seed, id, metric, now.since(media.at), growth::span(metric))
    };
    let is_video = |hash: &String| state.shelf.mime(hash).starts_with("video");
    let kind_of = |hash| if is_video(hash) { "VIDEO" } else { "IMAGE" };
    let kind = match media.hashes.as_slice() {
        [one] => kind_of(one),
        _ => "CAROUSEL_ALBUM",
    };
    let username = state
        .accounts()
        .into_iter()
        .find(|a| a.platform == Network::Instagram && a.id == media.account)
        .map_or_else(String::new, |a| a.handle);
    let own = state.instagram.comments.values().filter(|c| c.media == id).count() as u64;
    let mut object = json!({
        "id": id,
        "caption": media.caption,
        "alt_text": media.alt_text,
        "media_type": kind,
        "media_product_type": match media.product {
            Product::Feed => "FEED",
            Product::Reels => "REELS",
            Product::Story => "STORY",
        },
        "media_url": media.hashes.first().map(|hash| state.media_url(hash)),
        "permalink": state.permalink(Network::Instagram, id),
        "shortcode": shortcode(id),
        "timestamp": media.at.to_graph(),
        "username": username,
        "owner": {"id": media.account},
        "is_comment_enabled": true,
        "like_count": grown("likes"),
        "comments_count": own + grown("comments"),
    });
    if media.caption.is_empty() {
        object["caption"] = Value::Null;
    }
    if kind == "CAROUSEL_ALBUM" {
        let children: Vec<Value> = media
            .hashes
            .iter()
            .enumerate()
            .map(|(index, hash)| {
                json!({
                    "id": format!("{id}{index}"),
                    "media_type": kind_of(hash),
                    "media_url": state.media_url(hash),
                })
            })
            .collect();
        object["children"] = json!({ "data": children });
    }
    object
}

fn shortcode(id: &str) -> String {
    let number: u128 = id.parse().unwrap_or(0);
    format!("D{number:x}")
}

fn owned<'a>(
    state: &'a State,
    token: &Token,
    call: &Call,
    id: &str,
) -> Result<&'a Media, GraphError> {
    let unreachable = || GraphError::unreachable(call.method.as_str(), id);
    let media = state.instagram.media.get(id).ok_or_else(unreachable)?;
    auth::instagram(state, token, &media.account).ok_or_else(unreachable)?;
    Ok(media)
}

pub(crate) fn media(state: &State, call: &Call, id: &str) -> GraphResult {
    let token = auth::viewer(state, call)?;
    owned(state, &token, call, id)?;
    auth::require(&token, 10, &["instagram_basic"])?;
    let object = fields_of(state, id, call.now);
    Ok(reply::json(200, &select(&object, call.params.get("fields"), &[])))
}

/// `GET /{ig-user}/media` without stories, or `/stories` with those of the last day only.
pub(crate) fn list(state: &State, call: &Call, account: &str, stories: bool) -> GraphResult {
    let token = auth::viewer(state, call)?;
    auth::instagram(state, &token, account)
        .ok_or_else(|| GraphError::unreachable("get", account))?;
    auth::require(&token, 10, &["instagram_basic"])?;
    let mut found: Vec<(&String, &Media)> = state
        .instagram
        .media
        .iter()
        .filter(|(_, media)| media.account == account)
        .filter(|(_, media)| (media.product == Product::Story) == stories)
        .filter(|(_, media)| !stories || call.now < media.at + DAY)
        .filter(|(_, media)| paging::in_range(call, media.at.as_secs()))
        .collect();
    found.sort_by(|a, b| (b.1.at, b.0).cmp(&(a.1.at, a.0)));
    let rows: Vec<(String, Value)> = found
        .into_iter()
        .map(|(id, _)| {
            let object = fields_of(state, id, call.now);
            (id.clone(), select(&object, call.params.get("fields"), &[]))
        })
        .collect();
    Ok(reply::json(200, &paging::page(state, call, &rows)?))
}

pub(crate) fn delete(state: &mut State, call: &Call, id: &str) -> GraphResult {
    let token = auth::viewer(state, call)?;
    owned(state, &token, call, id)?;
    auth::require(&token, 10, &["instagram_basic", "instagram_manage_contents"])?;
    state.instagram.media.remove(id);
    state.hide(Network::Instagram, id, call.now);
    Ok(reply::json(200, &json!({"success": true, "deleted_id": id})))
}

pub(crate) fn comment(state: &mut State, call: &Call, id: &str) -> GraphResult {
    let token = auth::viewer(state, call)?;
    let account = owned(state, &token, call, id)?.account.clone();
    auth::require(&token, 10, &["instagram_basic", "instagram_manage_comments"])?;
    let text =
        call.params.filled("message").ok_or_else(|| GraphError::missing("message"))?.to_owned();
    let comment_id = state.ids.decimal("1800000", 10);
    state.show(&Shown {
        platform: Network::Instagram,
        account_id: &account,
        remote_id: &comment_id,
        kind: "comment",
        text: &text,
        media: &[],
        parent: Some(id),
        at: call.now,
    });
    let comment = Comment { media: id.to_owned(), text, at: call.now };
    state.instagram.comments.insert(comment_id.clone(), comment);
    Ok(reply::json(200, &json!({ "id": comment_id })))
}

pub(crate) fn comments(state: &State, call: &Call, id: &str) -> GraphResult {
    let token = auth::viewer(state, call)?;
    owned(state, &token, call, id)?;
    auth::require(&token, 10, &["instagram_basic", "instagram_manage_comments"])?;
    let rows: Vec<Value> = state
        .instagram
        .comments
        .iter()
        .filter(|(_, comment)| comment.media == id)
        .map(|(id, comment)| {
            let row = json!({
                "id": id,
                "text": comment.text,
                "timestamp": comment.at.to_graph(),
                "like_count": 0,
            });
            select(&row, call.params.get("fields"), &["text", "timestamp"])
        })
        .collect();
    Ok(reply::json(200, &paging::whole(&rows)))
}
