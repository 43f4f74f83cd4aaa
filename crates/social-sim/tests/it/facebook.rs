use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use social_sim::{MetaConfig, Network, SimConfig};

use crate::kit::{Clip, Kit, PAGE, jpeg};

fn multipart(
    path: &str,
    token: &str,
    texts: &[(&str, &str)],
    file: (&str, &Bytes),
) -> Request<Bytes> {
    let mut body = Vec::new();
    for (name, value) in texts {
        body.extend_from_slice(
            format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .as_bytes(),
        );
    }
    body.extend_from_slice(
        format!(
            "--B\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"f\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n",
            file.0
        )
        .as_bytes(),
    );
    body.extend_from_slice(file.1);
    body.extend_from_slice(b"\r\n--B--\r\n");
    Request::post(crate::kit::url(&format!("graph/v26.0/{path}?access_token={token}")))
        .header("content-type", "multipart/form-data; boundary=B")
        .body(body.into())
        .unwrap()
}

fn ready() -> (Kit, String) {
    let kit = Kit::new();
    let token = kit.token(Network::Facebook, PAGE);
    (kit, token)
}

async fn feed(kit: &Kit, token: &str, form: &[(&str, &str)]) -> Value {
    let (status, body) = kit.graph(&format!("{PAGE}/feed"), token, form).await;
    assert_eq!(status, 200, "{body}");
    body
}

#[tokio::test]
async fn an_unpublished_post_is_published_by_its_id_and_only_once() {
    let (kit, token) = ready();
    let post = feed(&kit, &token, &[("message", "Soon"), ("published", "false")]).await;
    let id = post["id"].as_str().unwrap();
    assert!(id.starts_with(&format!("{PAGE}_")));
    assert!(kit.texts().is_empty());
    let read =
        format!("graph/v26.0/{id}?fields=id,message,created_time,permalink_url,is_published");
    assert_eq!(kit.get(&read, &token).await.1["is_published"], false);
    for _ in 0..2 {
        let (_, body) = kit.graph(id, &token, &[("is_published", "true")]).await;
        assert_eq!(body["success"], true);
    }
    assert_eq!(kit.get(&read, &token).await.1["is_published"], true);
    assert_eq!(kit.texts(), ["Soon"]);
}

#[tokio::test]
async fn several_photos_make_one_post() {
    let (kit, token) = ready();
    let mut attached = Vec::new();
    for side in [400, 500] {
        let request = multipart(
            &format!("{PAGE}/photos"),
            &token,
            &[("published", "false")],
            ("source", &jpeg(side, side)),
        );
        let (status, body) = kit.json(request).await;
        assert_eq!(status, 200, "{body}");
        assert!(body.get("post_id").is_none());
        attached.push(json!({"media_fbid": body["id"]}).to_string());
    }
    let form = [
        ("message", "Two"),
        ("attached_media[0]", attached[0].as_str()),
        ("attached_media[1]", attached[1].as_str()),
    ];
    feed(&kit, &token, &form).await;
    let ledger = kit.sim.ledger();
    assert_eq!(ledger.entries[0].kind, "album");
    assert_eq!(ledger.entries[0].media.len(), 2);
    let list = format!("[{}]", attached[0]);
    let (status, again) =
        kit.graph(&format!("{PAGE}/feed"), &token, &[("attached_media", &list)]).await;
    assert_eq!((status, &again["error"]["error_subcode"]), (400, &json!(1_366_051)));
}

#[tokio::test]
async fn a_video_in_pieces_is_visible_once_it_is_processed() {
    let meta = MetaConfig { video_chunk: 400, ..MetaConfig::default() };
    let kit = Kit::with(SimConfig { meta, ..SimConfig::default() });
    let token = kit.token(Network::Facebook, PAGE);
    let video = Clip { padding: 600, ..Clip::default() }.mp4();
    let path = format!("{PAGE}/videos");
    let size = video.len().to_string();
    let (_, start) =
        kit.graph(&path, &token, &[("upload_phase", "start"), ("file_size", &size)]).await;
    assert_eq!(start["start_offset"], "0");
    let session = start["upload_session_id"].as_str().unwrap().to_owned();
    let id = start["video_id"].as_str().unwrap().to_owned();
    let (mut from, mut to) = (0_usize, start["end_offset"].as_str().unwrap().parse().unwrap());
    while from < to {
        let offset = from.to_string();
        let texts = [
            ("upload_phase", "transfer"),
            ("upload_session_id", &session),
            ("start_offset", &offset),
        ];
        let request =
            multipart(&path, &token, &texts, ("video_file_chunk", &video.slice(from..to)));
        let (status, body) = kit.json(request).await;
        assert_eq!(status, 200, "{body}");
        from = body["start_offset"].as_str().unwrap().parse().unwrap();
        to = body["end_offset"].as_str().unwrap().parse().unwrap();
    }
    assert_eq!(from, video.len());
    let form =
        [("upload_phase", "finish"), ("upload_session_id", &session), ("description", "Steam")];
    let (_, done) = kit.graph(&path, &token, &form).await;
    assert_eq!(done, json!({"success": true}));
    let read = format!("graph/v26.0/{id}?fields=status,published,post_id,permalink_url");
    let (_, body) = kit.get(&read, &token).await;
    assert_eq!(body["status"]["video_status"], "processing");
    assert!(kit.texts().is_empty());
    kit.pass(4);
    let (_, body) = kit.get(&read, &token).await;
    assert_eq!(body["status"]["publishing_phase"]["publish_status"], "published");
    assert_eq!(body["published"], true);
    assert_eq!(kit.texts(), ["Steam"]);
    let (_, again) = kit.graph(&path, &token, &form).await;
    assert_eq!(again["success"], true);
    assert_eq!(kit.sim.ledger().entries.len(), 1);
}

