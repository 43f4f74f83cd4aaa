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
