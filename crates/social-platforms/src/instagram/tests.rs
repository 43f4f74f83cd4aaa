use std::time::Duration;

use insta::assert_snapshot;
use serde_json::{Value, json};
use social_core::domain::PostKind;
use social_core::flow::{Content, Effect};
use social_core::ports::{PlatformApi as _, SignInCode};
use social_core::{ErrorKind, Retry};

use super::Instagram;
use crate::config::Config;
use crate::testing::{Canned, Walk, app, auth, clock, content};

fn client(answers: Vec<Value>) -> (Instagram, std::sync::Arc<Canned>) {
    let canned = Canned::new(answers);
    (Instagram::new(Config::new(app()), canned.clone(), clock()), canned)
}

fn walk(api: &Instagram, content: Content) -> Walk<'_> {
    Walk::begin(api, auth("178", "business", &[]), content)
}

fn status(code: &str) -> Value {
    json!({"id": "c1", "status_code": code, "status": code})
}

/// A picture that waits to be published.
fn ready(api: &Instagram) -> Walk<'_> {
    let mut walk = walk(api, content(PostKind::Image));
    walk.sends("instagram.media", Effect::Prepare);
    walk.gets(200, json!({"id": "c1"}));
    walk.sends("instagram.container", Effect::Read);
    walk.gets(200, status("FINISHED"));
    walk.sends("instagram.media_publish", Effect::Commit);
    walk
}

#[test]
fn a_picture() {
    let (api, _) = client(vec![]);
    let mut walk = ready(&api);
    walk.gets(200, json!({"id": "m1"}));
    assert_eq!(walk.done().remote_id.as_deref(), Some("m1"));
    assert_snapshot!(walk.shapes);
}

#[test]
fn a_carousel_waits_for_each_of_its_items() {
    let (api, _) = client(vec![]);
    let mut walk = walk(&api, content(PostKind::Carousel));
    for id in ["c1", "c2"] {
        walk.sends("instagram.media", Effect::Prepare);
        walk.gets(200, json!({ "id": id }));
    }
    for (code, waited) in [("IN_PROGRESS", 1), ("IN_PROGRESS", 2), ("FINISHED", 4), ("FINISHED", 0)]
    {
        let time = walk.sends("instagram.container", Effect::Read);
        assert_eq!(time, Duration::from_secs(waited), "{code}");
        walk.gets(200, status(code));
    }
    walk.sends("instagram.media", Effect::Prepare);
    walk.gets(200, json!({"id": "c3"}));
    walk.sends("instagram.container", Effect::Read);
    walk.gets(200, status("FINISHED"));
    walk.sends("instagram.media_publish", Effect::Commit);
    assert_snapshot!(walk.shapes);
}

#[test]
fn a_clip_goes_on_where_its_upload_broke() {
    let (api, _) = client(vec![]);
    let mut walk = walk(&api, content(PostKind::Video));
    walk.sends("instagram.media", Effect::Prepare);
    let uri = "https://rupload.facebook.com/ig-api-upload/v26.0/c1";
    walk.gets(200, json!({"id": "c1", "uri": uri}));
    walk.sends("instagram.rupload", Effect::Upload);
    walk.gets(
        400,
        json!({"debug_info": {"retriable": true, "type": "PartialRequestError", "message": ""}}),
    );
    walk.sends("instagram.container", Effect::Read);
    walk.gets(
        200,
        json!({"status_code": "IN_PROGRESS", "video_status": {
        "uploading_phase": {"status": "in_progress", "bytes_transfered": 1_000_000}}}),
    );
    walk.sends("instagram.rupload", Effect::Upload);
    walk.gets(200, json!({"success": true}));
    walk.sends("instagram.container", Effect::Read);
    assert_snapshot!(walk.shapes);
}

#[test]
fn the_token_goes_to_no_other_host() {
    let (api, _) = client(vec![]);
    let mut walk = walk(&api, content(PostKind::Video));
    walk.sends("instagram.media", Effect::Prepare);
    walk.gets(200, json!({"id": "c1", "uri": "https://evil.example/ig-api-upload/c1"}));
    let cx = social_core::flow::FlowContext {
        auth: &walk.auth,
        content: &walk.content,
        now: walk.now,
        again: false,
    };
    assert_eq!(api.next(&cx, &walk.state).unwrap_err().kind, ErrorKind::Malformed);
}

