//! Webhooks: made, changed, tried, and what they were told.

mod log;
mod manage;
mod shape;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(manage::list, manage::create))
        .routes(routes!(manage::one, manage::change, manage::remove))
        .routes(routes!(manage::rotate))
        .routes(routes!(log::test))
        .routes(routes!(log::deliveries))
        .routes(routes!(log::replay))
        .routes(routes!(log::replay_failed))
}
