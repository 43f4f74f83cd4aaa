use std::time::Duration;

use insta::assert_snapshot;
use serde_json::{Value, json};
use social_core::domain::PostKind;
use social_core::flow::{Content, Effect};
use social_core::ports::PlatformApi as _;
use social_core::{ErrorKind, Retry};

use super::Facebook;
use crate::config::Config;
use crate::testing::{Canned, Walk, app, auth, clock, content};

fn client(answers: Vec<Value>) -> (Facebook, std::sync::Arc<Canned>) {
    let canned = Canned::new(answers);
    (Facebook::new(Config::new(app()), canned.clone(), clock()), canned)
}

fn walk(api: &Facebook, kind: PostKind) -> Walk<'_> {
    Walk::begin(api, auth("104", "page", &[]), content(kind))
}

/// A text that waits to be shown.
fn made(api: &Facebook) -> Walk<'_> {
    let mut walk = walk(api, PostKind::Text);
    walk.sends("facebook.feed", Effect::Prepare);
    walk.gets(200, json!({"id": "104_1"}));
    walk.sends("facebook.update", Effect::Commit);
    walk
}

/// A clip that waits to be finished.
fn uploaded(api: &Facebook) -> Walk<'_> {
    let mut walk = walk(api, PostKind::Video);
    walk.sends("facebook.videos_start", Effect::Prepare);
    walk.gets(
        200,
        json!({"upload_session_id": "7", "video_id": 98,
        "start_offset": "0", "end_offset": "20000000"}),
    );
    walk.sends("facebook.videos_transfer", Effect::Upload);
    walk.gets(200, json!({"start_offset": "20000000", "end_offset": "25000000"}));
    walk.sends("facebook.videos_transfer", Effect::Upload);
    walk.gets(200, json!({"start_offset": "25000000", "end_offset": "25000000"}));
    walk.sends("facebook.videos_finish", Effect::Commit);
    walk
}

#[test]
fn words_alone() {
    let (api, _) = client(vec![]);
    let mut walk = made(&api);
    walk.gets(200, json!({"success": true}));
    assert_eq!(walk.done().remote_id.as_deref(), Some("104_1"));
    assert_snapshot!(walk.shapes);
}

#[test]
fn photos_are_attached_unseen() {
    let (api, _) = client(vec![]);
    let mut walk = walk(&api, PostKind::Carousel);
    for id in ["1", "2"] {
        walk.sends("facebook.photos", Effect::Prepare);
        walk.gets(200, json!({ "id": id }));
    }
    walk.sends("facebook.feed", Effect::Prepare);
    walk.gets(200, json!({"id": "104_1"}));
    walk.sends("facebook.update", Effect::Commit);
    assert_snapshot!(walk.shapes);
}

#[test]
fn a_clip_is_seen_when_it_is_processed() {
    let (api, _) = client(vec![]);
    let mut walk = uploaded(&api);
    walk.gets(200, json!({"success": true}));
    for (status, waited) in [("processing", 1), ("ready", 2)] {
        let time = walk.sends("facebook.object", Effect::Read);
        assert_eq!(time, Duration::from_secs(waited));
        walk.gets(200, json!({"id": "98", "published": true, "status": {"video_status": status}}));
    }
    assert_eq!(walk.done().remote_id.as_deref(), Some("98"));
    assert_snapshot!(walk.shapes);
}

#[test]
fn success_that_is_none_is_doubt() {
    let (api, _) = client(vec![]);
    for body in
        [json!({"success": false}), json!({}), json!({"error": {"code": 2, "message": "?"}})]
    {
        let error = made(&api).refused(200, body);
        assert_eq!((error.kind, error.retry), (ErrorKind::OutcomeUnknown, Retry::ReconcileFirst));
    }
    let error = made(&api).refused(400, json!({"error": {"code": 200, "message": "no"}}));
    assert_eq!((error.kind, error.retry), (ErrorKind::Permission, Retry::Never));
    assert!(!error.action.is_empty());
}

#[test]
fn a_post_that_is_shown_is_found_and_one_that_is_not_is_read_twice() {
    let (api, _) = client(vec![]);
    let mut walk = made(&api);
    walk.doubt();
    walk.sends("facebook.object", Effect::Read);
    walk.gets(200, json!({"id": "104_1", "is_published": true}));
    assert_eq!(walk.done().remote_id.as_deref(), Some("104_1"));

    let mut walk = made(&api);
    walk.doubt();
    walk.sends("facebook.object", Effect::Read);
    walk.gets(200, json!({"id": "104_1", "is_published": false}));
    assert!(walk.sends("facebook.object", Effect::Read) >= Duration::from_secs(30));
    walk.gets(200, json!({"id": "104_1", "is_published": false}));
    walk.absent();
    walk.sends("facebook.update", Effect::Commit);
}

