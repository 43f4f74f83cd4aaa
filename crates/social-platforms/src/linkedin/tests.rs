use std::time::Duration;

use insta::assert_snapshot;
use serde_json::{Value, json};
use social_core::domain::PostKind;
use social_core::flow::{CommitTrace, Effect};
use social_core::ports::{PlatformApi as _, SignInCode, SignInRequest};
use social_core::{ErrorKind, Retry};

use super::LinkedIn;
use crate::config::Config;
use crate::testing::{Canned, Walk, answer, app, auth, clock, content};

const ORGANIZATION: &str = "urn:li:organization:5";

fn client(answers: Vec<Value>) -> (LinkedIn, std::sync::Arc<Canned>) {
    let canned = Canned::new(answers);
    (LinkedIn::new(Config::new(app()), canned.clone(), clock()), canned)
}

fn walk(api: &LinkedIn, kind: PostKind) -> Walk<'_> {
    Walk::begin(api, auth("urn:li:person:x", "member", &["w_member_social"]), content(kind))
}

fn text(api: &LinkedIn) -> Walk<'_> {
    let mut walk = walk(api, PostKind::Text);
    walk.sends("linkedin.posts_create", Effect::Commit);
    walk
}

fn created(walk: &mut Walk<'_>, urn: &str) {
    let mut answer = answer(201, &Value::Null);
    answer.headers_mut().insert("x-restli-id", urn.parse().unwrap());
    walk.gets_response(&answer).unwrap();
}

fn duplicate() -> Value {
    json!({"message": "Content is a duplicate of urn:li:share:77", "status": 422})
}

#[test]
fn words_alone() {
    let (api, _) = client(vec![]);
    let mut walk = text(&api);
    created(&mut walk, "urn:li:share:1");
    let published = walk.done();
    assert_eq!(published.remote_id.as_deref(), Some("urn:li:share:1"));
    let link = published.permalink.unwrap();
    assert_eq!(link.as_str(), "https://www.linkedin.com/feed/update/urn:li:share:1/");
    assert_snapshot!(walk.shapes);
}

#[test]
fn pictures_whose_status_may_not_be_read_are_given_five_seconds() {
    let (api, _) = client(vec![]);
    let mut walk = walk(&api, PostKind::Carousel);
    for n in [1, 2] {
        walk.sends("linkedin.images_initialize", Effect::Prepare);
        walk.gets(
            200,
            json!({"value": {"image": format!("urn:li:image:{n}"),
            "uploadUrl": "https://www.linkedin.com/dms-uploads/x"}}),
        );
        walk.sends("linkedin.image_upload", Effect::Upload);
        walk.gets(201, Value::Null);
    }
    walk.sends("linkedin.images_get", Effect::Read);
    walk.gets(403, json!({"status": 403, "code": "ACCESS_DENIED", "message": "no"}));
    let waited = walk.sends("linkedin.posts_create", Effect::Commit);
    assert_eq!(waited, Duration::from_secs(5));
    assert_snapshot!(walk.shapes);
}

#[test]
fn a_clip_keeps_the_names_of_its_parts_in_order() {
    let (api, _) = client(vec![]);
    let mut walk = walk(&api, PostKind::Video);
    walk.sends("linkedin.videos_initialize", Effect::Prepare);
    walk.gets(200, json!({"value": {"video": "urn:li:video:1", "uploadToken": "", "uploadInstructions": [
        {"uploadUrl": "https://www.linkedin.com/dms-uploads/1", "firstByte": 0, "lastByte": 13_999_999},
        {"uploadUrl": "https://www.linkedin.com/dms-uploads/2", "firstByte": 14_000_000, "lastByte": 24_999_999},
    ]}}));
    for tag in ["\"one\"", "two"] {
        walk.sends("linkedin.video_upload", Effect::Upload);
        let mut answer = answer(200, &Value::Null);
        answer.headers_mut().insert("etag", tag.parse().unwrap());
        walk.gets_response(&answer).unwrap();
    }
    walk.sends("linkedin.videos_finalize", Effect::Prepare);
    walk.gets(200, Value::Null);
    for status in ["PROCESSING", "AVAILABLE"] {
        walk.sends("linkedin.videos_get", Effect::Read);
        walk.gets(200, json!({"id": "urn:li:video:1", "status": status}));
    }
    walk.sends("linkedin.posts_create", Effect::Commit);
    assert_snapshot!(walk.shapes);
}

#[test]
fn a_duplicate_is_refused_at_first_and_proof_on_a_repeat() {
    let (api, _) = client(vec![]);
    let mut walk = text(&api);
    let error = walk.refused(422, duplicate());
    assert_eq!((error.kind, error.retry), (ErrorKind::Duplicate, Retry::Never));
    assert!(error.detail.contains("urn:li:share:77"));

    let mut walk = text(&api);
    walk.doubt();
    walk.repeats();
    assert_eq!(walk.sends("linkedin.posts_create", Effect::Commit), Duration::ZERO);
    walk.gets(422, duplicate());
    assert_eq!(walk.done().remote_id.as_deref(), Some("urn:li:share:77"));
}

#[test]
fn a_conflict_and_an_answer_without_an_id_are_doubt() {
    let (api, _) = client(vec![]);
    for (status, body) in [(409, json!({"code": "CONFLICT"})), (201, Value::Null)] {
        let error = text(&api).refused(status, body);
        assert_eq!((error.kind, error.retry), (ErrorKind::OutcomeUnknown, Retry::ReconcileFirst));
    }
}

