//! Media on other servers: taken in over the guarded way, or not at all.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Response, Uri};
use serde_json::{Value, json};
use social::core::ports::{Request, Transport, TransportError};
use social_http::{Api, ApiConfig};

use crate::house::{House, ask};
use crate::media::picture;

/// Servers elsewhere: what each address shows, and which addresses were asked.
#[derive(Debug, Default)]
struct Elsewhere {
    files: BTreeMap<&'static str, File>,
    asked: Mutex<Vec<String>>,
}

#[derive(Debug)]
enum File {
    /// The whole of it, whatever piece is asked for.
    Whole(Vec<u8>),
    /// In pieces of so many bytes at most.
    Pieces(Vec<u8>, usize),
    /// In pieces of another file each time.
    Changing,
    Moved(&'static str),
    Status(u16),
}

#[async_trait]
impl Transport for Elsewhere {
    fn check(&self, uri: &Uri) -> Result<(), TransportError> {
        match uri.host() {
            Some("public.example") => Ok(()),
            _ => Err(TransportError::not_sent("the address is not public")),
        }
    }

    async fn send(
        &self,
        request: Request,
    ) -> Result<social::core::ports::Response, TransportError> {
        self.check(request.uri())?;
        self.asked.lock().unwrap().push(request.uri().to_string());
        assert!(!request.headers().contains_key("authorization"));
        assert!(!request.headers().contains_key("cookie"));
        let range = request.headers()["range"].to_str().unwrap().strip_prefix("bytes=").unwrap();
        let from: usize = range.split('-').next().unwrap().parse().unwrap();
        let piece = |bytes: &[u8], most: usize, tag: String| {
            let to = bytes.len().min(from + most);
            Response::builder()
                .status(206)
                .header("content-range", format!("bytes {from}-{}/{}", to - 1, bytes.len()))
                .header("etag", tag)
                .body(Bytes::copy_from_slice(&bytes[from..to]))
        };
        let answer = match &self.files[request.uri().path()] {
            File::Whole(bytes) => Response::builder().status(200).body(bytes.clone().into()),
            File::Pieces(bytes, most) => piece(bytes, *most, "\"same\"".into()),
            File::Changing => piece(&picture(), 10, format!("\"{from}\"")),
            File::Moved(to) => {
                Response::builder().status(302).header("location", *to).body(Bytes::new())
            }
            File::Status(status) => Response::builder().status(*status).body(Bytes::new()),
        };
        Ok(answer.unwrap())
    }
}

async fn house(
    files: impl IntoIterator<Item = (&'static str, File)>,
) -> (House, String, Arc<Elsewhere>) {
    let (mut house, key) = House::ready().await;
    let files = files.into_iter().collect();
    let elsewhere = Arc::new(Elsewhere { files, asked: Mutex::default() });
    let mut ports = house.social.ports().clone();
    ports.outbound = elsewhere.clone();
    let mut config = ApiConfig::new("http://127.0.0.1:8080".parse().unwrap());
    config.upload_limit = 10_000;
    house.app = Api::builder(ports, config).build();
    (house, key, elsewhere)
}

fn url(path: &str) -> Value {
    json!({ "url": format!("https://public.example{path}?secret=1") })
}

#[tokio::test]
async fn a_file_elsewhere_is_taken_in_whole_or_in_pieces_and_is_the_same_file() {
    let (house, key, elsewhere) = house([
        ("/a/beans.png", File::Whole(picture())),
        ("/pieces.png", File::Pieces(picture(), 50)),
        ("/moved", File::Moved("/moved/again")),
        ("/moved/again", File::Moved("https://public.example/a/beans.png")),
    ])
    .await;
    let first = house.send(ask("POST", "/api/media").key(&key).json(&url("/a/beans.png"))).await;
    assert_eq!(first.is(201)["name"], "beans.png");
    for path in ["/pieces.png", "/moved"] {
        let made = house.send(ask("POST", "/api/media").key(&key).json(&url(path))).await;
        assert_eq!(made.is(201)["id"], first.body["id"], "{path}");
    }
    assert!(elsewhere.asked.lock().unwrap().len() > 5);

    let mut media = url("/pieces.png");
    media["alt"] = "Beans".into();
    let post = json!({ "content": "Beans", "platforms": ["facebook"], "media": [media] });
    let made = house.send(ask("POST", "/api/posts").key(&key).json(&post)).await;
    let path = format!("/api/posts/{}?view=full", made.is(201)["id"].as_str().unwrap());
    let post = house.send(ask("GET", &path).key(&key)).await;
    assert_eq!(post.is(200)["media"], json!([{ "id": first.body["id"], "alt": "Beans" }]));
}

#[tokio::test]
async fn what_cannot_be_had_says_why_and_nothing_of_it_is_kept() {
    let (house, key, elsewhere) = house([
        ("/loop", File::Moved("/loop")),
        ("/inside", File::Moved("http://169.254.169.254/latest/meta-data")),
        ("/nowhere", File::Moved("ftp://[")),
        ("/gone", File::Status(404)),
        ("/login", File::Status(401)),
        ("/page", File::Whole(b"<html>".to_vec())),
        ("/empty", File::Whole(Vec::new())),
        ("/large", File::Whole(vec![0; 10_001])),
        ("/larger", File::Pieces(vec![0; 20_000], 5_000)),
        ("/changing", File::Changing),
    ])
    .await;
    let send =
        async |body: &Value| house.send(ask("POST", "/api/media").key(&key).json(body)).await;
    for (path, why) in [
        ("/loop", "more than 3 times"),
        ("/inside", "not public"),
        ("/nowhere", "nowhere"),
        ("/gone", "404"),
        ("/login", "401"),
        ("/empty", "empty"),
        ("/changing", "changed"),
    ] {
        let answer = send(&url(path)).await;
        let problem = answer.is_problem(422, "media_unsupported");
        assert!(problem["detail"].as_str().unwrap().contains(why), "{path}: {}", answer.text);
        assert!(!answer.text.contains("secret"), "{}", answer.text);
    }
    send(&url("/page")).await.is_problem(422, "media_unsupported");
    send(&url("/large")).await.is_problem(413, "too_large");
    send(&url("/larger")).await.is_problem(413, "too_large");
    for bad in ["http://127.0.0.1/x", "file:///etc/passwd", "https://user:pw@evil.example/", "x"] {
        send(&json!({ "url": bad })).await.is_problem(422, "media_unsupported");
    }
    assert!(elsewhere.asked.lock().unwrap().iter().all(|url| url.contains("public.example")));
    let list = house.send(ask("GET", "/api/media").key(&key)).await;
    assert_eq!(list.is(200)["items"], json!([]));
}

#[tokio::test]
async fn a_media_item_is_one_thing() {
    let (house, key, _) = house([("/a.png", File::Whole(picture()))]).await;
    for (item, pointer) in [
        (json!({ "path": "/tmp/a.png" }), "/media/0/path"),
        (json!({ "id": "media_x" }), "/media/0/id"),
        (json!({ "url": "x" }), "/media/0/url"),
        (json!({}), "/media/0"),
    ] {
        let post = json!({ "content": "x", "platforms": ["facebook"], "media": [item] });
        let answer = house.send(ask("POST", "/api/posts").key(&key).json(&post)).await;
        let problem = answer.is_problem(422, "media_unsupported");
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
}
