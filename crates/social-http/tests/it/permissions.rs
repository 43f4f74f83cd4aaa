//! The permissions of the skill's configuration: without one, what it covers is refused by name.

use serde_json::json;
use social::core::domain::{Permission, Scope, WritePolicy};
use social::core::engine::NewKey;

use crate::house::{House, ask};
use crate::media::picture;

/// A key that may do anything but this.
async fn without(house: &House, permission: Permission) -> String {
    let new = NewKey {
        scopes: Scope::ALL.into(),
        permissions: Permission::ALL.into_iter().filter(|other| *other != permission).collect(),
        policy: WritePolicy::None,
        ..NewKey::for_agent("held back")
    };
    house.make_key(house.social.workspace(), new).await
}

#[tokio::test]
async fn what_a_post_needs_depends_on_the_post() {
    let (house, key) = House::ready().await;
    let media = house.send(ask("POST", "/api/media").key(&key).raw(picture())).await;
    media.is(201);
    let now = json!({ "content": "Now", "platforms": ["facebook"], "time": "now" });
    let timed =
        json!({ "content": "Later", "platforms": ["facebook"], "time": "2027-02-01T08:00:00Z" });
    let slot = json!({ "content": "Slot", "platforms": ["facebook"] });
    let fetched = json!({
        "content": "x", "platforms": ["facebook"], "time": "now",
        "media": [{ "url": "https://public.example/a.png" }],
    });
    for (permission, name, refused, allowed) in [
        (Permission::WebAccess, "web_access", vec![&now, &timed, &slot], vec![]),
        (Permission::Scheduler, "scheduler", vec![&timed, &slot], vec![&now]),
        (Permission::FileStorage, "file_storage", vec![&fetched], vec![&timed, &slot]),
    ] {
        let key = without(&house, permission).await;
        let send = async |body| house.send(ask("POST", "/api/posts").key(&key).json(body)).await;
        for body in refused {
            let answer = send(body).await;
            assert_eq!(answer.is_problem(403, "permission_missing")["missing"], name, "{body}");
        }
        for body in allowed {
            assert!(send(body).await.status.is_success(), "{name}: {body}");
        }
        // A draft goes nowhere.
        let draft = json!({ "content": name, "platforms": ["facebook"], "draft": true });
        send(&draft).await.is(201);
    }
}
