//! Looking after an engine at a prompt: its health, its queue, copies of what it holds.

use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::kit::{json, social};

fn run(data: &Path, args: &[&str]) -> Output {
    social().args(args).arg("--data").arg(data).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A data folder with a key in it.
fn folder() -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    let made = run(data.path(), &["key", "create", "--name", "mine"]);
    assert!(made.status.success(), "{}", said(&made));
    data
}

fn keys(data: &Path) -> Vec<Value> {
    let list = run(data, &["key", "list"]);
    json(&list)["items"].as_array().unwrap().clone()
}

#[test]
fn the_doctor_says_of_each_part_how_it_is() {
    let data = folder();
    let output = run(data.path(), &["doctor", "--json"]);
    let answer = json(&output);
    let checks = answer["checks"].as_array().unwrap();
    for part in ["configuration", "store", "queue", "blobs", "keys", "clock"] {
        let check = checks.iter().find(|check| check["part"] == part);
        assert_eq!(check.unwrap_or_else(|| panic!("{part}: {answer}"))["ok"], true, "{answer}");
    }
    let all = checks.iter().all(|check| check["ok"] == true);
    assert_eq!(output.status.code(), Some(if all { 0 } else { 2 }), "{answer}");
}

#[test]
fn the_doctor_says_what_to_do() {
    let data = folder();
    // The keys of another engine.
    let other = folder();
    std::fs::copy(other.path().join("keys"), data.path().join("keys")).unwrap();
    let output = run(data.path(), &["doctor", "--json"]);
    let answer = json(&output);
    let keys = answer["checks"].as_array().unwrap().iter().find(|check| check["part"] == "keys");
    let keys = keys.unwrap();
    assert_eq!((&keys["ok"], output.status.code()), (&Value::Bool(false), Some(2)));
    assert!(keys["fix"].as_str().unwrap().contains("Put back"), "{answer}");

    let nowhere = data.path().join("nowhere");
    let output = run(&nowhere, &["doctor", "--json"]);
    assert_eq!(json(&output)["checks"][0]["part"], "data", "{}", said(&output));
    assert!(!nowhere.exists(), "it made what it was to look at");
}

#[test]
fn addresses_are_read_before_anybody_goes_there() {
    let data = tempfile::tempdir().unwrap();
    for (flag, address, what) in [
        ("--database", "mysql://me:hunter2@host/name", "database"),
        ("--redis", "http://me:hunter2@host", "redis"),
        ("--bucket", "ftp://me:hunter2@host", "bucket"),
    ] {
        for command in [&["serve", "--check"][..], &["doctor"][..]] {
            let output = run(data.path(), &[command, &[flag, address]].concat());
            let all = said(&output) + &String::from_utf8_lossy(&output.stdout);
            assert_eq!(output.status.code(), Some(2), "{command:?} {flag}: {all}");
            assert!(all.contains(what) && !all.contains("hunter2"), "{command:?} {flag}: {all}");
        }
    }
}

#[test]
fn jobs_are_listed_and_one_that_is_not_there_is_told() {
    let data = folder();
    for args in [&["jobs", "list"][..], &["jobs", "list", "--parked"]] {
        let output = run(data.path(), args);
        assert_eq!(json(&output)["items"], Value::Array(Vec::new()), "{}", said(&output));
    }
    for verb in ["retry", "park"] {
        let output = run(data.path(), &["jobs", verb, "job_01JD3V9K7N3Q5R7T9V1X3Z5B7D"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains("there is no job"), "{}", said(&output));
    }
}

#[test]
fn everything_is_exported_and_imported() {
    let data = folder();
    let file = data.path().join("all.ndjson");
    let name = file.to_str().unwrap();
    let output = run(data.path(), &["export", name, "--with-secrets"]);
    assert!(output.status.success(), "{}", said(&output));
    let again = run(data.path(), &["export", name]);
    assert_eq!(again.status.code(), Some(2), "it does not overwrite: {}", said(&again));
    let other = tempfile::tempdir().unwrap();
    let taken = run(other.path(), &["import", name]);
    assert!(taken.status.success(), "{}", said(&taken));
    assert!(json(&taken)["new"].as_u64().unwrap() >= 2);
    assert_eq!(json(&run(other.path(), &["import", name]))["new"], 0);
    assert_eq!(keys(other.path()), keys(data.path()));

    let plain = run(data.path(), &["export"]);
    assert!(said(&plain).contains("left out"), "{}", said(&plain));
    let plain = String::from_utf8(plain.stdout).unwrap();
    assert!(plain.lines().next().unwrap().contains("header"), "{plain}");
    assert!(!plain.contains("\"key\""), "{plain}");
}

#[test]
fn a_backup_is_restored_where_nothing_is() {
    let data = folder();
    let copy = data.path().join("copy.db");
    let output = run(data.path(), &["backup", copy.to_str().unwrap()]);
    assert!(output.status.success(), "{}", said(&output));
    let kept = keys(data.path());
    assert!(run(data.path(), &["key", "create", "--name", "later"]).status.success());
    let there = run(data.path(), &["restore", copy.to_str().unwrap()]);
    assert!(!there.status.success(), "it took the place of a database");
    let other = tempfile::tempdir().unwrap();
    let output = run(other.path(), &["restore", copy.to_str().unwrap()]);
    assert!(output.status.success(), "{}", said(&output));
    std::fs::copy(data.path().join("keys"), other.path().join("keys")).unwrap();
    assert_eq!(keys(other.path()), kept);
}
