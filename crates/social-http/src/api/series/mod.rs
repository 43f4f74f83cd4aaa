//! Posts that come again, and the hours in which nothing goes out by itself.

mod change;
mod quiet;
mod recurrence;
mod shape;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;

pub(crate) use recurrence::RecurrenceBody;
pub(crate) use shape::wall_text;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(change::list))
        .routes(routes!(change::one, change::change, change::end))
        .routes(routes!(change::occurrence))
        .routes(routes!(quiet::list, quiet::put))
}
