//! What the command prints and how it ends.

use std::process::Command;

fn social() -> Command {
    Command::new(env!("CARGO_BIN_EXE_social"))
}

#[test]
fn the_demo_publishes_everything_exactly_once() {
    let output = social().args(["demo", "--json"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_str(said.trim()).unwrap();
    assert_eq!(report["ok"], true, "{report}");
    assert_eq!(report["duplicates"], 0);
    let rows = report["deliveries"].as_array().unwrap();
    assert_eq!(rows.len(), 8);
    for row in rows {
        assert_eq!((&row["status"], &row["visible"]), (&"published".into(), &1.into()), "{row}");
        assert!(row["lateness_ms"].as_i64().unwrap() >= 0, "{row} was early");
    }
}

#[test]
fn a_video_that_is_none_is_refused_with_exit_2() {
    let folder = tempfile::tempdir().unwrap();
    let lie = folder.path().join("clip.mp4");
    std::fs::write(&lie, "not a clip").unwrap();
    let output = social().args(["demo", "--json", "--video"]).arg(&lie).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.starts_with("social: "), "{said}");
}

#[test]
fn an_unknown_word_is_refused_with_exit_2() {
    let output = social().arg("publish-all").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}
