//! How an account stands: whether its connection works, and what it may still post.

use std::time::Duration;

use serde::Serialize;
use social_core::domain::{Account, DeliveryStatus, GrantStatus};
use utoipa::ToSchema;

use super::super::app::App;
use super::super::table;
use crate::Problem;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// So long before its end a connection that nobody but a person can renew is told of.
const SOON: Duration = Duration::from_secs(7 * 24 * 3600);

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountItem {
    pub(crate) platform: String,
    /// `acct_…`
    pub(crate) account_id: String,
    pub(crate) name: String,
    pub(crate) handle: Option<String>,
    /// ok, expiring, expired or error.
    pub(crate) status: String,
    /// When the connection ends unless a person renews it; null: never.
    pub(crate) expires_at: Option<String>,
    pub(crate) limits: Limits,
}

/// What an account may post.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Limits {
    /// Characters of the longest kind of post.
    pub(crate) chars: Option<u32>,
    /// Media items of the largest kind of post.
    pub(crate) media: Option<u32>,
    /// How many more posts the network takes within the last and the coming day; null: no limit.
    pub(crate) posts_left_today: Option<u32>,
}

pub(crate) async fn standing(app: &App, account: &Account) -> Result<AccountItem, Problem> {
    let now = app.now();
    let failed = |error| table::store(&error);
    let (grant, day) = {
        let mut unit = app.ports.store.begin().await.map_err(failed)?;
        let ws = account.workspace_id;
        let grant = unit.grants().get(ws, account.grant_id).await.map_err(failed)?;
        let day = unit.deliveries().of_account(ws, account.id, now - DAY, now + DAY).await;
        (grant, day.map_err(failed)?)
    };
    let api = app.ports.platforms.get(&account.platform).ok();
    let refreshes = api.is_some_and(|api| api.capabilities().refresh);
    // Of a connection that renews itself, the end is the renewal's; a page's own token outlives
    // the person's.
    let ends = grant
        .as_ref()
        .filter(|_| account.token.is_none())
        .and_then(|grant| if refreshes { grant.refresh_expires_at } else { grant.expires_at });
    let status = match (&grant, ends) {
        (None, _) => "error",
        (Some(grant), _) if grant.status != GrantStatus::Active => "expired",
        (_, Some(at)) if at <= now => "expired",
        (_, Some(at)) if at <= now + SOON => "expiring",
        _ if api.is_none() => "error",
        _ => "ok",
    };
    let rules = api.map(|api| api.rules());
    let counted = day
        .iter()
        .filter(|d| !matches!(d.status, DeliveryStatus::Cancelled | DeliveryStatus::Failed))
        .count();
    let kinds = || rules.into_iter().flat_map(|rules| &rules.kinds);
    Ok(AccountItem {
        platform: account.platform.to_string(),
        account_id: account.id.to_string(),
        name: account.name.clone(),
        handle: account.handle.clone(),
        status: status.to_owned(),
        expires_at: ends.map(|at| at.to_string()),
        limits: Limits {
            chars: kinds().map(|kind| kind.text.max).max(),
            media: kinds().map(|kind| *kind.items.end()).max(),
            posts_left_today: rules
                .and_then(|rules| rules.posts_per_day)
                .map(|most| most.saturating_sub(u32::try_from(counted).unwrap_or(u32::MAX))),
        },
    })
}

/// Whether a grant still works, in the words of `status`.
pub(crate) fn word(status: GrantStatus) -> &'static str {
    if status == GrantStatus::Active { "ok" } else { "expired" }
}
