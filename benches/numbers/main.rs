//! Rolling up a million snapshots, and the heaviest report on them: a year of a workspace that
//! posts two hundred times a day on ten accounts. Lines `bar NAME FIGURE goal G ok|short`.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::future_not_send,
    clippy::disallowed_methods,
    reason = "a bench"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use social_core::Timestamp;
use social_core::domain::{
    AccountId, DeliveryId, Dimension, Measured, Metric, Metrics, Platform, PostId, Snapshot,
    TimeSpan, WorkspaceId,
};
use social_core::ports::{IdSource as _, SeededIds, Store, SystemClock, SystemIds};
use social_core::statistics::{midnight, utc_day};
use social_store::{PostgresStore, SqliteStore};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

const POSTS: u64 = 71_500;
/// How many of the newest have whole snapshots; those of the rest have the same numbers, and their
/// document is filling of the usual length.
const WHOLE: u64 = 200;
const DAY: u64 = 24 * 3600;
/// At which ages, in minutes, each post was read.
const AGES: [u64; 14] =
    [1, 10, 60, 180, 360, 720, 1440, 2880, 4320, 5760, 7200, 10_080, 20_160, 43_200];
const HASHTAGS: u64 = 300;
/// As many as the engine rolls up in one transaction.
const BATCH: u32 = 1000;

fn ws() -> WorkspaceId {
    WorkspaceId::from_uuid(SeededIds::new(1).uuid(Timestamp::UNIX_EPOCH))
}

fn now() -> Timestamp {
    Timestamp::from_secs(1_800_000_000)
}

fn measured() -> Vec<Measured> {
    let ids = SeededIds::new(7);
    let accounts: Vec<AccountId> = (0..10).map(|_| AccountId::from_uuid(ids.uuid(now()))).collect();
    let networks = [Platform::INSTAGRAM, Platform::FACEBOOK, Platform::LINKEDIN, Platform::TIKTOK];
    let one = |n: u64| {
        let account = ids.below(10) as usize;
        let at = now() - Duration::from_secs((POSTS - n) * 365 * DAY / POSTS);
        let mut keys = BTreeSet::from([
            (Dimension::All, String::new()),
            (Dimension::Account, accounts[account].to_string()),
            (Dimension::Hour, format!("{}-{:02}", ["mon", "thu"][n as usize % 2], n % 24)),
            (Dimension::Campaign, format!("campaign {}", n / 7150)),
        ]);
        for _ in 0..3 {
            keys.insert((Dimension::Hashtag, format!("tag{}", ids.below(HASHTAGS))));
        }
        Measured {
            workspace_id: ws(),
            delivery_id: DeliveryId::from_uuid(ids.uuid(at)),
            post_id: PostId::from_uuid(ids.uuid(at)),
            account_id: accounts[account],
            platform: networks[account % 4].clone(),
            remote_id: Some(n.to_string()),
            published_at: at,
            keys,
            next_at: None,
        }
    };
    (0..POSTS).map(one).collect()
}

/// Writes what is measured, and the whole snapshots of the newest.
async fn begin(store: &Arc<dyn Store>, all: &[Measured]) {
    for some in all.chunks(1000) {
        let mut unit = store.begin().await.unwrap();
        for measured in some {
            unit.analytics().measure(measured).await.unwrap();
        }
        unit.commit().await.unwrap();
    }
    let mut unit = store.begin().await.unwrap();
    for of in &all[all.len() - WHOLE as usize..] {
        for (k, age) in (1..).zip(AGES) {
            let base = of.published_at.as_secs() as u64 % 997;
            let values = [
                (Metric::Views, base * 40 * k),
                (Metric::Reach, base * 30 * k),
                (Metric::Likes, base * k),
                (Metric::Comments, base * k / 9),
                (Metric::Shares, base * k / 17),
            ];
            let metrics = Metrics {
                values: BTreeMap::from(values),
                missing: BTreeMap::from([(Metric::Impressions, "counted as views".to_owned())]),
                raw: BTreeMap::new(),
            };
            let taken_at = of.published_at + Duration::from_secs(age * 60);
            let snapshot = Snapshot {
                workspace_id: ws(),
                delivery_id: of.delivery_id,
                account_id: of.account_id,
                taken_at,
                metrics,
            };
            unit.analytics().put(&snapshot).await.unwrap();
        }
    }
    unit.commit().await.unwrap();
}

/// The statement that writes all other snapshots, `ages` being rows of `k` and `age`.
fn fill(ages: &str, filling: &str) -> String {
    let before = (now() - Duration::from_secs(WHOLE * 365 * DAY / POSTS)).as_millis();
    let base = "(m.published_at / 1000 % 997)";
    format!(
        "INSERT INTO snapshot (workspace_id, delivery_id, taken_at, views, reach, likes, comments,
            shares, doc)
        SELECT m.workspace_id, m.delivery_id, m.published_at + a.age * 60000, {base} * 40 * a.k,
            {base} * 30 * a.k, {base} * a.k, {base} * a.k / 9, {base} * a.k / 17, {filling}
        FROM measured AS m, {ages} AS a WHERE m.published_at < {before} ON CONFLICT DO NOTHING"
    )
}

