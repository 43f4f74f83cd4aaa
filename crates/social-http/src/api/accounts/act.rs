//! `POST /api/accounts`: list, connect, look, renew, disconnect.

use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};
use http::StatusCode;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use social_core::domain::{Account, AccountId, Platform, Scope};
use social_core::ports::{Choice, TokenManager as _};
use utoipa::ToSchema;

use super::super::app::App;
use super::super::auth::Caller;
use super::super::extract::{JsonBody, field};
use super::super::table::{self, Doing};
use super::super::{access, codes, confirm};
use super::listed;
use super::standing::{standing, word};
use crate::Problem;

const ACTIONS: [&str; 6] = ["list", "connect", "choose", "status", "refresh", "disconnect"];

/// What to do with an account.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Act {
    /// list, connect, choose, status, refresh or disconnect.
    #[schema(example = "list")]
    action: String,
    /// The network. Needed by all but `list`.
    platform: Option<String>,
    /// `acct_…`, where several accounts of the network are connected.
    account_id: Option<String>,
    /// For `choose`: which of the accounts that `status` offers are to be connected, by their
    /// `remote_id`.
    #[serde(default)]
    accounts: Vec<String>,
    /// For `disconnect`: the token that the same request without one answered.
    confirm: Option<String>,
}

/// Where a person signs in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignIn {
    /// `action_required`
    status: &'static str,
    /// To be opened by the user, in a browser.
    connect_url: String,
    /// Until when it works.
    expires_at: String,
}

/// List, connect, choose, look at, renew or disconnect accounts. Where a sign-in brought several,
/// `status` says `choice_pending` and `choose` connects those that are wanted.
#[utoipa::path(
    post, path = "/api/accounts", tag = "accounts", request_body = Act,
    responses(
        (status = 200, description = "Done; the accounts concerned", body = super::AccountList),
        (status = 202, description = "`connect`: the user must sign in", body = SignIn),
    ),
)]
pub(crate) async fn act(
    State(app): State<App>,
    caller: Caller,
    JsonBody(act): JsonBody<Act>,
) -> Result<Response, Problem> {
    if !ACTIONS.contains(&act.action.as_str()) {
        let detail = format!("there is no action `{}`", act.action);
        return Err(field(&codes::ACTION_UNKNOWN, "/action", &detail).with("allowed", &ACTIONS[..]));
    }
    if !matches!(act.action.as_str(), "list" | "status") {
        access::scope(&caller, Scope::AccountsWrite)?;
    }
    let platform = platform(&app, &act)?;
    let Some(platform) = platform else {
        return listed(&app, &caller, |_| true).await.map(|list| Json(list).into_response());
    };
    match act.action.as_str() {
        "list" => {
            let list = listed(&app, &caller, |account| account.platform == platform).await?;
            Ok(Json(list).into_response())
        }
        "connect" => connect(&app, &caller, &platform).await,
        "choose" => choose(&app, &caller, &act, &platform).await,
        "disconnect" => disconnect(&app, &caller, &act, &platform).await,
        "status" if let Some(choice) = pending(&app, &caller, &platform).await? => {
            let list = listed(&app, &caller, |account| account.platform == platform).await?;
            let told = json!({ "items": list.items, "choice_pending": choice });
            Ok(Json(told).into_response())
        }
        renew => {
            let account = one(&app, &caller, &act, &platform).await?;
            look(&app, &caller, &account, renew == "refresh").await
        }
    }
}

fn platform(app: &App, act: &Act) -> Result<Option<Platform>, Problem> {
    let names = app.ports.platforms.names();
    let Some(name) = &act.platform else {
        if act.action == "list" {
            return Ok(None);
        }
        let detail = format!("`{}` needs a platform", act.action);
        return Err(field(&codes::INVALID_FIELD, "/platform", &detail));
    };
    let platform: Platform = name.parse().map_err(|_| table::platform_unknown(name, &names))?;
    app.ports.platforms.get(&platform).map_err(table::problem)?;
    Ok(Some(platform))
}

