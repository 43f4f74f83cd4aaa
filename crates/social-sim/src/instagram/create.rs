//! `POST /{ig-user}/media`: creating a container.

use serde_json::json;
use social_core::Timestamp;

use super::container::Status;
use super::{Container, Product, checks};
use crate::call::Call;
use crate::hosts::under;
use crate::meta::errors::{GraphError, GraphResult};
use crate::meta::rupload::Incoming;
use crate::meta::{VERSION, auth};
use crate::reply;
use crate::state::State;
use crate::tokens::DAY;

/// Containers per account in 24 hours.
const MAX_CONTAINERS: usize = 400;

pub(crate) fn create(state: &mut State, call: &Call, account: &str) -> GraphResult {
    let token = auth::viewer(state, call)?;
    auth::instagram(state, &token, account)
        .ok_or_else(|| GraphError::unreachable("post", account))?;
    auth::require(&token, 10, &["instagram_basic", "instagram_content_publish"])?;
    let recent = state
        .instagram
        .containers
        .values()
        .filter(|c| c.account == account && call.now < c.created_at + DAY)
        .count();
    if recent >= MAX_CONTAINERS {
        return Err(
            GraphError::new(-1, "Container creation failed: too many containers.").sub(2_207_032)
        );
    }

    let is_child = call.params.flag("is_carousel_item").unwrap_or(false);
    let caption = call.params.get("caption").unwrap_or_default().to_owned();
    let alt_text = call.params.filled("alt_text").map(str::to_owned);
    check_caption(&caption)?;
    if alt_text.as_ref().is_some_and(|text| text.chars().count() > 1_000) {
        return Err(GraphError::param("alt_text must be at most 1000 characters"));
    }
    check_extras(call, is_child, call.params.filled("media_type"))?;
    let mut container = Container {
        account: account.to_owned(),
        caption: if is_child { String::new() } else { caption },
        alt_text,
        product: Product::Feed,
        is_child,
        hashes: Vec::new(),
        created_at: call.now,
        ready_at: None,
        error: None,
        published: None,
        incoming: None,
    };
    let kind = call.params.filled("media_type");
    match kind {
        None | Some("IMAGE") => image(state, call, &mut container)?,
        Some("CAROUSEL") => carousel(state, call, &mut container)?,
        Some("STORIES") => {
            container.product = Product::Story;
            if call.params.filled("image_url").is_some() {
                image(state, call, &mut container)?;
            } else {
                video(state, call, &mut container)?;
            }
        }
        Some("REELS") => {
            container.product = Product::Reels;
            video(state, call, &mut container)?;
        }
        Some("VIDEO") if is_child => video(state, call, &mut container)?,
        Some("VIDEO") => {
            return Err(GraphError::param(
                "The VIDEO value for media_type is no longer supported. Use the REELS media_type \
                 to publish a video to your Instagram feed.",
            ));
        }
        Some(other) => {
            return Err(
                GraphError::new(100, format!("(#100) Unknown media_type {other}")).sub(2_207_023)
            );
        }
    }

    let id = state.ids.decimal("1788900", 10);
    let mut answer = json!({ "id": id });
    if container.incoming.is_some() {
        let path = format!("rupload/ig-api-upload/{VERSION}/{id}");
        answer["uri"] = under(&state.base, &path).as_str().into();
    }
    state.instagram.containers.insert(id, container);
    Ok(reply::json(200, &answer))
}

/// What goes with which kind of container.
fn check_extras(call: &Call, is_child: bool, kind: Option<&str>) -> Result<(), GraphError> {
    let given = |name: &str| call.params.filled(name).is_some();
    let story = kind == Some("STORIES");
    let not_there = |name: &str, there: bool| match given(name) && !there {
        true => Err(GraphError::param(format_args!("{name} is not supported here"))),
        false => Ok(()),
    };
    not_there("is_ai_generated", !is_child)?;
    not_there("location_id", !is_child && !story)?;
    not_there("collaborators", !is_child && !story)?;
    not_there("alt_text", kind.is_none() || kind == Some("IMAGE"))?;
    for name in ["share_to_feed", "audio_name", "thumb_offset", "cover_url", "trial_params"] {
        not_there(name, kind == Some("REELS"))?;
    }
    if call.params.list("collaborators").len() > 3 {
        return Err(GraphError::param("At most 3 collaborators"));
    }
    let tags = call.params.list("user_tags");
    for tag in &tags {
        let tag: serde_json::Value = serde_json::from_str(tag)
            .map_err(|_| GraphError::param("user_tags must be a list of objects"))?;
        let placed = ["x", "y"].iter().all(|name| {
            tag.get(name)
                .and_then(serde_json::Value::as_f64)
                .is_some_and(|at| (0.0..=1.0).contains(&at))
        });
        let picture = kind.is_none() || kind == Some("IMAGE");
        if tag.get("username").is_none() || (picture && !placed) {
            return Err(GraphError::param("user_tags need username, x and y"));
        }
    }
    Ok(())
}

