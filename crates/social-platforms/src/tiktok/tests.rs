use std::time::Duration;

use insta::assert_snapshot;
use serde_json::{Value, json};
use social_core::domain::PostKind;
use social_core::flow::Effect;
use social_core::ports::{PlatformApi as _, SignInCode, SignInRequest};
use social_core::{ErrorKind, Retry};

use super::TikTok;
use crate::config::Config;
use crate::testing::{Canned, Walk, answer, app, auth, clock, content};

fn client(answers: Vec<Value>) -> (TikTok, std::sync::Arc<Canned>) {
    let canned = Canned::new(answers);
    (TikTok::new(Config::new(app()), canned.clone(), clock()), canned)
}

#[allow(clippy::needless_pass_by_value, reason = "answers are written in place")]
fn ok(data: Value) -> Value {
    json!({"data": data, "error": {"code": "ok", "message": "", "log_id": "1"}})
}

fn no(code: &str) -> Value {
    json!({"data": {}, "error": {"code": code, "message": "no", "log_id": "1"}})
}

fn creator() -> Value {
    ok(json!({"privacy_level_options": ["PUBLIC_TO_EVERYONE", "SELF_ONLY"],
        "comment_disabled": true, "max_video_post_duration_sec": 60}))
}

fn walk<'a>(api: &'a TikTok, kind: PostKind, scopes: &[&str]) -> Walk<'a> {
    let mut walk = Walk::begin(api, auth("open-1", "creator", scopes), content(kind));
    walk.sends("tiktok.creator_info", Effect::Read);
    walk
}

/// A clip whose last chunk is next.
fn last_chunk(api: &TikTok) -> Walk<'_> {
    let mut walk = walk(api, PostKind::Video, &[]);
    walk.gets(200, creator());
    walk.sends("tiktok.video_init", Effect::Prepare);
    walk.gets(
        200,
        ok(json!({"publish_id": "v_pub_file~1",
        "upload_url": "https://open-upload.tiktokapis.com/video/?upload_id=1&upload_token=x"})),
    );
    walk.sends("tiktok.upload", Effect::Upload);
    walk.gets(206, Value::Null);
    walk.sends("tiktok.upload", Effect::Commit);
    walk
}

fn status(status: &str, uploaded: u64) -> Value {
    ok(json!({"status": status, "uploaded_bytes": uploaded}))
}

#[test]
fn a_clip_is_published_by_its_last_chunk() {
    let (api, _) = client(vec![]);
    let mut walk = last_chunk(&api);
    walk.gets(201, Value::Null);
    walk.sends("tiktok.status_fetch", Effect::Read);
    walk.gets(200, status("PROCESSING_UPLOAD", 25_000_000));
    walk.sends("tiktok.status_fetch", Effect::Read);
    walk.gets(
        200,
        ok(json!({"status": "PUBLISH_COMPLETE",
        "publicaly_available_post_id": [7_512_345_678_901_234_567_u64]})),
    );
    assert_eq!(walk.done().remote_id.as_deref(), Some("7512345678901234567"));
    assert_snapshot!(walk.shapes);
}

#[test]
fn a_post_without_a_public_id_is_done_after_a_minute() {
    let (api, _) = client(vec![]);
    let mut walk = last_chunk(&api);
    walk.gets(201, Value::Null);
    walk.sends("tiktok.status_fetch", Effect::Read);
    walk.gets(200, status("PUBLISH_COMPLETE", 25_000_000));
    let complete = walk.now;
    let mut polls = 0;
    while walk.now.since(complete) < Duration::from_secs(60) {
        walk.sends("tiktok.status_fetch", Effect::Read);
        walk.gets(200, status("PUBLISH_COMPLETE", 25_000_000));
        polls += 1;
    }
    assert!(polls < 10);
    assert_eq!(walk.done().remote_id, None);
}

#[test]
fn a_chunk_that_had_arrived_is_not_sent_again() {
    let (api, _) = client(vec![]);
    for arrived in ["10000000", "9999999"] {
        let mut walk = walk(&api, PostKind::Video, &[]);
        walk.gets(200, creator());
        walk.sends("tiktok.video_init", Effect::Prepare);
        walk.gets(200, ok(json!({"publish_id": "v", "upload_url": "https://up.example/?u=1"})));
        walk.sends("tiktok.upload", Effect::Upload);
        let mut at = answer(416, &Value::Null);
        let range = format!("bytes 0-{arrived}/25000000");
        at.headers_mut().insert("content-range", range.parse().unwrap());
        walk.gets_response(&at).unwrap();
        walk.sends("tiktok.upload", Effect::Commit);
    }
}

