//! Every statement fits the schema, keeps to one workspace, and has its index.

use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, SqlSafeStr as _,
};

use super::{
    content, identity, jobs, journal, numbers, people, schema, series, tenants, waiting, webhooks,
    words,
};
use crate::postgres::migrations::migrate;
use crate::postgres::open::SETTINGS;

#[path = "../../../tests/it/servers.rs"]
mod servers;

use servers::Schema;
use social_core::Timestamp;

fn all() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    [
        tenants::ALL,
        identity::ALL,
        people::ALL,
        content::ALL,
        journal::ALL,
        numbers::ALL,
        jobs::ALL,
        schema::ALL,
        webhooks::ALL,
        waiting::ALL,
        words::ALL,
        series::ALL,
    ]
    .into_iter()
    .flatten()
}

async fn migrated() -> (PgConnection, Schema) {
    let schema = Schema::new().await;
    let mut conn = schema.other().await;
    migrate(&mut conn, Timestamp::UNIX_EPOCH).await.unwrap();
    (conn, schema)
}

#[tokio::test]
async fn every_statement_prepares_against_the_migrated_schema() {
    let (mut conn, _schema) = migrated().await;
    for (name, text) in all() {
        let prepared = conn.prepare((*text).into_sql_str()).await;
        assert!(prepared.is_ok(), "{name} does not prepare: {}", prepared.err().unwrap());
    }
}

/// Statements that span workspaces because their port does.
const OF_ALL: &[&str] = &[
    // All tenants.
    "WORKSPACE_INSERT",
    "WORKSPACE_GET",
    "WORKSPACE_LIST",
    "WORKSPACE_SET_KEY",
    // Found by the secret that the person brings back.
    "SIGN_IN_GET",
    "SIGN_IN_EXPIRE",
    "SIGN_IN_TAKE",
    // Who asks is known by the secret alone.
    "API_KEY_BY_HASH",
    "PERSON_BY_EMAIL",
    "PERSON_BY_SUBJECT",
    "SESSION_BY_HASH",
    "INVITATION_GET",
    // Told by one relay for all.
    "EVENT_PENDING",
    "EVENT_PENDING_HELD",
    "EVENT_MARK",
    "EVENT_MARK_UNHEARD",
    // Cleared away by one worker for all.
    "KEY_DUE",
    "UPLOAD_EXPIRED",
    "CHOICE_EXPIRE",
    "RENDITION_RESTING",
    "RENDITION_BYTES",
    "RENDITION_HELD",
    // Found by the token that a person holds.
    "CHOICE_GET",
    // Bytes are stored once for all.
    "ASSET_HELD",
    "EVENT_PRUNE",
    "MESSAGE_PRUNE",
    // Rolled up by workers for all.
    "STALE",
];

#[test]
fn every_statement_about_a_workspace_names_it() {
    let of_tenants = [
        tenants::ALL,
        identity::ALL,
        people::ALL,
        content::ALL,
        journal::ALL,
        numbers::ALL,
        webhooks::ALL,
        words::ALL,
        series::ALL,
    ];
    let asked =
        ["JOB_GET", "JOB_PARKED", "JOB_LIST", "JOB_SET_ASIDE", "JOB_TAKE_OUT", "JOB_UNPARK"];
    let lists = jobs::ALL.iter().filter(|(name, _)| asked.contains(name));
    for (name, text) in of_tenants.into_iter().flatten().chain(lists) {
        let read = text.contains("workspace_id = $1");
        let write = text.starts_with("INSERT") && text.contains("workspace_id, ");
        assert!(read || write || OF_ALL.contains(name), "{name}: {text}");
    }
}

