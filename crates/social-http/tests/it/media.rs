use serde_json::json;

use crate::house::{House, ask};

fn picture() -> Vec<u8> {
    let pixels = image::RgbImage::from_pixel(64, 48, image::Rgb([9, 90, 140]));
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
