//! `POST /{ig-user}/media_publish` and the quota.

use serde_json::json;
use social_core::Timestamp;

use super::container::Status;
use super::{Media, Product};
use crate::call::Call;
use crate::config::SecondPublish;
use crate::meta::auth;
use crate::meta::errors::{GraphError, GraphResult};
use crate::meta::fields::select;
use crate::network::Network;
use crate::reply;
use crate::state::{Shown, State};
use crate::tokens::DAY;

fn usage(state: &State, account: &str, since: Timestamp) -> u64 {
    let published = &state.instagram.published;
    published.iter().filter(|(who, at)| who == account && *at > since).count() as u64
}

pub(crate) fn publish(state: &mut State, call: &Call, account: &str) -> GraphResult {
    let token = auth::viewer(state, call)?;
    auth::instagram(state, &token, account)
        .ok_or_else(|| GraphError::unreachable("post", account))?;
    auth::require(&token, 10, &["instagram_basic", "instagram_content_publish"])?;
    let id = call.params.filled("creation_id").ok_or_else(|| GraphError::missing("creation_id"))?;
    let unknown = || {
        GraphError::new(24, "The requested resource does not exist")
            .sub(2_207_008)
            .told("The media builder does not exist", "The media builder with this ID expired.")
    };
    let container = state
        .instagram
        .containers
        .get(id)
        .filter(|container| container.account == account)
        .cloned()
        .ok_or_else(unknown)?;
    if container.is_child {
        return Err(GraphError::param("A carousel item cannot be published by itself"));
    }
    match container.status(call.now) {
        Status::Finished => {}
        Status::InProgress => {
            return Err(GraphError::new(9_007, "Media ID is not available")
                .sub(2_207_027)
                .told("Cannot publish", "The media is not ready to be published. Please wait."));
        }
        Status::Expired if state.cfg.meta.expired_is_unknown => return Err(unknown()),
        Status::Expired => {
            return Err(GraphError::new(-2, "The media container has expired").sub(2_207_020));
        }
        Status::Error(subcode) => {
            let text = format!("The media container failed with {subcode}");
            return Err(GraphError::new(24, text).sub(2_207_006));
        }
        Status::Published => match state.cfg.meta.second_publish {
            SecondPublish::Refused => return Err(unknown()),
            SecondPublish::SameMedia => {
                let media = container.published.clone().unwrap_or_default();
                return Ok(reply::json(200, &json!({ "id": media })));
            }
            SecondPublish::PublishesAgain => {}
        },
    }
    if usage(state, account, call.now - DAY) >= state.cfg.meta.instagram_daily_quota {
        return Err(GraphError::new(9, "Application request limit reached")
            .sub(2_207_042)
            .status(403)
            .told("Media posted limit reached", "You reached the maximum number of posts."));
    }

    let media_id = state.ids.decimal("1790000", 10);
    let kind = match container.product {
        Product::Reels => "reel",
        Product::Story => "story",
        Product::Feed if container.hashes.len() > 1 => "carousel",
        Product::Feed => "post",
    };
    state.show(&Shown {
        platform: Network::Instagram,
        account_id: account,
        remote_id: &media_id,
        kind,
        text: &container.caption,
        media: &container.hashes,
        parent: None,
        at: call.now,
    });
    state.instagram.published.push((account.to_owned(), call.now));
    state.instagram.media.insert(
        media_id.clone(),
        Media {
            account: account.to_owned(),
            caption: container.caption,
            alt_text: container.alt_text,
            product: container.product,
            hashes: container.hashes,
            at: call.now,
        },
    );
    if let Some(container) = state.instagram.containers.get_mut(id) {
        container.published = Some(media_id.clone());
    }
    let object = super::read::fields_of(state, &media_id, call.now);
    Ok(reply::json(200, &select(&object, call.params.get("fields"), &[])))
}

/// `GET /{ig-user}/content_publishing_limit`.
pub(crate) fn quota(state: &State, call: &Call, account: &str) -> GraphResult {
    let token = auth::viewer(state, call)?;
    auth::instagram(state, &token, account)
        .ok_or_else(|| GraphError::unreachable("get", account))?;
    auth::require(&token, 10, &["instagram_basic", "instagram_content_publish"])?;
    let since = call
        .params
        .get("since")
        .and_then(|text| text.parse().ok())
        .map_or(call.now - DAY, Timestamp::from_secs);
    let row = json!({
        "quota_usage": usage(state, account, since),
        "config": {"quota_total": state.cfg.meta.instagram_daily_quota, "quota_duration": 86_400},
    });
    let row = select(&row, call.params.get("fields"), &["quota_usage"]);
    Ok(reply::json(200, &json!({ "data": [row] })))
}