#[test]
fn a_dead_address_begins_anew_and_not_for_ever() {
    let (api, _) = client(vec![]);
    let mut walk = walk(&api, PostKind::Video, &[]);
    for last in [false, false, true] {
        walk.gets(200, creator());
        walk.sends("tiktok.video_init", Effect::Prepare);
        walk.gets(200, ok(json!({"publish_id": "v", "upload_url": "https://up.example/?u=1"})));
        walk.sends("tiktok.upload", Effect::Upload);
        if last {
            assert_eq!(walk.refused(403, Value::Null).kind, ErrorKind::Expired);
        } else {
            walk.gets(403, Value::Null);
            walk.sends("tiktok.creator_info", Effect::Read);
        }
    }
}

#[test]
fn of_the_last_chunk_only_201_is_an_answer() {
    let (api, _) = client(vec![]);
    for status in [206, 400, 403, 404, 416, 500] {
        let error = last_chunk(&api).refused(status, Value::Null);
        assert_eq!((error.kind, error.retry), (ErrorKind::OutcomeUnknown, Retry::ReconcileFirst));
    }
}

#[test]
fn what_the_creator_may_not_post_is_said_before() {
    let (api, _) = client(vec![]);
    let mut long = walk(&api, PostKind::Video, &[]);
    long.content.media[0].duration = Some(Duration::from_secs(61));
    let error = long.refused(200, creator());
    assert_eq!(error.kind, ErrorKind::MediaRejected);
    assert_eq!(error.action, "Cut the clip to 60 seconds.");
    let mut full = walk(&api, PostKind::Video, &[]);
    let error = full.refused(200, no("spam_risk_too_many_posts"));
    assert_eq!(error.kind, ErrorKind::RateLimited);
}

#[test]
fn a_last_chunk_that_did_not_arrive_is_sent_again_within_the_hour() {
    let (api, _) = client(vec![]);
    for (later, next) in [(0, "tiktok.upload"), (56 * 60, "tiktok.creator_info")] {
        let mut walk = last_chunk(&api);
        walk.doubt();
        walk.now = walk.now + Duration::from_secs(later);
        walk.sends("tiktok.status_fetch", Effect::Read);
        walk.gets(200, status("PROCESSING_UPLOAD", 10_000_000));
        let waited = walk.sends("tiktok.status_fetch", Effect::Read);
        assert!(waited >= Duration::from_secs(10));
        walk.gets(200, status("PROCESSING_UPLOAD", 10_000_000));
        walk.absent();
        let effect = if later == 0 { Effect::Commit } else { Effect::Read };
        walk.sends(next, effect);
    }
}

#[test]
fn a_last_chunk_that_arrived_is_followed_to_its_end() {
    let (api, _) = client(vec![]);
    for (reason, anew) in [("internal", true), ("spam_risk", false)] {
        let mut walk = last_chunk(&api);
        walk.doubt();
        walk.sends("tiktok.status_fetch", Effect::Read);
        walk.gets(200, status("PROCESSING_UPLOAD", 25_000_000));
        walk.sends("tiktok.status_fetch", Effect::Read);
        let failed = ok(json!({"status": "FAILED", "fail_reason": reason}));
        if anew {
            walk.gets(200, failed);
            walk.absent();
            walk.sends("tiktok.creator_info", Effect::Read);
        } else {
            let error = walk.refused(200, failed);
            assert_eq!((error.kind, error.retry), (ErrorKind::Rejected, Retry::Never));
        }
    }
}

#[test]
fn pictures() {
    let (api, _) = client(vec![]);
    let begin = |scopes: &[&str]| {
        let mut walk = walk(&api, PostKind::Carousel, scopes);
        walk.gets(200, creator());
        walk.sends("tiktok.content_init", Effect::Commit);
        walk
    };
    let mut walk = begin(&[]);
    walk.gets(200, ok(json!({"publish_id": "p_pub_url~1"})));
    walk.sends("tiktok.status_fetch", Effect::Read);
    assert_snapshot!(walk.shapes);

    let mut blind = begin(&[]);
    blind.doubt();
    blind.unknown();

    for (videos, found) in [(1, Some("7")), (2, None)] {
        let mut walk = begin(&["video.list"]);
        walk.doubt();
        walk.sends("tiktok.video_list", Effect::Read);
        let video = json!({"id": "7", "create_time": walk.now.as_secs(),
            "video_description": "Fresh (new) #beans"});
        walk.gets(200, ok(json!({"videos": vec![video; videos]})));
        match found {
            Some(id) => assert_eq!(walk.done().remote_id.as_deref(), Some(id)),
            None => walk.unknown(),
        }
    }
}

