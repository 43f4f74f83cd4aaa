//! Every statement fits the schema, and keeps to one workspace.

use sqlx::{Connection as _, Executor as _, SqlSafeStr as _, SqliteConnection};

use super::{content, identity, jobs, journal, people, schema, series, tenants, waiting, webhooks};
use crate::sqlite::migrations::MIGRATIONS;
use crate::sqlite::statement::{Batch, statement};

fn all() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    [
        tenants::ALL,
        identity::ALL,
        people::ALL,
        content::ALL,
        journal::ALL,
        jobs::ALL,
        schema::ALL,
        webhooks::ALL,
        waiting::ALL,
        series::ALL,
    ]
    .into_iter()
    .flatten()
}

async fn migrated() -> SqliteConnection {
    let mut conn = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    for migration in MIGRATIONS {
        conn.execute(sqlx::raw_sql(*migration)).await.unwrap();
    }
    conn
}

#[tokio::test]
async fn every_statement_prepares_against_the_migrated_schema() {
    let mut conn = migrated().await;
    for (name, text) in all() {
        let prepared = conn.prepare((*text).into_sql_str()).await;
        assert!(prepared.is_ok(), "{name} does not prepare: {}", prepared.err().unwrap());
    }
}

#[test]
fn every_statement_keeps_its_numbers_among_others() {
    for (name, text) in all() {
        let mut batch = Batch::default();
        batch.push(statement(text)).unwrap();
        assert_eq!(batch.sql().replace('$', "?"), format!("{text};").replace('$', "?"), "{name}");
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
    "EVENT_MARK",
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
];

#[test]
fn every_statement_about_a_workspace_names_it() {
    let of_tenants = [
        tenants::ALL,
        identity::ALL,
        people::ALL,
        content::ALL,
        journal::ALL,
        webhooks::ALL,
        series::ALL,
    ];
    let asked =
        ["JOB_GET", "JOB_PARKED", "JOB_LIST", "JOB_SET_ASIDE", "JOB_TAKE_OUT", "JOB_UNPARK"];
    let lists = jobs::ALL.iter().filter(|(name, _)| asked.contains(name));
    for (name, text) in of_tenants.into_iter().flatten().chain(lists) {
        let read = text.contains("workspace_id = ?1");
        let write = text.starts_with("INSERT") && text.contains("workspace_id, ");
        assert!(read || write || OF_ALL.contains(name), "{name}: {text}");
    }
}

#[tokio::test]
async fn no_statement_of_the_queue_reads_all_jobs() {
    let mut conn = migrated().await;
    // For those who look from time to time, and nobody who works.
    let work = jobs::ALL.iter().filter(|(name, _)| !["BACKLOG", "JOB_LIST"].contains(name));
    for (name, text) in work.chain(&[("EVENT_PENDING", journal::EVENT_PENDING)]) {
        // Not run: the text is one of our constants.
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}"));
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(explain).fetch_all(&mut conn).await.unwrap();
        for (_, _, _, step) in plan {
            let scan = step.starts_with("SCAN") && !step.contains("INDEX");
            let constant = step.contains("CONSTANT ROW") || step.starts_with("SCAN pulse");
            assert!(constant || !scan, "{name} scans a table: {step}");
            assert!(!step.contains("TEMP B-TREE"), "{name} sorts: {step}");
        }
    }
}