#[tokio::test]
async fn the_success_of_a_reel_is_only_an_acknowledgement() {
    let (kit, token) = ready();
    let path = format!("{PAGE}/video_reels");
    let (_, start) = kit.graph(&path, &token, &[("upload_phase", "start")]).await;
    let (id, url) = (start["video_id"].as_str().unwrap(), start["upload_url"].as_str().unwrap());
    let long = Clip { millis: 120_000, ..Clip::default() }.mp4();
    let upload = Request::post(url)
        .header("authorization", format!("OAuth {token}"))
        .header("offset", "0")
        .header("file_size", long.len().to_string())
        .body(long)
        .unwrap();
    assert_eq!(kit.json(upload).await.1["success"], true);
    let form = [("upload_phase", "finish"), ("video_id", id), ("video_state", "PUBLISHED")];
    assert_eq!(kit.graph(&path, &token, &form).await.1["success"], true);
    kit.pass(4);
    let (_, body) = kit.get(&format!("graph/v26.0/{id}?fields=status"), &token).await;
    assert_eq!(body["status"]["video_status"], "error");
    assert_eq!(body["status"]["processing_phase"]["error"]["code"], 1_363_128);
    assert!(kit.texts().is_empty());
}

#[tokio::test]
async fn the_resumable_upload_api_gives_a_handle() {
    let (kit, token) = ready();
    let video = Clip::default().mp4();
    let length = video.len().to_string();
    let form = [("file_length", length.as_str()), ("file_type", "video/mp4")];
    let (_, session) = kit.graph("sim-app/uploads", &token, &form).await;
    let id = session["id"].as_str().unwrap();
    let send = Request::post(crate::kit::url(&format!("graph/v26.0/{id}")))
        .header("authorization", format!("OAuth {token}"))
        .header("file_offset", "0")
        .body(video)
        .unwrap();
    let handle = kit.json(send).await.1["h"].as_str().unwrap().to_owned();
    let form = [("fbuploader_video_file_chunk", handle.as_str()), ("description", "By handle")];
    let (_, video) = kit.graph(&format!("{PAGE}/videos"), &token, &form).await;
    assert!(video["id"].is_string());
    kit.pass(4);
    assert_eq!(kit.texts(), ["By handle"]);
}

#[tokio::test]
async fn scheduled_posts_appear_by_themselves_and_listings_tell_them_apart() {
    let (kit, token) = ready();
    let at = (social_core::ports::Clock::now(&*kit.clock).as_secs() + 3_600).to_string();
    let form = [("message", "Later"), ("published", "false"), ("scheduled_publish_time", &at)];
    feed(&kit, &token, &form).await;
    feed(&kit, &token, &[("message", "Now")]).await;
    let list = |edge: &str| format!("graph/v26.0/{PAGE}/{edge}?fields=message,is_published");
    let count = |body: &Value| body["data"].as_array().unwrap().len();
    assert_eq!(count(&kit.get(&list("feed"), &token).await.1), 2);
    assert_eq!(count(&kit.get(&list("published_posts"), &token).await.1), 1);
    kit.pass(3_601);
    assert_eq!(count(&kit.get(&list("published_posts"), &token).await.1), 2);
    assert_eq!(kit.texts(), ["Later", "Now"]);
    let page_one = format!("graph/v26.0/{PAGE}/feed?limit=1");
    let (_, body) = kit.get(&page_one, &token).await;
    let (_, next) = kit.get(body["paging"]["next"].as_str().unwrap(), &token).await;
    assert_ne!(next["data"][0]["id"], body["data"][0]["id"]);
    assert!(next["paging"].get("next").is_none());
}

#[tokio::test]
async fn empty_posts_and_dead_metrics_are_refused() {
    let (kit, token) = ready();
    let (status, body) = kit.graph(&format!("{PAGE}/feed"), &token, &[]).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!(197)));
    let post = feed(&kit, &token, &[("message", "Hi")]).await;
    let id = post["id"].as_str().unwrap();
    kit.pass(7_200);
    let path = format!("graph/v26.0/{id}/insights?metric=");
    let (_, body) = kit.get(&format!("{path}post_media_view"), &token).await;
    assert!(body["data"][0]["values"][0]["value"].as_u64().unwrap() > 0);
    let (_, body) = kit.get(&format!("{path}post_impressions"), &token).await;
    assert_eq!(body["error"]["code"], 100);
    let (_, body) = kit.get(&path, &token).await;
    assert_eq!(body["error"]["error_subcode"], 1_504_028);
}
