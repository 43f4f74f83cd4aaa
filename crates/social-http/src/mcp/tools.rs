//! The eight tools: what each is for, what it takes, and what a client should know before it lets
//! an agent call it. There is no tool to approve: that is a person's.

use std::sync::Arc;

use rmcp::model::{Tool, ToolAnnotations};
use serde_json::{Map, Value, json};

/// All of them, in the order in which they are listed.
pub(super) fn all() -> Vec<Tool> {
    vec![
        tool(
            "schedule_post",
            "Schedule a post: schedulePost(content, platforms[], time?) -> id. Without a time it \
             takes the next free slot; with a recurrence it comes again, and series_id names the \
             series. With dry_run: true nothing is stored, and each platform's final text and a \
             confirm token come back.",
            post(true),
            &["content", "platforms"],
            Effect::Adds,
        ),
        tool(
            "quick_post",
            "Publish a post now: quickPost(content, platforms[]) -> id. Needs the confirm token of \
             a dry run; without one, the previews and a fresh token come back.",
            post(false),
            &["content", "platforms"],
            Effect::Destroys,
        ),
        tool(
            "list_posts",
            "List posts: listPosts(status?, platform?, from?, to?, limit?, cursor?) -> items, \
             next_cursor.",
            json!({
                "status": text("Only of this status, such as scheduled, published or failed."),
                "platform": text("Only of this network."),
                "from": text("RFC 3339 with an offset."),
                "to": text("RFC 3339 with an offset."),
                "limit": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
                "cursor": text("The next_cursor of the list before."),
            }),
            &[],
            Effect::Reads,
        ),
        tool(
            "get_post",
            "Get a post: getPost(id, view?) -> its status, each platform's url or error, and its \
             etag. Of a series: when it comes, and what comes next.",
            json!({
                "id": text("Such as post_01J…, or series_01J…"),
                "view": {"type": "string", "enum": ["full"], "description": "For everything."},
            }),
            &["id"],
            Effect::Reads,
        ),
        tool(
            "update_post",
            "Change a post that waits: updatePost(id, content?, time?, media?, …, etag?) -> the \
             post. Only what is given changes. Of a series: all that is to come, or with following \
             one occurrence and all after it; occurrence gives the post of one, to be changed alone.",
            update(),
            &["id"],
            Effect::Adds,
        ),
        tool(
            "cancel_post",
            "Cancel a post that waits: cancelPost(id) -> its status. With remote: true it is \
             deleted on the platforms too, which needs a confirm token. A series is ended.",
            json!({
                "id": text("Such as post_01J…, or series_01J… for all that is to come of it."),
                "occurrence": text("Of a series: leave out this one, as `upcoming` names it."),
                "following": text("Of a series: end it before this occurrence."),
                "remote": {"type": "boolean", "description": "Delete what is published."},
                "confirm": text("The token that the answer without it hands out."),
            }),
            &["id"],
            Effect::Destroys,
        ),
        tool(
            "get_analytics",
            "Get numbers: getAnalytics(timeframe) -> AnalyticsReport. What cannot be measured is \
             null, never 0; coverage says why.",
            json!({
                "timeframe": text("24h, 7d, 30d, 90d, or <from>/<to> in RFC 3339."),
                "platforms": list("Only of these networks."),
                "post_id": text("Only of this post."),
                "group_by": {
                    "type": "string",
                    "enum": ["platform", "day", "post", "account", "campaign", "hashtag", "hour"],
                },
                "format": {
                    "type": "string",
                    "enum": ["json", "csv", "png"],
                    "description": "A table for a spreadsheet, or a picture to show the user.",
                },
                "accounts": {"type": "boolean", "description": "Followers and more of the accounts."},
            }),
            &["timeframe"],
            Effect::Reads,
        ),
        tool(
            "manage_account",
            "Manage an account: manageAccount(action, platform). connect gives a connect_url at \
             which a person signs in; disconnect needs a confirm token.",
            json!({
                "action": {
                    "type": "string",
                    "enum": ["list", "connect", "status", "refresh", "disconnect"],
                },
                "platform": text("Such as instagram; needed by all but list."),
                "account_id": text("Where several accounts of the network are connected."),
                "confirm": text("The token that the answer without it hands out."),
            }),
            &["action"],
            Effect::Destroys,
        ),
    ]
}

