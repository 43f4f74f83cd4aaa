//! Whatever bytes come in: the answer is an answer or a problem, never a failure of the server.
//!
//! The fuzz target (`fuzz/`) asks by the same function; here proptest does, for a while.

use http::StatusCode;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value, json};

use crate::house::{Ask, House, ask};

/// The question that these bytes make; the first one says of what kind.
fn question(data: &[u8], post: &str) -> Option<Ask> {
    let (kind, rest) = data.split_first()?;
    let encoded = || rest.iter().map(|byte| format!("%{byte:02x}")).collect::<String>();
    let header = || http::HeaderValue::from_bytes(rest).ok();
    let json = |ask: Ask| ask.header("content-type", "application/json").raw(rest.to_vec());
    let small = json!({ "content": "x", "platforms": ["facebook"], "draft": true });
    Some(match kind % 7 {
        0 => json(ask("POST", "/api/posts")),
        1 => json(ask("PATCH", &format!("/api/posts/{post}"))),
        2 => ask("GET", &format!("/api/analytics?timeframe={}", encoded())),
        3 => ask("GET", &format!("/api/posts?cursor={}", encoded())),
        4 => ask("POST", "/api/posts").header_bytes("idempotency-key", header()?).json(&small),
        5 => ask("GET", "/api/events").header_bytes("last-event-id", header()?),
        _ => ask("GET", &format!("/api/posts/{}", encoded())),
    })
}

/// A server with an account and a draft, to be asked.
pub(crate) struct Asked {
    runtime: tokio::runtime::Runtime,
    house: House,
    key: String,
    post: String,
}

impl Asked {
    pub(crate) fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (house, key, post) = runtime.block_on(async {
            let often = |config: &mut social_http::ApiConfig| {
                config.requests_per_minute = std::num::NonZeroU32::MAX;
            };
            let house = House::with(often).await;
            house.connect(&social::Platform::FACEBOOK).await;
            let key = house.human_key().await;
            let draft = json!({ "content": "x", "platforms": ["facebook"], "draft": true });
            let made = house.send(ask("POST", "/api/posts").key(&key).json(&draft)).await;
            let post = made.is(201)["id"].as_str().unwrap().to_owned();
            (house, key, post)
        });
        Self { runtime, house, key, post }
    }

    pub(crate) fn check(&self, data: &[u8]) {
        let Some(ask) = question(data, &self.post) else { return };
        let status = self.runtime.block_on(self.house.status_of(ask.key(&self.key)));
        let fine = status.is_success() || status.is_client_error();
        assert!(fine && status != StatusCode::UNAUTHORIZED, "{status} for {data:?}");
    }
}

/// Bodies that come near to what is meant.
fn near() -> impl Strategy<Value = Vec<u8>> {
    let names = prop::sample::select(vec![
        "content",
        "platforms",
        "time",
        "draft",
        "overrides",
        "media",
        "dry_run",
        "confirm",
        "allow_duplicate",
        "undo_seconds",
        "recurrence",
        "idempotency_key",
        "other",
    ]);
    let texts = prop_oneof![
        any::<String>(),
        prop::sample::select(vec![
            "now",
            "next-slot",
            "facebook",
            "2028-01-01T00:00:00Z",
            "facebook:"
        ])
        .prop_map(str::to_owned),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        texts.prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,8}", inner, 0..4)
                .prop_map(|map| map.into_iter().collect::<Map<_, _>>().into()),
        ]
    });
    (any::<bool>(), prop::collection::btree_map(names, value, 0..6)).prop_map(|(patch, fields)| {
        let fields: Map<String, Value> =
            fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let mut data = vec![u8::from(patch)];
        data.extend(Value::from(fields).to_string().bytes());
        data
    })
}

#[test]
fn no_bytes_make_the_server_fail() {
    let asked = Asked::new();
    let bytes = prop_oneof![prop::collection::vec(any::<u8>(), 0..200), near()];
    // A fixed seed: the same bytes each time.
    let mut runner = TestRunner::new_with_rng(
        Config { cases: 600, failure_persistence: None, ..Config::default() },
        prop::test_runner::TestRng::deterministic_rng(prop::test_runner::RngAlgorithm::ChaCha),
    );
    let checked = runner.run(&bytes, |data| {
        asked.check(&data);
        Ok(())
    });
    checked.unwrap();
}
