//! What init endpoints share: caps, and what happens once the media are there.

use std::collections::BTreeSet;

use serde_json::Value;
use social_core::Timestamp;

use super::envelope::TtError;
use super::{Publish, checks};
use crate::network::Network;
use crate::people::TiktokCreator;
use crate::state::{Shown, State};
use crate::tokens::DAY;

fn recent(state: &State, creator: &str, now: Timestamp, direct: bool) -> usize {
    let own = state.tiktok.publishes.values().filter(|p| p.creator == creator);
    own.filter(|p| p.direct == direct && p.failure.is_none() && now < p.created_at + DAY).count()
}

/// Direct posts of the last 24 hours.
pub(super) fn direct_posts(state: &State, creator: &str, now: Timestamp) -> usize {
    recent(state, creator, now, true)
}

/// The daily caps, which init endpoints tell with 403.
pub(super) fn check_cap(
    state: &State,
    creator: &str,
    now: Timestamp,
    direct: bool,
) -> Result<(), TtError> {
    let used = recent(state, creator, now, direct);
    if direct && used >= state.cfg.tiktok.daily_posts {
        return Err(TtError::new(403, "spam_risk_too_many_posts", "The daily post cap is reached"));
    }
    if !direct && used >= state.cfg.tiktok.daily_drafts {
        let text = "The daily cap of pending shares is reached";
        return Err(TtError::new(403, "spam_risk_too_many_pending_share", text));
    }
    Ok(())
}

/// A client that has not passed the audit posts for few creators a day.
pub(super) fn check_creators(
    state: &State,
    client: &str,
    creator: &str,
    now: Timestamp,
    status: u16,
) -> Result<(), TtError> {
    if !state.cfg.tiktok.unaudited {
        return Ok(());
    }
    let recent = state.tiktok.publishes.values();
    let mut active: BTreeSet<&str> = recent
        .filter(|publish| publish.client == client && now < publish.created_at + DAY)
        .map(|publish| publish.creator.as_str())
        .collect();
    active.insert(creator);
    if active.len() > state.cfg.tiktok.unaudited_creators {
        let text = "The client reached its cap of active users";
        return Err(TtError::new(status, "reached_active_user_cap", text));
    }
    Ok(())
}

/// Whether the author says who pays, where that is demanded.
pub(super) fn check_disclosure(state: &State, info: &Value) -> Result<(), TtError> {
    let toggle = info.get("brand_content_toggle").and_then(Value::as_bool);
    if state.cfg.tiktok.disclosure_required && toggle.is_none() {
        return Err(TtError::param("brand_content_toggle is required"));
    }
    if toggle == Some(true)
        && info.get("privacy_level").and_then(Value::as_str) == Some("SELF_ONLY")
    {
        return Err(TtError::param("Branded content cannot be private"));
    }
    Ok(())
}

/// The privacy level of a direct post, against the creator's choices and the audit.
pub(super) fn check_privacy(
    state: &State,
    creator: &TiktokCreator,
    level: Option<&str>,
) -> Result<bool, TtError> {
    let level = level.ok_or_else(|| TtError::param("privacy_level is required"))?;
    if state.cfg.tiktok.unaudited && (level != "SELF_ONLY" || !creator.private) {
        return Err(TtError::new(
            403,
            "unaudited_client_can_only_post_to_private_accounts",
            "Please review our integration guidelines.",
        ));
    }
    if !super::creator::privacy_levels(creator).contains(&level) {
        let text = "Privacy level option is not among the creator's options";
        return Err(TtError::new(403, "privacy_level_option_mismatch", text));
    }
    Ok(level == "PUBLIC_TO_EVERYONE")
}

/// All media are there: processing starts, and ends as they deserve.
pub(super) fn received(state: &mut State, id: &str, creator: &TiktokCreator, now: Timestamp) {
    let Some(publish) = state.tiktok.publishes.get(id).cloned() else { return };
    let done = now + state.cfg.tiktok.processing;
    let failure = publish.failure.or_else(|| {
        publish.hashes.iter().find_map(|hash| {
            if publish.photo {
                checks::photo(state, hash)
            } else {
                checks::video(state, hash, creator)
            }
        })
    });
    let moderation = state.cfg.tiktok.moderation;
    let post = (publish.direct && failure.is_none()).then(|| state.ids.decimal("7664", 15));
    if let Some(post) = &post {
        state.show(&Shown {
            platform: Network::Tiktok,
            account_id: &publish.creator,
            remote_id: post,
            kind: if publish.photo { "photo" } else { "video" },
            text: &publish.title,
            media: &publish.hashes,
            parent: None,
            at: done,
        });
    }
    if !publish.direct && failure.is_none() {
        // A draft is seen by the creator alone; twice would still be once too often.
        state.show(&Shown {
            platform: Network::Tiktok,
            account_id: &publish.creator,
            remote_id: id,
            kind: "draft",
            text: &publish.title,
            media: &publish.hashes,
            parent: None,
            at: done,
        });
    }
    if let Some(publish) = state.tiktok.publishes.get_mut(id) {
        publish.received_at = Some(now);
        publish.done_at = Some(done);
        publish.failure = failure;
        publish.public_at = (publish.public && post.is_some()).then(|| done + moderation);
        publish.post = post;
    }
}

/// A publish with nothing in it yet.
pub(super) fn blank(creator: &str, client: &str, now: Timestamp) -> Publish {
    Publish {
        creator: creator.to_owned(),
        client: client.to_owned(),
        direct: false,
        photo: false,
        pulled: false,
        title: String::new(),
        public: false,
        created_at: now,
        size: 0,
        chunk: 0,
        chunks: 0,
        bytes: Vec::new(),
        received: 0,
        chunks_done: 0,
        hashes: Vec::new(),
        received_at: None,
        done_at: None,
        failure: None,
        post: None,
        public_at: None,
    }
}
