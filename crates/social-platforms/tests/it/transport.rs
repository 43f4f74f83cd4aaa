//! The transport over real sockets.

use std::sync::Arc;
use std::time::Duration;

use social_core::ports::{
    BlobKey, BlobStore as _, Body, BodyPart, Sent, SystemClock, Transport as _,
};
use social_platforms::transport::{ReqwestTransport, Traced};
use wiremock::matchers::{body_string, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::kit::Blobs;

fn request(url: String, body: Body) -> http::Request<Body> {
    http::Request::post(url).body(body).unwrap()
}

#[tokio::test]
async fn a_body_of_pieces_is_streamed_with_its_length() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/up"))
        .and(header("content-length", "11"))
        .and(body_string("<harbour.9>"))
        .respond_with(ResponseTemplate::new(201).insert_header("etag", "x"))
        .expect(1)
        .mount(&server)
        .await;
    let blobs = Arc::new(Blobs::default());
    let key = BlobKey::new("a").unwrap();
    blobs.put(&key, "--harbour--".into()).await.unwrap();
    let transport = ReqwestTransport::builder().blobs(blobs).build().unwrap();
    let traced = Traced::new(Arc::new(transport), Arc::new(SystemClock::new()));
    let body = Body {
        parts: vec![
            BodyPart::Bytes("<".into()),
            BodyPart::Blob { key, offset: 2, len: 7 },
            BodyPart::Bytes(".9>".into()),
        ],
    };
    let answer = traced.send(request(format!("{}/up", server.uri()), body)).await.unwrap();
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.headers()["etag"], "x");
}

#[tokio::test]
async fn a_file_that_is_not_there_or_too_short_never_leaves() {
    let server = MockServer::start().await;
    let blobs = Arc::new(Blobs::default());
    let short = BlobKey::new("short").unwrap();
    blobs.put(&short, "abc".into()).await.unwrap();
    let transport = ReqwestTransport::builder().blobs(blobs).build().unwrap();
    for key in [short, BlobKey::new("missing").unwrap()] {
        let error = transport.send(request(server.uri(), Body::blob(key, 0, 9))).await.unwrap_err();
        assert_eq!(error.sent, Sent::No);
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_a_large_one_is_refused() {
    let server = MockServer::start().await;
    Mock::given(path("/away"))
        .respond_with(ResponseTemplate::new(302).insert_header("location", "/large"))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path("/large"))
        .respond_with(ResponseTemplate::new(200).set_body_bytes(vec![0; 2_000]))
        .expect(1)
        .mount(&server)
        .await;
    let transport = ReqwestTransport::builder().max_answer(1_000).build().unwrap();
    let away = request(format!("{}/away", server.uri()), Body::empty());
    assert_eq!(transport.send(away).await.unwrap().status(), 302);
    let large = request(format!("{}/large", server.uri()), Body::empty());
    assert_eq!(transport.send(large).await.unwrap_err().sent, Sent::Maybe);
}

#[tokio::test]
async fn no_connection_means_not_sent_and_no_answer_means_maybe() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let transport =
        ReqwestTransport::builder().timeout(Duration::from_millis(300)).build().unwrap();
    let url = format!("http://{free}/x?access_token=very-secret");
    let error = transport.send(request(url, Body::empty())).await.unwrap_err();
    assert_eq!(error.sent, Sent::No);
    let mut shown = format!("{error:?}");
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        shown.push_str(&cause.to_string());
        source = cause.source();
    }
    assert!(!shown.contains("very-secret"), "{shown}");

    let server = MockServer::start().await;
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_secs(5));
    Mock::given(path("/slow")).respond_with(slow).mount(&server).await;
    let slow = request(format!("{}/slow", server.uri()), Body::empty());
    assert_eq!(transport.send(slow).await.unwrap_err().sent, Sent::Maybe);
}
