//! The hours at which accounts like to post, and which of them are free.

#![allow(unused_qualifications, reason = "the macros of utoipa write them")]

use axum::extract::{Path, State};
use axum::response::Json;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use social_core::domain::{AccountId, Platform, SlotPlan, WeeklySlot, Zone};
use social_core::engine::NextSlots;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::Caller;
use super::extract::{Asked, JsonBody, field, id};
use super::{codes, table};
use crate::Problem;

/// How many free slots of an account are told unless one asks for more.
const FEW: usize = 5;
const MOST: usize = 50;

/// A week has no more that make sense.
const MOST_SLOTS: usize = 100;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(put))
}

/// Which slots to tell.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Only of accounts of this network.
    platform: Option<String>,
    /// So many free ones of each account; 5 unless said, 50 at most.
    limit: Option<usize>,
}

/// Slots of all accounts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SlotList {
    items: Vec<SlotItem>,
}

/// Slots of an account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SlotItem {
    platform: String,
    account_id: String,
    name: String,
    /// The IANA zone whose clocks count; null where no hours were set, and posts go out at full
    /// hours.
    zone: Option<String>,
    /// `{"weekdays":["mon","tue"],"time":"09:30"}`
    #[schema(value_type = Vec<Object>)]
    slots: Value,
    /// The next free ones.
    next: Vec<String>,
}

impl From<NextSlots> for SlotItem {
    fn from(found: NextSlots) -> Self {
        Self {
            platform: found.account.platform.to_string(),
            account_id: found.account.id.to_string(),
            name: found.account.name,
            zone: found.plan.as_ref().map(|plan| plan.zone.to_string()),
            slots: found.plan.map_or_else(|| json!([]), |plan| json!(plan.slots)),
            next: found.next.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Tell the slots of each account, and which come next and are free.
#[utoipa::path(
    get, path = "/api/slots", tag = "slots", params(Which),
    responses((status = 200, description = "Account by account", body = SlotList)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<SlotList>, Problem> {
    let names = app.ports.platforms.names();
    let platform = which
        .platform
        .as_deref()
        .map(|name| name.parse::<Platform>().map_err(|_| table::platform_unknown(name, &names)));
    let platform = platform.transpose()?;
    let count = which.limit.unwrap_or(FEW).clamp(1, MOST);
    let found = app.posts_of(&caller).slots(caller.workspace(), platform.as_ref(), count).await;
    let items = found.map_err(table::problem)?.into_iter().map(Into::into).collect();
    Ok(Json(SlotList { items }))
}

/// The hours at which an account likes to post.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Week {
    /// The IANA zone whose clocks count.
    #[schema(value_type = String, example = "Europe/Berlin")]
    zone: Zone,
    /// All of them; none takes the account back to full hours.
    #[schema(value_type = Vec<Object>, example = json!([{"weekdays": ["mon", "thu"], "time": "09:30"}]))]
    slots: Vec<WeeklySlot>,
}

/// Set the hours of an account. What is planned already stays where it is.
#[utoipa::path(
    put, path = "/api/slots/{id}", tag = "slots", request_body = Week,
    params(("id" = String, Path, description = "`acct_…`")),
    responses((status = 200, description = "As they are now", body = SlotItem)),
)]
pub(crate) async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
    JsonBody(week): JsonBody<Week>,
) -> Result<Json<SlotItem>, Problem> {
    let account_id: AccountId = id(&text, &codes::ACCOUNT_NOT_FOUND)?;
    if week.slots.len() > MOST_SLOTS {
        let detail = format!("at most {MOST_SLOTS} slots");
        return Err(field(&codes::INVALID_FIELD, "/slots", &detail));
    }
    if let Some(at) = week.slots.iter().position(|slot| slot.weekdays.is_empty()) {
        let detail = "a slot is on one weekday at least";
        return Err(field(&codes::INVALID_FIELD, &format!("/slots/{at}/weekdays"), detail));
    }
    let posts = app.posts_of(&caller);
    let Week { zone, slots } = week;
    let plan = SlotPlan { workspace_id: caller.workspace(), account_id, zone, slots };
    posts.set_slots(&plan).await.map_err(table::problem)?;
    let found = posts.slots(caller.workspace(), None, FEW).await.map_err(table::problem)?;
    let found = found.into_iter().find(|found| found.account.id == account_id);
    found
        .map(|found| Json(found.into()))
        .ok_or_else(|| codes::ACCOUNT_NOT_FOUND.problem("it was disconnected just now"))
}