#[test]
fn a_clip_tells_whether_it_was_finished() {
    let (api, _) = client(vec![]);
    let complete = json!({"id": "98", "published": false, "status": {
        "video_status": "upload_complete", "publishing_phase": {"status": "not_started"}}});
    let processing =
        json!({"id": "98", "published": true, "status": {"video_status": "processing"}});
    let ready = json!({"id": "98", "status": {"video_status": "ready",
        "publishing_phase": {"status": "complete", "publish_status": "published"}}});
    let mut walk = uploaded(&api);
    walk.doubt();
    for body in [processing, ready] {
        walk.sends("facebook.object", Effect::Read);
        walk.gets(200, body.clone());
        if body["published"] == json!(true) {
            walk.sends("facebook.object", Effect::Read);
            walk.gets(200, body);
        }
    }
    assert_eq!(walk.done().remote_id.as_deref(), Some("98"));

    let mut walk = uploaded(&api);
    walk.doubt();
    for _ in 0..2 {
        walk.sends("facebook.object", Effect::Read);
        walk.gets(200, complete.clone());
    }
    walk.absent();
    walk.sends("facebook.videos_finish", Effect::Commit);
}

#[tokio::test]
async fn what_is_asked_besides_publishing() {
    let (api, canned) = client(vec![
        json!({"id": "104", "name": "Harbour", "followers_count": 7,
            "picture": {"data": {"url": "https://cdn.example/p.jpg"}}}),
        json!({"id": "98", "post_id": 5, "status": {}}),
        json!({"shares": {"count": 1}, "reactions": {"summary": {"total_count": 4}},
            "comments": {"summary": {"total_count": 2}}}),
        json!({"data": [
            {"name": "post_media_view", "period": "lifetime", "values": [{"value": 30}]},
            {"name": "post_reactions_by_type_total", "values": [{"value": {"like": 3, "love": 1}}]},
        ]}),
        json!({"id": "98", "permalink_url": "/harbour/videos/98/", "status": {}}),
        json!({"success": true}),
    ]);
    let auth = auth("104", "page", &[]);
    assert_eq!(api.account_info(&auth).await.unwrap().followers, Some(7));
    insta::assert_json_snapshot!("metrics", api.post_analytics(&auth, "98").await.unwrap());
    let link = api.permalink(&auth, "98").await.unwrap().unwrap();
    assert_eq!(link.as_str(), "https://www.facebook.com/harbour/videos/98/");
    api.delete_post(&auth, "98").await.unwrap();
    assert_snapshot!(canned.asked());
}

fn as_kind(from: PostKind, kind: PostKind, options: &Value) -> Content {
    let mut content = content(from);
    content.kind = kind;
    content.options = options.as_object().unwrap().clone();
    content
}

#[test]
fn a_reel_and_stories_go_by_the_upload_host() {
    let (api, _) = client(vec![]);
    let mut shapes = String::new();
    for (kind, options) in [
        (PostKind::Reel, json!({"format": "reel", "title": "Steam"})),
        (PostKind::Story, json!({"format": "story"})),
    ] {
        let content = as_kind(PostKind::Video, kind, &options);
        let mut walk = Walk::begin(&api, auth("104", "page", &[]), content);
        walk.sends("facebook.clip_start", Effect::Prepare);
        let url = "https://rupload.facebook.com/video-upload/v26.0/77";
        walk.gets(200, json!({"video_id": 77, "upload_url": url}));
        walk.sends("facebook.rupload", Effect::Upload);
        walk.gets(200, json!({"success": true}));
        walk.sends("facebook.clip_finish", Effect::Commit);
        shapes.push_str(&walk.shapes);
        // No answer: the clip itself knows.
        walk.doubt();
        walk.sends("facebook.object", Effect::Read);
        walk.gets(
            200,
            json!({"status": {"publishing_phase": {"publish_status": "published"}},
            "published": true, "post_id": 99}),
        );
        walk.sends("facebook.object", Effect::Read);
        walk.gets(
            200,
            json!({"status": {"publishing_phase": {"publish_status": "published"}},
            "published": true, "post_id": 99}),
        );
        assert_eq!(walk.done().remote_id.as_deref(), Some("99"));
    }
    let content = as_kind(PostKind::Image, PostKind::Story, &json!({"format": "story"}));
    let mut walk = Walk::begin(&api, auth("104", "page", &[]), content);
    walk.sends("facebook.photos", Effect::Prepare);
    walk.gets(200, json!({"id": "55"}));
    walk.sends("facebook.photo_stories", Effect::Commit);
    walk.doubt();
    walk.sends("facebook.stories", Effect::Read);
    walk.gets(200, json!({"data": [{"post_id": 98, "media_id": "55", "status": "PUBLISHED"}]}));
    shapes.push_str(&walk.shapes);
    assert_eq!(walk.done().remote_id.as_deref(), Some("98"));
    assert_snapshot!(shapes);
}
