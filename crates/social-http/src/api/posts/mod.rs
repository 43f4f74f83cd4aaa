//! Posts: written, listed, read, changed, called off, tried again, approved.

mod answer;
pub(crate) mod body;
mod change;
mod create;
mod idempotency;
mod list;
mod one;
mod patch;
mod preview;
mod wait;
pub(crate) mod wishes;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;

pub(crate) use answer::{PostAnswer, View, word};
pub(crate) use body::{MediaItem, NewPost, OwnContent, media_items};
pub(crate) use change::decide;
pub(crate) use create::may_publish;
pub(crate) use idempotency::Running;
pub(crate) use one::{find, told};
pub(crate) use preview::{DryRun, preview_answer};
pub(crate) use wishes::Place;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(one::get, patch::patch, change::cancel))
        .routes(routes!(change::retry))
        .routes(routes!(one::explain))
        .routes(routes!(change::approve))
}
