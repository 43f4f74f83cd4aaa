//! A publish job whole: claim, fence, the simulated network on this machine, journal, outbox.
//!
//! Four processes of the released command (`social work`) publish what this process wrote through
//! the library. The simulated networks run in this process, and their ledger judges: what became
//! visible when, what twice and what never. A post is words on a Facebook Page: one request makes
//! it unseen, one shows it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use social::core::ports::SystemClock;
use social::sim::{FacebookPage, FacebookUser, Ledger, Sim, SimConfig, SimServer};
use social::{AccountId, Platform, PostRequest, Scheduler as _, Social, Target, Timestamp};
use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::task::JoinSet;

use crate::bars::Bars;
use crate::ours::schema;
use crate::{medians, say};

const WORKERS: usize = 4;
/// How many jobs a worker has under way.
const CONCURRENCY: usize = 16;
/// Each of them is a lane.
const PAGES: usize = 200;
/// How many posts are due at once.
const AT_ONCE: usize = 5000;
/// How many are due within the same minute.
const IN_A_MINUTE: usize = 10_000;
/// How many are written at a time.
const WRITERS: usize = 8;
/// How long before their minute posts are written. The workers prepare them meanwhile, as they do
/// up to ten minutes ahead.
const AHEAD: Duration = Duration::from_secs(150);
/// By how much the clocks of two processes may differ.
const CLOCKS: Duration = Duration::from_millis(50);
/// What is missing after so long without another post is missing for good.
const PATIENCE: Duration = Duration::from_secs(30);

/// Both bars, and what the ledger says of all posts that took part.
pub(crate) async fn run(bars: &mut Bars) {
    let names = ["publish-whole", "publish-minute-p99-milliseconds"];
    if !names.iter().any(|name| bars.wants(name)) {
        return;
    }
    let (mut twice, mut missing) = (0, 0);
    let mut judge = |stage: &Stage, ledger: &Ledger| {
        twice += ledger.duplicates().iter().map(|group| group.len() - 1).sum::<usize>();
        missing += stage.due.len() - stage.late(ledger).len();
    };
    if bars.wants("publish-whole") {
        let rate = medians(async || {
            let mut stage = Stage::begin().await;
            let now = stage.now();
            stage.write(AT_ONCE, |_| now).await;
            let ledger = stage.publish(stage.workers()).await;
            judge(&stage, &ledger);
            rate(&ledger)
        })
        .await;
        say("ours, posts published by four processes", rate);
        bars.least("publish-whole", rate, 1000.0);
    }
    if bars.wants("publish-minute-p99-milliseconds") {
        let mut stage = Stage::begin().await;
        let workers = stage.workers();
        let (minute, step) = (stage.now() + AHEAD, 60_000 / IN_A_MINUTE);
        let due = |place| minute + Duration::from_millis((place * step) as u64);
        stage.write(IN_A_MINUTE, due).await;
        assert!(stage.now() < minute, "the posts were not written in time");
        let ledger = stage.publish(workers).await;
        judge(&stage, &ledger);
        let mut late = stage.late(&ledger);
        late.sort_by(f64::total_cmp);
        let p99 = late.get(late.len() * 99 / 100).copied().unwrap_or(f64::MAX);
        bars.most("publish-minute-p99-milliseconds", p99, 1000.0);
    }
    bars.most("publish-duplicates", twice as f64, 0.0);
    bars.most("publish-missing", missing as f64, 0.0);
}

/// Posts a second, from the first that became visible to the last.
fn rate(ledger: &Ledger) -> f64 {
    let times = || ledger.live().map(|entry| entry.visible_at);
    let (first, last) = (times().min().unwrap(), times().max().unwrap());
    (ledger.live().count() - 1) as f64 / last.since(first).as_secs_f64()
}

/// Everything that takes part but the workers.
struct Stage {
    social: Social,
    networks: SimServer,
    url: String,
    folder: tempfile::TempDir,
    pages: Vec<AccountId>,
    /// When each text is due.
    due: BTreeMap<String, Timestamp>,
}

impl Stage {
    async fn begin() -> Self {
        let sim = Arc::new(Sim::new(networks(), Arc::new(SystemClock::new())));
        let networks = SimServer::start(sim, ([127, 0, 0, 1], 0).into()).await.unwrap();
        let (url, folder) = (schema().await, tempfile::tempdir().unwrap());
        let social = Social::builder()
            .data_dir(folder.path())
            .database(url.clone())
            .simulators(&networks.base_url)
            .build()
            .await
            .unwrap();
        let pages = connect(&social, &networks.sim).await;
        assert_eq!(pages.len(), PAGES);
        Self { social, networks, url, folder, pages, due: BTreeMap::new() }
    }

    fn now(&self) -> Timestamp {
        self.social.ports().clock.now()
    }

