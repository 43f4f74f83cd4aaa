use http::Request;
use serde_json::{Value, json};
use social_sim::{FaultKind, MetaConfig, Network, SecondPublish, SimConfig};

use crate::kit::{Clip, IG, Kit, jpeg, picture};

const PHOTO: &str = "https://media.example/a.jpg";

async fn container(kit: &Kit, token: &str, form: &[(&str, &str)]) -> String {
    let (status, body) = kit.graph(&format!("{IG}/media"), token, form).await;
    assert_eq!(status, 200, "{body}");
    body["id"].as_str().unwrap().to_owned()
}

async fn publish(kit: &Kit, token: &str, id: &str) -> (u16, Value) {
    kit.graph(&format!("{IG}/media_publish"), token, &[("creation_id", id)]).await
}

async fn status(kit: &Kit, token: &str, id: &str) -> Value {
    kit.get(&format!("graph/v26.0/{id}?fields=status_code,status"), token).await.1
}

fn ready() -> (Kit, String) {
    let kit = Kit::new();
    kit.media.put(PHOTO, jpeg(1080, 1080));
    let token = kit.token(Network::Instagram, IG);
    (kit, token)
}

#[tokio::test]
async fn a_photo_goes_from_container_to_feed() {
    let (kit, token) = ready();
    let form = [("image_url", PHOTO), ("caption", "New roast #coffee")];
    let id = container(&kit, &token, &form).await;
    assert_eq!(status(&kit, &token, &id).await["status_code"], "IN_PROGRESS");

    let (code, early) = publish(&kit, &token, &id).await;
    assert_eq!(code, 400);
    assert_eq!(early["error"]["code"], 9007);
    assert_eq!(early["error"]["error_subcode"], 2_207_027);
    assert!(kit.texts().is_empty());

    kit.pass(2);
    assert_eq!(status(&kit, &token, &id).await["status_code"], "FINISHED");
    let (_, media) = publish(&kit, &token, &id).await;
    let media = media["id"].as_str().unwrap().to_owned();
    let container = status(&kit, &token, &id).await;
    assert_eq!(container["status_code"], "PUBLISHED");
    assert_eq!(kit.texts(), ["New roast #coffee"]);

    let fields = "permalink,media_type,media_product_type,timestamp";
    let (_, read) = kit.get(&format!("graph/v26.0/{media}?fields={fields}"), &token).await;
    assert_eq!(read["media_product_type"], "FEED");
    assert_eq!(read["permalink"], format!("http://sim.test/__sim/post/instagram/{media}"));
    assert!(read["timestamp"].as_str().unwrap().ends_with("+0000"));
    let (code, _) = kit.get(read["permalink"].as_str().unwrap(), "").await;
    assert_eq!(code, 200);

    let (code, again) = publish(&kit, &token, &id).await;
    assert_eq!((code, &again["error"]["error_subcode"]), (400, &json!(2_207_008)));
    assert_eq!(kit.sim.ledger().entries.len(), 1);
}

#[tokio::test]
async fn the_second_publish_can_be_chosen() {
    for (choice, entries) in [(SecondPublish::SameMedia, 1), (SecondPublish::PublishesAgain, 2)] {
        let meta = MetaConfig { second_publish: choice, ..MetaConfig::default() };
        let kit = Kit::with(SimConfig { meta, ..SimConfig::default() });
        kit.media.put(PHOTO, jpeg(800, 800));
        let token = kit.token(Network::Instagram, IG);
        let id = container(&kit, &token, &[("image_url", PHOTO)]).await;
        kit.pass(2);
        assert_eq!(publish(&kit, &token, &id).await.0, 200);
        assert_eq!(publish(&kit, &token, &id).await.0, 200);
        assert_eq!(kit.sim.ledger().entries.len(), entries);
        assert_eq!(kit.sim.ledger().duplicates().len(), entries - 1);
    }
}

#[tokio::test]
async fn images_are_looked_at() {
    let (kit, token) = ready();
    kit.media.put("https://m.example/wide.jpg", jpeg(1200, 400));
    kit.media.put("https://m.example/a.png", picture(800, 800, image::ImageFormat::Png));
    for (url, code, subcode) in [
        ("https://m.example/wide.jpg", 36_003, 2_207_009),
        ("https://m.example/a.png", 36_001, 2_207_005),
        ("https://m.example/gone.jpg", 9_004, 2_207_052),
    ] {
        let (status, body) = kit.graph(&format!("{IG}/media"), &token, &[("image_url", url)]).await;
        assert_eq!(status, 400);
        assert_eq!(body["error"]["code"], code, "{url}");
        assert_eq!(body["error"]["error_subcode"], subcode, "{url}");
    }
    let caption = "x".repeat(2_201);
    let form = [("image_url", PHOTO), ("caption", &caption)];
    let (_, body) = kit.graph(&format!("{IG}/media"), &token, &form).await;
    assert_eq!(body["error"]["error_subcode"], 2_207_010);
}

