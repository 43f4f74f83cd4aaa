//! The server as a process: its configuration, its start, its end, its keys.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::kit::{Served, json, social};

#[test]
fn everything_that_is_wrong_with_a_configuration_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("social.toml"),
        r#"
            listen = "everywhere"
            log_format = "xml"
            concurrency = 0
            platform_total = "many"
            undo_seconds = -1
            allowed_origins = ["https://app.example.com/"]
            lisen = "a slip"
            [networks.myspace]
            client_id = "1"
            [networks.linkedin]
            client_secret_env = "SOCIAL_TEST_SECRET_THAT_IS_NOT_SET"
            versions = ["202609 until soon", "202611"]
            [networks.tiktok]
            client_id = "1"
            client_secret_file = "no-such-file"
            colour = "blue"
        "#,
    )
    .unwrap();
    let output = social()
        .args(["serve", "--check", "--public-url", "http://social.example.com"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    for part in [
        "listen: `everywhere`",
        "log_format: `xml`",
        "`concurrency` must be",
        "`platform_total` must be a number from 1 on",
        "`lisen` is unknown; known are data, database",
        "`networks.myspace` is no network; there are instagram",
        "`networks.linkedin` needs a client_id",
        "SOCIAL_TEST_SECRET_THAT_IS_NOT_SET, which is not set",
        "`networks.linkedin.versions` has `202609 until soon`: write 202609, or",
        "no-such-file, which cannot be read",
        "`networks.tiktok.colour` is unknown",
        "public_url: `http://social.example.com` must begin with https://",
        "`undo_seconds` must be a number from 0 on",
        "allowed_origins: `https://app.example.com/` is no origin",
        "14 problems",
    ] {
        assert!(said.contains(part), "{part} is missing in:\n{said}");
    }
}

#[test]
fn flags_go_before_environment_and_environment_before_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("social.json");
    std::fs::write(&file, r#"{"listen": "file", "log_format": "file", "public_url": "file"}"#)
        .unwrap();
    let output = social()
        .args(["serve", "--check", "--listen", "flag", "--platform-total", "0", "--config"])
        .arg(&file)
        .envs([
            ("SOCIAL_LISTEN", "env"),
            ("SOCIAL_LOG_FORMAT", "env"),
            ("SOCIAL_PLATFORM_TOTAL", "3"),
        ])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    for part in [
        "listen: `flag`",
        "platform_total: `0` must be a number from 1 on",
        "log_format: `env`",
        "public_url: `file`",
        "4 problems",
    ] {
        assert!(said.contains(part), "{part} is missing in:\n{said}");
    }
}

#[test]
fn a_worker_takes_the_cap_over_all_workers_as_the_server_does() {
    let folder = tempfile::tempdir().unwrap();
    for flags in [&["--platform-total", "none"][..], &[]] {
        let output = social()
            .args(["work", "--until-settled"])
            .args(flags)
            .env("SOCIAL_PLATFORM_TOTAL", "0")
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let wrong = flags.last().unwrap_or(&"0");
        assert_eq!(output.status.code(), Some(2));
        assert!(said.contains(&format!("platform_total: `{wrong}` must be a number")), "{said}");
    }
}

#[test]
fn a_good_configuration_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret"), "s3cret\n").unwrap();
    std::fs::write(
        folder.path().join("social.toml"),
        r#"
            public_url = "https://social.example.com"
            undo_seconds = 20
            allowed_hosts = ["social.lan"]
            allowed_origins = ["https://app.example.com", "http://localhost:3000"]
            [limits]
            request_seconds = 60
            json_bytes = 65536
            upload_bytes = 4_294_967_296
            uploads_bytes = 8_589_934_592
            [networks.instagram]
            client_id = "1"
            client_secret_file = "secret"
        "#,
    )
    .unwrap();
    let output = social().args(["serve", "--check"]).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn it_serves_and_sigterm_ends_it_cleanly() {
    let server = Served::start(&["--sandbox", "--log-format", "json"]);
    assert_eq!(server.get("/healthz"), (200, "ok".to_owned()));
    let (status, limits) = server.get("/api/platforms");
    assert!(status == 401 || limits.contains("instagram"), "{status} {limits}");
    let (code, said) = server.terminate();
    assert_eq!(code, Some(0), "{said}");
    for line in said.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["level"] != "ERROR", "{line}");
    }
    assert!(said.contains(r#""message":"stopped""#), "{said}");
    assert!(!said.contains("sk_social_"), "a secret in the log: {said}");
}

#[test]
fn keys_are_made_listed_and_revoked_beside_a_running_server() {
    let server = Served::start(&[]);
    let key = |arguments: &[&str]| {
        let mut command = social();
        command.arg("key").args(arguments).arg("--data").arg(server.data.path());
        command.output().unwrap()
    };
    // Nobody saw a terminal, so no first key was made that nobody knows.
    assert_eq!(json(&key(&["list"]))["items"].as_array().unwrap().len(), 0);
    let made = json(&key(&["create", "--name", "robot", "--scope", "posts:read"]));
    assert!(made["token"].as_str().unwrap().starts_with("sk_social_"));
    let listed = json(&key(&["list"]));
    assert_eq!(listed["items"][0]["name"], "robot");
    assert!(!listed.to_string().contains(made["token"].as_str().unwrap()));
    let revoked = json(&key(&["revoke", made["id"].as_str().unwrap()]));
    assert_eq!(revoked["status"], "revoked");
    let wrong = key(&["create", "--scope", "posts:eat"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("posts:read"));
}

#[test]
fn servers_that_start_at_once_on_one_file_all_find_it_ready() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        let mut serve = social();
        serve.args(["serve", "--listen", "127.0.0.1:0", "--data", "data"]);
        serve.current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        serve.spawn().unwrap()
    };
    let servers: Vec<_> = (0..4).map(|_| start()).collect();
    let mut told = Vec::new();
    for mut server in servers {
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        server.kill().unwrap();
        let output = server.wait_with_output().unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(line.contains("listening"), "one did not start: {complaint}");
        told.push(complaint);
    }
    // One made the schema; the others waited and found it.
    let made = told.iter().filter(|said| said.contains("schema was brought up to date")).count();
    assert_eq!(made, 1, "{told:?}");
    // All of them stand on one workspace: a key is made in the only one there is.
    let key =
        social().args(["key", "create", "--data", "data"]).current_dir(folder.path()).output();
    assert!(json(&key.unwrap())["token"].is_string());
}
