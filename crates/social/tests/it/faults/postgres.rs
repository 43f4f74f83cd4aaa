//! The same promise on PostgreSQL: a sample of the cuts, since each run takes a hundred times as
//! long there.

use social::core::ports::ManualClock;
use social::store::PostgresStore;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use super::*;
use crate::world::START;

/// Of so many cuts one is tried; which one differs from flow to flow.
const ONE_OF: usize = 5;

/// Flows of each network, and what follows them.
const FLOWS: [&str; 6] = [
    "facebook text",
    "facebook first comment",
    "instagram image",
    "linkedin member text",
    "linkedin organization image",
    "tiktok video",
];

/// A schema of its own, emptied for each run and dropped in the end.
struct Schema {
    conn: PgConnection,
    name: String,
    store: Arc<PostgresStore>,
}

impl Schema {
    async fn new(name: &str) -> Self {
        let server = crate::servers::url("postgres");
        let mut conn = PgConnection::connect(&server).await.unwrap();
        let name = format!("faults_{name}_{}", std::process::id());
        conn.execute(AssertSqlSafe(format!("CREATE SCHEMA {name}"))).await.unwrap();
        let url = format!("{server}?options[search_path]={name}");
        let clock = Arc::new(ManualClock::new(social::Timestamp::from_secs(START)));
        let store = Arc::new(PostgresStore::connect(&url, clock).await.unwrap());
        Self { conn, name, store }
    }

    /// The store with nothing in it.
    async fn emptied(&mut self) -> Arc<dyn Backend> {
        // A unit of the last run may still be on its way back.
        drop(social::core::ports::Store::begin(&*self.store).await.unwrap());
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT tablename FROM pg_tables WHERE schemaname = $1 AND tablename <> 'schema_change'",
        )
        .bind(&self.name)
        .fetch_all(&mut self.conn)
        .await
        .unwrap();
        let tables: Vec<_> =
            tables.iter().map(|table| format!("{}.\"{table}\"", self.name)).collect();
        let empty = format!("TRUNCATE {} CASCADE", tables.join(", "));
        self.conn.execute(AssertSqlSafe(empty)).await.unwrap();
        self.store.clone()
    }

    async fn drop(mut self) {
        drop(self.store);
        let end = format!("DROP SCHEMA {} CASCADE", self.name);
        self.conn.execute(AssertSqlSafe(end)).await.unwrap();
    }
}

async fn sample(case: &Case, place: usize, schema: &mut Schema) -> Tally {
    let mut tally = Tally::default();
    for mode in [Mode::Crash, Mode::Loss, Mode::Garbled] {
        let store = schema.emptied().await;
        let points = run(case, mode, None, Some(store), &mut tally).await;
        for at in (place % ONE_OF..points).step_by(ONE_OF) {
            let store = schema.emptied().await;
            run(case, mode, Some(at), Some(store), &mut tally).await;
        }
    }
    tally
}

#[test]
fn a_sample_of_cuts_on_postgres() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let cases = runtime().block_on(cases());
    let cases: Vec<&Case> = cases.iter().filter(|case| FLOWS.contains(&case.name)).collect();
    assert_eq!(cases.len(), FLOWS.len());
    let half = |half: usize| -> Vec<(usize, &Case)> {
        cases.iter().copied().enumerate().filter(|(n, _)| n % 2 == half).collect()
    };
    let tallies: Vec<(&str, Tally)> = std::thread::scope(|scope| {
        let threads = [0, 1].map(|number| {
            let cases = half(number);
            scope.spawn(move || {
                runtime().block_on(async {
                    let mut schema = Schema::new(&number.to_string()).await;
                    let mut done = Vec::new();
                    for (n, case) in cases {
                        done.push((case.name, sample(case, n * 5, &mut schema).await));
                    }
                    schema.drop().await;
                    done
                })
            })
        });
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let mut all = Tally::default();
    for (name, tally) in &tallies {
        println!("  {name:<36} {:>4} cuts on PostgreSQL: {}", tally.cuts, tally.verdict());
        all.add(tally);
    }
    println!(
        "faults: on PostgreSQL cuts {}, duplicates {}, lost {}, unconfirmed {}",
        all.cuts, all.duplicates, all.lost, all.unconfirmed
    );
    assert!(all.cuts > 100, "only {} cuts were tried", all.cuts);
    assert_eq!((all.duplicates, all.lost, all.unconfirmed, all.wrong), (0, 0, 0, 0));
}