#[test]
fn an_expired_container_is_made_anew_and_a_failed_one_says_why() {
    let (api, _) = client(vec![]);
    let mut walk = walk(&api, content(PostKind::Image));
    walk.sends("instagram.media", Effect::Prepare);
    walk.gets(200, json!({"id": "c1"}));
    walk.sends("instagram.container", Effect::Read);
    walk.gets(200, status("EXPIRED"));
    walk.sends("instagram.media", Effect::Prepare);
    walk.gets(200, json!({"id": "c2"}));
    walk.sends("instagram.container", Effect::Read);
    let error = walk.refused(
        200,
        json!({"status_code": "ERROR", "status": "Error: failed with error code 2207009"}),
    );
    assert_eq!((error.kind, error.retry), (ErrorKind::MediaRejected, Retry::Never));
    assert_eq!(error.subcode.as_deref(), Some("2207009"));
    assert!(!error.action.is_empty());
}

#[test]
fn an_answer_to_publish_that_is_garbled_is_no_answer() {
    let (api, _) = client(vec![]);
    for body in [json!({"ok": 1}), json!("<html>"), Value::Null] {
        let error = ready(&api).refused(200, body);
        assert_eq!((error.kind, error.retry), (ErrorKind::OutcomeUnknown, Retry::ReconcileFirst));
    }
}

#[test]
fn a_published_container_is_found_by_its_caption() {
    let (api, _) = client(vec![]);
    let mut walk = ready(&api);
    walk.doubt();
    walk.sends("instagram.container", Effect::Read);
    walk.gets(200, status("PUBLISHED"));
    walk.sends("instagram.media_list", Effect::Read);
    let at = walk.now.to_graph();
    walk.gets(
        200,
        json!({"data": [
            {"id": "m2", "caption": "Fresh (new) #beans", "timestamp": at},
            {"id": "m1", "caption": "Another", "timestamp": at},
            {"id": "m0", "caption": "Fresh (new) #beans", "timestamp": "2026-01-01T00:00:00+0000"},
        ]}),
    );
    assert_eq!(walk.done().remote_id.as_deref(), Some("m2"));
    assert_snapshot!(walk.shapes);
}

#[test]
fn of_two_that_fit_none_is_claimed_and_a_listing_that_fails_changes_nothing() {
    let (api, _) = client(vec![]);
    let at = walk(&api, content(PostKind::Image)).now.to_graph();
    let twice = json!({"data": [
        {"id": "m2", "caption": "Fresh (new) #beans", "timestamp": at},
        {"id": "m3", "caption": "Fresh (new) #beans", "timestamp": at},
    ]});
    for (answers, body) in [(1, twice), (3, json!({"error": {"code": 1, "message": "oh"}}))] {
        let mut walk = ready(&api);
        walk.doubt();
        walk.sends("instagram.container", Effect::Read);
        walk.gets(200, status("PUBLISHED"));
        for _ in 0..answers {
            walk.sends("instagram.media_list", Effect::Read);
            walk.gets(200, body.clone());
        }
        assert_eq!(walk.done().remote_id, None);
    }
}

#[test]
fn a_container_that_is_not_published_is_read_twice_half_a_minute_apart() {
    let (api, _) = client(vec![]);
    let mut walk = ready(&api);
    walk.doubt();
    walk.sends("instagram.container", Effect::Read);
    walk.gets(200, status("FINISHED"));
    assert!(walk.sends("instagram.container", Effect::Read) >= Duration::from_secs(30));
    walk.gets(200, status("FINISHED"));
    walk.absent();
    walk.sends("instagram.media_publish", Effect::Commit);
}

#[test]
fn a_container_that_died_begins_anew_and_one_that_hides_stays_unknown() {
    let (api, _) = client(vec![]);
    let mut walk = ready(&api);
    walk.doubt();
    walk.sends("instagram.container", Effect::Read);
    walk.gets(200, status("EXPIRED"));
    walk.absent();
    walk.sends("instagram.media", Effect::Prepare);

    let mut walk = ready(&api);
    walk.doubt();
    for _ in 0..12 {
        walk.sends("instagram.container", Effect::Read);
        walk.gets(400, json!({"error": {"code": 100, "error_subcode": 33, "message": "hidden"}}));
    }
    walk.unknown();
}

