//! Each example runs and ends well.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "../custom_platform.rs"]
mod custom_platform;
#[path = "../embed.rs"]
mod embed;
#[path = "../server.rs"]
#[allow(dead_code, reason = "its main serves for ever")]
mod server;

#[test]
fn embed_publishes() {
    embed::main().unwrap();
}

#[test]
fn embed_is_as_small_as_it_says() {
    let lines = include_str!("../embed.rs").lines().count();
    assert!(lines < 60, "{lines} lines");
}

#[tokio::test]
async fn server_answers_who_has_its_key() {
    use social::core::ports::{Body, Transport as _};
    use social::platforms::transport::ReqwestTransport;

    let (told, heard) = tokio::sync::oneshot::channel();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let ready = |base: &str, key: &str| {
        told.send((base.to_owned(), key.to_owned())).map_err(|_| "nobody waits".into())
    };
    let stopped = async { drop(stopped.await) };
    let client = async {
        let (base, key) = heard.await.unwrap();
        let ask = http::Request::get(format!("{base}api/accounts"))
            .header("authorization", format!("Bearer {key}"))
            .body(Body::from(""))
            .unwrap();
        let answer = ReqwestTransport::builder().build().unwrap().send(ask).await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(&answer.body()[..], br#"{"items":[]}"#);
        stop.send(()).unwrap();
    };
    let served = server::serve("127.0.0.1:0".parse().unwrap(), stopped, ready);
    tokio::join!(async { served.await.unwrap() }, client);
}

#[test]
fn server_is_as_small_as_it_says() {
    let lines = include_str!("../server.rs").lines().count();
    assert!(lines < 80, "{lines} lines");
}

#[test]
fn custom_platform_publishes() {
    custom_platform::main().unwrap();
}

#[test]
fn custom_platform_is_as_small_as_it_says() {
    let lines = include_str!("../custom_platform.rs").lines().count();
    assert!(lines < 200, "{lines} lines");
}

/// The board, on a clock that is moved.
async fn board() -> social_core::conformance::PlatformUnderTest {
    use std::sync::Arc;

    use social::core::ports::ManualClock;

    let clock = Arc::new(ManualClock::new(social::Timestamp::from_secs(1_800_000_000)));
    let town = Arc::new(examples::town::Town::new(clock.clone()));
    let api = custom_platform::Board::new(town.clone(), clock.clone()).unwrap();
    social_core::conformance::PlatformUnderTest {
        api: Arc::new(api),
        auth: examples::town::citizen(),
        content: examples::town::notice("Market on Saturday"),
        wait: Box::new(move |time| clock.advance(time)),
        visible: Box::new(move || town.count()),
    }
}

social_core::platform_api_conformance!(the_board_is_a_network_like_any_other, board);