#[test]
fn a_members_post_is_unknown_once_the_refusal_is_over() {
    let (api, _) = client(vec![]);
    let mut walk = text(&api);
    let first = walk.now;
    walk.now = first + Duration::from_secs(9 * 60);
    let trace = CommitTrace { first_sent_at: first, last_sent_at: first, looks: 1 };
    walk.doubt_since(&trace);
    walk.unknown();
}

#[test]
fn an_organisations_posts_are_listed() {
    let (api, _) = client(vec![]);
    let scopes = ["r_organization_social", "w_organization_social"];
    let begin = || {
        let auth = auth(ORGANIZATION, "organization", &scopes);
        let mut walk = Walk::begin(&api, auth, content(PostKind::Text));
        walk.sends("linkedin.posts_create", Effect::Commit);
        walk
    };
    let mut walk = begin();
    walk.doubt();
    walk.sends("linkedin.posts_find", Effect::Read);
    walk.gets(200, json!({"elements": [{"id": "urn:li:share:9", "createdAt": walk.now.as_millis(),
        "publishedAt": walk.now.as_millis(), "commentary": "Fresh \\(new\\) {hashtag|\\#|beans}"}]}));
    assert_eq!(walk.done().remote_id.as_deref(), Some("urn:li:share:9"));
    assert_snapshot!(walk.shapes);

    let mut walk = begin();
    walk.doubt();
    walk.sends("linkedin.posts_find", Effect::Read);
    walk.gets(200, json!({"elements": []}));
    walk.repeats();

    let mut walk = begin();
    let first = walk.now;
    walk.now = first + Duration::from_secs(20 * 60);
    walk.doubt_since(&CommitTrace { first_sent_at: first, last_sent_at: first, looks: 1 });
    walk.sends("linkedin.posts_find", Effect::Read);
    walk.gets(200, json!({"elements": []}));
    assert!(walk.sends("linkedin.posts_find", Effect::Read) >= Duration::from_secs(30));
    walk.gets(200, json!({"elements": []}));
    walk.absent();
    walk.sends("linkedin.posts_create", Effect::Commit);
}

#[tokio::test]
async fn what_is_asked_besides_publishing() {
    let (api, canned) = client(vec![
        json!({"access_token": "t", "expires_in": 5_184_000, "refresh_token": "r",
            "refresh_token_expires_in": 100, "scope": "openid,w_member_social,rw_organization_admin"}),
        json!({"sub": "x", "name": "Sample Member"}),
        json!({"elements": [{"organization": ORGANIZATION, "role": "ADMINISTRATOR"}]}),
        json!({"id": 5, "localizedName": "Harbour", "vanityName": "harbour"}),
        json!({"access_token": "t2", "expires_in": 5_184_000}),
        json!({"active": false, "status": "revoked"}),
        Value::Null,
        json!({"id": 5, "localizedName": "Harbour"}),
        json!({"firstDegreeSize": 12}),
        json!({"elements": [{"totalShareStatistics": {"impressionCount": 8, "likeCount": -1}}]}),
        json!({"elements": [{"count": 3}]}),
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
    assert_eq!(signed.accounts.len(), 2);
    assert_eq!(signed.tokens.scopes.len(), 3);
    let fresh = api.refresh(&signed.tokens).await.unwrap();
    assert!(fresh.refresh.is_some() && fresh.refresh_expires_at.is_some());
    assert_eq!(fresh.scopes, signed.tokens.scopes);
    assert!(!api.validate(&fresh).await.unwrap());
    api.revoke(&fresh).await.unwrap();
    let own = auth(ORGANIZATION, "organization", &[]);
    assert_eq!(api.account_info(&own).await.unwrap().followers, Some(12));
    insta::assert_json_snapshot!(
        "metrics",
        api.post_analytics(&own, "urn:li:share:1").await.unwrap()
    );
    let member = auth("urn:li:person:x", "member", &[]);
    // Of the five numbers only one is answered here.
    assert!(api.post_analytics(&member, "urn:li:ugcPost:1").await.is_err());
    assert!(api.delete_post(&member, "urn:li:share:1").await.is_err());
    assert_snapshot!(canned.asked());
}

#[test]
fn articles_polls_documents_and_reshares() {
    let (api, _) = client(vec![]);
    let mut shapes = String::new();
    for options in [
        json!({"article": {"source": "https://harbour.example/", "title": "Menu",
            "description": "What we roast"}, "visibility": "CONNECTIONS"}),
        json!({"poll": {"question": "Which?", "options": ["This", "That"], "days": 14}}),
        json!({"reshare_of": "urn:li:share:72", "disable_reshare": true}),
    ] {
        let mut content = content(PostKind::Text);
        content.options = options.as_object().unwrap().clone();
        let mut walk = Walk::begin(&api, auth("urn:li:person:a", "member", &[]), content);
        walk.sends("linkedin.posts_create", Effect::Commit);
        shapes.push_str(&walk.shapes);
    }
    let mut content = content(PostKind::Image);
    content.kind = PostKind::Document;
    content.options.insert("title".into(), "The plan".into());
    let mut walk = Walk::begin(&api, auth("urn:li:person:a", "member", &[]), content);
    walk.sends("linkedin.images_initialize", Effect::Prepare);
    walk.gets(
        200,
        json!({"value": {"uploadUrl": "https://www.linkedin.com/dms-uploads/d",
            "document": "urn:li:document:D1"}}),
    );
    walk.sends("linkedin.image_upload", Effect::Upload);
    walk.gets(201, Value::Null);
    walk.sends("linkedin.images_get", Effect::Read);
    walk.gets(200, json!({"status": "AVAILABLE"}));
    walk.sends("linkedin.posts_create", Effect::Commit);
    shapes.push_str(&walk.shapes);
    assert_snapshot!(shapes);
}