    /// Writes posts that are due then, one page after the other.
    async fn write(&mut self, count: usize, due: impl Fn(usize) -> Timestamp) {
        let start = Instant::now();
        let text = |place| format!("The {place}th cup of the day is on the house.");
        self.due = (0..count).map(|place| (text(place), due(place))).collect();
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            let social = self.social.clone();
            let requests: Vec<_> = (writer..count)
                .step_by(WRITERS)
                .map(|place| {
                    let account = Some(self.pages[place % PAGES]);
                    let page = Target { platform: Platform::FACEBOOK, account };
                    let request = PostRequest::new(social.workspace(), text(place), [page]);
                    // What is due by now goes out now.
                    if due(place) > self.now() { request.at(due(place)) } else { request }
                })
                .collect();
            writers.spawn(async move {
                for request in requests {
                    social.posts().schedule_post(request).await.unwrap();
                }
            });
        }
        writers.join_all().await;
        say("written", count as f64 / start.elapsed().as_secs_f64());
        // What happened while they were written is told elsewhere, and the server has tidied up.
        let mut conn = PgConnection::connect(&self.url).await.unwrap();
        conn.execute("UPDATE outbox SET told_at = 0 WHERE told_at IS NULL").await.unwrap();
        conn.execute("VACUUM ANALYZE").await.unwrap();
        conn.execute("CHECKPOINT").await.unwrap();
    }

    /// Waits until the workers have published everything, and ends them: what then is visible.
    async fn publish(&self, workers: Workers) -> Ledger {
        let (mut seen, mut since) = (0, Instant::now());
        let last = self.due.values().max().copied().unwrap_or(self.now());
        while seen < self.due.len() && (since.elapsed() < PATIENCE || self.now() < last + PATIENCE)
        {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let visible = self.networks.sim.ledger().entries.len();
            if visible > seen {
                (seen, since) = (visible, Instant::now());
            }
        }
        // The last answers are written down before anybody is ended.
        let since = Instant::now();
        while self.unsettled().await > 0 && since.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        drop(workers);
        self.networks.sim.ledger()
    }

    async fn unsettled(&self) -> i64 {
        let mut conn = PgConnection::connect(&self.url).await.unwrap();
        let count = "SELECT count(*) FROM delivery WHERE status IN ('scheduled', 'publishing')";
        sqlx::query_scalar(count).fetch_one(&mut conn).await.unwrap()
    }

    /// How many milliseconds after its time each post became visible, as the network saw it.
    fn late(&self, ledger: &Ledger) -> Vec<f64> {
        let mut shown: BTreeMap<&str, Timestamp> = BTreeMap::new();
        for entry in ledger.live() {
            shown.entry(&entry.text).or_insert(entry.visible_at);
        }
        let late = |(text, due): (&String, &Timestamp)| {
            let at = shown.get(text.as_str())?;
            assert!(*at + CLOCKS >= *due, "a post went out early");
            Some(at.since(*due).as_secs_f64() * 1000.0)
        };
        self.due.iter().filter_map(late).collect()
    }

    /// The command, several times.
    fn workers(&self) -> Workers {
        let config = self.folder.path().join("social.toml");
        std::fs::write(&config, format!("concurrency = {CONCURRENCY}\n")).unwrap();
        let work = |_| {
            Command::new(command())
                .args(["work", "--simulators", self.networks.base_url.as_str(), "--data"])
                .arg(self.folder.path())
                .arg("--config")
                .arg(&config)
                .env("SOCIAL_DATABASE", &self.url)
                .stdout(Stdio::null())
                .spawn()
                .expect("the command stands beside this program: run it by `make bench-queue`")
        };
        Workers((0..WORKERS).map(work).collect())
    }
}

/// The released command, which is built with this program.
fn command() -> PathBuf {
    std::env::current_exe().unwrap().with_file_name("social")
}

/// Processes that end with this one, whatever happens.
struct Workers(Vec<Child>);

impl Drop for Workers {
    fn drop(&mut self) {
        for worker in &mut self.0 {
            // One that has ended by itself cannot be killed.
            drop(worker.kill());
            drop(worker.wait());
        }
    }
}

/// One person with many Pages, and an app that may ask as often as it likes.
fn networks() -> SimConfig {
    let page = |place| FacebookPage {
        id: format!("1045{place:011}"),
        name: format!("Harbour Coffee {place}"),
        instagram: None,
        ..FacebookPage::default()
    };
    let pages = (0..PAGES).map(page).collect();
    let mut config = SimConfig::default();
    config.meta.users = vec![FacebookUser { pages, ..FacebookUser::default() }];
    (config.meta.app_calls_per_hour, config.meta.account_calls_per_day) = (u32::MAX, u32::MAX);
    config
}

/// Signs the person in, who allows everything.
async fn connect(social: &Social, sim: &Sim) -> Vec<AccountId> {
    let accounts = social.accounts();
    let back = "http://127.0.0.1/callback".parse().unwrap();
    let link = accounts.connect(social.workspace(), &Platform::FACEBOOK, &back).await.unwrap();
    let allow = http::Request::post(link.url.as_str())
        .header("content-type", "application/x-www-form-urlencoded")
        .body("decision=allow".into())
        .unwrap();
    let answer = sim.handle(allow).await.into_answer().unwrap();
    let callback = answer.headers()["location"].to_str().unwrap().parse().unwrap();
    let connected = accounts.finish_with_all(&callback).await.unwrap();
    connected.accounts.iter().map(|account| account.id).collect()
}
