use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use social_sim::{LinkedinConfig, Network, SimConfig};

use crate::kit::{Clip, Kit, MEMBER, ORG, jpeg, url};

fn post(path: &str, token: &str, body: &Value) -> Request<Bytes> {
    request("POST", path, token, body.to_string().into())
}

fn request(method: &str, path: &str, token: &str, body: Bytes) -> Request<Bytes> {
    Request::builder()
        .method(method)
        .uri(url(path))
        .header("authorization", format!("Bearer {token}"))
        .header("linkedin-version", "202609")
        .header("x-restli-protocol-version", "2.0.0")
        .header("content-type", "application/json")
        .body(body)
        .unwrap()
}

fn article(author: &str, text: &str) -> Value {
    json!({
        "author": author, "commentary": text, "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [],
            "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED", "isReshareDisabledByAuthor": false,
    })
}

fn urn(answer: &Response<Bytes>) -> String {
    answer.headers()["x-restli-id"].to_str().unwrap().to_owned()
}

fn ready() -> (Kit, String) {
    let kit = Kit::new();
    let token = kit.token(Network::Linkedin, MEMBER);
    (kit, token)
}

const POSTS: &str = "linkedin-api/rest/posts";

#[tokio::test]
async fn the_answer_is_empty_and_a_repeat_names_the_live_post() {
    let (kit, token) = ready();
    let body = article(MEMBER, "Hello");
    let answer = kit.send(post(POSTS, &token, &body)).await;
    assert_eq!(answer.status(), 201);
    assert!(answer.body().is_empty());
    let live = urn(&answer);
    assert!(live.starts_with("urn:li:share:"));

    kit.pass(60);
    let (status, again) = kit.json(post(POSTS, &token, &body)).await;
    assert_eq!(status, 422);
    assert!(again["message"].as_str().unwrap().ends_with(&format!("duplicate of {live}")));
    assert_eq!(again["errorDetails"]["inputErrors"][0]["code"], "DUPLICATE_POST");
    assert_eq!(kit.texts(), ["Hello"]);

    kit.pass(600);
    assert_eq!(kit.send(post(POSTS, &token, &body)).await.status(), 201);
    assert_eq!(kit.sim.ledger().duplicates().len(), 1, "the window has passed");
}

#[tokio::test]
async fn an_unescaped_bracket_cuts_the_text_without_a_word() {
    let (kit, token) = ready();
    kit.send(post(POSTS, &token, &article(MEMBER, "Half price (today)"))).await;
    kit.send(post(POSTS, &token, &article(MEMBER, r"Half price \(today\)"))).await;
    assert_eq!(kit.texts(), ["Half price ", "Half price (today)"]);
}

#[tokio::test]
async fn headers_are_demanded() {
    let (kit, token) = ready();
    let body = article(MEMBER, "x");
    let mut missing = post(POSTS, &token, &body);
    missing.headers_mut().remove("linkedin-version");
    let (status, answer) = kit.json(missing).await;
    assert_eq!((status, &answer["code"]), (400, &json!("VERSION_MISSING")));
    let mut old = post(POSTS, &token, &body);
    old.headers_mut().insert("linkedin-version", "202409".parse().unwrap());
    let (status, answer) = kit.json(old).await;
    assert_eq!((status, &answer["code"]), (426, &json!("NONEXISTENT_VERSION")));
    let mut protocol = post(POSTS, &token, &body);
    protocol.headers_mut().remove("x-restli-protocol-version");
    assert_eq!(kit.json(protocol).await.0, 400);
    let (status, answer) = kit.json(post(POSTS, "nonsense", &body)).await;
    assert_eq!((status, &answer["serviceErrorCode"]), (401, &json!(65_600)));
}

