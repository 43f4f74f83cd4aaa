//! Connected accounts: how they stand, and what can be done with them.

mod act;
mod standing;

use axum::extract::State;
use axum::response::Json;
use serde::Serialize;
use social_core::domain::Account;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::Caller;
use super::table;
use crate::Problem;
use standing::{AccountItem, standing};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, act::act))
}

/// All accounts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountList {
    items: Vec<AccountItem>,
}

/// List the connected accounts.
#[utoipa::path(
    get, path = "/api/accounts", tag = "accounts",
    responses((status = 200, description = "How each stands", body = AccountList)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<AccountList>, Problem> {
    listed(&app, &caller, |_| true).await.map(Json)
}

/// How those accounts stand that `wanted` picks.
async fn listed(
    app: &App,
    caller: &Caller,
    wanted: impl Fn(&Account) -> bool + Send + Sync,
) -> Result<AccountList, Problem> {
    let accounts = app.accounts().list(caller.workspace()).await.map_err(table::problem)?;
    let mut items = Vec::new();
    for account in accounts.iter().filter(|account| wanted(account)) {
        items.push(standing(app, account).await?);
    }
    Ok(AccountList { items })
}
