use serde_json::json;

use crate::house::{House, ask};

pub(crate) fn picture() -> Vec<u8> {
    coloured([9, 90, 140])
}

fn coloured(colour: [u8; 3]) -> Vec<u8> {
    let pixels = image::RgbImage::from_pixel(64, 48, image::Rgb(colour));
    let mut png = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

#[tokio::test]
async fn a_picture_is_taken_in_once_and_posted() {
    let (house, key) = House::ready().await;
    let upload = || ask("POST", "/api/media?name=../beans.png").key(&key).raw(picture());
    let made = house.send(upload()).await;
    let body = made.is(201);
    assert_eq!((&body["mime"], &body["type"]), (&json!("image/png"), &json!("image")));
    assert_eq!((&body["width"], &body["height"]), (&json!(64), &json!(48)));
    assert_eq!(body["name"], "beans.png");
    let again = house.send(upload()).await;
    assert_eq!(again.is(201)["id"], body["id"]);

    let path = format!("/api/media/{}", body["id"].as_str().unwrap());
    assert_eq!(house.send(ask("GET", &path).key(&key)).await.is(200), body);
    let stranger = house.stranger().await;
    house.send(ask("GET", &path).key(&stranger)).await.is_problem(404, "media_not_found");

    let post = json!({
        "content": "Beans", "platforms": ["facebook"],
        "media": [{ "id": body["id"], "alt": "Coffee beans" }],
    });
    house.send(ask("POST", "/api/posts").key(&key).json(&post)).await.is(201);
    let theirs = house.send(ask("POST", "/api/posts").key(&stranger).json(&post)).await;
    theirs.is_problem(422, "media_unsupported");
}

#[tokio::test]
async fn what_is_no_picture_or_too_large_is_refused() {
    let house = House::with(|config| config.upload_limit = 10_000).await;
    let key = house.human_key().await;
    let upload = |body: Vec<u8>| ask("POST", "/api/media").key(&key).raw(body);
    house.send(upload(b"<html>".to_vec())).await.is_problem(422, "media_unsupported");
    house.send(upload(Vec::new())).await.is_problem(415, "use_raw_body");
    house.send(upload(vec![0; 10_001])).await.is_problem(413, "too_large");
    let form = upload(picture()).header("content-type", "multipart/form-data; boundary=x");
    house.send(form).await.is_problem(415, "use_raw_body");
}

#[tokio::test]
async fn files_are_listed_page_by_page_and_removed_unless_a_post_needs_them() {
    let (house, key) = House::ready().await;
    let mut ids = Vec::new();
    for colour in 0..3 {
        house.clock.advance(std::time::Duration::from_secs(1));
        let made = house.send(ask("POST", "/api/media").key(&key).raw(coloured([colour, 0, 0])));
        ids.push(made.await.is(201)["id"].as_str().unwrap().to_owned());
    }
    let page = house.send(ask("GET", "/api/media?limit=2").key(&key)).await;
    let items = page.is(200)["items"].as_array().unwrap();
    assert_eq!((&items[0]["id"], &items[1]["id"]), (&json!(ids[2]), &json!(ids[1])));
    let next = page.header("link").unwrap();
    let next = next.split(['<', '>']).nth(1).unwrap().strip_prefix("http://127.0.0.1:8080");
    let page = house.send(ask("GET", next.unwrap()).key(&key)).await;
    assert_eq!(page.is(200)["items"].as_array().unwrap().len(), 1);
    assert_eq!(page.body["next_cursor"], serde_json::Value::Null);
    let bad = house.send(ask("GET", "/api/media?cursor=x").key(&key)).await;
    bad.is_problem(400, "cursor_invalid");

    let post = json!({
        "content": "Beans", "platforms": ["facebook"], "media": [{ "id": ids[0] }],
    });
    let post = house.send(ask("POST", "/api/posts").key(&key).json(&post)).await;
    let path = format!("/api/media/{}", ids[0]);
    house.send(ask("DELETE", &path).key(&key)).await.is_problem(409, "media_in_use");
    let stranger = house.stranger().await;
    house.send(ask("DELETE", &path).key(&stranger)).await.is_problem(404, "media_not_found");
    let post = format!("/api/posts/{}", post.is(201)["id"].as_str().unwrap());
    house.send(ask("DELETE", &post).key(&key)).await.is(200);
    assert_eq!(house.send(ask("DELETE", &path).key(&key)).await.status, 204);
    house.send(ask("GET", &path).key(&key)).await.is_problem(404, "media_not_found");
}

#[tokio::test]
async fn bytes_that_another_workspace_has_stay() {
    let (house, key) = House::ready().await;
    let stranger = house.stranger().await;
    let upload = |key: &str| ask("POST", "/api/media").key(key).raw(picture());
    let mine = house.send(upload(&key)).await;
    let theirs = house.send(upload(&stranger)).await;
    let asset = |ws, id: &serde_json::Value| {
        let id = id.as_str().unwrap().parse().unwrap();
        let library = house.social.library();
        async move { library.get(ws, id).await.unwrap() }
    };
    let blob = asset(house.social.workspace(), &mine.is(201)["id"]).await.key;
    let blobs = &house.social.ports().blobs;
    let gone = |answer: &crate::house::Answer| {
        format!("/api/media/{}", answer.body["id"].as_str().unwrap())
    };
    assert_eq!(house.send(ask("DELETE", &gone(&mine)).key(&key)).await.status, 204);
    assert!(blobs.len(&blob).await.unwrap().is_some(), "the other still has it");
    assert_eq!(house.send(ask("DELETE", &gone(&theirs)).key(&stranger)).await.status, 204);
    assert!(blobs.len(&blob).await.unwrap().is_none(), "nobody has it");
    house.send(upload(&key)).await.is(201);
    assert!(blobs.len(&blob).await.unwrap().is_some());
}

/// A picture of 600 x 200 whose left third is red, then green, then blue.
fn flag() -> Vec<u8> {
    let pixels = image::RgbImage::from_fn(600, 200, |x, _| {
        image::Rgb([[220, 20, 20], [20, 200, 20], [20, 20, 220]][x as usize / 200])
    });
    let mut png = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

#[tokio::test]
async fn a_preview_shows_what_a_network_would_get_as_it_was_asked_for() {
    let (house, key) = House::ready().await;
    let made = house.send(ask("POST", "/api/media").key(&key).raw(flag())).await;
    let id = made.is(201)["id"].as_str().unwrap().to_owned();
    let shown = async |query: &str| {
        let path = format!("/api/media/{id}/preview?{query}");
        let answer = house.send(ask("GET", &path).key(&key)).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text);
        let picture = image::load_from_memory(&answer.bytes).unwrap().into_rgb8();
        (picture, answer.header("x-changes").unwrap_or_default().to_owned())
    };
    let near = |a: &image::Rgb<u8>, b: [u8; 3]| a.0.iter().zip(b).all(|(a, b)| a.abs_diff(b) < 24);

    let (whole, changes) = shown("width=300").await;
    assert_eq!((whole.dimensions(), changes.as_str()), ((300, 100), ""));

    // Three times as wide as high is more than the network takes: the crop shows what it is told to.
    let feed = "platform=instagram&width=191";
    let (left, changes) = shown(&format!("{feed}&focus=0.1,0.5")).await;
    assert_eq!(left.dimensions(), (191, 100));
    assert!(near(left.get_pixel(20, 50), [220, 20, 20]), "{:?}", left.get_pixel(20, 50));
    assert!(changes.contains("cropped"), "{changes}");
    let (right, _) = shown(&format!("{feed}&focus=0.9,0.5")).await;
    assert!(near(right.get_pixel(170, 50), [20, 20, 220]), "{:?}", right.get_pixel(170, 50));
    let (padded, changes) = shown(&format!("{feed}&fit=%23ffee00")).await;
    assert!(near(padded.get_pixel(95, 4), [255, 238, 0]), "{:?}", padded.get_pixel(95, 4));
    assert!(!changes.contains("cropped"), "{changes}");

    let refused = async |query: &str, status: u16, code: &str| {
        let path = format!("/api/media/{id}/preview?{query}");
        house.send(ask("GET", &path).key(&key)).await.is_problem(status, code);
    };
    refused("platform=myspace", 422, "platform_unknown").await;
    refused("platform=instagram&fit=fill", 422, "invalid_field").await;
    refused("focus=0.5", 400, "query_invalid").await;
    refused("platform=tiktok&kind=video", 422, "media_unsupported").await;
}

#[tokio::test]
async fn wishes_are_kept_with_the_post_shown_by_the_dry_run_and_part_of_what_is_confirmed() {
    let (house, key) = House::ready().await;
    let made = house.send(ask("POST", "/api/media").key(&key).raw(flag())).await;
    let id = made.is(201)["id"].as_str().unwrap().to_owned();
    let media = json!([{
        "id": id, "alt": "A flag", "fit": "blur", "focus": { "x": 0.25, "y": 0.5 },
        "background": "#102030", "keep": ["credit"],
    }]);
    let mut post = json!({ "content": "Flag", "platforms": ["facebook"], "media": media });
    let posted = house.send(ask("POST", "/api/posts").key(&key).json(&post)).await;
    let path = format!("/api/posts/{}?view=full", posted.is(201)["id"].as_str().unwrap());
    assert_eq!(house.send(ask("GET", &path).key(&key)).await.is(200)["media"], media);

    post["dry_run"] = json!(true);
    post["content"] = json!("Another");
    let dry = house.send(ask("POST", "/api/posts").key(&key).json(&post)).await;
    let picture = dry.is(200)["previews"][0]["pictures"][0].as_str().unwrap();
    assert!(picture.contains("/preview?") && picture.contains("fit=blur"), "{picture}");
    let local = picture.strip_prefix("http://127.0.0.1:8080").unwrap();
    let shown = house.send(ask("GET", local).key(&key)).await;
    assert_eq!((shown.status.as_u16(), &shown.bytes[..2]), (200, [0xff, 0xd8].as_slice()));

    post["media"][0]["fit"] = json!("stretch");
    let refused = house.send(ask("POST", "/api/posts").key(&key).json(&post)).await;
    assert_eq!(refused.is_problem(422, "invalid_field")["errors"][0]["pointer"], "/media/0/fit");
}

#[tokio::test]
async fn the_media_work_of_the_server_is_shown() {
    let (house, key) = House::ready().await;
    let idle = house.send(ask("GET", "/api/media-work").key(&key)).await;
    assert_eq!(idle.is(200), &json!({ "items": [] }));
}
