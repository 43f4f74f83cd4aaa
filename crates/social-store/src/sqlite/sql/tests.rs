//! Every statement fits the schema, and keeps to one workspace.

use rusqlite::Connection;

use super::{
    content, identity, jobs, journal, numbers, people, schema, series, tenants, waiting, webhooks,
    words,
};
use crate::sqlite::migrations::MIGRATIONS;

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

fn migrated() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    for migration in MIGRATIONS {
        conn.execute_batch(migration).unwrap();
    }
    conn
}

#[test]
fn every_statement_prepares_against_the_migrated_schema() {
    let conn = migrated();
    for (name, text) in all() {
        let prepared = conn.prepare(text);
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
        let read = text.contains("workspace_id = ?1");
        let write = text.starts_with("INSERT") && text.contains("workspace_id, ");
        assert!(read || write || OF_ALL.contains(name), "{name}: {text}");
    }
}

#[test]
fn no_statement_of_the_queue_reads_all_jobs() {
    let conn = migrated();
    // For those who look from time to time, and nobody who works.
    let work = jobs::ALL.iter().filter(|(name, _)| !["BACKLOG", "JOB_LIST"].contains(name));
    for (name, text) in work.chain(&[("EVENT_PENDING", journal::EVENT_PENDING)]) {
        let mut explain = conn.prepare(&format!("EXPLAIN QUERY PLAN {text}")).unwrap();
        let mut plan = explain.raw_query();
        while let Some(row) = plan.next().unwrap() {
            let step: String = row.get("detail").unwrap();
            let scan = step.starts_with("SCAN") && !step.contains("INDEX");
            let constant = step.contains("CONSTANT ROW") || step.starts_with("SCAN pulse");
            assert!(constant || !scan, "{name} scans a table: {step}");
            assert!(!step.contains("TEMP B-TREE"), "{name} sorts: {step}");
        }
    }
}
