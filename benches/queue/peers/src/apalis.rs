//! apalis on PostgreSQL.

use std::time::{Duration, Instant};

use apalis::prelude::*;
use apalis_postgres::{Config, PostgresStorage};
use serde_json::{Value, json};
use sqlx::postgres::PgPoolOptions;

use crate::told::{BATCH, Options, Payload, Record, put_in};
use crate::{Result, database, fresh};

const DATABASE: &str = "peer_apalis";

fn task(job: Payload) -> Task<Payload> {
    // It keeps whole seconds.
    let due = u64::try_from(job.due / 1000).unwrap_or(0);
    TaskBuilder::new(job).run_at_timestamp(due).build()
}

async fn ran(job: Payload, record: Data<Record>) -> std::result::Result<(), BoxDynError> {
    record.ran(&job);
    Ok(())
}

pub(crate) async fn run(phase: &str, options: Options) -> Result<Value> {
    if phase == "reset" {
        let pool = PgPoolOptions::new().connect(&fresh(DATABASE).await?).await?;
        PostgresStorage::setup(&pool).await?;
        return Ok(json!({}));
    }
    let pool = PgPoolOptions::new().max_connections(10).connect(&database(DATABASE)?).await?;
    let config = Config::default().queue("bench");
    if phase == "enqueue" {
        let mut storage: PostgresStorage<Payload> =
            PostgresStorage::new(&pool).with_config(config);
        let start = Instant::now();
        for from in (0..options.n).step_by(BATCH) {
            let to = (from + BATCH).min(options.n);
            let tasks: Vec<_> = (from..to).map(|seq| task(options.job(seq))).collect();
            let tasks = futures::stream::iter(tasks);
            storage.push_all(tasks).await.map_err(|error| error.to_string())?;
        }
        return Ok(put_in(&options, start));
    }
    let record = Record::default();
    let config = config.batch_size(200).lock_tasks(false).heartbeat_interval(Duration::from_secs(5));
    let storage: PostgresStorage<Payload> = PostgresStorage::new(&pool).with_config(config);
    let worker = WorkerBuilder::new("bench-worker")
        .backend(storage.poll_with_interval(Duration::from_millis(50)))
        .data(record.clone())
        .concurrency(options.conc)
        .parallelize(tokio::spawn)
        .build(ran);
    let runtime = tokio::runtime::Handle::current();
    std::thread::spawn(move || {
        runtime.block_on(async move {
            if let Err(error) = worker.run().await {
                eprintln!("the worker ended: {error}");
            }
        });
    });
    let left = "SELECT count(*) FROM apalis.jobs WHERE status IN ('Queued', 'Running')";
    let settled = async || {
        let left = sqlx::query_scalar::<_, i64>(left).fetch_one(&pool).await;
        left.is_ok_and(|left| left == 0)
    };
    Ok(record.all(&options, settled).await)
}