fn ages(text: impl Fn(usize, u64) -> String) -> String {
    let rows: Vec<String> = AGES.iter().enumerate().map(|(k, age)| text(k + 1, *age)).collect();
    rows.join(", ")
}

async fn roll_up(store: &Arc<dyn Store>) -> u64 {
    let mut all = 0;
    loop {
        let mut unit = store.begin().await.unwrap();
        let rolled = unit.analytics().roll_up(ws(), BATCH).await.unwrap();
        unit.commit().await.unwrap();
        all += rolled;
        if rolled < u64::from(BATCH) {
            return all;
        }
    }
}

/// What the dashboard asks for at most: 90 days by all that there is.
async fn report(store: &Arc<dyn Store>) -> usize {
    let mut unit = store.read().await.unwrap();
    let span = TimeSpan { from: now() - Duration::from_secs(90 * DAY), to: now() };
    let (first, last) = (utc_day(span.from + Duration::from_secs(DAY)), utc_day(span.to));
    let head = TimeSpan { from: span.from, to: midnight(first) };
    let tail = TimeSpan { from: midnight(last), to: span.to };
    let before = utc_day(span.from - Duration::from_secs(90 * DAY));
    let numbers = unit.analytics();
    let mut rows = numbers.tallied(ws(), first, last, &Dimension::ALL).await.unwrap().len();
    for part in [head, tail] {
        rows += numbers.counted(ws(), part, &Dimension::ALL).await.unwrap().len();
        rows += numbers.counted(ws(), part, &[Dimension::All]).await.unwrap().len();
    }
    rows += numbers.tallied_daily(ws(), first, last).await.unwrap().len();
    rows += numbers.tallied(ws(), before, first, &[Dimension::All]).await.unwrap().len();
    rows += numbers.best(ws(), span, &[], 5).await.unwrap().len();
    rows += numbers.gained(ws(), first, last).await.unwrap().len();
    for platform in [Platform::INSTAGRAM, Platform::FACEBOOK, Platform::LINKEDIN, Platform::TIKTOK]
    {
        rows += usize::from(numbers.newest(ws(), &platform, span).await.unwrap().is_some());
    }
    rows
}

fn bar(name: &str, figure: f64, unit: &str, goal: f64) {
    let ok = if figure <= goal { "ok" } else { "short" };
    println!("bar {name} {figure:.2} {unit} goal {goal} {ok}");
}

async fn measure(
    name: &str,
    store: Arc<dyn Store>,
    goal: f64,
    fill: impl AsyncFnOnce(),
    tidy: impl AsyncFnOnce(),
) {
    begin(&store, &measured()).await;
    fill().await;
    let start = Instant::now();
    let rolled = roll_up(&store).await;
    bar(&format!("roll_up_million_{name}"), start.elapsed().as_secs_f64(), "s", goal);
    println!("{name}: {rolled} posts of {} snapshots rolled up", POSTS * AGES.len() as u64);
    tidy().await;
    let mut times = Vec::new();
    let mut rows = 0;
    for _ in 0..11 {
        let start = Instant::now();
        rows = report(&store).await;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    bar(&format!("report_90_days_{name}"), times[5], "ms", 50.0);
    println!("{name}: the report has {rows} rows");
}

#[tokio::main]
async fn main() {
    let clock = Arc::new(SystemClock::new());
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open_in(folder.path(), clock.clone()).await.unwrap();
    let file = folder.path().join("social.db");
    let sql = fill(
        &format!(
            "(SELECT column1 AS k, column2 AS age FROM (VALUES {}))",
            ages(|k, age| format!("({k}, {age})"))
        ),
        "printf('%.*c', 400, 'x')",
    );
    let filled = async || {
        let conn = rusqlite::Connection::open(&file).unwrap();
        conn.execute_batch(&sql).unwrap();
    };
    measure("sqlite", Arc::new(store), 20.0, filled, async || {}).await;

    let server = std::env::var("SOCIAL_TEST_POSTGRES").expect("run it by `make bench-numbers`");
    let schema = format!("bench_{}", SystemIds.uuid(now()).simple());
    let mut conn = PgConnection::connect(&server).await.unwrap();
    conn.execute(AssertSqlSafe(format!("CREATE SCHEMA {schema}"))).await.unwrap();
    let url = format!("{server}?options[search_path]={schema}");
    let store = PostgresStore::connect(&url, clock).await.unwrap();
    let sql = fill(
        &format!("(VALUES {})", ages(|k, age| format!("({k}::bigint, {age}::bigint)"))),
        "repeat('x', 400)",
    )
    .replace(" AS a WHERE", " AS a (k, age) WHERE");
    let at = url.clone();
    let filled = async || {
        let mut conn = PgConnection::connect(&at).await.unwrap();
        conn.execute(AssertSqlSafe(sql)).await.unwrap();
        conn.execute("ANALYZE").await.unwrap();
    };
    // As the server does by itself from time to time.
    let tidied = async || {
        let mut conn = PgConnection::connect(&url).await.unwrap();
        conn.execute("VACUUM ANALYZE").await.unwrap();
    };
    measure("postgres", Arc::new(store), 10.0, filled, tidied).await;
    conn.execute(AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE"))).await.unwrap();
}
