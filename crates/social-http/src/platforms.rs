//! The networks' limits as data: `GET /api/platforms`.

use axum::Router;
use axum::response::Json;
use axum::routing::get;
use serde::Serialize;
use social_core::engine::Registry;
use social_core::ports::Capabilities;
use social_core::rules::Rules;

#[derive(Debug, Clone, Serialize)]
struct Item {
    #[serde(flatten)]
    rules: Rules,
    capabilities: Capabilities,
}

/// Tells what each network takes, so that an app can check before it asks.
pub fn platforms(registry: Registry) -> Router {
    let list = move || {
        let items: Vec<Item> = registry
            .iter()
            .map(|api| Item { rules: api.rules().clone(), capabilities: api.capabilities() })
            .collect();
        std::future::ready(Json(serde_json::json!({ "items": items })))
    };
    Router::new().route("/api/platforms", get(list))
}