/// The account that is meant.
async fn one(
    app: &App,
    caller: &Caller,
    act: &Act,
    platform: &Platform,
) -> Result<Account, Problem> {
    let missing = || codes::ACCOUNT_NOT_FOUND.problem(format!("no such account on {platform}"));
    let id: Option<AccountId> =
        act.account_id.as_deref().map(str::parse).transpose().map_err(|_| missing())?;
    let accounts = app.accounts().list(caller.workspace()).await.map_err(table::problem)?;
    let mut found = accounts
        .into_iter()
        .filter(|account| account.platform == *platform && id.is_none_or(|id| id == account.id));
    match (found.next(), found.next()) {
        (Some(account), None) => Ok(account),
        (Some(_), Some(_)) => {
            let detail = format!("several accounts of {platform} are connected");
            Err(field(&codes::ACCOUNT_AMBIGUOUS, "/account_id", &detail)
                .fix("Name one by account_id; GET /api/accounts lists them."))
        }
        (None, _) => Err(missing()),
    }
}

async fn connect(app: &App, caller: &Caller, platform: &Platform) -> Result<Response, Problem> {
    let back = app.config.callback();
    let link = app.accounts_of(caller).connect(caller.workspace(), platform, &back).await;
    let link = link.map_err(table::problem)?;
    let page = match app.config.binds_browsers() {
        true => app.config.link(&format!("api/auth/connect/{}", link.state.expose_secret())),
        false => link.url,
    };
    let told = SignIn {
        status: "action_required",
        connect_url: page.to_string(),
        expires_at: link.expires_at.to_string(),
    };
    Ok((StatusCode::ACCEPTED, Json(told)).into_response())
}

/// The accounts that wait for a choice, where a sign-in brought several.
async fn pending(
    app: &App,
    caller: &Caller,
    platform: &Platform,
) -> Result<Option<Value>, Problem> {
    let choice = app.accounts().pending_choice(caller.workspace(), platform).await;
    let tell =
        |choice: Choice| json!({ "options": choice.options, "expires_at": choice.expires_at });
    Ok(choice.map_err(table::problem)?.map(tell))
}

async fn choose(
    app: &App,
    caller: &Caller,
    act: &Act,
    platform: &Platform,
) -> Result<Response, Problem> {
    let accounts = app.accounts_of(caller);
    let made = accounts.choose_pending(caller.workspace(), platform, &act.accounts).await;
    let made = made.map_err(table::problem)?;
    let is_new = |account: &Account| made.accounts.iter().any(|new| new.id == account.id);
    listed(app, caller, is_new).await.map(|list| Json(list).into_response())
}

async fn disconnect(
    app: &App,
    caller: &Caller,
    act: &Act,
    platform: &Platform,
) -> Result<Response, Problem> {
    let account = one(app, caller, act, platform).await?;
    let shown = json!({
        "action": "disconnect", "platform": platform, "account_id": account.id,
        "account": account.name,
        "effect": "it takes no more posts; what waits for it fails, and what is published stays",
    });
    let promised = format!("disconnect {}", account.id);
    confirm::required(app, caller, act.confirm.as_deref(), &promised, shown).await?;
    let done = app.accounts_of(caller).disconnect(caller.workspace(), account.id).await;
    done.map_err(|error| table::problem_of(error, Doing::Account))?;
    let told = json!({
        "platform": platform, "account_id": account.id, "status": "disconnected",
    });
    Ok(Json(told).into_response())
}

/// Asks the network whether the connection still works, after renewing it where asked.
async fn look(
    app: &App,
    caller: &Caller,
    account: &Account,
    renew: bool,
) -> Result<Response, Problem> {
    let (ws, tokens) = (caller.workspace(), app.tokens());
    if renew {
        let done = tokens.refresh_token(ws, account.grant_id).await;
        done.map_err(|error| table::problem_of(error, Doing::Account))?;
        app.record(caller, "account.refresh", &account.id.to_string()).await;
    }
    let mut item = standing(app, account).await?;
    if !renew {
        let found = tokens.validate_token(ws, account.grant_id).await;
        let found = found.map_err(|error| table::problem_of(error, Doing::Account))?;
        if word(found) != "ok" {
            item.status = word(found).to_owned();
        }
    }
    Ok(Json(super::AccountList { items: vec![item] }).into_response())
}
