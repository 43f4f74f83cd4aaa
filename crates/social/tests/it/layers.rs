//! The house's layers, held by what cargo knows of it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--all-features"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// For each member, its normal dependencies by name.
fn members(metadata: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let members: BTreeSet<&str> = metadata["workspace_members"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let packages = metadata["packages"].as_array().unwrap();
    packages
        .iter()
        .filter(|package| members.contains(package["id"].as_str().unwrap()))
        .map(|package| {
            let normal = package["dependencies"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|dependency| dependency["kind"].is_null())
                .map(|dependency| dependency["name"].as_str().unwrap().to_owned())
                .collect();
            (package["name"].as_str().unwrap().to_owned(), normal)
        })
        .collect()
}

#[test]
fn siblings_never_depend_on_each_other() {
    let members = members(&metadata());
    for (name, dependencies) in &members {
        let own: Vec<&String> =
            dependencies.iter().filter(|dependency| members.contains_key(*dependency)).collect();
        match name.as_str() {
            "social-core" => assert_eq!(own, Vec::<&String>::new()),
            // An executable, as the command is.
            "social-media-worker" => assert_eq!(own, ["social-core", "social-media"]),
            "social" | "social-cli" | "examples" | "benches" => {}
            _ => assert_eq!(own, ["social-core"], "{name} is a sibling of what it depends on"),
        }
    }
}

#[test]
fn the_core_knows_no_network_no_database_and_no_codec() {
    let metadata = metadata();
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let names: BTreeMap<&str, &str> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| (package["id"].as_str().unwrap(), package["name"].as_str().unwrap()))
        .collect();
    let core = names.iter().find(|(_, name)| **name == "social-core").unwrap().0;
    let mut seen = BTreeSet::from([*core]);
    let mut open = vec![*core];
    while let Some(id) = open.pop() {
        let node = nodes.iter().find(|node| node["id"] == id).unwrap();
        for dependency in node["deps"].as_array().unwrap() {
            let normal = dependency["dep_kinds"]
                .as_array()
                .unwrap()
                .iter()
                .any(|kind| kind["kind"].is_null());
            let id = dependency["pkg"].as_str().unwrap();
            if normal && seen.insert(id) {
                open.push(id);
            }
        }
    }
    let seen: BTreeSet<&str> = seen.iter().map(|id| names[id]).collect();
    assert!(seen.contains("tokio"), "the walk found too little: {seen:?}");
    for banned in ["reqwest", "hyper", "sqlx", "rusqlite", "redis", "axum", "image", "ffmpeg-next"]
    {
        assert!(!seen.contains(banned), "social-core depends on {banned}");
    }
}

#[test]
fn every_licence_is_permissive() {
    const FINE: &[&str] = &[
        "MIT",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "Unicode-3.0",
        "Zlib",
        "BSL-1.0",
        "0BSD",
        "CC0-1.0",
        "CDLA-Permissive-2.0",
        "MIT-0",
        "Unlicense",
        "WTFPL",
        "OpenSSL",
        "Apache-2.0 WITH LLVM-exception",
    ];
    let metadata = metadata();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or_default();
        // An `OR` offers a choice: one fine alternative is enough. An `AND` offers none.
        let fine = licence.replace('/', " OR ").split(" AND ").all(|part| {
            part.split(" OR ").any(|one| {
                let one = one.trim_matches(|c: char| c == '(' || c == ')' || c.is_whitespace());
                FINE.contains(&one)
            })
        });
        assert!(fine, "{name} is under `{licence}`");
    }
}
