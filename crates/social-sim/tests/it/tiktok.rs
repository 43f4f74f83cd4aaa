use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use social_sim::{Network, SimConfig, TiktokConfig, TiktokCreator};

use crate::kit::{CREATOR, Clip, Kit, jpeg, picture, url};

async fn call(kit: &Kit, path: &str, token: &str, body: &Value) -> (u16, Value) {
    let request = Request::post(url(&format!("tiktok-api/v2/{path}")))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json; charset=UTF-8")
        .body(body.to_string().into())
        .unwrap();
    kit.json(request).await
}

fn upload(size: usize, chunk: usize, count: usize) -> Value {
    json!({
        "post_info": {"title": "Steam #coffee", "privacy_level": "PUBLIC_TO_EVERYONE"},
        "source_info": {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": chunk,
            "total_chunk_count": count},
    })
}

fn put(url: &str, bytes: Bytes, first: usize, total: usize) -> Request<Bytes> {
    let last = first + bytes.len() - 1;
    Request::put(url)
        .header("content-type", "video/mp4")
        .header("content-length", bytes.len().to_string())
        .header("content-range", format!("bytes {first}-{last}/{total}"))
        .body(bytes)
        .unwrap()
}

const STATUS: &str = "post/publish/status/fetch/";
const INIT: &str = "post/publish/video/init/";

fn ready() -> (Kit, String) {
    let kit = Kit::new();
    let token = kit.token(Network::Tiktok, CREATOR);
    (kit, token)
}

#[tokio::test]
async fn a_video_in_chunks_is_posted_and_gets_its_id_after_moderation() {
    let (kit, token) = ready();
    let video = Clip { padding: 11_000_000, ..Clip::default() }.mp4();
    let total = video.len();
    let chunk = 5_000_000;
    let (status, wrong) = call(&kit, INIT, &token, &upload(total, chunk, 3)).await;
    assert_eq!((status, &wrong["error"]["code"]), (400, &json!("invalid_param")));
    let (status, body) = call(&kit, INIT, &token, &upload(total, chunk, 2)).await;
    assert_eq!((status, &body["error"]["code"]), (200, &json!("ok")));
    let id = json!({"publish_id": body["data"]["publish_id"]});
    let target = body["data"]["upload_url"].as_str().unwrap();

    let early = kit.send(put(target, video.slice(chunk..), chunk, total)).await;
    assert_eq!(early.status(), 416);
    let first = kit.send(put(target, video.slice(..chunk), 0, total)).await;
    assert_eq!(first.status(), 206);
    let range = first.headers()["content-range"].to_str().unwrap();
    assert_eq!(range, format!("bytes 0-{chunk}/{total}"));
    let (_, body) = call(&kit, STATUS, &token, &id).await;
    assert_eq!(body["data"]["status"], "PROCESSING_UPLOAD");
    assert_eq!(body["data"]["uploaded_bytes"], chunk);
    let last = kit.send(put(target, video.slice(chunk..), chunk, total)).await;
    assert_eq!(last.status(), 201);

    assert!(kit.texts().is_empty());
    kit.pass(4);
    let (_, body) = call(&kit, STATUS, &token, &id).await;
    assert_eq!(body["data"]["status"], "PUBLISH_COMPLETE");
    assert_eq!(body["data"]["publicaly_available_post_id"], json!([]));
    assert_eq!(kit.texts(), ["Steam #coffee"]);
    kit.pass(30);
    let (_, body) = call(&kit, STATUS, &token, &id).await;
    let post = body["data"]["publicaly_available_post_id"][0].as_u64().unwrap();
    assert_eq!(kit.sim.ledger().entries[0].remote_id, post.to_string());
    let list = "video/list/?fields=id,title,view_count,share_url";
    let (_, body) = call(&kit, list, &token, &json!({"max_count": 20})).await;
    assert_eq!(body["data"]["videos"][0]["id"], post.to_string());
}

#[tokio::test]
async fn posts_for_oneself_never_get_an_id() {
    let (kit, token) = ready();
    let video = Clip::default().mp4();
    kit.media.put("https://media.example/v.mp4", video);
    let body = json!({
        "post_info": {"title": "Mine", "privacy_level": "SELF_ONLY"},
        "source_info": {"source": "PULL_FROM_URL", "video_url": "https://media.example/v.mp4"},
    });
    let (_, body) = call(&kit, INIT, &token, &body).await;
    assert!(body["data"].get("upload_url").is_none());
    let id = json!({"publish_id": body["data"]["publish_id"]});
    assert_eq!(call(&kit, STATUS, &token, &id).await.1["data"]["status"], "PROCESSING_DOWNLOAD");
    kit.pass(86_400 / 2);
    let (_, body) = call(&kit, STATUS, &token, &id).await;
    assert_eq!(body["data"]["status"], "PUBLISH_COMPLETE");
    assert_eq!(body["data"]["publicaly_available_post_id"], json!([]));
}