#[tokio::test]
async fn a_reel_with_its_index_at_the_end_fails_while_it_is_processed() {
    let (kit, token) = ready();
    let bad = Clip { moov_first: false, ..Clip::default() };
    kit.media.put("https://m.example/bad.mp4", bad.mp4());
    kit.media.put("https://m.example/good.mp4", Clip::default().mp4());
    let form = [("media_type", "REELS"), ("video_url", "https://m.example/bad.mp4")];
    let id = container(&kit, &token, &form).await;
    assert_eq!(status(&kit, &token, &id).await["status_code"], "IN_PROGRESS");
    kit.pass(4);
    let failed = status(&kit, &token, &id).await;
    assert_eq!(failed["status_code"], "ERROR");
    assert!(failed["status"].as_str().unwrap().contains("2207026"));

    let form = [("media_type", "REELS"), ("video_url", "https://m.example/good.mp4")];
    let id = container(&kit, &token, &form).await;
    kit.pass(4);
    assert_eq!(publish(&kit, &token, &id).await.0, 200);
    assert_eq!(kit.sim.ledger().entries[0].kind, "reel");
    assert_eq!(kit.sim.ledger().entries[0].media[0].duration, Some(8_000));
}

#[tokio::test]
async fn resumable_bytes_go_on_where_they_stopped() {
    let (kit, token) = ready();
    let form = [("media_type", "REELS"), ("upload_type", "resumable"), ("caption", "Bytes")];
    let (_, body) = kit.graph(&format!("{IG}/media"), &token, &form).await;
    let (id, uri) = (body["id"].as_str().unwrap(), body["uri"].as_str().unwrap());
    let video = Clip::default().mp4();
    let half = video.len() / 2;
    let send = |offset: usize, bytes: bytes::Bytes| {
        Request::post(uri)
            .header("authorization", format!("OAuth {token}"))
            .header("offset", offset.to_string())
            .header("file_size", video.len().to_string())
            .body(bytes)
            .unwrap()
    };
    let (code, partial) = kit.json(send(0, video.slice(..half))).await;
    assert_eq!((code, &partial["debug_info"]["retriable"]), (400, &json!(true)));
    let (_, fields) = kit.get(&format!("graph/v26.0/{id}?fields=video_status"), &token).await;
    assert_eq!(fields["video_status"]["uploading_phase"]["bytes_transfered"], half);
    let (code, wrong) = kit.json(send(0, video.slice(..half))).await;
    assert_eq!((code, &wrong["debug_info"]["type"]), (400, &json!("OffsetInvalidError")));
    let (code, done) = kit.json(send(half, video.slice(half..))).await;
    assert_eq!((code, &done["success"]), (200, &json!(true)));
    kit.pass(4);
    assert_eq!(publish(&kit, &token, id).await.0, 200);
    assert_eq!(kit.texts(), ["Bytes"]);
}

#[tokio::test]
async fn a_carousel_keeps_the_order_and_counts_once() {
    let (kit, token) = ready();
    kit.media.put("https://m.example/b.jpg", jpeg(900, 900));
    let first = [("image_url", PHOTO), ("is_carousel_item", "true")];
    let second = [("image_url", "https://m.example/b.jpg"), ("is_carousel_item", "true")];
    let a = container(&kit, &token, &first).await;
    let b = container(&kit, &token, &second).await;
    kit.pass(2);
    let (code, _) = publish(&kit, &token, &a).await;
    assert_eq!(code, 400, "a child cannot be published");
    let children = format!("{b},{a}");
    let form = [("media_type", "CAROUSEL"), ("children", &children), ("caption", "Two")];
    let parent = container(&kit, &token, &form).await;
    kit.pass(2);
    let (_, media) = publish(&kit, &token, &parent).await;
    let widths: Vec<_> =
        kit.sim.ledger().entries[0].media.iter().map(|medium| medium.width).collect();
    assert_eq!(widths, [Some(900), Some(1080)]);
    let path =
        format!("graph/v26.0/{}?fields=media_type,children{{id}}", media["id"].as_str().unwrap());
    let (_, read) = kit.get(&path.replace('{', "%7B").replace('}', "%7D"), &token).await;
    assert_eq!(read["media_type"], "CAROUSEL_ALBUM");
    assert_eq!(read["children"]["data"].as_array().unwrap().len(), 2);
    let limit = format!("graph/v26.0/{IG}/content_publishing_limit?fields=quota_usage,config");
    let (_, quota) = kit.get(&limit, &token).await;
    assert_eq!(quota["data"][0]["quota_usage"], 1);
    assert_eq!(quota["data"][0]["config"]["quota_total"], 50);
}