/// What a call does to the world at worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Reads,
    Adds,
    Destroys,
}

fn tool(
    name: &'static str,
    description: &'static str,
    properties: Value,
    required: &[&str],
    effect: Effect,
) -> Tool {
    let mut schema = Map::new();
    schema.insert("type".into(), "object".into());
    schema.insert("properties".into(), properties);
    schema.insert("required".into(), required.into());
    schema.insert("additionalProperties".into(), false.into());
    let hints = ToolAnnotations::new()
        .read_only(effect == Effect::Reads)
        .destructive(effect == Effect::Destroys);
    Tool::new(name, description, Arc::new(schema)).with_annotations(hints)
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn list(description: &str) -> Value {
    json!({ "type": "array", "items": {"type": "string"}, "description": description })
}

/// What an author says of a post.
fn written() -> Value {
    json!({
        "content": text("The text."),
        "overrides": {
            "type": "object",
            "description": "Another text for one network: {\"linkedin\": {\"content\": \"…\"}}.",
        },
        "media": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": text("Of one taken in before, such as media_01J…"),
                    "url": text("An https address."),
                    "path": text("A file on the server's machine."),
                    "alt": text("What a picture shows, in words."),
                    "fit": text("crop (default), centre, blur, or a colour such as #ffffff."),
                    "focus": {
                        "type": "object",
                        "description": "What a crop keeps in sight: parts of width and height.",
                        "properties": { "x": { "type": "number" }, "y": { "type": "number" } },
                        "required": ["x", "y"],
                        "additionalProperties": false,
                    },
                },
                "additionalProperties": false,
            },
        },
    })
}

fn post(timed: bool) -> Value {
    let mut properties = written();
    properties["platforms"] =
        list("Such as instagram, or instagram:acct_… for one of several accounts.");
    properties["dry_run"] = json!({
        "type": "boolean",
        "description": "Store nothing; show each platform's final text and give a confirm token.",
    });
    properties["confirm"] = text("The token of the dry run of this very post.");
    properties["idempotency_key"] =
        text("One per intended post; the same one on a retry never makes a second post.");
    properties["campaign"] = text("What it is part of, for reports.");
    properties["allow_duplicate"] =
        json!({ "type": "boolean", "description": "Post the same text again within 24 hours." });
    if timed {
        properties["time"] = text("RFC 3339 with an offset, now, or next-slot (the default).");
        properties["draft"] = json!({ "type": "boolean", "description": "Keep it as a draft." });
        properties["recurrence"] = recurrence();
    }
    properties
}

/// How a post comes again.
fn recurrence() -> Value {
    json!({
        "type": "object",
        "description": "In place of time: it comes again, by the author's clocks.",
        "properties": {
            "kind": {"type": "string", "enum": ["daily", "weekly", "monthly", "cron"]},
            "every": {"type": "integer", "minimum": 1, "default": 1},
            "days": list("Weekly: mon, tue, wed, thu, fri, sat, sun."),
            "day": {"type": "integer", "minimum": 1, "maximum": 31, "description": "Monthly."},
            "at": text("Such as 09:30; for all but cron."),
            "cron": text("Five fields, such as 30 9 * * mon-fri."),
            "zone": text("The user's IANA zone, such as Europe/Berlin; ask for it."),
            "from": text("The first day, such as 2027-03-01."),
            "until": text("The last day."),
            "missed": {"type": "string", "enum": ["skip", "once", "all"], "default": "skip"},
            "jitter_seconds": {"type": "integer", "minimum": 0, "maximum": 43200},
        },
        "required": ["kind", "zone"],
        "additionalProperties": false,
    })
}

fn update() -> Value {
    let mut properties = written();
    properties["id"] = text("Such as post_01J…, or series_01J…");
    properties["following"] = text("Of a series: from this occurrence on, as `upcoming` names it.");
    properties["occurrence"] = text("Of a series: only give the post of this one.");
    properties["recurrence"] = recurrence();
    properties["status"] = json!({
        "type": "string", "enum": ["active", "paused"], "description": "Of a series, alone.",
    });
    properties["time"] = text("RFC 3339 with an offset, or now.");
    properties["draft"] = json!({ "type": "boolean", "description": "False submits a draft." });
    properties["confirm"] = text("The token that the answer without it hands out.");
    properties["etag"] =
        text("Change it only if it still is at this revision, which get_post told.");
    properties
}