fn check_caption(caption: &str) -> Result<(), GraphError> {
    let tags = |mark: char| {
        caption.split_whitespace().filter(|word| word.len() > 1 && word.starts_with(mark)).count()
    };
    if caption.chars().count() > 2_200 || tags('#') > 30 {
        return Err(GraphError::new(36_004, "The caption was too long.")
            .sub(2_207_010)
            .told("Caption too long", "Use at most 2,200 characters and 30 hashtags."));
    }
    if tags('@') > 20 {
        return Err(GraphError::new(100, "(#100) Too many @ tags, the limit is 20.").sub(2_207_040));
    }
    Ok(())
}

fn unfetchable(why: &str) -> GraphError {
    GraphError::new(9_004, "Only photo or video can be accepted as media type.")
        .sub(2_207_052)
        .told(
            "Media download has failed. The media URI doesn't meet our requirements.",
            &format!("The media could not be fetched from this URI: {why}"),
        )
}

fn image(state: &mut State, call: &Call, container: &mut Container) -> Result<(), GraphError> {
    let url = call
        .params
        .filled("image_url")
        .ok_or_else(|| GraphError::param("The parameter image_url is required").sub(2_207_052))?;
    let media = call.fetched(url).map_err(|why| unfetchable(&why))?;
    let hash = state.shelf.keep(media.bytes.clone());
    checks::image(state, &hash, container.product)?;
    container.hashes = vec![hash];
    container.ready_at = Some(call.now + state.cfg.meta.image_processing);
    Ok(())
}

fn video(state: &mut State, call: &Call, container: &mut Container) -> Result<(), GraphError> {
    if call.params.get("upload_type") == Some("resumable") {
        if call.host == "instagram-graph" {
            return Err(GraphError::param("upload_type is not supported on this host"));
        }
        container.incoming = Some(Incoming::default());
        return Ok(());
    }
    let url = call
        .params
        .filled("video_url")
        .ok_or_else(|| GraphError::param("The parameter video_url is required"))?;
    container.ready_at = Some(call.now + state.cfg.meta.video_processing);
    match call.fetched(url) {
        Ok(media) => {
            let hash = state.shelf.keep(media.bytes.clone());
            container.error = checks::video(state, &hash, container.product);
            container.hashes = vec![hash];
        }
        // Videos are fetched after the answer, so this shows in the status only.
        Err(_) => container.error = Some(2_207_077),
    }
    Ok(())
}

fn carousel(state: &State, call: &Call, container: &mut Container) -> Result<(), GraphError> {
    let children = call.params.list("children");
    if !(2..=10).contains(&children.len()) {
        return Err(
            GraphError::new(100, "(#100) A carousel must have 2 to 10 children.").sub(2_207_028)
        );
    }
    let mut ready = call.now + state.cfg.meta.image_processing;
    for id in &children {
        let child = state
            .instagram
            .containers
            .get(id)
            .filter(|child| child.account == container.account && child.is_child)
            .ok_or_else(|| {
                GraphError::param(format_args!("children: {id} is no carousel item")).sub(2_207_006)
            })?;
        match child.status(call.now) {
            Status::Finished => {}
            Status::InProgress => {
                // A parent made too early waits for its children; the guide says to wait first.
                ready = ready.max(child.ready_at.unwrap_or(container.created_at + DAY));
            }
            Status::Error(subcode) => container.error = Some(subcode),
            Status::Expired | Status::Published => container.error = Some(2_207_020),
        }
        container.error = container.error.or(child.error);
        container.hashes.extend(child.hashes.iter().cloned());
    }
    container.ready_at = Some(ready);
    Ok(())
}

/// All bytes of a resumable upload are there: processing starts.
pub(crate) fn received(state: &mut State, id: &str, hash: &str, now: Timestamp) {
    let Some(product) = state.instagram.containers.get(id).map(|c| c.product) else { return };
    let error = checks::video(state, hash, product);
    let ready = now + state.cfg.meta.video_processing;
    if let Some(container) = state.instagram.containers.get_mut(id) {
        container.hashes = vec![hash.to_owned()];
        container.error = error;
        container.ready_at = Some(ready);
    }
}