#[tokio::test]
async fn what_is_asked_besides_publishing() {
    let tokens = |refresh: &str| {
        json!({"access_token": "t", "expires_in": 86_400, "open_id": "open-1",
            "refresh_token": refresh, "refresh_expires_in": 31_536_000,
            "scope": "user.info.basic,user.info.stats,video.publish", "token_type": "Bearer"})
    };
    let (api, canned) = client(vec![
        tokens("r1"),
        ok(json!({"user": {"open_id": "open-1", "display_name": "Harbour"}})),
        tokens(""),
        json!({"error": "invalid_grant", "error_description": "dead", "log_id": "1"}),
        no("access_token_invalid"),
        Value::Null,
        ok(json!({"user": {"display_name": "Harbour", "follower_count": 4}})),
        ok(json!({"videos": [{"id": "7", "view_count": 5, "like_count": 2}]})),
        ok(json!({"videos": [{"id": "7", "share_url": "https://www.tiktok.com/@h/video/7"}]})),
    ]);
    let page = api
        .sign_in_url(&SignInRequest {
            redirect_uri: "https://app.example/back".parse().unwrap(),
            state: "s".into(),
            verifier: "v".into(),
        })
        .unwrap();
    assert_snapshot!("sign_in_url", page);
    let code = SignInCode {
        code: "c".into(),
        redirect_uri: "https://app.example/back".parse().unwrap(),
        verifier: "v".into(),
    };
    let signed = api.authenticate(&code).await.unwrap();
    let fresh = api.refresh(&signed.tokens).await.unwrap();
    let kept = fresh.refresh.as_ref().map(secrecy::ExposeSecret::expose_secret);
    assert_eq!(kept, Some("r1"), "an empty refresh token never replaces one");
    assert_eq!(api.refresh(&fresh).await.unwrap_err().kind, ErrorKind::Auth);
    assert!(!api.validate(&fresh).await.unwrap());
    api.revoke(&fresh).await.unwrap();
    let auth = auth("open-1", "creator", &["user.info.stats"]);
    assert_eq!(api.account_info(&auth).await.unwrap().followers, Some(4));
    insta::assert_json_snapshot!("metrics", api.post_analytics(&auth, "7").await.unwrap());
    assert!(api.permalink(&auth, "7").await.unwrap().is_some());
    assert_snapshot!(canned.asked());
}

#[test]
fn drafts_and_clips_that_are_fetched() {
    let (api, _) = client(vec![]);
    let mut shapes = String::new();
    for (from, options, operation, effect) in [
        (PostKind::Video, json!({"format": "inbox"}), "tiktok.video_init", Effect::Prepare),
        (
            PostKind::Video,
            json!({"format": "inbox", "source": "url"}),
            "tiktok.video_pull",
            Effect::Commit,
        ),
        (
            PostKind::Carousel,
            json!({"format": "inbox", "title": "Beans", "photo_cover_index": 1}),
            "tiktok.content_init",
            Effect::Commit,
        ),
    ] {
        let mut content = content(from);
        content.kind = PostKind::Inbox;
        content.options = options.as_object().unwrap().clone();
        let mut walk = Walk::begin(&api, auth("open-1", "creator", &[]), content);
        walk.sends(operation, effect);
        shapes.push_str(&walk.shapes);
    }
    let mut content = content(PostKind::Video);
    let options = json!({"source": "url", "privacy_level": "SELF_ONLY", "disable_duet": true,
        "video_cover_timestamp_ms": 900, "brand_organic_toggle": true, "is_aigc": true});
    content.options = options.as_object().unwrap().clone();
    let mut walk = Walk::begin(&api, auth("open-1", "creator", &[]), content);
    walk.sends("tiktok.creator_info", Effect::Read);
    walk.gets(200, creator());
    walk.sends("tiktok.video_pull", Effect::Commit);
    shapes.push_str(&walk.shapes);
    assert_snapshot!(shapes);
}
