//! Uploads go on where they stopped, whatever stopped them.

use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::json;
use social::core::ports::{Request, Response, Transport, TransportError};
use social::sim::{Fault, FaultKind, SimConfig};
use social::{Account, Override, PostRequest, PostStatus};

use super::*;

/// A clip that goes up, and in how many pieces.
struct Upload {
    platform: Platform,
    account: &'static str,
    format: Option<&'static str>,
    operation: &'static str,
    pieces: usize,
}

const LEN: usize = 2_000_000;

/// Networks that take a quarter of that at a time, and keep no copies.
fn config(seed: u64) -> SimConfig {
    let mut config = SimConfig::default().with_seed(seed);
    config.meta.video_chunk = LEN as u64 / 4;
    config.linkedin.video_part = LEN as u64 / 4;
    (config.keep_uploads, config.check_media) = (false, false);
    config
}

fn uploads() -> Vec<Upload> {
    let upload = |platform, format, operation, pieces| {
        let account = if platform == Platform::LINKEDIN { "member" } else { "" };
        Upload { platform, account, format, operation, pieces }
    };
    vec![
        upload(Platform::TIKTOK, None, "tiktok.upload", 2),
        upload(Platform::FACEBOOK, None, "facebook.videos_transfer", 4),
        upload(Platform::LINKEDIN, None, "linkedin.video_upload", 4),
        upload(Platform::INSTAGRAM, None, "instagram.rupload", 1),
        upload(Platform::FACEBOOK, Some("reel"), "facebook.rupload", 1),
    ]
}

impl Upload {
    async fn request(&self, world: &World, social: &Social, clip: &Bytes) -> PostRequest {
        let accounts = world.connect(social, &self.platform).await;
        let fits = |it: &&Account| self.account.is_empty() || it.kind == self.account;
        let account = accounts.iter().find(fits).unwrap();
        let mut request = world.request(social, account, "Long", std::slice::from_ref(clip)).await;
        if let Some(format) = self.format {
            let options = json!({ "format": format }).as_object().unwrap().clone();
            let own = Override { content: None, options };
            request.overrides.insert(self.platform.clone(), own);
        }
        request
    }

    fn sent(&self, world: &World) -> usize {
        world.sim.calls().iter().filter(|call| call.operation == self.operation).count()
    }
}

/// The process dies at each point of the run in turn: the next one sends again no more than the
/// piece that was under way.
#[tokio::test]
async fn after_a_crash_no_piece_that_arrived_goes_up_again() {
    let long = long_clip(21 << 20).await;
    let clip = long_clip(LEN).await;
    for upload in uploads() {
        let clip = if upload.platform == Platform::TIKTOK { &long } else { &clip };
        let mut at = 0;
        loop {
            let world = World::with(config(13));
            let cutter = Cutter::new(Mode::Crash, Some(at));
            let post = {
                let social = world.engine().await;
                let request = upload.request(&world, &social, clip).await;
                social.posts().schedule_post(request).await.unwrap()
            };
            let social =
                world.engine_cut(&(world.store.clone() as Arc<dyn Backend>), &cutter).await;
            let first = world.run(&social, post).await.filter(|_| !cutter.is_dead());
            if first.is_some() {
                break;
            }
            world.clock.advance(Duration::from_secs(5));
            let view = world.run(&world.engine().await, post).await.unwrap();
            assert_eq!(view.status, PostStatus::Published, "{} at {at}", upload.operation);
            let (sent, pieces) = (upload.sent(&world), upload.pieces);
            let place = cutter.place();
            assert!(
                (pieces..=pieces + 1).contains(&sent),
                "{}, cut at {place}: {sent} pieces went up in place of {pieces}",
                upload.operation
            );
            at += 1;
        }
        assert!(at > 10, "{}: only {at} cuts", upload.operation);
    }
}

/// Where each request to an upload address began, as its header says.
#[derive(Debug)]
struct Offsets {
    inner: Arc<dyn Transport>,
    seen: Mutex<Vec<u64>>,
}

#[async_trait]
impl Transport for Offsets {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        if let Some(offset) = request.headers().get("offset") {
            self.seen.lock().unwrap().push(offset.to_str().unwrap().parse().unwrap());
        }
        self.inner.send(request).await
    }
}

/// A connection breaks in the middle of the one request that carries all bytes.
#[tokio::test]
async fn what_arrived_of_a_broken_upload_is_not_sent_again() {
    let clip = long_clip(LEN).await;
    for upload in uploads().into_iter().filter(|upload| upload.pieces == 1) {
        let world = World::with(config(14));
        let cut = FaultKind::ConnectionCut { bytes: 700_000 };
        world.sim.add_fault(Fault::on(upload.operation, cut).nth(1));
        let seen = Mutex::default();
        let offsets = Arc::new(Offsets { inner: world.transport(), seen });
        let social = world.engine_on(world.store.clone(), offsets.clone()).await;
        let request = upload.request(&world, &social, &clip).await;
        let post = social.posts().schedule_post(request).await.unwrap();
        let view = world.run(&social, post).await.unwrap();
        assert_eq!(view.status, PostStatus::Published, "{:#?}", view.deliveries);
        assert_eq!(*offsets.seen.lock().unwrap(), [0, 700_000], "{}", upload.operation);
    }
}
