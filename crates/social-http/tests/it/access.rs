//! Who may what: every route of the document, by everybody, and with another workspace's ids.
//!
//! The routes come from the document and what they need from their descriptions, so a new route is
//! tested as it is added. What it may need here is a row in [`asked`], [`prefix`] or [`Things`].

use std::collections::BTreeSet;

use serde_json::{Value, json};
use social::core::domain::{Permission, Role, Scope};
use social::core::engine::NewKey;

use crate::house::{Ask, House, ask};

/// A route, and what it says that it needs.
#[derive(Debug)]
struct Route {
    method: String,
    path: String,
    scope: Option<Scope>,
    permission: Option<Permission>,
    role: Role,
}

fn named<T: serde::de::DeserializeOwned>(text: &str, before: &str) -> Option<T> {
    let name = text.split(before).nth(1)?.split('`').next()?;
    Some(serde_json::from_value(name.into()).unwrap())
}

/// Every route that is not open to all.
async fn routes(house: &House) -> Vec<Route> {
    let document = house.send(ask("GET", "/openapi.json")).await.body;
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if operation["security"] == json!([{}]) {
                continue;
            }
            let text = operation["description"].as_str().unwrap_or_default();
            let role = named(text, "a person, the role `");
            let scope = named(text, "A key needs the scope `");
            assert!(
                scope.is_some() || text.contains("For people alone"),
                "{method} {path} has no rule in access.rs"
            );
            routes.push(Route {
                method: method.to_uppercase(),
                path: path.clone(),
                scope,
                permission: named(text, " and the permission `"),
                role: role.unwrap_or_else(|| panic!("{method} {path} has no rule in access.rs")),
            });
        }
    }
    assert!(routes.len() >= 29, "{}", routes.len());
    routes
}

/// A request of a shape that is looked at, where an empty object is refused before anybody looks
/// for the thing.
fn asked(method: &str, path: &str, at: &str) -> Ask {
    let ask = ask(method, at);
    let ask =
        if kind(path) == Some("uploads") { ask.header("tus-resumable", "1.0.0") } else { ask };
    match (method, path) {
        ("GET" | "DELETE", _) => ask,
        ("PATCH", "/api/people/{id}") => ask.json(&json!({ "name": "Somebody" })),
        ("PUT", "/api/slots/{id}") => ask.json(&json!({ "zone": "Europe/Berlin", "slots": [] })),
        ("POST", "/api/experiments/{id}/posts") => {
            ask.json(&json!({ "post_id": nobodys("/api/posts/{id}"), "a": "One", "b": "Two" }))
        }
        ("POST", "/api/webhooks/{id}/replay") => {
            ask.json(&json!({ "since": "2027-01-15T08:00:00Z" }))
        }
        ("PATCH", "/api/uploads/{id}") => ask
            .header("upload-offset", "0")
            .header("content-type", "application/offset+octet-stream"),
        _ => ask.json(&json!({})),
    }
}

impl Route {
    /// A request to it, about this thing.
    fn about(&self, id: &str) -> Ask {
        let mut at = self.path.replace("{id}", id);
        // What is within a thing never was either.
        while let Some((before, rest)) = at.split_once('{') {
            let (_, after) = rest.split_once('}').unwrap();
            at = format!("{before}{}{after}", nobodys("within"));
        }
        asked(&self.method, &self.path, &at)
    }

    /// A request to it, about nothing that there is.
    fn plain(&self) -> Ask {
        self.about(&nobodys(&self.path))
    }

    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// What a path is about: `posts` of `/api/posts/{id}/retry`.
fn kind(path: &str) -> Option<&str> {
    let (before, _) = path.split_once("/{")?;
    before.rsplit('/').next()
}

/// The prefix of an id of each kind of thing.
fn prefix(kind: &str) -> &'static str {
    match kind {
        "posts" => "post",
        "media" => "media",
        "api-keys" => "key",
        "people" => "person",
        // An account's slots go by the account's id.
        "accounts" | "slots" => "acct",
        "uploads" => "upl",
        "experiments" => "exp",
        "webhooks" => "hook",
        "series" => "series",
        other => panic!("add the prefix of the ids of /{other}"),
    }
}

