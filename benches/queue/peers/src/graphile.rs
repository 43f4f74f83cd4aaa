//! graphile_worker, the Rust port of graphile-worker.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use graphile_worker::{
    IntoTaskHandlerResult, JobSpecBuilder, LocalQueueConfig, RawJobSpec, RefetchDelayConfig,
    TaskHandler, WorkerContext, WorkerOptions, WorkerUtils,
};
use serde_json::{Value, json};
use sqlx::postgres::PgPoolOptions;

use crate::told::{BATCH, Options, Payload, Record, put_in};
use crate::{Result, database, fresh};

const DATABASE: &str = "peer_graphile_rs";
const SCHEMA: &str = "graphile_worker";

static RECORD: OnceLock<Record> = OnceLock::new();

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Publish(Payload);

impl TaskHandler for Publish {
    const IDENTIFIER: &'static str = "publish";

    async fn run(self, _: WorkerContext) -> impl IntoTaskHandlerResult {
        RECORD.get_or_init(Record::default).ran(&self.0);
        Ok::<(), String>(())
    }
}

fn spec(job: Payload) -> Result<RawJobSpec> {
    let due = chrono::DateTime::from_timestamp_millis(job.due).ok_or("an instant")?;
    let payload = serde_json::to_value(job)?;
    let spec = JobSpecBuilder::new().run_at(due).build();
    Ok(RawJobSpec { identifier: "publish".into(), payload, spec })
}

pub(crate) async fn run(phase: &str, options: Options) -> Result<Value> {
    if phase == "reset" {
        let pool = PgPoolOptions::new().connect(&fresh(DATABASE).await?).await?;
        WorkerUtils::new(pool, SCHEMA).migrate().await.map_err(|error| error.to_string())?;
        return Ok(json!({}));
    }
    let connections = u32::try_from(options.conc + 4)?;
    let pool =
        PgPoolOptions::new().max_connections(connections).connect(&database(DATABASE)?).await?;
    if phase == "enqueue" {
        let utils = WorkerUtils::new(pool, SCHEMA);
        let start = Instant::now();
        for from in (0..options.n).step_by(BATCH) {
            let to = (from + BATCH).min(options.n);
            let jobs = (from..to).map(|seq| spec(options.job(seq))).collect::<Result<Vec<_>>>()?;
            utils.add_raw_jobs(&jobs).await.map_err(|error| error.to_string())?;
        }
        return Ok(put_in(&options, start));
    }
    let record = RECORD.get_or_init(Record::default).clone();
    let refetch = RefetchDelayConfig::default().with_duration(Duration::from_millis(50));
    let local = LocalQueueConfig::default()
        .with_size((options.conc * 4).max(100))
        .with_refetch_delay(refetch);
    let worker = WorkerOptions::default()
        .concurrency(options.conc)
        .schema(SCHEMA)
        .define_job::<Publish>()
        .pg_pool(pool.clone())
        .listen_os_shutdown_signals(false)
        .poll_interval(Duration::from_millis(100))
        .complete_job_batch_delay(Duration::from_millis(2))
        .local_queue(local)
        .init()
        .await
        .map_err(|error| error.to_string())?;
    tokio::spawn(async move {
        if let Err(error) = worker.run().await {
            eprintln!("the worker ended: {error}");
        }
    });
    let left = "SELECT count(*) FROM graphile_worker._private_jobs";
    let settled = async || {
        let left = sqlx::query_scalar::<_, i64>(left).fetch_one(&pool).await;
        left.is_ok_and(|left| left == 0)
    };
    Ok(record.all(&options, settled).await)
}
