//! The skill, held against what its clients take and against the contract.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::kit::{json, social};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../skill/skills/social-media-automation")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap()
}

/// The front matter as its lines, and the body.
fn skill() -> (Vec<(String, String)>, String) {
    let text = read("SKILL.md");
    let rest = text.strip_prefix("---\n").unwrap();
    let (head, body) = rest.split_once("\n---\n").unwrap();
    let pair = |line: &str| {
        let (key, value) = line.split_once(": ").unwrap_or_else(|| panic!("no pair: {line}"));
        (key.to_owned(), value.to_owned())
    };
    (head.lines().map(pair).collect(), body.to_owned())
}

fn field(name: &str) -> String {
    skill().0.into_iter().find(|(key, _)| key == name).unwrap().1
}

#[test]
fn the_front_matter_is_what_the_clients_take() {
    const ALLOWED: [&str; 11] = [
        "name",
        "description",
        "homepage",
        "license",
        "allowed-tools",
        "user-invocable",
        "disable-model-invocation",
        "command-dispatch",
        "command-tool",
        "command-arg-mode",
        "metadata",
    ];
    for (key, _) in skill().0 {
        assert!(ALLOWED.contains(&key.as_str()), "{key} is refused");
    }
    let name = field("name");
    assert!((1..=64).contains(&name.len()));
    assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
    assert_eq!(Path::new(&name).as_os_str(), folder().file_name().unwrap());
    let description = field("description");
    assert!(description.chars().count() < 160, "{}", description.len());
    assert!(!description.contains(['<', '>', ':']), "YAML would read it otherwise");
}

#[test]
fn both_clients_are_told_the_same() {
    let metadata: Value = serde_json::from_str(&field("metadata")).unwrap();
    let (new, old) = (&metadata["openclaw"], &metadata["clawdbot"]);
    for key in ["emoji", "requires", "primaryEnv"] {
        assert!(!new[key].is_null(), "{key}");
        assert_eq!(new[key], old[key], "{key}");
    }
    assert_eq!(new["primaryEnv"], "SOCIAL_API_TOKEN");
    assert_eq!(new["skillKey"].as_str().unwrap(), field("name"));
}

#[test]
fn every_variable_that_is_mentioned_is_declared() {
    let metadata: Value = serde_json::from_str(&field("metadata")).unwrap();
    let declared: BTreeSet<&str> = metadata["openclaw"]["envVars"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variable| {
            assert!(variable["required"].is_boolean() && variable["description"].is_string());
            variable["name"].as_str().unwrap()
        })
        .collect();
    let required: Vec<&str> = metadata["openclaw"]["requires"]["env"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    assert!(required.iter().all(|name| declared.contains(name)));
    for file in FILES {
        let text = read(file);
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        for word in words.filter(|word| {
            word.contains('_')
                && word.starts_with(|c: char| c.is_ascii_uppercase())
                && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        }) {
            assert!(declared.contains(word), "{file} mentions {word}");
        }
    }
}

const FILES: [&str; 5] = [
    "SKILL.md",
    "skill.yaml",
    "references/http.md",
    "references/errors.md",
    "references/platforms.md",
];

#[test]
fn the_body_is_short_and_says_what_an_agent_must_know() {
    let (_, body) = skill();
    assert!(body.len() < 3000, "{} bytes", body.len());
    for word in [
        "--dry-run",
        "--file",
        "--idempotency-key",
        "offset",
        "`fix`",
        "pending_approval",
        "approve_url",
        "Never approve",
        "{baseDir}/references/http.md",
        "social mcp",
    ] {
        assert!(body.contains(word), "{word}");
    }
    for file in FILES.iter().filter(|file| file.starts_with("references/")) {
        assert!(body.contains(file), "{file} is named nowhere");
    }
}

/// The top level of the configuration: texts, and lists of texts.
fn configuration(key: &str) -> Vec<String> {
    let text = read("skill.yaml");
    let mut lines = text.lines().skip_while(|line| !line.starts_with(&format!("{key}:")));
    let first = lines.next().unwrap().split_once(':').unwrap().1.trim().to_owned();
    if !first.is_empty() {
        return vec![first];
    }
    lines.map_while(|line| line.strip_prefix("  - ")).map(str::to_owned).collect()
}

#[test]
fn the_configuration_is_the_one_of_the_contract() {
    assert_eq!(configuration("name"), ["social-media-automation"]);
    assert_eq!(configuration("version"), ["1.0.0"]);
    assert_eq!(configuration("permissions"), ["web_access", "file_storage", "scheduler"]);
    assert_eq!(configuration("endpoints"), ["/api/posts", "/api/analytics", "/api/accounts"]);
}

#[test]
fn the_plugin_names_the_same_version_and_starts_the_tools() {
    let root = folder().join("../..");
    let file = |name: &str| -> Value {
        serde_json::from_str(&std::fs::read_to_string(root.join(name)).unwrap()).unwrap()
    };
    assert_eq!(file("plugin.json")["version"].as_str().unwrap(), configuration("version")[0]);
    assert_eq!(file("plugin.json")["name"].as_str().unwrap(), field("name"));
    let server = &file("mcp.json")["mcpServers"]["social"];
    assert_eq!((&server["command"], &server["args"][0]), (&"social".into(), &"mcp".into()));
}

#[test]
fn every_option_that_the_skill_names_exists() {
    let (_, body) = skill();
    let help = |name: &str| {
        let output = social().args([name, "--help"]).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let all: String = ["post", "edit", "posts", "analytics"].map(|name| help(name).1).concat();
    for code in body.split('`').skip(1).step_by(2) {
        if let Some(command) = code.strip_prefix("social ") {
            let name = command.split(' ').next().unwrap();
            assert!(help(name).0, "there is no `social {name}`");
        }
        for option in code.split(' ').filter(|word| word.starts_with("--")) {
            assert!(all.contains(option), "{option} is no option");
        }
    }
}

#[test]
fn it_installs_all_of_itself() {
    let place = tempfile::tempdir().unwrap();
    let output = social().args(["skill", "install", "--dir"]).arg(place.path()).output().unwrap();
    assert_eq!(json(&output)["name"], "social-media-automation");
    for file in FILES {
        let copy = place.path().join("social-media-automation").join(file);
        assert_eq!(std::fs::read_to_string(copy).unwrap(), read(file));
    }
}