#[tokio::test]
async fn the_schema_is_checked_field_by_field() {
    let (kit, token) = ready();
    let mut body = article(MEMBER, "x");
    body.as_object_mut().unwrap().remove("visibility");
    body["extra"] = 1.into();
    let (status, answer) = kit.json(post(POSTS, &token, &body)).await;
    assert_eq!(status, 422);
    let message = answer["message"].as_str().unwrap();
    assert!(message.contains("ERROR :: /visibility :: field is required but not found"));
    assert!(message.contains("ERROR :: /extra :: unrecognized field found but not allowed"));
    let other = article("urn:li:person:other", "x");
    let (status, answer) = kit.json(post(POSTS, &token, &other)).await;
    assert_eq!(status, 400);
    assert!(answer["message"].as_str().unwrap().contains("/author"));
}

#[tokio::test]
async fn an_image_is_put_with_the_token_and_waited_for() {
    let (kit, token) = ready();
    let init = json!({"initializeUploadRequest": {"owner": MEMBER}});
    let path = "linkedin-api/rest/images?action=initializeUpload";
    let (_, body) = kit.json(post(path, &token, &init)).await;
    let image = body["value"]["image"].as_str().unwrap().to_owned();
    let target = body["value"]["uploadUrl"].as_str().unwrap().to_owned();

    let mut with_image = article(MEMBER, "Picture");
    with_image["content"] = json!({"media": {"id": image, "altText": "a cup"}});
    let (status, early) = kit.json(post(POSTS, &token, &with_image)).await;
    assert_eq!((status, &early["code"]), (400, &json!("MEDIA_ASSET_WAITING_UPLOAD")));

    let bare = Request::put(&target).body(jpeg(640, 480)).unwrap();
    assert_eq!(kit.send(bare).await.status(), 401);
    let put = Request::put(&target)
        .header("authorization", format!("Bearer {token}"))
        .body(jpeg(640, 480))
        .unwrap();
    assert_eq!(kit.send(put).await.status(), 201);
    kit.pass(2);
    assert_eq!(kit.send(post(POSTS, &token, &with_image)).await.status(), 201);
    assert_eq!(kit.sim.ledger().entries[0].media[0].width, Some(640));
    let status = format!("linkedin-api/rest/images/{}", image.replace(':', "%3A"));
    let (code, read) = kit.json(request("GET", &status, &token, Bytes::new())).await;
    assert_eq!((code, &read["status"]), (200, &json!("AVAILABLE")));
}

async fn start_video(kit: &Kit, token: &str, size: usize) -> Value {
    let init = json!({"initializeUploadRequest": {"owner": ORG, "fileSizeBytes": size,
        "uploadCaptions": false, "uploadThumbnail": false}});
    let path = "linkedin-api/rest/videos?action=initializeUpload";
    kit.json(post(path, token, &init)).await.1["value"].clone()
}

#[tokio::test]
async fn the_parts_of_a_video_are_joined_in_the_order_given() {
    for (reversed, expected) in [(false, "AVAILABLE"), (true, "PROCESSING_FAILED")] {
        let linkedin = LinkedinConfig { video_part: 500, ..LinkedinConfig::default() };
        let kit = Kit::with(SimConfig { linkedin, ..SimConfig::default() });
        let token = kit.token(Network::Linkedin, ORG);
        let video = Clip { padding: 400, ..Clip::default() }.mp4();
        let value = start_video(&kit, &token, video.len()).await;
        let id = value["video"].as_str().unwrap().to_owned();
        let mut tags = Vec::new();
        for part in value["uploadInstructions"].as_array().unwrap() {
            let at = |name: &str| usize::try_from(part[name].as_u64().unwrap()).unwrap();
            let bytes = video.slice(at("firstByte")..=at("lastByte"));
            let target = part["uploadUrl"].as_str().unwrap();
            let signed = Request::put(target)
                .header("authorization", format!("Bearer {token}"))
                .body(bytes.clone())
                .unwrap();
            assert_eq!(kit.send(signed).await.status(), 400, "a token is refused here");
            let answer = kit.send(Request::put(target).body(bytes).unwrap()).await;
            assert_eq!(answer.status(), 200);
            tags.push(answer.headers()["etag"].to_str().unwrap().to_owned());
        }
        assert!(tags.len() > 1);
        if reversed {
            tags.reverse();
        }
        let finish = json!({"finalizeUploadRequest": {"video": id,
            "uploadToken": value["uploadToken"], "uploadedPartIds": tags}});
        let path = "linkedin-api/rest/videos?action=finalizeUpload";
        assert_eq!(kit.send(post(path, &token, &finish)).await.status(), 200);
        kit.pass(4);
        let path = format!("linkedin-api/rest/videos/{id}");
        let (_, read) = kit.json(request("GET", &path, &token, Bytes::new())).await;
        assert_eq!(read["status"], expected);
    }
}

