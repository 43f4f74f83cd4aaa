//! Every statement fits the schema, and keeps to one workspace.

use sqlx::{Connection as _, Executor as _, SqlSafeStr as _, SqliteConnection};

use super::{content, jobs, journal, schema, tenants};
use crate::sqlite::migrations::MIGRATIONS;

fn all() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    [tenants::ALL, content::ALL, journal::ALL, jobs::ALL, schema::ALL].into_iter().flatten()
}

#[tokio::test]
async fn every_statement_prepares_against_the_migrated_schema() {
    let mut conn = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    for migration in MIGRATIONS {
        conn.execute(sqlx::raw_sql(*migration)).await.unwrap();
    }
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
    "SIGN_IN_EXPIRE",
    "SIGN_IN_TAKE",
    // Told by one relay for all.
    "EVENT_PENDING",
    "EVENT_MARK",
];

#[test]
fn every_statement_about_a_workspace_names_it() {
    let of_tenants = [tenants::ALL, content::ALL, journal::ALL];
    for (name, text) in of_tenants.into_iter().flatten() {
        let scoped = text.contains("workspace_id = ?")
            || (text.starts_with("INSERT") && text.contains("(workspace_id, "))
            || (text.starts_with("INSERT") && text.contains(", workspace_id, "));
        assert_eq!(scoped && !OF_ALL.contains(name), !OF_ALL.contains(name), "{name}: {text}");
    }
}

#[tokio::test]
async fn an_idle_claim_reads_no_more_than_the_head_of_an_index() {
    let mut conn = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    for migration in MIGRATIONS {
        conn.execute(sqlx::raw_sql(*migration)).await.unwrap();
    }
    for (text, index) in [
        (
            concat_plan!("SELECT due_at FROM job WHERE ready = 1 ORDER BY due_at LIMIT 1"),
            "job_ready",
        ),
        (
            concat_plan!(
                "SELECT lease_until FROM job WHERE state = 1 ORDER BY lease_until LIMIT 1"
            ),
            "job_leased",
        ),
        (
            concat_plan!(
                "SELECT id FROM job WHERE lane = ?1 AND state = 0 \
                 ORDER BY due_at, priority, id LIMIT 1"
            ),
            "job_lane",
        ),
    ] {
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(text).fetch_all(&mut conn).await.unwrap();
        let plan: Vec<String> = plan.into_iter().map(|step| step.3).collect();
        let plan = plan.join("; ");
        assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{text}: {plan}");
    }
}

macro_rules! concat_plan {
    ($text:literal) => {
        concat!("EXPLAIN QUERY PLAN ", $text)
    };
}
use concat_plan;
