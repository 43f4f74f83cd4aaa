//! `social webhooks`: who is told what happens.

use http::Method;
use serde_json::json;

use crate::args::{Server, Webhooks};
use crate::client::Call;

pub(super) fn server(action: &Webhooks) -> &Server {
    match action {
        Webhooks::List(server) | Webhooks::Add { server, .. } => server,
        Webhooks::Remove(one)
        | Webhooks::Pause(one)
        | Webhooks::Resume(one)
        | Webhooks::Rotate(one)
        | Webhooks::Test(one)
        | Webhooks::Deliveries { webhook: one, .. }
        | Webhooks::Replay { webhook: one, .. } => &one.server,
    }
}

pub(super) fn call(action: Webhooks) -> Call {
    match action {
        Webhooks::List(_) => Call::new(Method::GET, &["webhooks"]),
        Webhooks::Add { url, events, description, .. } => {
            let description = description.unwrap_or_default();
            let body = json!({ "url": url, "events": events, "description": description });
            Call::new(Method::POST, &["webhooks"]).json(&body)
        }
        Webhooks::Remove(one) => Call::new(Method::DELETE, &["webhooks", &one.id]),
        Webhooks::Pause(one) => status(&one.id, "paused"),
        Webhooks::Resume(one) => status(&one.id, "active"),
        Webhooks::Rotate(one) => Call::new(Method::POST, &["webhooks", &one.id, "rotate"]),
        Webhooks::Test(one) => Call::new(Method::POST, &["webhooks", &one.id, "test"]),
        Webhooks::Deliveries { status, cursor, webhook } => {
            Call::new(Method::GET, &["webhooks", &webhook.id, "deliveries"])
                .query("status", status)
                .query("cursor", cursor)
        }
        Webhooks::Replay { webhook, delivery: Some(message), .. } => {
            let path = ["webhooks", &webhook.id, "deliveries", &message, "replay"];
            Call::new(Method::POST, &path)
        }
        Webhooks::Replay { webhook, since, .. } => {
            Call::new(Method::POST, &["webhooks", &webhook.id, "replay"])
                .json(&json!({ "since": since }))
        }
    }
}

fn status(id: &str, status: &str) -> Call {
    Call::new(Method::PATCH, &["webhooks", id]).json(&json!({ "status": status }))
}
