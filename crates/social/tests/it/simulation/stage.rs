//! The world of a run: a store, the networks, and the processes and people on them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use social::core::ports::{BlobStore, SeededIds, Transport};
use social::sim::{Fault, FaultKind, SecondPublish, Sim, SimConfig, SimTransport};
use social::store::{KeyRing, MemoryBlobs, MemoryStore, RingSealer};
use social::{Account, BuildError, EngineConfig, Platform, Social};
use tokio_util::sync::CancellationToken;

use super::broken::Broken;
use super::network::Wire;
use super::process::Process;
use super::store::Reached;
use super::weather::Weather;
use crate::receiver::Receiver;
use crate::world::{AsItIs, FromBlobs, sign_in};

/// Everything that outlives a process.
pub(super) struct Stage {
    pub weather: Arc<Weather>,
    pub sim: Arc<Sim>,
    store: Arc<MemoryStore>,
    blobs: Arc<dyn BlobStore>,
    sealer: Arc<RingSealer>,
    ids: Arc<SeededIds>,
    broken: Option<Broken>,
    /// Whether LinkedIn had enough of us at some time.
    linkedin_throttled: AtomicBool,
}

impl Stage {
    pub(super) fn new(weather: Arc<Weather>, broken: Option<Broken>) -> Self {
        let seed = weather.seed;
        let ids = Arc::new(SeededIds::new(seed));
        let base = "https://media.example/".parse().unwrap();
        let blobs: Arc<dyn BlobStore> =
            Arc::new(MemoryBlobs::new().with_public_base(base, &[7; 32], weather.clone()));
        let mut config =
            SimConfig::default().with_seed(seed).with_fetcher(Arc::new(FromBlobs(blobs.clone())));
        (config.check_media, config.keep_uploads) = (false, false);
        if seed % 2 == 1 {
            // Meta does not say what a second call does; this is the worst of it.
            config.meta.second_publish = SecondPublish::PublishesAgain;
        }
        let sealer = Arc::new(RingSealer::new(KeyRing::generate(&*ids), ids.clone()).unwrap());
        Self {
            sim: Arc::new(Sim::new(config, weather.clone())),
            store: Arc::new(MemoryStore::new()),
            weather,
            blobs,
            sealer,
            ids,
            broken,
            linkedin_throttled: AtomicBool::new(false),
        }
    }

    /// Whether a post in doubt there may stay so: to post it again is the one way to ask, which is no
    /// question any more once LinkedIn refused to be called for as long as it remembers posts.
    pub(super) fn may_stay_in_doubt(&self, platform: &Platform) -> bool {
        *platform == Platform::LINKEDIN && self.linkedin_throttled.load(Ordering::Relaxed)
    }

    fn networks(&self) -> Arc<dyn Transport> {
        Arc::new(SimTransport::with_blobs(self.sim.clone(), self.blobs.clone()))
    }

    /// The engine in a process.
    ///
    /// # Errors
    /// Where the store fails as it starts.
    pub(super) async fn engine(&self, process: &Arc<Process>) -> Result<Social, BuildError> {
        let (broken, process) = (self.broken, process.clone());
        let store = Reached { inner: self.store.clone(), process: process.clone(), broken };
        let wire = Wire { inner: self.networks(), process: process.clone(), broken };
        let config = EngineConfig {
            concurrency: 4,
            poll: Duration::from_secs(20),
            event_poll: Duration::from_secs(120),
            tidy_every: Duration::from_secs(24 * 3600),
            analytics_ages: Vec::new(),
            ..EngineConfig::default()
        };
        Social::builder()
            .store(Arc::new(store))
            .blobs(self.blobs.clone())
            .sealer(self.sealer.clone())
            .clock(process)
            .ids(self.ids.clone())
            .media(Arc::new(AsItIs))
            .simulators(&self.sim.base_url())
            .transport(Arc::new(wire))
            .outbound(Arc::new(Receiver::default()))
            .config(config)
            .build()
            .await
    }

    /// Signs in at two of the networks; the accounts that came of it.
    pub(super) async fn sign_in(&self, social: &Social) -> Vec<Account> {
        let mut networks =
            vec![Platform::INSTAGRAM, Platform::FACEBOOK, Platform::LINKEDIN, Platform::TIKTOK];
        while networks.len() > 2 {
            let one = self.weather.below(networks.len() as u64);
            networks.remove(usize::try_from(one).unwrap());
        }
        let mut accounts = Vec::new();
        for platform in networks {
            accounts.extend(sign_in(&*self.networks(), social, &platform).await);
        }
        accounts
    }

    /// A worker for as long as the run lasts: when its process dies, or is stopped for a new
    /// release, another one takes its place.
    pub(super) async fn work(self: Arc<Self>, number: usize) {
        loop {
            let process = match self.broken {
                Some(Broken::FastClock) if number == 1 => {
                    Process::with_clock(number, &self.weather, 30_000)
                }
                _ => Process::new(number, &self.weather),
            };
            self.live(&process).await;
            self.weather.pass(self.weather.time(15_000)).await;
        }
    }

    /// One process, to its end.
    async fn live(&self, process: &Arc<Process>) {
        // It may die while it starts.
        let social = tokio::select! {
            biased;
            () = process.died() => return,
            social = self.engine(process) => social,
        };
        let Ok(social) = social else { return };
        let stop = CancellationToken::new();
        let mut work = tokio::spawn(social.worker().run(stop.clone()));
        let release = Duration::from_secs(120) + self.weather.time(1_200_000);
        tokio::select! {
            biased;
            () = process.died() => {}
            () = self.weather.pass(release) => {
                self.weather.note(process.number, "is asked to stop");
                stop.cancel();
                tokio::select! {
                    biased;
                    () = process.died() => {}
                    _ = &mut work => {}
                }
            }
        }
        process.kill();
        work.abort();
    }

    /// Things that come over everybody: the common clock jumps, a network has enough of us, a
    /// process freezes.
    pub(super) async fn storms(self: Arc<Self>) {
        if self.weather.is_calm_run() {
            return;
        }
        loop {
            self.weather.pass(self.weather.time(60_000)).await;
            if !self.weather.is_raging() {
                return;
            }
            match self.weather.below(3) {
                0 => {
                    let by = self.weather.time(45_000);
                    self.weather.fault("the clock jumped ahead", 0, &format!("{by:?}"));
                    self.weather.jump(by);
                }
                1 => {
                    let network = ["instagram.*", "facebook.*", "linkedin.*", "tiktok.*"]
                        [usize::try_from(self.weather.below(4)).unwrap()];
                    self.weather.fault("a storm of 429 began", 0, network);
                    if network == "linkedin.*" {
                        self.linkedin_throttled.store(true, Ordering::Relaxed);
                    }
                    let minutes = u32::try_from(self.weather.below(2)).unwrap();
                    let storm = Fault::on(network, FaultKind::RateLimited { minutes });
                    self.sim.add_fault(storm.probability(0.8));
                    self.weather.pass(self.weather.time(30_000)).await;
                    self.sim.clear_faults();
                }
                _ => {}
            }
        }
    }

    /// A clip that the networks take: nobody looks into it here.
    pub(super) fn clip() -> Bytes {
        Bytes::from_static(b"a clip, as far as anybody here can tell")
    }
}