#[tokio::test]
async fn containers_expire_and_the_quota_ends() {
    let meta = MetaConfig { instagram_daily_quota: 1, ..MetaConfig::default() };
    let kit = Kit::with(SimConfig { meta, ..SimConfig::default() });
    kit.media.put(PHOTO, jpeg(800, 800));
    let token = kit.token(Network::Instagram, IG);
    let old = container(&kit, &token, &[("image_url", PHOTO)]).await;
    kit.pass(86_400);
    assert_eq!(status(&kit, &token, &old).await["status_code"], "EXPIRED");
    assert_eq!(publish(&kit, &token, &old).await.1["error"]["error_subcode"], 2_207_020);
    let unknown = publish(&kit, &token, "17889009999999999").await.1;
    assert_eq!(unknown["error"]["code"], 24);

    let one = container(&kit, &token, &[("image_url", PHOTO)]).await;
    let two = container(&kit, &token, &[("image_url", PHOTO)]).await;
    kit.pass(2);
    assert_eq!(publish(&kit, &token, &one).await.0, 200);
    let (_, body) = publish(&kit, &token, &two).await;
    assert_eq!(
        (&body["error"]["code"], &body["error"]["error_subcode"]),
        (&json!(9), &json!(2_207_042))
    );
}

#[tokio::test]
async fn a_lost_answer_can_be_reconciled() {
    let (kit, token) = ready();
    let id = container(&kit, &token, &[("image_url", PHOTO), ("caption", "Once")]).await;
    kit.pass(2);
    kit.fault("instagram.media_publish", FaultKind::AnswerLost);
    let form = [("creation_id", id.as_str())];
    let path = format!("graph/v26.0/{IG}/media_publish");
    let lost = kit.sim.handle(crate::kit::form_of(&path, &form, Some(&token))).await;
    assert!(lost.into_answer().is_none());
    assert_eq!(status(&kit, &token, &id).await["status_code"], "PUBLISHED");
    let list = format!("graph/v26.0/{IG}/media?fields=id,caption,timestamp&limit=25");
    let (_, list) = kit.get(&list, &token).await;
    assert_eq!(list["data"][0]["caption"], "Once");
    assert_eq!(kit.texts(), ["Once"]);
}

#[tokio::test]
async fn numbers_grow_and_dead_metrics_are_refused() {
    let (kit, token) = ready();
    let id = container(&kit, &token, &[("image_url", PHOTO)]).await;
    kit.pass(2);
    let media = publish(&kit, &token, &id).await.1["id"].as_str().unwrap().to_owned();
    let path = format!("graph/v26.0/{media}/insights?metric=views,reach,likes");
    let mut last = 0;
    for hour in 1..5 {
        kit.pass(3_600 * hour);
        let (_, body) = kit.get(&path, &token).await;
        let views = body["data"][0]["values"][0]["value"].as_u64().unwrap();
        assert!(views > last);
        last = views;
        assert_eq!(kit.get(&path, &token).await.1["data"], body["data"], "the same, asked again");
    }
    let dead = format!("graph/v26.0/{media}/insights?metric=impressions");
    let (code, body) = kit.get(&dead, &token).await;
    assert_eq!((code, &body["error"]["code"]), (400, &json!(100)));
}

#[tokio::test]
async fn a_comment_shows_under_the_post_and_deleting_takes_both() {
    let (kit, token) = ready();
    let id = container(&kit, &token, &[("image_url", PHOTO), ("caption", "Post")]).await;
    kit.pass(2);
    let media = publish(&kit, &token, &id).await.1["id"].as_str().unwrap().to_owned();
    let (code, _) = kit.graph(&format!("{media}/comments"), &token, &[("message", "First!")]).await;
    assert_eq!(code, 200);
    assert_eq!(kit.texts(), ["Post", "First!"]);
    let request = Request::delete(format!("http://sim.test/graph/v26.0/{media}"))
        .header("authorization", format!("Bearer {token}"))
        .body(bytes::Bytes::new())
        .unwrap();
    let (_, body) = kit.json(request).await;
    assert_eq!(body, json!({"success": true, "deleted_id": media}));
    assert!(kit.texts().is_empty());
    let (code, gone) = kit.get(&format!("graph/v26.0/{media}"), &token).await;
    assert_eq!((code, &gone["error"]["error_subcode"]), (400, &json!(33)));
}