#[tokio::test]
async fn what_is_asked_besides_publishing() {
    let token = || json!({"access_token": "t", "token_type": "bearer", "expires_in": 5_183_944});
    let (api, canned) = client(vec![
        token(),
        token(),
        json!({"id": "u1", "name": "Sample"}),
        json!({"data": [{"permission": "pages_show_list", "status": "granted"}]}),
        json!({"data": [{"id": "p1", "name": "Harbour", "access_token": "pt", "tasks": [],
            "instagram_business_account": {"id": 178, "username": "harbour.coffee"}}]}),
        token(),
        json!({"data": {"is_valid": true}}),
        json!({"success": true}),
        json!({"id": "178", "username": "harbour.coffee", "followers_count": 7}),
        json!({"data": [{"quota_usage": 2, "config": {"quota_total": 50}}]}),
        json!({"data": [{"name": "reach", "period": "lifetime", "values": [{"value": 9}]}]}),
        json!({"id": "m1", "permalink": "https://www.instagram.com/p/x/"}),
        json!({"success": true}),
    ]);
    let code = SignInCode {
        code: "c".into(),
        redirect_uri: "https://app.example/back".parse().unwrap(),
        verifier: "v".into(),
    };
    let signed = api.authenticate(&code).await.unwrap();
    assert_eq!(signed.accounts[0].remote_id, "178");
    assert_eq!(signed.accounts[0].attributes["page_id"], "p1");
    assert!(signed.missing_scopes.contains(&"instagram_content_publish".to_owned()));
    api.refresh(&signed.tokens).await.unwrap();
    assert!(api.validate(&signed.tokens).await.unwrap());
    api.revoke(&signed.tokens).await.unwrap();
    let auth = auth("178", "business", &[]);
    assert_eq!(api.account_info(&auth).await.unwrap().posts_left, Some(48));
    insta::assert_json_snapshot!("metrics", api.post_analytics(&auth, "m1").await.unwrap());
    assert!(api.permalink(&auth, "m1").await.unwrap().is_some());
    api.delete_post(&auth, "m1").await.unwrap();
    assert_snapshot!(canned.asked());
}

fn said(kind: PostKind, options: &Value) -> Content {
    let mut content = content(kind);
    content.options = options.as_object().unwrap().clone();
    content
}

#[test]
fn every_option_stands_in_the_request_of_its_kind() {
    let (api, _) = client(vec![]);
    let mut shapes = String::new();
    let mut first = |content: Content| {
        let mut walk = walk(&api, content);
        walk.sends("instagram.media", Effect::Prepare);
        shapes.push_str(&walk.shapes);
    };
    first(said(
        PostKind::Image,
        &json!({"collaborators": ["roastery"], "location_id": "7", "is_ai_generated": true,
            "user_tags": [{"username": "ana", "x": 0.5, "y": 0.25}]}),
    ));
    first(said(
        PostKind::Video,
        &json!({"share_to_feed": true, "audio_name": "Steam", "thumb_offset": 900,
            "cover_url": "https://media.example/c.jpg", "user_tags": [{"username": "ana"}],
            "trial_params": {"graduation_strategy": "MANUAL"}}),
    ));
    first(said(PostKind::Video, &json!({"source": "url"})));
    for kind in [PostKind::Image, PostKind::Video] {
        let mut story = said(kind, &json!({"format": "story"}));
        story.kind = PostKind::Story;
        first(story);
    }
    first(said(
        PostKind::Carousel,
        &json!({"user_tags": [{"username": "ana", "x": 0.5, "y": 0.5, "item": 0}]}),
    ));
    assert_snapshot!(shapes);
}

#[test]
fn an_account_of_instagram_login_is_asked_on_its_own_host() {
    let canned = Canned::new(vec![]);
    let api = Instagram::new(Config::new(app()), canned, clock()).instagram_login(app());
    let mut account = auth("178", "business", &[]);
    account.attributes.insert("login".into(), "instagram".into());
    let mut walk = Walk::begin(&api, account, content(PostKind::Video));
    walk.sends("instagram.media", Effect::Prepare);
    walk.gets(200, json!({"id": "c1"}));
    walk.sends("instagram.container", Effect::Read);
    assert_snapshot!(walk.shapes);
}