/// A table of many rows for each statement to go wrong on: two workspaces, one of them large.
const FILL: &str = "
    CREATE FUNCTION u(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
        AS $$ SELECT lpad(to_hex(n), 32, '0')::uuid $$;
    INSERT INTO workspace SELECT u(n), 'w', '', 0 FROM generate_series(1, 2000) n;
    INSERT INTO account SELECT u(n % 50), u(n), u(n), 'facebook', n::text, 'n', NULL, 'page', NULL,
        '{}', 0, NULL FROM generate_series(1, 10000) n;
    INSERT INTO grants SELECT u(n % 50), u(n), 'facebook', n::text, '[]', '', NULL, NULL, NULL,
        'active', NULL, 1 FROM generate_series(1, 10000) n;
    INSERT INTO sign_in SELECT n::text, u(n % 50), 'facebook', '', '', n
        FROM generate_series(1, 10000) n;
    INSERT INTO post SELECT u(n % 50), u(n), n, 1, repeat('x', 300) FROM generate_series(1, 10000) n;
    ALTER TABLE delivery DISABLE TRIGGER USER;
    INSERT INTO delivery SELECT u(n % 50), u(n), u(n / 2), u(n % 1000), 'scheduled', n, 1,
        repeat('x', 300), (ARRAY['facebook', 'tiktok'])[1 + n % 2] FROM generate_series(1, 30000) n;
    ALTER TABLE delivery ENABLE TRIGGER USER;
    INSERT INTO choice SELECT u(n), 'facebook', n::text, '[]', '', n
        FROM generate_series(1, 10000) n;
    INSERT INTO series SELECT u(n % 50), u(n), 1, '{}' FROM generate_series(1, 10000) n;
    INSERT INTO occurrence SELECT u(n % 50), u(n / 10), n::text, NULL, '{}'
        FROM generate_series(1, 10000) n;
    INSERT INTO quiet_hours SELECT u(n % 50), u(n), '{}' FROM generate_series(1, 10000) n;
    INSERT INTO slot_plan SELECT u(n % 50), u(n), '{}' FROM generate_series(1, 10000) n;
    INSERT INTO upload SELECT u(n % 50), u(n), n, n % 5 = 0, n, 1, '{}'
        FROM generate_series(1, 10000) n;
    INSERT INTO webhook SELECT u(n % 50), u(n), 1, '{}' FROM generate_series(1, 10000) n;
    INSERT INTO webhook_message SELECT u(n % 50), u(n), u(n % 1000),
        (ARRAY['pending', 'delivered'])[1 + n % 2], n, 1, repeat('x', 200)
        FROM generate_series(1, 30000) n;
    INSERT INTO person SELECT u(n % 50), u(n), n::text, 'i', n::text, NULL, NULL, 1, '{}'
        FROM generate_series(1, 10000) n;
    INSERT INTO session SELECT u(n % 50), u(n), u(n / 3), u(n / 2), n::text, n, n, NULL, NULL
        FROM generate_series(1, 10000) n;
    INSERT INTO invitation SELECT u(n % 50), n::text, 'invite', 'client', n::text, n
        FROM generate_series(1, 10000) n;
    INSERT INTO attempt (workspace_id, id, delivery_id, started_at, doc)
        SELECT u(n % 50), u(n), u(n / 3), n, repeat('x', 200) FROM generate_series(1, 30000) n;
    INSERT INTO job SELECT u(n), u(n % 50), 'publish', n::text,
        CASE WHEN n % 2 = 0 THEN u(n % 5000) END, n % 5, 2000000000000 + n * 13, 0, 0, 0, 12, NULL,
        '{}' FROM generate_series(1, 60000) n;
    UPDATE job SET state = 1, lease_until = 1900000000000 + due_at % 1000
        WHERE lane IS NULL AND due_at % 500 < 9;
    ANALYZE job;
    SELECT order_lanes(array_agg(DISTINCT lane)) FROM job WHERE lane IS NOT NULL;
    INSERT INTO job_parked SELECT u(n), u(n % 50), 'publish', '{}', '', n
        FROM generate_series(1, 10000) n;
    INSERT INTO pulse VALUES (1, 0);
    INSERT INTO asset SELECT u(n % 50), u(n), n::text, '{}' FROM generate_series(1, 10000) n;
    INSERT INTO rendition SELECT u(n % 50), n::text, n::text, n, n, '{}' FROM generate_series(1, 10000) n;
    INSERT INTO snapshot (workspace_id, delivery_id, taken_at, likes, doc)
        SELECT u(n % 50), u(n / 8), n, n, repeat('x', 200) FROM generate_series(1, 30000) n;
    INSERT INTO measured (workspace_id, delivery_id, account_id, platform, published_at, next_at,
            read_at, stale, rolled, likes, doc)
        SELECT u(n % 50), u(n), u(n % 1000), 'facebook', n * 86400000::bigint, n, n, n % 100 = 0, true, n,
            repeat('x', 200) FROM generate_series(1, 30000) n;
    INSERT INTO measured_key SELECT u(n % 50), u(n), 'all', '' FROM generate_series(1, 30000) n;
    INSERT INTO measured_day (workspace_id, delivery_id, day, likes)
        SELECT u(n % 50), u(n), n, n FROM generate_series(1, 30000) n;
    INSERT INTO tally SELECT u(n % 50), 'all', n, 'facebook', '',
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, n
        FROM generate_series(1, 30000) n;
    INSERT INTO gain SELECT u(n % 50), n, 'facebook', 1, 1, 1, 1, 1, 1, 1, 1, 1
        FROM generate_series(1, 30000) n;
    INSERT INTO outbox (id, workspace_id, told_at, doc)
        SELECT u(n), u(n % 50), nullif(n % 4, 0), repeat('x', 200) FROM generate_series(1, 10000) n;
    INSERT INTO request_key SELECT u(n % 50), n::text, n, '{}' FROM generate_series(1, 10000) n;
    INSERT INTO api_key SELECT u(n % 50), u(n), n::text, NULL, NULL, '{}'
        FROM generate_series(1, 10000) n;
    INSERT INTO voice SELECT u(n), '{}' FROM generate_series(1, 10000) n;
    INSERT INTO experiment SELECT u(n % 50), u(n), '{}' FROM generate_series(1, 10000) n;
    INSERT INTO trial SELECT u(n % 50), u(n / 9), n, u(n), '{}' FROM generate_series(1, 10000) n;
    INSERT INTO audit (workspace_id, doc) SELECT u(n % 50), repeat('x', 200)
        FROM generate_series(1, 10000) n;
    INSERT INTO confirmation SELECT u(n % 50), n::text, '', '', n FROM generate_series(1, 10000) n;
    INSERT INTO quota_block SELECT n::text, n FROM generate_series(1, 10000) n;
    ANALYZE;";

/// Statements that mean to read a whole table or index, each of one row, or of all that is asked
/// for; and one that is no statement to be explained.
const WHOLE: &[&str] = &[
    "WORKSPACE_LIST",
    "VERSION",
    "LAST_CLAIM",
    "BACKLOG",
    "RENDITION_BYTES",
    "READ",
    "STALE",
    // Asked by a person, seldom: an index of its own would cost every post something.
    "JOB_LIST",
];

#[tokio::test]
async fn a_filled_database_is_read_by_its_indexes() {
    let (mut conn, _schema) = migrated().await;
    conn.execute(sqlx::raw_sql(FILL)).await.unwrap();
    no_statement_reads_a_whole_table(&mut conn).await;
    a_look_at_a_large_queue_reads_few_pages(&mut conn).await;
    ending_a_unit_reads_no_whole_table(&mut conn).await;
}

/// Statements that want the first rows of an index.
const HEADS: &[&str] = &["NEXT", "EVENT_PENDING", "EVENT_PENDING_HELD", "EVENT_MARK_UNHEARD"];

async fn no_statement_reads_a_whole_table(conn: &mut PgConnection) {
    // The plan that a prepared statement comes to have, whatever its values.
    conn.execute("SET plan_cache_mode = force_generic_plan").await.unwrap();
    for (name, value) in SETTINGS {
        conn.execute(AssertSqlSafe(format!("SET {name} = '{value}'"))).await.unwrap();
    }
    for (name, text) in all().filter(|(name, _)| !WHOLE.contains(name)) {
        let prepare = format!("PREPARE asked AS {text}");
        conn.execute(AssertSqlSafe(prepare)).await.unwrap();
        let count = "SELECT cardinality(parameter_types) FROM pg_prepared_statements
            WHERE name = 'asked'";
        let count: i32 = sqlx::query_scalar(count).fetch_one(&mut *conn).await.unwrap();
        let values = vec!["NULL"; usize::try_from(count).unwrap()].join(", ");
        let values = if values.is_empty() { values } else { format!("({values})") };
        let explain = sqlx::raw_sql(AssertSqlSafe(format!("EXPLAIN EXECUTE asked{values}")));
        let plan = explain.fetch_all(&mut *conn).await.unwrap();
        let plan: Vec<String> = plan.iter().map(|row| row.get(0)).collect();
        let plan = plan.join("\n");
        assert!(!plan.contains("Seq Scan on"), "{name} has no index:\n{plan}");
        // Nor may it read a whole index, but for its head.
        for (place, _) in plan.match_indices("Scan using ") {
            let node = plan[place..].split("->").next().unwrap_or_default();
            let sought = node.contains("Index Cond:") || HEADS.contains(name);
            assert!(sought, "{name} reads a whole index:\n{plan}");
        }
        conn.execute("DEALLOCATE asked").await.unwrap();
    }
}

/// The buffers that a statement touched, by what the server itself counts.
async fn buffers(conn: &mut PgConnection, statement: String) -> (u64, String) {
    let explain = format!("EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) {statement}");
    let rows = sqlx::raw_sql(AssertSqlSafe(explain)).fetch_all(conn).await.unwrap();
    let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    // The first line that tells is of the whole; what planning read comes after.
    let line = plan.iter().find(|line| line.contains("Buffers:")).expect("buffers are told");
    let count = line.split_whitespace().filter_map(|word| word.split_once('='));
    let count = count.filter(|(what, _)| matches!(*what, "hit" | "read"));
    (count.map(|(_, number)| number.parse::<u64>().unwrap()).sum(), plan.join("\n"))
}

async fn a_look_at_a_large_queue_reads_few_pages(conn: &mut PgConnection) {
    conn.execute("VACUUM ANALYZE job, lane").await.unwrap();
    // A worker's connection has looked before, and knows where the indexes begin.
    let next = jobs::NEXT.replace("$1", "9");
    conn.execute(AssertSqlSafe(next.clone())).await.unwrap();
    let (idle, plan) = buffers(conn, next).await;
    assert!(idle < 10, "an idle look reads {idle} pages of 60,000 jobs:\n{plan}");
    // Nothing is due, and a claim says so as cheaply.
    let values = [
        ("$1", "1900000000000"),
        ("$2", "50"),
        ("$3", "1"),
        ("$4", "9"),
        ("$5", "'{}'"),
        ("$6", "'{}'"),
    ];
    let claim =
        values.iter().fold(jobs::CLAIM.to_owned(), |text, (name, value)| text.replace(name, value));
    conn.execute(AssertSqlSafe(claim.clone())).await.unwrap();
    let (claim, plan) = buffers(conn, claim).await;
    assert!(claim < 10, "a claim that gets nothing reads {claim} pages:\n{plan}");
}

async fn ending_a_unit_reads_no_whole_table(conn: &mut PgConnection) {
    let mut transaction = conn.begin().await.unwrap();
    let end = "SELECT order_lanes(ARRAY[u(2), u(4), u(999999)]),
            append_events(ARRAY[u(1), u(2)], ARRAY[u(999998), u(999999)], ARRAY['{}', '{}'])";
    transaction.execute(end).await.unwrap();
    // A post goes with its deliveries.
    let change = "UPDATE delivery SET status = 'published' WHERE workspace_id = u(2) AND id = u(2)";
    transaction.execute(change).await.unwrap();
    let scans = "SELECT relname::text FROM pg_stat_xact_user_tables
        WHERE schemaname = current_schema() AND seq_scan > 0";
    let scans: Vec<String> = sqlx::query_scalar(scans).fetch_all(&mut *transaction).await.unwrap();
    assert_eq!(scans, Vec::<String>::new());
    transaction.rollback().await.unwrap();
}
