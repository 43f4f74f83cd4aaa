//! What a creator may post.
//! <https://developers.tiktok.com/doc/content-posting-api-reference-query-creator-info>

use serde_json::json;

use super::auth::{pace, viewer};
use super::envelope::{TtError, TtResult};
use super::publish::{check_creators, direct_posts};
use crate::call::Call;
use crate::people::TiktokCreator;
use crate::state::State;

/// The privacy levels that a creator can choose from.
pub(super) fn privacy_levels(creator: &TiktokCreator) -> [&'static str; 3] {
    if creator.private {
        ["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
    } else {
        ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
    }
}

pub(super) fn info(state: &mut State, call: &Call) -> TtResult {
    let (token, creator) = viewer(state, call, &["video.publish"])?;
    pace(state, call, "creator_info", 20)?;
    check_creators(state, &token.client, &creator.open_id, call.now, 200)?;
    if direct_posts(state, &creator.open_id, call.now) >= state.cfg.tiktok.daily_posts {
        // Here the daily cap comes with HTTP 200, on purpose.
        return Err(TtError::new(200, "spam_risk_too_many_posts", "The daily post cap is reached"));
    }
    Ok(json!({
        "creator_avatar_url": state.url("__sim/avatar.svg"),
        "creator_username": creator.username,
        "creator_nickname": creator.nickname,
        "privacy_level_options": privacy_levels(&creator),
        "comment_disabled": false,
        "duet_disabled": creator.private,
        "stitch_disabled": creator.private,
        "max_video_post_duration_sec": creator.max_video_secs,
    }))
}
