//! Each example runs and ends well.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "../embed.rs"]
mod embed;

#[test]
fn embed_publishes() {
    embed::main().unwrap();
}

#[test]
fn embed_is_as_small_as_it_says() {
    let lines = include_str!("../embed.rs").lines().count();
    assert!(lines < 60, "{lines} lines");
}