/// An id that never was.
fn nobodys(path: &str) -> String {
    let prefix = kind(path).map_or("post", prefix);
    format!("{prefix}_01JD3V9K7N3Q5R7T9V1X3Z5B7D")
}

/// One thing of each kind, in the workspace of the house.
struct Things(Vec<(&'static str, String)>);

impl Things {
    async fn make(house: &House, key: &str) -> Self {
        let made = async |path: &str, body: Value| {
            let answer = house.send(ask("POST", path).key(key).json(&body)).await;
            assert!(answer.status.is_success(), "{path}: {}", answer.text);
            answer.body["id"].as_str().unwrap().to_owned()
        };
        let post = json!({ "content": "Ours", "platforms": ["facebook"] });
        let again = json!({
            "content": "Ours, daily", "platforms": ["facebook"],
            "recurrence": { "kind": "daily", "at": "09:30", "zone": "Europe/Berlin" },
        });
        let first = house.send(ask("POST", "/api/posts").key(key).json(&again)).await;
        let series = first.is(201)["series_id"].as_str().unwrap().to_owned();
        let picture = ask("POST", "/api/media").key(key).raw(crate::media::picture());
        let picture = house.send(picture).await.is(201)["id"].as_str().unwrap().to_owned();
        let accounts = house.send(ask("GET", "/api/accounts").key(key)).await.body;
        let account = accounts["items"][0]["account_id"].as_str().unwrap().to_owned();
        let begun = ask("POST", "/api/uploads").key(key).header("tus-resumable", "1.0.0");
        let begun = house.send(begun.header("upload-length", "100")).await;
        let upload = begun.header("location").unwrap().rsplit('/').next().unwrap().to_owned();
        let hook = json!({ "url": "https://receiver.example/x" });
        let ws = house.social.workspace();
        let person = house.person(ws, "ours@example.com", Role::Client).await.id.to_string();
        Self(vec![
            ("posts", made("/api/posts", post).await),
            (
                "api-keys",
                made("/api/api-keys", json!({ "name": "a", "scopes": ["posts:read"] })).await,
            ),
            ("series", series),
            ("media", picture),
            ("uploads", upload),
            ("webhooks", made("/api/webhooks", hook).await),
            ("people", person),
            ("experiments", made("/api/experiments", json!({ "name": "a" })).await),
            ("accounts", account.clone()),
            ("slots", account),
        ])
    }

    fn of(&self, path: &str) -> Option<&str> {
        let kind = kind(path)?;
        let found = self.0.iter().find(|(known, _)| *known == kind);
        Some(&found.unwrap_or_else(|| panic!("make a thing of /{kind} in access.rs")).1)
    }
}

#[tokio::test]
async fn nothing_is_told_without_a_token() {
    let house = House::new().await;
    for route in routes(&house).await {
        house.send(route.plain()).await.is_problem(401, "token_missing");
    }
}

#[tokio::test]
async fn a_key_may_what_its_scope_allows_and_nothing_else() {
    let house = House::new().await;
    for route in routes(&house).await {
        let name = route.name();
        let others = Scope::ALL.into_iter().filter(|other| Some(*other) != route.scope);
        let without = house.key_with(others).await;
        let refused = house.send(route.plain().key(&without)).await;
        let Some(scope) = route.scope else {
            refused.is_problem(403, "permission_missing");
            continue;
        };
        let code = match scope {
            Scope::ApprovalsWrite => "approval_requires_human",
            _ => "permission_missing",
        };
        assert_eq!(refused.is_problem(403, code)["missing"], scope.as_str(), "{name}");
        let with = house.key_with([scope]).await;
        let status = house.status(route.plain().key(&with)).await;
        assert!(status != 401 && status != 403, "{name} with its scope: {status}");
        let Some(permission) = route.permission else { continue };
        let all = BTreeSet::from(Permission::ALL);
        let permissions = all.into_iter().filter(|other| *other != permission).collect();
        let new = NewKey { scopes: [scope].into(), permissions, ..NewKey::for_agent("narrow") };
        let key = house.make_key(house.social.workspace(), new).await;
        let refused = house.send(route.plain().key(&key)).await;
        let missing = &refused.is_problem(403, "permission_missing")["missing"];
        assert_eq!(*missing, json!(permission), "{name}");
    }
}

#[tokio::test]
async fn a_person_may_what_their_role_allows() {
    let house = House::new().await;
    for role in Role::ALL {
        let token = house.person_token(role).await;
        for route in routes(&house).await {
            let name = route.name();
            if role < route.role {
                let refused = house.send(route.plain().key(&token)).await;
                let missing = &refused.is_problem(403, "permission_missing")["missing"];
                assert_eq!(*missing, route.role.as_str(), "{name} as {role}");
            } else {
                let status = house.status(route.plain().key(&token)).await;
                assert!(status != 401 && status != 403, "{name} as {role}: {status}");
            }
        }
    }
}

#[tokio::test]
async fn another_workspaces_things_are_as_if_they_were_not_there() {
    let house = House::new().await;
    house.connect(&social::Platform::FACEBOOK).await;
    let key = house.human_key().await;
    let things = Things::make(&house, &key).await;
    let stranger = house.stranger().await;
    let told = |answer: &crate::house::Answer, id: &str| {
        let mut body: Value = serde_json::from_str(&answer.text.replace(id, "ID")).unwrap();
        body.as_object_mut().unwrap().remove("request_id");
        (answer.status, body)
    };
    let routes = routes(&house).await;
    let about = |route: &&Route| kind(&route.path).is_some();
    for route in routes.iter().filter(about) {
        let (ours, nobodys) = (things.of(&route.path).unwrap(), nobodys(&route.path));
        let answer = house.send(route.about(ours).key(&stranger)).await;
        assert_eq!(answer.status.as_u16(), 404, "{}: {}", route.name(), answer.text);
        let nothing = house.send(route.about(&nobodys).key(&stranger)).await;
        assert_eq!(told(&answer, ours), told(&nothing, &nobodys), "{}", route.name());
    }
    // Nothing happened to them either.
    for route in routes.iter().filter(about).filter(|route| route.method == "GET") {
        house.send(route.about(things.of(&route.path).unwrap()).key(&key)).await.is(200);
    }
    for (path, none) in [
        ("/api/posts", "/items"),
        ("/api/accounts", "/items"),
        ("/api/people", "/items"),
        ("/api/audit", "/items"),
        ("/api/media", "/items"),
        ("/api/series", "/items"),
        ("/api/quiet-hours", "/items"),
        ("/api/webhooks", "/items"),
    ] {
        let list = house.send(ask("GET", path).key(&stranger)).await;
        assert_eq!(list.is(200).pointer(none), Some(&json!([])), "{path}");
    }
    let analytics = house.send(ask("GET", "/api/analytics").key(&stranger)).await;
    assert_eq!(analytics.is(200)["totals"]["posts"], 0);
}

#[tokio::test]
async fn another_workspaces_account_is_not_connected_here() {
    let (house, key) = House::ready().await;
    let accounts = house.send(ask("GET", "/api/accounts").key(&key)).await.body;
    let account = accounts["items"][0]["account_id"].as_str().unwrap();
    let stranger = house.stranger().await;
    let body = json!({
        "content": "Theirs", "platforms": [format!("facebook:{account}")], "dry_run": false,
    });
    let post = house.send(ask("POST", "/api/posts").key(&stranger).json(&body)).await;
    post.is_problem(422, "account_not_connected");
    let body = json!({
        "action": "disconnect", "platform": "facebook", "account_id": account,
    });
    let gone = house.send(ask("POST", "/api/accounts").key(&stranger).json(&body)).await;
    gone.is_problem(404, "account_not_found");
}
