//! The commands that ask a server: what they send, what they print, how they end.

use serde_json::json;

use crate::kit::{Scripted, TOKEN, fed, json as printed, social};

#[test]
fn a_post_is_sent_as_the_contract_says_with_its_text_from_standard_input() {
    let answer = json!({"id": "post_1", "status": "scheduled", "time": "2027-03-01T08:00:00Z"});
    let server = Scripted::start(vec![(201, "idempotency-replayed: true\r\n", answer)]);
    let text = "It's \"quoted\" & $HOME `here`\n";
    let output = fed(
        server
            .social()
            .args(["post", "--to", "instagram,linkedin", "--idempotency-key", "k1"])
            .args([
                "--time",
                "2027-03-01T09:00:00+01:00",
                "--media",
                "https://pictures.example/a.jpg",
            ]),
        text,
    );
    let answer = printed(&output);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!((&answer["id"], &answer["replayed"]), (&json!("post_1"), &json!(true)));
    let got = &server.got()[0];
    assert_eq!(got.line, "POST /api/posts");
    assert_eq!(got.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(got.header("idempotency-key"), Some("k1"));
    assert_eq!(
        got.json(),
        json!({
            "content": "It's \"quoted\" & $HOME `here`",
            "platforms": ["instagram", "linkedin"],
            "time": "2027-03-01T09:00:00+01:00",
            "media": [{"url": "https://pictures.example/a.jpg"}],
        })
    );
}

#[test]
fn quick_publishes_now_and_waits() {
    let server = Scripted::start(vec![(201, "", json!({"id": "post_1", "status": "published"}))]);
    let output =
        fed(server.social().args(["quick", "--to", "facebook", "--confirm", "cfm_1"]), "Hi");
    assert_eq!(output.status.code(), Some(0));
    let got = &server.got()[0];
    assert_eq!(got.header("prefer"), Some("wait=10"));
    assert_eq!((&got.json()["time"], &got.json()["confirm"]), (&json!("now"), &json!("cfm_1")));
}

#[test]
fn a_file_is_taken_in_first_and_named_by_its_id() {
    let folder = tempfile::tempdir().unwrap();
    let photo = folder.path().join("photo.png");
    std::fs::write(&photo, b"not really").unwrap();
    let server = Scripted::start(vec![
        (201, "", json!({"id": "media_1"})),
        (200, "", json!({"dry_run": true, "valid": true, "confirm": "cfm_1"})),
    ]);
    let output = fed(
        server
            .social()
            .args(["post", "--to", "instagram", "--dry-run", "--alt", "A cup", "--media"])
            .arg(&photo),
        "Hi",
    );
    assert_eq!(output.status.code(), Some(0));
    let got = server.got();
    assert_eq!(got[0].line, "POST /api/media?name=photo.png");
    assert_eq!(got[0].header("content-type"), Some("image/png"));
    assert_eq!(got[0].body, b"not really");
    assert_eq!(got[1].json()["media"], json!([{"id": "media_1", "alt": "A cup"}]));
    assert_eq!(got[1].json()["dry_run"], true);
}

#[test]
fn how_pictures_are_made_fit_is_sent_with_each() {
    let server = Scripted::start(vec![(201, "", json!({"id": "post_1", "status": "scheduled"}))]);
    let output = fed(
        server
            .social()
            .args(["post", "--to", "instagram", "--media", "media_1", "--media", "media_2"])
            .args(["--fit", "blur", "--focus", "", "--focus", "0.5,0.25"])
            .args(["--background", "#102030", "--background", ""])
            .args(["--keep", "credit,taken_at", "--smallest"]),
        "Hi",
    );
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    let keep = ["credit", "taken_at"];
    assert_eq!(
        server.got()[0].json()["media"],
        json!([
            {
                "id": "media_1", "fit": "blur", "background": "#102030",
                "keep": keep, "smallest": true,
            },
            {
                "id": "media_2", "fit": "blur", "focus": {"x": 0.5, "y": 0.25},
                "keep": keep, "smallest": true,
            },
        ])
    );
}

#[test]
fn an_edit_takes_the_revision_that_the_server_has() {
    let server = Scripted::start(vec![
        (200, "etag: \"7\"\r\n", json!({"id": "post_1"})),
        (200, "", json!({"id": "post_1", "status": "scheduled"})),
    ]);
    let output = server.social().args(["edit", "post_1", "--time", "now"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    let got = server.got();
    assert_eq!(got[1].line, "PATCH /api/posts/post_1");
    assert_eq!(got[1].header("if-match"), Some("\"7\""));
    assert_eq!(got[1].json(), json!({"time": "now"}));
}

#[test]
fn the_exit_code_says_who_must_act() {
    let problem = |code: &str, retryable: bool| json!({"code": code, "detail": "d", "fix": "f", "retryable": retryable});
    for (status, body, exit) in [
        (200, json!({"id": "post_1", "status": "cancelled"}), 0),
        (202, json!({"id": "post_1", "status": "publishing"}), 0),
        (202, json!({"id": "post_1", "status": "pending_approval", "approve_url": "u"}), 3),
        (403, problem("approval_requires_human", false), 3),
        (401, problem("token_missing", false), 3),
        (403, problem("budget_exceeded", false), 3),
        (404, problem("post_not_found", false), 2),
        (422, problem("unknown_field", false), 2),
        (429, problem("rate_limited", true), 4),
        (503, problem("unavailable", true), 4),
    ] {
        let server = Scripted::start(vec![(status, "retry-after: 7\r\n", body.clone())]);
        let output = server.social().args(["cancel", "post_1"]).output().unwrap();
        assert_eq!(output.status.code(), Some(exit), "{body}");
        // Good or bad, it is one object, and nothing of the token anywhere.
        assert_eq!(printed(&output)["retry_after"], 7);
        let said = [output.stdout, output.stderr].concat();
        assert!(!String::from_utf8_lossy(&said).contains(TOKEN));
    }
}

#[test]
fn every_command_asks_its_endpoint() {
    for (arguments, line) in [
        (
            vec!["posts", "--status", "failed", "--limit", "5"],
            "GET /api/posts?status=failed&limit=5",
        ),
        (vec!["get", "post_1", "--full"], "GET /api/posts/post_1?view=full"),
        (vec!["cancel", "post_1", "--remote"], "DELETE /api/posts/post_1?remote=true"),
        (vec!["retry", "post_1"], "POST /api/posts/post_1/retry"),
        (vec!["explain", "post_1"], "GET /api/posts/post_1/explain"),
        (vec!["approve", "post_1"], "POST /api/posts/post_1/approve"),
        (vec!["analytics", "--timeframe", "24h"], "GET /api/analytics?timeframe=24h"),
        (vec!["accounts"], "GET /api/accounts"),
        (vec!["account", "connect", "tiktok"], "POST /api/accounts"),
        (vec!["platforms"], "GET /api/platforms"),
        (vec!["keys"], "GET /api/api-keys"),
        (vec!["audit", "--limit", "5", "--cursor", "MSA3"], "GET /api/audit?limit=5&cursor=MSA3"),
        (vec!["webhooks", "list"], "GET /api/webhooks"),
        (vec!["webhooks", "add", "https://example.org/x"], "POST /api/webhooks"),
        (vec!["webhooks", "remove", "hook_1"], "DELETE /api/webhooks/hook_1"),
        (vec!["webhooks", "resume", "hook_1"], "PATCH /api/webhooks/hook_1"),
        (vec!["webhooks", "rotate", "hook_1"], "POST /api/webhooks/hook_1/rotate"),
        (vec!["webhooks", "test", "hook_1"], "POST /api/webhooks/hook_1/test"),
        (
            vec!["webhooks", "deliveries", "hook_1", "--status", "failed"],
            "GET /api/webhooks/hook_1/deliveries?status=failed",
        ),
        (
            vec!["webhooks", "replay", "hook_1", "--delivery", "msg_1"],
            "POST /api/webhooks/hook_1/deliveries/msg_1/replay",
        ),
        (
            vec!["webhooks", "replay", "hook_1", "--since", "2027-01-15T08:00:00Z"],
            "POST /api/webhooks/hook_1/replay",
        ),
    ] {
        let server = Scripted::start(vec![(200, "", json!({}))]);
        let output = server.social().args(&arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(server.got()[0].line, line);
    }
}

#[test]
fn a_server_that_does_not_run_is_said_plainly() {
    // Port 9 (discard) is closed where nobody opened it.
    let output = social().args(["posts", "--base-url", "http://127.0.0.1:9"]).output().unwrap();
    let problem = printed(&output);
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(problem["code"], "server_unreachable");
    assert!(problem["fix"].as_str().unwrap().contains("`social serve`"), "{problem}");
}

#[test]
fn something_else_at_the_address_is_not_taken_for_the_api() {
    let server = Scripted::start(vec![(404, "", json!("not found"))]);
    let output = server.social().args(["posts"]).output().unwrap();
    assert_eq!(printed(&output)["code"], "not_the_api");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn what_is_missing_is_found_before_anything_is_sent() {
    for (arguments, text, code) in [
        (vec!["post", "--file", "nowhere.txt", "--to", "facebook"], "", "file_unreadable"),
        (vec!["post"], "Hi", "platform_missing"),
        (vec!["post", "--to", "facebook", "--alt", "x"], "Hi", "alt_without_media"),
        (vec!["post", "--to", "facebook", "--smallest"], "Hi", "wish_without_media"),
        (
            vec!["post", "--to", "facebook", "--media", "a.jpg", "--fit", "blur", "--fit", "crop"],
            "Hi",
            "wish_without_media",
        ),
        (
            vec!["post", "--to", "facebook", "--media", "a.jpg", "--focus", "left"],
            "Hi",
            "focus_invalid",
        ),
        (vec!["quick", "--to", "facebook", "--time", "next-slot"], "Hi", "time_contradicts"),
        (vec!["edit", "post_1"], "", "nothing_to_change"),
    ] {
        let output = fed(social().args(&arguments), text);
        assert_eq!(printed(&output)["code"], code);
        assert_eq!(output.status.code(), Some(2));
    }
}

#[test]
fn a_large_file_goes_in_pieces_and_an_upload_that_broke_off_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let clip = folder.path().join("clip.mp4");
    let length = (8 << 20) + 5;
    std::fs::write(&clip, vec![7; length]).unwrap();
    let state = |offset: usize, media: Option<&str>| json!({"id": "upl_1", "offset": offset, "length": length, "media_id": media});
    let media = json!({"id": "media_1", "bytes": length});
    let rest =
        [(200, "", json!({})), (200, "", state(length, Some("media_1"))), (200, "", media.clone())];
    let mut script =
        vec![(201, "", state(0, None)), (200, "", json!({})), (200, "", state(8 << 20, None))];
    script.extend(rest.clone());
    let server = Scripted::start(script);
    let output = server.social().args(["media", "add"]).arg(&clip).output().unwrap();
    assert_eq!(printed(&output), media);
    let got = server.got();
    let lines: Vec<_> = got.iter().map(|got| got.line.as_str()).collect();
    let (piece, look) = ("PATCH /api/uploads/upl_1", "GET /api/uploads/upl_1");
    let media = "GET /api/media/media_1";
    assert_eq!(lines, ["POST /api/uploads", piece, look, piece, look, media]);
    assert_eq!(got[0].header("upload-length"), Some(length.to_string().as_str()));
    assert_eq!(got[0].header("upload-metadata"), Some("filename Y2xpcC5tcDQ="));
    assert_eq!(got[3].header("upload-offset"), Some("8388608"));

    let mut script = vec![(200, "", state(8 << 20, None))];
    script.extend(rest);
    let server = Scripted::start(script);
    let resumed = server.social().args(["media", "add", "--resume", "upl_1"]).arg(&clip).output();
    assert_eq!(resumed.unwrap().status.code(), Some(0));
    assert_eq!(server.got()[1].header("upload-offset"), Some("8388608"));

    let server = Scripted::start(vec![(200, "", json!({"id": "upl_1", "offset": 0, "length": 3}))]);
    let other = server.social().args(["media", "add", "--resume", "upl_1"]).arg(&clip).output();
    assert_eq!(other.unwrap().status.code(), Some(2), "another file is not mixed in");
}