#[tokio::test]
async fn a_fresh_post_has_no_comments_yet() {
    let (kit, token) = ready();
    let live = urn(&kit.send(post(POSTS, &token, &article(MEMBER, "Post"))).await);
    let body = json!({"actor": MEMBER, "object": live, "message": {"text": "First (really)"}});
    let path = format!("linkedin-api/rest/socialActions/{live}/comments");
    assert_eq!(kit.send(post(&path, &token, &body)).await.status(), 404);
    kit.pass(5);
    let answer = kit.send(post(&path, &token, &body)).await;
    assert_eq!(answer.status(), 201);
    assert!(urn(&answer).bytes().all(|b| b.is_ascii_digit()));
    assert_eq!(kit.texts(), ["Post", "First (really)"]);
}

#[tokio::test]
async fn organisations_can_be_listed_and_members_cannot() {
    let (kit, token) = ready();
    kit.send(post(POSTS, &token, &article(ORG, "From us"))).await;
    let find = |author: &str| {
        let author = author.replace(':', "%3A");
        let path = format!("{POSTS}?q=author&author={author}&count=10&sortBy=LAST_MODIFIED");
        request("GET", &path, &token, Bytes::new())
    };
    let (status, body) = kit.json(find(ORG)).await;
    assert_eq!((status, &body["elements"][0]["commentary"]), (200, &json!("From us")));
    let (status, body) = kit.json(find(MEMBER)).await;
    assert_eq!((status, &body["code"]), (403, &json!("ACCESS_DENIED")));
    let live = body_urn(&kit.json(find(ORG)).await.1);
    for _ in 0..2 {
        let path = format!("{POSTS}/{}", live.replace(':', "%3A"));
        let answer = kit.send(request("DELETE", &path, &token, Bytes::new())).await;
        assert_eq!(answer.status(), 204);
    }
    assert!(kit.texts().is_empty());
}

fn body_urn(list: &Value) -> String {
    list["elements"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn analytics_take_the_brackets_bare() {
    let (kit, token) = ready();
    let live = urn(&kit.send(post(POSTS, &token, &article(MEMBER, "Count me"))).await);
    kit.pass(86_400);
    let inside = live.replace(':', "%3A");
    let path = "linkedin-api/rest/memberCreatorPostAnalytics?q=entity&queryType=IMPRESSION\
                &aggregation=TOTAL&entity=";
    let good = format!("{path}(share:{inside})");
    let (status, body) = kit.json(request("GET", &good, &token, Bytes::new())).await;
    assert_eq!(status, 200, "{body}");
    assert!(body["elements"][0]["count"].as_u64().unwrap() > 0);
    let encoded = format!("{path}%28share%3A{inside}%29");
    let (status, body) = kit.json(request("GET", &encoded, &token, Bytes::new())).await;
    assert_eq!((status, &body["code"]), (400, &json!("PARAM_INVALID")));
    let stats = format!(
        "linkedin-api/rest/organizationalEntityShareStatistics?q=organizationalEntity\
         &organizationalEntity={}",
        ORG.replace(':', "%3A")
    );
    let (status, body) = kit.json(request("GET", &stats, &token, Bytes::new())).await;
    assert_eq!(status, 200, "{body}");
    let size = format!(
        "linkedin-api/rest/networkSizes/{}?edgeType=COMPANY_FOLLOWED_BY_MEMBER",
        ORG.replace(':', "%3A")
    );
    let (_, body) = kit.json(request("GET", &size, &token, Bytes::new())).await;
    assert_eq!(body["firstDegreeSize"], 1_220);
}