#[tokio::test]
async fn failures_have_their_reason() {
    let (kit, token) = ready();
    let slow = Clip { fps: 15, ..Clip::default() };
    let small = Clip { width: 200, ..Clip::default() };
    let long = Clip { millis: 700_000, ..Clip::default() };
    kit.media.put("https://m.example/slow", slow.mp4());
    kit.media.put("https://m.example/small", small.mp4());
    kit.media.put("https://m.example/long", long.mp4());
    kit.media.put("https://m.example/text", "not a video");
    for (url, reason) in [
        ("https://m.example/slow", "frame_rate_check_failed"),
        ("https://m.example/small", "picture_size_check_failed"),
        ("https://m.example/long", "duration_check_failed"),
        ("https://m.example/text", "file_format_check_failed"),
        ("https://m.example/gone", "video_pull_failed"),
    ] {
        let body = json!({
            "post_info": {"privacy_level": "SELF_ONLY"},
            "source_info": {"source": "PULL_FROM_URL", "video_url": url},
        });
        let (_, body) = call(&kit, INIT, &token, &body).await;
        let id = json!({"publish_id": body["data"]["publish_id"]});
        kit.pass(5);
        let (status, body) = call(&kit, STATUS, &token, &id).await;
        assert_eq!((status, &body["data"]["status"]), (200, &json!("FAILED")));
        assert_eq!(body["data"]["fail_reason"], reason);
    }
    assert!(kit.sim.ledger().entries.is_empty());
}

#[tokio::test]
async fn photos_are_pulled_and_png_is_refused() {
    let (kit, token) = ready();
    kit.media.put("https://m.example/1.jpg", jpeg(1080, 1350));
    kit.media.put("https://m.example/2.png", picture(800, 800, image::ImageFormat::Png));
    let body = |photos: Value| {
        json!({
            "post_info": {"title": "Photos", "description": "Two of them",
                "privacy_level": "PUBLIC_TO_EVERYONE"},
            "source_info": {"source": "PULL_FROM_URL", "photo_cover_index": 0,
                "photo_images": photos},
            "post_mode": "DIRECT_POST", "media_type": "PHOTO",
        })
    };
    let path = "post/publish/content/init/";
    let good = json!(["https://m.example/1.jpg", "https://m.example/1.jpg"]);
    let (status, answer) = call(&kit, path, &token, &body(good)).await;
    assert_eq!(status, 200, "{answer}");
    let bad = json!(["https://m.example/2.png"]);
    let (_, answer) = call(&kit, path, &token, &body(bad)).await;
    kit.pass(5);
    let id = json!({"publish_id": answer["data"]["publish_id"]});
    let (_, failed) = call(&kit, STATUS, &token, &id).await;
    assert_eq!(failed["data"]["fail_reason"], "file_format_check_failed");
    assert_eq!(kit.texts(), ["Photos\nTwo of them"]);
}

#[tokio::test]
async fn limits_hold_by_the_minute_and_by_the_day() {
    let tiktok = TiktokConfig { daily_posts: 2, ..TiktokConfig::default() };
    let kit = Kit::with(SimConfig { tiktok, ..SimConfig::default() });
    let token = kit.token(Network::Tiktok, CREATOR);
    for _ in 0..2 {
        assert_eq!(call(&kit, INIT, &token, &upload(4_000, 4_000, 1)).await.0, 200);
    }
    let (status, body) = call(&kit, INIT, &token, &upload(4_000, 4_000, 1)).await;
    assert_eq!((status, &body["error"]["code"]), (403, &json!("spam_risk_too_many_posts")));
    let (status, body) = call(&kit, "post/publish/creator_info/query/", &token, &json!({})).await;
    assert_eq!((status, &body["error"]["code"]), (200, &json!("spam_risk_too_many_posts")));
    for _ in 0..3 {
        call(&kit, INIT, &token, &upload(4_000, 4_000, 1)).await;
    }
    let (status, body) = call(&kit, INIT, &token, &upload(4_000, 4_000, 1)).await;
    assert_eq!((status, &body["error"]["code"]), (429, &json!("rate_limit_exceeded")));
    kit.pass(61);
    assert_eq!(call(&kit, INIT, &token, &upload(4_000, 4_000, 1)).await.0, 403);
}

#[tokio::test]
async fn privacy_audit_and_ownership_are_checked() {
    let creator = TiktokCreator { private: true, ..TiktokCreator::default() };
    let tiktok = TiktokConfig {
        unaudited: true,
        creators: vec![creator],
        verified_prefixes: Some(vec!["media.example".to_owned()]),
        ..TiktokConfig::default()
    };
    let kit = Kit::with(SimConfig { tiktok, ..SimConfig::default() });
    let token = kit.token(Network::Tiktok, CREATOR);
    let (status, body) = call(&kit, INIT, &token, &upload(4_000, 4_000, 1)).await;
    assert_eq!(status, 403);
    assert_eq!(body["error"]["code"], "unaudited_client_can_only_post_to_private_accounts");
    let pull = |url: &str| {
        json!({
            "post_info": {"privacy_level": "SELF_ONLY"},
            "source_info": {"source": "PULL_FROM_URL", "video_url": url},
        })
    };
    let (status, body) = call(&kit, INIT, &token, &pull("https://evil.example/a")).await;
    assert_eq!((status, &body["error"]["code"]), (403, &json!("url_ownership_unverified")));
    assert_eq!(call(&kit, INIT, &token, &pull("https://cdn.media.example/a")).await.0, 200);
    let (_, info) = call(&kit, "post/publish/creator_info/query/", &token, &json!({})).await;
    let options = &info["data"]["privacy_level_options"];
    assert_eq!(options[0], "FOLLOWER_OF_CREATOR");

    let (status, body) = call(&kit, INIT, "act.wrong", &upload(4_000, 4_000, 1)).await;
    assert_eq!((status, &body["error"]["code"]), (401, &json!("access_token_invalid")));
    let (status, body) = call(&kit, "post/publish/video/init", &token, &json!({})).await;
    assert_eq!(status, 404, "no slash at the end: {body}");
}
