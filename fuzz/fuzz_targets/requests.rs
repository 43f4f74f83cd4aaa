//! Bytes as requests: `cargo +nightly fuzz run requests`. The tests ask by the same function.

#![no_main]
#![allow(dead_code, clippy::unwrap_used, reason = "it shares the house of the tests")]

#[path = "../../crates/social-http/tests/it/bytes.rs"]
mod bytes;
#[path = "../../crates/social-http/tests/it/house.rs"]
mod house;

thread_local! {
    static ASKED: bytes::Asked = bytes::Asked::new();
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| ASKED.with(|asked| asked.check(data)));
