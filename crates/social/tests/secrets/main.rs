//! Secrets are in nothing that is written: logs, traces, errors, the journal, events.
//!
//! The secrets are planted: the app's, and every token that publishing used. Networks answer well,
//! fail, and repeat what they were sent, as gateways do.
//!
//! A program of its own: what is logged where no one listens is forgotten for the whole process,
//! and other tests log without a listener.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "tests")]

#[allow(dead_code, reason = "shared with the other tests")]
#[path = "../it/receiver.rs"]
mod receiver;
mod warnings;
#[allow(dead_code, reason = "shared with the other tests")]
#[path = "../it/world.rs"]
mod world;

use std::io::Write;
use std::sync::{Arc, Mutex};

use secrecy::ExposeSecret as _;
use serde_json::json;
use social::core::engine::explain;
use social::core::ports::TokenManager as _;
use social::sim::{Fault, FaultKind};
use social::{Override, Platform, Scheduler as _, Social};
use tracing_subscriber::fmt::format::FmtSpan;

use crate::world::{World, clip, picture};

/// Everything that is logged, at the finest level.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Hears all that this thread tells from now on: events, and every span from its beginning to
    /// its end, which is what a collector of traces gets.
    pub(crate) fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let writer = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        tracing_subscriber::util::SubscriberInitExt::set_default(subscriber)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn networks() -> [(Platform, &'static str, bool); 4] {
    [
        (Platform::INSTAGRAM, "instagram.media_publish", true),
        (Platform::FACEBOOK, "facebook.videos_finish", true),
        (Platform::LINKEDIN, "linkedin.posts_create", false),
        (Platform::TIKTOK, "tiktok.status_fetch", true),
    ]
}

/// Publishes once with this going wrong, and gives back what was written and what is secret.
async fn written(
    platform: &Platform,
    operation: &str,
    film: bool,
    kind: FaultKind,
) -> (String, Vec<String>) {
    let world = World::new(5);
    let social: Social = world.engine().await;
    let account = world.connect(&social, platform).await.remove(0);
    let ws = social.workspace();
    let tokens = social::core::engine::Tokens::new(social.ports().clone());
    let auth = tokens.account_auth(ws, account.id).await.unwrap();
    let token = auth.token.expose_secret().to_owned();
    let kind = match kind {
        FaultKind::Answer { status, performed, .. } => {
            // A gateway that shows what it was asked.
            let body = json!({"error": {"message": format!("cannot serve access_token={token}"),
                "code": "internal_error", "log_id": "1"}});
            FaultKind::Answer { status, body: body.to_string(), performed }
        }
        other => other,
    };
    world.sim.add_fault(Fault::on(operation, kind).nth(1));
    let media = if film { clip().await } else { picture(40) };
    let mut request = world.request(&social, &account, "Good morning", &[media]).await;
    let comment = json!({"first_comment": "More inside"});
    if *platform != Platform::TIKTOK {
        let options = comment.as_object().unwrap().clone();
        request.overrides.insert(platform.clone(), Override { content: None, options });
    }
    let post = social.posts().schedule_post(request).await.unwrap();
    let view = world.run(&social, post).await.unwrap();
    world.work_for(&social, std::time::Duration::from_secs(3600)).await;
    let mut written = format!("{view:?}");
    for delivery in &view.deliveries {
        let story = explain(social.ports(), ws, delivery.id).await.unwrap();
        written.push_str(&serde_json::to_string(&story).unwrap());
        written.push_str(&format!("{story:?}"));
    }
    let app = social::AppCredentials::new("sim-app", "sim-secret");
    written.push_str(&format!("{auth:?} {app:?}"));
    (written, vec![token, "sim-secret".to_owned()])
}

#[test]
fn planted_secrets_are_in_nothing_that_is_written() {
    let log = Log::default();
    let _guard = log.listen();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for (platform, operation, film) in networks() {
            for kind in [
                FaultKind::AnswerLost,
                FaultKind::ServerErrorAfter { status: 500 },
                FaultKind::ExpiredToken,
                FaultKind::Answer { status: 502, body: String::new(), performed: false },
            ] {
                let (written, secrets) = written(&platform, operation, film, kind.clone()).await;
                let logged = log.text();
                assert!(!written.is_empty() && !logged.is_empty());
                for secret in &secrets {
                    for (what, text) in [("log", &logged), ("journal", &written)] {
                        if let Some(at) = text.find(secret.as_str()) {
                            let start =
                                text[..at].char_indices().rev().nth(80).map_or(0, |it| it.0);
                            panic!(
                                "{platform} {kind:?}: a secret is in the {what}: {}…",
                                &text[start..at]
                            );
                        }
                    }
                }
            }
        }
    });
    // The spans were there to be looked at.
    let traced = log.text();
    for span in ["delivery{", "step{", "close"] {
        assert!(traced.contains(span), "no span {span}");
    }
}
